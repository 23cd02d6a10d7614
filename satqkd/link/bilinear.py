"""Values between those of a table of two variables."""

from __future__ import annotations

import numpy as np

from satqkd.units import FloatArray


def bilinear(
    table: FloatArray,
    first: tuple[FloatArray, FloatArray],
    second: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Interpolate a table, linear in each variable.

    By definition of bilinear interpolation.

    Parameters
    ----------
    table
        Shape (m, k).
    first, second
        Values, all of one shape, and the evenly spaced nodes of the table, shape (m,) and (k,);
        beyond the ends the table is held.

    Returns
    -------
    FloatArray
        Shaped like the values; it grows wherever the table does.

    Examples
    --------
    >>> nodes, table = np.array([0.0, 1.0]), np.array([[0.0, 1.0], [2.0, 3.0]])
    >>> bilinear(table, (np.array([0.5, 9.0]), nodes), (np.array([0.5, 0.0]), nodes))
    array([1.5, 2. ])
    """
    i, u = _cell(*first)
    j, v = _cell(*second)
    near = table[i, j] * (1.0 - v) + table[i, j + 1] * v
    far = table[i + 1, j] * (1.0 - v) + table[i + 1, j + 1] * v
    return np.asarray(near * (1.0 - u) + far * u)


def _cell(value: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Index of the node below and the fraction of the way to the next."""
    last = nodes.size - 1.0
    place = np.clip((value - nodes[0]) / (nodes[-1] - nodes[0]) * last, 0.0, last)
    index = np.minimum(place.astype(np.intp), nodes.size - 2)
    return index, place - index
