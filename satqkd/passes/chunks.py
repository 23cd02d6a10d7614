"""A search in chunks of satellites, for more passes than fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from satqkd.constants import DAY_S
from satqkd.elements.satellite import Satellite
from satqkd.passes.find import Passes, find_passes
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase
from satqkd.units import IntArray

SATELLITE_DAYS_AT_ONCE = 64.0
"""Satellites times days searched together; their ephemerides take some 4 MB."""


def satellites_at_once(duration_s: float) -> int:
    """How many satellites are searched together over a window. [s]"""
    return max(1, int(SATELLITE_DAYS_AT_ONCE * DAY_S / duration_s))


def find_in_chunks(
    satellites: Sequence[Satellite],
    stations: Sequence[Station],
    timebase: Timebase,
    *,
    duration_s: float,
    wanted: Sequence[int],
    hidden: bool = False,
) -> Iterator[Passes]:
    """Search the satellites ``wanted``, a few at a time.

    Yields
    ------
    Passes
        All passes of the next satellites, as :func:`find_passes` gives them; indices are into
        ``satellites``.
    """
    at_once = satellites_at_once(duration_s)
    for begin in range(0, len(wanted), at_once):
        chosen = wanted[begin : begin + at_once]
        some = np.asarray(chosen, dtype=np.int64)
        found = find_passes(
            [satellites[index] for index in chosen],
            stations,
            timebase,
            duration_s=duration_s,
            hidden=hidden,
        )
        yield Passes(
            table=replace(found.table, satellite=some[found.table.satellite]),
            chains={(int(some[i]), source): chain for (i, source), chain in found.chains.items()},
            stopped=found.stopped,
            hidden=replace(found.hidden, satellite=some[found.hidden.satellite]),
        )


def parts(order: IntArray, cost: IntArray, *, most: int) -> Iterator[IntArray]:
    """Divide rows of a table into parts of bounded cost.

    Parameters
    ----------
    order
        Rows in the order in which they are wanted.
    cost
        Of each row, such as the length of its series; above 0.
    most
        A part costs no more, unless it is one row.

    Yields
    ------
    IntArray
        The next rows, increasing.
    """
    reached = np.cumsum(cost[order])
    begin, paid = 0, 0
    while begin < order.size:
        end = max(begin + 1, int(np.searchsorted(reached, paid + most, side="right")))
        yield np.sort(order[begin:end])
        begin, paid = end, int(reached[end - 1])
