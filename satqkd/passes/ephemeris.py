"""A satellite's way over the turning Earth as a chain of polynomials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch

import numpy as np

from satqkd.constants import EARTH_GM_M3_S2, EARTH_J2, EARTH_ROTATION_RAD_S, WGS84_RADIUS_M
from satqkd.elements.propagation import Motion, failure_text, propagate
from satqkd.elements.satellite import ElementSet
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import CoverageError, PropagationError
from satqkd.passes.decay import failure_s
from satqkd.passes.earth import state_to_itrf, to_itrf
from satqkd.passes.tabulated import Table, tables
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray

NODES_PER_ORBIT = 20
"""Nodes on a circular orbit, before they are refined."""

ROUND_NODES_PER_ORBIT = 15
"""Nodes on a low orbit of an eccentricity below 0.1, with velocities that fit the positions. Up to
0.02 the polynomials stay within 7 m of SGP4, or 1 ms of flight, and are 1 m off on average."""

PLAIN_PERIOD_S = 225.0 * 60.0
"""Below this period SGP4 leaves out the Sun and the Moon [AIAA 2006-6753]; such an orbit, if
nearly circular, needs no refinement of its nodes. [s]"""

REFINE_TO_M = 2.0
"""Other orbits get more nodes until the polynomial is this near to SGP4 between them. [m]"""

TABLE_TO_M = 0.5
"""So near are the nodes of a tabulated motion to what its own interpolation gives. [m]"""

SHORTEST_S = 1.0
"""Intervals of a table are not halved below this. [s]"""

MOST_ROUNDS = 12
"""How often intervals are halved at most; a jump in a motion is left to one short interval."""


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
    """Why the ephemeris covers less than was asked for; None when it covers all."""

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


def polynomial(coefficients: FloatArray, fraction: FloatArray) -> FloatArray:
    """Evaluate quintics, coefficients (6, 3, n) at fractions (n,); shape (3, n). [m]

    By definition of a polynomial, by Horner's rule.
    """
    value: FloatArray = coefficients[5] * fraction
    for power in (4, 3, 2, 1):
        value += coefficients[power]
        value *= fraction
    value += coefficients[0]
    return value


def polynomial_and_slope(
    coefficients: FloatArray, fraction: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Evaluate quintics and their derivative by the fraction; shapes (3, n). [m]

    By definition of a polynomial and its derivative, by Horner's rule.
    """
    value = coefficients[5] * fraction + coefficients[4]
    slope = coefficients[5].copy()
    for power in (3, 2, 1, 0):
        slope *= fraction
        slope += value
        value *= fraction
        value += coefficients[power]
    return value, slope


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
    start_s, end_s, stopped = _followed(element_set, timebase, start_s, end_s)
    node_s = _node_times(element_set, epoch_s, start_s, end_s)
    motion = propagate(element_set, node_s - epoch_s)
    _require_positions(element_set, timebase, node_s, motion)
    chain = _chain(element_set, timebase, node_s, motion, stopped)
    if _is_round(element_set):
        return _smoothed(chain)
    return _refined(chain, element_set, timebase)


def _is_round(element_set: ElementSet) -> bool:
    """Whether an orbit is low and nearly circular, so that its nodes need no refinement."""
    return element_set.period_s < PLAIN_PERIOD_S and element_set.eccentricity < 0.1


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
    if _is_round(element_set):
        apart = slice(None, None, node_s.size - 1)
    if _is_round(element_set) or element_set.period_s >= PLAIN_PERIOD_S:
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
        coefficients=_hermite(node_s, position, velocity, _acceleration(position, velocity)),
        stopped=stopped,
    )


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
        length_s = np.diff(chain.node_s)
        probe_s = chain.node_s[:-1] + 0.3 * length_s
        motion = propagate(element_set, probe_s - epoch_s)
        there_m = to_itrf(timebase, probe_s, motion.position_m)
        ours_m = chain.position_m(*chain.locate(probe_s))
        stray = np.linalg.norm(ours_m - there_m, axis=0) > REFINE_TO_M
        stray &= motion.good & (length_s > 20.0)
        if not stray.any():
            break
        middle_s = chain.node_s[:-1] + 0.5 * length_s
        node_s = np.sort(np.concatenate([chain.node_s, middle_s[stray]]))
        motion = propagate(element_set, node_s - epoch_s)
        chain = _chain(element_set, timebase, node_s, motion, chain.stopped)
    return chain


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
    count = int(np.ceil((end_s - start_s) / period_s * NODES_PER_ORBIT))
    node_s = np.linspace(start_s, end_s, max(count, 1) + 1)
    for _ in range(MOST_ROUNDS):
        position, velocity = table.state_itrf(node_s)
        chain = Ephemeris(
            node_s=node_s,
            node_m=position,
            node_m_s=velocity,
            coefficients=_hermite(node_s, position, velocity, _acceleration(position, velocity)),
        )
        probe_s = node_s[:-1] + 0.3 * np.diff(node_s)
        there_m, _ = table.state_itrf(probe_s)
        stray_m = np.linalg.norm(chain.position_m(*chain.locate(probe_s)) - there_m, axis=0)
        wide = (stray_m > TABLE_TO_M) & (np.diff(node_s) > SHORTEST_S)
        if not wide.any():
            break
        node_s = np.sort(np.concatenate([node_s, (node_s[:-1] + 0.5 * np.diff(node_s))[wide]]))
    return chain


