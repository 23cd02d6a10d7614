"""The table of samples: what happens during chosen passes, second by second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.contact_id import by_rise
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.light import SOURCES
from satqkd.forecast.obstacles import NAMES
from satqkd.forecast.seen import facts_at
from satqkd.forecast.series import Series
from satqkd.link.budget import Budget
from satqkd.network.plan import Plan
from satqkd.network.scheduled_spans import scheduled_spans, within
from satqkd.passes.sky_geometry import SkyGeometry
from satqkd.passes.table import Tracks
from satqkd.passes.tracks import sample_counts
from satqkd.report.tables.column import Column, Labels, Values, nothing, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.fade import budget_columns
from satqkd.units import BoolArray, FloatArray, IntArray

SAMPLES_AT_ONCE = 1 << 16
"""Samples whose columns are filled together; all of them take some 30 MB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesReport:
    """Samples of passes, one pass after the other."""

    forecast: Forecast
    """With series."""
    facts: SkyGeometry
    """What belongs to the samples beside the forecast."""
    flown: BoolArray | None = None
    """Samples that a plan flies; None without a plan."""

    @property
    def size(self) -> int:
        """Number of rows."""
        return int(self.forecast.sampled.tracks.time_s.size)


def series_report(forecast: Forecast) -> SeriesReport:
    """Collect the samples of passes that were followed with series."""
    tracks, sky = forecast.sampled.tracks, forecast.sampled.sky
    owner = np.repeat(np.arange(len(forecast)), np.diff(tracks.starts))
    found = facts_at(forecast.mission, sky, forecast.passes, owner=owner, time_s=tracks.time_s)
    return SeriesReport(forecast=forecast, facts=found)


def series_parts(plan: Plan) -> Iterator[SeriesReport]:
    """Follow the passes scheduled, alone or for a joint contact, again: a few at a time.

    In order of rise; at least one part, if an empty one.
    """
    forecast, chosen, spans = plan.forecast, _scheduled(plan), scheduled_spans(plan)
    samples = _samples(plan, chosen)
    chunk = (np.cumsum(samples) - samples) // SAMPLES_AT_ONCE
    for own in np.split(chosen, np.flatnonzero(np.diff(chunk)) + 1):
        report = series_report(forecast.with_series(own))
        series = report.forecast.sampled
        inside = within(spans, own, series.tracks.starts, series.tracks.time_s)
        yield replace(report, flown=series.usable & inside)


def series_rows(plan: Plan) -> int:
    """How many samples the passes scheduled have together."""
    return int(_samples(plan, _scheduled(plan)).sum())


def _samples(plan: Plan, passes: IntArray) -> IntArray:
    table = plan.forecast.passes
    step_s = plan.mission.step_s
    return sample_counts(table.rise_s[passes], table.set_s[passes], step_s=step_s)


def _scheduled(plan: Plan) -> IntArray:
    scheduled = np.isin(np.arange(len(plan.forecast)), list(plan.scheduled_key))
    order = by_rise(plan.forecast.passes)
    return np.asarray(order[scheduled[order]])


def _series(get: Callable[[Series], FloatArray]) -> Callable[[SeriesReport], Values]:
    return lambda report: np.asarray(get(report.forecast.sampled))


def _tracks(get: Callable[[Tracks], FloatArray]) -> Callable[[SeriesReport], Values]:
    return _series(lambda series: get(series.tracks))


def _pass_id(report: SeriesReport) -> Values:
    length = np.diff(report.forecast.sampled.tracks.starts)
    return Labels(np.repeat(np.arange(length.size), length), list(report.forecast.ids))


def _utc(report: SeriesReport) -> Values:
    return report.forecast.timebase.instants(report.forecast.sampled.tracks.time_s)


def _fact(name: str) -> Callable[[SeriesReport], Values]:
    return lambda report: np.asarray(getattr(report.facts, name))


def _axis(name: str) -> Callable[[SeriesReport], Values]:
    def values(report: SeriesReport) -> Values:
        usage = report.forecast.sampled.arms[0].usage
        if usage.axes is None:
            return nothing(report.size)
        angle = getattr(usage.axes, name)
        return present(angle, np.isfinite(angle))

    return values


