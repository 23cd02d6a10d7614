"""Strength of optical turbulence against height."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
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


TOP_M: Final = 60e3
"""Height above the telescope up to which a profile is integrated: what lies above adds less than
1e-12 to any integral taken here. [m]"""

_EDGES_M = 1e3 * np.array(
    [0.0, 0.001, 0.01, 0.04, 0.1, 0.2, 0.35, 0.6, 1, 2, 4, 6, 8, 10, 12.5, 15, 17.5, 20, 25, 35]
)
"""Numerical: where the pieces of the quadrature meet, close together near the ground. [m]"""


@lru_cache(maxsize=16)
def quadrature(top_m: float) -> tuple[FloatArray, FloatArray]:
    """Where an integral over a profile takes its values, and what each of them counts.

    By definition of Gauss–Legendre quadrature, six nodes on each of some pieces.

    Parameters
    ----------
    top_m
        Height above the telescope at which the integral ends. [m]

    Returns
    -------
    FloatArray
        Heights above the telescope, shape (n,), read-only. [m]
    FloatArray
        Their weights, shape (n,), read-only: an integral is the sum of values times them. [m]

    Examples
    --------
    >>> heights_m, steps_m = quadrature(20e3)
    >>> round(float(steps_m.sum()), 6)
    20000.0
    """
    edges_m = np.append(_EDGES_M[top_m > _EDGES_M], top_m)
    nodes, weights = np.polynomial.legendre.leggauss(6)
    width_m = np.diff(edges_m)[:, None]
    heights_m = (edges_m[:-1, None] + 0.5 * width_m * (1.0 + nodes)).ravel()
    steps_m = (0.5 * width_m * weights).ravel()
    heights_m.flags.writeable = steps_m.flags.writeable = False
    return heights_m, steps_m
