"""Cubics through rising nodes that neither overshoot nor turn between them, many at once."""

from __future__ import annotations

import numpy as np

from satqkd.units import FloatArray, IntArray


def slopes(x: FloatArray, y: FloatArray) -> FloatArray:
    """Slopes at the nodes of monotone cubics, shape (rows, nodes).

    Parameters
    ----------
    x
        Nodes, two or more a row, rising; shape (rows, nodes).
    y
        What they hold; same shape.

    References
    ----------
    .. [1] F. N. Fritsch and J. Butland, *SIAM J. Sci. Stat. Comput.* 5, 300 (1984), eq. 5: inside.
    .. [2] C. B. Moler, *Numerical Computing with MATLAB*, SIAM (2004), section 3.6: at the ends.

    Examples
    --------
    A summit of the nodes is one of the curve:

    >>> slopes(np.array([[0.0, 1.0, 2.0]]), np.array([[0.0, 1.0, 0.0]]))
    array([[ 2.,  0., -2.]])
    """
    step, rise = np.diff(x), np.diff(y) / np.diff(x)
    if x.shape[-1] == 2:
        return np.repeat(rise, 2, axis=-1)
    before, after = rise[:, :-1], rise[:, 1:]
    own = 2.0 * step[:, 1:] + step[:, :-1]
    other = step[:, 1:] + 2.0 * step[:, :-1]
    level = (np.sign(before) != np.sign(after)) | (before == 0.0) | (after == 0.0)
    mean = (own / np.where(level, 1.0, before) + other / np.where(level, 1.0, after)) / (
        own + other
    )
    found = np.empty_like(x)
    found[:, 1:-1] = np.where(level, 0.0, 1.0 / np.where(level, 1.0, mean))
    found[:, 0] = _at_an_end(step[:, 0], step[:, 1], rise[:, 0], rise[:, 1])
    found[:, -1] = _at_an_end(step[:, -1], step[:, -2], rise[:, -1], rise[:, -2])
    return found


def _at_an_end(
    step: FloatArray, next_step: FloatArray, rise: FloatArray, next_rise: FloatArray
) -> FloatArray:
    """Slope of a parabola through three nodes, where it keeps to their way."""
    slope = ((2.0 * step + next_step) * rise - step * next_rise) / (step + next_step)
    back = np.sign(slope) != np.sign(rise)
    steep = (np.sign(rise) != np.sign(next_rise)) & (np.abs(slope) > 3.0 * np.abs(rise))
    return np.where(back, 0.0, np.where(steep, 3.0 * rise, slope))


def between(
    starts: IntArray, x: FloatArray, y: FloatArray, *, bounds: IntArray, at: FloatArray
) -> FloatArray:
    """Read many monotone cubics off, each at instants of its own.

    Parameters
    ----------
    starts
        Offsets of the cubics in their nodes, one more than there are; each has one node or more.
    x, y
        Nodes, rising within a cubic, and what they hold.
    bounds
        Offsets of the cubics in ``at``, one more than there are.
    at
        Where, within the nodes of each.

    Returns
    -------
    FloatArray
        Shaped as ``at``; of one node what it holds.

    Examples
    --------
    >>> nodes, held = np.array([0.0, 1.0, 2.0, 5.0]), np.array([0.0, 1.0, 4.0, 7.0])
    >>> starts, bounds = np.array([0, 3, 4]), np.array([0, 2, 3])
    >>> between(starts, nodes, held, bounds=bounds, at=np.array([0.5, 1.0, 5.0]))
    array([0.3125, 1.    , 7.    ])
    """
    many = np.diff(starts)
    slope = np.zeros(x.size)
    for order in np.unique(many[many > 1]).tolist():
        own = starts[:-1][many == order][:, np.newaxis] + np.arange(order)
        slope[own] = slopes(x[own], y[own])
    left = np.empty(at.size, dtype=np.int64)
    for first, last, begin, end in zip(
        starts[:-1].tolist(), starts[1:].tolist(), bounds[:-1].tolist(), bounds[1:].tolist(),
        strict=True,
    ):  # fmt: skip
        inner = x[first + 1 : last - 1]
        left[begin:end] = first + np.searchsorted(inner, at[begin:end], side="right")
    alone = np.repeat(many == 1, np.diff(bounds))
    right = np.where(alone, left, left + 1)
    step = np.where(alone, 1.0, x[right] - x[left])
    rise = (y[right] - y[left]) / step
    bend = (slope[left] + slope[right] - 2.0 * rise) / step
    s = at - x[left]
    second = (rise - slope[left]) / step - bend
    return np.asarray(y[left] + slope[left] * s + second * (s * s) + bend / step * (s * s * s))
