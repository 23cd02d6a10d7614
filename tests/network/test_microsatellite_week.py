"""The shipped microsatellite: its passes make key together, and the best of all is found."""

import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "schedule"))

from block_cases import best_deliveries

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.network.plan import plan_of
from satqkd.report.pictures.pairs import pairs
from satqkd.report.pictures.style import BLUE
from satqkd.report.summary import plan_summary
from satqkd.schedule.groups import Groups


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Its week, forecast once; elements are used a few days past their limit."""
    folder = tmp_path_factory.mktemp("microsatellite")
    copy_preset("microsatellite-week", folder)
    mission = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    with pytest.warns(UserWarning, match="more than the limit of 5 days"):
        return Forecast.join(list(stream(mission, Chosen.all_of(mission)))).in_order()


@pytest.fixture(scope="module")
def pooled(seen):
    """Each pass whole."""
    return plan_of([replace(seen, mission=replace(seen.mission, in_part=False))], stakes=False)


def choices(problem):
    """For each group of contacts that clash with each other, its subsets without a clash."""
    count = len(problem)

    def clash(i, j):
        first, second = sorted((i, j), key=lambda one: problem.start_s[one])
        gap_s = problem.satellite_gap_s[0]
        if problem.station[i] == problem.station[j]:
            gap_s = max(gap_s, problem.station_gap_s[problem.station[i]])
        return problem.start_s[second] < problem.end_s[first] + gap_s

    against = {i: {j for j in range(count) if j != i and clash(i, j)} for i in range(count)}
    left = set(range(count))
    while left:
        group, edge = set(), {min(left)}
        while edge:
            group |= edge
            edge = set().union(*(against[i] for i in edge)) - group
        left -= group
        yield [
            own
            for size in range(len(group) + 1)
            for own in combinations(sorted(group), size)
            if not any(j in against[i] for i, j in combinations(own, 2))
        ]


def best_of_all(problem):
    """Worth of the best choice, and how many different ones there are.

    A choice is written as a number for each block, whose binary digits are its members.
    """
    number, blocks = problem.blocks.number, len(problem.blocks)
    digit = np.zeros((len(problem), blocks), dtype=np.int64)
    tables = []
    for block in range(blocks):
        members = np.flatnonzero(number == block)
        digit[members, block] = 1 << np.arange(members.size)
        subsets = [members[n >> np.arange(members.size) & 1 == 1] for n in range(1 << members.size)]
        tables.append(problem.blocks.key_of(Groups.of(subsets)))
    tried = np.zeros((1, blocks), dtype=np.int64)
    for group in choices(problem):
        more = np.array([digit[list(own)].sum(axis=0) for own in group])
        tried = (tried[:, np.newaxis] + more).reshape(-1, blocks)
    pools = np.zeros((len(tried), 3))
    for block, table in enumerate(tables):
        pools[:, problem.station[number == block][0]] += table[tried[:, block]]
    demands = [(d.station_a, d.station_b, d.weight, True) for d in problem.demands]
    worth = problem.spare_weight * pools.sum(axis=1)
    return float((worth + best_deliveries(pools, demands, problem.spare_weight)).max()), len(tried)


def test_the_pooled_plan_is_the_best_of_every_choice(pooled):
    """All 55,296 of them; what the plan delivers is known to the bit."""
    best, tried = best_of_all(pooled.problem)
    assert tried == 55_296
    assert pooled.solution.status == "optimal"
    assert pooled.solution.objective == pytest.approx(best, rel=1e-12)
    assert pooled.solution.bound == pytest.approx(best, rel=1e-6)


def test_no_pass_in_part_adds_to_it(seen, pooled):
    """Of all parts of its passes none makes a better plan, and that is proven too."""
    cut = plan_of([seen], stakes=False)
    assert cut.problem.part_of is not None
    assert cut.solution.status == "optimal"
    assert cut.solution.objective == pytest.approx(pooled.solution.objective, rel=1e-9)


def test_pooled_passes_deliver_several_times_the_key(pooled):
    """Of the same clicks, under the same clashes: 9 passes in two blocks, against 4 by themselves.

    As planned with the counting of failures and tags of today; another rounding of the geometry
    moves some bits.
    """
    alone = plan_of([pooled.forecast], period="pass", stakes=False)
    delivered = [sum(d.bits for d in one.solution.deliveries) for one in (pooled, alone)]
    assert [int(one.solution.chosen.sum()) for one in (pooled, alone)] == [9, 4]
    assert delivered == pytest.approx([616_437, 224_961], rel=1e-3)


def test_keys_of_the_mission_are_nearly_supermodular(pooled):
    """Two passes add less together than one by one to few subsets, and by little."""
    problem = pooled.problem
    broken, pairs, worst = 0, 0, 0.0
    for block in range(len(problem.blocks)):
        members = np.flatnonzero(problem.blocks.number == block)
        numbers = np.arange(1 << members.size)
        key = problem.blocks.key_of(
            Groups.of([members[n >> np.arange(members.size) & 1 == 1] for n in numbers])
        )
        for i, j in combinations(range(members.size), 2):
            base = numbers[numbers & (1 << i | 1 << j) == 0]
            short = (
                key[base | 1 << i] + key[base | 1 << j] - key[base] - key[base | 1 << i | 1 << j]
            )
            pairs += base.size
            broken += int((short > 1.0).sum())
            worst = max(worst, float(short.max()) / key.max())
    assert pairs > 1000
    assert broken <= 0.03 * pairs  # 2.3 % when this was written, for poor passes spoil
    assert worst <= 0.04  # 3.0 % of the block's key


def test_key_that_comes_after_the_window_is_told_and_shown(pooled):
    """Distilled half a day after the last passes; the line of the picture reaches it."""
    problem, end_s = pooled.problem, pooled.mission.duration_s
    begin_s = pooled.forecast.timebase.seconds(pooled.mission.start)
    last_s = problem.end_s[pooled.solution.chosen].max() + 12 * 3600.0
    (delivery,) = pooled.solution.deliveries
    (when,) = pooled.forecast.timebase.iso(np.array([last_s]))
    assert last_s > begin_s + end_s

    assert plan_summary(pooled)[0].endswith(
        f", of these {delivery.bits:,} after the window, last at {when[:10]} {when[11:16]} UTC"
    )
    axes = pairs(pooled).axes[0]
    at_h, held = next(line for line in axes.lines if line.get_color() == BLUE).get_data()
    assert held[-1] > 0.0
    assert at_h[np.flatnonzero(held)[0]] == pytest.approx(last_s / 3600.0)
    assert axes.get_xlim()[1] > last_s / 3600.0
