"""Clocks compared by the time tags of a quantum key's photons."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.clicks.timing_gate import FWHM_PER_SIGMA
from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_not_negative,
    require_positive,
)
from satqkd.timing.clock_noise import ClockNoise
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.two_way import asymmetry_error_s
from satqkd.units import FloatArray

_LEAST_PERIODS: Final = 4.0
"""Assumed: jitters, 1 σ, that must fit between two pulses, lest tags be taken for neighbours'."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePhotonTiming:
    r"""Two-way time transfer whose one way is a quantum key link.

    .. math:: V = \tfrac14 \left(\frac{\sigma^2}{R} + \frac{\sigma'^2}{R'}\right)

    is the variance of the offset after one second: :math:`\sigma, R` of the sifted clicks,
    :math:`\sigma', R'` of the pulses that go the other way.

    References
    ----------
    .. [1] H. Dai et al., "Towards satellite-based quantum-secure time transfer", *Nature Physics*
       16, 848 (2020), arXiv:2006.00666.
    """

    pulse_rate_hz: float
    """Pulses sent per second; which pulse a click belongs to must be known beforehand. [Hz]"""
    jitter: JitterBudget
    """Of one click."""
    return_rate_hz: float
    """Time tags per second of the light that goes the other way. [Hz]"""
    return_jitter_s: float
    """Of one of those tags, 1 σ. [s]"""
    abort_qber: float = 0.11
    """Error fraction from which on an eavesdropper may hold all; 11 % of BB84: P. W. Shor and
    J. Preskill, *Phys. Rev. Lett.* 85, 441 (2000)."""
    abort_epsilon: float = 1e-9
    """Probability that the true error fraction lies above the bound that is held against it;
    assumed."""
    calibration_error_s: float = 0.0
    """1 σ of the delays inside both ends. [s]"""
    position_error_m: float = 0.0
    """1 σ of the range, after orbit determination. [m]"""
    velocity_error_m_s: float = 0.0
    """1 σ of the range rate, after orbit determination. [m/s]"""
    clock: ClockNoise = field(default_factory=ClockNoise)
    """The two clocks against each other."""

    def __post_init__(self) -> None:
        for name in ("pulse_rate_hz", "return_rate_hz"):
            require_positive(name, getattr(self, name))
        for name in ("return_jitter_s", "calibration_error_s", "position_error_m"):
            require_not_negative(name, getattr(self, name))
        require_not_negative("velocity_error_m_s", self.velocity_error_m_s)
        require_between("abort_qber", self.abort_qber, 0.0, 0.5)
        self._check_abort_epsilon()
        self._check_jitter()

    def _check_abort_epsilon(self) -> None:
        if not 0.0 < self.abort_epsilon < 1.0:
            raise NonPhysicalError(
                "abort_epsilon", f"must lie between 0 and 1, got {self.abort_epsilon:g}"
            )

    def _check_jitter(self) -> None:
        period_s = 1.0 / self.pulse_rate_hz
        if _LEAST_PERIODS * self.jitter.sigma_s > period_s:
            raise NonPhysicalError(
                "jitter",
                f"must be below a quarter of the time from pulse to pulse, {1e9 * period_s:.3g} "
                f"ns, got {1e9 * self.jitter.sigma_s:.3g} ns: clicks cannot be told apart",
            )

    def unit_variance_s2(self, sifted_rate_hz: npt.ArrayLike) -> FloatArray:
        """Variance of the offset after one second; infinite without clicks. [s²]

        Parameters
        ----------
        sifted_rate_hz
            Sifted clicks per second, any shape. [Hz]
        """
        rate_hz = np.asarray(sifted_rate_hz, dtype=np.float64)
        forth = np.full_like(rate_hz, np.inf)
        np.divide(self.jitter.sigma_s**2, rate_hz, out=forth, where=rate_hz > 0.0)
        return np.asarray(0.25 * (forth + self.return_jitter_s**2 / self.return_rate_hz))

    def averaging_time_s(
        self, sifted_rate_hz: npt.ArrayLike, *, precision_s: npt.ArrayLike
    ) -> FloatArray:
        """How long to average for an offset this precise, the clocks' noise left out. [s]

        Parameters
        ----------
        sifted_rate_hz
            Sifted clicks per second. [Hz]
        precision_s
            1 σ that is wanted. [s]
        """
        variance_s2 = self.unit_variance_s2(sifted_rate_hz)
        return np.asarray(variance_s2 / np.asarray(precision_s, dtype=np.float64) ** 2)

    def qber_bound(self, qber: npt.ArrayLike, *, events: npt.ArrayLike) -> FloatArray:
        r"""Upper bound on the error fraction, :math:`Q + \sqrt{\ln(1/\epsilon) / 2n}`.

        Parameters
        ----------
        qber
            Error fraction seen :math:`Q`.
        events
            Sifted clicks it was seen on :math:`n`.

        References
        ----------
        .. [1] W. Hoeffding, *J. Am. Stat. Assoc.* 58, 13 (1963), theorem 1.
        """
        n = np.asarray(events, dtype=np.float64)
        slack = math.log(1.0 / self.abort_epsilon) / np.maximum(2.0 * n, 1e-300)
        return np.asarray(np.minimum(np.asarray(qber) + np.sqrt(slack), 1.0))

    def timing(
        self,
        series: TimingSeries,
        *,
        sifted_rate_hz: FloatArray,
        error_rate_hz: FloatArray,
        averaging_s: npt.ArrayLike = AVERAGING_S,
    ) -> TimingResult:
        """Clock comparison of every pass.

        Parameters
        ----------
        series
            Geometry of the passes.
        sifted_rate_hz, error_rate_hz
            Sifted clicks, and errors among them, per second, shape (n,). [Hz]
        averaging_s
            Averaging times, shape (m,). [s]
        """
        events = series.per_pass(sifted_rate_hz * series.weight_s)
        errors = series.per_pass(error_rate_hz * series.weight_s)
        qber = np.divide(errors, events, out=np.zeros_like(events), where=events > 0.0)
        return TimingResult.of(
            series,
            unit_variance_s2=self.unit_variance_s2(sifted_rate_hz),
            rate_hz=sifted_rate_hz,
            qber=qber,
            why_not=self._verdicts(qber, events),
            systematic_s=self._systematic(series),
            wander_s=self.clock.tdev_s,
            floor_s=np.zeros_like,
            averaging_s=averaging_s,
            method="two-way single-photon time transfer",
        )

    def _systematic(self, series: TimingSeries) -> dict[str, FloatArray]:
        """Half the error of each difference between the two ways, at its largest. [s]"""
        error_s = asymmetry_error_s(
            series.range_m,
            range_rate_m_s=series.range_rate_m_s,
            range_error_m=self.position_error_m,
            range_rate_error_m_s=self.velocity_error_m_s,
        )
        return {
            "calibration": np.full(len(series), self.calibration_error_s),
            "orbit": 0.5 * series.largest(error_s),
        }

    def _verdicts(self, qber: FloatArray, events: FloatArray) -> list[str | None]:
        bound = self.qber_bound(qber, events=events)
        return [
            self._verdict(q, most, n)
            for q, most, n in zip(qber.tolist(), bound.tolist(), events.tolist(), strict=True)
        ]

    def _verdict(self, qber: float, bound: float, events: float) -> str | None:
        if events < 1.0:
            return "no sifted click"
        if bound < self.abort_qber:
            return None
        limit = f"the {100 * self.abort_qber:.3g} % from which on the time tags may be another's"
        if qber >= self.abort_qber:
            return f"aborted: QBER {100 * qber:.3g} % reaches {limit}"
        return (
            f"aborted: {events:.3g} clicks cannot show that the QBER, {100 * qber:.3g} %, stays "
            f"below {limit}"
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
