"""Strength of optical turbulence against height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import require_not_negative
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class HufnagelValley:
    r"""The Hufnagel–Valley profile; its default values are known as HV-5/7.

    .. math:: C_n^2 = 0.00594 \left(\tfrac{W}{27}\right)^2 (10^{-5} z)^{10} e^{-z/1000}
              + B\,e^{-z/1500} + A\,e^{-h/100}

    Notes
    -----
    :math:`h` is the height above the ground, :math:`z` that above sea level: a station on a
    mountain has a surface layer of its own, and the free air above it is as everywhere.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 12.2.1 (recalled).
    .. [2] Recommendation ITU-R P.1622-1 (2022), where the first term's factors are multiplied to
       8.148e-56.

    Examples
    --------
    >>> HufnagelValley().cn2_m23(np.array([0.0]), site_height_m=0.0).round(16)
    array([1.73e-14])
    """

    ground_cn2_m23: float = 1.7e-14
    """Structure constant of the surface layer at the ground :math:`A`. [m^(-2/3)]"""
    high_wind_m_s: float = 21.0
    """Root mean square wind between 5 and 20 km :math:`W`. [m/s]"""
    free_cn2_m23: float = 2.7e-16
    """Structure constant of the free air, carried down to sea level :math:`B`. [m^(-2/3)]"""

    def __post_init__(self) -> None:
        require_not_negative("ground_cn2_m23", self.ground_cn2_m23)
        require_not_negative("high_wind_m_s", self.high_wind_m_s)
        require_not_negative("free_cn2_m23", self.free_cn2_m23)

    def cn2_m23(self, height_m: FloatArray, *, site_height_m: float) -> FloatArray:
        """Structure constant of the refractive index. [m^(-2/3)]

        Parameters
        ----------
        height_m
            Height above the ground. [m]
        site_height_m
            Height of the ground above sea level. [m]

        Returns
        -------
        FloatArray
            Shaped like ``height_m``.
        """
        altitude_m = height_m + site_height_m
        wind = (self.high_wind_m_s / 27.0) ** 2
        tropopause = 0.00594 * wind * (1e-5 * altitude_m) ** 10 * np.exp(-altitude_m / 1000.0)
        free_air = self.free_cn2_m23 * np.exp(-altitude_m / 1500.0)
        return np.asarray(
            tropopause + free_air + self.ground_cn2_m23 * np.exp(-height_m / 100.0),
            dtype=np.float64,
        )


def _quadrature() -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(6)
    width_m = np.diff(_EDGES_M)[:, None]
    heights_m = _EDGES_M[:-1, None] + 0.5 * width_m * (1.0 + nodes)
    steps_m = np.broadcast_to(0.5 * width_m * weights, heights_m.shape)
    return heights_m.ravel(), steps_m.ravel()


_EDGES_M = 1e3 * np.array(
    [0.0, 0.001, 0.01, 0.04, 0.1, 0.2, 0.35, 0.6, 1, 2, 4, 6, 8, 10, 12.5, 15, 17.5, 20]
)
"""Numerical: where the pieces of the quadrature meet, close together near the ground. [m]"""
_NODES = _quadrature()

HEIGHTS_M: Final = _NODES[0]
"""Gauss–Legendre nodes above the telescope for integrals over a profile; they end at 20 km, as
ITU-R P.1621-2 and P.1622-1 do, which leaves out 2 % of the integral that makes scintillation.
[m]"""

STEPS_M: Final = _NODES[1]
"""Their weights: the integral of a profile is ``cn2 @ STEPS_M``. [m]"""
