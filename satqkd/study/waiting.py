"""How long key waits on board, and how long pairs wait for key, in a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan

import numpy as np

from satqkd.network.deliveries import TimedDelivery
from satqkd.network.plan import Plan


def mean_wait_s(made: Plan, deliveries: Sequence[TimedDelivery]) -> float:
    """Return the mean time that relayed key waits, from when the first of its two keys is made.

    Of a pool the oldest bits go first. NaN where nothing is relayed. [s]
    """
    pools = _pools(made)
    waited = bits = 0.0
    for one in sorted(deliveries, key=lambda one: one.at_s):
        if not one.relayed:
            continue
        demand = made.problem.demands[one.demand]
        ends = [
            _taken(pools.get((one.satellite, station), []), one.bits)
            for station in (demand.station_a, demand.station_b)
        ]
        waited += sum(
            count * (one.at_s - min(first_s, other_s))
            for first_s, other_s, count in _side_by_side(*ends)
        )
        bits += one.bits
    return waited / bits if bits else nan


def _pools(made: Plan) -> dict[tuple[int, int], list[list[float]]]:
    """Return what fills each pool: when it is key, and how much, in order of time."""
    problem, chosen = made.problem, made.solution.chosen
    keys = np.floor(problem.block_bits(chosen))
    ready_s = np.full(keys.size, -np.inf)
    np.maximum.at(ready_s, problem.block[chosen], problem.key_s[chosen])
    first = problem.first_of_block
    found: dict[tuple[int, int], list[list[float]]] = {}
    if problem.stock_bits is not None:
        for index in np.flatnonzero(problem.stock_bits).tolist():
            place = divmod(index, problem.station_gap_s.size)
            found[place] = [[0.0, float(problem.stock_bits[index])]]
    for block in np.argsort(ready_s, kind="stable").tolist():
        if keys[block] > 0 and not problem.joint[first[block]]:
            place = int(problem.satellite[first[block]]), int(problem.station[first[block]])
            found.setdefault(place, []).append([float(ready_s[block]), float(keys[block])])
    return found


def _taken(pool: list[list[float]], bits: float) -> list[tuple[float, float]]:
    """Take the oldest bits out of a pool; return when they were made, and how many each time."""
    found = []
    while bits > 0 and pool:
        count = min(bits, pool[0][1])
        found.append((pool[0][0], count))
        pool[0][1] -= count
        bits -= count
        if pool[0][1] <= 0:
            pool.pop(0)
    return found


def _side_by_side(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> Iterator[tuple[float, float, float]]:
    """Yield when both keys of some bits were made, and how many bits."""
    left, right = list(one), list(other)
    while left and right:
        count = min(left[0][1], right[0][1])
        yield left[0][0], right[0][0], count
        for side in (left, right):
            made_s, rest = side.pop(0)
            if rest > count:
                side.insert(0, (made_s, rest - count))


def longest_wait_s(made: Plan, deliveries: Sequence[TimedDelivery]) -> float:
    """Return the longest time without new key for any pair; NaN where there are no pairs. [s]"""
    found = nan
    for number in range(len(made.mission.demands)):
        at_s = sorted(one.at_s for one in deliveries if one.demand == number)
        marks = [0.0, *(min(max(one, 0.0), made.mission.duration_s) for one in at_s)]
        waits = np.diff([*marks, made.mission.duration_s])
        found = max(float(waits.max()), 0.0 if np.isnan(found) else found)
    return found
