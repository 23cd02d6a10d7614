"""The key a plan counts on, pass by pass."""

from __future__ import annotations

from typing import Literal

import numpy as np

from satqkd.forecast.availability import availability
from satqkd.forecast.forecast import Forecast
from satqkd.units import BoolArray, FloatArray, IntArray, share_of

Value = Literal["clear", "expected"]
"""Which key a plan counts on: that under a clear sky, or its mean over weather, air, pointing."""


def made_bits(forecast: Forecast) -> tuple[IntArray, IntArray]:
    """Key of each pass under a clear sky, and of how many blocks it is made. [bit]

    One block a pass where nobody states the size that its satellite distils; several give less
    than one of them all.
    """
    whole = forecast.keys.secure_bits
    made, number = whole.copy(), (whole > 0).astype(np.int64)
    blocks = in_blocks(forecast) & (whole > 0)
    if blocks.any():
        found = availability(forecast, wanted=blocks)
        made[found.passes] = found.per_pass(found.keys.secure_bits)
        number[found.passes] = found.per_pass((found.keys.secure_bits > 0).astype(np.int64))
    return made, number


def in_blocks(forecast: Forecast) -> BoolArray:
    """Passes whose satellite distils otherwise than the whole pass as one block."""
    mission = forecast.mission
    sized = [
        (how := mission.distilled(index)) is not None
        and (how.block_sifted_bits is not None or how.stop_before_set_s > 0.0)
        for index in range(len(mission.spacecraft))
    ]
    return np.array(sized, dtype=np.bool_)[forecast.passes.satellite]


def expected_bits(forecast: Forecast, made: IntArray) -> IntArray | None:
    """Mean of that key over weather, air and pointing; None if nobody drew histories. [bit]

    Parameters
    ----------
    forecast
        Every pass with its key as one block.
    made
        Key of each pass, as :func:`made_bits` says. [bit]

    Notes
    -----
    Blocks take the same share of the expected key as of that under a clear sky. In a history with
    less light there are fewer blocks, and a little more is left than that.
    """
    if forecast.outlook is None:
        return None
    expected = forecast.outlook.expected_bits * block_share(forecast, made)
    return np.floor(expected).astype(np.int64)


def block_share(forecast: Forecast, made: IntArray) -> FloatArray:
    """What blocks leave of the key of a whole pass as one; 1 where that is none."""
    whole = forecast.keys.secure_bits.astype(np.float64)
    return share_of(made.astype(np.float64), whole, otherwise=1.0)
