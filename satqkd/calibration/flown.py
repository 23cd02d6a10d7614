"""Rows of a log where they were flown: passes found, geometry interpolated, model evaluated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

import numpy as np

from satqkd.calibration.log import Log, LogRow
from satqkd.config.mistake import did_you_mean, quoted
from satqkd.errors import Finding, InputError
from satqkd.forecast.conditions import Circumstances, circumstances, scene_of, warn_of_age
from satqkd.link.scene import Scene
from satqkd.mission.mission import Ends, Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.find import Passes, find_passes
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.units import FloatArray, IntArray

AROUND_S = 3_600.0
"""The window begins so long before a log's first row and ends as long after its last: longer than
half a pass of any low satellite. [s]"""

LONGEST_S = 3_660.0 * 86_400.0
"""Longest time between the first and the last row. [s]"""

STEP_S = 1.0
"""Of the series that geometry is interpolated in, and longest step that an interval is followed
in. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlownPair:
    """What was recorded of one satellite over one station."""

    satellite: int
    station: int
    rows: tuple[LogRow, ...]
    """In the order of time."""
    ends: Ends
    """As stated."""
    scene: Scene
    """What is followed for every row."""
    starts: IntArray
    """Offsets of the rows in it, one more than there are."""
    weight_s: FloatArray
    """Seconds a sample of it stands for. [s]"""
    passes: IntArray
    """For each row, index of its pass in the table of :class:`FlownLog`."""
    seconds: FloatArray
    """Middle of each row's interval, from the window's beginning. [s]"""
    range_m: FloatArray
    """Mean over each row's interval. [m]"""
    elevation_deg: FloatArray
    """The same. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlownLog:
    """A log matched to the passes of a mission."""

    mission: Mission
    """Its window moved to the log; as stated, without any calibration, if not asked for."""
    timebase: Timebase
    passes: PassTable
    """Passes that rows were matched to."""
    pairs: tuple[FlownPair, ...]
    left_out: tuple[LogRow, ...]
    """Rows outside every pass of their satellite over their station."""


def match(mission: Mission, log: Log, *, calibrated: bool = False) -> FlownLog:
    """Find the pass of every row of a log.

    Parameters
    ----------
    mission, log
        Its window does not matter.
    calibrated
        Whether a calibration of the mission is applied.

    Raises
    ------
    InputError
        If rows name no satellite or station, or one that the mission does not have.
    """
    stated = mission if calibrated else replace(mission, calibration=None)
    whose = whose_rows(stated, log)
    moved = moved_to(stated, log)
    timebase = Timebase.starting(moved.start)
    found = find_passes(
        [craft.satellite for craft in moved.spacecraft],
        [ground.site for ground in moved.stations],
        timebase,
        duration_s=moved.duration_s,
    )
    seconds = np.array([timebase.seconds(row.utc) for row in log.rows])
    index = _pass_of(found.table, whose, seconds, log.rows)
    known, passes = np.unique(index[index >= 0], return_inverse=True)
    within = np.full(index.size, -1, dtype=np.int64)
    within[index >= 0] = passes
    table = found.table.take(known)
    warn_of_age(moved, timebase, table)
    series = _series(moved, timebase, replace(found, table=table))
    recorded = _Recorded(rows=log.rows, passes=within, seconds=seconds)
    links = np.unique(np.stack([table.satellite, table.station]), axis=1)
    return FlownLog(
        mission=moved,
        timebase=timebase,
        passes=table,
        pairs=tuple(_pair(moved, table, series, recorded, link) for link in links.T.tolist()),
        left_out=tuple(row for row, own in zip(log.rows, index, strict=True) if own < 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Series:
    """Passes that rows were matched to, sample by sample."""

    tracks: Tracks
    facts: Circumstances


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Recorded:
    """All rows with the pass of each."""

    rows: tuple[LogRow, ...]
    passes: IntArray
    """−1 for rows outside every pass."""
    seconds: FloatArray


def whose_rows(mission: Mission, log: Log) -> IntArray:
    """Indices of satellite and station of every row, shape (2, n)."""
    known = {
        "satellite": [craft.satellite.name for craft in mission.spacecraft],
        "station": [ground.site.name for ground in mission.stations],
    }
    findings: list[Finding] = []
    whose = np.zeros((2, len(log.rows)), dtype=np.int64)
    for what, (key, names) in enumerate(known.items()):
        folded = {name.casefold(): index for index, name in enumerate(names)}
        for number, row in enumerate(log.rows):
            written: str = getattr(row, key)
            if not written and len(names) == 1:
                continue
            if written.casefold() in folded:
                whose[what, number] = folded[written.casefold()]
                continue
            message = f"there is no {key} {quoted(written)}"
            if not written:
                message = f"names no {key}, and the mission has {len(names)}"
            findings.append(
                Finding(
                    file=log.file,
                    line=row.line,
                    where=key,
                    message=message,
                    fix=did_you_mean(written, names),
                )
            )
    if findings:
        raise InputError(findings)
    return whose


def _pass_of(
    table: PassTable, whose: IntArray, seconds: FloatArray, rows: Sequence[LogRow]
) -> IntArray:
    """Index of the pass that holds the whole interval of each row; −1 where none does."""
    half_s = 0.5 * np.array([row.interval_s or 0.0 for row in rows])
    index = np.full(seconds.size, -1, dtype=np.int64)
    for satellite, station in np.unique(whose, axis=1).T.tolist():
        own = np.flatnonzero((table.satellite == satellite) & (table.station == station))
        mine = np.flatnonzero((whose[0] == satellite) & (whose[1] == station))
        if own.size == 0:
            continue
        place = np.searchsorted(table.rise_s[own], seconds[mine], side="right") - 1
        chosen = own[np.maximum(place, 0)]
        inside = (seconds[mine] - half_s[mine] >= table.rise_s[chosen]) & (
            seconds[mine] + half_s[mine] <= table.set_s[chosen]
        )
        index[mine[inside]] = chosen[inside]
    return index


def moved_to(mission: Mission, log: Log) -> Mission:
    """Return the mission with its window round the log."""
    first, last = (of(row.utc for row in log.rows) for of in (min, max))
    length_s = (last - first).total_seconds()
    if length_s > LONGEST_S:
        message = f"spans {length_s / 86_400.0:,.0f} days"
        fix = "correct the years, or split the log"
        raise InputError([Finding(file=log.file, line=1, message=message, fix=fix)])
    return replace(
        mission,
        start=first - timedelta(seconds=AROUND_S),
        duration_s=length_s + 2.0 * AROUND_S,
        step_s=STEP_S,
    )


def _series(mission: Mission, timebase: Timebase, found: Passes) -> _Series:
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    sites = [ground.site for ground in mission.stations]
    return _Series(
        tracks=sample(found.table, found.chains, sites, bodies, step_s=mission.step_s),
        facts=circumstances(mission, timebase, found.table, bodies),
    )


def _pair(
    mission: Mission, table: PassTable, series: _Series, recorded: _Recorded, link: list[int]
) -> FlownPair:
    """Gather the rows of one satellite over one station."""
    satellite, station = link
    own = np.flatnonzero((table.satellite == satellite) & (table.station == station))
    mine = np.flatnonzero(np.isin(recorded.passes, own))
    mine = mine[np.argsort(recorded.seconds[mine], kind="stable")]
    rows = tuple(recorded.rows[number] for number in mine.tolist())
    ends, ground = mission.ends(satellite, station), mission.stations[station]
    tracks = series.tracks.take(own)
    scene = scene_of(
        tracks,
        series.facts.take(own),
        site_height_m=ground.site.height_m,
        turning=ends.link.turning,
        body=mission.spacecraft[satellite].payload.body,
    )
    starts, time_s, weight_s = _nodes(rows, recorded.seconds[mine])
    seen = _interpolated(scene, tracks, time_s)
    length_s = np.add.reduceat(weight_s, starts[:-1])
    return FlownPair(
        satellite=satellite,
        station=station,
        rows=rows,
        passes=recorded.passes[mine],
        seconds=recorded.seconds[mine],
        range_m=np.add.reduceat(weight_s * seen.range_m, starts[:-1]) / length_s,
        elevation_deg=np.add.reduceat(weight_s * seen.elevation_deg, starts[:-1]) / length_s,
        ends=ends,
        starts=starts,
        scene=seen,
        weight_s=weight_s,
    )


def _nodes(rows: Sequence[LogRow], seconds: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Offsets, times and weights of what each row is followed at; an instant weighs one second."""
    length_s = np.array([row.interval_s or 0.0 for row in rows])
    count = np.array([max(1, math.ceil(length / STEP_S)) for length in length_s.tolist()])
    starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], count) + 0.5
    step_s = np.repeat(length_s / count, count)
    time_s = np.repeat(seconds - 0.5 * length_s, count) + place * step_s
    weight_s = np.repeat(np.where(length_s > 0.0, length_s, 1.0) / count, count)
    return starts, time_s, weight_s


def _interpolated(scene: Scene, tracks: Tracks, time_s: FloatArray) -> Scene:
    """Straight lines between the samples of passes that follow each other."""
    nearest = np.clip(np.searchsorted(tracks.time_s, time_s), 0, tracks.time_s.size - 1)
    series: dict[str, Any] = {
        field.name: np.interp(time_s, tracks.time_s, values)
        for field in fields(Scene)
        if isinstance(values := getattr(scene, field.name), np.ndarray)
        and np.issubdtype(values.dtype, np.floating)
    }
    return replace(scene.take(nearest), **series)
