"""A table for each telescope and contact, which its controller follows."""

from __future__ import annotations

from collections.abc import Iterator

from satqkd.network.hand_over import Handed, HandOver
from satqkd.network.tracking import Sampling, tracking
from satqkd.report.export.csv import csv_chunks
from satqkd.report.export.handed import ExportFile, Issue, Made, file_name, station_slugs
from satqkd.report.tables.tracking import TRACKING_COLUMNS


def track_files(given: HandOver, issue: Issue) -> Made:
    """Return a table for each contact and station, followed when it is written."""
    mission, names = given.mission, station_slugs(given.mission)
    files = []
    for contact in given.contacts:
        for arm, station in enumerate(contact.stations):
            ground = mission.stations[station]
            files.append(
                ExportFile(
                    name=file_name(
                        "track",
                        contact.contact_key,
                        f"at-{names[station]}" if len(contact.stations) > 1 else None,
                        issue.plan_id,
                        ending="csv",
                    ),
                    content=_table(given, contact, arm, issue.sampling),
                    about={
                        "format": "CSV (RFC 4180)",
                        "contact_key": contact.contact_key,
                        "pass_id": contact.pass_id[arm],
                        "satellite": mission.spacecraft[contact.satellite].satellite.name,
                        "station": ground.site.name,
                        "rate_hz": issue.sampling.rate_hz,
                        "mount": "none given: azimuths begin in 0…360°"
                        if ground.terminal.mount is None
                        else "in the turn of its cable",
                    },
                )
            )
    return files, ()


def _table(given: HandOver, contact: Handed, arm: int, sampling: Sampling) -> Iterator[bytes]:
    yield from csv_chunks(TRACKING_COLUMNS, [tracking(given, contact, arm, sampling=sampling)])
