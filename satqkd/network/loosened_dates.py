"""Stretches of time that hide contacts: outages, absence of a station, windows to avoid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from satqkd.elements.synthetic import design_name
from satqkd.forecast.obstacles import utc
from satqkd.mission.avoid import AvoidWindow
from satqkd.network.levers import Act, Hidden, Lever
from satqkd.network.situation import Situation
from satqkd.passes.station import Outage, Period


def outages(hidden: Hidden) -> Iterator[Lever]:
    """Yield every outage of its stations and its satellite that reaches into a contact."""
    satellite, crafts = hidden.satellite, hidden.mission.spacecraft
    for station in hidden.stations:
        for outage in filter(hidden.meets, hidden.mission.stations[station].site.outages):
            yield _lift(hidden.name(station), outage, _put_at(station, outage))
    for outage in filter(hidden.meets, crafts[satellite].outages):
        yield _lift(hidden.satellite_name, outage, _put_on(satellite, outage))


def _lift(name: str, outage: Outage, put: Callable[[Situation], Situation]) -> Act:
    span = f"from {utc(outage.from_)} to {utc(outage.to)}"
    return Act(words=f"lift the outage of {name} {span} ({outage.why})", put=put)


def _put_at(station: int, outage: Outage) -> Callable[[Situation], Situation]:
    def put(one: Situation) -> Situation:
        there = one.mission.stations[station].site.outages
        return one.with_site([station], outages=(*there, outage))

    return put


def _put_on(satellite: int, outage: Outage) -> Callable[[Situation], Situation]:
    def put(one: Situation) -> Situation:
        return one.with_outages_of(
            [satellite], (*one.mission.spacecraft[satellite].outages, outage)
        )

    return put


def availability(hidden: Hidden) -> Iterator[Lever]:
    """Yield when each station would have to stand there, to whole seconds."""
    contacts, timebase = hidden.followed.contacts, hidden.followed.timebase
    begin, end = (
        timebase.utc(float(second_s[0])).replace(microsecond=0)
        for second_s in (contacts.start_s, contacts.end_s)
    )
    end += timedelta(seconds=1)
    for station in hidden.stations:
        own = hidden.mission.stations[station].site.available
        if own is None:
            continue
        there, words = own, list[str]()
        if own.from_ is not None and begin < own.from_:
            there = replace(there, from_=begin)
            words.append(f"from {utc(begin)}, not {utc(own.from_)}")
        if own.to is not None and own.to < end:
            there = replace(there, to=end)
            words.append(f"until {utc(end)}, not {utc(own.to)}")
        yield Act(
            words=f"have {hidden.name(station)} available {' and '.join(words)}",
            put=_put_period(station, own),
            done=_put_period(station, there),
        )


def _put_period(station: int, period: Period) -> Callable[[Situation], Situation]:
    return lambda one: one.with_site([station], available=period)


def windows_to_avoid(hidden: Hidden) -> Iterator[Lever]:
    """Yield every window to avoid that reaches into a contact."""
    satellite = hidden.mission.spacecraft[hidden.satellite].satellite
    for window in filter(hidden.meets, hidden.mission.avoid):
        names = satellite.name, design_name(satellite)
        if any(window.concerns(*names, hidden.name(station)) for station in hidden.stations):
            yield Act(
                words=f"lift the window to avoid from {utc(window.from_)} to {utc(window.to)} "
                f"({window.why})",
                put=_put_window(window),
            )


def _put_window(window: AvoidWindow) -> Callable[[Situation], Situation]:
    def put(one: Situation) -> Situation:
        return replace(one, mission=replace(one.mission, avoid=(*one.mission.avoid, window)))

    return put
