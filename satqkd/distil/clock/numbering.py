"""Every stretch gets its number: the surest by all that is possible, its neighbours from it on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.clock.gated import Gated
from satqkd.distil.clock.nominal import PS_PER_S
from satqkd.distil.clock.offset import BUNCHES, Offset, best_offset
from satqkd.distil.clock.periodogram import MOST_DRIFT
from satqkd.distil.sent import Labels, Sent

TRIES: Final = 3
"""Numerical: so many stretches are tried over the whole range before none can be numbered."""
MOST_TRIED: Final = 4_000_000_000
"""Numerical: so many numbers are tried at most; it takes minutes."""
STRAY: Final = (0.0, 0.01, 0.5 / BUNCHES)
"""Shares of clicks at either end that may lie before or after the pulses, tried in this order
(numerical): none that are compared lie further out than the last."""

_CLOCKS: Final = 1e-8
"""Relative rate that a clock is off over a gap beside its drift (assumed, generous)."""
_MARGIN: Final = 64
"""Pulses tried further either way (generous: a count at the end of a stretch is good to one)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """The offset of a stretch, or why there is none."""

    offset: Offset | None
    why_not: str
    """Empty where it is certain."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ends:
    """What both ends know when they compare."""

    bit: Labels
    """What every click of the receiver's log read."""
    basis: Labels
    """In which basis."""
    sent: Sent
    """The transmitter's record."""
    pulses: int
    """How many were sent."""

    def number(self, own: Gated, *, low: int, high: int) -> Number:
        """Find the offset of a stretch in a range."""
        bunches = own.bunches(self.bit, self.basis)
        if not bunches:
            return Number(offset=None, why_not=f"{own.click.size} clicks are too few to compare")
        if high < low:
            span = f"its clicks reach over {own.number[-1] - own.number[0] + 1} pulses"
            why = f"{span}, which does not fit the {self.pulses} that were sent and what is known"
            return Number(offset=None, why_not=why)
        if high - low >= MOST_TRIED:
            why = f"{high - low + 1} numbers are possible, and {MOST_TRIED} are tried at most"
            return Number(offset=None, why_not=why)
        offset = best_offset(bunches, self.sent, low=low, high=high)
        return Number(offset=offset, why_not="" if offset.certain else offset.why_not)

    def possible(self, own: Gated, *, stray: float) -> tuple[int, int]:
        """Offsets with which all clicks of a stretch but the outermost are of pulses sent.

        A share ``stray`` at either end may be background that came before or after.
        """
        few = int(stray * own.click.size)
        ordered = np.partition(own.number, [few, own.click.size - 1 - few])
        return -int(ordered[few]), self.pulses - 1 - int(ordered[-1 - few])


def numbered(stretches: list[Gated], ends: Ends) -> list[Number]:
    """Find the offset of every stretch.

    ::

        stretch        A          B            C
        clicks       |||       |||||||       ||||
                               anchor: most clicks, every number is tried
                         <- counted back   counted on ->   a few numbers are tried

    Parameters
    ----------
    stretches
        In order of time.
    ends
        What is compared.

    Returns
    -------
    list[Number]
        One a stretch; what is not certain says why.
    """
    found: dict[int, Number] = {}
    some = [at for at, own in enumerate(stretches) if own.click.size]
    for anchor in sorted(some, key=lambda at: -stretches[at].click.size)[:TRIES]:
        for stray in STRAY:
            low, high = _whole_range(stretches, some, anchor, ends, stray=stray)
            found[anchor] = ends.number(stretches[anchor], low=low, high=high)
            if not found[anchor].why_not:
                break
        if not found[anchor].why_not:
            for neighbours in (range(anchor + 1, len(stretches)), range(anchor - 1, -1, -1)):
                last = anchor
                for at in neighbours:
                    low, high = _near(stretches[last], found[last], stretches[at], ends)
                    found[at] = ends.number(stretches[at], low=low, high=high)
                    last = at if not found[at].why_not else last
            break
    none = Number(offset=None, why_not="no stretch with more clicks could be numbered")
    return [found.get(at, none) for at in range(len(stretches))]


def _whole_range(
    stretches: list[Gated], some: list[int], anchor: int, ends: Ends, *, stray: float
) -> tuple[int, int]:
    """Offsets of one stretch with which the clicks of all are of pulses that were sent."""
    low, high = -(1 << 62), 1 << 62
    for at in some:
        least, most = ends.possible(stretches[at], stray=stray)
        by, wide = _between(stretches[anchor], stretches[at]) if at != anchor else (0, 0)
        low, high = max(low, least - by - wide), min(high, most - by + wide)
    return low, high


def _near(one: Gated, number: Number, other: Gated, ends: Ends) -> tuple[int, int]:
    """Offsets that a stretch may have, counted on from one that is numbered."""
    if number.offset is None or not other.click.size:
        return 0, -1
    by, wide = _between(one, other)
    least, most = ends.possible(other, stray=STRAY[-1])
    middle = number.offset.offset + by
    return max(middle - wide, least), min(middle + wide, most)


def _between(one: Gated, other: Gated) -> tuple[int, int]:
    """How much larger the offset of another stretch is, and how far that may be wrong.

    Derived here: a rate that runs from f₁ to f₂ in the time g, with no drift beyond D, gives
    g (f₁ + f₂) / 2 pulses, but for D g² / 4 of them.
    """
    later = other.stretch.begin_ps >= one.stretch.end_ps
    a, b = (one.stretch, other.stretch) if later else (other.stretch, one.stretch)
    gap_s = (b.begin_ps - a.end_ps) / PS_PER_S
    passed = gap_s * 0.5 * (a.rate_hz(-1) + b.rate_hz(0))
    (at_a, off_a), (at_b, off_b) = (
        (int(number[0]), float(off[0]))
        for number, off in (a.number(np.array([a.end_ps])), b.number(np.array([b.begin_ps])))
    )
    less = at_b - at_a + round(off_b - off_a - passed)
    rate_hz = a.nominal.rate_hz
    wide = math.ceil(rate_hz * gap_s * (MOST_DRIFT * gap_s / 4.0 + _CLOCKS)) + _MARGIN
    return (-less if later else less), wide
