"""What a plan delivers and makes, in a few lines: first what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import numpy as np

from satqkd.forecast.key_blocks import key_blocks
from satqkd.mission.blocks import BlockSpan, Until
from satqkd.network.plan import Plan
from satqkd.network.served import Served, served
from satqkd.report.counted import counted
from satqkd.units import IntArray


def delivered(plan: Plan) -> list[str]:
    """Say how many amounts are met, how much key is delivered, and what is short and why."""
    if not plan.mission.demands:
        return ["no pair of stations asks for key: none is delivered"]
    found = served(plan)
    asked = [one for one in found if one.asked_bits is not None]
    met = sum(1 for one in asked if one.met)
    total = sum(one.delivered_bits for one in found)
    pairs = counted(sum(1 for one in found if one.delivered_bits), "pair")
    amounts = f"{met} of {counted(len(asked), 'amount')} met, " if asked else ""
    return [
        f"{amounts}{total:,} secret bits delivered between {pairs} of stations",
        *(_short(plan, number, one) for number, one in enumerate(found) if one.short_bits),
    ]


def _short(plan: Plan, number: int, found: Served) -> str:
    demand, stations = plan.mission.demands[number], plan.mission.stations
    ends = " and ".join(stations[one].site.name for one in (demand.station_a, demand.station_b))
    by = "" if demand.by is None else f" by {demand.by.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"not met: {ends} get {found.delivered_bits:,} of {found.asked_bits:,} bit{by}: {found.why}"
    )


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
    return bits, f"in {_in_words(spans)}{told}" if spans else ""


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
