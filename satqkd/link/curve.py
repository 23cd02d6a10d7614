"""Smooth curves through the points of a table, so that integrals along a pass see no corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Cubics that meet at the points of a table with one slope, and turn nowhere else."""

    nodes: FloatArray
    """Where the table is, growing, shape (n,); three at least."""
    values: FloatArray
    """What it holds there."""
    slopes: FloatArray
    """Of the curve there."""

    @staticmethod
    def through(nodes: FloatArray, values: FloatArray) -> Curve:
        """Lay a curve through the points of a table.

        Its slopes are those of parabolas through three neighbours, less where the curve would
        leave the span of two.

        References
        ----------
        .. [1] M. Steffen, "A simple method for monotonic interpolation in one dimension",
           *Astronomy and Astrophysics* 239, 443 (1990).
        """
        step = np.diff(nodes)
        rise = np.diff(values) / step
        before, behind = rise[:-1], rise[1:]
        middle = (before * step[1:] + behind * step[:-1]) / (step[1:] + step[:-1])
        least = np.minimum(np.minimum(np.abs(before), np.abs(behind)), 0.5 * np.abs(middle))
        ends = [
            _end(near, far, beside / (beside + beyond))
            for near, far, beside, beyond in (
                (rise[0], rise[1], step[0], step[1]),
                (rise[-1], rise[-2], step[-1], step[-2]),
            )
        ]
        slopes = np.concatenate([ends[:1], (np.sign(before) + np.sign(behind)) * least, ends[1:]])
        return Curve(nodes=nodes, values=values, slopes=slopes)

    def at(self, place: FloatArray) -> FloatArray:
        """Values at places, any shape; beyond the ends of the table they are held.

        By definition of Hermite's cubic.

        Examples
        --------
        >>> nodes = np.array([0.0, 1.0, 3.0, 4.0])
        >>> Curve.through(nodes, nodes**2).at(np.array([-1.0, 0.5, 2.0, 9.0]))
        array([ 0.  ,  0.25,  4.  , 16.  ])
        """
        nodes = self.nodes
        held = np.minimum(np.maximum(place, nodes[0]), nodes[-1])
        left = np.minimum(np.searchsorted(nodes, held, side="right") - 1, nodes.size - 2)
        step = nodes[left + 1] - nodes[left]
        low, run = self.values[left], self.values[left + 1] - self.values[left]
        begin, end = step * self.slopes[left], step * self.slopes[left + 1]
        u = (held - nodes[left]) / step
        bend = (begin - run) * (1.0 - u) + (run - end) * u
        return np.asarray(low + u * (run + (1.0 - u) * bend))


def _end(near: float, far: float, share: float) -> float:
    """Slope at an end of a table, from the rises of its outermost steps."""
    slope = near * (1.0 + share) - far * share
    if slope * near <= 0.0:
        return 0.0
    return 2.0 * near if abs(slope) > 2.0 * abs(near) else slope
