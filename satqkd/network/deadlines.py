"""Until when demands want their key, and what of it can be there by then."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from satqkd.errors import SatqkdError, SatqkdWarning
from satqkd.forecast.forecast import Forecast
from satqkd.mission.demand import Demand
from satqkd.mission.mission import Mission
from satqkd.network.milestones import milestones_of
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until when one pair wants its key, or an amount of it."""

    by_s: float
    """From the beginning of the window. [s]"""
    stations: frozenset[int]
    """Indices of the two."""
    relayed: bool
    """Whether key of either of them alone can be for the pair."""

    def concerns(self, stations: frozenset[int]) -> bool:
        """Whether a block of one station, or of two, can make key for the pair."""
        return stations <= self.stations and (self.relayed or len(stations) > 1)


def deadlines_of(
    forecast: Forecast,
    *,
    undivided: Collection[frozenset[int]] = (),
    sooner: Mapping[frozenset[int], float] | None = None,
) -> list[Deadline]:
    """List the deadlines of demands, and the instants by which they ask for an amount.

    Parameters
    ----------
    forecast
        Passes of the mission.
    undivided
        Pairs of stations whose deadlines are left out.
    sooner
        Pairs whose deadlines are at another instant, and no later; None for none. [s]

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
    found = []
    for demand, milestones in zip(
        mission.demands, milestones_of(mission, forecast.timebase), strict=True
    ):
        instants = {one.by_s for one in milestones if np.isfinite(one.by_s)}
        if demand.by is not None:
            _check(mission, demand, demand.by, last=last)
            instants.add(forecast.timebase.seconds(demand.by))
        pair = frozenset((demand.station_a, demand.station_b))
        latest_s = (sooner or {}).get(pair, np.inf)
        found += [
            Deadline(by_s=min(by_s, latest_s), stations=pair, relayed=demand.trusted_relay)
            for by_s in sorted(instants)
            if pair not in undivided
        ]
    return found


def _check(mission: Mission, demand: Demand, by: datetime, *, last: datetime) -> None:
    """Refuse a deadline before the window, and tell of one after it."""
    pair = " and ".join(
        mission.stations[one].site.name for one in (demand.station_a, demand.station_b)
    )
    if by <= mission.start:
        raise SatqkdError(
            f"demands: {pair} want their key by {by:%Y-%m-%dT%H:%M:%SZ}, before the "
            f"window begins at {mission.start:%Y-%m-%dT%H:%M:%SZ}\n"
            "  fix: write a later 'by', or leave the demand out"
        )
    if by > last:
        warnings.warn(
            f"demands: {pair} want their key by {by:%Y-%m-%dT%H:%M:%SZ}, after the "
            "window: all of it is in time",
            SatqkdWarning,
            stacklevel=3,
        )


def cut_at(
    deadlines: Sequence[Deadline], forecast: Forecast, groups: Sequence[IntArray]
) -> Iterator[IntArray]:
    """Divide blocks at deadlines of their stations: each is key in time or not as a whole."""
    delay_s = distilling_s(forecast.mission)
    for own in groups:
        satellite = int(forecast.contacts.satellite[own[0]])
        ready_s = forecast.yields.usable_end_s[own] + delay_s[satellite]
        stations = frozenset(int(ends[own[0]]) for ends in forecast.contacts.stations)
        own_s = [one.by_s for one in deadlines if one.concerns(stations)]
        late = np.searchsorted(np.unique(own_s), ready_s)
        yield from np.split(own, np.flatnonzero(np.diff(late)) + 1)


def dividing(
    deadlines: Sequence[Deadline], passes: Forecast, group: IntArray, early_s: FloatArray
) -> tuple[frozenset[int], ...]:
    """List the pairs whose deadlines divide a block: some of its contacts are key by then only.

    Parameters
    ----------
    deadlines, passes
        Of all demands; contacts.
    group
        The block; numbers from the number of contacts on are those flown before.
    early_s
        When each of the latter can be key. [s]
    """
    own = group[group < len(passes)]
    if not own.size:
        return ()
    contacts = passes.contacts
    delay_s = distilling_s(passes.mission)[int(contacts.satellite[own[0]])]
    ready_s = np.concatenate(
        (
            passes.yields.usable_end_s[own] + delay_s,
            early_s[group[group >= len(passes)] - len(passes)],
        )
    )
    stations = frozenset(int(ends[own[0]]) for ends in contacts.stations)
    found = [
        one.stations
        for one in deadlines
        if one.concerns(stations) and ready_s.min() <= one.by_s < ready_s.max()
    ]
    return tuple(dict.fromkeys(found))


def distilling_s(mission: Mission) -> FloatArray:
    """From the end of a contact with each satellite to its key, at the latest; 0 if not given."""
    ways = [mission.distilled(craft) for craft in range(len(mission.spacecraft))]
    return np.array([0.0 if how is None else how.after_contact_s for how in ways])
