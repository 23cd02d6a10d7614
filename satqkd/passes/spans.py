"""Instants within stretches of time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from satqkd.units import BoolArray, FloatArray


def within(time_s: FloatArray, spans: Iterable[tuple[float, float]]) -> BoolArray:
    """Whether instants lie within any of some half-open stretches of time.

    Parameters
    ----------
    time_s
        The instants, in any order, shape (n,). [s]
    spans
        First instant of each stretch, and first one after it; they may overlap. [s]

    Examples
    --------
    >>> within(np.array([0.0, 3.0, 5.0, 9.0]), [(4.0, 9.0), (0.0, 3.0)]).tolist()
    [True, False, True, False]
    """
    apart: list[tuple[float, float]] = []
    for begin_s, end_s in sorted(spans):
        if apart and begin_s <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end_s))
        else:
            apart.append((begin_s, end_s))
    if not apart:
        return np.zeros(time_s.size, dtype=np.bool_)
    begins, ends = np.array(apart).T
    place = np.searchsorted(begins, time_s, side="right") - 1
    return np.asarray((place >= 0) & (time_s < ends[np.maximum(place, 0)]))
