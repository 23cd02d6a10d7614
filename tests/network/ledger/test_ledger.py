"""What is booked stays booked; what cannot be is refused, and nothing is left of it."""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from booked import AB, NOW, Opener, issued, made

from satqkd.errors import LedgerError
from satqkd.network.ledger import (
    Banned,
    ContactCancelled,
    ContactCommitted,
    ContactFailed,
    ContactFlown,
    CountsCollected,
    Decision,
    InputHash,
    KeyDelivered,
    KeyExpired,
    KeyLost,
    KeyRelayed,
    KeyReleased,
    KeyReserved,
    KeyShared,
    KeySpent,
    Ledger,
    Note,
    Pair,
    Pinned,
    PlanPutInForce,
    Pool,
    StationOut,
    Undone,
    audit,
)
from satqkd.network.ledger.codec import event_of

GRAZ = Pool(satellite="Sat", station="Graz")
MATERA = Pool(satellite="Sat", station="Matera")


def counts(contact_key: str = "sat-graz-7", **more: object) -> CountsCollected:
    """Counts of three intensities."""
    values: dict[str, object] = {
        "contact_key": contact_key,
        "satellite": "Sat",
        "station": "Graz",
        "start": NOW,
        "end": NOW + timedelta(minutes=4),
        "intensities": (0.8, 0.1, 0.0),
        "key_clicks": (1000.0, 90.0, 2.5),
        "key_errors": (10.0, 2.0, 1.25),
        "check_clicks": (900.0, 80.0, 2.0),
        "check_errors": (11.0, 3.0, 1.0),
        "pulses": 1e10,
        "key_pulses": 2.5e9,
        "check_pulses": 2.5e9,
        **more,
    }
    return CountsCollected(**values)  # type: ignore[arg-type]


def test_what_is_booked_is_read_again(opened: Opener) -> None:
    """By another process: every event, its time, its author and its chain."""
    decision = Decision(
        contact_key="sat-graz-7",
        satellite="Sat",
        station="Graz",
        start=NOW,
        end=NOW + timedelta(minutes=4),
        status="scheduled",
        planned_bits=12,
    )
    events = [
        issued(
            inputs=(InputHash(path="mission.yaml", sha256="0f" * 32),),
            decisions=(
                decision,
                replace(
                    decision,
                    contact_key="x-1",
                    status="rejected",
                    start=None,
                    end=None,
                    reason="behind the horizon",
                ),
            ),
        ),
        ContactCommitted(contact_key="sat-graz-7"),
        ContactFlown(contact_key="sat-graz-7", note="café, clear"),
        counts(),
        made("g1", "Graz", 500, contacts=("sat-graz-7",)),
        made("m1", "Matera", 400),
        KeyRelayed(satellite="Sat", pair=AB, bits=300),
        KeyDelivered(pair=AB, bits=250),
        KeyReserved(pair=AB, bits=100, purpose="bank"),
        KeyReleased(pair=AB, bits=10, purpose="bank"),
        KeySpent(pair=AB, bits=120, purpose="bank"),
        made("j1", "Graz", 50, partner="Matera", maker="fibre"),
        KeyShared(pair=AB, bits=50),
        KeyExpired(place=GRAZ, bits=7, why="older than a year"),
        KeyLost(place=AB, bits=5, part="on the way", why="not confirmed"),
        Pinned(contact_key="sat-graz-9", why="visitors"),
        Banned(contact_key="sat-graz-8"),
        StationOut(station="Graz", start=NOW, end=NOW + timedelta(days=1), why="dome"),
        Undone(sequence=16),
        ContactFailed(contact_key="sat-graz-9", why="cloud"),
        ContactCancelled(contact_key="sat-graz-10", why="dome"),
        Note(text="two\nlines", contact_key="sat-graz-9"),
    ]
    with opened() as ledger:
        for event in events:
            ledger.append(event)
        first = ledger.events()
    with opened(write=False) as again:
        assert again.events() == first
        assert [entry.event for entry in again.events()] == events
        assert {entry.author for entry in again.events()} == {"test"}
        assert {entry.at for entry in again.events()} == {NOW}
        assert again.stock(GRAZ).bits == 500 - 300 - 7
        assert again.stock(MATERA).bits == 100
        pair = again.stock(AB)
        assert (pair.bits, pair.reserved_bits, pair.on_the_way_bits, pair.joint_bits) == (
            250 - 120 + 50,
            0,
            45,
            0,
        )
        assert again.stock(Pair(station_a="Matera", station_b="Graz")) == pair
    assert not audit(ledger.path).faults


