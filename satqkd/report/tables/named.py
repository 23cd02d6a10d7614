"""Columns that tables of contacts share: satellites and stations by name, and when it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from satqkd.elements.satellite import Satellite, catalogue_number
from satqkd.mission.mission import Mission
from satqkd.passes.timebase import Timebase
from satqkd.report.tables.column import Cell, Column, Source
from satqkd.report.tables.definitions import column
from satqkd.units import BoolArray, FloatArray, IntArray


class Windows(Protocol):
    """Something that begins and ends, one a row."""

    @property
    def start_s(self) -> FloatArray:
        """When each begins, mission seconds. [s]"""

    @property
    def end_s(self) -> FloatArray:
        """When each ends, mission seconds. [s]"""

    @property
    def clipped_start(self) -> BoolArray:
        """Whether it had begun before."""

    @property
    def clipped_end(self) -> BoolArray:
        """Whether it goes on."""


def of_satellites(mission: Mission, rows: IntArray, get: Callable[[Satellite], Cell]) -> list[Cell]:
    """Return what is told of the satellite of each row."""
    told = [get(craft.satellite) for craft in mission.spacecraft]
    return [told[index] for index in rows.tolist()]


def satellite_names(mission: Mission, rows: IntArray) -> list[Cell]:
    """Return the name of the satellite of each row."""
    return of_satellites(mission, rows, lambda satellite: satellite.name)


def norad_ids(mission: Mission, rows: IntArray) -> list[Cell]:
    """Return the catalogue number of the satellite of each row; None when unknown."""
    return of_satellites(mission, rows, lambda satellite: catalogue_number(satellite.norad_id))


def station_names(mission: Mission, rows: IntArray) -> list[Cell]:
    """Return the name of the station of each row."""
    names = [ground.site.name for ground in mission.stations]
    return [names[index] for index in rows.tolist()]


def span_columns(
    get: Callable[[Source], tuple[Timebase, Windows]],
) -> tuple[Column[Source], Column[Source], Column[Source]]:
    """Columns of when a window begins and ends and how long it is."""

    def length_s(source: Source) -> FloatArray:
        _, windows = get(source)
        return windows.end_s - windows.start_s

    def utc(seconds: Callable[[Windows], FloatArray]) -> Callable[[Source], list[str]]:
        def values(source: Source) -> list[str]:
            timebase, windows = get(source)
            return timebase.iso(seconds(windows))

        return values

    return (
        column("start_utc", utc(lambda windows: windows.start_s)),
        column("end_utc", utc(lambda windows: windows.end_s)),
        column("duration_s", length_s),
    )


def clipped_columns(get: Callable[[Source], Windows]) -> tuple[Column[Source], Column[Source]]:
    """Columns of whether a window is cut off at either end."""
    return (
        column("clipped_start", lambda source: get(source).clipped_start),
        column("clipped_end", lambda source: get(source).clipped_end),
    )
