"""Key that is there at some instant of a plan: as it was booked, else as it was planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from satqkd.mission.demand import Demand
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.mission.stock import Stock
from satqkd.network.last_plan import LastBlock, LastContact, LastPlan, TakenOver, Waiting

LOST = ("failed", "cancelled")
"""States of contacts that left nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of what was before."""

    states: Mapping[str, str]
    """What became of contacts, by contact key: flown, failed, cancelled, committed; those missing
    were not booked."""
    counts: Mapping[str, OpeningCounts]
    """What was measured of contacts whose block is not key yet."""
    stock: Mapping[tuple[str, str], int] | None
    """Key that satellites hold with stations, by name; None where nothing was booked. [bit]"""
    held: Mapping[frozenset[str], int]
    """Key that pairs of stations hold, and nobody has set aside. [bit]"""
    delivered: Mapping[frozenset[str], int] = field(default_factory=dict)
    """Key that they got since the mission counts. [bit]"""
    distilled: frozenset[str] = frozenset()
    """Contacts whose block was booked as key."""


NOTHING_BOOKED = Past(states={}, counts={}, stock=None, held={})
"""A mission without a memory."""


def is_closed(block: LastBlock, now: datetime) -> bool:
    """Whether all its contacts are behind."""
    return block.closes <= now


def taken_over(
    window: Mission,
    assumed: tuple[LastContact, ...],
    waiting: tuple[Waiting, ...],
    closed: Sequence[str],
) -> TakenOver:
    """Write down in names what counts as flown, made and held."""
    grounds = [ground.site.name for ground in window.stations]
    return TakenOver(
        assumed=assumed,
        waiting=waiting,
        stock=tuple(
            (window.spacecraft[one.spacecraft].satellite.name, grounds[one.station], int(one.bits))
            for one in window.stock
        ),
        held=tuple(
            (grounds[one.station_a], grounds[one.station_b], one.held_bits)
            for one in window.demands
        ),
        delivered=tuple(
            (grounds[one.station_a], grounds[one.station_b], one.delivered_bits)
            for one in window.demands
        ),
        closed=tuple(closed),
    )


def stock_of(
    mission: Mission, last: LastPlan, begin: datetime, past: Past, waiting: Sequence[Waiting]
) -> Iterator[Stock]:
    """Key that satellites hold: as booked; else as planned."""
    crafts = [craft.satellite.name for craft in mission.spacecraft]
    grounds = [ground.site.name for ground in mission.stations]
    held = _planned_stock(mission, last, begin) if past.stock is None else dict(past.stock)
    for one in waiting:
        place = one.satellite, one.station
        held[place] = held.get(place, 0) + one.bits
    for (craft, ground), bits in held.items():
        if bits > 0 and craft in crafts and ground in grounds:
            yield Stock(spacecraft=crafts.index(craft), station=grounds.index(ground), bits=bits)


def waiting_of(last: LastPlan, begin: datetime, past: Past) -> Iterator[Waiting]:
    """With a ledger: what contacts that are a block each made, and nobody booked yet."""
    if past.stock is None:
        return
    before = () if last.taken is None else last.taken.waiting
    new = [
        Waiting(
            contact_key=block.contacts[0],
            satellite=block.satellite,
            station=block.stations[0],
            bits=block.bits,
        )
        for block in last.blocks
        if block.alone
        and len(block.contacts) == len(block.stations) == 1
        and is_closed(block, begin)
    ]
    for one in (*before, *new):
        if one.contact_key not in past.distilled and past.states.get(one.contact_key) not in LOST:
            yield one


def _planned_stock(mission: Mission, last: LastPlan, begin: datetime) -> dict[tuple[str, str], int]:
    """What the plan in force began with, and what it made and relayed before an instant."""
    held = (
        {
            (
                mission.spacecraft[one.spacecraft].satellite.name,
                mission.stations[one.station].site.name,
            ): int(one.bits)
            for one in mission.stock
        }
        if last.taken is None
        else {(craft, ground): bits for craft, ground, bits in last.taken.stock}
    )
    for block in last.blocks:
        if is_closed(block, begin) and len(block.stations) == 1:
            place = block.satellite, block.stations[0]
            held[place] = held.get(place, 0) + block.bits
    for one in last.deliveries:
        for station in one.stations if one.relayed and one.at <= begin else ():
            place = one.satellite, station
            held[place] = held.get(place, 0) - one.bits
    return held


def demands_of(mission: Mission, last: LastPlan, begin: datetime, past: Past) -> Iterator[Demand]:
    """Demands with what their pairs hold now, and got before: as booked; else as planned."""
    names = [ground.site.name for ground in mission.stations]
    before = {} if last.taken is None else _by_pair(last.taken.held)
    earlier = {} if last.taken is None else _by_pair(last.taken.delivered)
    for demand in mission.demands:
        pair = frozenset((names[demand.station_a], names[demand.station_b]))
        if past.stock is not None:
            yield replace(
                demand,
                held_bits=float(past.held.get(pair, 0)),
                delivered_bits=float(past.delivered.get(pair, 0)),
            )
            continue
        got = sum(
            one.bits
            for one in last.deliveries
            if one.at <= begin and frozenset(one.stations) == pair
        )
        spent = demand.use_bit_s * max(0.0, (begin - last.start).total_seconds())
        had = before.get(pair, demand.held_bits)
        yield replace(
            demand,
            held_bits=max(0.0, had + got - spent),
            delivered_bits=earlier.get(pair, demand.delivered_bits) + got,
        )


def _by_pair(found: Iterable[tuple[str, str, float]]) -> dict[frozenset[str], float]:
    return {frozenset((first, second)): bits for first, second, bits in found}
