"""Rest, radio time and energy in plans of the shipped week of Micius."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from skyfield.api import EarthSatellite, load
from skyfield.jpllib import SpiceKernel

sys.path.insert(0, str(Path(__file__).parent))
from asked import flown, planned, reasons

from satqkd.config.load import load_mission
from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError
from satqkd.forecast.stream import forecast
from satqkd.mission.bus import Bus
from satqkd.mission.duty import DownlinkTime, RestTime
from satqkd.report.summary import plan_summary
from satqkd.schedule.verify import verify

ROOT = Path(__file__).parents[2]
WH_J = 3600.0
BUS = Bus(
    battery_j=40 * WH_J,
    depth_of_discharge=0.35,
    generation_w=24.0,
    base_load_w=14.0,
    payload_power_w=45.0,
    lead_s=120.0,
)


@pytest.fixture(scope="module")
def week():
    return forecast(load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml"))


@pytest.fixture(scope="module")
def mission(week):
    """Contacts whole, so that what a contact uses can be read from its row."""
    return replace(week.mission, in_part=False)


@pytest.fixture(scope="module")
def free(week, mission):
    return planned([week], mission)


def with_bus(mission, bus):
    (craft,) = mission.spacecraft
    return replace(mission, spacecraft=(replace(craft, bus=bus),))


def lit_every_10s(mission):
    """Whether the satellite is in sunlight at each tenth second of the window."""
    scale = load.timescale()
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    sets = mission.spacecraft[0].satellite.element_sets
    seconds = np.arange(0.0, mission.duration_s, 10.0) + 5.0
    at = scale.utc(2016, 12, 19, 0, 0, seconds)
    epochs = np.array([(one.epoch - mission.start).total_seconds() for one in sets])
    nearest = np.argmin(np.abs(seconds[:, None] - epochs), axis=1)
    lit = np.zeros(seconds.size, dtype=bool)
    for number, one in enumerate(sets):
        body = EarthSatellite.from_satrec(one.satrec, scale)
        own = nearest == number
        if own.any():
            lit[own] = body.at(at[own]).is_sunlit(kernel)
    kernel.close()
    return lit


def lowest(plan, lit):
    """Lowest charge of the battery, as a share, with the contacts of a plan."""
    seconds = np.arange(lit.size) * 10.0
    power_w = np.where(lit, BUS.generation_w, 0.0) - BUS.base_load_w
    for one in np.flatnonzero(plan.passes.scheduled):
        begin = plan.passes.start_s[one] - BUS.lead_s
        overlap = np.minimum(seconds + 10.0, plan.passes.end_s[one])
        overlap -= np.maximum(seconds, begin)
        power_w -= BUS.payload_power_w * np.maximum(overlap, 0.0) / 10.0
    level, least = BUS.battery_j, BUS.battery_j
    for power in power_w.tolist():
        level = min(BUS.battery_j, level + 10.0 * power)
        least = min(least, level)
    return least / BUS.battery_j


def waits_s(plan):
    """Time between each two neighbours of the plan. [s]"""
    own = np.flatnonzero(plan.passes.scheduled)
    order = own[np.argsort(plan.passes.start_s[own])]
    return plan.passes.start_s[order[1:]] - plan.passes.end_s[order[:-1]]


class TestRest:
    def test_contacts_of_the_satellite_are_as_far_apart_as_it_rests(self, week, mission, free):
        """Micius flies two passes within 20 min in the free plan, none with the rule."""
        rules = (RestTime(at_least_s=1200.0, satellite="Micius"),)
        plan = planned([week], replace(mission, rules=rules))

        assert waits_s(free).min() < 1200.0
        assert waits_s(plan).min() >= 1200.0
        assert plan.solution.objective < free.solution.objective
        assert verify(plan.problem, plan.solution) == ()
        kept = [why for why in reasons(plan).values() if "20 min of rest of Micius" in why]
        assert kept
        assert all("rule: 20 min of rest of Micius" in why for why in kept)

    def test_in_part_too(self, week, mission):
        """Parts of a contact are contacts as rules see them."""
        rules = (RestTime(at_least_s=1200.0, satellite="Micius"),)
        plan = planned([week], replace(mission, rules=rules, in_part=True))

        assert waits_s(plan).min() >= 1200.0

    def test_a_shorter_rest_makes_no_plan_worse(self, week, mission, free):
        """From an hour to none."""
        worth = [
            planned(
                [week],
                replace(mission, rules=(RestTime(at_least_s=60.0 * rest, satellite="Micius"),)),
            ).solution.objective
            for rest in (120.0, 60.0, 2.0)
        ]

        assert sorted(worth) == worth
        assert worth[-1] <= free.solution.objective * (1.0 + 1e-9)


class TestDownlink:
    def used_min(self, week, plan):
        """Minutes of radio of each day, for 4 bit at 1 Mbit/s, from the table of passes."""
        own = plan.passes.scheduled
        minutes = week.yields.keys.sifted_bits[own] * 4.0 / 1e6 / 60.0
        days = (week.yields.usable_start_s[own] // DAY_S).astype(int)
        return np.bincount(days, weights=minutes, minlength=7)

    def test_no_day_has_more_traffic_than_time(self, week, mission, free):
        """The free plan exceeds 10 s... of some day; with the rule none does."""
        most_min = 0.6 * self.used_min(week, free).max()
        rule = DownlinkTime(rate_bit_s=1e6, bits_per_sifted=4.0, at_most_s=60.0 * most_min)
        plan = planned([week], replace(mission, rules=(rule,)))

        assert self.used_min(week, plan).max() <= most_min * (1.0 + 1e-9)
        assert plan.solution.objective < free.solution.objective
        assert verify(plan.problem, plan.solution) == ()
        told = next(why for why in reasons(plan).values() if "radio" in why)
        assert f" of {most_min:.3g} min" in told
        assert "rule: radio each day of Micius: " in told

    def test_what_is_cut_for_a_rule_says_so(self, week, mission):
        """Radio for 6 s a day: parts of contacts fit, and say why they are parts."""
        rules = (DownlinkTime(rate_bit_s=1e6, bits_per_sifted=4.0, at_most_s=6.0),)
        plan = planned([week], replace(mission, rules=rules, in_part=True))
        cut = [
            why
            for why, part in zip(plan.passes.reason, plan.passes.in_part, strict=True)
            if part and "rule" in why
        ]

        assert cut
        assert all(why.startswith("cut: rule: radio each day of Micius: ") for why in cut)
        assert all(why.endswith(" of 0.1 min") for why in cut)


class TestEnergy:
    @pytest.fixture(scope="class")
    @staticmethod
    def fed(week, mission):
        return planned([week], with_bus(mission, BUS))

    def test_contacts_that_the_battery_cannot_bear_are_not_flown(self, fed, free):
        """What is left out says which revolution has too little."""
        assert len(flown(fed)) < len(flown(free))
        assert verify(fed.problem, fed.solution) == ()
        (energy,) = fed.energy
        assert energy.lowest >= energy.limit - 1e-9
        assert energy.used_j <= energy.available_j
        told = next(why for why in reasons(fed).values() if "rule: energy" in why)
        used, _, most = told.partition(" of Micius in revolution")[2].partition(": ")[2].split()[:3]
        assert float(used) > float(most)

    def test_the_battery_followed_by_another_library_bears_the_plan(self, week, fed, free):
        """Every 10 s with Skyfield's shadow; the free plan would drain it too far."""
        lit = lit_every_10s(week.mission)
        limit = 1.0 - BUS.depth_of_discharge

        assert lowest(fed, lit) == pytest.approx(fed.energy[0].lowest, abs=0.01)
        assert lowest(fed, lit) >= limit - 0.01
        assert lowest(free, lit) < limit - 0.03

    def test_the_summary_says_how_much_is_spent(self, fed, free):
        """Until the battery is lowest, since it was full; nothing without a bus."""
        (line,) = [line for line in plan_summary(fed) if "battery" in line]

        (energy,) = fed.energy
        assert line.startswith(f"battery of Micius: down to {100 * energy.lowest:.0f} % in ")
        assert ", limit 65 %; there contacts have used " in line
        assert f" {energy.used_j / WH_J:.3g} of the {energy.available_j / WH_J:.3g} Wh" in line
        left_j = (energy.lowest - energy.limit) * BUS.battery_j
        assert energy.available_j - energy.used_j == pytest.approx(left_j, rel=1e-9)
        assert not any("battery" in line for line in plan_summary(free))

    def test_a_larger_battery_makes_no_plan_worse(self, week, mission, free, fed):
        """Up to one that bears everything: there the plan is the free one."""
        larger = planned([week], with_bus(mission, replace(BUS, depth_of_discharge=0.5)))
        ample = planned([week], with_bus(mission, replace(BUS, battery_j=900 * WH_J)))

        worth = [one.solution.objective for one in (fed, larger, ample)]
        assert sorted(worth) == worth
        assert worth[0] < worth[1]
        assert ample.problem.rules == ()
        assert flown(ample) == flown(free)

    def test_a_bus_that_cannot_live_is_an_error(self, week, mission):
        """With its name and what to mend."""
        with pytest.raises(SatqkdError, match="bus of Micius: without any contact"):
            planned([week], with_bus(mission, replace(BUS, generation_w=18.0)))


