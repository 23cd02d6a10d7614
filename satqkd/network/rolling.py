"""A mission as it stands at some instant of its plan: what was flown, made and delivered behind it.

Where nothing was booked, the past is taken as it was planned, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.mission.demand import Demand
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.mission.stock import Stock
from satqkd.network.followed_parts import followed_in_part
from satqkd.network.keeping import InForce, Keeping
from satqkd.network.last_plan import LastBlock, LastContact, LastPlan
from satqkd.passes.timebase import Timebase

LOST = ("failed", "cancelled")
"""States of contacts that left nothing."""
PRINTED_S = 1e-3
"""Instants of a plan are printed so exactly: a part is taken so much shorter at either end that
rounding makes no clash. [s]"""
BEFORE_S = 3_600.0
"""Numerical: contacts that are followed again for what they left begin so long after the window of
that search, so that none is cut. [s]"""


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
    distilled: frozenset[str] = frozenset()
    """Contacts whose block was booked as key."""


NOTHING_BOOKED = Past(states={}, counts={}, stock=None, held={})
"""A mission without a memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A mission from some instant on, and what a plan of it keeps."""

    mission: Mission
    keeping: Keeping
    assumed: tuple[str, ...]
    """Contacts that count as flown as planned: nothing was booked of them."""
    lost: tuple[str, ...]
    """Contacts of open blocks that left nothing."""


def rolled(
    mission: Mission, last: LastPlan, now: datetime, *, past: Past, change_bits: float
) -> Rolled:
    """Move the window of a mission to an instant, and take over the plan in force.

    Parameters
    ----------
    mission
        As its files are now.
    last
        The plan in force.
    now
        From when on a plan can be changed: where a contact is being flown, its end counts.
    past
        What was booked.
    change_bits
        What changing a contact costs. [bit]

    Raises
    ------
    SatqkdError
        If now is after the mission's window.
    """
    begun = [one for one in last.contacts if one.start <= now]
    begin = max([now, *(one.end + timedelta(milliseconds=1) for one in begun)])
    end = mission.start + timedelta(seconds=mission.duration_s)
    if begin >= end:
        raise SatqkdError(
            f"--now: {now:%Y-%m-%dT%H:%M:%SZ} is after the mission's window, which ends at "
            f"{end:%Y-%m-%dT%H:%M:%SZ}\n  fix: move it with --start and --days"
        )
    start = max(begin, mission.start)
    opening, assumed = _opening(mission, last, begun, past)
    ahead = [one for one in last.contacts if one.start > now and one.start >= start]
    window = replace(
        mission,
        start=start,
        duration_s=(end - start).total_seconds(),
        counted_from=mission.counted_from or mission.start,
        opening=(*_still_open(mission, last), *opening),
        stock=tuple(_stock(mission, last, now, past)),
        demands=tuple(_demands(mission, last, now, past)),
    )
    return Rolled(
        mission=window,
        keeping=_keeping(window, ahead, now, past, change_bits),
        assumed=assumed,
        lost=tuple(one.contact_key for one in begun if past.states.get(one.contact_key) in LOST),
    )


def _still_open(mission: Mission, last: LastPlan) -> Iterator[OpeningCounts]:
    """Counts of the mission's own file whose blocks the plan in force has not closed."""
    closed = {
        key for block in last.blocks if _is_closed(block, last.start) for key in block.contacts
    }
    yield from (one for one in mission.opening if one.contact_key not in closed)


def _is_closed(block: LastBlock, now: datetime) -> bool:
    return block.closes <= now


def _opening(
    mission: Mission, last: LastPlan, begun: Sequence[LastContact], past: Past
) -> tuple[list[OpeningCounts], tuple[str, ...]]:
    """Counts of flown contacts whose blocks are open; and those of them that are assumed.

    A block is closed once all its contacts are behind; with a ledger once it was booked as key.
    """
    begun_keys = {one.contact_key for one in begun}
    booked = past.stock is not None
    open_keys = {
        key
        for block in last.blocks
        if len(block.stations) == 1
        and (not set(block.contacts) <= begun_keys or (booked and not block.alone))
        for key in block.contacts
        if key not in past.distilled
    }
    wanted = [one for one in begun if one.contact_key in open_keys]
    measured = [past.counts[one.contact_key] for one in wanted if one.contact_key in past.counts]
    unknown = [
        one
        for one in wanted
        if one.contact_key not in past.counts and past.states.get(one.contact_key) not in LOST
    ]
    named = {one.contact_key for one in wanted}
    beside = [one for key, one in past.counts.items() if key not in named]
    expected = list(expected_counts(mission, unknown))
    return [*measured, *beside, *expected], tuple(one.contact_key for one in unknown)


def expected_counts(mission: Mission, contacts: Sequence[LastContact]) -> Iterator[OpeningCounts]:
    """Forecast what contacts left behind, as they were planned."""
    if not contacts:
        return
    first = min(one.rise for one in contacts) - timedelta(seconds=BEFORE_S)
    length_s = (max(one.end for one in contacts) - first).total_seconds() + BEFORE_S
    window = replace(mission, start=first, duration_s=length_s, opening=(), together=())
    chosen = Chosen.all_of(window)
    spans = {one.contact_key: one for one in contacts}
    for chunk in stream(window, chosen, distil=False):
        rows = [row for row, key in enumerate(chunk.contact_key) if key in spans]
        if rows:
            yield from _counts(chunk, rows, [spans[chunk.contact_key[row]] for row in rows])