def test_one_act_is_all_or_nothing(opened: Opener) -> None:
    """The second of three is refused: the first is not booked either."""
    with opened() as ledger:
        with pytest.raises(LedgerError, match="block g1 was made already"):
            ledger.append_all([made("g1", "Graz", 5), made("g1", "Graz", 5), Note(text="x")])
        assert ledger.events() == ()
        assert ledger.stock(GRAZ).bits == 0
        entries = ledger.append_all([made("g1", "Graz", 5), Note(text="x")])
        assert [entry.act for entry in entries] == [1, 1]
        assert ledger.append(Note(text="y")).act == 3


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (KeyRelayed(satellite="Sat", pair=AB, bits=101), "the pool of Sat and Matera is 100 bit"),
        (KeyDelivered(pair=AB, bits=1), "on its way to Graz – Matera is 0 bit"),
        (KeyShared(pair=AB, bits=1), "joint key of Graz – Matera is 0 bit"),
        (KeySpent(pair=AB, bits=1), "what Graz – Matera can spend is 0 bit"),
        (KeyReserved(pair=AB, bits=1, purpose="x"), "free key of Graz – Matera is 0 bit"),
        (KeyReleased(pair=AB, bits=1, purpose="x"), "set aside for x is 0 bit"),
        (KeyLost(place=GRAZ, bits=201, why="x"), "the pool of Sat and Graz is 200 bit"),
        (KeyExpired(place=AB, bits=1, why="x"), "free key of Graz – Matera is 0 bit"),
    ],
)
def test_an_overdraw_is_refused(opened: Opener, event: object, told: str) -> None:
    """With what is there; the balances stay."""
    with opened() as ledger:
        ledger.append_all([made("g1", "Graz", 200), made("m1", "Matera", 100)])
        before = ledger.stocks()
        with pytest.raises(LedgerError, match=told):
            ledger.append(event)  # type: ignore[arg-type]
        assert ledger.stocks() == before
        assert len(ledger.events()) == 2


def test_age_and_epsilon_are_those_of_the_blocks_that_are_left(opened: Opener) -> None:
    """First in, first out: 60 + 40 bit of two blocks each way, spent in the order they came."""
    with opened() as ledger:
        ledger.append_all(
            [
                made("g1", "Graz", 60, epsilon=1e-9, hours=-5),
                made("g2", "Graz", 100, epsilon=2e-9, hours=-3),
                made("m1", "Matera", 100, epsilon=4e-9, hours=-4),
                made("m2", "Matera", 60, epsilon=8e-9, hours=-2),
                KeyRelayed(satellite="Sat", pair=AB, bits=130),
                KeyDelivered(pair=AB, bits=130),
            ]
        )
        held = ledger.stock(AB)
        assert held.blocks == ("g1", "g2", "m1", "m2")
        assert held.epsilon == pytest.approx(15e-9, rel=1e-15)
        assert held.oldest_made_at == NOW - timedelta(hours=5)
        ledger.append(KeySpent(pair=AB, bits=60))  # all of g1 with m1
        held = ledger.stock(AB)
        assert held.blocks == ("g2", "m1", "m2")
        assert held.epsilon == pytest.approx(14e-9, rel=1e-15)
        assert held.oldest_made_at == NOW - timedelta(hours=4)
        ledger.append(KeySpent(pair=AB, bits=40))  # the rest of m1
        held = ledger.stock(AB)
        assert (held.bits, held.blocks) == (30, ("g2", "m2"))
        assert held.oldest_made_at == NOW - timedelta(hours=3)
        assert ledger.stock(GRAZ).blocks == ("g2",)
        ledger.append(KeySpent(pair=AB, bits=30))
        assert ledger.stock(AB).oldest_made_at is None
        assert ledger.stock(AB).epsilon == 0.0


def test_stock_at_a_past_instant(opened: Opener) -> None:
    """As it was booked then."""
    for hours, bits in ((0, 10), (1, 20), (2, 30)):
        with opened(hours) as ledger:
            ledger.append(made(f"b{hours}", "Graz", bits))
    with opened(3, write=False) as ledger:
        at = [NOW + timedelta(hours=hours) for hours in (-1, 0, 0.5, 1, 2)]
        assert [ledger.stock(GRAZ, at=one).bits for one in at] == [0, 10, 10, 30, 60]


