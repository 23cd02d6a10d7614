"""Integrals over stretches of passes: nodes by a rule, and where an integral reaches an amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.polynomial import legendre

from satqkd.passes.edges import spread
from satqkd.units import FloatArray, IntArray

PANEL_TURN_RAD: Final = 1.5
"""Longest panel: in it the line of sight turns no further than this at its fastest. [rad]"""

LONGEST_S: Final = 120.0
"""Longest panel: twilight and the air change by no more than the rule follows. [s]"""

ORDERS: Final = ((0.45, 5), (1.0, 8))
"""Nodes of a panel, by its share of the longest."""

INSIDE_S: Final = 1e-5
"""Numerical: so far within a panel its first and last node are looked at, so that they are on its
side of what jumps there. [s]"""

INSIDE_SHARE: Final = 1e-3
"""Numerical: the same for short panels, as a share of half of one."""


@cache
def rule(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of Gauss–Lobatto on −1…1; of one node its middle.

    References
    ----------
    .. [1] M. Abramowitz and I. A. Stegun, *Handbook of Mathematical Functions*, 25.4.32: the ends,
       and the roots of the slope of a Legendre polynomial.
    """
    if nodes == 1:
        return np.zeros(1), np.full(1, 2.0)
    last = np.zeros(nodes)
    last[-1] = 1.0
    inner = np.sort(legendre.legroots(legendre.legder(last)).real)
    at = np.concatenate([[-1.0], inner, [1.0]])
    return at, 2.0 / (nodes * (nodes - 1) * legendre.legval(at, last) ** 2)


@cache
def _integrals(nodes: int) -> FloatArray:
    """Coefficients of ∫ from −1 of each node's Lagrange polynomial, powers first; (n + 1, n)."""
    at, _ = rule(nodes)
    powers = np.linalg.inv(np.vander(at, increasing=True))
    whole = np.vstack([np.zeros(nodes), powers / np.arange(1, nodes + 1)[:, None]])
    whole[0] = -(np.vander([-1.0], nodes + 1, increasing=True) @ whole)[0]
    return whole


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panels:
    """Stretches of time in each of which what is integrated is a polynomial through its nodes.

    ::

        intervals  |------ 0 ------|-- 1 --|       starts  0     2   3
        panels     |-- 0 --|-- 1 --|-- 2 --|       nodes   0   8   16  21
    """

    starts: IntArray
    """Offsets of the intervals in the panels, one more than there are intervals."""
    nodes: IntArray
    """Offsets of the panels in the nodes, one more than there are panels."""
    begin_s: FloatArray
    """When each begins, in order within an interval. [s]"""
    end_s: FloatArray

    def __len__(self) -> int:
        return int(self.begin_s.size)

    @property
    def node_starts(self) -> IntArray:
        """Offsets of the intervals in the nodes."""
        return self.nodes[self.starts]

    @staticmethod
    def none() -> Panels:
        """Return no panels, of no intervals."""
        nothing, first = np.zeros(0), np.zeros(1, dtype=np.int64)
        return Panels(starts=first, nodes=first, begin_s=nothing, end_s=nothing)

    def take(self, intervals: IntArray) -> Panels:
        """Return those of some intervals, in that order."""
        length = np.diff(self.starts)[intervals]
        starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        own = np.arange(starts[-1]) + np.repeat(self.starts[intervals] - starts[:-1], length)
        nodes = np.concatenate([[0], np.cumsum(np.diff(self.nodes)[own])]).astype(np.int64)
        return Panels(starts=starts, nodes=nodes, begin_s=self.begin_s[own], end_s=self.end_s[own])

    @staticmethod
    def join(parts: Sequence[Panels]) -> Panels:
        """Put the intervals of several behind each other, and their nodes with them."""

        def offsets(every: Sequence[IntArray]) -> IntArray:
            lengths = [np.diff(own) for own in every]
            return np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)

        return Panels(
            starts=offsets([part.starts for part in parts]),
            nodes=offsets([part.nodes for part in parts]),
            begin_s=np.concatenate([part.begin_s for part in parts]),
            end_s=np.concatenate([part.end_s for part in parts]),
        )

    def points(self) -> tuple[FloatArray, FloatArray]:
        """Instants of the nodes and their weights. [s]

        By definition of a rule on −1…1, stretched.
        """
        many = np.diff(self.nodes)
        time_s, weight_s = np.empty(self.nodes[-1]), np.empty(self.nodes[-1])
        half_s = 0.5 * (self.end_s - self.begin_s)
        for order in np.unique(many).tolist():
            own = np.flatnonzero(many == order)
            at, weight = rule(order)
            place = self.nodes[own][:, None] + np.arange(order)
            within_s = np.minimum(INSIDE_S, INSIDE_SHARE * half_s[own])[:, None]
            time_s[place] = np.clip(
                self.begin_s[own][:, None] + half_s[own][:, None] * (1.0 + at),
                self.begin_s[own][:, None] + within_s,
                self.end_s[own][:, None] - within_s,
            )
            weight_s[place] = half_s[own][:, None] * weight
        return time_s, weight_s

    def integrals(self, values: FloatArray) -> FloatArray:
        """Integrals over the panels of what the nodes hold, shape (panels,).

        By definition: weights times values.
        """
        _, weight_s = self.points()
        return (
            np.asarray(np.add.reduceat(values * weight_s, self.nodes[:-1]))
            if len(self)
            else (np.zeros(0))
        )

    def up_to(self, panel: IntArray, at_s: FloatArray) -> tuple[IntArray, FloatArray]:
        """Weights of the nodes of a panel for the integral from its begin to an instant.

        By definition of the integral of a polynomial through the nodes.

        Returns
        -------
        tuple
            Row of each weight, and the weights; the nodes are the panel's, in order. [s]
        """
        many = np.diff(self.nodes)[panel]
        row = np.repeat(np.arange(panel.size), many)
        starts = np.cumsum(many) - many
        weight_s = np.empty(row.size)
        half_s = 0.5 * (self.end_s - self.begin_s)[panel]
        x = np.divide(
            at_s - self.begin_s[panel], half_s, out=np.zeros(panel.size), where=half_s > 0.0
        )
        x = np.clip(x - 1.0, -1.0, 1.0)
        for order in np.unique(many).tolist():
            own = np.flatnonzero(many == order)
            powers = np.vander(x[own], order + 1, increasing=True)
            place = starts[own][:, None] + np.arange(order)
            weight_s[place] = half_s[own][:, None] * (powers @ _integrals(order))
        return row, weight_s

    def rising(self, panel: IntArray, values: FloatArray) -> FloatArray:
        """Integrals from the begin of panels on, as polynomials; shape (powers, panels).

        As :meth:`up_to`, with the nodes added up: the coefficients of the powers of the instant,
        which is counted from the middle of the panel in halves of its length.

        Parameters
        ----------
        panel
            Which.
        values
            What their nodes hold, those of one panel after the other.
        """
        many = np.diff(self.nodes)[panel]
        starts = np.cumsum(many) - many
        half_s = 0.5 * (self.end_s - self.begin_s)[panel]
        found = np.zeros((int(many.max(initial=0)) + 1, panel.size))
        for order in np.unique(many).tolist():
            own = np.flatnonzero(many == order)
            held = values[starts[own][:, None] + np.arange(order)]
            found[: order + 1, own] = half_s[own] * (_integrals(order) @ held.T)
        return found


