"""One pass of a plan, scheduled or not, followed again second by second, without the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, forecast
from satqkd.mission.mission import Mission

AROUND: Final = timedelta(minutes=10)
"""So much before and after a pass is searched for it; whole steps of samples."""


def pass_again(
    mission: Mission, *, satellite: str, station: str, pass_id: str, rise: datetime, set_: datetime
) -> Forecast:
    """Return a pass with its series, as a plan has that of scheduled ones.

    Samples that a limit takes are there too, with its name; of a pass of which limits take all,
    loss and rates are what they would be without them.

    Parameters
    ----------
    mission
        That the plan was made from.
    satellite, station, pass_id, rise, set_
        The pass, as passes.csv has it.

    Raises
    ------
    SatqkdError
        If it is not found again.
    """
    crafts = [one.satellite.name for one in mission.spacecraft]
    stations = [one.site.name for one in mission.stations]
    if satellite not in crafts or station not in stations:
        raise SatqkdError(f"the mission has no {satellite} over {station}\n  fix: plan again")
    whole = (rise - AROUND - mission.start) // AROUND * AROUND  # so that samples lie as in the plan
    begin = mission.start + max(whole, timedelta())
    end = min(mission.start + timedelta(seconds=mission.duration_s), set_ + AROUND)
    near = replace(
        mission,
        start=begin,
        duration_s=(end - begin).total_seconds(),
        counted_from=mission.counted_from or mission.start,
    )
    chosen = Chosen(satellites=[crafts.index(satellite)], stations=[stations.index(station)])
    found = forecast(near, chosen)
    if pass_id not in found.ids:
        raise SatqkdError(f"{pass_id} is not found again\n  fix: plan again")
    own = np.array([found.ids.index(pass_id)])
    return found.with_series(own, every=True)
