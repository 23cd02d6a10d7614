"""All stretches of a log over which the transmitter's clock can be followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.clock.follow import Windows, follow, smoothed, state_of
from satqkd.distil.clock.nominal import PS_PER_S, Nominal
from satqkd.distil.clock.periodogram import Found, search
from satqkd.distil.clock.stretch import Stretch
from satqkd.units import IntArray

LEAST_CLICKS: Final = 200
"""Fewer, and no pulse train is sought (a convention): with fifty it could not be told."""
WANTED_CLICKS: Final = (2_000, 8_000)
"""Numerical: a search takes as long a time as holds so many; the longer one where the shorter
finds nothing."""
SEARCH_S: Final = (0.025, 0.25)
"""Numerical: shortest and longest time of a search: where clicks are many, where they are few."""

_PARTS: Final = 5
"""Numerical: windows in the time of a search; odd, so that one has its middle."""
_BUSIEST: Final = 2
"""Numerical: so many times with the most clicks are searched first."""
_SPREAD: Final = 4
"""Numerical: so many along the whole are searched then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What was found of a clock in a log."""

    stretches: tuple[Stretch, ...]
    """In order of time; none overlaps another."""
    best: Found | None
    """The search that saw most, for the words of a refusal; None where there were no clicks."""


def locked(time_ps: IntArray, *, rate_hz: float) -> Locked:
    """Find the transmitter's clock in clicks and follow it as far as it goes.

    ::

        clicks     ...::::||||||||::::..    ..:::||||::...
        searched             ^                    ^           where most clicks are
        followed   <---------+--------->    <-----+---->      each way; what is left is searched

    Parameters
    ----------
    time_ps
        Times of clicks by the receiver's clock, not falling, shape (n,). [ps]
    rate_hz
        Stated pulse rate. [Hz]
    """
    stretches: list[Stretch] = []
    best: Found | None = None
    left = [(0, time_ps.size)]
    while left:
        first, end = left.pop()
        if end - first < LEAST_CLICKS:
            continue
        nominal = Nominal(rate_hz=rate_hz, origin_ps=int(time_ps[first]))
        for found, windows, window in _searches(time_ps[first:end], nominal):
            if best is None or found.power - found.needed > best.power - best.needed:
                best = found
            stretch = _followed(found, windows, window, first) if found.certain else None
            if stretch is not None:
                stretches.append(stretch)
                left += [(first, stretch.first), (stretch.end, end)]
                break
    return Locked(stretches=tuple(sorted(stretches, key=lambda own: own.first)), best=best)


def _searches(time_ps: IntArray, nominal: Nominal) -> Iterator[tuple[Found, Windows, int]]:
    """Yield what is found here and there, with the window in the middle of each search."""
    for wanted in WANTED_CLICKS:
        many = min(wanted, time_ps.size - 1)
        shortest_s = int((time_ps[many:] - time_ps[:-many]).min()) / PS_PER_S
        length_s = min(max(shortest_s, SEARCH_S[0]), SEARCH_S[1])
        length_ps = round(length_s / _PARTS * PS_PER_S)
        windows = Windows.over(time_ps, nominal=nominal, length_ps=length_ps)
        for window in _where(windows).tolist():
            own = max(window - _PARTS // 2, 0), min(window + _PARTS // 2 + 1, len(windows))
            begin, end = windows.first[own[0]], windows.first[own[1]]
            begin_ps = windows.begin_ps + (window - _PARTS // 2) * length_ps
            found = search(
                time_ps[begin:end], nominal=nominal, begin_ps=begin_ps, length_ps=_PARTS * length_ps
            )
            yield found, windows, window


def _where(windows: Windows) -> IntArray:
    """Middle windows of searches: of those with the most clicks, and of some along the whole."""
    middles = np.arange(0, len(windows), _PARTS, dtype=np.int64) + _PARTS // 2
    middles = np.minimum(middles, len(windows) - 1)
    begin, end = middles - _PARTS // 2, np.minimum(middles + _PARTS // 2 + 1, len(windows))
    clicks = windows.first[end] - windows.first[np.maximum(begin, 0)]
    order = np.argsort(-clicks, kind="stable")
    along = np.linspace(0, middles.size - 1, _SPREAD + 2)[1:-1].astype(np.int64)
    both = np.concatenate([order[:_BUSIEST], along])
    _, at = np.unique(both, return_index=True)
    some = both[np.sort(at)]
    return np.asarray(middles[some[clicks[some] >= LEAST_CLICKS // 4]])


def _followed(found: Found, windows: Windows, window: int, first: int) -> Stretch | None:
    """Follow a clock back and on from where it was found; None where it is lost at once."""
    start = state_of(found, rate_hz=windows.nominal.rate_hz, length_s=_PARTS * windows.length_s)
    back, on = (follow(windows, start, start=window, step=step) for step in (-1, 1))
    if not (len(back) and len(on)):
        return None
    begin, end = window - len(back) + 1, window + len(on)
    own = int(windows.first[begin]), int(windows.first[end])
    if own[1] - own[0] < LEAST_CLICKS:
        return None
    return Stretch(
        first=first + own[0],
        end=first + own[1],
        nominal=windows.nominal,
        begin_ps=windows.begin_ps + begin * windows.length_ps,
        length_ps=windows.length_ps,
        clock=np.concatenate([smoothed(back)[:0:-1], smoothed(on)]),
    )