def test_key_that_is_given_back_is_as_old_as_it_was(opened: Opener) -> None:
    """So that it is spent before what came later."""
    with opened() as ledger:
        ledger.append_all(
            [
                made("old", "Graz", 10, partner="Matera", hours=-9),
                KeyShared(pair=AB, bits=10),
                KeyReserved(pair=AB, bits=10, purpose="x"),
                made("new", "Graz", 10, partner="Matera", hours=-1),
                KeyShared(pair=AB, bits=10),
                KeyReleased(pair=AB, bits=10, purpose="x"),
                KeySpent(pair=AB, bits=10),
            ]
        )
        assert ledger.stock(AB).blocks == ("new",)


def test_what_is_set_aside_is_for_nobody_else(opened: Opener) -> None:
    """Its own purpose spends it first, then what is free."""
    with opened() as ledger:
        ledger.append_all(
            [
                made("j", "Graz", 100, partner="Matera"),
                KeyShared(pair=AB, bits=100),
                KeyReserved(pair=AB, bits=60, purpose="bank"),
            ]
        )
        with pytest.raises(LedgerError, match="can spend is 40 bit"):
            ledger.append(KeySpent(pair=AB, bits=41, purpose="school"))
        ledger.append(KeySpent(pair=AB, bits=70, purpose="bank"))
        assert ledger.stock(AB).free_bits == 30
        assert ledger.stock(AB).reserved_bits == 0


def test_states_of_contacts(opened: Opener) -> None:
    """Planned, committed, flown; what has an end has one, unless it is undone."""
    decision = Decision(
        contact_key="c1",
        satellite="Sat",
        station="Graz",
        start=NOW,
        end=NOW,
        status="scheduled",
        planned_bits=1,
    )
    with opened() as ledger:
        assert ledger.state_of("c1") is None
        ledger.append(
            issued(decisions=(decision, replace(decision, contact_key="c2", status="candidate")))
        )
        assert ledger.state_of("c1") == "planned"
        assert ledger.state_of("c2") is None
        ledger.append(ContactCommitted(contact_key="c1"))
        with pytest.raises(LedgerError, match="c1 cannot be booked as committed: it is committed"):
            ledger.append(ContactCommitted(contact_key="c1"))
        entry = ledger.append(ContactFailed(contact_key="c1", why="cloud"))
        with pytest.raises(LedgerError, match="it is failed already"):
            ledger.append(ContactFlown(contact_key="c1"))
        with pytest.raises(LedgerError, match=r"entry 2 cannot be undone: c1 is failed since"):
            ledger.append(Undone(sequence=2))
        ledger.append(Undone(sequence=entry.sequence, why="wrong line"))
        assert ledger.state_of("c1") == "committed"
        with pytest.raises(LedgerError, match="undone already"):
            ledger.append(Undone(sequence=entry.sequence))
        flown = ledger.append(ContactFlown(contact_key="c1"))
        ledger.append(counts("c1"))
        with pytest.raises(LedgerError, match="counts or key of c1 are booked"):
            ledger.append(Undone(sequence=flown.sequence))
        with pytest.raises(LedgerError, match="a click is counted once"):
            ledger.append(counts("c1"))
        assert [one.contact_key for one in ledger.book.contacts.open_counts()] == ["c1"]
        ledger.append(made("b", "Graz", 5, contacts=("c1",)))
        assert ledger.book.contacts.open_counts() == ()


def test_pins_bans_and_outages(opened: Opener) -> None:
    """Each holds until it is undone."""
    out = StationOut(station="Graz", start=NOW, end=NOW + timedelta(days=2), why="dome sticks")
    with opened() as ledger:
        ledger.append_all([Pinned(contact_key="a"), Banned(contact_key="b"), out])
        assert (ledger.pins(), ledger.bans(), ledger.outages()) == (("a",), ("b",), (out,))
        with pytest.raises(LedgerError, match=r"b is banned already \(entry 2\)"):
            ledger.append(Pinned(contact_key="b"))
        ledger.append_all([Undone(sequence=3), Undone(sequence=2)])
        assert (ledger.pins(), ledger.bans(), ledger.outages()) == (("a",), (), ())
        ledger.append(Pinned(contact_key="b"))
        assert ledger.pins() == ("a", "b")
        with pytest.raises(LedgerError, match="entry 4 cannot be undone"):
            ledger.append(Undone(sequence=4))


