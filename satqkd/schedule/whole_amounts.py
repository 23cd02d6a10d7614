"""Which of several amounts pools can bear whole, for very many fillings of the same pools."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.units import BoolArray, FloatArray

MOST_ENUMERATED: Final = 8
"""Numerical: amounts up to which all of their subsets are compared; with more, the smallest come
first."""
ROUNDING: Final = 1e-6
"""Numerical: what sums of bits may be off by. [bit]"""
CELLS_AT_ONCE: Final = 1 << 21
"""Numerical: pairs of fillings and subsets compared together."""


def whole_amounts(
    held: FloatArray, taken: FloatArray, lacking: FloatArray, profit: FloatArray
) -> FloatArray:
    """Serve as many amounts whole as can be, for each filling.

    Parameters
    ----------
    held
        Fillings of the pools, shape (fillings, pools). [bit]
    taken
        1 where an amount takes of a pool, else 0; shape (pools, amounts).
    lacking
        What each amount still needs, 0 where nothing; shape (fillings, amounts). [bit]
    profit
        Worth of a bit of each amount.

    Returns
    -------
    FloatArray
        What each gets: all that it lacks, in whole bits, or nothing; shape (fillings, amounts).
        [bit]

    Notes
    -----
    Of as many, those that take least of the pools are served; of these the dearest; of these what
    stands first. Beyond :data:`MOST_ENUMERATED` amounts the smallest are served one after another,
    of equal ones the dearest first: where each takes of two pools, fewer may be met than could be.
    """
    wanted = np.ceil(np.maximum(lacking, 0.0) - ROUNDING)
    wanted = np.where(wanted <= _room(held, taken) + ROUNDING, wanted, 0.0)
    scarce = np.flatnonzero((wanted @ taken.T > held + ROUNDING).any(axis=1))
    if scarce.size:
        if wanted.shape[1] > MOST_ENUMERATED:
            wanted[scarce] = _smallest_first(held[scarce], taken, wanted[scarce], profit)
        else:
            size = max(1, CELLS_AT_ONCE >> wanted.shape[1])
            for begin in range(0, scarce.size, size):
                own = scarce[begin : begin + size]
                wanted[own] *= _most(held[own], taken, wanted[own], profit)
    return np.asarray(wanted)


def _room(held: FloatArray, taken: FloatArray) -> FloatArray:
    """What each amount could get by itself, shape (fillings, amounts). [bit]"""
    return np.stack([held[:, own > 0].min(axis=1) for own in taken.T], axis=1)


def _most(held: FloatArray, taken: FloatArray, wanted: FloatArray, profit: FloatArray) -> BoolArray:
    """Best subset of the amounts of each filling, of all subsets."""
    amounts = wanted.shape[1]
    number = np.arange(1 << amounts)
    subsets = (number[:, np.newaxis] >> np.arange(amounts) & 1).astype(np.float64)
    fits = np.ones((len(held), number.size), dtype=np.bool_)
    for pool, own in enumerate(taken):
        fits &= (wanted * own) @ subsets.T <= held[:, [pool]] + ROUNDING
    for value in (
        (wanted > 0).astype(np.float64) @ subsets.T,
        -wanted @ subsets.T,
        np.round((wanted * profit) @ subsets.T, 6),
    ):
        fits &= value >= np.where(fits, value, -np.inf).max(axis=1, keepdims=True)
    return np.asarray(subsets[np.argmax(fits, axis=1)] > 0)


def _smallest_first(
    held: FloatArray, taken: FloatArray, wanted: FloatArray, profit: FloatArray
) -> FloatArray:
    """Serve one amount after another, as long as pools bear it."""
    left, served = held.copy(), np.zeros(wanted.shape)
    every = np.arange(len(held))
    dearness = np.broadcast_to(-profit, wanted.shape)
    order = np.lexsort((dearness, wanted), axis=1)
    for amount in order.T:
        takes = taken[:, amount].T
        bits = wanted[every, amount]
        room = np.where(takes > 0, left, np.inf).min(axis=1)
        bits = np.where(bits <= room + ROUNDING, bits, 0.0)
        served[every, amount] = bits
        left -= takes * bits[:, np.newaxis]
    return served