def _counts(
    forecast: Forecast, rows: Sequence[int], spans: Sequence[LastContact]
) -> Iterator[OpeningCounts]:
    timebase: Timebase = forecast.timebase
    found = followed_in_part(
        forecast,
        np.array(rows, dtype=np.int64),
        start_s=np.array([timebase.seconds(one.start) for one in spans]),
        end_s=np.array([timebase.seconds(one.end) for one in spans]),
    )
    counts = found.yields.collected
    for row, span in enumerate(spans):
        if found.yields.usable_s[row] <= 0.0:
            continue
        clicks = {
            name: tuple(np.asarray(getattr(counts, name))[row].tolist())
            for name in ("key_clicks", "key_errors", "check_clicks", "check_errors")
        }
        sent = np.broadcast_to(counts.intensities, counts.key_clicks.shape)[row]
        used = len(found.yields.systems[int(found.yields.system[row])].sent.intensities)
        yield OpeningCounts(
            contact_key=span.contact_key,
            satellite=int(found.contacts.satellite[row]),
            station=int(found.contacts.stations[0][row]),
            start=span.start,
            end=span.end,
            intensities=tuple(sent.tolist()[:used]),
            pulses=float(counts.pulses[row]),
            key_pulses=_one(counts.key_pulses, row),
            check_pulses=_one(counts.check_pulses, row),
            **{name: values[:used] for name, values in clicks.items()},
        )


def _one(values: np.ndarray | None, row: int) -> float:
    return 0.0 if values is None else float(values[row])


def _stock(mission: Mission, last: LastPlan, now: datetime, past: Past) -> Iterator[Stock]:
    """Key that satellites hold: as booked; else as planned."""
    crafts = [craft.satellite.name for craft in mission.spacecraft]
    grounds = [ground.site.name for ground in mission.stations]
    held = _planned_stock(mission, last, now) if past.stock is None else _booked(last, now, past)
    for (craft, ground), bits in held.items():
        if bits > 0 and craft in crafts and ground in grounds:
            yield Stock(spacecraft=crafts.index(craft), station=grounds.index(ground), bits=bits)


def _booked(last: LastPlan, now: datetime, past: Past) -> dict[tuple[str, str], int]:
    """What was booked, and what contacts that are a block each made and nobody booked yet."""
    held = dict(past.stock or {})
    for block in last.blocks:
        (key, *others) = block.contacts
        waiting = key not in past.distilled and past.states.get(key) not in LOST
        if block.alone and not others and len(block.stations) == 1 and block.closes <= now:
            place = block.satellite, block.stations[0]
            held[place] = held.get(place, 0) + (block.bits if waiting else 0)
    return held


def _planned_stock(mission: Mission, last: LastPlan, now: datetime) -> dict[tuple[str, str], int]:
    held = {
        (
            mission.spacecraft[one.spacecraft].satellite.name,
            mission.stations[one.station].site.name,
        ): int(one.bits)
        for one in mission.stock
    }
    for block in last.blocks:
        if block.closes <= now and len(block.stations) == 1:
            place = block.satellite, block.stations[0]
            held[place] = held.get(place, 0) + block.bits
    for one in last.deliveries:
        for station in one.stations if one.relayed and one.at <= now else ():
            place = one.satellite, station
            held[place] = held.get(place, 0) - one.bits
    return held


def _demands(mission: Mission, last: LastPlan, now: datetime, past: Past) -> Iterator[Demand]:
    """Demands with what their pairs hold now: as booked; else as planned."""
    names = [ground.site.name for ground in mission.stations]
    for demand in mission.demands:
        pair = frozenset((names[demand.station_a], names[demand.station_b]))
        if past.stock is not None:
            yield replace(demand, held_bits=float(past.held.get(pair, 0)))
            continue
        got = sum(
            one.bits for one in last.deliveries if one.at <= now and frozenset(one.stations) == pair
        )
        spent = demand.use_bit_s * max(0.0, (now - mission.start).total_seconds())
        yield replace(demand, held_bits=max(0.0, demand.held_bits + got - spent))


def _keeping(
    mission: Mission,
    ahead: Sequence[LastContact],
    now: datetime,
    past: Past,
    change_bits: float,
) -> Keeping:
    timebase = Timebase.starting(mission.start)
    now_s = timebase.seconds(now)
    freeze_s = {craft.satellite.name: craft.freeze_s for craft in mission.spacecraft}
    contacts = []
    for one in ahead:
        state = past.states.get(one.contact_key)
        frozen = (one.rise - now).total_seconds() <= freeze_s.get(one.satellite, 0.0)
        frozen |= state == "committed"
        exact = one.in_part or frozen
        if state not in LOST:
            contacts.append(
                InForce(
                    contact_key=one.contact_key,
                    start_s=timebase.seconds(one.start) + (PRINTED_S if exact else 0.0),
                    end_s=timebase.seconds(one.end) - (PRINTED_S if exact else 0.0),
                    in_part=exact,
                    frozen=frozen,
                )
            )
    return Keeping(
        contacts=tuple(contacts),
        change_bits=change_bits,
        commanded_s=tuple(now_s + craft.freeze_s for craft in mission.spacecraft),
    )
