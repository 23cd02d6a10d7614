"""What a link is expected to click, stretch by stretch: what a simulation draws from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from satqkd.clicks.light import Light
from satqkd.key.system import PreparedSystem
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expected:
    """Clicks per pulse in each stretch of time, shape (n,), of each intensity, (k, n)."""

    seconds: FloatArray
    """Length of each stretch. [s]"""
    pulse_rate_hz: float
    """Pulses sent. [Hz]"""
    probability: FloatArray
    """Of each intensity, shape (k,)."""
    click: FloatArray
    """Click probability of a pulse: background, dead time and after-pulses are in it."""
    error: FloatArray
    """Probability of a wrong click."""
    sent_in_key_basis: float
    """Share of the pulses."""
    read_in_key_basis: float
    """Share of the clicks."""

    def times(self, factor: float) -> Expected:
        """Return stretches that last ``factor`` times as long."""
        return replace(self, seconds=self.seconds * factor)


def expected_of(system: PreparedSystem, light: Light) -> Expected:
    """Return what a system clicks of light, sample by sample.

    Parameters
    ----------
    system
        Source, detectors, protocol.
    light
        Of one interval. Samples that may not carry key weigh nothing and are left out.
    """
    some = np.flatnonzero(light.weight_s > 0.0)
    rates = system.rates(light)
    return Expected(
        seconds=light.weight_s[some],
        pulse_rate_hz=system.source.pulse_rate_hz,
        probability=np.array(system.source.probabilities),
        click=rates.click[:, some],
        error=rates.error[:, some],
        sent_in_key_basis=system.source.p_key_basis,
        read_in_key_basis=system.detector.p_key_basis,
    )
