"""States of a satellite at any instants, straight from its elements or its table.

Passes are followed on polynomials between such states, up to metres from them. What is handed to
others is not: they are to find what the elements say, and nothing of our polynomials.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Final

import numpy as np

from satqkd.elements.propagation import failure_text, propagate
from satqkd.elements.satellite import ElementSet
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import CoverageError, PropagationError
from satqkd.passes.earth import to_itrf
from satqkd.passes.nodes import followed
from satqkd.passes.tabulated import span_s, tables
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

APART_S: Final = 2.0
"""Between the positions of which a slope is taken: what four of them leave out of a low orbit's is
some 1e-8 m/s, what rounding adds some 1e-6 m/s. [s]"""

TOUCHING_S: Final = 1e-6
"""So much beyond the end of a table an instant still counts as its end. [s]"""


@singledispatch
def states_itrf(
    source: ElementSet | Trajectory, timebase: Timebase, seconds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Earth-fixed states at mission seconds.

    Parameters
    ----------
    source
        Elements, which SGP4 propagates, or a table, which is interpolated as its header says.
    timebase
        Mission time.
    seconds
        Instants, shape (n,). [s]

    Returns
    -------
    tuple of FloatArray
        Position [m] and its slope [m/s], shapes (3, n). SGP4's own velocities differ from the
        slope of its positions by centimetres to metres per second.

    Raises
    ------
    PropagationError
        If SGP4 gives no position at an instant.
    CoverageError
        If an instant lies outside the table.

    References
    ----------
    .. [1] D. A. Vallado et al., AIAA 2006-6753: SGP4; slopes by central differences of fourth
       order, derived here.
    """
    del timebase, seconds
    raise TypeError(f"nothing gives states of a {type(source).__name__}")


@states_itrf.register
def _propagated(
    source: ElementSet, timebase: Timebase, seconds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    apart = APART_S * np.arange(-2.0, 3.0)
    times_s = (seconds[:, None] + apart).ravel()
    motion = propagate(source, times_s - timebase.seconds(source.epoch))
    if not motion.good.all():
        first = int(np.argmin(motion.good))
        (when,) = timebase.iso(times_s[first : first + 1], digits=0)
        raise PropagationError(
            f"{source.name} ({source.source}): SGP4 gives no position at {when}: "
            f"{failure_text(int(motion.error_code[first]))}"
        )
    around = to_itrf(timebase, times_s, motion.position_m).reshape(3, -1, apart.size)
    back_2, back, here, ahead, ahead_2 = np.moveaxis(around, -1, 0)
    slope = (8.0 * (ahead - back) - (ahead_2 - back_2)) / (12.0 * APART_S)
    return np.ascontiguousarray(here), np.asarray(slope)


@states_itrf.register
def _tabulated(
    source: Trajectory, timebase: Timebase, seconds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    position, velocity = (np.full((3, seconds.size), np.nan) for _ in range(2))
    for table in tables(source, timebase):
        inside = (seconds >= table.start_s - TOUCHING_S) & (seconds <= table.end_s + TOUCHING_S)
        inside &= np.isnan(position[0])
        if inside.any():
            within_s = np.clip(seconds[inside], table.start_s, table.end_s)
            position[:, inside], velocity[:, inside] = table.state_itrf(within_s)
    outside = np.isnan(position[0])
    if outside.any():
        (when,) = timebase.iso(seconds[outside][:1], digits=0)
        raise CoverageError(f"{source.name} ({source.source}): holds no state at {when}")
    return position, velocity


@singledispatch
def reach_s(
    source: ElementSet | Trajectory, timebase: Timebase, *, start_s: float, end_s: float
) -> tuple[float, float]:
    """Return the part of a stretch of time in which there are states, mission seconds. [s]

    Elements reach as far as SGP4 has followed the object from their epoch on, a table as far as it
    says that it may be used.

    Raises
    ------
    PropagationError
        If elements reach into no part of it.
    """
    del timebase, start_s, end_s
    raise TypeError(f"nothing follows a {type(source).__name__}")


@reach_s.register
def _of_elements(
    source: ElementSet, timebase: Timebase, *, start_s: float, end_s: float
) -> tuple[float, float]:
    first_s, last_s, stopped = followed(source, timebase, start_s, end_s)
    inset_s = 0.0 if stopped is None else 2.0 * APART_S
    return (
        first_s if first_s == start_s else first_s + inset_s,
        last_s if last_s == end_s else last_s - inset_s,
    )


@reach_s.register
def _of_table(
    source: Trajectory, timebase: Timebase, *, start_s: float, end_s: float
) -> tuple[float, float]:
    first_s, last_s = span_s(source, timebase)
    return max(start_s, first_s), min(end_s, last_s)
