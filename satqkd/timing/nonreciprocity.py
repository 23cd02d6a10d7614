"""What two-way light does not cancel: noise with a power law of its own, and air that differs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.errors import require_between, require_not_negative, require_positive
from satqkd.link.beam.tracking import point_ahead_rad
from satqkd.link.scene import Scene
from satqkd.link.turbulence.profile import Turbulence, isoplanatic_angle_rad
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingFloor:
    r"""Noise that more light does not lower, :math:`\sigma_x(\tau) = a\,(\tau/\tau_a)^s`."""

    tdev_s: float = 0.0
    """Time deviation :math:`a` at ``at_s``. [s]"""
    at_s: float = 1.0
    """Averaging time it is given for :math:`\\tau_a`. [s]"""
    slope: float = 0.0
    """How it changes :math:`s`: 0 flicker of phase, −0.5 white phase, 0.5 white frequency."""

    def __post_init__(self) -> None:
        require_not_negative("tdev_s", self.tdev_s)
        require_positive("at_s", self.at_s)
        require_between("slope", self.slope, -0.5, 1.5)

    def at(self, tau_s: npt.ArrayLike) -> FloatArray:
        """Time deviation, shaped like ``tau_s`` [s]. [s]

        By definition of the power law.
        """
        ratio = np.asarray(tau_s, dtype=np.float64) / self.at_s
        return np.asarray(self.tdev_s * ratio**self.slope)


def piston_nonreciprocity_s(scene: Scene, turbulence: Turbulence) -> FloatArray:
    r"""Error of an offset because light up and down meet different air.

    .. math:: \frac12 \cdot \frac{1}{2\pi\nu} \left(\frac{\theta_p}{\theta_0}\right)^{5/6}

    Parameters
    ----------
    scene
        Where the ends are; gives the point-ahead angle :math:`\theta_p`.
    turbulence
        The air, which gives the isoplanatic angle :math:`\theta_0`.

    Returns
    -------
    FloatArray
        1 σ at an instant, shape (n,); the same at every optical frequency :math:`\nu`. [s]

    Notes
    -----
    An upper bound: apertures and the outer scale average over the differences, and the air that
    moves during the round trip is left out.

    References
    ----------
    .. [1] D. L. Fried, *J. Opt. Soc. Am.* 72, 52 (1982), for the difference of two directions'
       phases; that it limits two-way transfer: L. C. Sinclair et al., *Phys. Rev. A* 89, 023805
       (2014), recalled.
    """
    wavelength_m = 1e-6
    isoplanatic_rad = isoplanatic_angle_rad(
        scene.elevation_deg,
        turbulence=turbulence,
        wavelength_m=wavelength_m,
        site_height_m=scene.site_height_m,
    )
    phase_rad = (point_ahead_rad(scene) / isoplanatic_rad) ** (5.0 / 6.0)
    return np.asarray(0.25 / np.pi * phase_rad * wavelength_m / SPEED_OF_LIGHT_M_S)
