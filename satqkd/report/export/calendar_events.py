"""Events of a calendar from contacts: what a person on the night reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np

from satqkd.network.hand_over import Handed, HandOver
from satqkd.report.export.handed import (
    ExportFile,
    Issue,
    Made,
    ends_in_words,
    file_name,
    mission_slug,
    station_slugs,
)
from satqkd.report.export.ics import CalendarEvent, calendar, updated


def ics_files(given: HandOver, issue: Issue) -> Made:
    """Return a calendar of all contacts, and one of each of several stations.

    Their names are those of every plan, so that who subscribes to one hears of the next.
    """
    mission = given.mission
    own, events = mission_slug(mission), _events(given, issue)
    every = calendar(events, mission=own, name=mission.name, issued=issue.issued, feed=issue.feed)
    files = [
        ExportFile(
            name=file_name(own, ending="ics"),
            content=every,
            about={"format": "iCalendar (RFC 5545)", "events": len(events)},
        )
    ]
    every_one = (*given.contacts, *issue.dropped)
    used = sorted({one for contact in every_one for one in contact.stations})
    for station in used if len(used) > 1 else ():
        site, here = mission.stations[station].site, _events(given, issue, station=station)
        files.append(
            ExportFile(
                name=file_name(own, station_slugs(mission)[station], ending="ics"),
                content=calendar(
                    here,
                    mission=own,
                    name=f"{mission.name}: {site.name}",
                    issued=issue.issued,
                    zone=site.timezone,
                    feed=issue.feed,
                ),
                about={
                    "format": "iCalendar (RFC 5545)",
                    "station": site.name,
                    "zone": site.timezone or "UTC",
                    "events": len(here),
                },
            )
        )
    return files, ()


def _events(given: HandOver, issue: Issue, *, station: int | None = None) -> list[CalendarEvent]:
    """Return the events of all contacts, or of those with a station; with those dropped."""
    gone = replace(given, contacts=issue.dropped)
    if station is not None:
        given, gone = given.at([station]), gone.at([station])
    return updated(
        calendar_events(given, issue),
        sequence=issue.sequence,
        committed=issue.committed,
        cancelled=calendar_events(gone, issue),
    )


def calendar_events(given: HandOver, issue: Issue) -> list[CalendarEvent]:
    """Return an event for each contact, in order of time."""
    return [_event(given, one, issue) for one in given.contacts]


def _event(given: HandOver, contact: Handed, issue: Issue) -> CalendarEvent:
    sites = [given.mission.stations[one].site for one in contact.stations]
    start, end = given.timebase.utc_of(np.array([contact.ready_s, contact.last_set_s]))
    places = [(site.latitude_deg, site.longitude_deg) for site in sites]
    return CalendarEvent(
        contact_key=contact.contact_key,
        start=start,
        end=end,
        summary=_summary(given, contact),
        description="\n".join(_run_sheet(given, contact, issue)),
        location=" + ".join(site.name for site in sites),
        place_deg=places[0] if len(places) == 1 else None,
    )


def _summary(given: HandOver, contact: Handed) -> str:
    (rise,) = given.timebase.utc_of(np.array([contact.start_s]))
    bits = contact.planned_bits
    words = [ends_in_words(given, contact), f"{rise:%H:%M:%S}Z", f"{_highest_deg(contact):.0f}°"]
    if bits is not None:
        words.append(f"{bits / 1e3:,.0f} kbit")
    return " ".join(words)


def _highest_deg(contact: Handed) -> float:
    return float(contact.passes[0].max_elevation_deg[0])


def _run_sheet(given: HandOver, contact: Handed, issue: Issue) -> Iterator[str]:
    """Steps in UTC and in the time of each station, then where they come from."""
    sites = [given.mission.stations[one].site for one in contact.stations]
    zones = tuple(dict.fromkeys(site.timezone for site in sites if site.timezone))

    def step(what: str, second_s: float, angles: str) -> str:
        (moment,) = given.timebase.utc_of(np.array([second_s]))
        local = "".join(
            f"  {moment.astimezone(ZoneInfo(zone)):%a %H:%M:%S} {zone}" for zone in zones
        )
        return f"{what:<9}{moment:%H:%M:%S}Z{local}{angles}"

    steps = [(contact.ready_s, "Ready", "")]
    for site, one in zip(sites, contact.passes, strict=True):
        at = f" {site.name}" if len(sites) > 1 else ""
        azimuth, elevation = one.culmination_azimuth_deg[0], one.max_elevation_deg[0]
        highest = f"{azimuth:.0f}° el {elevation:.1f}°{at}"
        steps += [
            (float(one.rise_s[0]), "Rise", f"  az {one.rise_azimuth_deg[0]:.0f}°{at}"),
            (float(one.culmination_s[0]), "Highest", f"  az {highest}"),
            (float(one.set_s[0]), "Set", f"  az {one.set_azimuth_deg[0]:.0f}°{at}"),
        ]
    if contact.key_s is not None:
        first_s, last_s = contact.key_s
        steps += [
            (first_s, "Key from", ""),
            (last_s, "Key to", f"  after {last_s - first_s:.0f} s"),
        ]
    for second_s, what, angles in sorted(steps, key=lambda one: one[0]):
        yield step(what, second_s, angles)
    decision = contact.decision
    if contact.planned_bits is not None:
        yield f"Planned {contact.planned_bits:,} bit under a clear sky"
    if decision is not None and decision.reason:
        yield decision.reason[:1].upper() + decision.reason[1:]
    source = given.mission.spacecraft[contact.satellite].satellite.sources[contact.source]
    yield f"Contact {contact.contact_key}"
    for name in contact.pass_id:
        yield f"Pass {name}"
    if issue.plan_id is not None:
        yield f"Plan {issue.plan_id}"
    yield f"Elements of {source.epoch.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
