"""A satellite's way over the turning Earth as a chain of polynomials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch

import numpy as np

from satqkd.elements.propagation import Motion, propagate
from satqkd.elements.satellite import ElementSet
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import CoverageError
from satqkd.passes.earth import state_to_itrf, to_itrf
from satqkd.passes.nodes import (
    BEYOND,
    NODES_PER_ORBIT,
    PLAIN_PERIOD_S,
    followed,
    is_round,
    node_times,
    require_positions,
    round_node_times,
)
from satqkd.passes.polynomials import (
    acceleration,
    hermite,
    polynomial,
    polynomial_and_slope,
    shifted,
)
from satqkd.passes.tabulated import Table, tables
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

REFINE_TO_M = 2.0
"""Other orbits get more nodes until the polynomial is this near to SGP4 between them. [m]"""

TABLE_TO_M = 0.5
"""So near are the nodes of a tabulated motion to what its own interpolation gives. [m]"""

SHORTEST_S = 1.0
"""Intervals of a table are not halved below this. [s]"""

MOST_ROUNDS = 12
"""How often intervals are halved at most; a jump in a motion is left to one short interval."""

LAST_ORBITS_S = 5300.0
"""Below this period drag bends round orbits too: 4 to 17 m off SGP4 at 16.4 to 16.5 rev/d. [s]"""

MOST_DOUBLINGS = 4
"""Numerical: how often all intervals of an orbit in its last days are halved at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ephemeris:
    """Quintic Hermite interpolation between states in the Earth-fixed frame."""

    node_s: FloatArray
    """Times of the nodes, mission seconds, increasing; shape (k,). [s]"""
    node_m: FloatArray
    """Earth-fixed positions at the nodes, shape (3, k). [m]"""
    node_m_s: FloatArray
    """Earth-fixed velocities at the nodes, shape (3, k). [m/s]"""
    coefficients: FloatArray
    """Of the powers 0…5 of the fraction of an interval, shape (6, 3, k − 1). [m]"""
    stopped: str | None = None
    """Why the ephemeris covers less than the window; None when it covers all."""

    def locate(self, seconds: FloatArray) -> tuple[IntArray, FloatArray]:
        """Interval and fraction of it at which times fall, clipped to the ends.

        By definition of a fraction of an interval.
        """
        index = np.searchsorted(self.node_s, seconds, side="right") - 1
        index = np.clip(index, 0, self.node_s.size - 2)
        start = self.node_s[index]
        fraction = (seconds - start) / (self.node_s[index + 1] - start)
        return index.astype(np.int64), np.clip(fraction, 0.0, 1.0)

    def time_s(self, index: IntArray, fraction: FloatArray) -> FloatArray:
        """Mission seconds of fractions of intervals. [s]

        By definition of a fraction of an interval.
        """
        start = self.node_s[index]
        return np.asarray(start + fraction * (self.node_s[index + 1] - start))

    def position_m(self, index: IntArray, fraction: FloatArray) -> FloatArray:
        """Earth-fixed position, shape (3, n). [m]"""
        return polynomial(self.coefficients.take(index, axis=2), fraction)

    def state(self, index: IntArray, fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Earth-fixed position [m] and velocity [m/s], shapes (3, n)."""
        position, slope = polynomial_and_slope(self.coefficients.take(index, axis=2), fraction)
        slope /= self.node_s[index + 1] - self.node_s[index]
        return position, slope


@singledispatch
def ephemeris(
    source: ElementSet | Trajectory, timebase: Timebase, *, start_s: float, end_s: float
) -> Ephemeris:
    """Follow one element set or trajectory over a window.

    Parameters
    ----------
    source
        Elements, which SGP4 propagates, or a table, which is interpolated.
    timebase
        Mission time.
    start_s, end_s
        The window, mission seconds. [s]

    Returns
    -------
    Ephemeris
        Covers the window, or the part of it for which there are positions (a decaying object, a
        table that is shorter); then ``stopped`` says why.

    Raises
    ------
    PropagationError
        If SGP4 gives no position in the window at all.
    CoverageError
        If no part of the window lies within the table.

    Notes
    -----
    Nodes of an eccentric orbit are even in eccentric anomaly, so that they crowd at perigee.
    Positions and velocities are SGP4's; accelerations are two-body and J2, which is enough
    because the nodes are close. Times since the epoch are SI seconds, also across leap seconds.

    References
    ----------
    .. [1] D. A. Vallado et al., AIAA 2006-6753: SGP4; between its states quintic Hermite
       interpolation, derived here.
    """
    del timebase, start_s, end_s
    raise TypeError(f"nothing follows a {type(source).__name__}")


@ephemeris.register
def _propagated(
    element_set: ElementSet, timebase: Timebase, *, start_s: float, end_s: float
) -> Ephemeris:
    epoch_s = timebase.seconds(element_set.epoch)
    start_s, end_s, stopped = followed(element_set, timebase, start_s, end_s)
    if is_round(element_set):
        chain = _round(element_set, timebase, start_s, end_s)
        return replace(chain, stopped=stopped)
    node_s = node_times(element_set, epoch_s, start_s, end_s)
    motion = propagate(element_set, node_s - epoch_s)
    require_positions(element_set, timebase, node_s, motion)
    return _refined(_chain(element_set, timebase, node_s, motion, stopped), element_set, timebase)


def _round(element_set: ElementSet, timebase: Timebase, start_s: float, end_s: float) -> Ephemeris:
    """Follow a round orbit: nodes are even, and none of them depends on what is asked."""
    epoch_s = timebase.seconds(element_set.epoch)
    node_s = round_node_times(element_set, epoch_s, start_s, end_s)
    motion = propagate(element_set, node_s - epoch_s)
    if not motion.good.all():  # beyond the last orbit there is nothing
        node_s = np.linspace(start_s, end_s, max(node_s.size - 2 * BEYOND, 3))
        motion = propagate(element_set, node_s - epoch_s)
    require_positions(element_set, timebase, node_s, motion)
    chain = _smoothed(_chain(element_set, timebase, node_s, motion, None))
    for _ in range(MOST_DOUBLINGS if element_set.period_s <= LAST_ORBITS_S else 0):
        if not _strays(chain, element_set, timebase)[0].any():
            break
        middle_s = 0.5 * (chain.node_s[1:] + chain.node_s[:-1])
        node_s = np.sort(np.concatenate([chain.node_s, middle_s]))
        motion = propagate(element_set, node_s - epoch_s)
        chain = _smoothed(_chain(element_set, timebase, node_s, motion, None))
    return within(chain, start_s, end_s)


def _chain(
    element_set: ElementSet,
    timebase: Timebase,
    node_s: FloatArray,
    motion: Motion,
    stopped: str | None,
) -> Ephemeris:
    """Polynomials through SGP4 states.

    In deep space SGP4's velocity leaves out the pull of Sun and Moon and is off the slope of
    its position by metres per second; there the slope is taken from positions 1 s apart. On
    a round orbit that is done at both ends, see :func:`_smoothed`.
    """
    velocity_teme = motion.velocity_m_s
    apart = slice(None)
    if is_round(element_set):
        apart = slice(None, None, node_s.size - 1)
    if is_round(element_set) or element_set.period_s >= PLAIN_PERIOD_S:
        since_s = node_s[apart] - timebase.seconds(element_set.epoch)
        around = propagate(element_set, np.concatenate([since_s - 1.0, since_s + 1.0]))
        slope = 0.5 * (around.position_m[:, since_s.size :] - around.position_m[:, : since_s.size])
        good = around.good[since_s.size :] & around.good[: since_s.size]
        velocity_teme[:, apart] = np.where(good, slope, velocity_teme[:, apart])
    position, velocity = state_to_itrf(timebase, node_s, motion.position_m, velocity_teme)
    return Ephemeris(
        node_s=node_s,
        node_m=position,
        node_m_s=velocity,
        coefficients=hermite(node_s, position, velocity, acceleration(position, velocity)),
        stopped=stopped,
    )


def within(chain: Ephemeris, start_s: float, end_s: float) -> Ephemeris:
    """Return the part of an ephemeris from one instant to another, on the same polynomials."""
    first = int(np.clip(np.searchsorted(chain.node_s, start_s, side="right") - 1, 0, None))
    last = int(np.searchsorted(chain.node_s, end_s))
    node_s = chain.node_s[first : last + 1].copy()
    coefficients = chain.coefficients[:, :, first:last].copy()
    h = node_s[1:] - node_s[:-1]
    begin, end = (start_s - node_s[0]) / h[0], (end_s - node_s[-2]) / h[-1]
    if node_s.size == 2:
        coefficients[:, :, 0] = shifted(coefficients[:, :, 0], begin, end)
    else:
        coefficients[:, :, 0] = shifted(coefficients[:, :, 0], begin, 1.0)
        coefficients[:, :, -1] = shifted(coefficients[:, :, -1], 0.0, end)
    node_s[0], node_s[-1] = start_s, end_s
    node_m, node_m_s = (one[:, first : last + 1].copy() for one in (chain.node_m, chain.node_m_s))
    cut = replace(chain, node_s=node_s, node_m=node_m, node_m_s=node_m_s, coefficients=coefficients)
    edge = np.array([0, node_s.size - 2])
    node_m[:, [0, -1]], node_m_s[:, [0, -1]] = cut.state(edge, np.array([0.0, 1.0]))
    return cut


def _smoothed(chain: Ephemeris) -> Ephemeris:
    """Replace SGP4's velocities by the slopes of its positions.

    They differ by centimetres to decimetres per second. Slopes make the fourth derivative of
    the chain continuous: that of the quintic behind a node contains 192/h³ of the node's velocity
    and 168/h³ of the next one's, that before it the opposite; the difference sought is taken to
    be nearly the same at neighbours. At both ends the velocities are slopes already.
    """
    h = np.diff(chain.node_s)
    if h.size < 2:
        return chain
    coefficients = chain.coefficients
    per_h3 = 1.0 / (h * h * h)
    per_h4 = per_h3 / h
    jump = coefficients[4, :, 1:] * per_h4[1:]
    jump -= (coefficients[4, :, :-1] + 5.0 * coefficients[5, :, :-1]) * per_h4[:-1]
    excess = np.empty_like(chain.node_m_s)
    np.divide(jump, 15.0 * (per_h3[1:] + per_h3[:-1]), out=excess[:, 1:-1])
    excess[:, 0] = excess[:, -1] = 0.0
    begin, end = excess[:, :-1] * h, excess[:, 1:] * h
    coefficients[1] -= begin
    coefficients[3] += 6.0 * begin + 4.0 * end
    coefficients[4] -= 8.0 * begin + 7.0 * end
    coefficients[5] += 3.0 * (begin + end)
    return replace(chain, node_m_s=chain.node_m_s - excess, coefficients=coefficients)


def _refined(chain: Ephemeris, element_set: ElementSet, timebase: Timebase) -> Ephemeris:
    """Split intervals inside which the polynomial strays from SGP4.

    Looked at off the middle, where an error of both velocities would cancel. SGP4 itself jumps
    now and then in deep space; a jump is left to one interval of some 20 s.
    """
    epoch_s = timebase.seconds(element_set.epoch)
    for _ in range(MOST_ROUNDS):
        stray, length_s = _strays(chain, element_set, timebase)
        stray &= length_s > 20.0
        if not stray.any():
            break
        middle_s = chain.node_s[:-1] + 0.5 * length_s
        node_s = np.sort(np.concatenate([chain.node_s, middle_s[stray]]))
        motion = propagate(element_set, node_s - epoch_s)
        chain = _chain(element_set, timebase, node_s, motion, chain.stopped)
    return chain


def _strays(
    chain: Ephemeris, element_set: ElementSet, timebase: Timebase
) -> tuple[BoolArray, FloatArray]:
    """Which intervals stray from SGP4, looked at off the middle, and how long all are. [s]"""
    length_s = np.diff(chain.node_s)
    probe_s = chain.node_s[:-1] + 0.3 * length_s
    motion = propagate(element_set, probe_s - timebase.seconds(element_set.epoch))
    there_m = to_itrf(timebase, probe_s, motion.position_m)
    ours_m = chain.position_m(*chain.locate(probe_s))
    far = np.linalg.norm(ours_m - there_m, axis=0) > REFINE_TO_M
    return np.asarray(far & motion.good), length_s


@ephemeris.register
def _tabulated(
    trajectory: Trajectory, timebase: Timebase, *, start_s: float, end_s: float
) -> Ephemeris:
    """Follow a table through the part of the window that it covers, segment after segment."""
    placed = tables(trajectory, timebase)
    first_s, last_s = placed[0].start_s, placed[-1].end_s
    stopped = None
    if start_s < first_s or end_s > last_s:
        begins, ends = timebase.iso(np.array([first_s, last_s]), digits=0)
        stopped = f"{trajectory.name} ({trajectory.source}): covers {begins} to {ends}"
    parts = [
        _part(table, trajectory.period_s, max(start_s, table.start_s), min(end_s, table.end_s))
        for table in placed
        if max(start_s, table.start_s) < min(end_s, table.end_s)
    ]
    if not parts:
        raise CoverageError(f"{stopped or trajectory.source}, no part of the window")
    return Ephemeris(
        node_s=np.concatenate([parts[0].node_s, *(part.node_s[1:] for part in parts[1:])]),
        node_m=np.concatenate([parts[0].node_m, *(p.node_m[:, 1:] for p in parts[1:])], axis=1),
        node_m_s=np.concatenate(
            [parts[0].node_m_s, *(part.node_m_s[:, 1:] for part in parts[1:])], axis=1
        ),
        coefficients=np.concatenate([part.coefficients for part in parts], axis=2),
        stopped=stopped and f"{stopped}, not the whole window",
    )


def _part(table: Table, period_s: float, start_s: float, end_s: float) -> Ephemeris:
    """Polynomials through one segment; nodes are added until they stay with its own."""
    node_s = _even(table.start_s, period_s / NODES_PER_ORBIT, start_s, end_s)
    for _ in range(MOST_ROUNDS):
        position, velocity = table.state_itrf(node_s)
        chain = Ephemeris(
            node_s=node_s,
            node_m=position,
            node_m_s=velocity,
            coefficients=hermite(node_s, position, velocity, acceleration(position, velocity)),
        )
        probe_s = node_s[:-1] + 0.3 * np.diff(node_s)
        there_m, _ = table.state_itrf(probe_s)
        stray_m = np.linalg.norm(chain.position_m(*chain.locate(probe_s)) - there_m, axis=0)
        wide = (stray_m > TABLE_TO_M) & (np.diff(node_s) > SHORTEST_S)
        if not wide.any():
            break
        node_s = np.sort(np.concatenate([node_s, (node_s[:-1] + 0.5 * np.diff(node_s))[wide]]))
    return chain


def _even(since_s: float, step_s: float, start_s: float, end_s: float) -> FloatArray:
    """Both ends, and between them even steps counted from an instant. [s]"""
    first, last = (int((at - since_s) // step_s) for at in (start_s, end_s))
    times = since_s + step_s * np.arange(first, last + 2)
    margin_s = 0.1 * step_s
    inside = times[(times > start_s + margin_s) & (times < end_s - margin_s)]
    return np.concatenate([[start_s], inside, [end_s]])
