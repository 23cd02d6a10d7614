"""What a plan delivers and makes, in a few lines: first what was asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.forecast.key_blocks import key_blocks
from satqkd.mission.blocks import BlockSpan, Until
from satqkd.mission.demand import Demand
from satqkd.network.deliveries import lost_of_pools, timed_deliveries
from satqkd.network.plan import Plan
from satqkd.network.served import Served, served
from satqkd.report.counted import counted
from satqkd.units import IntArray

_NAMED: Final = 4
"""Pools with stock that are named; more are counted."""


def delivered(plan: Plan) -> list[str]:
    """Say how many amounts are met, how much key is delivered, and what is short and why."""
    if not plan.mission.demands:
        return ["no pair of stations asks for key: none is delivered"]
    found = served(plan)
    asked, met = sum(one.amounts for one in found), sum(one.amounts_met for one in found)
    total = sum(one.delivered_bits for one in found)
    pairs = counted(sum(1 for one in found if one.delivered_bits), "pair")
    amounts = f"{met} of {counted(asked, 'amount')} met, " if asked else ""
    return [
        f"{amounts}{total:,} secret bits delivered between {pairs} of stations{_after(plan)}",
        *(line for number, one in enumerate(found) for line in _asked(plan, number, one)),
    ]


def _after(plan: Plan) -> str:
    """Say how much of what is delivered comes after the window; empty for none."""
    forecast = plan.forecast
    end_s = forecast.timebase.seconds(plan.mission.start) + plan.mission.duration_s
    late = [
        one
        for one in timed_deliveries(plan.problem, plan.solution)
        if end_s < one.at_s <= plan.problem.demands[one.demand].by_s
    ]
    if not late:
        return ""
    last = f"last at {_utc(plan, max(one.at_s for one in late))}"
    return f", of these {sum(one.bits for one in late):,} after the window, {last}"


def _asked(plan: Plan, number: int, found: Served) -> Iterator[str]:
    """Yield how many of several amounts of a pair are met, and what is short and why."""
    demand, stations = plan.mission.demands[number], plan.mission.stations
    ends = " and ".join(stations[one].site.name for one in (demand.station_a, demand.station_b))
    short = found.first_short
    if 0.0 < demand.at_least_bits <= demand.held_bits:
        yield (
            f"{ends} hold {demand.held_bits:,.0f} bit when the window begins: the "
            f"{demand.at_least_bits:,.0f} asked for are met"
        )
    if demand.floor is not None and demand.delivered_bits > 0.0:
        yield f"{ends} got {demand.delivered_bits:,.0f} bit before: they count for their floor"
    if found.amounts > 1 or demand.floor is not None:
        yield (
            f"{ends}: {asked_words(demand)} met {found.amounts_met} of "
            f"{counted(found.amounts, _each(demand))}"
        )
    if short is not None:
        first = "first short: " if found.amounts > 1 else "not met: "
        yield (
            f"{first}{ends} get {short.delivered_bits:,} of {short.asked_bits:,} bit"
            f"{_by(plan, short.by_s)}: {found.why}"
        )


def asked_words(demand: Demand) -> str:
    """Say what a pair asks for, such as ``a floor of 10,000 bit/night``."""
    told = []
    if demand.at_least_bits > 0:
        told.append(f"{demand.at_least_bits:,.0f} bit")
    if demand.floor is not None:
        told.append(f"a floor of {demand.floor.bits:,.0f} bit/{demand.floor.per}")
    if demand.use_bit_s > 0:
        reserve = f" with {demand.reserve_s / DAY_S:g} d in reserve" if demand.reserve_s else ""
        told.append(f"a use of {demand.use_bit_s * DAY_S:,.0f} bit/d{reserve}")
    return ", ".join(told)


def _each(demand: Demand) -> str:
    """What the amounts of a pair are of."""
    sorts = (demand.at_least_bits > 0, demand.floor is not None, demand.use_bit_s > 0)
    if sum(sorts) > 1:
        return "instant"
    if demand.floor is None:
        return "day"
    return {"night": "night", "d": "day", "week": "week"}[demand.floor.per]


def _by(plan: Plan, by_s: float) -> str:
    if not math.isfinite(by_s):
        return ""
    return f" by {_utc(plan, by_s)}"


def _utc(plan: Plan, at_s: float) -> str:
    (iso,) = plan.forecast.timebase.iso(np.array([at_s]))
    return f"{iso[:10]} {iso[11:16]} UTC"


def stock(plan: Plan) -> list[str]:
    """Say what pools hold when the window begins."""
    mission = plan.mission
    if not mission.stock:
        return []
    total = sum(one.bits for one in mission.stock)
    named = [
        f"{mission.spacecraft[one.spacecraft].satellite.name} and "
        f"{mission.stations[one.station].site.name} {one.bits:,.0f}"
        for one in mission.stock[:_NAMED]
    ]
    more = len(mission.stock) - len(named)
    beyond = f", {counted(more, 'other pool')}" if more else ""
    return [f"{total:,.0f} bit in stock when the window begins: {', '.join(named)}{beyond}"]


def lost(plan: Plan) -> list[str]:
    """Say how much key satellites could not keep until it was asked for; nothing for none."""
    found = lost_of_pools(plan.problem, plan.solution).values()
    without_room, too_old = (sum(one[place] for one in found) for place in (0, 1))
    told = [
        f"{without_room:,} without room in the key_store of its satellite" if without_room else "",
        f"{too_old:,} older than any pair takes it (max_age)" if too_old else "",
    ]
    total = without_room + too_old
    return [f"{total:,} bit lost on board: {', '.join(filter(None, told))}"] if total else []


def made(plan: Plan) -> str:
    """Say how much key the scheduled passes make, in the blocks of the plan and one by one."""
    blocks = plan.blocks
    passes = blocks.planned[blocks.partner[blocks.planned] < 0]
    bits, gathered = _made(plan, passes, one="pass")
    return f"{bits:,} secret bits made {gathered}"


def made_of_windows(plan: Plan) -> tuple[int, str]:
    """Return the key of scheduled windows of two stations [bit], and in which blocks."""
    blocks = plan.blocks
    return _made(plan, blocks.planned[blocks.partner[blocks.planned] >= 0], one="window")


def _made(plan: Plan, some: IntArray, *, one: str) -> tuple[int, str]:
    """Return the key of some blocks, and what the other block policy makes of the same contacts."""
    blocks = plan.blocks
    bits, separate = int(blocks.bits[some].sum()), int(blocks.separate_bits[some].sum())
    many = "passes" if one == "pass" else f"{one}s"
    spans = list(dict.fromkeys(blocks.gathers[block] for block in some.tolist()))
    if spans == ["pass"]:
        week = _in_weeks(plan, some)
        told = "" if week is None else f"; the same {many} in week blocks: {week:,}"
        return bits, f"in blocks of one {one}{told}"
    told = f"; the same {many} each a block of its own: {separate:,}"
    is_cut = blocks.cut
    cut = _divided_at(plan.mission.demands) if any(is_cut[b] for b in some.tolist()) else ""
    return bits, f"in {_in_words(spans)}{cut}{told}" if spans else ""


def _divided_at(demands: Sequence[Demand]) -> str:
    """Say what divides blocks: pairs want some of the key sooner."""
    sorts = {
        "floors": any(one.floor is not None for one in demands),
        "uses": any(one.use_bit_s > 0 for one in demands),
        "deadlines": any(one.by is not None for one in demands),
    }
    return f", divided at {' and '.join(name for name, there in sorts.items() if there)}"


def _in_words(spans: Sequence[BlockSpan]) -> str:
    """Name blocks of some spans.

    Examples
    --------
    >>> _in_words(["week", Until(bits=1e6)])
    'week blocks and blocks until 1 Mbit'
    """
    periods = [str(one) for one in spans if not isinstance(one, Until)]
    amounts = [str(one).removeprefix("until ") for one in spans if isinstance(one, Until)]
    return " and ".join(
        ([f"{' and '.join(periods)} blocks"] if periods else [])
        + ([f"blocks until {' and '.join(amounts)}"] if amounts else [])
    )


def _in_weeks(plan: Plan, some: IntArray) -> int | None:
    """Key of the members of some blocks if a week were one block; None where nobody can tell fast.

    That is where a satellite distils in real time, so that its clicks are no block of a week, and
    where a key takes an optimiser.
    """
    mission, blocks = plan.mission, plan.blocks
    ways = [mission.distilled(craft) for craft in set(blocks.satellite[some].tolist())]
    if any(how is not None and (how.during_pass or how.divides) for how in ways):
        return None
    ends = np.cumsum([0, *(len(one) for one in plan.forecasts)])
    at = plan.candidate_rows[np.concatenate([blocks.members[block] for block in some.tolist()])]
    total = 0
    for begin, forecast in zip(ends.tolist(), plan.forecasts, strict=False):
        own = np.sort(at[(at >= begin) & (at < begin + len(forecast))] - begin)
        if any(system.dear for system in forecast.yields.systems) and own.size:
            return None
        if own.size:
            total += int(key_blocks(forecast.take(own), "week").keys.secure_bits.sum())
    return total
