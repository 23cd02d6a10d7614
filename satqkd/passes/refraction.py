"""How far refraction lifts the apparent elevation above the geometric."""

from __future__ import annotations

from typing import Final

import erfa
import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray

SEA_LEVEL_HPA: Final = 1_013.25
"""Pressure of the standard atmosphere at sea level (ISO 2533:1975). [hPa]"""

SEA_LEVEL_C: Final = 15.0
"""Its temperature at sea level (ISO 2533:1975). [°C]"""

LAPSE_C_M: Final = 6.5e-3
"""Its fall of temperature with height, up to 11 km (ISO 2533:1975). [°C/m]"""

PRESSURE_EXPONENT: Final = 5.25588
"""g M / (R · lapse rate) of the standard atmosphere (ISO 2533:1975)."""

HUMIDITY: Final = 0.5
"""Relative humidity taken for every station; dry or soaked air changes optical refraction by less
than 0.1 %. Assumed."""

COLUMN_M: Final = 2.28
"""Refractivity times the height of a column of air of the density at sea level, see
:func:`nearness_deg`. [m]"""

LOWEST_SINE: Final = 0.05
"""Below this sine of the elevation, 2.9°, the series in tan z is held where it is (as in ERFA's
``atioq``)."""


def standard_air(height_m: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Pressure and temperature of the standard atmosphere.

    Parameters
    ----------
    height_m
        Height, −1 to 11 km. [m]

    Returns
    -------
    pressure, temperature
        [hPa], [°C]

    References
    ----------
    .. [1] ISO 2533:1975, *Standard Atmosphere*.

    Examples
    --------
    >>> pressure, temperature = standard_air(1_000.0)
    >>> round(float(pressure), 1), round(float(temperature), 1)
    (898.7, 8.5)
    """
    fall_c = LAPSE_C_M * np.asarray(height_m, dtype=np.float64)
    share = 1.0 - fall_c / (SEA_LEVEL_C + 273.15)
    return SEA_LEVEL_HPA * share**PRESSURE_EXPONENT, np.asarray(SEA_LEVEL_C - fall_c)


def apparent_elevation_deg(
    elevation_deg: FloatArray, *, height_m: npt.ArrayLike, wavelength_m: npt.ArrayLike
) -> FloatArray:
    r"""Elevation at which a telescope sees what stands at a geometric elevation.

    .. math:: z_0 - z = A \tan z + B \tan^3 z

    for the zenith distances :math:`z_0` without and :math:`z` with air, solved by one step of
    Newton's method.

    Parameters
    ----------
    elevation_deg
        Geometric elevation. [°]
    height_m
        Height of the telescope, for pressure and temperature of the standard atmosphere. [m]
    wavelength_m
        Of the light, in vacuum. [m]

    Returns
    -------
    FloatArray
        Apparent elevation. [°]

    Notes
    -----
    For the air it assumes, off by 0.3″ at 15°, 1.1″ at 10° and 21″ at 5° (against rays traced
    through it). Weather changes refraction by some per cent: 10″ at 10°. Refraction is that of a
    star; :func:`nearness_deg` says how much lower a satellite stands.

    References
    ----------
    .. [1] ERFA (IAU SOFA) routines ``refco`` and ``atioq``, through ``pyerfa``.
    """
    pressure_hpa, temperature_c = standard_air(height_m)
    a, b = erfa.refco(
        pressure_hpa, temperature_c, HUMIDITY, 1e6 * np.asarray(wavelength_m, dtype=np.float64)
    )
    sine = np.maximum(np.sin(np.radians(elevation_deg)), LOWEST_SINE)
    level = np.cos(np.radians(elevation_deg))
    tangent = level / sine
    cubic = b * tangent**2
    lift = (a + cubic) * tangent / (1.0 + (a + 3.0 * cubic) / sine**2)
    return np.asarray(elevation_deg + np.degrees(lift))


def nearness_deg(
    elevation_deg: FloatArray, range_m: FloatArray, *, height_m: npt.ArrayLike
) -> FloatArray:
    r"""How much lower than a star at its place a satellite is seen, for it is near.

    .. math:: \frac{(n - 1)\, H}{r}\, \frac{\tan z}{\cos z}

    A ray that air bends runs on beside the straight line to where it seems to come from, by
    :math:`(n-1) H \tan z / \cos z`; at a distance :math:`r` that is an angle.

    Parameters
    ----------
    elevation_deg
        Geometric elevation. [°]
    range_m
        Distance. [m]
    height_m
        Height of the telescope, for the pressure above it. [m]

    Returns
    -------
    FloatArray
        8″ at 10° for a satellite 500 km high. [°]

    Notes
    -----
    Against rays traced through the standard atmosphere 1 % too little at the zenith, 4 % too much
    at 15° and 10 % at 10°: 0.2″ and 0.8″.

    References
    ----------
    .. [1] Derived here for plane air, :math:`(n - 1) H` = 2.28 m at sea level: 2.75e-4 (Ciddor 1996
       at 850 nm and 15 °C, recalled) times the 8.3 km of a column of air at that density.
    """
    sine = np.maximum(np.sin(np.radians(elevation_deg)), LOWEST_SINE)
    beside_m = COLUMN_M * standard_air(height_m)[0] / SEA_LEVEL_HPA
    level = np.cos(np.radians(elevation_deg))
    return np.asarray(np.degrees(beside_m / range_m * level / (sine * sine)))
