"""Pools shared out among relays, for very many fillings of the same pools at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.errors import SolverError
from satqkd.units import FloatArray, IntArray

NUDGE: Final = 1e-7
"""Numerical: relative difference that is made between profits, so that no two ways of sharing out
are worth the same."""
ROUNDING: Final = 1e-6
"""Numerical: what sums of whole and half bits may be off by. [bit]"""
ENTRIES_AT_ONCE: Final = 1 << 22
"""Numerical: entries of tableaux held together."""


def share_out(held: FloatArray, row: IntArray, relay: IntArray, profit: FloatArray) -> FloatArray:
    r"""Spend pools on the relays that draw on them, best for each filling.

    .. math:: \max_x \; \sum_j p_j x_j \quad \text{with} \quad
       \sum_{j \ni i} x_j \le b_i, \; x \ge 0

    Parameters
    ----------
    held
        Fillings of the pools by their deadlines, shape (fillings, rows). [bit]
    row, relay
        Which relays take of which rows, as in :class:`~satqkd.schedule.relays.Claims`; each of
        at least one.
    profit
        Worth of a bit of each relay, above 0.

    Returns
    -------
    FloatArray
        What each relay gets, shape (fillings, relays), in whole bits: halves, which a best answer
        may hold, are dropped. Of relays that are worth the same the one that stands first gets
        most. [bit]

    Notes
    -----
    Where every relay can have the smallest of its rows, that is best. Of the other fillings one is
    solved by the simplex method; as the others differ in the right-hand side alone, its answer
    proves theirs or is a start for the dual simplex method [1]_, all of them at once.

    References
    ----------
    .. [1] V. Chvátal, *Linear Programming*, Freeman, 1983, ch. 10 (recalled).
    """
    shares = np.full((len(held), profit.size), np.inf)
    for number, one in zip(row.tolist(), relay.tolist(), strict=True):
        np.minimum(shares[:, one], held[:, number], out=shares[:, one])
    taken = np.zeros((held.shape[1], profit.size))
    taken[row, relay] = 1.0
    scarce = np.flatnonzero((shares @ taken.T > held + ROUNDING).any(axis=1))
    if scarce.size:
        size = max(1, ENTRIES_AT_ONCE // (len(taken) * sum(taken.shape)))
        start = _Start(taken, profit)
        for begin in range(0, scarce.size, size):
            own = scarce[begin : begin + size]
            shares[own] = _dual_simplex(start, held[own])
    return np.asarray(np.floor(shares + ROUNDING))


class _Start:
    """A best answer for some filling, as a tableau: relays, then what is left of each row."""

    def __init__(self, taken: FloatArray, profit: FloatArray) -> None:
        count, pairs = taken.shape
        self.rows = np.concatenate((taken, np.eye(count)), axis=1)
        # falling, and by irregular steps, the golden ratio's multiples: no sums are alike
        number = np.arange(1, pairs + 1)
        nudge = 1.0 - (number + 0.5 * np.modf(0.618033988749895 * number)[0]) / (pairs + 1)
        nudged = profit * (1.0 + NUDGE * nudge)
        self.price = np.concatenate((-nudged / nudged.max(), np.zeros(count)))
        self.basis = np.arange(pairs, pairs + count)
        self.pairs = pairs
        self._solve(1.0 + np.modf(0.414213562373095 * np.arange(1, count + 1))[0])

    def _solve(self, filling: FloatArray) -> None:
        """Primal simplex from nothing shared out; irregular fillings meet no tie."""
        left = filling.copy()
        for _ in range(50 * self.price.size):
            column = int(np.argmin(self.price))
            if self.price[column] >= -1e-12:
                return
            up = self.rows[:, column]
            ratio = np.where(up > 1e-9, left / np.where(up > 1e-9, up, 1.0), np.inf)
            row = int(np.argmin(ratio))
            pivot = self.rows[row] / up[row]
            at = left[row] / up[row]
            by = up.copy()
            by[row] = 0.0
            self.rows -= by[:, np.newaxis] * pivot
            left -= by * at
            self.rows[row], left[row] = pivot, at
            self.price = self.price - self.price[column] * pivot
            self.basis[row] = column
        raise SolverError("pools could not be shared out: the simplex method does not end")


def _dual_simplex(start: _Start, held: FloatArray) -> FloatArray:
    """Best shares of each filling, from a tableau that is best for another."""
    count, pairs = len(held), start.pairs
    left = held @ start.rows[:, pairs:].T
    shares = np.zeros((count, pairs))
    place = np.arange(count)
    rows = np.broadcast_to(start.rows, (count, *start.rows.shape))
    price = np.broadcast_to(start.price, (count, start.price.size))
    basis = np.broadcast_to(start.basis, (count, start.basis.size))
    for _ in range(50 * start.price.size):
        open_ = left.min(axis=1) < -ROUNDING
        done = np.flatnonzero(~open_)
        for row in range(basis.shape[1]):
            pair = basis[done, row]
            some = done[pair < pairs]
            shares[place[some], basis[some, row]] = left[some, row]
        if not open_.any():
            return shares
        rows, price, basis = rows[open_].copy(), price[open_].copy(), basis[open_].copy()
        left, place = left[open_], place[open_]
        every = np.arange(place.size)
        out = np.argmin(left, axis=1)
        down = rows[every, out]
        falls = down < -1e-9
        ratio = np.where(falls, price / np.where(falls, -down, 1.0), np.inf)
        column = np.argmin(ratio, axis=1)
        pivot = down / down[every, column][:, np.newaxis]
        at = left[every, out] / down[every, column]
        by = rows[every, :, column]
        by[every, out] = 0.0
        rows -= by[:, :, np.newaxis] * pivot[:, np.newaxis, :]
        left = left - by * at[:, np.newaxis]
        rows[every, out], left[every, out] = pivot, at
        price = price - price[every, column][:, np.newaxis] * pivot
        basis[every, out] = column
    raise SolverError("pools could not be shared out: the dual simplex method does not end")
