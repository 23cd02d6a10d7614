"""Contacts without any light as a table: one row a contact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import cast

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.forecast.contact_id import pass_ids
from satqkd.mission.mission import Mission
from satqkd.passes.contacts import Contacts
from satqkd.passes.timebase import Timebase
from satqkd.report.tables.column import Column, Values
from satqkd.report.tables.definitions import column
from satqkd.report.tables.named import (
    clipped_columns,
    norad_ids,
    satellite_names,
    span_columns,
    station_names,
)
from satqkd.report.tables.sightings import SIGHTING_COLUMNS, Sighted, SightingReport
from satqkd.units import BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactReport(SightingReport):
    """Contacts as rows, in their own order."""

    contacts: Contacts


def contact_report(contacts: Contacts, mission: Mission) -> ContactReport:
    """Return contacts with the mission they were found in.

    Raises
    ------
    SatqkdError
        If the mission has fewer satellites or stations than they name.
    """
    satellites = contacts.satellite.max(initial=-1)
    stations = max(own.max(initial=-1) for own in contacts.stations)
    if satellites >= len(mission.spacecraft) or stations >= len(mission.stations):
        raise SatqkdError(
            "the contacts were not found in this mission\n"
            "  fix: give the mission that find_contacts was given"
        )
    timebase, passes = Timebase.starting(mission.start), contacts.arms[0]
    return ContactReport(
        forecast=Sighted(
            mission=mission,
            timebase=timebase,
            passes=passes,
            ids=tuple(pass_ids(mission, timebase, passes)),
        ),
        order=np.arange(len(passes)),
        contacts=contacts,
    )


def _mission(found: ContactReport) -> Mission:
    return found.forecast.mission


def _hidden(found: ContactReport) -> BoolArray:
    return reduce(np.logical_or, found.contacts.hidden)


def _stations(found: ContactReport) -> Values:
    own = [station_names(_mission(found), arm) for arm in found.contacts.stations]
    return [" + ".join(map(str, names)) for names in zip(*own, strict=True)]


_HIDDEN: Column[ContactReport] = Column(
    "hidden", "",
    "Whether what stands around a station hides its pass whole: it then begins and ends at a "
    "level horizon.", _hidden,
)  # fmt: skip

PASS_CONTACT_COLUMNS: tuple[Column[ContactReport], ...] = (
    *cast("tuple[Column[ContactReport], ...]", SIGHTING_COLUMNS),
    _HIDDEN,
)
"""Of contacts with one arm: the columns of ``satqkd passes --geometry``."""

JOINT_CONTACT_COLUMNS: tuple[Column[ContactReport], ...] = (
    column("satellite", lambda found: satellite_names(_mission(found), found.contacts.satellite)),
    column("norad_id", lambda found: norad_ids(_mission(found), found.contacts.satellite)),
    column("stations", _stations),
    *span_columns(lambda found: (found.forecast.timebase, found.contacts)),
    *clipped_columns(lambda found: found.contacts),
    _HIDDEN,
)
"""Of contacts of several stations at once."""
