"""How uncertain the time tag of a single photon is, and the mean of many."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.clicks.timing_gate import FWHM_PER_SIGMA
from satqkd.errors import require_not_negative, require_positive
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class JitterBudget:
    """What makes a single photon's time tag uncertain."""

    pulse_width_s: float = 0.0
    """Length of the light pulse, full width at half maximum. [s]"""
    source_jitter_s: float = 0.0
    """Of the pulses against the clock, 1 σ. [s]"""
    detector_jitter_s: float = 0.0
    """Of the detectors, 1 σ. [s]"""
    tdc_jitter_s: float = 0.0
    """Of the time tagger (time-to-digital converter), 1 σ. [s]"""
    clock_jitter_s: float = 0.0
    """Of both clocks from tick to tick, 1 σ. [s]"""
    gate_s: float = 0.0
    """Length of the gate where nothing finer is recorded; 0 where clicks are tagged. [s]"""

    def __post_init__(self) -> None:
        for name in ("pulse_width_s", "source_jitter_s", "detector_jitter_s", "tdc_jitter_s"):
            require_not_negative(name, getattr(self, name))
        require_not_negative("clock_jitter_s", self.clock_jitter_s)
        require_not_negative("gate_s", self.gate_s)
        require_positive("detector_jitter_s and all other jitter together", self.sigma_s)

    @property
    def sigma_s(self) -> float:
        """Root of the sum of squares; a gate counts as evenly filled. [s]

        Derived here: variances of independent errors add; an even distribution of width g has
        g²/12.
        """
        return math.hypot(
            self.pulse_width_s / FWHM_PER_SIGMA,
            self.source_jitter_s,
            self.detector_jitter_s,
            self.tdc_jitter_s,
            self.clock_jitter_s,
            self.gate_s / math.sqrt(12.0),
        )


def precision_s(
    jitter_s: npt.ArrayLike, *, rate_hz: npt.ArrayLike, time_s: npt.ArrayLike
) -> FloatArray:
    r"""How well one way's time of arrival is known, :math:`\sigma / \sqrt{R T}`. [s]

    Derived here: a mean of n independent values has an nth of the variance.

    Parameters
    ----------
    jitter_s
        Of one event :math:`\sigma`. [s]
    rate_hz
        Events per second :math:`R`. [Hz]
    time_s
        Averaging time :math:`T`. [s]

    Examples
    --------
    >>> round(float(precision_s(467e-12, rate_hz=216.0, time_s=0.25)) * 1e12, 2)
    63.55
    """
    events = np.asarray(rate_hz, dtype=np.float64) * np.asarray(time_s, dtype=np.float64)
    return np.asarray(np.asarray(jitter_s, dtype=np.float64) / np.sqrt(events))


def events_needed(jitter_s: npt.ArrayLike, *, precision_s: npt.ArrayLike) -> FloatArray:
    r"""Events that average one way to a precision, :math:`(\sigma / \sigma_T)^2`.

    Derived here: a mean of n independent values has an nth of the variance.

    Parameters
    ----------
    jitter_s
        Of one event :math:`\sigma`. [s]
    precision_s
        What is wanted :math:`\sigma_T`. [s]

    Examples
    --------
    >>> round(float(events_needed(0.5e-9, precision_s=30e-12)))
    278
    """
    ratio = np.asarray(jitter_s, dtype=np.float64) / np.asarray(precision_s, dtype=np.float64)
    return np.asarray(ratio**2)
