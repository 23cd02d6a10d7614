"""Declared manoeuvres: across one, elements and ephemerides say nothing."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from satqkd.elements.satellite import Satellite
from satqkd.errors import SatqkdWarning
from satqkd.passes.tabulated import span_s
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

NONE = -1
"""Index of a manoeuvre where there is none."""


def spans_s(satellite: Satellite, timebase: Timebase) -> list[tuple[float, float]]:
    """Begin and end of each manoeuvre. [s]"""
    seconds = timebase.seconds
    return [(seconds(one.from_), seconds(one.to)) for one in satellite.manoeuvres]


def used_span_s(satellite: Satellite, number: int, timebase: Timebase) -> tuple[float, float]:
    """First and last second at which one of a satellite's trajectories is used. [s]

    One that was made before a manoeuvre is used no longer than until that begins; of what was
    before it was made it says how it came.
    """
    table = satellite.trajectories[number]
    start_s, end_s = span_s(table, timebase)
    made_s = timebase.seconds(table.epoch)
    later = [begin for begin, done in spans_s(satellite, timebase) if made_s < done]
    return start_s, min([end_s, *later])


def border_s(satellite: Satellite, number: int, timebase: Timebase) -> float:
    """Second at which element set ``number + 1`` takes over from the one before it. [s]

    Half-way between their epochs; where manoeuvres lie between, no set is used across the one
    next to it as long as another is not across any.
    """
    one, other = (timebase.seconds(own.epoch) for own in satellite.element_sets[number:][:2])
    spans = spans_s(satellite, timebase)
    first = min((begin for begin, _ in spans if one <= begin < other), default=-np.inf)
    last = max((done for _, done in spans if one < done <= other), default=np.inf)
    return float(np.clip(0.5 * (one + other), first, last))


def crossed(
    satellite: Satellite,
    timebase: Timebase,
    *,
    source: IntArray,
    start_s: FloatArray,
    end_s: FloatArray,
) -> IntArray:
    """First manoeuvre between what is known of a satellite and contacts predicted from it.

    Parameters
    ----------
    satellite, timebase
        With its manoeuvres.
    source
        Index of the source of each contact, shape (n,).
    start_s, end_s
        When they begin and end. [s]

    Returns
    -------
    IntArray
        Index of the manoeuvre; :data:`NONE` where none lies between, or where a trajectory was
        made after all of them.
    """
    epoch_s = np.array([timebase.seconds(own.epoch) for own in satellite.sources])[source]
    tabulated = source >= len(satellite.element_sets)
    found = np.full(source.size, NONE, dtype=np.int64)
    for index, (begin, done) in reversed(list(enumerate(spans_s(satellite, timebase)))):
        before = (epoch_s <= begin) & (end_s <= begin)
        after = (epoch_s >= done) & ((start_s >= done) | tabulated)
        found[~(before | after)] = index
    return found


def superseded(
    satellite: Satellite,
    timebase: Timebase,
    *,
    source: IntArray,
    start_s: FloatArray,
    end_s: FloatArray,
) -> BoolArray:
    """Whether contacts are predicted across a manoeuvre though an element set is not across any.

    Parameters
    ----------
    satellite, timebase, source, start_s, end_s
        As for :func:`crossed`.
    """
    span = {"start_s": start_s, "end_s": end_s}
    found = crossed(satellite, timebase, source=source, **span) != NONE
    better = np.zeros(source.size, dtype=np.bool_)
    for number in range(len(satellite.element_sets)):
        better |= crossed(satellite, timebase, source=np.full_like(source, number), **span) == NONE
    return np.asarray(found & better)


def warn_of_manoeuvres(satellite: Satellite, timebase: Timebase, *, duration_s: float) -> None:
    """Warn of the parts of the window for which a satellite has no elements of their own."""
    told = list(_without_elements(satellite, timebase, duration_s))
    if told:
        warnings.warn(
            f"{satellite.name}: no elements {'; '.join(told)}: its passes there give no key; "
            "newer elements bring them back",
            SatqkdWarning,
            stacklevel=2,
        )


def _without_elements(satellite: Satellite, timebase: Timebase, duration_s: float) -> Iterator[str]:
    spans = sorted(spans_s(satellite, timebase))
    if not spans:
        return
    epochs = [timebase.seconds(own.epoch) for own in satellite.element_sets]
    used = [used_span_s(satellite, i, timebase) for i in range(len(satellite.trajectories))]
    quiet = [-np.inf, *(edge for span in spans for edge in span), np.inf]
    for begin, end in list(pairwise(quiet))[::2]:
        seen = max(begin, 0.0), min(end, duration_s)
        if seen[0] >= seen[1]:
            continue
        own = any(begin <= epoch <= end for epoch in epochs)
        if own or any(start <= seen[0] and seen[1] <= stop for start, stop in used):
            continue
        sides = [
            f"{word} {timebase.iso(np.array([edge]), digits=0)[0]}"
            for word, edge in (("after the manoeuvre of", begin), ("before that of", end))
            if np.isfinite(edge)
        ]
        yield " and ".join(sides)
