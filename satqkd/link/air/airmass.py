"""How much more air a slanting path meets than one from the zenith."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from satqkd.passes.refraction import apparent_elevation_deg
from satqkd.units import FloatArray

NODES_DEG: Final = np.linspace(0.0, 90.0, 901)
"""Geometric elevations between which :func:`seen_airmass` is straight: 0.1° apart, good to 3e-5
at 10° and 3e-4 at the horizon. [°]"""


def kasten_young(elevation_deg: FloatArray) -> FloatArray:
    r"""Relative optical airmass of Kasten and Young.

    .. math:: X = \frac{1}{\sin\gamma + 0.50572\,(\gamma + 6.07995°)^{-1.6364}}

    Parameters
    ----------
    elevation_deg
        Apparent elevation above the horizon :math:`\gamma`, 0…90. [°]

    Returns
    -------
    FloatArray
        Airmass, shaped like ``elevation_deg``; 0.9997 at the zenith, as printed.

    Notes
    -----
    Used with a geometric elevation the airmass is up to 1.5 % too large at 10° and 0.1 % at 30°.
    One profile for the whole of the air. Aerosol and water lie lower than the molecules, their
    airmass is larger, by some 2 % at 10°; ozone lies higher, its airmass is some 7 % smaller
    there. Neither is treated apart: what is known of the aerosol's depth is worse than that.

    References
    ----------
    .. [1] F. Kasten and A. T. Young, "Revised optical air mass tables and approximation
       formula", *Applied Optics* 28, 4735 (1989), eq. 3.

    Examples
    --------
    >>> [round(float(x), 2) for x in kasten_young(np.array([90.0, 30.0, 10.0]))]
    [1.0, 1.99, 5.59]
    """
    gamma = np.asarray(elevation_deg, dtype=np.float64)
    return np.asarray(1.0 / (np.sin(np.radians(gamma)) + 0.50572 * (gamma + 6.07995) ** -1.6364))


def pickering(elevation_deg: FloatArray) -> FloatArray:
    r"""Relative optical airmass of Pickering, for the lowest degrees.

    .. math:: X = \frac{1}{\sin\left(h + \frac{244}{165 + 47\,h^{1.1}}\right)}

    Parameters
    ----------
    elevation_deg
        Apparent elevation above the horizon :math:`h`, 0…90. [°]

    Returns
    -------
    FloatArray
        Airmass, shaped like ``elevation_deg``; 0.1 % from :func:`kasten_young` at 10°, 0.3 % at 5°.

    References
    ----------
    .. [1] K. A. Pickering, "The southern limits of the ancient star catalog", *DIO* 12, 1, 20
       (2002).

    Examples
    --------
    >>> [round(float(x), 2) for x in pickering(np.array([90.0, 30.0, 10.0]))]
    [1.0, 1.99, 5.58]
    """
    h = np.asarray(elevation_deg, dtype=np.float64)
    return np.asarray(1.0 / np.sin(np.radians(h + 244.0 / (165.0 + 47.0 * h**1.1))))


def seen_airmass(
    elevation_deg: FloatArray, *, site_height_m: float, wavelength_m: float
) -> FloatArray:
    """Airmass of :func:`kasten_young` at the elevation where a telescope sees the light come from.

    Parameters
    ----------
    elevation_deg
        Geometric elevation; taken for 0 below the horizon. [°]
    site_height_m, wavelength_m
        For refraction in the standard atmosphere. [m]

    Returns
    -------
    FloatArray
        Airmass, shaped like ``elevation_deg``.

    Examples
    --------
    >>> low = seen_airmass(np.array([10.0]), site_height_m=0.0, wavelength_m=850e-9)
    >>> round(float(low[0]), 2)
    5.54
    """
    nodes = _nodes(site_height_m, wavelength_m)
    return np.asarray(np.interp(elevation_deg, NODES_DEG, nodes), dtype=np.float64)


@lru_cache(maxsize=256)
def _nodes(site_height_m: float, wavelength_m: float) -> FloatArray:
    return kasten_young(
        apparent_elevation_deg(NODES_DEG, height_m=site_height_m, wavelength_m=wavelength_m)
    )
