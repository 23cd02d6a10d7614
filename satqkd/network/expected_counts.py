"""What contacts left behind as they were planned, where nothing was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from satqkd.forecast.arms import Sky
from satqkd.forecast.contact_id import contact_keys
from satqkd.forecast.forecast import Forecast, follow
from satqkd.forecast.stream import Chosen, found_passes
from satqkd.forecast.systems import PassSystems
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.followed_parts import followed_in_part
from satqkd.network.last_plan import LastContact
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import pass_contacts
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
    timebase = Timebase.starting(first)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=length_s)
    spans = {one.contact_key: one for one in contacts}
    for found in found_passes(window, timebase, _whose(window, contacts), hidden=True):
        sky = Sky(timebase=timebase, bodies=bodies, chains=found.passes.chains)
        passes = pass_contacts(found.passes.table, found.hidden)
        keys = contact_keys(window, passes)
        table = passes.arms[0]
        order = np.lexsort((table.station, table.rise_s, table.satellite)).tolist()
        rows = [row for row in order if keys[row] in spans]
        if rows:
            flown = follow(
                window,
                passes.take(np.array(rows, dtype=np.int64)),
                sky,
                systems=PassSystems(mission=window),
                pass_id=(tuple(found.pass_id[row] for row in rows),),
                contact_key=tuple(keys[row] for row in rows),
                distil=False,
            )
            yield from _counts(flown, [spans[key] for key in flown.contact_key])


def _whose(mission: Mission, contacts: Sequence[LastContact]) -> Chosen:
    """Satellites and stations of some contacts; those that the mission no longer has left out."""
    crafts = {one.satellite for one in contacts}
    grounds = {name for one in contacts for name in one.stations}
    return Chosen(
        satellites=[n for n, one in enumerate(mission.spacecraft) if one.satellite.name in crafts],
        stations=[n for n, one in enumerate(mission.stations) if one.site.name in grounds],
    )


def _counts(forecast: Forecast, spans: Sequence[LastContact]) -> Iterator[OpeningCounts]:
    timebase = forecast.timebase
    found = followed_in_part(
        forecast,
        np.arange(len(forecast)),
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
