"""How much of a wavefront's turbulence adaptive optics leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive
from satqkd.link.scene import Scene
from satqkd.link.turbulence.profile import Turbulence, greenwood_frequency_hz, isoplanatic_angle_rad
from satqkd.units import FloatArray

NOLL_RESIDUALS: Final = (
    1.0299, 0.582, 0.134, 0.111, 0.0880, 0.0648, 0.0587, 0.0525, 0.0463, 0.0401, 0.0377,
    0.0352, 0.0328, 0.0304, 0.0279, 0.0267, 0.0255, 0.0243, 0.0232, 0.0220, 0.0208,
)  # fmt: skip
"""Phase variance left after the first 1…21 Zernike modes, in units of (D/r0)^(5/3); R. J. Noll,
*J. Opt. Soc. Am.* 66, 207 (1976), table IV. [rad²]"""


LOG_SHARES_LEFT: Final = np.linspace(np.log(1e-8), 0.0, 193)
"""Logarithms of the share of the phase variance left, for tables over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveOptics:
    """A corrector of wavefronts by the light of a beacon."""

    modes: int
    """How many Zernike modes it corrects, piston counted: 1 none, 3 tip and tilt."""
    bandwidth_hz: float | None = None
    """Frequency at which its correction has fallen by 3 dB; None for one without delay. [Hz]"""
    beacon_offset_rad: float = 0.0
    """Angle between the beacon and the light to be corrected; uplinks add their point-ahead
    angle. [rad]"""

    def __post_init__(self) -> None:
        if self.modes < 1:
            raise NonPhysicalError("modes", f"must be at least 1, for piston, got {self.modes}")
        if self.bandwidth_hz is not None:
            require_positive("bandwidth_hz", self.bandwidth_hz)
        require_not_negative("beacon_offset_rad", self.beacon_offset_rad)


def noll_residual_rad2(modes: int) -> float:
    r"""Phase variance left after correcting some Zernike modes, for :math:`D = r_0`.

    Parameters
    ----------
    modes
        How many, piston counted. Beyond 21 it is :math:`0.2944\,J^{-\sqrt 3/2}`.

    Returns
    -------
    float
        To be multiplied by :math:`(D/r_0)^{5/3}`. [rad²]

    References
    ----------
    .. [1] R. J. Noll, "Zernike polynomials and atmospheric turbulence", *J. Opt. Soc. Am.* 66,
       207 (1976), table IV.

    Examples
    --------
    >>> noll_residual_rad2(3)
    0.134
    """
    if modes <= len(NOLL_RESIDUALS):
        return NOLL_RESIDUALS[modes - 1]
    return float(0.2944 * modes ** (-0.5 * np.sqrt(3.0)))


def residual_variance_rad2(
    optics: AdaptiveOptics,
    scene: Scene,
    *,
    turbulence: Turbulence,
    wavelength_m: float,
    diameters: FloatArray,
    offset_rad: npt.ArrayLike,
) -> FloatArray:
    r"""Phase variance that adaptive optics leave.

    .. math:: \sigma^2 = \Delta_J \left(\frac{D}{r_0}\right)^{5/3}
              + K\left(1 - e^{-e/K}\right), \qquad
              K = (\Delta_1 - \Delta_J) \left(\frac{D}{r_0}\right)^{5/3}, \quad
              e = \left(\frac{f_G}{f_{3dB}}\right)^{5/3}
              + \left(\frac{\theta}{\theta_0}\right)^{5/3}

    Parameters
    ----------
    optics
        The corrector.
    scene
        Where the satellite is, and how fast it goes.
    turbulence
        The air.
    wavelength_m
        Wavelength. [m]
    diameters
        Diameter of the telescope over the Fried parameter, shaped like the scene.
    offset_rad
        Angle between beacon and light :math:`\theta`, one or a series. [rad]

    Returns
    -------
    FloatArray
        Shaped like the scene. [rad²]

    Notes
    -----
    :math:`K` is what the modes would take away without delay, :math:`e` the errors of delay and
    distance as their authors have them for a small error. A late or displaced correction is
    weighted down as its correlation with the wavefront fades, and never worse than none: were
    that correlation :math:`e^{-e/2K}`, the best weight leaves just this. More modes and more
    bandwidth never leave more. The residuals :math:`\Delta_J` are those of an unobscured disc.

    References
    ----------
    .. [1] R. J. Noll, *J. Opt. Soc. Am.* 66, 207 (1976).
    .. [2] D. P. Greenwood, *J. Opt. Soc. Am.* 67, 390 (1977).
    .. [3] D. L. Fried, *J. Opt. Soc. Am.* 72, 52 (1982).
    """
    strength = diameters ** (5.0 / 3.0)
    uncorrected = noll_residual_rad2(optics.modes) * strength
    error = np.zeros(1)
    if optics.bandwidth_hz is not None:
        greenwood_hz = greenwood_frequency_hz(
            scene.elevation_deg,
            scene.angular_rate_rad_s,
            turbulence=turbulence,
            wavelength_m=wavelength_m,
            site_height_m=scene.site_height_m,
        )
        error = error + (greenwood_hz / optics.bandwidth_hz) ** (5.0 / 3.0)
    if np.any(offset_rad):
        isoplanatic_rad = isoplanatic_angle_rad(
            scene.elevation_deg,
            turbulence=turbulence,
            wavelength_m=wavelength_m,
            site_height_m=scene.site_height_m,
        )
        error = error + (np.asarray(offset_rad) / isoplanatic_rad) ** (5.0 / 3.0)
    corrected = NOLL_RESIDUALS[0] * strength - uncorrected
    least = np.maximum(corrected, 1e-30)
    return np.asarray(uncorrected - corrected * np.expm1(-error / least))


def residual_structure(
    structure_rad2: FloatArray, *, variance_rad2: FloatArray, open_variance_rad2: FloatArray
) -> FloatArray:
    r"""Phase structure function behind a corrector.

    .. math:: \frac{1}{D} = \frac{1}{D_0}
              + \frac{1}{2\sigma^2} - \frac{1}{2\sigma_0^2}

    Derived here, see the notes.

    Parameters
    ----------
    structure_rad2
        That of turbulence between two points of the pupil :math:`D_0`. [rad²]
    variance_rad2
        Phase variance left :math:`\sigma^2`, broadcast with it. [rad²]
    open_variance_rad2
        Phase variance without corrector :math:`\sigma_0^2`, not less. [rad²]

    Returns
    -------
    FloatArray
        In their common shape. [rad²]

    Notes
    -----
    An interpolation between what is known: turbulence itself for :math:`\sigma = \sigma_0`; twice
    the variance left between points far apart, which makes a coherent core :math:`e^{-\sigma^2}`;
    turbulence itself between neighbours, which makes a halo as wide as without corrector but
    for the tilt. It grows with :math:`\sigma^2` everywhere.
    """
    flatter = 0.5 / np.maximum(variance_rad2, 1e-300) - 0.5 / np.maximum(open_variance_rad2, 1e-300)
    return np.asarray(structure_rad2 / (1.0 + structure_rad2 * np.maximum(flatter, 0.0)))