def _obstacle(report: SeriesReport) -> Values:
    codes = report.forecast.sampled.arms[0].usage.obstacle
    return Labels(codes.astype(np.int64), [*NAMES, ""])


def _stray(source: str) -> Callable[[SeriesReport], Values]:
    return _series(lambda series: series.arms[0].stray_hz[source])


def _of_budget(get: Callable[[Budget], FloatArray]) -> Callable[[SeriesReport], Values]:
    return _series(lambda series: get(series.arms[0].budget))


def _rate(name: str) -> Callable[[SeriesReport], Values]:
    return _series(lambda series: series.rates[name])


SERIES_COLUMNS: tuple[Column[SeriesReport], ...] = (
    column("pass_id", _pass_id),
    column("utc", _utc),
    column("elevation_deg", _tracks(lambda tracks: tracks.elevation_deg), digits=4),
    column("azimuth_deg", _tracks(lambda tracks: tracks.azimuth_deg), digits=4),
    column("range_km", _tracks(lambda tracks: 1e-3 * tracks.range_m), digits=4),
    column("range_rate_km_s", _tracks(lambda tracks: 1e-3 * tracks.range_rate_m_s), digits=5),
    column("apparent_elevation_deg", _fact("apparent_elevation_deg"), digits=4),
    column("tracking_azimuth_deg", _fact("tracking_azimuth_deg"), digits=4),
    column("tracking_elevation_deg", _fact("tracking_elevation_deg"), digits=4),
    column("azimuth_rate_deg_s", _fact("azimuth_rate_deg_s"), digits=5),
    column("elevation_rate_deg_s", _fact("elevation_rate_deg_s"), digits=5),
    column("mount_azimuth_deg", _axis("azimuth_deg"), digits=4),
    column("mount_elevation_deg", _axis("elevation_deg"), digits=4),
    column("point_ahead_arcsec", _fact("point_ahead_arcsec"), digits=3),
    column("polarisation_angle_deg", _fact("polarisation_angle_deg")),
    column("light_time_s", _fact("light_time_s")),
    Column("doppler_shift", "", "Relative change of frequency, one way, from the range rate "
           "(longitudinal, relativistic); positive while the satellite comes nearer.",
           _fact("doppler_shift"), digits=12),
    column("doppler_hz", _fact("doppler_hz")),
    *budget_columns(_of_budget),
    *(
        Column(f"stray_{source}_hz", "Hz",
               f"Stray photons per second before the detectors, at all times: {what}.",
               _stray(source), digits=1)
        for source, what in SOURCES.items()
    ),
    column("background_rate_hz", _rate("background_rate_hz"), digits=3),
    column("signal_rate_hz", _rate("signal_rate_hz"), digits=3),
    column("qber", _rate("qber"), digits=6),
    column("usable", lambda report: report.forecast.sampled.usable),
    Column("obstacle", "", "First limit that takes the sample, named as in the lost_… columns of "
           "passes.csv; empty where none does.", _obstacle),
    Column("sun_elevation_deg", "°", "Elevation of the Sun at the station.",
           _tracks(lambda tracks: tracks.sun_elevation_deg), digits=3),
    column("moon_elevation_deg", _tracks(lambda tracks: tracks.moon_elevation_deg), digits=3),
    column("moon_separation_deg", _tracks(lambda tracks: tracks.moon_separation_deg)),
    column("sun_separation_deg", _fact("sun_separation_deg"), digits=3),
    column("moon_illuminated", _fact("moon_illuminated")),
    column("sunlit", _tracks(lambda tracks: tracks.sunlit)),
)  # fmt: skip
"""Samples of passes, without a plan."""

PLANNED_SERIES_COLUMNS: tuple[Column[SeriesReport], ...] = (
    *SERIES_COLUMNS,
    Column("in_plan", "", "true where a plan flies the sample: it is usable, and in the part of "
           "the pass that is scheduled.",
           lambda report: nothing(report.size) if report.flown is None else report.flown),
)  # fmt: skip
"""Columns of ``series.csv`` of a plan."""
