"""Clocks compared by frequency combs that sample each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.errors import (
    NonPhysicalError,
    require_fraction,
    require_not_negative,
    require_positive,
)
from satqkd.timing.arriving import Arriving, KeyLink
from satqkd.timing.attacks import Exchange
from satqkd.timing.clock_noise import ClockNoise
from satqkd.timing.curve import Curve, Published, PublishedPoint
from satqkd.timing.interferogram import effective_photons, timing_noise_s
from satqkd.timing.nonreciprocity import TimingFloor
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.stability import mdev_from_tdev, white_phase_tdev_s
from satqkd.timing.stated_signal import StatedSignal
from satqkd.timing.two_way import asymmetry_error_s
from satqkd.units import FloatArray, transmittance

_SAME_WAVELENGTH: Final = 0.01
"""A link's loss is taken for combs whose wavelength differs by at most this fraction; assumed."""

PUBLISHED: Final = Published(
    points=(
        PublishedPoint(what="113 km, < 4e-19 (Nature 610, 661)", tau_s=1e4, mdev=4e-19),
        PublishedPoint(what="113 km, 3e-19 (arXiv:2203.11272)", tau_s=1e4, mdev=3e-19),
    )
)
"""Both from abstracts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CombTransfer:
    r"""Two combs of slightly different repetition rate, each sampling the other's light.

    References
    ----------
    .. [1] Q. Shen et al., "Free-space dissemination of time and frequency with 10⁻¹⁹ instability
       over 113 km", *Nature* 610, 661 (2022), arXiv:2203.11272.
    .. [2] E. D. Caldwell et al., "Quantum-limited optical time transfer for future geosynchronous
       links", *Nature* 618, 721 (2023), recalled: the same limit from the number of photons.
    """

    tx_power_w: float
    """Mean power that leaves, where the loss is counted from. [W]"""
    wavelength_m: float
    """Vacuum wavelength. [m]"""
    pulse_width_s: float
    """Length of a pulse, full width of its intensity at half maximum. [s]"""
    repetition_rate_hz: float
    """Pulses per second. [Hz]"""
    update_rate_hz: float
    """Difference of the repetition rates: interferograms per second. [Hz]"""
    detection_efficiency: float = 1.0
    """Share of the photons that count; a heterodyne receiver's is half its quantum efficiency."""
    least_photons: float = 20.0
    """Effective photons below which an interferogram's peak is lost in the noise; assumed, near
    the 23 to 78 that 0.1 nW leave, which arXiv:2505.03131 calls near the quantum limit."""
    piston: TimingFloor = field(default_factory=TimingFloor)
    """What the air's piston leaves."""
    non_reciprocity: TimingFloor = field(default_factory=TimingFloor)
    """What the two ways do not share: temperature of fibres, optics."""
    calibration_error_s: float = 0.0
    """1 σ of the delays inside both ends. [s]"""
    position_error_m: float = 0.0
    """1 σ of the range, after orbit determination. [m]"""
    velocity_error_m_s: float = 0.0
    """1 σ of the range rate, after orbit determination. [m/s]"""
    clock: ClockNoise = field(default_factory=ClockNoise)
    """The two clocks against each other."""

    def __post_init__(self) -> None:
        for name in ("tx_power_w", "wavelength_m", "pulse_width_s", "repetition_rate_hz"):
            require_positive(name, getattr(self, name))
        for name in ("least_photons", "calibration_error_s", "position_error_m"):
            require_not_negative(name, getattr(self, name))
        require_not_negative("velocity_error_m_s", self.velocity_error_m_s)
        self._check_detection_efficiency()
        self._check_update_rate()
        self._check_pulse_width()

    def _check_detection_efficiency(self) -> None:
        require_fraction("detection_efficiency", self.detection_efficiency)
        require_positive("detection_efficiency", self.detection_efficiency)

    def _check_update_rate(self) -> None:
        require_positive("update_rate_hz", self.update_rate_hz)
        if self.update_rate_hz >= self.repetition_rate_hz:
            raise NonPhysicalError(
                "update_rate_hz",
                f"must be below the repetition rate, got {self.update_rate_hz:g} Hz",
            )

    def _check_pulse_width(self) -> None:
        if self.pulse_width_s * self.repetition_rate_hz >= 1.0:
            raise NonPhysicalError(
                "pulse_width_s",
                f"must be shorter than the time from pulse to pulse, got {self.pulse_width_s:g} s",
            )

    @property
    def carrier_m(self) -> float | None:
        """Wavelength of the combs. [m]"""
        return self.wavelength_m

    @property
    def pulses_hz(self) -> float:
        """Pulses sent per second. [Hz]"""
        return self.repetition_rate_hz

    @property
    def qber_limit(self) -> float | None:
        """Not applicable: bright light shows no errors."""
        return None

    def unfit(self, link: KeyLink) -> str | None:
        """Return why the link's loss is not that of the combs; None where it is."""
        if abs(link.wavelength_m / self.wavelength_m - 1.0) <= _SAME_WAVELENGTH:
            return None
        return (
            f"the link's loss is that of {1e9 * link.wavelength_m:g} nm, the combs send "
            f"{1e9 * self.wavelength_m:g} nm"
        )

    def way_db(self, range_m: FloatArray, *, link_db: FloatArray) -> FloatArray:
        """Return the loss of the key link. [dB]"""
        del range_m
        return link_db

    def qber_bound(self, qber: npt.ArrayLike, *, events: npt.ArrayLike) -> FloatArray:
        """Return infinity: no errors are seen."""
        del events
        return np.full(np.shape(qber), np.inf)

    def require_signal(self, signal: StatedSignal) -> None:
        """Raise :class:`NonPhysicalError` without a loss."""
        if signal.loss_db is None:
            raise NonPhysicalError("stated.loss_db", "is missing, which this system needs")

    def used_of(self, signal: StatedSignal) -> StatedSignal:
        """Return the signal without clicks."""
        return replace(signal, sifted_rate_hz=None)

    def photons(self, transmitted: npt.ArrayLike) -> FloatArray:
        """Effective photons per interferogram; see :func:`effective_photons`.

        Parameters
        ----------
        transmitted
            Transmittance of the link, any shape.
        """
        power_w = self.tx_power_w * np.asarray(transmitted, dtype=np.float64)
        return self.detection_efficiency * effective_photons(
            power_w,
            wavelength_m=self.wavelength_m,
            pulse_width_s=self.pulse_width_s,
            repetition_rate_hz=self.repetition_rate_hz,
            update_rate_hz=self.update_rate_hz,
        )

    def usable(self, transmitted: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether interferograms hold photons enough; shaped like ``transmitted``."""
        return np.asarray(self.photons(transmitted) >= self.least_photons)

    def update_noise_s(self, transmitted: npt.ArrayLike) -> FloatArray:
        """1 σ of one way's interferogram; see :func:`timing_noise_s`. [s]"""
        return timing_noise_s(self.photons(transmitted), pulse_width_s=self.pulse_width_s)

    def floor_s(self, tau_s: npt.ArrayLike) -> FloatArray:
        """Time deviation that more light does not lower, shaped like ``tau_s`` [s]. [s]"""
        return np.asarray(np.hypot(self.piston.at(tau_s), self.non_reciprocity.at(tau_s)))

    def tdev_s(self, transmitted: npt.ArrayLike, *, tau_s: npt.ArrayLike) -> FloatArray:
        r"""Time deviation of the two-way offset, without the clocks' own noise.

        .. math:: \sigma_x^2(\tau) = \frac{\sigma_t^2}{2} \frac{\tau_0}{\tau}
                  + \sigma_{piston}^2(\tau) + \sigma_{way}^2(\tau)

        Parameters
        ----------
        transmitted
            Transmittance of each way, broadcast against ``tau_s``.
        tau_s
            Averaging time. [s]

        Returns
        -------
        FloatArray
            Broadcast shape. Half of :math:`\sigma_t^2`, for the offset is half the difference of
            two ways. [s]
        """
        white_s = white_phase_tdev_s(
            self.update_noise_s(transmitted), update_s=1.0 / self.update_rate_hz, tau_s=tau_s
        )
        return np.asarray(np.hypot(np.sqrt(0.5) * white_s, self.floor_s(tau_s)))

    def mdev(self, transmitted: npt.ArrayLike, *, tau_s: npt.ArrayLike) -> FloatArray:
        """Modified Allan deviation that belongs to :meth:`tdev_s`."""
        return mdev_from_tdev(self.tdev_s(transmitted, tau_s=tau_s), tau_s=tau_s)

    def compare(
        self, series: TimingSeries, arriving: Arriving, *, averaging_s: npt.ArrayLike = AVERAGING_S
    ) -> TimingResult:
        """Return the clock comparison of every pass, from the light that is left of the combs'."""
        transmitted = arriving.transmitted
        enough = self.usable(transmitted)
        seen = replace(series, weight_s=np.where(enough, series.weight_s, 0.0))
        unit_s2 = 0.5 * self.update_noise_s(transmitted) ** 2 / self.update_rate_hz
        error_s = asymmetry_error_s(
            series.range_m,
            range_rate_m_s=series.range_rate_m_s,
            range_error_m=self.position_error_m,
            range_rate_error_m_s=self.velocity_error_m_s,
        )
        return TimingResult.of(
            seen,
            unit_variance_s2=unit_s2,
            rate_hz=np.full_like(series.time_s, self.update_rate_hz),
            qber=np.zeros(len(series)),
            why_not=self._verdicts(series, seen, transmitted),
            systematic_s={
                "calibration": np.full(len(series), self.calibration_error_s),
                "orbit": 0.5 * seen.largest(error_s),
            },
            wander_s=self.clock.tdev_s,
            floor_s=self.floor_s,
            averaging_s=averaging_s,
            method="frequency combs, linear optical sampling",
        )

    def noise_s(self, signal: StatedSignal, *, tau_s: FloatArray) -> FloatArray:
        """Time deviation from counting photons alone. [s]"""
        return self._bare.tdev_s(transmittance(signal.loss_db or 0.0), tau_s=tau_s)

    @property
    def _bare(self) -> CombTransfer:
        """The same combs without floors."""
        return replace(self, piston=TimingFloor(), non_reciprocity=TimingFloor())

    def curve(self, name: str, signal: StatedSignal, *, tau_s: FloatArray) -> Curve:
        """Return the instability over one contact on which nothing moves."""
        loss_db = signal.loss_db or 0.0
        return self.curve_at(name, loss_db=loss_db, contact_s=signal.contact_s, tau_s=tau_s)

    def curve_at(self, name: str, *, loss_db: float, contact_s: float, tau_s: FloatArray) -> Curve:
        """Return the instability at some loss [dB], up to the length of a contact [s]."""
        through = transmittance(loss_db)
        held = (tau_s <= contact_s) & bool(self.usable(through))
        tdev_s = np.hypot(self.tdev_s(through, tau_s=tau_s), self.clock.tdev_s(tau_s))
        why = None
        if not self.usable(through):
            why = (
                f"light too weak: {float(self.photons(through)):.3g} effective photons per "
                f"interferogram, {self.least_photons:g} are needed"
            )
        return Curve(
            name=name,
            loss_db=loss_db,
            tau_s=tau_s,
            tdev_s=np.where(held, tdev_s, np.inf),
            limit_s=np.where(held, self._bare.tdev_s(through, tau_s=tau_s), np.inf),
            why_not=why,
            published=PUBLISHED,
        )

    def orbit_curves(self, *, tau_s: FloatArray) -> tuple[Curve, ...]:
        """Return none: the loss to an orbit is the link's."""
        del tau_s
        return ()

    def exchange(self, signal: StatedSignal, *, time_s: float) -> Exchange | None:
        """Return None: bright light shows no errors."""
        del signal, time_s
        return None

    def _verdicts(
        self, series: TimingSeries, seen: TimingSeries, transmitted: FloatArray
    ) -> list[str | None]:
        most = series.largest(self.photons(transmitted)).tolist()
        whole_s = series.per_pass(series.weight_s).tolist()
        used_s = seen.per_pass(seen.weight_s).tolist()
        return [
            None
            if used > 0.0
            else "no usable contact"
            if not whole > 0.0
            else f"light too weak: at most {photons:.3g} effective photons per interferogram, "
            f"{self.least_photons:g} are needed"
            for photons, whole, used in zip(most, whole_s, used_s, strict=True)
        ]
