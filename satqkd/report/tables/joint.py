"""When several stations see a satellite at once, as a table: one row a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from satqkd.elements.satellite import Satellite, catalogue_number
from satqkd.forecast.joint import (
    Arm,
    WindowsGiven,
    best_samples,
    joint_arms,
    joint_usages,
    sum_db,
)
from satqkd.forecast.reject import lost_in_words
from satqkd.forecast.usable import Usage
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.chunks import parts
from satqkd.passes.find import Progress
from satqkd.passes.joint import JointWindows, joint_tracks, joint_windows
from satqkd.passes.table import Tracks
from satqkd.passes.timebase import Timebase
from satqkd.report.bulk import SAMPLES_AT_ONCE, Chosen, found_passes
from satqkd.report.pass_id import slug
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.report.tables.pass_statistics import largest, smallest, time_mean
from satqkd.units import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointReport:
    """Windows of some satellites, with their series."""

    mission: Mission
    timebase: Timebase
    windows: JointWindows
    tracks: tuple[Tracks, ...]
    """Series of each station, at the same instants."""
    pass_id: tuple[tuple[str, ...], ...]
    """For each station, the id of its pass in each window."""
    arms: tuple[Arm, ...]
    """Losses of each station's link."""
    usages: tuple[Usage, ...]
    """What is left of each window at each station, as if the window were its pass."""
    reasons: tuple[tuple[str | None, ...], ...]
    """For each station, why nothing of a window is usable there; None where something is."""

    @property
    def usable_s(self) -> FloatArray:
        """Time of each window in which no limit of any station takes a sample. [s]"""
        every = np.logical_and.reduce([usage.usable for usage in self.usages])
        return self.tracks[0].per_pass(np.where(every, self.tracks[0].weight_s, 0.0))

    @property
    def linked(self) -> BoolArray:
        """Whether every station has a link in a window."""
        refused = {craft for arm in self.arms for craft in arm.why_not}
        return ~np.isin(self.windows.satellite, list(refused))


