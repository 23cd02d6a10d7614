"""What contacts left behind as they were planned, where nothing was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.followed_parts import followed_in_part
from satqkd.network.last_plan import LastContact
from satqkd.passes.timebase import Timebase

BEFORE_S = 3_600.0
"""Numerical: contacts that are followed again for what they left begin so long after the window of
that search, so that none is cut. [s]"""


def expected_counts(mission: Mission, contacts: Sequence[LastContact]) -> Iterator[OpeningCounts]:
    """Forecast what contacts left behind, as they were planned."""
    if not contacts:
        return
    first = min(one.rise for one in contacts) - timedelta(seconds=BEFORE_S)
    length_s = (max(one.end for one in contacts) - first).total_seconds() + BEFORE_S
    window = replace(mission, start=first, duration_s=length_s, opening=(), together=())
    chosen = Chosen.all_of(window)
    spans = {one.contact_key: one for one in contacts}
    for chunk in stream(window, chosen, distil=False):
        rows = [row for row, key in enumerate(chunk.contact_key) if key in spans]
        if rows:
            yield from _counts(chunk, rows, [spans[chunk.contact_key[row]] for row in rows])


def _counts(
    forecast: Forecast, rows: Sequence[int], spans: Sequence[LastContact]
) -> Iterator[OpeningCounts]:
    timebase: Timebase = forecast.timebase
    found = followed_in_part(
        forecast,
        np.array(rows, dtype=np.int64),
        start_s=np.array([timebase.seconds(one.start) for one in spans]),
        end_s=np.array([timebase.seconds(one.end) for one in spans]),
    )
    counts = found.yields.collected
    for row, span in enumerate(spans):
        if found.yields.usable_s[row] <= 0.0:
            continue
        clicks = {
            name: tuple(np.asarray(getattr(counts, name))[row].tolist())
            for name in ("key_clicks", "key_errors", "check_clicks", "check_errors")
        }
        sent = np.broadcast_to(counts.intensities, counts.key_clicks.shape)[row]
        used = len(found.yields.systems[int(found.yields.system[row])].sent.intensities)
        yield OpeningCounts(
            contact_key=span.contact_key,
            satellite=int(found.contacts.satellite[row]),
            station=int(found.contacts.stations[0][row]),
            start=span.start,
            end=span.end,
            intensities=tuple(sent.tolist()[:used]),
            pulses=float(counts.pulses[row]),
            key_pulses=_one(counts.key_pulses, row),
            check_pulses=_one(counts.check_pulses, row),
            **{name: values[:used] for name, values in clicks.items()},
        )


def _one(values: np.ndarray | None, row: int) -> float:
    return 0.0 if values is None else float(values[row])