def test_plans_follow_each_other(opened: Opener) -> None:
    """The last is in force, until an earlier one is put in force again."""
    second = "20161223T090000Z-89abcdef"
    with opened() as ledger:
        assert ledger.plan_in_force() is None
        first = issued()
        ledger.append_all([first, issued(second, parent=first.plan_id)])
        assert ledger.plan_in_force() == issued(second, parent=first.plan_id)
        ledger.append(PlanPutInForce(plan_id=first.plan_id, why="the second loses Graz"))
        assert ledger.plan_in_force() == first
        with pytest.raises(LedgerError, match="was issued already"):
            ledger.append(first)
        with pytest.raises(LedgerError, match="never issued"):
            ledger.append(issued("20161224T090000Z-00000000", parent="nothing"))


def test_now_does_not_run_backwards(opened: Opener) -> None:
    """An entry is never older than the one before; as old is fine."""
    with opened(1) as ledger:
        ledger.append(Note(text="x"))
        ledger.append(Note(text="y"))
    with opened(0) as ledger, pytest.raises(LedgerError, match="is before the last entry"):
        ledger.append(Note(text="z"))


def test_the_clock_is_read_when_something_is_booked(path: Path) -> None:
    """Of two that are open at once the first to begin books last: no entry is refused for that."""
    seconds = {"slow": 0, "quick": 0}

    def opened_by(who: str) -> Ledger:
        return Ledger.open(
            path, author=who, now=NOW, clock=lambda: NOW + timedelta(seconds=seconds[who])
        )

    with opened_by("slow") as slow, opened_by("quick") as quick:
        seconds["quick"] = 5
        quick.append(Note(text="x"))
        seconds["slow"] = 10
        assert slow.append(Note(text="y")).at == NOW + timedelta(seconds=10)
        seconds["quick"] = 9  # set back by a second
        assert quick.append(Note(text="z")).at == NOW + timedelta(seconds=10)
        seconds["quick"] = -60
        with pytest.raises(LedgerError, match="is before the last entry"):
            quick.append(Note(text="w"))


def test_the_zone_of_now_does_not_matter(path: Path) -> None:
    """The same instant in another zone gives the same entry."""
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    with Ledger.open(path, author="test", now=there) as ledger:
        assert ledger.append(Note(text="x")).at == NOW
        assert ledger.events()[0].at.tzinfo is UTC


def test_the_same_acts_give_the_same_hashes(tmp_path: Path) -> None:
    """Nothing of machine, clock or process is in the chain."""
    hashes = []
    for name in ("one", "two"):
        with Ledger.open(tmp_path / name, author="test", now=NOW) as ledger:
            ledger.append_all([made("g1", "Graz", 5), Note(text="ü")])
            hashes.append([entry.sha256 for entry in ledger.events()])
    assert hashes[0] == hashes[1]


