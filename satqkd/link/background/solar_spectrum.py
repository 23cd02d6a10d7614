"""Sunlight outside the air, by wavelength."""

from __future__ import annotations

import numpy as np

WAVELENGTHS_M = 1e-9 * np.array(
    [
        *(300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 900, 1000),
        *(1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 2000, 2200),
    ]
)
"""Where the spectrum is given. [m]"""

IRRADIANCE_W_M2_UM = np.array(
    [
        *(530, 980, 1500, 2010, 1920, 1860, 1750, 1590, 1420, 1270, 1130, 985, 905, 740),
        *(600, 495, 410, 342, 287, 245, 202, 168, 116, 81),
    ]
)
"""ASTM E490-00a smoothed over some 20 nm and rounded, recalled; Fraunhofer lines, where a narrow
filter sees up to half less, are not in it. [W/(m² µm)]"""


def solar_irradiance_w_m2_m(wavelength_m: float) -> float:
    """Spectral irradiance of the Sun at 1 au; held beyond 300…2200 nm. [W/(m² m)]

    References
    ----------
    .. [1] ASTM E490-00a, *Standard Solar Constant and Zero Air Mass Solar Spectral Irradiance
       Tables* (recalled).

    Examples
    --------
    >>> round(solar_irradiance_w_m2_m(850e-9) / 1e6)
    985
    """
    return 1e6 * float(np.interp(wavelength_m, WAVELENGTHS_M, IRRADIANCE_W_M2_UM))
