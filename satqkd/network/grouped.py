"""Which contacts are distilled together: every contact that could make key, in its block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import divided, same_ends
from satqkd.mission.blocks import BlockSpan
from satqkd.network.deadlines import Deadline, dividing
from satqkd.network.opening import Opening, cut_open, flown_at, require_open
from satqkd.units import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouped:
    """Contacts in the order of their forecasts, and the block of each; arrays of shape (n,)."""

    kind: IntArray
    """Which of the forecasts each is in."""
    row: IntArray
    """Which of its contacts it is."""
    block: IntArray
    """Its block, counted from 0."""
    gathers: tuple[BlockSpan, ...]
    """How long each block gathers, one a block."""
    divided_for: tuple[tuple[frozenset[int], ...], ...]
    """Pairs of stations for whose deadlines each block is apart from others."""
    opened: IntArray
    """Block of each contact flown before the window; -1 where none of the window is in it."""


def grouped_in_blocks(
    forecasts: Sequence[Forecast],
    possible: Sequence[BoolArray],
    pinned: Sequence[BoolArray],
    opening: Opening | None,
    *,
    period: BlockSpan | None = None,
    deadlines: Sequence[Deadline] = (),
) -> Grouped:
    """Put contacts that are possible into blocks, which deadlines cut.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    possible, pinned
        Which contacts of each may be scheduled, and which have to be.
    opening
        Contacts flown before the window; None for none.
    period
        How long blocks gather, in place of what the mission says.
    deadlines
        Where blocks are cut: key of a block is in time or not as a whole.
    """
    ready_s = np.zeros(0) if opening is None else opening.ready_s
    nothing = np.zeros(0, dtype=np.int64)
    kinds, rows, blocks = [nothing], [nothing], [nothing]
    gathers: list[BlockSpan] = []
    divided_for: list[tuple[frozenset[int], ...]] = []
    opened = np.full(0 if opening is None else len(opening), -1)
    for number, forecast in enumerate(forecasts):
        keyed = forecast if number or opening is None else opening.behind(forecast)
        for gathered, kept, before in _at_same_ends(
            forecast, possible[number], pinned[number], opening, period
        ):
            for group in divided(keyed, kept, gathered, before=len(forecast) + before)[0]:
                pairs = dividing(deadlines, forecast, group, ready_s)
                for members, early in cut_open(deadlines, forecast, [group], opening):
                    if not members.size:
                        continue
                    kinds.append(np.full(members.size, number))
                    rows.append(members)
                    blocks.append(np.full(members.size, len(gathers)))
                    opened[early] = len(gathers)
                    gathers.append(gathered)
                    divided_for.append(pairs)
    kind, row, block = (np.concatenate(part) for part in (kinds, rows, blocks))
    order = np.lexsort((row, kind))
    return Grouped(
        kind=kind[order],
        row=row[order],
        block=block[order],
        gathers=tuple(gathers),
        divided_for=tuple(divided_for),
        opened=opened,
    )


def _at_same_ends(
    forecast: Forecast,
    possible: BoolArray,
    pinned: BoolArray,
    opening: Opening | None,
    period: BlockSpan | None,
) -> Iterator[tuple[BlockSpan, IntArray, IntArray]]:
    """Yield what one satellite and its stations may distil together, where there is any.

    For each how long its blocks gather, its contacts, and those of before the window. A contact
    that is a block by itself has to make key, or be pinned.
    """
    mission, bits = forecast.mission, forecast.yields.made.bits
    for own in same_ends(forecast, np.flatnonzero(possible)):
        craft = int(forecast.contacts.satellite[own[0]])
        stations = frozenset(int(ends[own[0]]) for ends in forecast.contacts.stations)
        gathered = period or mission.block_period(craft, stations)
        kept = own[(bits[own] > 0) | pinned[own]] if gathered == "pass" else own
        if kept.size:
            before = flown_at(opening, craft, stations)
            require_open(mission, opening, before, gathered)
            yield gathered, kept, before
