"""Key of a pass in the blocks it is distilled in, under more light than expected or less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.forecast.availability import block_starts
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.lit import Lit, lit_pieces
from satqkd.forecast.outlook import clear_drawn, found_drawn, light_drawn, mixed_counts
from satqkd.forecast.scene import circumstances
from satqkd.mission.distillation import Distillation
from satqkd.passes.bodies import Bodies
from satqkd.units import BoolArray, FloatArray, IntArray, share_of

AT_QUANTILES = tuple(np.linspace(0.0, 1.0, 17).tolist())
"""Quantiles of the light of all histories at which the key is worked out; cubics between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InBlocks:
    """The key of one pass, block by block and added up. [bit]"""

    index: int
    """Of the pass."""
    bits: int
    """With the light expected."""
    blocks: int
    """How many of its blocks leave key."""
    low_bits: int
    """With every stated range at its worst end."""
    high_bits: int
    """The same at its best end."""
    expected_bits: int | None
    """Mean over weather, air and pointing; None if nobody drew histories."""


def in_blocks(forecast: Forecast, wanted: BoolArray) -> Iterator[InBlocks]:
    """Yield the key of passes in the blocks in which their satellites distil them.

    Parameters
    ----------
    forecast
        A forecast that was followed.
    wanted
        Which passes; those without any usable time are left out.

    Notes
    -----
    With more light a pass has more blocks, not larger ones. The worst and best ends of stated
    ranges count as the light that makes as many sifted bits. The key of each history lies on a
    monotone cubic through that of :data:`AT_QUANTILES`, which cuts the small teeth where one more
    block begins: the mean of a pass is within 1 %, at worst 3.
    """
    for lit, light in _with_light(forecast, wanted):
        for place, index in enumerate(lit.piece.passes.tolist()):
            how = forecast.mission.distilled(int(forecast.passes.satellite[index]))
            if how is not None:
                drawn = None if light is None else light[:, place]
                yield _of_pass(forecast, lit.alone(place), how, drawn)


def _with_light(forecast: Forecast, wanted: BoolArray) -> Iterator[tuple[Lit, FloatArray | None]]:
    """Passes of like links, with the light of every history over that expected; 0 under clouds."""
    draws = None if forecast.outlook is None else forecast.outlook.draws
    mission, timebase, passes = forecast.mission, forecast.timebase, forecast.passes
    bodies = (
        Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
        if forecast.geometry is None
        else forecast.geometry.bodies
    )
    facts = circumstances(mission, timebase, passes, bodies)
    for lit in lit_pieces(forecast, wanted=wanted):
        if draws is None:
            yield lit, None
            continue
        piece, mine = lit.piece, passes.take(lit.piece.passes)
        seen = clear_drawn(
            piece, mine, start=mission.start, month=facts.month[piece.passes], draws=draws
        ) & found_drawn(piece, mine, draws)
        yield lit, np.where(seen, light_drawn(piece, lit.losses_db, mine, draws), 0.0)


def _of_pass(forecast: Forecast, lit: Lit, how: Distillation, drawn: FloatArray | None) -> InBlocks:
    """Work out the key of one pass at some amounts of light."""
    index = int(lit.piece.passes[0])
    sifted = forecast.keys.sifted_bits[[index]]
    ends = [
        float(share_of(keys.sifted_bits[[index]], sifted, otherwise=1.0)[0])
        for keys in (forecast.keys_low, forecast.keys_high)
    ]
    seen = np.zeros(0) if drawn is None else drawn[drawn > 0.0]
    nodes = np.quantile(seen, AT_QUANTILES) if seen.size else seen
    light = np.unique(np.concatenate([[1.0, *ends], nodes]))
    bits, blocks = _at_light(forecast, lit, how, light)

    def at(amount: float) -> int:
        return int(bits[np.searchsorted(light, amount)])

    expected = None
    if drawn is not None:
        between = np.full(seen.size, float(bits[0]))
        if light.size > 1:
            from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 -- only histories pay

            between = np.maximum(PchipInterpolator(light, bits.astype(np.float64))(seen), 0.0)
        expected = int(between.sum() / drawn.size)
    return InBlocks(
        index=index,
        bits=at(1.0),
        blocks=int(blocks[np.searchsorted(light, 1.0)]),
        low_bits=at(ends[0]),
        high_bits=at(ends[1]),
        expected_bits=expected,
    )


def _at_light(
    forecast: Forecast, lit: Lit, how: Distillation, light: FloatArray
) -> tuple[IntArray, IntArray]:
    """Key of a pass, and blocks that leave any, for amounts of light. [bit]"""
    index, weight_s = int(lit.piece.passes[0]), lit.piece.weight_s
    set_s = float(forecast.passes.set_s[index])
    until = int(np.count_nonzero(lit.time_s <= set_s - how.stop_before_set_s))
    rates = [lit.rates(), lit.without_light().rates()]
    clicks, dark = (one.click_rate_hz * weight_s for one in rates)
    whole, sifted = float(clicks.sum()) or 1.0, float(forecast.keys.sifted_bits[index])
    every: list[Counts] = []
    for amount in light.tolist():
        mixed = dark + (clicks - dark) * amount
        starts = block_starts(
            mixed,
            sifted_bits=sifted * float(mixed.sum()) / whole,
            size=how.block_sifted_bits,
            until=until,
        )
        blocks = replace(lit.piece, starts=starts)
        with_light, without = (blocks.counts(one) for one in rates)
        every.append(mixed_counts(with_light, without, np.full((1, starts.size - 1), amount)))
    keys = forecast.mission.protocol.secure_bits(Counts.join(every))
    begins = np.cumsum([0, *(len(one.pulses) for one in every[:-1])])
    return np.add.reduceat(keys, begins), np.add.reduceat((keys > 0).astype(np.int64), begins)