def panels_of(
    starts: IntArray, begin_s: FloatArray, end_s: FloatArray, *, longest_s: FloatArray
) -> Panels:
    """Divide stretches of time into panels.

    Derived here: even panels, with fewer nodes where they are short against the longest.

    Parameters
    ----------
    starts
        Offsets of intervals in the stretches, one more than there are intervals.
    begin_s, end_s
        The stretches, in each of which all is smooth. [s]
    longest_s
        Longest panel of each, see :func:`longest_panel_s`. [s]
    """
    many = np.maximum(np.ceil((end_s - begin_s) / longest_s - 1e-9), 1.0).astype(np.int64)
    owner, edge_s = spread(begin_s, end_s, longest_s=longest_s)
    inner = np.flatnonzero(owner[1:] == owner[:-1])
    begins, ends = edge_s[inner], edge_s[inner + 1]
    share = (ends - begins) / longest_s[owner[inner]]
    limits, orders = np.array(ORDERS).T
    order = orders[np.minimum(np.searchsorted(limits, share), limits.size - 1)].astype(np.int64)
    return Panels(
        starts=np.concatenate([[0], np.cumsum(many)])[starts].astype(np.int64),
        nodes=np.concatenate([[0], np.cumsum(order)]).astype(np.int64),
        begin_s=begins,
        end_s=ends,
    )


def longest_panel_s(fastest_rad_s: FloatArray) -> FloatArray:
    """Length of panels of passes whose line of sight turns so fast at most. [s]

    Derived here: a straight flight past a station is smooth over the time in which the line of
    sight turns by a radian or two.
    """
    turning_s = PANEL_TURN_RAD / np.maximum(fastest_rad_s, 1e-9)
    return np.asarray(np.minimum(turning_s, LONGEST_S))


def even_panels(starts_s: FloatArray, ends_s: FloatArray) -> Panels:
    """One panel of one node for each of some intervals in which nothing changes."""
    every = np.arange(starts_s.size + 1)
    return Panels(starts=every, nodes=every, begin_s=starts_s, end_s=ends_s)
