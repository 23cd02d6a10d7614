"""How well two transmitters' optical phases are known to each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.errors import require_not_negative, require_positive
from satqkd.units import FloatArray

_LARGEST_RAD2 = 1e6
"""Numerical: stands for no light to count, any phase being as likely long before. [rad²]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReference:
    r"""Bright pulses between the signals, from which the phase is estimated window by window.

    The estimate is the mean of a window :math:`\tau`; within it the phase wanders by lasers of
    linewidth :math:`\delta\nu` (a random walk each) and drifts by what is left of the frequency
    offset, by turbulence and by motion (straight lines of unknown slope):

    .. math:: \sigma^2 = \frac{4\pi\,\delta\nu\,\tau}{6}
              + \left[ (2\pi\,\Delta\nu)^2 + \dot\phi^2 + (2\pi\,\Delta v/\lambda)^2 \right]
              \frac{\tau^2}{12} + \frac{1}{R\,\tau\,(1 - \sqrt{1 - V^2})}

    The last term is the Cramér-Rao bound of :math:`R\tau` clicks in two ports of visibility
    :math:`V`, averaged over reference phases stepped through a full turn.

    References
    ----------
    .. [1] Free-space twin-field quantum key distribution, arXiv:2503.17744 (2025), eq. 1.
    """

    photon_rate_hz: float
    """Photons of reference light each transmitter emits per second, pauses included. [Hz]"""
    window_s: float
    """Time one estimate is made from, and holds for. [s]"""
    wavelength_m: float
    """Of the light. [m]"""
    linewidth_hz: float = 0.0
    """Lorentzian linewidth of each laser, full width at half maximum. [Hz]"""
    frequency_residual_hz: float = 0.0
    """What is left of the lasers' frequency difference, 1 σ. [Hz]"""
    drift_rad_s: float = 0.0
    """Drift of the phase by turbulence and vibration, root mean square. [rad/s]"""
    velocity_residual_m_s: float = 0.0
    """Difference of the arms' range rates that the orbit does not predict, 1 σ. [m/s]"""
    most_clicks_hz: float = 5e6
    """Reference clicks per second the detectors can bear; brighter light is dimmed. Assumed. [Hz]
    """

    def __post_init__(self) -> None:
        for name in ("photon_rate_hz", "window_s", "wavelength_m", "most_clicks_hz"):
            require_positive(name, getattr(self, name))
        for name in (
            "linewidth_hz",
            "frequency_residual_hz",
            "drift_rad_s",
            "velocity_residual_m_s",
        ):
            require_not_negative(name, getattr(self, name))

    def drift_variance_rad2(self, window_s: npt.ArrayLike | None = None) -> FloatArray:
        """Variance of the phase about its mean over a window (own one if None). [rad²]"""
        tau = np.asarray(self.window_s if window_s is None else window_s, dtype=np.float64)
        return np.asarray(tau * self._walk() + tau**2 * self._slope())

    def counting_variance_rad2(self, light_a: npt.ArrayLike, light_b: npt.ArrayLike) -> FloatArray:
        """Variance of the estimate of a window from its counted photons.

        Parameters
        ----------
        light_a, light_b
            Transmittance of each arm, detectors included.

        Returns
        -------
        FloatArray
            Variance; large, not infinite, without light. [rad²]
        """
        return np.minimum(self._counting(light_a, light_b) / self.window_s, _LARGEST_RAD2)

    def variance_rad2(self, light_a: npt.ArrayLike, light_b: npt.ArrayLike) -> FloatArray:
        """Both together, for light as of :meth:`counting_variance_rad2`. [rad²]"""
        return self.drift_variance_rad2() + self.counting_variance_rad2(light_a, light_b)

    def best_window_s(self, light_a: npt.ArrayLike, light_b: npt.ArrayLike) -> FloatArray:
        r"""Window of the least variance, where more counts no longer pay for more drift.

        The root of :math:`2 c_2 \tau^3 + c_1 \tau^2 = k` for :math:`\sigma^2 = c_1 \tau + c_2
        \tau^2 + k/\tau`, by Newton from the right: infinite where nothing drifts. [s]
        """
        walk, slope = self._walk(), self._slope()
        counting = np.minimum(self._counting(light_a, light_b), _LARGEST_RAD2)
        with np.errstate(divide="ignore", over="ignore"):
            tau = np.minimum(
                np.sqrt(counting / np.float64(walk)), np.cbrt(0.5 * counting / np.float64(slope))
            )
        if walk == slope == 0.0:
            return np.asarray(tau)
        for _ in range(30):
            excess = 2.0 * slope * tau**3 + walk * tau**2 - counting
            tau = tau - excess / (6.0 * slope * tau**2 + 2.0 * walk * tau)
        return np.asarray(tau)

    def _walk(self) -> float:
        return float(4.0 * np.pi * self.linewidth_hz / 6.0)

    def _slope(self) -> float:
        turns_hz = np.hypot(
            self.frequency_residual_hz, self.velocity_residual_m_s / self.wavelength_m
        )
        return float(np.hypot(2.0 * np.pi * turns_hz, self.drift_rad_s) ** 2 / 12.0)

    def _counting(self, light_a: npt.ArrayLike, light_b: npt.ArrayLike) -> FloatArray:
        """Variance times window. [rad² s]"""
        a, b = np.asarray(light_a, dtype=np.float64), np.asarray(light_b, dtype=np.float64)
        clicks = np.minimum(self.photon_rate_hz * (a + b), self.most_clicks_hz)
        unlike = np.divide(np.abs(a - b), a + b, out=np.ones(np.shape(a + b)), where=a + b > 0.0)
        information = clicks * (1.0 - unlike)
        with np.errstate(divide="ignore"):
            return np.asarray(1.0 / information)


