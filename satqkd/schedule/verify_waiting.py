"""A second opinion on key that waits on board: its age, its place, and what of it is lost.

As :mod:`satqkd.schedule.verify`, from the definitions alone, bit by bit of each block.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Delivery, Problem, Solution


@dataclass(slots=True, kw_only=True)
class _Store:
    """Key that a satellite made with a station at one instant."""

    satellite: int
    station: int
    made_s: float
    bits: float
    due: float = 0.0
    """How much of it is going to be relayed."""


def wait_wrongly(problem: Problem, solution: Solution) -> Iterator[str]:
    """Say of which deliveries the keys do not fit together, are too old or too much to keep."""
    stores = _stores(problem, solution)
    waits: list[tuple[int, float, float, int]] = []
    drawn: dict[int | None, int] = {}
    for one in solution.deliveries:
        demand = problem.demands[one.demand]
        own = _keys_of(problem, one)
        if not all(key in stores for key in own):
            yield f"{one} names no key that the plan makes, or that is held from the beginning."
            continue
        first, last = sorted(stores[key].made_s for key in own)
        if last - first > demand.max_age_s:
            yield (
                f"{one} is of keys that are made {last - first:.3f} s apart, but the pair takes "
                f"none older than {demand.max_age_s:.3f} s."
            )
        if last > min(one.by_s, demand.by_s):
            yield f"{one} is of key that is made at {last:.3f} s."
        for key in own:
            drawn[key] = drawn.get(key, 0) + one.bits
        waits.append((one.satellite, first, last, one.bits))
    for key, bits in drawn.items():
        if bits > stores[key].bits:
            yield f"Deliveries take {bits} bit of {stores[key].bits:.15g} bit made at one time."
    yield from _too_much(problem, waits)


def _too_much(problem: Problem, waits: list[tuple[int, float, float, int]]) -> Iterator[str]:
    """Say where more bits wait than a memory holds: satellite, since, until and bits of each."""
    if problem.memory_bits is None:
        return
    for satellite, now, _, _ in waits:
        held = sum(
            bits
            for craft, since, until, bits in waits
            if craft == satellite and since <= now < until
        )
        if held > problem.memory_bits[satellite]:
            yield (
                f"{held} bit wait on satellite {satellite} at {now:.3f} s, which holds no more "
                f"than {problem.memory_bits[satellite]:.15g} bit."
            )


def gone_bits(problem: Problem, solution: Solution) -> float:
    """Key that is made and lost: too old for every pair, or without room. [bit]"""
    stores = _stores(problem, solution)
    relayed: list[tuple[float, int | None, int]] = []
    for one in solution.deliveries:
        own = _keys_of(problem, one)
        if not all(key in stores for key in own):
            return math.nan
        at_s = max(stores[key].made_s for key in own)
        for key in own:
            stores[key].due += one.bits
            relayed.append((at_s, key, one.bits))
    gone = 0.0
    for craft in sorted({store.satellite for store in stores.values()}):
        mine = {key: store for key, store in stores.items() if store.satellite == craft}
        room = math.inf if problem.memory_bits is None else float(problem.memory_bits[craft])
        made = sorted({store.made_s for store in mine.values()})
        aboard: dict[int | None, float] = {}
        for now in made:
            gone += _too_old(problem, stores, aboard, now)
            aboard |= {key: store.bits for key, store in mine.items() if store.made_s == now}
            for at_s, key, bits in relayed:
                if at_s == now and key in mine:
                    aboard[key] = aboard.get(key, 0.0) - bits
                    stores[key].due -= bits
            gone += _without_room(problem, stores, aboard, room)
        gone += _too_old(problem, stores, aboard, max([problem.window_s[1], *made[-1:]]))
    return gone


def _without_room(
    problem: Problem, stores: dict[int | None, _Store], aboard: dict[int | None, float], room: float
) -> float:
    """Drop what a memory has no room for and is not to be relayed; return how much. [bit]"""
    over = max(0.0, math.fsum(aboard.values()) - room)
    gone = 0.0
    for key in sorted(aboard, key=lambda key: _ends_s(problem, stores[key])):
        less = min(over - gone, aboard[key] - stores[key].due)
        aboard[key] -= less
        gone += less
    return gone


def _too_old(
    problem: Problem, stores: dict[int | None, _Store], aboard: dict[int | None, float], now: float
) -> float:
    """Take what is too old for every pair out of a memory, and return how much that is. [bit]"""
    old = [key for key in aboard if _ends_s(problem, stores[key]) < now]
    return math.fsum(aboard.pop(key) for key in old)


def _ends_s(problem: Problem, store: _Store) -> float:
    """When key is too old for every pair of its station; never where none says. [s]"""
    ages = [
        demand.max_age_s
        for demand in problem.demands
        if store.station in {demand.station_a, demand.station_b} and demand.trusted_relay
    ]
    return store.made_s + max(ages, default=math.inf)


def _keys_of(problem: Problem, one: Delivery) -> tuple[int | None, int | None]:
    """Names of both keys that a delivery takes from."""
    demand = problem.demands[one.demand]
    return (
        _key_of(problem, one.satellite, demand.station_a, one.block_a),
        _key_of(problem, one.satellite, demand.station_b, one.block_b),
    )


def _key_of(problem: Problem, satellite: int, station: int, block: int | None) -> int | None:
    """Name of the key of a block, or of the stock of a satellite and station."""
    if block is None:
        return None
    if block < 0:
        return -1 - (satellite * len(problem.station_gap_s) + station)
    first = np.flatnonzero(problem.block == block)
    fits = (
        first.size > 0
        and problem.satellite[first[0]] == satellite
        and problem.station[first[0]] == station
        and problem.partner[first[0]] < 0
    )
    return block if fits else None


def _stores(problem: Problem, solution: Solution) -> dict[int | None, _Store]:
    """List every key by its name: of each block of one station, and of each stock."""
    found: dict[int | None, _Store] = {}
    stations = len(problem.station_gap_s)
    held = [] if problem.stock_bits is None else problem.stock_bits.tolist()
    for place, bits in enumerate(held):
        found[-1 - place] = _Store(
            satellite=place // stations,
            station=place % stations,
            made_s=problem.window_s[0],
            bits=bits,
        )
    ready_s = problem.end_s if problem.ready_s is None else problem.ready_s
    members: dict[int, list[int]] = {}
    for contact in np.flatnonzero(solution.chosen).tolist():
        if problem.partner[contact] < 0:
            members.setdefault(int(problem.block[contact]), []).append(contact)
    for block, own in members.items():
        bits = (
            float(problem.key_bits[own[0]])
            if problem.blocks is None
            else float(problem.blocks.key_of(Groups.of([own]))[0])
        )
        found[block] = _Store(
            satellite=int(problem.satellite[own[0]]),
            station=int(problem.station[own[0]]),
            made_s=max(float(ready_s[one]) for one in own),
            bits=bits,
        )
    return found
