"""Clocks compared by the time tags of a quantum key's photons."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_not_negative,
    require_positive,
)
from satqkd.timing.arriving import Arriving, KeyLink
from satqkd.timing.attacks import Exchange
from satqkd.timing.clock_noise import ClockNoise
from satqkd.timing.curve import Curve, Published, PublishedPrecision
from satqkd.timing.jitter import JitterBudget
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.stated_signal import StatedSignal
from satqkd.timing.two_way import asymmetry_error_s
from satqkd.units import FloatArray

_LEAST_PERIODS: Final = 4.0
"""Assumed: jitters, 1 σ, that must fit between two pulses, lest tags be taken for neighbours'."""

_SAME_RATE: Final = 1e-6
"""Pulse rates that differ by at most this fraction are the same."""

PUBLISHED: Final = Published(
    precisions=(PublishedPrecision(what="30 ps (Nat. Phys. 16, 848)", tdev_s=30e-12),)
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

    @property
    def carrier_m(self) -> float | None:
        """None: the light is the key link's. [m]"""
        return None

    @property
    def pulses_hz(self) -> float:
        """Pulses sent per second. [Hz]"""
        return self.pulse_rate_hz

    @property
    def qber_limit(self) -> float | None:
        """Error fraction that ends a comparison."""
        return self.abort_qber

    def unfit(self, link: KeyLink) -> str | None:
        """Return why the clicks are not those of the link; None where they are."""
        if abs(link.pulse_rate_hz / self.pulse_rate_hz - 1.0) <= _SAME_RATE:
            return None
        return (
            f"the link sends {1e-6 * link.pulse_rate_hz:g} MHz, the time tags are of "
            f"{1e-6 * self.pulse_rate_hz:g} MHz"
        )

    def way_db(self, range_m: FloatArray, *, link_db: FloatArray) -> FloatArray:
        """Return the loss of the key link. [dB]"""
        del range_m
        return link_db

    def require_signal(self, signal: StatedSignal) -> None:
        """Raise :class:`NonPhysicalError` without a rate of clicks."""
        if signal.sifted_rate_hz is None:
            raise NonPhysicalError("stated.sifted_rate_hz", "is missing, which this system needs")

    def used_of(self, signal: StatedSignal) -> StatedSignal:
        """Return the signal without its loss."""
        return replace(signal, loss_db=None)

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

    def compare(
        self, series: TimingSeries, arriving: Arriving, *, averaging_s: npt.ArrayLike = AVERAGING_S
    ) -> TimingResult:
        """Return the clock comparison of every pass, from its sifted clicks."""
        sifted_hz = arriving.sifted_rate_hz
        events = series.per_pass(sifted_hz * series.weight_s)
        errors = series.per_pass(arriving.error_rate_hz * series.weight_s)
        qber = np.divide(errors, events, out=np.zeros_like(events), where=events > 0.0)
        return TimingResult.of(
            series,
            unit_variance_s2=self.unit_variance_s2(sifted_hz),
            rate_hz=sifted_hz,
            qber=qber,
            why_not=self._verdicts(qber, events),
            systematic_s=self._systematic(series),
            wander_s=self.clock.tdev_s,
            floor_s=np.zeros_like,
            averaging_s=averaging_s,
            method="two-way single-photon time transfer",
        )

    def noise_s(self, signal: StatedSignal, *, tau_s: FloatArray) -> FloatArray:
        """Time deviation from counting clicks alone. [s]"""
        return np.asarray(np.sqrt(self.unit_variance_s2(signal.sifted_rate_hz or 0.0) / tau_s))

    def curve(self, name: str, signal: StatedSignal, *, tau_s: FloatArray) -> Curve:
        """Return the instability over one contact on which nothing moves."""
        series = TimingSeries.still(length_m=signal.length_m, contact_s=signal.contact_s)
        why = self.compare(series, Arriving.of(signal, series.time_s.size)).why_not[0]
        noise_s = self.noise_s(signal, tau_s=tau_s)
        held = (tau_s <= signal.contact_s) & (why is None)
        return Curve(
            name=name,
            loss_db=None,
            tau_s=tau_s,
            tdev_s=np.where(held, np.hypot(noise_s, self.clock.tdev_s(tau_s)), np.inf),
            limit_s=np.where(held, noise_s, np.inf),
            why_not=why,
            published=PUBLISHED,
        )

    def orbit_curves(self, *, tau_s: FloatArray) -> tuple[Curve, ...]:
        """Return none: nothing is known without a link."""
        del tau_s
        return ()

    def exchange(self, signal: StatedSignal, *, time_s: float) -> Exchange:
        """Return an honest exchange; as many tags go up as come down."""
        flight_s = signal.length_m / SPEED_OF_LIGHT_M_S
        return Exchange(
            events=max(round((signal.sifted_rate_hz or 0.0) * time_s), 1),
            jitter_s=self.jitter.sigma_s,
            return_jitter_s=self.return_jitter_s,
            flight_up_s=flight_s,
            flight_down_s=flight_s,
            qber=signal.qber,
            abort_qber=self.abort_qber,
            range_error_m=self.position_error_m,
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
