"""Two links at once: what reaches, or leaves, one node in the middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from satqkd.units import FloatArray, IntArray

NodeDirection = Literal["uplink", "downlink"]
"""Which way the light of both arms goes when the node in the middle flies."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoArms:
    """Series of both arms at the same instants, one interval of time after the other.

    The node in the middle receives from both (twin-field, measurement-device-independent) or
    sends to both (entanglement).
    """

    transmittance_a: FloatArray
    """Mean transmittance of the first arm to the detectors' input, shape (n,)."""
    transmittance_b: FloatArray
    """The same of the second arm."""
    variance_a: FloatArray
    """Variance of the first arm's transmittance over its squared mean."""
    variance_b: FloatArray
    """The same of the second arm; the two are independent."""
    background_rate_hz: FloatArray
    """Stray clicks per second and detector of the middle node, efficiency included; of each end's
    detectors where the node sends. [Hz]"""
    weight_s: FloatArray
    """Seconds a sample stands for; 0 where it may not carry key. [s]"""
    starts: IntArray
    """Offsets of the intervals, one more than there are; an interval is a block of key."""
    background_b_rate_hz: FloatArray | None = None
    """Of the second end's detectors where the node sends and the ends differ; None for the same
    at both. [Hz]"""

    def __len__(self) -> int:
        return int(self.starts.size - 1)
