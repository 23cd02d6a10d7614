"""Energy as rows over contacts, against the battery followed revolution by revolution."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from satqkd.errors import SatqkdError
from satqkd.mission.bus import Bus, energy_use
from satqkd.mission.rules import Plannable
from satqkd.passes.sunlight import Sunlight

MIN_S, WH_J = 60.0, 3600.0
BUS = Bus(
    battery_j=40 * WH_J,
    depth_of_discharge=0.3,
    generation_w=30.0,
    base_load_w=12.0,
    payload_power_w=45.0,
    lead_s=2 * MIN_S,
)


def supply(sunlit_min, *, length_min=90.0, first=100):
    """Stretches one after another, with so many minutes of sunlight, each a revolution."""
    start = length_min * MIN_S * np.arange(len(sunlit_min))
    return Sunlight(
        revolution=first + np.arange(len(sunlit_min)),
        start_s=start,
        end_s=start + length_min * MIN_S,
        sunlit_s=MIN_S * np.array(sunlit_min, dtype=np.float64),
    )


def needs_j(revolutions, few):
    """What contacts need in each stretch, shape (contacts, stretches). [J]"""
    needs = BUS.needs(revolutions, start_s=few.start_s, end_s=few.end_s)
    found = np.zeros((len(few), len(revolutions)))
    found[needs.contact, needs.stretch] = needs.use_j
    return found


def contacts(spans, satellite="MySat"):
    """Contacts from and to some minutes."""
    return Plannable(
        satellite=(satellite,) * len(spans),
        design=(satellite,) * len(spans),
        stations=(("Graz",),) * len(spans),
        contact_key=tuple(str(number) for number in range(len(spans))),
        revolution=np.zeros(len(spans), dtype=np.int64),
        start_s=MIN_S * np.array([begin for begin, _ in spans], dtype=np.float64),
        end_s=MIN_S * np.array([end for _, end in spans], dtype=np.float64),
        sifted_bits=np.ones(len(spans)),
    )


class TestByHand:
    def test_what_a_revolution_leaves_and_a_contact_needs(self):
        """60 of 90 min in sunlight: 30 − 18 = 12 Wh; 10 min of contact and 2 of lead: 9 Wh."""
        revolutions = supply([60.0, 60.0])
        few = contacts([(20.0, 30.0)])

        assert BUS.surplus_j(revolutions) == pytest.approx([12 * WH_J, 12 * WH_J])
        assert BUS.lends_j == pytest.approx(12 * WH_J)
        needs = needs_j(revolutions, few)
        assert needs == pytest.approx(np.array([[9 * WH_J, 0.0]]))

    def test_a_contact_over_a_node_needs_energy_of_both_revolutions(self):
        """From minute 86, the lead, to 95: 4 and 5 min. What lies before the window counts too."""
        few = contacts([(88.0, 95.0), (0.0, 4.0)])
        needs = needs_j(supply([60.0, 60.0]), few)

        assert needs / WH_J == pytest.approx(np.array([[3.0, 3.75], [4.5, 0.0]]))

    def test_the_battery_is_not_lent_twice(self):
        """No sunlight beyond the base load: each contact of 9 Wh fits alone, two do not."""
        rules = list(BUS.rules("MySat", supply([36.0] * 3), contacts([(20, 30), (200, 210)])))

        (rule,) = rules
        assert rule.contacts.tolist() == [0, 1]
        assert rule.use == pytest.approx([9 * WH_J, 9 * WH_J])
        assert rule.most == pytest.approx(12 * WH_J)
        assert rule.name == "energy of MySat in revolutions 100 to 102"
        chosen = np.array([True, False])
        assert rule.in_words(chosen, 1) == (
            "energy of MySat in revolutions 100 to 102: 18 of 12 Wh"
        )

    def test_in_one_revolution_too(self):
        """Two contacts of 9 Wh of the 12 that the battery lends."""
        (rule,) = BUS.rules("MySat", supply([36.0]), contacts([(20, 30), (50, 60)]))

        assert rule.name == "energy of MySat in revolution 100"

    def test_a_battery_that_fills_up_between_lends_again(self):
        """Sunlight in the middle revolution brings 9 Wh; then nothing binds."""
        spans = contacts([(20, 30), (200, 210)])

        assert list(BUS.rules("MySat", supply([36.0, 54.0, 36.0]), spans)) == []
        assert len(list(BUS.rules("MySat", supply([36.0, 40.0, 36.0]), spans))) == 1

    def test_contacts_of_other_satellites_need_nothing_of_it(self):
        """No rule."""
        assert list(BUS.rules("MySat", supply([36.0]), contacts([(0, 89)], "Other"))) == []

    def test_a_bus_that_dies_without_contacts_is_an_error(self):
        """18 Wh a revolution in darkness, of 12."""
        with pytest.raises(SatqkdError, match="down to 22 Wh in revolution 101"):
            list(BUS.rules("MySat", supply([60.0, 0.0]), contacts([(20, 30)])))

    def test_what_is_spent_in_one_turn_after_another_is_added_up(self):
        """Two contacts of 4.5 Wh before the battery is full again: 9 of its 12 Wh, and 31 left."""
        turns, few = supply([36.0, 36.0, 60.0]), contacts([(20, 24), (100, 104)])
        found = energy_use(BUS, "MySat", turns, few, np.array([True, True]))

        assert (found.used_j, found.available_j) == pytest.approx((9 * WH_J, 12 * WH_J))
        assert (found.revolution, found.lowest) == (101, pytest.approx(31 / 40))

    def test_what_a_plan_spends(self):
        """9 of 12 Wh in the second revolution, 9 of 24 in the first; the battery falls to 31."""
        revolutions, few = supply([60.0, 36.0]), contacts([(20, 30), (100, 110)])
        found = energy_use(BUS, "MySat", revolutions, few, np.array([True, True]))

        assert (found.used_j, found.available_j) == pytest.approx((9 * WH_J, 12 * WH_J))
        assert found.revolution == 101
        assert (found.lowest, found.limit) == pytest.approx((31 / 40, 0.7))


def test_what_is_owed_for_days_is_not_forgotten():
    """400 turns that bring 0.1 Wh each, a contact of 9 Wh in every fourth: 5 fit, not a hundred."""
    revolutions = supply([36.2] * 400)
    few = contacts([(90.0 * 4 * place + 20, 90.0 * 4 * place + 30) for place in range(100)])
    rules = list(BUS.rules("MySat", revolutions, few))
    chosen = np.zeros(100, dtype=bool)
    for one in range(100):
        chosen[one] = True
        chosen[one] = all(rule.keeps(chosen) for rule in rules)
    level = BUS.level_j(BUS.surplus_j(revolutions) - needs_j(revolutions, few)[chosen].sum(axis=0))

    assert 3 <= chosen.sum() <= 6
    assert BUS.battery_j - BUS.lends_j <= level.min() + 1e-6
    assert level.min() <= BUS.battery_j - BUS.lends_j + 9 * WH_J


def test_a_battery_that_never_fills_up_is_refused(monkeypatch):
    """Beyond so many runs."""
    monkeypatch.setattr("satqkd.mission.bus.MOST_RUNS", 40)
    few = contacts([(90.0 * place + 20, 90.0 * place + 30) for place in range(20)])
    with pytest.raises(SatqkdError, match="full again too seldom"):
        list(BUS.rules("MySat", supply([36.0] * 20), few))


def lowest_j(sunny, spans):
    """Charge of the battery, followed from one change of power to the next; lowest. [J]

    ``sunny`` holds begin and end of each stretch of sunlight, ``spans`` of contacts. [min]
    """
    busy = [(begin - 2.0, end) for begin, end in spans]
    changes = {0.0, 540.0, *np.ravel(sunny).tolist(), *np.ravel(busy).tolist()}
    changes = sorted(one for one in changes if 0.0 <= one <= 540.0)
    level = least = BUS.battery_j
    for begin, end in pairwise(changes):
        middle = 0.5 * (begin + end)
        power_w = 30.0 * any(a <= middle < b for a, b in sunny) - 12.0
        power_w -= 45.0 * sum(a <= middle < b for a, b in busy)
        level = min(BUS.battery_j, level + 60.0 * (end - begin) * power_w)
        least = min(least, level)
    return least


def test_the_rows_allow_what_the_battery_bears_and_nothing_else():
    """Every choice of contacts that do not overlap, over sixty random flights."""
    rng = np.random.default_rng(5)
    told = unborne = 0
    for _ in range(60):
        dark = 90.0 * np.arange(6) + rng.uniform(30.0, 50.0, 6)
        light = dark + rng.uniform(30.0, 36.0, 6)
        edges = np.concatenate([[0.0], np.column_stack([dark, light]).ravel(), [540.0]])
        flight = Sunlight(
            revolution=np.arange(13) // 2,
            start_s=MIN_S * edges[:-1],
            end_s=MIN_S * edges[1:],
            sunlit_s=MIN_S * np.where(np.arange(13) % 2 == 0, np.diff(edges), 0.0),
        )
        sunny = list(zip(edges[:-1:2], edges[1::2], strict=True))
        begin = rng.uniform(2.0, 524.0, 8)
        spans = [
            (b, b + length) for b, length in zip(begin, rng.uniform(2.0, 16.0, 8), strict=True)
        ]
        rules = list(BUS.rules("MySat", flight, contacts(spans)))
        least_j = BUS.battery_j - BUS.lends_j
        for size in range(9):
            for chosen in combinations(range(8), size):
                flown = [spans[one] for one in chosen]
                if any(a[0] < b[1] and b[0] < a[1] for a, b in combinations(flown, 2)):
                    continue
                mask = np.isin(np.arange(8), chosen)
                lowest = lowest_j(sunny, flown)
                assert all(rule.keeps(mask) for rule in rules) == (lowest >= least_j - 1e-3)
                use = energy_use(BUS, "MySat", flight, contacts(spans), mask)
                assert use.lowest == pytest.approx(lowest / BUS.battery_j, abs=1e-9)
                told, unborne = told + 1, unborne + (lowest < least_j - 1e-3)
    assert told > 4_000
    assert unborne > 500
