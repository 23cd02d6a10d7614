"""Angles from the Sun and the Moon within which a telescope must not point."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.units import BoolArray, FloatArray

BELOW_HORIZON_DEG: Final = -50.0 / 60.0
"""Geometric elevation of Sun or Moon below which no part of the disc shows: 34′ of refraction and
16′ of radius, the usual definition of sunset (U.S. Naval Observatory). [°]"""


def separation_deg(line: FloatArray, other: FloatArray) -> FloatArray:
    """Angle between vectors, shapes (3, n), exact also when it is small. [°]

    By definition: the tangent of an angle is the length of the cross product over the dot product.
    """
    across = np.cross(line, other, axis=0)
    cross = np.sqrt(np.einsum("ij,ij->j", across, across))
    return np.asarray(np.degrees(np.arctan2(cross, np.einsum("ij,ij->j", line, other))))


def too_near(
    separation: FloatArray, body_elevation_deg: FloatArray, *, exclusion_deg: float
) -> BoolArray:
    """Whether a telescope would point too near to a body that is up.

    Parameters
    ----------
    separation
        Angle between satellite and body. [°]
    body_elevation_deg
        Geometric elevation of the body. One that has set is not avoided. [°]
    exclusion_deg
        Smallest angle allowed. [°]
    """
    return np.asarray((separation < exclusion_deg) & (body_elevation_deg > BELOW_HORIZON_DEG))
