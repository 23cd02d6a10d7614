"""Subsets of the contacts of a block, as rows of yes and no: all of them, or a sample."""

from __future__ import annotations

import numpy as np

from satqkd.units import BoolArray, FloatArray, IntArray


def every_subset(size: int) -> BoolArray:
    """Every subset, the empty one first, then counted in binary, shape (2ⁿ, n)."""
    return np.asarray((np.arange(1 << size)[:, np.newaxis] >> np.arange(size)) & 1, np.bool_)


def subsets_of_parts(label: IntArray) -> int:
    """How many subsets have one contact of each label at most, the empty one among them.

    Examples
    --------
    >>> subsets_of_parts(np.array([4, 7, 4]))
    6
    """
    found = 1
    for count in np.unique(label, return_counts=True)[1].tolist():
        found *= 1 + count
    return found


def every_subset_of_parts(label: IntArray) -> BoolArray:
    """Every such subset, the empty one first."""
    subsets = np.zeros((1, label.size), dtype=np.bool_)
    for one in np.unique(label).tolist():
        grown = [subsets]
        for place in np.flatnonzero(label == one).tolist():
            more = subsets.copy()
            more[:, place] = True
            grown.append(more)
        subsets = np.concatenate(grown)
    return subsets


def some_subsets(
    size: int, count: int, random: np.random.Generator, label: IntArray | None = None
) -> BoolArray:
    """The whole, all but one, each alone, and subsets of random size, shape (subsets, n).

    Parameters
    ----------
    size
        Contacts of the block.
    count
        Subsets of random size.
    random
        Where they come from.
    label
        One label a contact, of which each subset has one contact at most; None for no such limit.
    """
    share = random.uniform(0.0, 1.0, (count, 1))
    drawn = random.uniform(0.0, 1.0, (count, size)) < share
    alone = np.eye(size, dtype=np.bool_)
    whole = np.ones((1, size), dtype=np.bool_)
    found = np.concatenate([whole, ~alone, alone, drawn[drawn.any(axis=1)]])
    if label is None:
        return found
    rank = random.uniform(0.0, 1.0, found.shape)
    rank[: size + 1] = -np.arange(size)
    rank[~found] = -np.inf
    kept = np.zeros_like(found)
    rows = np.arange(len(found))
    for one in np.unique(label).tolist():
        own = np.flatnonzero(label == one)
        best = own[np.argmax(rank[:, own], axis=1)]
        kept[rows, best] = found[rows, best]
    return kept


def growing_subsets(bits: FloatArray, size: int) -> BoolArray:
    """Sets that grow by the member the whole needs most, given keys as :func:`some_subsets` lists.

    Among them are sets without those that spoil the whole: the most key of a block is near.
    """
    loss = bits[0] - bits[1 : 1 + size]
    place = np.argsort(np.argsort(-loss, kind="stable"), kind="stable")
    return np.asarray(place[np.newaxis, :] <= np.arange(size)[:, np.newaxis], np.bool_)


def beginnings(label: IntArray | None, size: int) -> BoolArray:
    """For each contact in an order itself and those before it, the first of each label.

    Parameters
    ----------
    label
        Label of each in that order; None where no two share one.
    size
        How many there are.

    Examples
    --------
    >>> beginnings(np.array([4, 7, 4]), 3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [0, 1, 1]])
    """
    found = np.tri(size, dtype=np.bool_)
    if label is None:
        return found
    first = np.zeros(size, dtype=np.bool_)
    first[np.unique(label, return_index=True)[1]] = True
    found &= first & (label != label[:, np.newaxis])
    found[np.arange(size), np.arange(size)] = True
    return found
