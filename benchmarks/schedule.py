"""Schedule a week: one row per maximal clique against one row per clashing pair, same HiGHS.

Contacts come from circular orbits over a rotating Earth, at night, so that satellites crowd
over the same continents as real ones do; their keys are drawn from a fixed seed.

    python benchmarks/schedule.py
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from itertools import combinations

import highspy
import numpy as np

from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.effort import Effort
from satqkd.schedule.formulation import formulate
from satqkd.schedule.groups import Groups
from satqkd.schedule.highs import maximise
from satqkd.schedule.problem import Demand, Problem
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

DAY_S = 86_400.0
EARTH_RADIUS_M = 6_371_000.0
EARTH_GM_M3_S2 = 3.986004e14
EARTH_TURN_RAD_S = 7.292116e-5
STEP_S = 20.0
RELATIVE_GAP = 1e-6
REGIONS = ((48, 10), (33, 105), (38, -98), (-27, 140), (-28, 25), (12, 77))
"""Middles of Europe, China, the USA, Australia, South Africa, India: latitude, longitude. [°]"""


def station_directions(count, *, regions, rng):
    """Directions of the stations, turning with the Earth, as unit vectors."""
    middle = np.array(REGIONS, dtype=float)[np.arange(count) % regions]
    latitude, longitude = np.radians(middle + rng.normal(0.0, 7.0, (count, 2))).T
    return np.array(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    ).T


def satellite_directions(time_s, height_m, inclination_rad, node_rad, phase_rad):
    """Unit vectors to a satellite in the Earth-fixed frame."""
    rate = np.sqrt(EARTH_GM_M3_S2 / (EARTH_RADIUS_M + height_m) ** 3)
    along = phase_rad + rate * time_s
    node = node_rad - EARTH_TURN_RAD_S * time_s
    across = np.sin(along) * np.cos(inclination_rad)
    return np.array(
        [
            np.cos(along) * np.cos(node) - across * np.sin(node),
            np.cos(along) * np.sin(node) + across * np.cos(node),
            np.sin(along) * np.sin(inclination_rad),
        ]
    )


def contacts_of(sight, time_s):
    """First and last second of each run of visible steps, and its station."""
    edge = np.diff(np.pad(sight.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    station, first = np.nonzero(edge == 1)
    last = np.nonzero(edge == -1)[1] - 1
    return station, time_s[first], time_s[last]


def week(*, satellites, stations, regions, demands=(), spare_weight=1.0, seed):
    """A week of contacts of sun-synchronous and inclined satellites above 10°, at night."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(0.0, 7 * DAY_S, STEP_S)
    ground = station_directions(stations, regions=regions, rng=rng)
    sun = np.array(
        [-np.cos(time_s * 2 * np.pi / DAY_S), np.sin(time_s * 2 * np.pi / DAY_S), 0 * time_s]
    )
    night = ground @ sun < np.sin(np.radians(-12.0))
    columns = []
    for satellite in range(satellites):
        height_m = rng.uniform(450e3, 650e3)
        inclination_rad = np.radians(rng.choice([97.5, 53.0]))
        node_rad, phase_rad = rng.uniform(0, 2 * np.pi, 2)
        up = ground @ satellite_directions(time_s, height_m, inclination_rad, node_rad, phase_rad)
        reach = np.radians(80.0) - np.arcsin(
            EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m) * np.sin(np.radians(100.0))
        )
        station, start_s, end_s = contacts_of((up > np.cos(reach)) & night, time_s)
        start_s = start_s + rng.uniform(0, STEP_S, start_s.size)
        end_s = np.maximum(end_s, start_s)
        columns.append((np.full(station.size, satellite), station, start_s, end_s))
    satellite, station, start_s, end_s = (np.concatenate(c) for c in zip(*columns, strict=True))
    clear = rng.uniform(0.05, 1.0, satellite.size)
    key_bits = np.floor(1e6 * clear * ((end_s - start_s) / 400.0) ** 3)
    return Problem(
        satellite=satellite,
        station=station,
        start_s=start_s,
        end_s=end_s,
        key_bits=key_bits,
        satellite_gap_s=np.full(satellites, 60.0),
        station_gap_s=np.full(stations, 120.0),
        demands=demands,
        spare_weight=spare_weight,
        partner=np.full(station.size, -1),
    )


