"""Clicks of a stretch that lie in the gates of their pulses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.clock.offset import Bunch, told
from satqkd.distil.clock.spread import histogram
from satqkd.distil.clock.stretch import Stretch
from satqkd.distil.sent import Labels
from satqkd.units import BoolArray, FloatArray, IntArray

_CHUNK: Final = 1 << 20
"""Numerical: clicks counted at a time; bounds memory."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gated:
    """A stretch, and its clicks that count."""

    stretch: Stretch
    click: IntArray
    """Which clicks of the log they are, rising; shape (n,)."""
    number: IntArray
    """Of their pulses but for the offset; shape (n,)."""
    about: FloatArray
    """Histogram of all clicks of the stretch about their pulses."""

    def __repr__(self) -> str:
        return f"Gated({self.click.size} clicks)"

    @property
    def outside(self) -> int:
        """Clicks of the stretch that lie in no gate."""
        return self.stretch.end - self.stretch.first - self.click.size

    def bunches(self, bit: Labels, basis: Labels) -> list[Bunch]:
        """Return the clicks that are compared, by what every click of the log read."""
        some = [(self.number[own], self.click[own]) for own in told(self.click.size)]
        return [Bunch(number=number, bit=bit[at], basis=basis[at]) for number, at in some]

    def secret(self) -> BoolArray:
        """Return which of the clicks are not compared."""
        kept = np.ones(self.click.size, dtype=np.bool_)
        for own in told(self.click.size):
            kept[own] = False
        return kept


def gated(stretch: Stretch, time_ps: IntArray, *, gate_s: float) -> Gated:
    """Number the clicks of a stretch and drop those outside their gates.

    Parameters
    ----------
    stretch
        Counts pulses.
    time_ps
        Of every click of the log. [ps]
    gate_s
        Length of a gate, centred on its pulse; one longer than a period is cut to it. [s]
    """
    half = 0.5 * gate_s * stretch.nominal.rate_hz
    clicks, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    about = histogram(np.zeros(0))
    for first in range(stretch.first, stretch.end, _CHUNK):
        number, off = stretch.number(time_ps[first : min(first + _CHUNK, stretch.end)])
        inside = np.flatnonzero(np.abs(off) <= half)
        clicks.append(first + inside)
        numbers.append(number[inside])
        about += histogram(off)
    return Gated(
        stretch=stretch,
        click=np.concatenate(clicks),
        number=np.concatenate(numbers),
        about=about,
    )
