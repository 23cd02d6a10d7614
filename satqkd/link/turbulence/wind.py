"""Wind across the line of sight against height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.errors import require_not_negative, require_positive
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class BuftonWind:
    r"""A steady wind and a jet stream.

    .. math:: v(h) = v_g + v_t \exp\left[-\left(\frac{h - H_t}{L_t}\right)^2\right]

    Notes
    -----
    :math:`h` is the height above sea level. A telescope that follows a satellite adds its own
    rate: see :func:`satqkd.link.turbulence.profile.greenwood_frequency_hz`.

    References
    ----------
    .. [1] J. L. Bufton, "Comparison of vertical profile turbulence structure with stellar
       observations", *Applied Optics* 12, 1785 (1973).
    .. [2] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, eq. 12.3 (recalled).
    """

    ground_m_s: float = 2.8
    """Wind at the ground :math:`v_g`; 2.8 m/s gives the 21 m/s of HV-5/7. [m/s]"""
    tropopause_m_s: float = 30.0
    """What the jet stream adds at its height :math:`v_t`. [m/s]"""
    tropopause_height_m: float = 9_400.0
    """Height of the jet stream above sea level :math:`H_t`. [m]"""
    thickness_m: float = 4_800.0
    """Its 1/e half thickness :math:`L_t`. [m]"""

    def __post_init__(self) -> None:
        require_not_negative("ground_m_s", self.ground_m_s)
        require_not_negative("tropopause_m_s", self.tropopause_m_s)
        require_positive("tropopause_height_m", self.tropopause_height_m)
        require_positive("thickness_m", self.thickness_m)

    def wind_m_s(self, height_m: FloatArray) -> FloatArray:
        """Speed at a height above sea level, shaped like ``height_m``. [m/s]"""
        jet = np.exp(-(((height_m - self.tropopause_height_m) / self.thickness_m) ** 2))
        return np.asarray(self.ground_m_s + self.tropopause_m_s * jet, dtype=np.float64)

    def high_wind_m_s(self) -> float:
        """Root mean square between 5 and 20 km: what Hufnagel–Valley profiles need. [m/s]

        Returns
        -------
        float
            For the default jet stream within 0.1 % of √(v² + 30.69 v + 348.91) of
            ITU-R P.1622-1.

        Examples
        --------
        >>> round(BuftonWind().high_wind_m_s(), 1)
        21.0
        """
        nodes, weights = np.polynomial.legendre.leggauss(24)
        speed_m_s = self.wind_m_s(12_500.0 + 7_500.0 * nodes)
        return float(np.sqrt(0.5 * (speed_m_s**2 @ weights)))
