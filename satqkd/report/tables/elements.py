"""The table of orbit elements and ephemerides: one row an object or ephemeris."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Final

import numpy as np

from satqkd.elements.age import age_s
from satqkd.elements.library import nearest
from satqkd.elements.satellite import ElementSet, Satellite, catalogue_number
from satqkd.elements.trajectory import Trajectory
from satqkd.passes.tabulated import span_s
from satqkd.passes.timebase import Timebase
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.definitions import column


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementReport:
    """Satellites with their element sets, and ephemerides, looked at from one instant."""

    satellites: Sequence[Satellite]
    """One row each; they hold element sets alone."""
    ephemerides: Sequence[Trajectory] = ()
    """One row each, below the satellites."""
    at: datetime
    """When the elements would be used; UTC."""

    def parts(self) -> list[ElementReport]:
        """Return a report on the satellites and one on the ephemerides, those with rows."""
        halves = (replace(self, ephemerides=()), replace(self, satellites=()))
        return [half for half in halves if half.satellites or half.ephemerides]


def _none(row: Satellite | Trajectory) -> Cell:
    """Leave a cell blank."""
    del row
    return None


def _each(
    satellite: Callable[[Satellite], Cell], ephemeris: Callable[[Trajectory], Cell]
) -> Callable[[ElementReport], Values]:
    return lambda report: [
        *(satellite(row) for row in report.satellites),
        *(ephemeris(row) for row in report.ephemerides),
    ]


def _both(get: Callable[[Satellite | Trajectory], Cell]) -> Callable[[ElementReport], Values]:
    return _each(get, get)


def _satellites(get: Callable[[Satellite], Cell]) -> Callable[[ElementReport], Values]:
    return _each(get, _none)


def _ephemerides(get: Callable[[Trajectory], Cell]) -> Callable[[ElementReport], Values]:
    return _each(_none, get)


def _nearest(get: Callable[[ElementSet, datetime], Cell]) -> Callable[[ElementReport], Values]:
    def values(report: ElementReport) -> Values:
        sets = (nearest(satellite, report.at) for satellite in report.satellites)
        return [*(get(one, report.at) for one in sets), *(None for _ in report.ephemerides)]

    return values


def _source(report: ElementReport) -> Values:
    sets = (nearest(satellite, report.at) for satellite in report.satellites)
    return [*(one.source for one in sets), *(one.source for one in report.ephemerides)]


def _utc(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


@cache
def _timebase() -> Timebase:
    return Timebase.starting(datetime(2000, 1, 1, tzinfo=UTC))


def span_utc(ephemeris: Trajectory) -> tuple[str, str]:
    """Return the first and last instant at which an ephemeris may be used, ISO 8601 in UTC."""
    start, stop = _timebase().iso(np.array(span_s(ephemeris, _timebase())))
    return start, stop


def frames_text(ephemeris: Trajectory) -> str:
    """Return the frames of its segments as written, each once."""
    return " + ".join(dict.fromkeys(one.frame_as_written for one in ephemeris.segments))


def interpolation_text(ephemeris: Trajectory) -> str:
    """Return how its segments are interpolated, such as ``HERMITE of degree 7``."""
    ways = (f"{one.method} of degree {one.degree}" for one in ephemeris.segments)
    return " + ".join(dict.fromkeys(ways))


ELEMENT_COLUMNS: Final[tuple[Column[ElementReport], ...]] = (
    column("satellite", _both(lambda row: row.name)),
    column("norad_id", _both(lambda row: catalogue_number(row.norad_id))),
    column("cospar_id", _both(lambda row: row.cospar_id)),
    column("kind", _each(lambda _: "elements", lambda _: "ephemeris")),
    Column("epochs", "", "Number of element sets, each of another epoch; empty for an ephemeris, "
           "as all of these.", _satellites(lambda s: len(s.element_sets))),
    Column("first_epoch_utc", "UTC", "Epoch of the oldest element set.",
           _satellites(lambda s: _utc(s.element_sets[0].epoch)), digits=3),
    Column("last_epoch_utc", "UTC", "Epoch of the newest element set.",
           _satellites(lambda s: _utc(s.element_sets[-1].epoch)), digits=3),
    Column("nearest_epoch_utc", "UTC",
           "Epoch nearest to the instant asked about, the one that would be used.",
           _nearest(lambda elements, _: _utc(elements.epoch)), digits=3),
    Column("age_h", "h",
           "That instant minus the nearest epoch; negative when the epoch lies after it.",
           _nearest(lambda elements, at: age_s(elements, at) / 3600.0), digits=1),
    column("start_utc", _ephemerides(lambda one: span_utc(one)[0]), digits=3),
    Column("stop_utc", "UTC", "Last instant at which an ephemeris may be used; empty for elements, "
           "like start_utc, frame and interpolation.",
           _ephemerides(lambda one: span_utc(one)[1]), digits=3),
    Column("frame", "", "Frame of its states, as written.", _ephemerides(frames_text)),
    Column("interpolation", "", "How positions between its states come about.",
           _ephemerides(interpolation_text)),
    Column("source", "", "File and line of the nearest element set or the ephemeris.", _source),
)  # fmt: skip

ELEMENT_SCREEN: Final = (
    "satellite", "norad_id", "epochs", "first_epoch_utc", "last_epoch_utc", "age_h", "source",
)  # fmt: skip
"""Columns of objects worth a place on a terminal, the most important first."""

EPHEMERIS_SCREEN: Final = (
    "satellite", "start_utc", "stop_utc", "frame", "interpolation", "cospar_id", "norad_id",
    "source",
)  # fmt: skip
"""The same for ephemerides."""