def joint_reports(
    mission: Mission, chosen: Chosen, *, progress: Progress | None = None
) -> Iterator[JointReport]:
    """Find when all stations chosen see the same satellite, in pieces of bounded memory.

    Parameters
    ----------
    mission
        Who flies over whom, and when.
    chosen
        The satellites to search and the stations that must see them together, two or more, in
        the order of the columns.
    progress
        Told how many satellites are done.

    Yields
    ------
    JointReport
        Rows by satellite, then time.
    """
    timebase = Timebase.starting(mission.start)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    sites = [ground.site for ground in mission.stations]
    for found, ids in found_passes(mission, timebase, chosen, progress=progress):
        every = joint_windows(found.table, chosen.stations)
        samples = np.asarray((every.end_s - every.start_s) / mission.step_s, dtype=np.int64) + 3
        order = np.arange(len(every))
        for rows in parts(order, samples, most=SAMPLES_AT_ONCE // len(chosen.stations)):
            windows = every.take(rows)
            tracks = joint_tracks(
                windows, found.table, found.chains, sites, bodies, step_s=mission.step_s
            )
            given: WindowsGiven = {
                "windows": windows, "tracks": tracks, "passes": found.table, "bodies": bodies,
            }  # fmt: skip
            usages = joint_usages(mission, timebase, **given)
            yield JointReport(
                mission=mission,
                timebase=timebase,
                windows=windows,
                tracks=tracks,
                arms=joint_arms(mission, timebase, **given),
                pass_id=tuple(tuple(ids[row] for row in own) for own in windows.passes),
                usages=tuple(one.usage for one in usages),
                reasons=tuple(one.reasons for one in usages),
            )


def joint_columns(stations: Sequence[str]) -> tuple[Column[JointReport], ...]:
    """Columns of the table for stations of these names; those of a station begin with its name."""
    own = [
        column
        for place, name in enumerate(prefixes(stations))
        for column in _station_columns(place, name)
    ]
    return (*_SHARED, *own, _REASON, _NOTE)


def joint_screen(stations: Sequence[str]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first."""
    names = prefixes(stations)
    return (
        "satellite", "start_utc", "duration_s", "usable_s", "reason", "lowest_elevation_max_deg",
        *(f"{name}_usable_s" for name in names),
        *(f"{name}_elevation_max_deg" for name in names),
        "loss_sum_min_db", *(f"{name}_loss_db" for name in names), "loss_difference_db",
        "range_sum_min_km", "range_sum_max_km",
        *(f"{name}_elevation_min_deg" for name in names),
        *(f"{name}_range_min_km" for name in names),
        *(f"{name}_sun_elevation_max_deg" for name in names),
        "end_utc", "dark_s", "range_difference_max_km", "best_utc", "direction",
        *(f"{name}_lost_to" for name in names),
        *(f"{name}_flicker_variance_mean" for name in names), "note",
    )  # fmt: skip


def prefixes(stations: Sequence[str]) -> list[str]:
    """Begin of the names of each station's columns, none twice."""
    names = [
        slug(name, otherwise=f"station{place}").replace("-", "_")
        for place, name in enumerate(stations, start=1)
    ]
    return [
        name if names.count(name) == 1 else f"{name}_{place}"
        for place, name in enumerate(names, start=1)
    ]


def _of(get: Callable[[JointReport], FloatArray], fold: Fold) -> Callable[[JointReport], Values]:
    return lambda report: fold(report.tracks[0], get(report))


Fold = Callable[[Tracks, FloatArray], FloatArray]
"""One number a window of a value at every sample."""


def _satellites(report: JointReport, get: Callable[[Satellite], Cell]) -> Values:
    values = [get(craft.satellite) for craft in report.mission.spacecraft]
    return [values[index] for index in report.windows.satellite]


def _stations(report: JointReport) -> Values:
    names = [report.mission.stations[index].site.name for index in report.windows.stations]
    return [" + ".join(names)] * len(report.windows)


def _dark_s(report: JointReport) -> Values:
    highest = reduce(np.maximum, (track.sun_elevation_deg for track in report.tracks))
    dark = highest < report.mission.limits.max_sun_elevation_deg
    return report.tracks[0].per_pass(np.where(dark, report.tracks[0].weight_s, 0.0))


def _lowest_deg(report: JointReport) -> FloatArray:
    return reduce(np.minimum, (track.elevation_deg for track in report.tracks))


def _sum_km(report: JointReport) -> FloatArray:
    return 1e-3 * reduce(np.add, (track.range_m for track in report.tracks))


def _difference_km(report: JointReport) -> FloatArray:
    ranges = [track.range_m for track in report.tracks]
    return 1e-3 * (reduce(np.maximum, ranges) - reduce(np.minimum, ranges))


def _at_best(report: JointReport, series: FloatArray) -> Values:
    """Value of a series at the best instant of each window; None where there is no link."""
    return present(series[best_samples(report.tracks[0], report.arms)], report.linked)


def _best_utc(report: JointReport) -> Values:
    seconds = report.tracks[0].time_s[best_samples(report.tracks[0], report.arms)]
    return present(np.array(report.timebase.iso(seconds), dtype=object), report.linked)


def _loss_difference_db(report: JointReport) -> FloatArray:
    losses = [arm.total_db for arm in report.arms]
    return reduce(np.maximum, losses) - reduce(np.minimum, losses)


def _direction(report: JointReport) -> Values:
    return [report.mission.spacecraft[index].direction for index in report.windows.satellite]


def _reason(report: JointReport) -> Values:
    """Say of each window in which nothing is usable why."""
    names = [report.mission.stations[index].site.name for index in report.windows.stations]
    usable_s = report.usable_s

    def words(window: int) -> str | None:
        if usable_s[window] > 0.0:
            return None
        alone = [
            f"{name}: {own[window]}"
            for name, own in zip(names, report.reasons, strict=True)
            if own[window] is not None
        ]
        if alone:
            return "; ".join(alone)
        lost = [
            f"{name} loses {text}"
            for name, usage in zip(names, report.usages, strict=True)
            if (text := lost_in_words(usage.lost_s[:, window]))
        ]
        return f"never usable at all of them at once: {'; '.join(lost)}"

    return [words(window) for window in range(len(report.windows))]


def _lost_to(report: JointReport, place: int) -> Values:
    lost_s = report.usages[place].lost_s
    return [lost_in_words(lost_s[:, window]) or None for window in range(len(report.windows))]


def _note(report: JointReport) -> Values:
    return [
        "; ".join(arm.why_not[craft] for arm in report.arms if craft in arm.why_not) or None
        for craft in report.windows.satellite.tolist()
    ]


_SHARED: tuple[Column[JointReport], ...] = (
    Column("satellite", "", "Name of the satellite.", lambda r: _satellites(r, lambda s: s.name)),
    Column(
        "norad_id",
        "",
        "Catalogue number of the satellite; empty when unknown.",
        lambda r: _satellites(r, lambda s: catalogue_number(s.norad_id)),
    ),
    Column("stations", "", "Names of the stations that see it at once.", _stations),
    Column(
        "start_utc",
        "UTC",
        "When the last of them begins to see it (see clipped_start).",
        lambda r: r.timebase.iso(r.windows.start_s),
    ),
    Column(
        "end_utc",
        "UTC",
        "When the first of them ceases to see it (see clipped_end).",
        lambda r: r.timebase.iso(r.windows.end_s),
    ),
    Column(
        "duration_s",
        "s",
        "From start to end, in SI seconds.",
        lambda r: r.windows.end_s - r.windows.start_s,
        digits=1,
    ),
    Column(
        "clipped_start",
        "",
        "true when all saw it already where the search or its elements begin.",
        lambda r: r.windows.clipped_start,
    ),
    Column(
        "clipped_end",
        "",
        "true when all still see it where the search or its elements end.",
        lambda r: r.windows.clipped_end,
    ),
    Column(
        "dark_s",
        "s",
        "Time in which the Sun is low enough at all of them, by the mission's limit.",
        _dark_s,
        digits=1,
    ),
    Column(
        "usable_s",
        "s",
        "Time that no limit of the mission, of any of the stations or of their mounts takes.",
        lambda report: report.usable_s,
        digits=1,
    ),
    Column(
        "lowest_elevation_max_deg",
        "°",
        "Elevation at the station that sees it lowest, at the best instant for that one.",
        _of(_lowest_deg, largest),
        digits=2,
    ),
    Column(
        "range_sum_min_km",
        "km",
        "Smallest sum of the slant ranges at one instant.",
        _of(_sum_km, smallest),
        digits=2,
    ),
    Column("range_sum_max_km", "km", "Largest sum.", _of(_sum_km, largest), digits=2),
    Column(
        "range_difference_max_km",
        "km",
        "Largest difference of two of the slant ranges at one instant.",
        _of(_difference_km, largest),
        digits=2,
    ),
    Column(
        "direction",
        "",
        "Which way the light goes: downlink, from the satellite to all; or uplink.",
        _direction,
    ),
    Column(
        "best_utc",
        "UTC",
        "Instant at which the losses of all links add up to least, whatever the Sun.",
        _best_utc,
    ),
    Column(
        "loss_sum_min_db",
        "dB",
        "That sum, up to the detectors' inputs: the loss of pairs of photons, one on each link.",
        lambda report: _at_best(report, sum_db(report.arms)),
        digits=2,
    ),
    Column(
        "loss_difference_db",
        "dB",
        "Largest loss less the smallest at that instant: how uneven the links are.",
        lambda report: _at_best(report, _loss_difference_db(report)),
        digits=2,
    ),
)


_REASON: Column[JointReport] = Column(
    "reason", "", "Why nothing of the window is usable, station by station.", _reason
)
_NOTE: Column[JointReport] = Column("note", "", "Why there are no losses.", _note)


def _station_columns(place: int, name: str) -> tuple[Column[JointReport], ...]:
    """Columns of one of the stations."""

    def column(
        ending: str, unit: str, description: str, get: Callable[[Tracks], FloatArray], fold: Fold
    ) -> Column[JointReport]:
        return Column(
            f"{name}_{ending}",
            unit,
            description,
            _of(lambda report: get(report.tracks[place]), fold),
            digits=2,
        )

    return (
        Column(
            f"{name}_pass_id", "", "The station's pass that the window is a part of.",
            lambda report: report.pass_id[place],
        ),
        Column(
            f"{name}_usable_s", "s",
            "Time of the window that the limits of mission and station leave; the mount acquires "
            "and follows the window as if it were a pass.",
            lambda report: report.tracks[place].per_pass(
                np.where(report.usages[place].usable, report.tracks[place].weight_s, 0.0)
            ),
            digits=1,
        ),
        Column(
            f"{name}_lost_s", "s", "What they take: the rest of the window.",
            lambda report: report.usages[place].lost_s.sum(axis=0), digits=1,
        ),
        Column(
            f"{name}_lost_to", "", "What takes how much of it; empty where nothing is lost.",
            lambda report: _lost_to(report, place),
        ),
        column("elevation_min_deg", "°", "Lowest elevation there.", _elevation_deg, smallest),
        column("elevation_max_deg", "°", "Highest elevation there.", _elevation_deg, largest),
        column("range_min_km", "km", "Smallest slant range.", _range_km, smallest),
        column("range_max_km", "km", "Largest slant range.", _range_km, largest),
        column(
            "sun_elevation_max_deg", "°", "Highest elevation of the Sun there.",
            lambda tracks: tracks.sun_elevation_deg, largest,
        ),
        Column(
            f"{name}_loss_db", "dB", "Loss of its link at the best instant for all.",
            lambda report: _at_best(report, report.arms[place].total_db), digits=2,
        ),
        Column(
            f"{name}_flicker_variance_mean", "",
            "Variance of the transmittance over its mean squared, mean over the window.",
            lambda report: present(
                time_mean(report.tracks[place], report.arms[place].variance), report.linked
            ),
            digits=5,
        ),
    )  # fmt: skip


def _elevation_deg(tracks: Tracks) -> FloatArray:
    return tracks.elevation_deg


def _range_km(tracks: Tracks) -> FloatArray:
    return 1e-3 * tracks.range_m
