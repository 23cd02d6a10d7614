"""Where satellites cross the masks of stations, and where they turn: many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from satqkd.passes.polynomials import polynomial, polynomial_and_slope
from satqkd.units import BoolArray, FloatArray, IntArray

MOST_STEPS = 60
"""Where Newton's step fails, the bracket is halved; this many halvings reach any tolerance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arcs:
    """Lines from stations to satellites, each through one interval of an ephemeris."""

    coefficients: FloatArray
    """Of the powers 0…5 of the fraction of the interval, shape (6, 3, n). [m]"""
    up: FloatArray
    """Local verticals of the stations, shape (3, n)."""
    sin_mask: FloatArray

    def take(self, which: IntArray) -> Arcs:
        """Return some of them."""
        return Arcs(
            coefficients=self.coefficients.take(which, axis=2),
            up=self.up.take(which, axis=1),
            sin_mask=self.sin_mask.take(which),
        )

    def line_m(self, fraction: FloatArray) -> FloatArray:
        """From the station to the satellite, shape (3, n). [m]"""
        return polynomial(self.coefficients, fraction)


Curve = Callable[[Arcs, FloatArray], tuple[FloatArray, FloatArray]]
"""Value and slope of one function of many arcs at one fraction of each."""


def height(arcs: Arcs, fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Range times sine of elevation minus sine of mask, and its slope by the fraction. [m]

    Derived here: the sine of the elevation is the vertical part of the line over its length.
    """
    (x, y, z), (u, v, w) = polynomial_and_slope(arcs.coefficients, fraction)
    e, n, h = arcs.up
    range_m = np.sqrt(x * x + y * y + z * z)
    value = x * e + y * n + z * h - arcs.sin_mask * range_m
    slope = u * e + v * n + w * h - arcs.sin_mask * (x * u + y * v + z * w) / range_m
    return value, slope


def climb(arcs: Arcs, fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Range³ times the slope of the sine of elevation, and its own slope.

    Linear on a straight path, unlike the elevation, which has a sharp peak in a high pass.

    Derived here: the derivative of the sine of the elevation, free of its denominator.
    """
    coefficients = arcs.coefficients
    (x, y, z), (u, v, w) = polynomial_and_slope(coefficients, fraction)
    a, b, c = _bend(coefficients, fraction)
    e, n, h = arcs.up
    range2 = x * x + y * y + z * z
    rise, rising = x * e + y * n + z * h, u * e + v * n + w * h
    receding = x * u + y * v + z * w
    value = rising * range2 - rise * receding
    slope = (a * e + b * n + c * h) * range2 + rising * receding
    slope -= rise * (u * u + v * v + w * w + x * a + y * b + z * c)
    return value, slope


def _bend(coefficients: FloatArray, fraction: FloatArray) -> FloatArray:
    """Second derivative of quintics by the fraction, shape (3, n)."""
    value = 20.0 * coefficients[5] * fraction
    for power, factor in ((4, 12.0), (3, 6.0)):
        value += factor * coefficients[power]
        value *= fraction
    return np.asarray(value + 2.0 * coefficients[2])


def roots(
    curve: Curve,
    arcs: Arcs,
    *,
    low: FloatArray,
    high: FloatArray,
    grows: BoolArray,
    guess: FloatArray,
    tolerance: FloatArray,
) -> FloatArray:
    """Solve many brackets at once by Newton's method.

    Derived here: Newton's method, with halving where a step leaves the bracket.

    Parameters
    ----------
    curve
        The function.
    arcs
        Of which arcs.
    low, high
        Fractions between which each changes its sign.
    grows
        Whether it is positive at ``high``, negative at ``low``.
    guess
        Where to begin; the middle, if outside.
    tolerance
        The solver stops after a Newton step that is shorter. What is left is smaller by as much as
        the step is shorter than the scale on which the slope changes.

    Returns
    -------
    FloatArray
        Fractions.
    """
    answer = np.empty(low.size)
    which = np.arange(low.size)
    guess = np.where((guess >= low) & (guess <= high), guess, 0.5 * (low + high))
    for step in range(MOST_STEPS):
        value, slope = curve(arcs, guess)
        before = (value < 0.0) == grows
        low, high = np.where(before, guess, low), np.where(before, high, guess)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            following = guess - value / slope
        inside = (following >= low) & (following <= high)
        if step % 6 == 5:
            inside[:] = False
        following = np.where(inside, following, 0.5 * (low + high))
        near = np.abs(following - guess) < tolerance
        left = np.flatnonzero(~near | ~(inside | (high - low < 0.01 * tolerance)))
        guess = following
        if left.size == 0:
            break
        if left.size < 0.7 * guess.size:
            answer[which] = guess
            which, arcs, guess = which[left], arcs.take(left), guess[left]
            low, high, grows, tolerance = low[left], high[left], grows[left], tolerance[left]
    answer[which] = guess
    return answer
