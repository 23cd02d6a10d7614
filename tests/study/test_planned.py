"""Figures of a plan, and how long key waits, against every bit followed by itself."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from satqkd.network.deliveries import timed_deliveries
from satqkd.network.plan import plan
from satqkd.network.served import served
from satqkd.study.planned import planned_figures
from satqkd.study.read_study import load_study
from satqkd.study.waiting import longest_wait_s, mean_wait_s
from satqkd.weather.clear_sky import Draws

from .conftest import MISSION, STATIONS, STUDY


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    text = MISSION.replace("1 d", "2 d").replace("at_least: 1 kbit", "at_least: 10 Mbit")
    (folder / "mission.yaml").write_text(text + "blocks: pass\n", encoding="utf-8")
    (folder / "stations.yaml").write_text(STATIONS, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return load_study(folder / "study.yaml").base.at()


@pytest.fixture(scope="module")
def made(mission):
    return plan(mission, stakes=False)


def test_figures_are_those_of_the_plan(mission, made):
    found = planned_figures(mission, ["usable_s"], None)
    values = found.values
    keys = made.problem.block_bits(made.solution.chosen)
    assert values["key_day_mean"] == values["key_day_clear"] == keys.sum() / 2 > 0
    assert values["contacts"] == made.passes.scheduled.sum()
    bits = [one.delivered_bits for one in served(made)]
    assert values["worst_pair_key_day_clear"] == min(bits) / 2
    assert values["served_share_North_West"] == served(made)[1].delivered_bits / 10_000_000
    assert values["served_share_min"] == values["served_share_North_West"]
    assert np.isnan(values["served_share_North_South"])  # it asks for no amount
    scheduled = made.passes.planned_bits[made.passes.scheduled].sum()
    assert sum(found.months.values()) == scheduled


def test_weather_lowers_what_is_planned(mission):
    values = planned_figures(mission, [], Draws(samples=50, seed=1)).values
    assert 0 < values["key_day_p10"] < values["key_day_mean"] < values["key_day_clear"]
    assert values["key_day_mean"] == pytest.approx(0.6 * values["key_day_clear"], rel=1e-3)
    assert np.isnan(values["worst_station_key_day_mean"])


def test_waits_are_those_of_single_bits(made):
    """Every bit of a pool has the second in which it became key; the oldest are taken first."""
    problem, flown = made.problem, np.flatnonzero(made.solution.chosen)
    keys = problem.block_bits(made.solution.chosen).astype(int)[problem.block[flown]]
    assert len(set(problem.block[flown].tolist())) == flown.size  # each contact is a block
    craft, station, seconds = (
        column[flown] for column in (problem.satellite, problem.station, problem.key_s)
    )
    deliveries = timed_deliveries(problem, made.solution)
    taken: Counter[tuple[int, int]] = Counter()
    waits = []
    for one in deliveries:
        demand, ends = problem.demands[one.demand], []
        for end in (demand.station_a, demand.station_b):
            own = (craft == one.satellite) & (station == end)
            bits = np.sort(np.repeat(seconds[own], keys[own]))
            begin = taken[one.satellite, end]
            ends.append(bits[begin : begin + one.bits])
            taken[one.satellite, end] += one.bits
        waits.append(one.at_s - np.minimum(*ends))
    every = np.concatenate(waits)
    assert every.size == sum(one.bits for one in deliveries) > 0
    assert mean_wait_s(made, deliveries) == pytest.approx(every.mean(), rel=1e-9)


def fake(**pools) -> SimpleNamespace:
    """A plan of blocks of one satellite: station to (when it is key, bits), one pair a demand."""
    rows = [(int(name[1:]), at_s, bits) for name, every in pools.items() for at_s, bits in every]
    count = len(rows)
    problem = SimpleNamespace(
        block=np.arange(count),
        block_bits=lambda _: np.array([bits for *_, bits in rows], dtype=float),
        key_s=np.array([at_s for _, at_s, _ in rows], dtype=float),
        first_of_block=np.arange(count),
        satellite=np.zeros(count, dtype=int),
        station=np.array([station for station, *_ in rows]),
        joint=np.zeros(count, dtype=bool),
        stock_bits=None,
        demands=[SimpleNamespace(station_a=0, station_b=1)],
    )
    return SimpleNamespace(
        problem=problem,
        solution=SimpleNamespace(chosen=np.ones(count, dtype=bool)),
        mission=SimpleNamespace(demands=[None], duration_s=100.0),
    )


def delivery(at_s, bits, *, relayed=True):
    return SimpleNamespace(at_s=at_s, bits=bits, satellite=0, demand=0, relayed=relayed)


def test_the_oldest_bits_go_first_and_wait_from_the_first_of_both_keys():
    """Ten bits of 0 and 20 s at station 0, of 30 s at station 1: 30 s for five, 10 s for three."""
    one = fake(_0=[(0.0, 5), (20.0, 5)], _1=[(30.0, 20)])
    assert mean_wait_s(one, [delivery(30.0, 8)]) == pytest.approx((5 * 30 + 3 * 10) / 8)


def test_key_of_joint_contacts_does_not_wait():
    one = fake(_0=[(0.0, 5)], _1=[(10.0, 5)])
    told = [delivery(40.0, 9, relayed=False), delivery(10.0, 5)]
    assert mean_wait_s(one, told) == 10.0
    assert np.isnan(mean_wait_s(one, [delivery(40.0, 9, relayed=False)]))


@pytest.mark.parametrize(
    ("at_s", "longest_s"), [([], 100.0), ([10.0, 60.0], 50.0), ([10.0, 20.0], 80.0), ([90.0], 90.0)]
)
def test_a_pair_waits_longest_between_two_deliveries_or_at_the_ends(at_s, longest_s):
    assert longest_wait_s(fake(_0=[]), [delivery(one, 1) for one in at_s]) == longest_s
