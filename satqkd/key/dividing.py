"""Contacts divided into blocks at the instants at which each is full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import NonPhysicalError
from satqkd.passes.quadrature import Panels
from satqkd.units import BoolArray, FloatArray, IntArray

ROUNDS: Final = 30
"""Numerical: halvings of a panel in which a block gets full, to a millionth of a second."""

WHOLE: Final = 1e-9
"""Numerical: so much of a block may be missing for it to count as full."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filling:
    """How blocks fill in some divisions of contacts; arrays of shape (divisions,) unless said."""

    place: IntArray
    """Contact that each divides, by its interval."""
    amount: FloatArray
    """Light over that expected."""
    clicks_hz: FloatArray
    """Clicks at the nodes of all contacts, with the light expected. [Hz]"""
    dark_hz: FloatArray
    """The same without light. [Hz]"""
    sifted_bits: FloatArray
    """What is left of all clicks of the contact after sifting, with the light expected. [bit]"""
    size: FloatArray
    """Sifted bits of a block; infinite for one block. [bit]"""
    until_s: FloatArray
    """Clicks after it make a block of their own; infinite for none. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Blocks of some divisions, each as a sum over nodes."""

    starts: IntArray
    """Offsets of the divisions in the blocks, one more than there are divisions."""
    end_s: FloatArray
    """When each block is full, shape (blocks,). [s]"""
    nodes: IntArray
    """Nodes of the blocks, one block after the other."""
    weight_s: FloatArray
    """What each counts in its block. [s]"""
    bounds: IntArray
    """Offsets of the blocks in these, one more than there are blocks."""


