"""What arrives over a link for a clock comparison, whatever compares the clocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.timing.stated_signal import StatedSignal
from satqkd.units import FloatArray, transmittance


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLink:
    """What a key link sends."""

    pulse_rate_hz: float
    """Pulses sent per second. [Hz]"""
    wavelength_m: float
    """Vacuum wavelength. [m]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arriving:
    """Light along the samples of a series, shape (n,)."""

    transmitted: FloatArray
    """Transmittance of each way."""
    sifted_rate_hz: FloatArray
    """Sifted clicks of the key link. [Hz]"""
    error_rate_hz: FloatArray
    """Errors among them. [Hz]"""

    @staticmethod
    def of(signal: StatedSignal, samples: int) -> Arriving:
        """Return a signal that does not change; what it does not state is no loss, no clicks."""
        sifted_hz = np.full(samples, signal.sifted_rate_hz or 0.0)
        return Arriving(
            transmitted=np.full(samples, float(transmittance(signal.loss_db or 0.0))),
            sifted_rate_hz=sifted_hz,
            error_rate_hz=signal.qber * sifted_hz,
        )
