"""Newton's method for many small problems side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from satqkd.units import FloatArray

Objective = Callable[[FloatArray], FloatArray]
"""From points of shape (unknowns, trials, problems) to values of shape (trials, problems)."""

WHOLE_WAY: Final = (0.3, 0.1, 0.1, 0.05, 0.05, 0.03)
"""Distances over which derivatives are taken, one a step, on the way to a maximum."""
PART_WAY: Final = (0.2, 0.1, 0.1)
"""The same for a first estimate of the maximum that a start leads to."""
FROM_NEAR: Final = (0.1, 0.1, 0.05, 0.05, 0.03)
"""The same from a start close to a maximum."""
_LONGEST: Final = 1.0
"""Furthest an unknown moves in a step."""
_MOST_DAMPING: Final = 1e3
_LEAST_CURVATURE: Final = 1e-9
"""Curvature that counts as none, relative to the largest."""
FURTHEST: Final = 6.0
"""Bound of the unknowns, beyond which settings no longer change."""
_SHORTER: Final = (1.0, 0.4, 0.1)
"""Shares of a step that are tried."""


def maximise(
    objective: Objective,
    x: FloatArray,
    value: FloatArray,
    *,
    reaches: tuple[float, ...] = WHOLE_WAY,
) -> tuple[FloatArray, FloatArray]:
    """Maximise from every starting point.

    Parameters
    ----------
    objective
        What is maximised; smooth but for some kinks.
    x
        Where to start, shape (unknowns, problems).
    value
        Its value there, shape (problems,).
    reaches
        Distances over which derivatives are taken, one a step.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        The best points found and their values: never below the start.

    Notes
    -----
    Gradient and Hessian from differences; the Hessian is damped until it is negative definite, a
    step that fails damps the next one. A third of a step is as good as a whole one where a kink
    lies between.

    References
    ----------
    .. [1] K. Levenberg, *Q. Appl. Math.* 2, 164 (1944), and D. W. Marquardt, *J. Soc. Ind. Appl.
       Math.* 11, 431 (1963): damped steps (recalled).
    """
    x, value = x.copy(), value.copy()
    damping = np.full(value.size, 1e-3)
    for reach in reaches:
        gradient, hessian, near, at = _derivatives(objective, x, value, reach)
        step = np.clip(_solve(hessian, gradient, damping), -_LONGEST, _LONGEST)
        shares = np.array(_SHORTER)[:, np.newaxis]
        tried = np.clip(x[:, np.newaxis] + shares * step[:, np.newaxis], -FURTHEST, FURTHEST)
        x, value, moved = _highest(x, value, tried, objective(tried))
        x, value, _ = _highest(x, value, near, at)
        damping = np.where(moved, 0.2 * damping, np.minimum(10.0 * damping, _MOST_DAMPING))
    return x, value


def _derivatives(
    objective: Objective, x: FloatArray, value: FloatArray, reach: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Gradient, Hessian, and the points they were taken from with their values."""
    n = x.shape[0]
    one = reach * np.eye(n)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    moves = np.array([*one, *-one, *(one[i] + one[j] for i, j in pairs)])
    near = x[:, np.newaxis] + moves.T[:, :, np.newaxis]
    at = objective(near)
    up, down = at[:n], at[n : 2 * n]
    gradient = (up - down) / (2.0 * reach)
    hessian = np.empty((n, n, x.shape[1]))
    for i in range(n):
        hessian[i, i] = (up[i] - 2.0 * value + down[i]) / reach**2
    for both, (i, j) in zip(at[2 * n :], pairs, strict=True):
        hessian[i, j] = hessian[j, i] = (both - up[i] - up[j] + value) / reach**2
    return gradient, hessian, near, at


def _solve(hessian: FloatArray, gradient: FloatArray, damping: FloatArray) -> FloatArray:
    """Step to the maximum of the parabola, its curvature made negative where it is not.

    Elimination without pivots, a problem a column; a pivot that is not positive becomes the size
    of its row.
    """
    n = gradient.shape[0]
    scale = 1.0 / (
        np.abs(gradient).max(axis=0) + np.abs(hessian).max(axis=(0, 1)) + _LEAST_CURVATURE
    )
    a, b = -hessian * scale, gradient * scale
    size = np.abs(a[range(n), range(n)]) + _LEAST_CURVATURE
    for i in range(n):
        a[i, i] += damping * size[i]
    for i in range(n):
        a[i, i] = np.where(a[i, i] > 1e-3 * size[i], a[i, i], size[i])
        for j in range(i + 1, n):
            factor = a[j, i] / a[i, i]
            a[j, i:] -= factor * a[i, i:]
            b[j] -= factor * b[i]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    return np.asarray(b)


def _highest(
    x: FloatArray, value: FloatArray, tried: FloatArray, found: FloatArray
) -> tuple[FloatArray, FloatArray, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    index = np.argmax(found, axis=0)
    best = np.take_along_axis(found, index[np.newaxis], axis=0)[0]
    moved = best > value
    where = np.take_along_axis(tried, index[np.newaxis, np.newaxis], axis=1)[:, 0]
    return np.where(moved, where, x), np.where(moved, best, value), moved
