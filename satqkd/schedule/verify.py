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
from satqkd.schedule.verify_waiting import gone_bits, wait_wrongly
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
    if problem.opening is not None:  # flown already
        scheduled = scheduled[~problem.opening[scheduled]]
    joint = scheduled[problem.partner[scheduled] >= 0]
    places = np.concatenate((problem.station[scheduled], problem.partner[joint]))
    at_places = np.concatenate((scheduled, joint))
    return (
        *_clashes(
            problem, scheduled, problem.satellite[scheduled], problem.satellite_gap_s, "satellite"
        ),
        *_at_stations(problem, at_places, places),
        *_flown_twice(problem, scheduled),
        *_against_rules(problem, solution),
        *_overdrawn(problem, solution),
        *(() if problem.waits_freely else wait_wrongly(problem, solution)),
        *_misjudged(problem, solution),
    )


def _unknown(problem: Problem, solution: Solution) -> Iterator[str]:
    if problem.blocks is None:
        wanted = problem.in_any_case | (problem.keeping_bits > 0)
        idle = solution.chosen & (problem.key_bits <= 0) & ~wanted
        for contact in np.flatnonzero(idle):
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
    served = Counter(
        (d.satellite, d.demand, d.by_s, d.block_a, d.block_b) for d in solution.deliveries
    )
    for (satellite, demand, by_s, *_), times in served.items():
        if times > 1:
            when = "" if math.isinf(by_s) else f" by {by_s:.3f} s"
            yield (
                f"Satellite {satellite} serves demand {demand}{when} in {times} deliveries, not "
                "one."
            )


def _at_stations(problem: Problem, scheduled: IntArray, places: IntArray) -> Iterator[str]:
    """Compare contacts at stations: each with the next, or where there are several terminals all.

    A contact takes the terminal that is free first, which serves as many as can be.
    """
    terminals = problem.terminals
    one = np.ones(places.size, bool) if terminals is None else terminals[places] == 1
    yield from _clashes(problem, scheduled[one], places[one], problem.station_gap_s, "station")
    if terminals is None:
        return
    for station in np.unique(places[~one]).tolist():
        free_s = [-math.inf] * int(terminals[station])
        own = scheduled[places == station].tolist()
        for contact in sorted(own, key=lambda own: (problem.start_s[own], problem.end_s[own])):
            free_s.sort()
            if problem.start_s[contact] < free_s[0]:
                yield f"Contact {contact} finds no free terminal at station {station}."
            after_s = problem.end_s[contact] + problem.station_gap_s[station]
            free_s[0] = max(after_s, np.nextafter(problem.start_s[contact], math.inf))


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


def _flown_twice(problem: Problem, scheduled: IntArray) -> Iterator[str]:
    if problem.part_of is None:
        return
    for label, times in Counter(problem.part_of[scheduled].tolist()).items():
        if times > 1:
            yield f"{times} parts of contact {label} are chosen, not one."


def _against_rules(problem: Problem, solution: Solution) -> Iterator[str]:
    for rule in problem.rules:
        used = math.fsum(
            use
            for contact, use in zip(rule.contacts.tolist(), rule.use.tolist(), strict=True)
            if solution.chosen[contact]
        )
        if used > rule.most + RELATIVE_TOLERANCE * max(1.0, rule.most):
            yield f"The plan uses {used:.15g} of {rule.most:.15g}: {rule.name}."
    if problem.pinned is not None:
        for contact in np.flatnonzero(problem.pinned & ~solution.chosen).tolist():
            yield f"Contact {contact} is pinned but not scheduled."


def _overdrawn(problem: Problem, solution: Solution) -> Iterator[str]:
    keys = _keys(problem, solution)
    stations = len(problem.station_gap_s)
    places = sorted(
        {
            (delivery.satellite, station)
            for delivery in solution.deliveries
            for station in _ends(problem, delivery.demand)
        }
    )
    for satellite, station in places:
        stock = 0.0
        if problem.stock_bits is not None:
            stock = float(problem.stock_bits[satellite * stations + station])
        taken = [
            (min(delivery.by_s, problem.demands[delivery.demand].by_s), delivery.bits)
            for delivery in solution.deliveries
            if delivery.satellite == satellite and station in _ends(problem, delivery.demand)
        ]
        for by_s in sorted({deadline for deadline, _ in taken}):
            bits = sum(count for deadline, count in taken if deadline <= by_s)
            held = stock + math.fsum(
                key
                for key, first, ready_s in keys
                if problem.satellite[first] == satellite
                and problem.station[first] == station
                and problem.partner[first] < 0
                and ready_s <= by_s
            )
            if bits > held:
                when = "" if math.isinf(by_s) else f" by {by_s:.3f} s"
                yield (
                    f"Deliveries take {bits} bit from the pool of satellite {satellite} and "
                    f"station {station}{when}, which holds {held:.15g} bit."
                )


def _ends(problem: Problem, demand: int) -> tuple[int, int]:
    return problem.demands[demand].station_a, problem.demands[demand].station_b


def _keys(problem: Problem, solution: Solution) -> list[tuple[float, int, float]]:
    """Key of each block with scheduled contacts, its first contact, and when it can be key."""
    scheduled = np.flatnonzero(solution.chosen).tolist()
    ready_s = (problem.end_s if problem.ready_s is None else problem.ready_s).tolist()
    if problem.blocks is None:
        return [(float(problem.key_bits[one]), one, ready_s[one]) for one in scheduled]
    members: dict[int, list[int]] = {}
    for contact in scheduled:
        members.setdefault(int(problem.blocks.number[contact]), []).append(contact)
    return [
        (
            float(problem.blocks.key_of(Groups.of([own]))[0]),
            own[0],
            max(ready_s[one] for one in own),
        )
        for own in members.values()
    ]


def _misjudged(problem: Problem, solution: Solution) -> Iterator[str]:
    value = 0.0
    for delivery in solution.deliveries:
        gain = problem.demands[delivery.demand].weight - 2.0 * problem.spare_weight
        value += gain * delivery.bits
    weight = {frozenset((d.station_a, d.station_b)): (d.weight, d.by_s) for d in problem.demands}
    for key, first, ready_s in _keys(problem, solution):
        ends = frozenset((int(problem.station[first]), int(problem.partner[first])))
        wanted, by_s = weight.get(ends, (problem.spare_weight, math.inf))
        value += (wanted if ready_s <= by_s else problem.spare_weight) * key
    if problem.kept_bits is not None:
        value += math.fsum(problem.kept_bits[np.flatnonzero(solution.chosen)].tolist())
    if not problem.waits_freely:
        value -= problem.spare_weight * gone_bits(problem, solution)
    room = RELATIVE_TOLERANCE * max(1.0, abs(value))
    if not abs(solution.objective - value) <= room:
        yield f"The plan states {solution.objective:.15g} weighted bit but is worth {value:.15g}."
    if not solution.bound >= value - room:
        yield f"The plan is worth {value:.15g} bit, above its own bound of {solution.bound:.15g}."
