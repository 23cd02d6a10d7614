"""What a log says, as events of a ledger: each once, and with what it risks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import satqkd as sq
from satqkd.errors import SatqkdError
from satqkd.mission.opening import OpeningCounts
from satqkd.network.booked_before import CLOCKS_APART, differing, require_past
from satqkd.network.booking import NO_LIGHT, Recorded, booking
from satqkd.network.ledger import ContactFailed, ContactFlown, CountsCollected, KeyMade, Ledger

ROOT = Path(__file__).parents[2]
NIGHT = datetime(2016, 12, 19, 16, 52, tzinfo=UTC)
NOW = NIGHT + timedelta(hours=12)


@pytest.fixture(scope="module")
def mission():
    return sq.load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ops.sqlite", author="test", now=NOW) as own:
        yield own


def recorded(key, *, sifted=None, bits=None):
    return Recorded(
        contact_key=key, satellite="Micius", station="Xinglong", utc=NIGHT, sifted_bits=sifted,
        key_bits=bits,
    )  # fmt: skip


def counts(key):
    return OpeningCounts(
        contact_key=key, satellite=0, station=0, start=NIGHT, end=NIGHT + timedelta(minutes=4),
        intensities=(0.8, 0.1, 0.0), key_clicks=(900.0, 60.0, 2.0), key_errors=(9.0, 1.0, 1.0),
        check_clicks=(800.0, 50.0, 2.0), check_errors=(8.0, 1.0, 1.0), pulses=1e10,
        key_pulses=2.5e9, check_pulses=2.5e9,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sifted", "bits", "kinds"),
    [
        (1e6, 2e5, [ContactFlown, KeyMade]),
        (1e6, 0.0, [ContactFlown]),
        (1e6, None, [ContactFlown]),
        (None, 2e5, [ContactFlown, KeyMade]),
        (0.0, 0.0, [ContactFailed]),
        (0.0, None, [ContactFailed]),
        (None, 0.0, [ContactFailed]),
        (None, None, [ContactFlown]),
    ],
)
def test_a_contact_was_flown_or_failed(mission, ledger, sifted, bits, kinds):
    """And its key is a block of its own, as risky as the protocol says."""
    found = booking(
        mission, [recorded("a", sifted=sifted, bits=bits)], [], book=ledger.book, now=NOW
    )
    assert [type(event) for event in found.events] == kinds
    if kinds[-1] is KeyMade:
        made = found.events[-1]
        assert (made.block, made.bits, made.maker, made.station) == (
            "a", 200_000, "Micius", "Xinglong",
        )  # fmt: skip
        assert made.epsilon == pytest.approx(1e-9, rel=0.01)  # mission.yaml: epsilon_sec
        assert made.made_at == NIGHT
    if kinds[0] is ContactFailed:
        assert found.events[0].why == NO_LIGHT


def test_the_same_logs_again_book_nothing(mission, ledger):
    """All logs so far can be given each time; what is new is booked."""
    first = [recorded("a", sifted=1e6, bits=2e5), recorded("b", sifted=0.0)]
    ledger.append_all(booking(mission, first, [counts("a")], book=ledger.book, now=NOW).events)
    again = booking(mission, first, [counts("a")], book=ledger.book, now=NOW)

    assert again.events == ()
    assert again.known == ("a", "b")
    more = booking(
        mission, [*first, recorded("c", sifted=5e5, bits=1e5)], [], book=ledger.book, now=NOW
    )
    assert [type(event) for event in more.events] == [ContactFlown, KeyMade]


def test_counts_alone_say_that_a_contact_was_flown(mission, ledger):
    """And they wait in the ledger for their block."""
    found = booking(mission, [], [counts("d")], book=ledger.book, now=NOW)
    assert [type(event) for event in found.events] == [ContactFlown, CountsCollected]
    ledger.append_all(found.events)
    (own,) = ledger.book.contacts.open_counts()
    assert (own.contact_key, own.key_clicks) == ("d", (900.0, 60.0, 2.0))


def test_key_is_not_made_in_the_future(mission, ledger):
    """A clock that is behind the log's is no reason to refuse it."""
    early = NIGHT - timedelta(minutes=1)
    found = booking(mission, [recorded("a", bits=2e5)], [], book=ledger.book, now=early)
    assert found.events[-1].made_at == early


def test_a_log_that_says_otherwise_than_what_is_booked_is_told(mission, ledger):
    """Flown or failed, key and counts: what is booked stays; the same log again says nothing."""
    first = [recorded("a", sifted=1e6, bits=2e5), recorded("b", sifted=0.0)]
    assert list(differing(first, [counts("a")], ledger)) == []
    ledger.append_all(booking(mission, first, [counts("a")], book=ledger.book, now=NOW).events)
    assert list(differing(first, [counts("a")], ledger)) == []
    now = [recorded("a", sifted=1e6, bits=1e5), recorded("b", sifted=7.0)]
    more = replace(counts("a"), check_clicks=(801.0, 50.0, 2.0))
    assert list(differing(now, [more], ledger)) == [
        "a is booked with 200,000 bit of key, the log now says 100,000",
        "b is booked as failed, the log now says flown",
        "the counts of a that are booked are others than those of the table",
    ]


def test_what_is_ahead_was_not_flown():
    """A clock that is behind by a time zone is none of that."""
    require_past([recorded("a")], [counts("b")], NIGHT - CLOCKS_APART)
    for kept in (([recorded("a")], []), ([], [counts("a")])):
        with pytest.raises(
            SatqkdError, match=r"a is at 2016-12-19T16:52:00Z, and now is .*\n  fix"
        ):
            require_past(*kept, NIGHT - CLOCKS_APART - timedelta(seconds=1))
