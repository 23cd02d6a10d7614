"""Key blocks that close with the contact at which they hold so much key."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.forecast.yields import Yields
from satqkd.units import IntArray

AT_ONCE: Final = 16
"""Numerical: contacts ahead whose keys are worked out together."""


def closed_at(yields: Yields, own: IntArray, bits: float) -> list[IntArray]:
    """Divide contacts into blocks, each closed by the contact with which it holds so much key.

    Parameters
    ----------
    yields
        What was collected of contacts.
    own
        Indices of those of one satellite and its stations, in order of time, at least one.
    bits
        Key of all contacts of a block as one, at which it closes. [bit]

    Returns
    -------
    list
        Blocks in order of time; the last one holds what is left, with however much key.
    """
    system = yields.systems[int(yields.system[own[0]])]
    ends: list[int] = []
    begin, seen = 0, 0
    while seen < own.size:
        ahead = min(seen + AT_ONCE, own.size)
        members = [own[begin : place + 1] for place in range(seen, ahead)]
        reached = np.flatnonzero(system.bits_of(system.pooled(yields.collected, members)) >= bits)
        seen = ahead
        if reached.size:
            begin = seen = ahead - len(members) + int(reached[0]) + 1
            ends.append(begin)
    return [part for part in np.split(own, ends) if part.size]
