"""Key that ages on board, or has no room there, in plans of the shipped microsatellite."""

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.constants import DAY_S
from satqkd.forecast.stream import forecast
from satqkd.network.deliveries import timed_deliveries
from satqkd.network.plan import plan_of
from satqkd.network.served import served
from satqkd.report.summary import plan_summary
from satqkd.report.tables.deliveries import key_report
from satqkd.weather.clear_sky import Draws

pytestmark = pytest.mark.filterwarnings("ignore:.*more than the limit:UserWarning")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("microsatellite")
    copy_preset("microsatellite-week", folder)
    mission = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return forecast(mission, draws=Draws(samples=10, seed=1))


def planned(seen, *, max_age_s=None, key_store_bits=None, **how):
    """A plan of the week in which key may wait so long, and so much of it."""
    mission = seen.mission
    demands = tuple(replace(one, max_age_s=max_age_s) for one in mission.demands)
    craft = (replace(mission.spacecraft[0], key_store_bits=key_store_bits),)
    changed = replace(mission, demands=demands, spacecraft=craft)
    return plan_of([replace(seen, mission=changed)], **how, stakes=False)


@pytest.fixture(scope="module")
def free(seen):
    return planned(seen)


def total(plan):
    return sum(one.delivered_bits for one in served(plan))


def test_shorter_ages_never_bring_more(seen, free):
    """Each is no worse than a shorter one."""
    plans = [planned(seen, max_age_s=days * DAY_S) for days in (0.5, 1.0, 2.0, 4.0)]
    totals = [plan.solution.objective for plan in plans]

    assert totals == sorted(totals)
    assert totals[-1] <= free.solution.objective
    assert totals[0] < free.solution.objective
    assert all(plan.solution.bound >= plan.solution.objective for plan in plans)


def test_what_waits_is_no_older_than_asked(seen):
    """Told by when blocks are key."""
    plan = planned(seen, max_age_s=1.0 * DAY_S)
    ready_s = plan.problem.ready_s
    for one in plan.solution.deliveries:
        ends = [
            ready_s[plan.solution.chosen & (plan.problem.block == block)].max()
            for block in (one.block_a, one.block_b)
        ]
        assert abs(ends[0] - ends[1]) <= DAY_S
    times = timed_deliveries(plan.problem, plan.solution)
    assert sum(one.bits for one in times) == total(plan)


def test_a_small_store_loses_key_and_says_so(seen, free):
    """Each pair gets no more at once than there is room for; the rest is lost, and told."""
    plan = planned(seen, key_store_bits=100e3)

    assert 0 < total(plan) < total(free)
    rows = key_report(plan)
    lost = sum(row.lost_bits for row in rows if row.kind == "pool")
    spare = sum(row.spare_bits for row in rows if row.kind == "pool")
    assert 0 < lost <= spare
    assert spare - lost <= 100e3
    assert any(f"{lost:,} bit lost on board" in line for line in plan_summary(plan))
    assert not any("lost on board" in line for line in plan_summary(free))


def test_room_for_all_is_no_limit(seen, free):
    """The same plan is worth the same."""
    plan = planned(seen, key_store_bits=1e9)

    assert plan.solution.objective == pytest.approx(free.solution.objective, rel=1e-6)


def test_the_weather_leaves_no_more_than_a_clear_sky(seen):
    """In no realisation is more delivered than there is room for."""
    plan = planned(seen, key_store_bits=100e3)
    drawn = np.sum([one.sorted_bits.max() for one in plan.outlook.demands])

    assert plan.outlook.demands[0].sorted_bits.size >= 4000
    assert drawn <= 3 * 100e3


def test_a_plan_for_the_weather_says_that_nothing_is_proven(seen):
    """Of what knowing the sky would bring: a block is then key at another time."""
    plan = planned(seen, max_age_s=2.0 * DAY_S, value="expected")

    assert plan.judged.known is None
    assert "max_age" in plan.judged.why_not_known
