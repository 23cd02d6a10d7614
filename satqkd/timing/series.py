"""Geometry of passes, as a clock comparison needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes.table import Tracks
from satqkd.timing.two_way import motion_asymmetry_s
from satqkd.units import FloatArray, IntArray

_STILL_SAMPLES: Final = 101
"""Numerical: instants that stand for a contact in which nothing moves."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimingSeries:
    """Series of passes in flat arrays; pass i is ``starts[i]:starts[i + 1]``."""

    starts: IntArray
    """Offsets of the passes, one more than there are."""
    time_s: FloatArray
    """Seconds from the mission epoch, shape (n,) like all below. [s]"""
    weight_s: FloatArray
    """Seconds a sample stands for; 0 where the link may not be used. [s]"""
    range_m: FloatArray
    range_rate_m_s: FloatArray
    """Positive when the satellite recedes. [m/s]"""
    asymmetry_s: FloatArray
    """By how much light up takes longer than light down; corrected for. [s]"""

    def __len__(self) -> int:
        return int(self.starts.size - 1)

    @staticmethod
    def of_tracks(
        tracks: Tracks, *, weight_s: FloatArray | None = None, sagnac_s: FloatArray | None = None
    ) -> TimingSeries:
        """Take the series of passes.

        Derived here: both ways' asymmetries add, of which the Sagnac effect counts twice (Ashby
        2003).

        Parameters
        ----------
        tracks
            Their geometry.
        weight_s
            Seconds each sample may be used for; the whole pass if None. [s]
        sagnac_s
            One way's :func:`satqkd.timing.two_way.sagnac_s`; left out of the asymmetry if
            None. [s]
        """
        moved_s = motion_asymmetry_s(tracks.range_m, range_rate_m_s=tracks.range_rate_m_s)
        return TimingSeries(
            starts=tracks.starts,
            time_s=tracks.time_s,
            weight_s=tracks.weight_s if weight_s is None else weight_s,
            range_m=tracks.range_m,
            range_rate_m_s=tracks.range_rate_m_s,
            asymmetry_s=moved_s if sagnac_s is None else moved_s + 2.0 * sagnac_s,
        )

    @staticmethod
    def still(*, length_m: float, contact_s: float) -> TimingSeries:
        """Return one contact in which nothing moves: its distance [m] and length [s]."""
        time_s = np.linspace(0.0, contact_s, _STILL_SAMPLES)
        weight_s = np.full(_STILL_SAMPLES, time_s[1])
        weight_s[[0, -1]] *= 0.5
        return TimingSeries(
            starts=np.array([0, _STILL_SAMPLES]),
            time_s=time_s,
            weight_s=weight_s,
            range_m=np.full(_STILL_SAMPLES, length_m),
            range_rate_m_s=np.zeros(_STILL_SAMPLES),
            asymmetry_s=np.zeros(_STILL_SAMPLES),
        )

    @property
    def owner(self) -> IntArray:
        """The pass each sample belongs to, shape (n,)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))

    def per_pass(self, values: FloatArray) -> FloatArray:
        """Sum ``values`` over each pass; 0 for one without samples."""
        summed = np.bincount(self.owner, weights=values, minlength=len(self))
        return summed.astype(np.float64, copy=False)

    def largest(self, values: FloatArray) -> FloatArray:
        """Largest of ``values`` ≥ 0 in each pass where it may be used; 0 where never."""
        most = np.zeros(len(self))
        np.maximum.at(most, self.owner, np.where(self.weight_s > 0.0, values, 0.0))
        return most
