"""When passes are scheduled: the whole of their usable time, a part of it, or windows within."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from satqkd.network.plan import Plan
from satqkd.units import BoolArray, FloatArray, IntArray

Spans = Mapping[int, tuple[tuple[float, float], ...]]
"""For each pass from when until when it is scheduled, once or more often. [s]"""


def scheduled_spans(plan: Plan) -> Spans:
    """Say when passes that are scheduled, alone or as one arm of a joint contact, are used."""
    passes, windows = plan.forecast.passes, plan.windows
    found: dict[int, list[tuple[float, float]]] = {index: [] for index in plan.scheduled_key}
    for index in np.flatnonzero(plan.passes.scheduled).tolist():
        span = float(plan.passes.start_s[index]), float(plan.passes.end_s[index])
        found[index].append(span)
    for window in np.flatnonzero(windows.scheduled).tolist():
        span = float(windows.start_s[window]), float(windows.end_s[window])
        for index, own in found.items():
            if (
                passes.satellite[index] == windows.satellite[window]
                and passes.station[index] in {windows.station[window], windows.partner[window]}
                and passes.rise_s[index] <= span[0]
                and passes.set_s[index] >= span[1]
            ):
                own.append(span)
    return {index: tuple(own) for index, own in found.items()}


def within(spans: Spans, passes: IntArray, starts: IntArray, time_s: FloatArray) -> BoolArray:
    """Which samples are in the time for which their pass is scheduled.

    Parameters
    ----------
    spans
        As :func:`scheduled_spans` gives them.
    passes
        Passes in the order of their samples.
    starts
        Offsets of their samples, one more than there are passes.
    time_s
        Instants of the samples. [s]
    """
    inside = np.zeros(time_s.size, dtype=np.bool_)
    for place, index in enumerate(passes.tolist()):
        here = slice(int(starts[place]), int(starts[place + 1]))
        for start_s, end_s in spans.get(index, ()):
            inside[here] |= (time_s[here] >= start_s) & (time_s[here] <= end_s)
    return inside
