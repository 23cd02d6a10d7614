"""Which of a satellite's ephemeris sources is used in which interval of the window."""

from __future__ import annotations

import numpy as np

from satqkd.elements.satellite import Satellite
from satqkd.passes.manoeuvres import border_s, used_span_s
from satqkd.passes.nodes import PLAIN_PERIOD_S
from satqkd.passes.tabulated import span_s
from satqkd.passes.timebase import Timebase

OVERLAP_S = 7_200.0
"""How far beyond its own interval of time an element set of a low orbit is searched, so that a
pass that straddles two intervals is found whole in both. Longer than any low pass. [s]"""


def source_intervals(
    satellite: Satellite, timebase: Timebase, duration_s: float
) -> list[tuple[int, float, float]]:
    """Choose the source for each interval of the window.

    Parameters
    ----------
    satellite
        With element sets, trajectories or both.
    timebase
        Second 0 is the beginning of the window.
    duration_s
        Length of the window. [s]

    Returns
    -------
    list
        Index of the source, first and last second. Element sets where each is the nearest that no
        declared manoeuvre parts from it, if no trajectory covers all of that; trajectories as far
        as they reach, and not across a manoeuvre after they were made.
    """
    covered = _covered(satellite, timebase, duration_s)
    return [
        *(
            (i, max(0.0, begin - overlap_s), min(duration_s, end + overlap_s))
            for i, begin, end, overlap_s in _nearest(satellite, timebase)
            if begin < duration_s and end > 0.0
            if not any(
                start <= max(0.0, begin) and min(duration_s, end) <= stop
                for _, start, stop in covered
            )
        ),
        *covered,
    ]


def _nearest(satellite: Satellite, timebase: Timebase) -> list[tuple[int, float, float, float]]:
    """Element sets, from when to when each is nearest, and how far beyond it is searched. [s]"""
    sets = satellite.element_sets
    middles = [border_s(satellite, i, timebase) for i in range(len(sets) - 1)]
    borders = [-np.inf, *middles, np.inf]
    low = bool(sets) and sets[-1].period_s < PLAIN_PERIOD_S
    overlap_s = OVERLAP_S if low else 0.0
    return [(i, borders[i], borders[i + 1], overlap_s) for i in range(len(sets))]


def _covered(
    satellite: Satellite, timebase: Timebase, duration_s: float
) -> list[tuple[int, float, float]]:
    """Trajectories with the part of the window each covers. [s]"""
    spans = [
        (len(satellite.element_sets) + number, *used_span_s(satellite, number, timebase))
        for number in range(len(satellite.trajectories))
    ]
    return [
        (i, max(0.0, start), min(duration_s, end))
        for i, start, end in spans
        if max(0.0, start) < min(duration_s, end)
    ]


def uncovered(satellite: Satellite, timebase: Timebase, duration_s: float) -> list[str]:
    """Sentence on the parts of the window without positions; empty where there are none."""
    if satellite.element_sets:
        return []
    gaps, reached_s = [], 0.0
    spans = sorted(span[1:] for span in _covered(satellite, timebase, duration_s))
    for start, end in [*spans, (duration_s, duration_s)]:
        if start > reached_s:
            gaps.append(" to ".join(timebase.iso(np.array([reached_s, start]), digits=0)))
        reached_s = max(reached_s, end)
    if not gaps:
        return []
    there = [
        f"{source.source} "
        + " to ".join(timebase.iso(np.array(span_s(source, timebase)), digits=0))
        for source in satellite.trajectories
    ]
    return [
        f"{satellite.name}: no ephemeris covers {', '.join(gaps)}; there are {', '.join(there)}"
    ]
