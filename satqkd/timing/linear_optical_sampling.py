"""Clocks compared by frequency combs that sample each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from satqkd.clicks.timing_gate import FWHM_PER_SIGMA
from satqkd.constants import PLANCK_J_S, SPEED_OF_LIGHT_M_S
from satqkd.errors import (
    NonPhysicalError,
    require_fraction,
    require_not_negative,
    require_positive,
)
from satqkd.timing.clock_noise import ClockNoise
from satqkd.timing.nonreciprocity import TimingFloor
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.stability import mdev_from_tdev, white_phase_tdev_s
from satqkd.timing.two_way import asymmetry_error_s
from satqkd.units import FloatArray, transmittance


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

    def timing(
        self,
        series: TimingSeries,
        *,
        transmitted: FloatArray,
        averaging_s: npt.ArrayLike = AVERAGING_S,
    ) -> TimingResult:
        """Clock comparison of every pass.

        Parameters
        ----------
        series
            Geometry of the passes.
        transmitted
            Transmittance of each way, shape (n,).
        averaging_s
            Averaging times, shape (m,). [s]
        """
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


def received_power_w(tx_power_w: npt.ArrayLike, *, loss_db: npt.ArrayLike) -> FloatArray:
    """Power that is left of what was sent. [W]

    By definition of the decibel.

    Parameters
    ----------
    tx_power_w
        Power sent. [W]
    loss_db
        Loss. [dB]

    Examples
    --------
    >>> round(float(received_power_w(1.0, loss_db=89.0)) * 1e9, 2)
    1.26
    """
    return np.asarray(np.asarray(tx_power_w, dtype=np.float64) * transmittance(loss_db))


def effective_photons(
    power_w: npt.ArrayLike,
    *,
    wavelength_m: float,
    pulse_width_s: float,
    repetition_rate_hz: float,
    update_rate_hz: float,
) -> FloatArray:
    r"""Photons that interfere with a local pulse in the course of one interferogram.

    .. math:: N = \frac{P \lambda}{h c} \cdot \frac{1}{\Delta f} \cdot \tau_p f_r

    Derived here: photons per second, times the time of an interferogram, times the share of it that
    is sampled.

    Parameters
    ----------
    power_w
        Power received :math:`P`, any shape. [W]
    wavelength_m
        Vacuum wavelength :math:`\lambda`. [m]
    pulse_width_s
        Length of a pulse :math:`\tau_p`, full width at half maximum. [s]
    repetition_rate_hz, update_rate_hz
        Repetition rate :math:`f_r` and difference of the two rates :math:`\Delta f`. [Hz]

    Returns
    -------
    FloatArray
        Shaped like ``power_w``.

    Notes
    -----
    The local pulse samples the share :math:`\tau_p f_r` of the time; light between its pulses
    is lost.

    Examples
    --------
    1 W after 100 dB, pulses of 1 ps:

    >>> float(np.round(effective_photons(1e-10, wavelength_m=1550e-9, pulse_width_s=1e-12,
    ...                                  repetition_rate_hz=250e6, update_rate_hz=2.5e3)))
    78.0
    """
    photon_j = PLANCK_J_S * SPEED_OF_LIGHT_M_S / wavelength_m
    sampled = pulse_width_s * repetition_rate_hz / update_rate_hz
    return np.asarray(np.asarray(power_w, dtype=np.float64) / photon_j * sampled)


def timing_noise_s(photons: npt.ArrayLike, *, pulse_width_s: float) -> FloatArray:
    r"""Quantum limit of a Gaussian pulse's time of arrival, :math:`\tau_p / (2.355 \sqrt N)`.

    Parameters
    ----------
    photons
        Effective photons :math:`N`, any shape; infinite noise without any.
    pulse_width_s
        Full width of the intensity at half maximum :math:`\tau_p`. [s]

    Returns
    -------
    FloatArray
        1 σ, shaped like ``photons``. [s]

    Notes
    -----
    The Cramér–Rao bound of the envelope's centre; below some 20 photons no estimator attains it,
    as side peaks of the noise are taken for the signal.

    References
    ----------
    .. [1] V. Giovannetti, S. Lloyd and L. Maccone, *Nature* 412, 417 (2001), for unentangled
       photons.
    """
    n = np.asarray(photons, dtype=np.float64)
    inverse = np.full_like(n, np.inf)
    np.divide(1.0, n, out=inverse, where=n > 0.0)
    return np.asarray(pulse_width_s / FWHM_PER_SIGMA * np.sqrt(inverse))
