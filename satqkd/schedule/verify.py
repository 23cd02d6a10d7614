"""A second opinion on a plan, from the definitions alone.

Nothing here is shared with the planners: a mistake of theirs must not hide itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem, Solution
from satqkd.units import FloatArray, IntArray

RELATIVE_TOLERANCE = 1e-9
"""Room for the rounding of a sum of bits."""


def verify(problem: Problem, solution: Solution) -> tuple[str, ...]:
    """Hold a plan against its problem.

    Returns
    -------
    tuple[str, ...]
        A sentence for everything wrong, empty when the plan is sound.
    """
    if solution.chosen.shape != (len(problem),) or solution.chosen.dtype != np.bool_:
        held = f"{solution.chosen.dtype} of shape {solution.chosen.shape}"
        return (f"The plan must say yes or no for each of {len(problem)} contacts, but is {held}.",)
    unknown = tuple(_unknown(problem, solution))
    if unknown:
        return unknown
    scheduled = np.flatnonzero(solution.chosen)
    joint = scheduled[problem.partner[scheduled] >= 0]
    places = np.concatenate((problem.station[scheduled], problem.partner[joint]))
    at_places = np.concatenate((scheduled, joint))
    return (
        *_clashes(
            problem, scheduled, problem.satellite[scheduled], problem.satellite_gap_s, "satellite"
        ),
        *_clashes(problem, at_places, places, problem.station_gap_s, "station"),
        *_overdrawn(problem, solution),
        *_misjudged(problem, solution),
    )


def _unknown(problem: Problem, solution: Solution) -> Iterator[str]:
    if problem.blocks is None:
        for contact in np.flatnonzero(solution.chosen & (problem.key_bits <= 0)):
            yield f"Contact {contact} is chosen but brings no key."
    satellites, demands = problem.satellite_gap_s.size, len(problem.demands)
    for delivery in solution.deliveries:
        if not 0 <= delivery.satellite < satellites:
            yield f"{delivery} names a satellite that is not among the {satellites}."
        if not 0 <= delivery.demand < demands:
            yield f"{delivery} serves a demand that is not among the {demands}."
        elif not problem.demands[delivery.demand].trusted_relay:
            yield f"{delivery} relays key to a pair that takes no relayed key."
        if delivery.bits <= 0:
            yield f"{delivery} delivers no key."
    served = Counter((d.satellite, d.demand) for d in solution.deliveries)
    for (satellite, demand), times in served.items():
        if times > 1:
            yield f"Satellite {satellite} serves demand {demand} in {times} deliveries, not one."


def _clashes(
    problem: Problem, scheduled: IntArray, resource: IntArray, gap_s: FloatArray, kind: str
) -> Iterator[str]:
    """Compare each contact scheduled with the next of its resource.

    Once neighbours in time keep their gap, so do all others, as ends then follow starts.
    """
    order = np.lexsort((problem.end_s[scheduled], problem.start_s[scheduled], resource))
    used = list(zip(scheduled[order].tolist(), resource[order].tolist(), strict=True))
    for (earlier, of_earlier), (later, of_later) in pairwise(used):
        if of_earlier != of_later:
            continue
        free_s = problem.end_s[earlier] + gap_s[of_earlier]
        begins_s = problem.start_s[later]
        if begins_s < free_s or begins_s == problem.start_s[earlier]:
            yield (
                f"Contacts {earlier} and {later} clash on {kind} {of_earlier}: it is free "
                f"again at {free_s:.3f} s but needed at {begins_s:.3f} s."
            )


def _overdrawn(problem: Problem, solution: Solution) -> Iterator[str]:
    drawn: Counter[tuple[int, int]] = Counter()
    for delivery in solution.deliveries:
        demand = problem.demands[delivery.demand]
        drawn[delivery.satellite, demand.station_a] += delivery.bits
        drawn[delivery.satellite, demand.station_b] += delivery.bits
    keys = _keys(problem, solution)
    for (satellite, station), bits in sorted(drawn.items()):
        held = math.fsum(
            key
            for key, first in keys
            if problem.satellite[first] == satellite
            and problem.station[first] == station
            and problem.partner[first] < 0
        )
        if bits > held:
            yield (
                f"Deliveries take {bits} bit from the pool of satellite {satellite} and station "
                f"{station}, which holds {held:.15g} bit."
            )


def _keys(problem: Problem, solution: Solution) -> list[tuple[float, int]]:
    """Key of each block with scheduled contacts, asked for one by one, and its first contact."""
    scheduled = np.flatnonzero(solution.chosen).tolist()
    if problem.blocks is None:
        return [(float(problem.key_bits[contact]), contact) for contact in scheduled]
    members: dict[int, list[int]] = {}
    for contact in scheduled:
        members.setdefault(int(problem.blocks.number[contact]), []).append(contact)
    return [(float(problem.blocks.key_of(Groups.of([own]))[0]), own[0]) for own in members.values()]


def _misjudged(problem: Problem, solution: Solution) -> Iterator[str]:
    value = 0.0
    for delivery in solution.deliveries:
        gain = problem.demands[delivery.demand].weight - 2.0 * problem.spare_weight
        value += gain * delivery.bits
    weight = {frozenset((d.station_a, d.station_b)): d.weight for d in problem.demands}
    for key, first in _keys(problem, solution):
        ends = frozenset((int(problem.station[first]), int(problem.partner[first])))
        value += weight.get(ends, problem.spare_weight) * key
    room = RELATIVE_TOLERANCE * max(1.0, abs(value))
    if not abs(solution.objective - value) <= room:
        yield f"The plan states {solution.objective:.15g} weighted bit but is worth {value:.15g}."
    if not solution.bound >= value - room:
        yield f"The plan is worth {value:.15g} bit, above its own bound of {solution.bound:.15g}."
