"""The plan as a simple schedule of CCSDS (902.1-B-1), in XML.

CCSDS's own schema was not at hand: elements and attributes are those of files that agencies and
exporters write, and a grammar of ours is what the tests hold files against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np

from satqkd.network.hand_over import Handed, HandOver
from satqkd.report.export.handed import (
    ExportFile,
    Issue,
    Made,
    file_name,
    mission_slug,
    station_slugs,
)
from satqkd.report.export.printable import visible

NAMESPACE: Final = "urn:ccsds:schema:cssm:1.0.0"
"""Of cross-support service management."""

LONGEST_USER: Final = 64
"""Longest name of a user. [letters]"""


def ssf_files(given: HandOver, issue: Issue) -> Made:
    """Return one schedule of all contacts."""
    return (
        [
            ExportFile(
                name=file_name(
                    mission_slug(given.mission), "schedule", issue.plan_id, ending="xml"
                ),
                content=simple_schedule(given, issue),
                about={
                    "format": "simple schedule (CCSDS 902.1-B-1), not validated against CCSDS's "
                    "schema",
                    "activities": sum(len(one.stations) for one in given.contacts),
                },
            )
        ],
        (),
    )


def simple_schedule(given: HandOver, issue: Issue) -> bytes:
    """Write a schedule: one package a contact, one activity a station.

    An activity lasts from when its station prepares until the set, its track from rise to set. No
    registry has an optical service yet: its type is TBD, its band N/A, as live files have them.

    Parameters
    ----------
    given
        The contacts.
    issue
        When what it says was known, which contacts are committed (others are tentative), and
        whether the namespace is named.

    References
    ----------
    .. [1] CCSDS 902.1-B-1, *Cross Support Service Management: Simple Schedule Format
       Specification*, 2018 (recalled).
    """
    mission, names = given.mission, station_slugs(given.mission)
    start, end = given.timebase.utc_of(np.array([0.0, mission.duration_s]))
    root = f" xmlns={quoteattr(NAMESPACE)}" if issue.namespace else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<simpleSchedule{root}>",
        _tag(
            "  <simpleScheduleHeader",
            originatingOrganization="satqkd",
            generationTime=day_of_year(issue.issued),
            version="1",
            startTime=day_of_year(start),
            endTime=day_of_year(end),
            status="OPERATIONAL",
            inclusionType="OVERLAP_INCLUSION",
        )
        + "/>",
        *(
            line
            for one in given.contacts
            for line in _package(given, one, names, committed=one.contact_key in issue.committed)
        ),
        "</simpleSchedule>",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _package(
    given: HandOver, contact: Handed, names: Sequence[str], *, committed: bool
) -> Iterator[str]:
    bits = contact.planned_bits
    planned = "" if bits is None else f"{bits} bit planned"
    user = given.mission.spacecraft[contact.satellite].satellite.name
    yield (
        _tag(
            "  <scheduledPackage",
            user=user[:LONGEST_USER],
            comment=planned,
            scheduledPackageId=contact.contact_key,
        )
        + ">"
    )
    for station, one in zip(contact.stations, contact.passes, strict=True):
        setup_s = given.mission.stations[station].terminal.setup_s
        rise_s, set_s = float(one.rise_s[0]), float(one.set_s[0])
        ready, rise, sets = given.timebase.utc_of(np.array([rise_s - setup_s, rise_s, set_s]))
        yield (
            _tag(
                "    <scheduledActivity",
                scheduledActivityId=f"{contact.contact_key}.{names[station]}",
                siteRef=names[station],
                apertureRef=names[station],
                orbitNumber=str(contact.revolution),
                beginningOfActivity=day_of_year(ready),
                endOfActivity=day_of_year(sets),
                beginningOfTrack=day_of_year(rise),
                endOfTrack=day_of_year(sets),
                activityStatus="COMMITTED" if committed else "TENTATIVE",
            )
            + ">"
        )
        yield '      <serviceInfo serviceType="TBD" frequencyBand="N/A"/>'
        yield "    </scheduledActivity>"
    yield "  </scheduledPackage>"


def _tag(name: str, **attributes: str) -> str:
    """Begin an element with its attributes."""
    return " ".join(
        [name, *(f"{key}={quoteattr(visible(value))}" for key, value in attributes.items())]
    )


def day_of_year(moment: datetime) -> str:
    """Write an instant with its day of the year.

    Examples
    --------
    >>> day_of_year(datetime(2016, 12, 31, 17, 22, 4, 557_000, tzinfo=UTC))
    '2016-366T17:22:04.557Z'
    """
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%jT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
