"""The key a plan counts on, pass by pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from satqkd.forecast.distilled import in_blocks
from satqkd.forecast.forecast import Forecast
from satqkd.units import BoolArray, IntArray

Value = Literal["clear", "expected"]
"""Which key a plan counts on: that under a clear sky, or its mean over weather, air, pointing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """Key of every pass as its satellite distils it; shape (passes,)."""

    bits: IntArray
    """Under a clear sky. [bit]"""
    blocks: IntArray
    """Of how many blocks; each risks the epsilon of the protocol."""
    low_bits: IntArray
    """With every stated range at its worst end. [bit]"""
    high_bits: IntArray
    """The same at its best end. [bit]"""
    expected_bits: IntArray | None
    """Mean over weather, air and pointing; None if nobody drew histories. [bit]"""

    def planned_bits(self, value: Value) -> IntArray:
        """Key that a plan counts on. [bit]"""
        if value == "expected" and self.expected_bits is not None:
            return self.expected_bits
        return self.bits


def made(forecast: Forecast) -> Made:
    """Key of every pass: one block where nobody states how its satellite divides it.

    Several blocks mostly leave less than one of them all; where key making stops before the
    satellite sets, a poor pass can leave more.
    """
    outlook = forecast.outlook
    result = Made(
        bits=forecast.keys.secure_bits.copy(),
        blocks=(forecast.keys.secure_bits > 0).astype(np.int64),
        low_bits=forecast.keys_low.secure_bits.copy(),
        high_bits=forecast.keys_high.secure_bits.copy(),
        expected_bits=(
            None if outlook is None else np.floor(outlook.expected_bits).astype(np.int64)
        ),
    )
    divided = is_divided(forecast)
    for one in in_blocks(forecast, divided) if divided.any() else ():
        result.bits[one.index], result.blocks[one.index] = one.bits, one.blocks
        result.low_bits[one.index], result.high_bits[one.index] = one.low_bits, one.high_bits
        if result.expected_bits is not None and one.expected_bits is not None:
            result.expected_bits[one.index] = one.expected_bits
    return result


def is_divided(forecast: Forecast) -> BoolArray:
    """Passes whose satellite distils otherwise than the whole pass as one block."""
    mission = forecast.mission
    divided = [
        (how := mission.distilled(index)) is not None
        and (how.block_sifted_bits is not None or how.stop_before_set_s > 0.0)
        for index in range(len(mission.spacecraft))
    ]
    return np.array(divided, dtype=np.bool_)[forecast.passes.satellite]