def _node_times(
    element_set: ElementSet, epoch_s: float, start_s: float, end_s: float
) -> FloatArray:
    """Times from exactly ``start_s`` to exactly ``end_s``. [s].

    Even on a round orbit, else even in eccentric anomaly.
    """
    e = min(element_set.eccentricity, 0.95)
    period_s = element_set.period_s
    crowding = np.sqrt((1.0 + e) / (1.0 - e))
    if _is_round(element_set):
        count = np.ceil((end_s - start_s) / period_s * ROUND_NODES_PER_ORBIT * crowding)
        return np.linspace(start_s, end_s, max(int(count), 2) + 1)
    per_orbit = int(np.ceil(NODES_PER_ORBIT * crowding))
    perigee_s = epoch_s - float(element_set.satrec.mo) / (2.0 * np.pi) * period_s
    first = np.floor((start_s - perigee_s) / period_s - 0.5)
    last = np.ceil((end_s - perigee_s) / period_s + 0.5)
    anomaly = np.arange(first * per_orbit, last * per_orbit + 1) * (2.0 * np.pi / per_orbit)
    times = perigee_s + (anomaly - e * np.sin(anomaly)) * period_s / (2.0 * np.pi)
    margin_s = 0.1 * period_s / per_orbit
    inside = times[(times > start_s + margin_s) & (times < end_s - margin_s)]
    return np.concatenate([[start_s], inside, [end_s]])


def _followed(
    element_set: ElementSet, timebase: Timebase, start_s: float, end_s: float
) -> tuple[float, float, str | None]:
    """Part of a window in which SGP4 has followed the object from the epoch on, and why no more.

    Positions behind an instant without one are invented; see :func:`failure_s`.
    """
    epoch_s = timebase.seconds(element_set.epoch)
    named = f"{element_set.name} ({element_set.source})"
    stopped = None
    if end_s > epoch_s and (fall_s := failure_s(element_set, end_s - epoch_s)) is not None:
        (when,) = timebase.iso(np.array([epoch_s + fall_s]), digits=0)
        if epoch_s + fall_s <= start_s + 1.0:
            raise PropagationError(f"{named}: decayed by {when}, before the window")
        if epoch_s + fall_s <= end_s:
            end_s = epoch_s + fall_s - 1.0
            stopped = f"{named}: decayed by {when}; no passes after that"
    if start_s < epoch_s and (rise_s := failure_s(element_set, start_s - epoch_s)) is not None:
        (when,) = timebase.iso(np.array([epoch_s + rise_s]), digits=0)
        why = f"{named}: its elements, followed back from their epoch, end in the ground at {when}"
        if epoch_s + rise_s >= end_s - 1.0:
            raise PropagationError(f"{why}, after the window; get elements of an earlier epoch")
        if epoch_s + rise_s >= start_s:
            start_s = epoch_s + rise_s + 1.0
            stopped = "; ".join(filter(None, [stopped, f"{why}; no passes before that"]))
    return start_s, end_s, stopped


def _require_positions(
    element_set: ElementSet, timebase: Timebase, node_s: FloatArray, motion: Motion
) -> None:
    """Raise if SGP4 fails at a node for another reason than a decay."""
    if motion.good.all():
        return
    first = int(np.argmin(motion.good))
    (when,) = timebase.iso(node_s[first : first + 1], digits=0)
    raise PropagationError(
        f"{element_set.name} ({element_set.source}): SGP4 gives no position at {when}: "
        f"{failure_text(int(motion.error_code[first]))}"
    )


def _acceleration(position_m: FloatArray, velocity_m_s: FloatArray) -> FloatArray:
    """Two-body and J2 acceleration seen from the turning Earth. [m/s²].

    References
    ----------
    .. [1] D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed., 2013,
       eq. 8-30 for J2.
    """
    x, y, z = position_m
    u, v, _ = velocity_m_s
    z2 = z * z
    r2 = x * x + y * y + z2
    oblate = (1.5 * EARTH_J2 * WGS84_RADIUS_M**2) / r2
    pull = -EARTH_GM_M3_S2 / (r2 * np.sqrt(r2))
    spin = EARTH_ROTATION_RAD_S
    axial = pull * (1.0 + oblate * (3.0 - 5.0 * z2 / r2))
    level = axial - 2.0 * pull * oblate + spin**2
    acceleration = np.empty_like(position_m)
    np.add(level * x, (2.0 * spin) * v, out=acceleration[0])
    np.subtract(level * y, (2.0 * spin) * u, out=acceleration[1])
    np.multiply(axial, z, out=acceleration[2])
    return acceleration


def _hermite(
    node_s: FloatArray, position: FloatArray, velocity: FloatArray, acceleration: FloatArray
) -> FloatArray:
    """Coefficients of the quintics that match position, velocity, acceleration at both ends."""
    h = np.diff(node_s)
    coefficients = np.empty((6, 3, h.size))
    start, speed, bend = coefficients[:3]
    start[:] = position[:, :-1]
    np.multiply(velocity[:, :-1], h, out=speed)
    np.multiply(acceleration[:, :-1], 0.5 * h * h, out=bend)
    off = position[:, 1:] - start - speed - bend
    off_speed = velocity[:, 1:] * h - speed - 2.0 * bend
    off_bend = acceleration[:, 1:] * (0.5 * h * h) - bend
    coefficients[3] = 10.0 * off - 4.0 * off_speed + off_bend
    coefficients[4] = -15.0 * off + 7.0 * off_speed - 2.0 * off_bend
    coefficients[5] = 6.0 * off - 3.0 * off_speed + off_bend
    return coefficients
