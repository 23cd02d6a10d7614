"""Until when demands want their key, and what of it can be there by then."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from satqkd.errors import SatqkdError, SatqkdWarning
from satqkd.forecast.forecast import Forecast
from satqkd.mission.mission import Mission
from satqkd.units import FloatArray, IntArray


def deadlines_s(forecast: Forecast) -> dict[int, list[float]]:
    """When demands want their key, of those that say it, by the index of their stations. [s]

    Raises
    ------
    SatqkdError
        For one before the window, by which no plan can give any key.

    Warns
    -----
    SatqkdWarning
        For one so late that it leaves nothing out.
    """
    mission = forecast.mission
    last = mission.start + timedelta(
        seconds=mission.duration_s + float(distilling_s(mission).max(initial=0.0))
    )
    found: dict[int, list[float]] = {}
    for demand in mission.demands:
        if demand.by is None:
            continue
        pair = " and ".join(
            mission.stations[one].site.name for one in (demand.station_a, demand.station_b)
        )
        if demand.by <= mission.start:
            raise SatqkdError(
                f"demands: {pair} want their key by {demand.by:%Y-%m-%dT%H:%M:%SZ}, before the "
                f"window begins at {mission.start:%Y-%m-%dT%H:%M:%SZ}\n"
                "  fix: write a later 'by', or leave the demand out"
            )
        if demand.by > last:
            warnings.warn(
                f"demands: {pair} want their key by {demand.by:%Y-%m-%dT%H:%M:%SZ}, after the "
                "window: all of it is in time",
                SatqkdWarning,
                stacklevel=2,
            )
        for station in (demand.station_a, demand.station_b):
            found.setdefault(station, []).append(forecast.timebase.seconds(demand.by))
    return found


def cut_at(
    deadlines: Sequence[float], forecast: Forecast, groups: Sequence[IntArray]
) -> Iterator[IntArray]:
    """Divide blocks at deadlines of their stations [s]: each is key in time or not as a whole."""
    delay_s = distilling_s(forecast.mission)
    for own in groups:
        satellite = int(forecast.contacts.satellite[own[0]])
        ready_s = forecast.yields.usable_end_s[own] + delay_s[satellite]
        late = np.searchsorted(np.unique(deadlines), ready_s)
        yield from np.split(own, np.flatnonzero(np.diff(late)) + 1)


def distilling_s(mission: Mission) -> FloatArray:
    """From the end of a contact with each satellite to its key, at the latest; 0 if not given."""
    ways = [mission.distilled(craft) for craft in range(len(mission.spacecraft))]
    return np.array([0.0 if how is None else how.after_contact_s for how in ways])