def some_pairs(count, *, stations, seed):
    """Demands between some pairs of stations, drawn from a seed."""
    rng = np.random.default_rng(seed)
    every = list(combinations(range(stations), 2))
    picked = rng.choice(len(every), count, replace=False)
    return tuple(
        Demand(station_a=every[i][0], station_b=every[i][1], weight=float(rng.choice([1, 2, 5])))
        for i in sorted(picked.tolist())
    )


def clash_pairs(problem):
    """Every clashing pair as a set of two, what a first attempt would write."""
    pairs = set()
    for clique in clash_cliques(problem).as_tuples():
        pairs.update(combinations(clique, 2))
    members = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Groups(starts=2 * np.arange(len(members) + 1), members=members.ravel())


def solved(problem, rows):
    """Solve with the given rows from scratch; worth, bound, CPU seconds."""
    begin = time.process_time()
    formulation = formulate(problem, rows, active=problem.key_bits > 0)
    answer = maximise(formulation.model, relative_gap=RELATIVE_GAP)
    spent = time.process_time() - begin
    worth = float(formulation.model.worth @ answer.columns) * formulation.unit_bits
    return worth, answer.bound * formulation.unit_bits, spent


def planned(problem, work):
    """Solve as ``satqkd plan`` does, clashes and all; plan, CPU seconds."""
    begin = time.process_time()
    plan = solve(problem, Effort(gap=RELATIVE_GAP, work=work))
    return plan, time.process_time() - begin


def compare(regions, repeats):
    """Solve one problem with cliques and with a row for every pair."""
    problem = week(satellites=20, stations=50, regions=regions, seed=1)
    rows = {"maximal cliques": clash_cliques(problem), "pairs": clash_pairs(problem)}
    cpu_s = {name: [] for name in (*rows, "solve_milp")}
    worth = {}
    for name, sets in rows.items():
        worth[name] = solved(problem, sets)[0]
    for _ in range(repeats):
        for name, sets in rows.items():
            worth[name], _, spent = solved(problem, sets)
            cpu_s[name].append(spent)
        plan, spent = planned(problem, 4_000_000)
        cpu_s["solve_milp"].append(spent)
    worth["solve_milp"] = plan.objective
    print(
        f"\n20 satellites × 50 stations in {regions} regions × 7 days: "
        f"{len(problem)} contacts, {repeats} repeats"
    )
    print(f"{'rows':<18}{'count':>8}{'entries':>9}{'CPU s':>8}{'weighted bit':>18}")
    for name, spent in cpu_s.items():
        sets = rows.get(name, rows["maximal cliques"])
        print(
            f"{name:<18}{len(sets):>8}{sets.members.size:>9}"
            f"{statistics.median(spent):>8.2f}{worth[name]:>18.0f}"
        )
    ratio = statistics.median(cpu_s["pairs"]) / statistics.median(cpu_s["maximal cliques"])
    apart = abs(worth["pairs"] / worth["maximal cliques"] - 1)
    print(f"pairs take {ratio:.1f} times as long; the two worths differ by {apart:.1e}")
    print(f"solve_milp: {plan.status}, gap {plan.gap:.1e}, violations {len(verify(problem, plan))}")
    if apart > 2 * RELATIVE_GAP:
        raise SystemExit("the two formulations disagree")


def relay(satellites, stations, demands, work):
    """Solve the relay of a constellation within a time limit."""
    pairs = some_pairs(demands, stations=stations, seed=3)
    problem = week(
        satellites=satellites,
        stations=stations,
        regions=6,
        demands=pairs,
        spare_weight=0.01,
        seed=2,
    )
    plan, spent = planned(problem, work)
    print(
        f"\nrelay, {satellites} satellites × {stations} stations × 7 days, {demands} pairs: "
        f"{len(problem)} contacts\n"
        f"{plan.status}, gap {100 * plan.gap:.3f} %, {spent:.1f} s CPU, "
        f"{sum(d.bits for d in plan.deliveries)} bit in {len(plan.deliveries)} deliveries, "
        f"violations {len(verify(problem, plan))}"
    )


def main():
    """Print sizes, times and gaps side by side."""
    parser = argparse.ArgumentParser(description="Schedule a week, cliques against pairs.")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--relay-work", type=int, default=800_000)
    options = parser.parse_args()
    print(
        f"highspy {highspy.Highs().version()}, numpy {np.__version__}, "
        f"Python {platform.python_version()}, one thread, CPU time"
    )
    for regions in (6, 2):
        compare(regions, options.repeats)
    relay(20, 20, 40, options.relay_work)


if __name__ == "__main__":
    main()
