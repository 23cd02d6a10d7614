"""Time in pulses of a clock that runs at its stated rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.units import FloatArray, IntArray

PS_PER_S: Final = 10**12
"""By definition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominal:
    """Pulses of a stated rate, counted from one instant of the receiver's clock."""

    rate_hz: float
    """Stated pulse rate. [Hz]"""
    origin_ps: int
    """Where the count begins. [ps]"""

    def pulses(self, time_ps: IntArray) -> tuple[IntArray, FloatArray]:
        """Return whole pulses before the last full second, and those since then.

        By definition, rate × time; apart, so that a day of 10¹⁴ pulses keeps its fractions.

        Parameters
        ----------
        time_ps
            By the receiver's clock, shape (n,). [ps]

        Returns
        -------
        tuple[IntArray, FloatArray]
            Their sum is the number of pulses; the second is below the rate and some more.
        """
        second, rest = np.divmod(time_ps - self.origin_ps, PS_PER_S)
        before = second * self.rate_hz
        whole = np.floor(before)
        return whole.astype(np.int64), (before - whole) + rest * (self.rate_hz / PS_PER_S)
