"""What is flown: passes and joint contacts, in the key that is really made."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdError
from satqkd.forecast.availability import availability
from satqkd.forecast.stream import forecast
from satqkd.network.candidates import candidates_of
from satqkd.network.plan import plan, plan_of
from satqkd.network.planned_blocks import planned_blocks
from satqkd.schedule.effort import Effort
from satqkd.schedule.problem import Blocks, Solution
from satqkd.schedule.verify import verify
from satqkd.weather.clear_sky import Draws

ROOT = Path(__file__).parents[2]


def shipped(name, tmp_path_factory, days):
    folder = tmp_path_factory.mktemp(name)
    copy_preset(name, folder)
    return load_mission(
        folder / "mission.yaml", folder / "stations.yaml", duration_s=86_400.0 * days
    )


@pytest.fixture(scope="module")
def micius():
    """Two days of the published campaign."""
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * 86_400.0)


@pytest.fixture(scope="module")
def campaign(micius):
    return forecast(micius)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    return shipped("twin-field-node", tmp_path_factory, 2.0)


@pytest.fixture(scope="module")
def both(node):
    """Passes and joint contacts of the shipped node, each a key block of its own."""
    return plan(node, period="pass", stakes=False)


def test_scheduled_keys_are_those_of_the_passes_and_windows_that_are_scheduled(both):
    each = [key for forecast in both.forecasts for key in forecast.contact_key]
    scheduled = np.concatenate([both.passes.scheduled, both.windows.scheduled])

    assert {key for key, own in zip(each, scheduled, strict=True) if own} == both.scheduled_keys
    assert 0 < len(both.scheduled_keys) < len(each)


def test_windows_of_a_week_make_more_key_as_one_block(node, both):
    """The same windows are flown; pooled they pay the statistics once."""
    pooled = plan(node, stakes=False)
    assert pooled.windows.scheduled.sum() >= both.windows.scheduled.sum()
    assert pooled.solution.objective > 1.02 * both.solution.objective
    found = pooled.joint[0]
    members = pooled.blocks.members[int(np.argmax(pooled.blocks.bits))]
    rows = pooled.candidate_rows[members] - len(pooled.forecast)
    system = found.yields.systems[int(found.yields.system[rows[0]])]
    one = system.key_of(system.pooled(found.yields.collected, [rows])).secure_bits
    assert pooled.blocks.bits.max() == one[0]


@pytest.fixture(scope="module")
def jinan(tmp_path_factory):
    mission = shipped("jinan-1-constellation", tmp_path_factory, 1.0)
    return forecast(mission, draws=Draws(samples=20, seed=1))


class TestPasses:
    def test_the_plan_passes_the_independent_check(self, campaign):
        """Verified once more here, and every pass has a status."""
        result = plan_of([campaign], stakes=False)

        assert verify(result.problem, result.solution) == ()
        assert len(result.passes.status) == len(campaign.passes)
        assert set(result.passes.status) <= {"scheduled", "candidate", "rejected"}

    def test_no_two_scheduled_passes_share_the_satellite(self, campaign):
        """With its slew time between them, counted by hand."""
        result = plan_of([campaign], stakes=False)
        flown = [i for i, status in enumerate(result.passes.status) if status == "scheduled"]
        begin, end = result.passes.start_s[flown], result.passes.end_s[flown]
        order = np.argsort(begin)

        assert (begin[order][1:] >= end[order][:-1] + 60.0).all()

    def test_two_satellites_over_one_station_leave_time_to_set_up(self, micius):
        """Setup at the station keeps contacts of different satellites apart."""
        craft = micius.spacecraft[0]
        twin = replace(craft, satellite=replace(craft.satellite, name="Twin"))
        ground = micius.stations[0]
        slow = replace(ground, terminal=replace(ground.terminal, setup_s=4 * 3600.0))
        two = forecast(replace(micius, spacecraft=(craft, twin), stations=(slow,), demands=()))
        result = plan_of([two], stakes=False)

        flown = np.array([status == "scheduled" for status in result.passes.status])
        assert two.yields.keys.secure_bits[flown].size >= 1
        begin = np.sort(two.yields.usable_start_s[flown])
        assert (np.diff(begin) > 4 * 3600.0).all()
        assert any("clash: station serves" in why for why in result.passes.reason)

    def test_contacts_last_as_long_as_they_are_usable(self, campaign):
        """The schedule occupies the usable part, not the whole pass."""
        result = plan_of([campaign], stakes=False)
        problem = result.problem

        whole = problem.part_of == np.arange(len(problem))
        assert (problem.end_s - problem.start_s)[whole] == pytest.approx(
            campaign.yields.usable_s[result.candidate_rows[whole]], abs=1e-6
        )

    def test_what_is_left_out_says_why(self, campaign):
        """A clash names the station served instead."""
        result = plan_of([campaign], stakes=False)
        reasons = [
            why
            for why, status in zip(result.passes.reason, result.passes.status, strict=True)
            if status == "candidate"
        ]

        assert reasons
        assert all("clash: satellite serves" in why or "not needed" in why for why in reasons)
        clashes = [why for why in reasons if why.startswith("clash")]
        assert all(re.search(r" at \d\d:\d\d:\d\dZ$", why) for why in clashes)

    def test_greedy_is_never_better(self, campaign):
        """The proven optimum bounds the rule of thumb."""
        best, quick = (
            plan_of([campaign], stakes=False),
            plan_of([campaign], effort=Effort(method="greedy"), stakes=False),
        )

        assert quick.solution.objective <= best.solution.objective + 1e-6


class TestWindows:
    def test_a_pair_that_trusts_no_relay_gets_joint_keys(self, both):
        """The shipped node flies its twin-field windows, though uplinks alone give more bits."""

        flown = both.windows.scheduled
        twin_field = both.joint[0].yields.keys.secure_bits

        assert flown.sum() == 2
        assert not both.passes.scheduled.any()
        assert sorted(both.windows.planned_bits[flown].tolist()) == sorted(
            twin_field[twin_field > 0].tolist()
        )

    def test_passes_in_the_way_say_so(self, both):
        """A candidate names both stations of the window that takes its satellite."""
        reasons = [
            why for why, status in zip(both.passes.reason, both.passes.status, strict=True)
            if status == "candidate"
        ]  # fmt: skip

        assert reasons
        assert all("satellite serves Xinglong and Jinan at" in why for why in reasons)

    def test_a_relay_that_is_trusted_takes_the_satellite(self, node, both):
        """Without the wish for secrecy from the satellite, the richer uplinks are flown."""
        asked = replace(node.demands[0], trusted_relay=True)
        trusting = replace(node, demands=(asked,), spare_weight=0.1)
        made = plan_of(
            [replace(one, mission=trusting) for one in both.forecasts], period="pass", stakes=False
        )

        assert made.passes.scheduled.any()
        assert any("clash: satellite serves" in why for why in made.windows.reason)

    def test_windows_without_key_say_why(self, both):
        """Daylight, or too few pairs of single photons."""
        rejected = [
            why for why, status in zip(both.windows.reason, both.windows.status, strict=True)
            if status == "rejected"
        ]  # fmt: skip

        assert any("daylight" in why for why in rejected)
        assert any("single photons" in why for why in rejected)

    def test_without_pairs_there_is_nothing_to_add(self, campaign):
        """A plan of passes alone has no window."""
        assert len(plan_of([campaign], stakes=False).windows) == 0

    def test_a_window_flies_a_pass_of_either_station(self, both):
        """Both arms are scheduled, with the key of the window."""
        passes = both.forecast.passes
        ends = [(passes.satellite[row], passes.station[row]) for row in both.scheduled_key]
        windows = both.windows.scheduled

        assert len(both.scheduled_key) == 2 * windows.sum()
        assert {station for _, station in ends} == {0, 1}
        assert sorted(both.scheduled_key.values()) == sorted(
            2 * both.windows.planned_bits[windows].tolist()
        )


class TestBlocks:
    def test_a_pass_counts_with_its_blocks(self, jinan):
        """The plan promises what the blocks give: of a good pass less than one block of it all."""
        made_plan = plan_of(
            [replace(jinan, mission=replace(jinan.mission, in_part=False))], stakes=False
        )
        found, made, whole = (
            availability(jinan),
            made_plan.passes.made,
            jinan.yields.keys.secure_bits,
        )

        assert made_plan.passes.planned_bits[found.contacts].tolist() == (
            found.per_contact(found.keys.secure_bits).astype(np.int64).tolist()
        )
        best = int(np.argmax(whole))
        assert made.bits[best] < whole[best]
        assert made.blocks[best] > 1
        assert made_plan.problem.key_bits.max() == made.bits[made_plan.candidate_rows].max()

    def test_a_plan_for_the_weather_counts_the_same_keys(self, jinan):
        """Those of a clear sky: what differs is which passes are scheduled."""
        expected, clear = (
            plan_of([jinan], value="expected", stakes=False),
            plan_of([jinan], stakes=False),
        )

        assert expected.problem.key_bits.tolist() == clear.problem.key_bits.tolist()
        assert expected.judged.mean_worth_bits[0] == pytest.approx(clear.outlook.worth.mean_bits)
        assert expected.judged.gain_bits >= 0.0

    def test_a_pass_whose_end_spoils_it_as_one_block_is_flown_in_blocks(self, tmp_path):
        """Stopping before the satellite sets leaves key where the whole pass leaves none."""
        copy_preset("jinan-1-constellation", tmp_path)
        path = tmp_path / "mission.yaml"
        text = path.read_text(encoding="utf-8").replace("altitude: 500 km", "altitude: 490 km")
        path.write_text(text, encoding="utf-8")
        lower = forecast(load_mission(path, tmp_path / "stations.yaml"))
        made = plan_of([lower], stakes=False).passes
        spoilt = (lower.yields.keys.secure_bits == 0) & (made.planned_bits > 0)

        assert spoilt.any()
        assert {made.status[index] for index in np.flatnonzero(spoilt)} <= {
            "scheduled",
            "candidate",
        }

    def test_expected_key_needs_histories(self, jinan):
        """A plan does not take a clear sky for a mean."""
        yields = replace(jinan.yields, distilled=replace(jinan.yields.made, expected_bits=None))
        undrawn = replace(jinan, yields=yields)
        with pytest.raises(SatqkdError, match="needs realisations, but none were drawn"):
            plan_of([undrawn], value="expected", stakes=False)

    def test_blocks_too_small_for_key_say_so(self, jinan):
        """A pass that gives key as a whole is rejected with the reason."""
        tiny = replace(jinan.mission.spacecraft[0].payload.distillation, block_sifted_bits=3000.0)
        made = plan(replace(jinan.mission, distillation=tiny), stakes=False).passes

        assert not made.scheduled.any()
        assert "candidate" not in made.status
        assert any(
            why.startswith("no key: none in blocks of 3,000 sifted bits") for why in made.reason
        )


def test_a_block_is_hopeless_only_if_no_contacts_of_it_make_key(campaign):
    """One that poor contacts spoil as a whole is not: some of its contacts can be flown."""
    candidates = candidates_of([campaign])
    spoilt = Blocks(
        number=candidates.problem.blocks.number,
        key_of=lambda groups: np.where(groups.sizes == 2, 9.0, 0.0),
    )
    none = Blocks(
        number=candidates.problem.blocks.number, key_of=lambda groups: np.zeros(len(groups))
    )
    for blocks, hopeless in ((spoilt, False), (none, True)):
        problem = replace(
            candidates.problem, key_bits=np.zeros(len(candidates.problem)), blocks=blocks
        )
        asked = replace(candidates, problem=problem)
        nothing = Solution(
            chosen=np.zeros(len(problem), dtype=np.bool_),
            deliveries=(),
            objective=0.0,
            bound=0.0,
            status="nothing to schedule",
        )
        found = planned_blocks(asked, nothing)
        several = np.array([own.size > 1 for own in found.possible])
        assert several.any()
        assert (found.hopeless[several] == hopeless).all()