def blocks_of(panels: Panels, filling: Filling) -> Blocks:
    """Divide contacts at the instants at which blocks are full.

    Derived here: clicks are a polynomial through the nodes of each panel, and so is their integral.

    Parameters
    ----------
    panels
        How the nodes of the contacts make integrals.
    filling
        How blocks fill.

    Returns
    -------
    Blocks
        At least one a division. The last one takes what is left, so that it is between one and two
        sizes long; so does the last one before ``until_s``.

    Raises
    ------
    NonPhysicalError
        For a block of no size.
    """
    if not (filling.size > 0.0).all():
        bad = float(filling.size[~(filling.size > 0.0)][0])
        raise NonPhysicalError("block_sifted_bits", f"must be above 0, got {bad:g}")
    reached = _Reached.of(panels, filling)
    row, target = reached.targets()
    cut_s = reached.at(row, target)
    late = np.flatnonzero(reached.divides)
    order = np.lexsort(
        (np.concatenate([cut_s, filling.until_s[late]]), np.concatenate([row, late]))
    )
    row = np.concatenate([row, late])[order]
    cut_s = np.concatenate([cut_s, filling.until_s[late]])[order]
    return _weighed(panels, filling.place, row, cut_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reached:
    """Clicks of every division up to the beginning of each of its panels."""

    panels: Panels
    filling: Filling
    lit: FloatArray
    """Clicks of contacts before each panel, and at its end, with the light expected."""
    dark: FloatArray

    @staticmethod
    def of(panels: Panels, filling: Filling) -> _Reached:
        lit, dark = (
            np.concatenate([[0.0], np.cumsum(panels.integrals(rate))])
            for rate in (filling.clicks_hz, filling.dark_hz)
        )
        return _Reached(panels=panels, filling=filling, lit=lit, dark=dark)

    def mixed(self, panel: IntArray, row: IntArray) -> FloatArray:
        """Clicks of divisions since the beginning of their contact, before a panel."""
        filling = self.filling
        first = self.panels.starts[filling.place[row]]
        dark = self.dark[panel] - self.dark[first]
        lit = self.lit[panel] - self.lit[first]
        return np.asarray(dark + (lit - dark) * filling.amount[row])

    def whole(self, row: IntArray) -> tuple[FloatArray, FloatArray]:
        """All clicks of divisions, and all of their contacts with the light expected."""
        place = self.filling.place[row]
        first, last = self.panels.starts[place], self.panels.starts[place + 1]
        return self.mixed(last, row), self.lit[last] - self.lit[first]

    @property
    def divides(self) -> BoolArray:
        """Whether an instant divides a contact before any block is full."""
        place = self.filling.place
        first, last = self.panels.starts[place], self.panels.starts[place + 1]
        some = last > first
        begin_s = self.panels.begin_s[np.minimum(first, len(self.panels) - 1)]
        end_s = self.panels.end_s[np.maximum(last - 1, 0)]
        until_s = self.filling.until_s
        return np.asarray(some & (until_s > begin_s) & (until_s < end_s))

    def targets(self) -> tuple[IntArray, FloatArray]:
        """Divisions and clicks at which their blocks are full, up to their last one."""
        filling = self.filling
        every = np.arange(filling.place.size)
        mixed, expected = self.whole(every)
        early = np.flatnonzero(self.divides)
        mixed[early] = self._before(early, filling.until_s[early])
        size = filling.size * np.divide(
            expected, filling.sifted_bits,
            out=np.full(every.size, np.inf), where=filling.sifted_bits > 0.0,
        )  # fmt: skip
        share = np.divide(
            mixed, size, out=np.zeros(every.size), where=np.isfinite(size) & (size > 0.0)
        )
        number = np.maximum(np.floor(share + WHOLE), 1.0).astype(np.int64) - 1
        row = np.repeat(every, number)
        rank = np.arange(row.size) - np.repeat(np.cumsum(number) - number, number) + 1
        return row, rank * size[row]

    def _before(self, row: IntArray, at_s: FloatArray) -> FloatArray:
        """Clicks of divisions up to an instant."""
        panel = _panel_of(self.panels, self.filling.place[row], at_s)
        return self.mixed(panel, row) + self._rising(panel, row)(at_s)

    def _rising(self, panel: IntArray, row: IntArray) -> Callable[[FloatArray], FloatArray]:
        """Clicks of divisions in a panel, up to an instant of it."""
        panels, filling = self.panels, self.filling
        many = np.diff(panels.nodes)[panel]
        which = np.repeat(np.arange(panel.size), many)
        starts = panels.nodes[panel] - (np.cumsum(many) - many)
        node = np.arange(which.size) + starts[which]
        dark = filling.dark_hz[node]
        rate = dark + (filling.clicks_hz[node] - dark) * filling.amount[row[which]]
        powers = panels.rising(panel, rate)
        begin_s, end_s = panels.begin_s[panel], panels.end_s[panel]
        middle_s, half_s = 0.5 * (begin_s + end_s), 0.5 * (end_s - begin_s)

        def clicks(at_s: FloatArray) -> FloatArray:
            x = np.divide(at_s - middle_s, half_s, out=np.zeros(panel.size), where=half_s > 0.0)
            x = np.clip(x, -1.0, 1.0)
            total = powers[-1]
            for power in powers[-2::-1]:
                total = total * x + power
            return np.asarray(total)

        return clicks

    def at(self, row: IntArray, target: FloatArray) -> FloatArray:
        """When divisions have so many clicks. [s]"""
        if row.size == 0:
            return np.zeros(0)
        place = self.filling.place[row]
        low, high = self.panels.starts[place], self.panels.starts[place + 1]
        while (high - low > 1).any():
            middle = (low + high) // 2
            before, move = self.mixed(middle, row) <= target, high - low > 1
            low, high = np.where(move & before, middle, low), np.where(move & ~before, middle, high)
        begin_s, end_s = self.panels.begin_s[low], self.panels.end_s[low]
        needed, clicks = target - self.mixed(low, row), self._rising(low, row)
        for _ in range(ROUNDS):
            middle_s = 0.5 * (begin_s + end_s)
            early = clicks(middle_s) < needed
            begin_s, end_s = np.where(early, middle_s, begin_s), np.where(early, end_s, middle_s)
        return np.asarray(0.5 * (begin_s + end_s))


def _weighed(panels: Panels, place: IntArray, row: IntArray, cut_s: FloatArray) -> Blocks:
    """Blocks between cuts of divisions, which are in order of both."""
    cuts = np.bincount(row, minlength=place.size)
    starts = np.concatenate([[0], np.cumsum(cuts + 1)]).astype(np.int64)
    division = np.repeat(np.arange(place.size), cuts + 1)
    first, last = panels.starts[place[division]], panels.starts[place[division] + 1] - 1
    empty = last < first
    after = np.ones(division.size, dtype=np.bool_)
    after[starts[:-1]] = False
    before = np.ones(division.size, dtype=np.bool_)
    before[starts[1:] - 1] = False
    panel = _panel_of(panels, place[row], cut_s)
    begin_panel, end_panel = first.copy(), last.copy()
    begin_panel[after], end_panel[before] = panel, panel
    end_s = np.where(empty, 0.0, panels.end_s[np.maximum(last, 0)] if len(panels) else 0.0)
    end_s[before] = cut_s
    length = np.where(empty, 0, panels.nodes[end_panel + 1] - panels.nodes[begin_panel])
    bounds = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    nodes = np.arange(bounds[-1]) + np.repeat(panels.nodes[begin_panel] - bounds[:-1], length)
    _, weights = panels.points()
    weight_s = weights[nodes]
    which, part_s = panels.up_to(panel, cut_s)
    offset = np.arange(which.size) - np.flatnonzero(np.diff(which, prepend=-1))[which]
    node = panels.nodes[panel[which]] + offset
    ends, begins = np.flatnonzero(before), np.flatnonzero(after)
    # what a block loses of the panel that it ends in, and of the one that it begins in
    at = bounds[ends[which]] + node - panels.nodes[begin_panel[ends[which]]]
    weight_s[at] -= weights[node] - part_s
    at = bounds[begins[which]] + node - panels.nodes[begin_panel[begins[which]]]
    weight_s[at] -= part_s
    return Blocks(starts=starts, end_s=end_s, nodes=nodes, weight_s=weight_s, bounds=bounds)


def _panel_of(panels: Panels, place: IntArray, at_s: FloatArray) -> IntArray:
    """Panel of an interval in which an instant lies; the earlier one of two that meet there."""
    low, high = panels.starts[place], panels.starts[place + 1]
    while (high - low > 1).any():
        middle = (low + high) // 2
        before = panels.begin_s[np.minimum(middle, len(panels) - 1)] < at_s
        move = high - low > 1
        low, high = np.where(move & before, middle, low), np.where(move & ~before, middle, high)
    return low
