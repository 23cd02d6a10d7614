"""From the frames of operators' ephemerides to the turning Earth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import erfa
import numpy as np

from satqkd.constants import EARTH_ROTATION_RAD_S
from satqkd.elements.trajectory import Frame
from satqkd.passes.earth import to_itrf
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

GRID_S: Final = 3_600.0
"""Spacing of the places of the pole between which is interpolated; at an hour the straight line
between two of them is within 0.01 milliarc second, less than a millimetre. [s]"""

Turn = Callable[[Timebase, FloatArray], FloatArray]
"""Matrices, shape (n, 3, 3), that turn vectors into ITRF at some mission seconds."""


def turned_to_itrf(
    frame: Frame,
    timebase: Timebase,
    seconds: FloatArray,
    position_m: FloatArray,
    velocity_m_s: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Turn states into the Earth-fixed frame.

    Parameters
    ----------
    frame
        What the states refer to. ``TOD`` is taken as the true equator and equinox of IAU 2006 and
        2000A; the older theory of nutation differs by a few metres in low orbit.
    timebase
        Gives TT, UT1 and polar motion.
    seconds
        Mission seconds, shape (n,). [s]
    position_m, velocity_m_s
        States, shape (3, n). [m], [m/s]

    Returns
    -------
    tuple of FloatArray
        Position [m] and velocity against the turning Earth [m/s] in ITRF, shapes (3, n).

    References
    ----------
    .. [1] G. Petit and B. Luzum (eds.), *IERS Conventions (2010)*, IERS Technical Note 36,
       chapter 5, through ``pyerfa``; corrections of the celestial pole, below a centimetre in
       low orbit, are left out.
    """
    if frame == "ITRF":
        return position_m, velocity_m_s
    if frame == "TEME":
        position = to_itrf(timebase, seconds, position_m)
        velocity = to_itrf(timebase, seconds, velocity_m_s)
    else:
        turn = TURNS[frame](timebase, seconds)
        position = np.einsum("nij,jn->in", turn, position_m)
        velocity = np.einsum("nij,jn->in", turn, velocity_m_s)
    velocity[0] += EARTH_ROTATION_RAD_S * position[1]
    velocity[1] -= EARTH_ROTATION_RAD_S * position[0]
    return position, velocity


def _from_gcrf(timebase: Timebase, seconds: FloatArray) -> FloatArray:
    """Precession and nutation with frame bias, rotation of the Earth, motion of the pole."""
    pole = _interpolated(timebase, seconds, erfa.xys06a)
    rotation = erfa.era00(*timebase.ut1_jd(seconds))
    turn = erfa.c2tcio(erfa.c2ixys(*pole), rotation, _polar_motion(timebase, seconds))
    return np.asarray(turn)


def _from_eme2000(timebase: Timebase, seconds: FloatArray) -> FloatArray:
    """The same for the mean equator and equinox of 2000, 23 milliarc seconds away."""
    bias, _, _ = erfa.bp06(erfa.DJ00, 0.0)
    return np.asarray(_from_gcrf(timebase, seconds) @ bias.T)


def _from_tod(timebase: Timebase, seconds: FloatArray) -> FloatArray:
    """Apparent sidereal time and motion of the pole."""
    (origins,) = _interpolated(timebase, seconds, lambda *tt: (erfa.eo06a(*tt),))
    sidereal = erfa.era00(*timebase.ut1_jd(seconds)) - origins
    unturned = np.broadcast_to(np.eye(3), (seconds.size, 3, 3)).copy()
    return np.asarray(_polar_motion(timebase, seconds) @ erfa.rz(sidereal, unturned))


TURNS: Final[dict[Frame, Turn]] = {
    "GCRF": _from_gcrf,
    "EME2000": _from_eme2000,
    "TOD": _from_tod,
}
"""Frames that need the theory of precession and nutation."""


def _polar_motion(timebase: Timebase, seconds: FloatArray) -> FloatArray:
    x, y = timebase.polar_motion_rad(seconds)
    return np.asarray(erfa.pom00(x, y, erfa.sp00(*timebase.tt_jd(seconds))))


def _interpolated(
    timebase: Timebase, seconds: FloatArray, angles: Callable[..., tuple[FloatArray, ...]]
) -> list[FloatArray]:
    """Angles that change slowly, exact on a grid and linear between. [rad]"""
    first, last = float(seconds.min()), float(seconds.max())
    grid = np.linspace(first, last, int(np.ceil((last - first) / GRID_S)) + 2)
    return [np.interp(seconds, grid, values) for values in angles(*timebase.tt_jd(grid))]
