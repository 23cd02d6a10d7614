"""Which constants data can separate, and which they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.calibration.constants import Constant
from satqkd.units import FloatArray

SILENT = 0.5
"""A change of a constant by its width that moves all residuals together by less than so many of
their standard deviations cannot be seen."""

SINGULAR = 1e-3
"""Least singular value of the Jacobian, its columns scaled to length 1, over the largest."""

SAME = 0.99
"""Two constants whose errors are correlated more than this are taken for one."""

WEAK = 0.95
"""From this correlation on two constants are separated only weakly, which the report states."""

_PART = 0.1
"""Of a direction that data do not resolve: constants with a smaller share of it are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A constant that keeps its stated value."""

    index: int
    with_: tuple[int, ...]
    """Fitted constants that stand for it as well; empty where the data do not depend on it."""


def tell_apart(jacobian: FloatArray, constants: Sequence[Constant]) -> tuple[list[int], list[Held]]:
    """Choose the constants to fit.

    Parameters
    ----------
    jacobian
        Change of the weighted residuals by each constant's coordinate, shape (n, p).
    constants
        In the order of its columns.

    Returns
    -------
    tuple
        Indices of those to fit, and the others.

    Notes
    -----
    Of constants that data cannot separate, the receiver's efficiency is held first, then what
    was stated most narrowly.
    """
    seen = np.linalg.norm(jacobian, axis=0) * np.array([one.width for one in constants])
    held = [Held(index=i, with_=()) for i in np.flatnonzero(seen < SILENT).tolist()]
    free = np.flatnonzero(seen >= SILENT).tolist()
    while len(free) > 1 and (group := _alike(jacobian[:, free])):
        members = [free[place] for place in group]
        chosen = min(members, key=lambda index: _hold_first(constants[index]))
        free.remove(chosen)
        others = {index for index in members if index != chosen}
        held = [_handed_on(one, chosen, others) for one in held]
        held.append(Held(index=chosen, with_=tuple(sorted(others))))
    return free, held


def _handed_on(held: Held, chosen: int, others: set[int]) -> Held:
    """Name those that stand for a constant which has been held as well in its place."""
    if chosen not in held.with_:
        return held
    return Held(index=held.index, with_=tuple(sorted({*held.with_, *others} - {chosen})))


def weak_pairs(covariance: FloatArray) -> list[tuple[int, int, float]]:
    """Pairs of constants whose errors are strongly correlated, with the correlation."""
    sigma = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sigma, sigma)
    rows, columns = np.nonzero(np.triu(np.abs(correlation) > WEAK, k=1))
    return [
        (i, j, float(correlation[i, j]))
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _hold_first(constant: Constant) -> tuple[bool, float, bool]:
    """Order in which constants are held; widths are compared in how much data depend on them."""
    return (
        constant.name != "receiver_efficiency",
        constant.stated_width / constant.width,
        constant.name == "intrinsic_error",
    )


def _alike(jacobian: FloatArray) -> list[int]:
    """Columns that cannot be separated, none if all can."""
    columns = jacobian / np.linalg.norm(jacobian, axis=0)
    size = columns.shape[1]
    _, values, directions = np.linalg.svd(columns, full_matrices=True)
    unseen = values.size < size or values[-1] < SINGULAR * values[0]
    if unseen:
        return np.flatnonzero(np.abs(directions[-1]) > _PART).tolist()
    inverse = np.linalg.inv(columns.T @ columns)
    sigma = np.sqrt(np.diag(inverse))
    correlation = np.abs(inverse / np.outer(sigma, sigma)) - np.eye(size)
    if correlation.max() <= SAME:
        return []
    return [int(place) for place in np.unravel_index(int(correlation.argmax()), (size, size))]
