"""Who is never in sight of anybody."""

from __future__ import annotations

import numpy as np

from satqkd.forecast.forecast import Forecast


def never_seen(forecast: Forecast) -> tuple[list[str], list[str]]:
    """Name the stations without a single pass, and the satellites."""
    mission, contacts = forecast.mission, forecast.contacts
    passes = forecast.passes.take(~contacts.hidden[0])
    stations = np.isin(np.arange(len(mission.stations)), passes.station)
    satellites = np.isin(np.arange(len(mission.spacecraft)), passes.satellite)
    return (
        [one.site.name for one, seen in zip(mission.stations, stations, strict=True) if not seen],
        [
            one.satellite.name
            for one, seen in zip(mission.spacecraft, satellites, strict=True)
            if not seen
        ],
    )
