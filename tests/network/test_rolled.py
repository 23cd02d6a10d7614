"""What a plan keeps and takes over from the one in force, by hand: nothing is searched for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import satqkd as sq
from satqkd.constants import DAY_S
from satqkd.network.carried import NOTHING_BOOKED
from satqkd.network.last_plan import LastBlock, LastContact, LastDelivery, LastPlan
from satqkd.network.rolling import PRINTED_S, rolled

ROOT = Path(__file__).parents[2]
NOW = datetime(2016, 12, 21, 12, tzinfo=UTC)
FREEZE = timedelta(hours=2)
PAIR = ("Xinglong", "Nanshan")


@pytest.fixture(scope="module")
def mission():
    own = sq.load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    using = replace(own.demands[0], use_bit_s=0.5)
    return replace(own, demands=(using, *own.demands[1:]))


def contact(key: str, rise: datetime, *, part: bool = False) -> LastContact:
    """A contact that makes key from a minute behind its rise, for four minutes."""
    start = rise + timedelta(minutes=1)
    return LastContact(
        contact_key=key, satellite="Micius", stations=("Xinglong",), rise=rise, start=start,
        end=start + timedelta(minutes=4), in_part=part,
    )  # fmt: skip


def last(mission, *contacts, blocks=(), deliveries=()) -> LastPlan:
    return LastPlan(
        start=mission.start, end=mission.start + timedelta(seconds=mission.duration_s),
        contacts=contacts, blocks=tuple(blocks), deliveries=tuple(deliveries),
    )  # fmt: skip


def test_what_rises_within_freeze_is_frozen(mission):
    """It is the rise that counts, to the second, and not the first key a minute later."""
    plan = last(
        mission,
        contact("micius-xinglong-1", NOW + FREEZE),
        contact("micius-xinglong-2", NOW + FREEZE + timedelta(seconds=1)),
        contact("micius-xinglong-3", NOW + timedelta(days=1), part=True),
        contact("micius-xinglong-4", NOW + timedelta(days=2)),
        contact("micius-xinglong-5", NOW + timedelta(days=3)),
    )
    states = {"micius-xinglong-4": "committed", "micius-xinglong-5": "cancelled"}
    found = rolled(mission, plan, NOW, past=replace(NOTHING_BOOKED, states=states), change_bits=7.0)
    keeping = found.keeping
    assert [(one.contact_key[-1], one.frozen, one.in_part) for one in keeping.contacts] == [
        ("1", True, True),
        ("2", False, False),
        ("3", False, True),
        ("4", True, True),
    ]
    first = FREEZE.total_seconds() + 60.0
    assert keeping.contacts[0].start_s == pytest.approx(first + PRINTED_S, abs=1e-6)
    assert keeping.contacts[0].end_s == pytest.approx(first + 240.0 - PRINTED_S, abs=1e-6)
    assert keeping.contacts[1].start_s == pytest.approx(first + 1.0, abs=1e-6)
    assert keeping.commanded_s == pytest.approx([FREEZE.total_seconds()])
    assert keeping.change_bits == 7.0
    assert found.mission.start == NOW
    assert found.mission.counted_from == mission.start, "weeks stay where they are"
    assert found.mission.duration_s == mission.duration_s - 2.5 * DAY_S


def test_key_behind_is_stock_and_what_pairs_hold(mission):
    """Made less relayed waits in the satellite; delivered less used is with the pair."""
    before = NOW - timedelta(days=1)

    def block(station: str, bits: int, closes: datetime) -> LastBlock:
        return LastBlock(
            satellite="Micius", stations=(station,), contacts=(f"micius-{station.lower()}-1",),
            bits=bits, closes=closes, alone=False,
        )  # fmt: skip

    plan = last(
        mission,
        blocks=[
            block("Xinglong", 900_000, before),
            block("Nanshan", 500_000, before),
            block("Ngari", 300_000, NOW + timedelta(days=1)),
        ],
        deliveries=[
            LastDelivery(at=before, satellite="Micius", stations=PAIR, bits=400_000, relayed=True),
            LastDelivery(
                at=NOW + timedelta(days=1), satellite="Micius", stations=PAIR, bits=90_000,
                relayed=True,
            ),
        ],
    )  # fmt: skip
    found = rolled(mission, plan, NOW).mission
    names = [ground.site.name for ground in found.stations]
    assert {names[one.station]: one.bits for one in found.stock} == {
        "Xinglong": 500_000,
        "Nanshan": 100_000,
    }
    # half a bit a second for two days and a half
    assert found.demands[0].held_bits == pytest.approx(400_000.0 - 0.5 * 2.5 * DAY_S)
    assert {one.held_bits for one in found.demands[1:]} == {0.0}


def test_with_a_ledger_key_that_nobody_booked_yet_waits(mission):
    """A block of one contact that is behind counts as made as planned, until it is booked."""
    one = LastBlock(
        satellite="Micius", stations=("Xinglong",), contacts=("micius-xinglong-1",), bits=30_000,
        closes=NOW - timedelta(days=1), alone=True,
    )  # fmt: skip
    plan = last(mission, blocks=[one, replace(one, contacts=("micius-xinglong-2",), bits=4_000)])
    past = replace(
        NOTHING_BOOKED,
        stock={("Micius", "Xinglong"): 500},
        states={"micius-xinglong-2": "failed"},
    )
    assert [own.bits for own in rolled(mission, plan, NOW, past=past).mission.stock] == [30_500]
    booked = replace(past, distilled=frozenset({"micius-xinglong-1"}))
    assert [own.bits for own in rolled(mission, plan, NOW, past=booked).mission.stock] == [500]