def interference_error(phase_variance_rad2: npt.ArrayLike, *, misalignment: float) -> FloatArray:
    r"""Share of the light that leaves by the wrong port.

    .. math:: e = \tfrac{1}{2} \left[ 1 - (1 - 2 e_d) e^{-\sigma^2/2} \right]

    Derived here: the mean cosine of a normal phase is :math:`e^{-\sigma^2/2}`.

    Parameters
    ----------
    phase_variance_rad2
        Variance :math:`\sigma^2` of a normal phase error. [rad²]
    misalignment
        The share :math:`e_d` at equal phases, 0…0.5.

    Returns
    -------
    FloatArray
        :math:`e_d + (1 - e^{-\sigma^2/2})/2` while both are small; 0.5 for an unknown phase.
    """
    variance = np.asarray(phase_variance_rad2, dtype=np.float64)
    return np.asarray(misalignment - 0.5 * (1.0 - 2.0 * misalignment) * np.expm1(-0.5 * variance))


def velocity_offset_hz(
    range_rate_a_m_s: npt.ArrayLike, range_rate_b_m_s: npt.ArrayLike, *, wavelength_m: float
) -> FloatArray:
    r"""Frequency between two equal lasers' light at a moving node, :math:`(v_b - v_a)/\lambda`.

    To first order in the speeds; some gigahertz between two uplinks of a low satellite, all of
    which has to be taken out.

    Parameters
    ----------
    range_rate_a_m_s, range_rate_b_m_s
        Range rates of the arms, positive when receding. [m/s]
    wavelength_m
        Of the light. [m]

    Returns
    -------
    FloatArray
        Frequency of the first arm's light over that of the second. [Hz]

    References
    ----------
    .. [1] A. Einstein, *Ann. Phys.* 322, 891 (1905), § 7, to first order.
    """
    difference = np.asarray(range_rate_b_m_s, dtype=np.float64) - np.asarray(
        range_rate_a_m_s, dtype=np.float64
    )
    return np.asarray(difference / wavelength_m)