class TestEnergyInPart:
    """Contacts are cut to what the battery can feed, in place of left out."""

    @pytest.fixture(scope="class")
    @staticmethod
    def cut(week):
        return planned([week], with_bus(week.mission, BUS))

    def test_parts_bring_more_than_whole_contacts(self, week, mission, cut):
        """By a quarter at least; the rule that cuts each is named."""
        whole = planned([week], with_bus(mission, BUS))

        assert verify(cut.problem, cut.solution) == ()
        assert cut.solution.objective > 1.25 * whole.solution.objective
        reasons = [
            why
            for why, part in zip(cut.passes.reason, cut.passes.in_part.tolist(), strict=True)
            if part
        ]
        assert sum(why.startswith("cut: rule: energy of Micius") for why in reasons) >= 5

    def test_the_battery_followed_by_another_library_bears_them(self, week, cut):
        """Every 10 s with Skyfield's shadow."""
        lit = lit_every_10s(week.mission)

        assert lowest(cut, lit) == pytest.approx(cut.energy[0].lowest, abs=0.01)
        assert lowest(cut, lit) >= 1.0 - BUS.depth_of_discharge - 0.01

    def test_no_cliff_where_no_contact_fits_whole(self, week, mission, cut):
        """With twice the power whole contacts are few, and of each a part is flown."""
        hungry = replace(BUS, payload_power_w=2.0 * BUS.payload_power_w)
        whole = planned([week], with_bus(mission, hungry))
        parts = planned([week], with_bus(week.mission, hungry))

        assert parts.passes.in_part.sum() >= 5
        assert whole.solution.objective < parts.solution.objective < cut.solution.objective
        assert parts.energy[0].lowest >= parts.energy[0].limit - 1e-9