def test_rows_are_only_added(opened: Opener, path: Path) -> None:
    """Who opens the file with SQLite can neither change, remove, replace nor put between."""
    with opened() as ledger:
        ledger.append_all([Note(text="x"), Note(text="y")])
    connection = sqlite3.connect(path)
    for statement in (
        "UPDATE entries SET author='me'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries VALUES (1,1,'b','c','d','e','f','g')",
        "INSERT INTO entries VALUES (7,7,'b','c','d','e','f','g')",
        "INSERT INTO entries VALUES (NULL,7,'b','c','d','e','f','g')",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute(statement)
    connection.close()


def test_reading_makes_nothing(path: Path) -> None:
    """A ledger that is not there is said to be so."""
    with pytest.raises(LedgerError, match="there is no ledger yet"):
        Ledger.open(path, author="test", now=NOW, write=False)
    assert list(path.parent.iterdir()) == []


def test_what_is_refused_begins_no_ledger(opened: Opener, path: Path) -> None:
    """A ledger that is there changes what later commands do: the first entry makes it."""
    with opened() as ledger:
        assert ledger.book.wishes.last() is None
        with pytest.raises(LedgerError, match="fix: correct the names"):
            ledger.append(KeySpent(pair=Pair(station_a="Graz", station_b="Wien"), bits=1))
        with pytest.raises(LedgerError, match="there is no entry 5: nothing is booked yet"):
            ledger.append(Undone(sequence=5))
        assert ledger.append_all([]) == ledger.restore([]) == ()
        assert list(path.parent.iterdir()) == []
        ledger.append(Note(text="x"))
        with pytest.raises(LedgerError, match="there is no entry 2: the last is 1"):
            ledger.append(Undone(sequence=2))
        with pytest.raises(LedgerError, match="entry 1 cannot be undone: only"):
            ledger.append(Undone(sequence=1))
    with opened() as ledger:
        assert len(ledger.events()) == 1


def test_two_begin_a_ledger_at_once(opened: Opener) -> None:
    """Whoever is second books behind the first, though it opened where nothing was."""
    with opened() as one, opened() as other:
        one.append(Note(text="x"))
        assert other.append(Note(text="y")).sequence == 2
        assert one.append(Note(text="z")).sequence == 3


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: made("b", "Graz", 0), "bits: 0 is no number of bits"),
        (lambda: made("b", "Graz", 1.0), "1.0 is no number of bits"),  # type: ignore[arg-type]
        (lambda: made("", "Graz", 1), "block is empty"),
        (lambda: made("b", "Graz", 1, epsilon=0.0), "failure probability"),
        (lambda: made("b", "Graz", 1, partner="Graz"), "no pair with itself"),
        (lambda: made("b", "Graz", 1, contacts=("c", "c")), "stands there twice"),
        (lambda: Note(text=" "), "text is empty"),
        (lambda: Note(text="\x1b[2J"), r"U\+001B"),
        (lambda: Note(text="x" * 4001), "4001 characters"),
        (lambda: ContactFailed(contact_key="a\nb", why="x"), "several lines"),
        (lambda: counts(key_errors=(1.0, 91.0, 0.0)), "key_errors are more than key_clicks"),
        (lambda: counts(key_clicks=(1.0, 2.0)), "2 numbers for 3 intensities"),
        (lambda: counts(pulses=float("nan")), "pulses: nan"),
        (lambda: counts(end=NOW), "is not before"),
        (lambda: counts(start=datetime(2016, 12, 22, 12)), "not in UTC"),  # noqa: DTZ001
        (lambda: issued("plan 1"), "no id of a plan"),
        (lambda: InputHash(path="x", sha256="0"), "no hash"),
        (lambda: KeyLost(place=GRAZ, bits=1, why="x", part="joint"), "no 'joint' key"),
    ],
)
def test_an_event_checks_itself(make: object, told: str) -> None:
    """What is wrong, and how to mend it."""
    with pytest.raises(LedgerError, match=f"(?s){told}") as caught:
        make()  # type: ignore[operator]
    assert "\n  fix: " in str(caught.value)


@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("note", {"text": 7}, "note: text: 7 is not .*write a text in quotes"),
        ("key spent", {"pair": 1}, "an object with station_a, station_b"),
        ("key spent", {"bits": "1"}, '"1" is not .*write a whole number'),
        ("station out", {"start": "soon"}, '"soon" is not .*write an instant'),
        ("station out", {"end": 2016}, "2016 is not .*write an instant"),
        ("key made", {"contacts": "x" * 99}, '"x{58}… is not .*write a list'),
        ("key made", {"epsilon": "0"}, "write a number$"),
        ("key lost", {"part": "all"}, "write one of held, joint, on the way"),
    ],
)
def test_what_belongs_into_an_event_is_said(name: str, wrong: dict[str, object], told: str) -> None:
    """Where a value of another type stands, which it is, and what to write."""
    bodies: dict[str, dict[str, object]] = {
        "note": {},
        "key spent": {"pair": {"station_a": "Graz", "station_b": "Wien"}, "bits": 1},
        "station out": {
            "station": "Graz",
            "start": "2016-12-21T00:00Z",
            "end": "2016-12-22T00:00Z",
            "why": "x",
        },
        "key made": {
            "block": "b",
            "maker": "Demo",
            "station": "Graz",
            "bits": 1,
            "epsilon": 1e-9,
            "made_at": "2016-12-22T00:00Z",
        },
        "key lost": {"place": {"satellite": "Demo", "station": "Graz"}, "bits": 1, "why": "x"},
    }
    with pytest.raises(LedgerError, match=f"(?s){told}"):
        event_of(name, {**bodies[name], **wrong})
