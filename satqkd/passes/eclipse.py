"""How much of the Sun is visible from a satellite past the Earth."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.constants import SUN_RADIUS_M, WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.units import FloatArray

STRETCH: Final = np.array([1.0, 1.0, 1.0 / (1.0 - WGS84_FLATTENING)])
"""What makes the Earth a ball."""

EDGE: Final = 0.005
"""Near the edge of the shadow, as a share of the square of the distance d from the Earth's centre.
With σ = 0.00473 for the Sun's radius over its least distance, the penumbra reaches
σ √(d² − R²) to either side of the ball's radius R, and 2 σ R √(d² − R²) is σ d² at most."""

LARGEST_SUN: Final = 0.00473
"""The Sun's radius over its least distance. [rad]"""

SUN_M: Final = 1.495_978_707e11
"""Distance of the Sun, by which a satellite sees it elsewhere than the Earth's centre does: the
astronomical unit (IAU 2012 resolution B2), within 1.7 % of it. [m]"""


def sunlit_fraction(satellite_m: FloatArray, sun_m: FloatArray) -> FloatArray:
    """Fraction of the Sun's disc that the Earth leaves visible (umbra and penumbra).

    Parameters
    ----------
    satellite_m
        Earth-fixed position, shape (3, n). [m]
    sun_m
        Earth-fixed place of the Sun, shape (3, n). [m]

    Returns
    -------
    FloatArray
        0 in the umbra, 1 in full light, shape (n,).

    Notes
    -----
    Overlap of two discs on the sky. The Earth's flattening is taken up by stretching the polar
    axis until the ellipsoid is a sphere; the atmosphere neither bends nor dims.

    References
    ----------
    .. [1] O. Montenbruck and E. Gill, *Satellite Orbits*, Springer, 2000, sec. 3.4.2.
    """
    from_earth = satellite_m * STRETCH[:, None]
    to_sun = sun_m * STRETCH[:, None] - from_earth
    distance = np.sqrt(np.einsum("ij,ij->j", from_earth, from_earth))
    sun_distance = np.sqrt(np.einsum("ij,ij->j", to_sun, to_sun))
    sun = np.arcsin(SUN_RADIUS_M / sun_distance)
    earth = np.arcsin(np.minimum(1.0, WGS84_RADIUS_M / distance))
    cosine = -np.einsum("ij,ij->j", from_earth, to_sun) / (distance * sun_distance)
    apart = np.arccos(np.clip(cosine, -1.0, 1.0))
    return np.asarray(1.0 - _overlap_area(sun, earth, apart) / (np.pi * sun**2))


def shadow_place(satellite_m: FloatArray, sun_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where satellites stand to the shadow, in quantities that are smooth along an orbit.

    Derived here: along the polar axis the Earth is stretched to a ball.

    Parameters
    ----------
    satellite_m, sun_m
        Earth-fixed positions, shape (3, n). [m]

    Returns
    -------
    sunward_m, distance2_m2
        Part of the way from the Earth's centre that is towards the Sun, and square of the whole
        way, once the Earth is stretched to a ball. [m], [m²]
    """
    place, sunward = satellite_m * STRETCH[:, None], sun_m * STRETCH[:, None]
    along = np.einsum("ij,ij->j", place, sunward)
    along /= np.sqrt(np.einsum("ij,ij->j", sunward, sunward))
    return np.asarray(along), np.asarray(np.einsum("ij,ij->j", place, place))


def plain_light(sunward_m: FloatArray, distance2_m2: FloatArray) -> FloatArray:
    """Sunlit fraction where the edge of the shadow is far.

    Derived here: the cylinder behind a ball.

    Parameters
    ----------
    sunward_m, distance2_m2
        See :func:`shadow_place`.

    Returns
    -------
    FloatArray
        1 well outside and 0 well inside a cylinder behind the Earth, NaN near its edge; (n,).
    """
    behind = np.minimum(sunward_m, 0.0)
    # By how much the square of the way past the axis exceeds that of the ball.
    excess = distance2_m2 - behind * behind
    excess -= WGS84_RADIUS_M**2
    light = np.greater(excess, 0.0).astype(np.float64)
    light[np.abs(excess) < EDGE * distance2_m2] = np.nan
    return np.asarray(light)


def penumbra(sunward_m: FloatArray, distance2_m2: FloatArray) -> FloatArray:
    """How far a satellite is from the edge of the shadow, in radii of the Sun.

    Derived here: the angle at the satellite from the Earth's centre to the Sun's, less the Earth's
    radius. The Sun is taken to be as large as it gets, so that the penumbra lies within.

    Parameters
    ----------
    sunward_m, distance2_m2
        See :func:`shadow_place`.

    Returns
    -------
    FloatArray
        Above 1 in full light, below −1 in the umbra; shape (n,).
    """
    distance_m = np.sqrt(distance2_m2)
    apart = np.arccos(np.clip(-sunward_m / distance_m, -1.0, 1.0))
    apart -= distance_m / SUN_M * np.sin(apart)
    earth = np.arcsin(np.minimum(1.0, WGS84_RADIUS_M / distance_m))
    return np.asarray((apart - earth) / LARGEST_SUN)


def _overlap_area(small: FloatArray, large: FloatArray, apart: FloatArray) -> FloatArray:
    """Area common to two discs of radii ``small`` and ``large`` whose centres are ``apart``."""
    partial = (apart < small + large) & (apart > np.abs(large - small))
    d = np.where(partial, apart, large)
    x = (d**2 + small**2 - large**2) / (2.0 * d)
    y = np.sqrt(np.maximum(0.0, small**2 - x**2))
    lens = (
        small**2 * np.arccos(np.clip(x / small, -1.0, 1.0))
        + large**2 * np.arccos(np.clip((d - x) / large, -1.0, 1.0))
        - d * y
    )
    inside = np.pi * np.minimum(small, large) ** 2
    return np.asarray(np.where(partial, lens, np.where(apart >= small + large, 0.0, inside)))
