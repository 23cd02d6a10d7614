"""A time over which the pulses of the transmitter are counted without a break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.distil.clock.nominal import PS_PER_S, Nominal
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """A count of pulses that is sure but for a whole number, the same for all of them."""

    first: int
    """First click of it among all of the log."""
    end: int
    """The click after its last."""
    nominal: Nominal
    """The stated clock."""
    begin_ps: int
    """Where its first window begins. [ps]"""
    length_ps: int
    """Of each window. [ps]"""
    clock: FloatArray
    """In the middle of each window: pulses to add to the stated clock's, their rate and its drift;
    shape (windows, 3)."""

    @property
    def end_ps(self) -> int:
        """Where its last window ends. [ps]"""
        return self.begin_ps + len(self.clock) * self.length_ps

    @property
    def seconds(self) -> float:
        """How long it is. [s]"""
        return (self.end_ps - self.begin_ps) / PS_PER_S

    def number(self, time_ps: IntArray) -> tuple[IntArray, FloatArray]:
        """Return the pulse nearest to each click, and how far off that is.

        Parameters
        ----------
        time_ps
            Clicks of the stretch, shape (n,). [ps]

        Returns
        -------
        tuple[IntArray, FloatArray]
            Number, but for the whole number that is not known yet; distance in pulses, −½ to ½.
        """
        window = np.clip((time_ps - self.begin_ps) // self.length_ps, 0, len(self.clock) - 1)
        middle_ps = self.begin_ps + window * self.length_ps + self.length_ps // 2
        since_s = (time_ps - middle_ps) / PS_PER_S
        turn, rate, drift = self.clock.T[:, window]
        whole, part = self.nominal.pulses(time_ps)
        part = part + turn + since_s * (rate + 0.5 * drift * since_s)
        nearest = np.rint(part)
        return whole + nearest.astype(np.int64), part - nearest

    def rate_hz(self, window: int) -> float:
        """Pulses a second in the middle of a window; −1 is the last. [Hz]"""
        return self.nominal.rate_hz + float(self.clock[window, 1])
