"""The table of samples: what happens during chosen passes, second by second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.forecast.chain import SOURCES
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.usable import OBSTACLES
from satqkd.link.budget import LINES
from satqkd.network.plan import Plan
from satqkd.passes.facts import Facts
from satqkd.passes.table import Tracks
from satqkd.passes.tracks import samples_of
from satqkd.report.pass_id import by_rise, pass_ids
from satqkd.report.tables.column import Column, Labels, Values, nothing, present
from satqkd.report.tables.fade import fade_margin_db
from satqkd.report.tables.pass_facts import facts_of
from satqkd.units import FloatArray, IntArray

SAMPLES_AT_ONCE = 1 << 16
"""Samples whose columns are filled together; all of them take some 30 MB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesReport:
    """Samples of chosen passes, one pass after the other."""

    forecast: Forecast
    samples: IntArray
    """Indices of the samples, in the order of the rows."""
    pass_id: Labels
    """Id of the pass of each row."""
    facts: Facts | None
    """What belongs to the rows beside the forecast; None if it was not searched."""


def series_report(
    forecast: Forecast, *, passes: IntArray, ids: Sequence[str] | None = None
) -> SeriesReport:
    """Collect the samples of ``passes``, in the order given.

    ``ids`` are those of all passes, for callers who have them.
    """
    ids, tracks = ids or pass_ids(forecast), forecast.tracks
    samples = samples_of(tracks.starts, passes)
    row = np.repeat(np.arange(passes.size), np.diff(tracks.starts)[passes])
    return SeriesReport(
        forecast=forecast,
        samples=samples,
        pass_id=Labels(row, [ids[index] for index in passes.tolist()]),
        facts=facts_of(forecast, owner=passes[row], time_s=tracks.time_s[samples]),
    )


def scheduled_series(plan: Plan) -> SeriesReport:
    """Collect the samples of the passes flown, alone or for a window, in order of rise."""
    return series_report(plan.forecast, passes=_flown(plan))


def series_parts(plan: Plan) -> Iterator[SeriesReport]:
    """Return the same a few passes at a time; at least one part, if an empty one."""
    forecast, flown = plan.forecast, _flown(plan)
    ids, samples = pass_ids(forecast), np.diff(forecast.tracks.starts)
    part = np.cumsum(samples[flown]) // SAMPLES_AT_ONCE
    for passes in np.split(flown, 1 + np.flatnonzero(np.diff(part))):
        yield series_report(forecast, passes=passes, ids=ids)


def series_rows(plan: Plan) -> int:
    """How many samples the passes flown have together."""
    return int(np.diff(plan.forecast.tracks.starts)[_flown(plan)].sum())


def _flown(plan: Plan) -> IntArray:
    scheduled = np.isin(np.arange(len(plan.status)), list(plan.flown_for()))
    order = by_rise(plan.forecast)
    return np.asarray(order[scheduled[order]])


def _forecast(get: Callable[[Forecast], FloatArray]) -> Callable[[SeriesReport], Values]:
    return lambda report: np.asarray(get(report.forecast)[report.samples])


def _tracks(get: Callable[[Tracks], FloatArray]) -> Callable[[SeriesReport], Values]:
    return _forecast(lambda forecast: get(forecast.tracks))


def _utc(report: SeriesReport) -> Values:
    return report.forecast.timebase.instants(report.forecast.tracks.time_s[report.samples])


def _fact(name: str) -> Callable[[SeriesReport], Values]:
    def values(report: SeriesReport) -> Values:
        if report.facts is None:
            return nothing(report.samples.size)
        return np.asarray(getattr(report.facts, name))

    return values


def _axis(name: str) -> Callable[[SeriesReport], Values]:
    def values(report: SeriesReport) -> Values:
        usage = report.forecast.usage
        if usage is None or usage.axes is None:
            return nothing(report.samples.size)
        angle = getattr(usage.axes, name)[report.samples]
        return present(angle, np.isfinite(angle))

    return values


def _obstacle(report: SeriesReport) -> Values:
    usage = report.forecast.usage
    if usage is None:
        return nothing(report.samples.size)
    return Labels(usage.obstacle[report.samples].astype(np.int64), [*OBSTACLES, ""])


def _loss(line: str) -> Callable[[SeriesReport], Values]:
    return _forecast(lambda forecast: forecast.budget.lines_db[line])


def _stray(source: str) -> Callable[[SeriesReport], Values]:
    return _forecast(lambda forecast: forecast.stray_hz[source])


SERIES_COLUMNS: tuple[Column[SeriesReport], ...] = (
    Column("pass_id", "", "Pass the sample belongs to.", lambda report: report.pass_id),
    Column("utc", "UTC", "Instant of the sample: rise, every whole step, set.", _utc),
    Column(
        "elevation_deg",
        "°",
        "Geometric elevation, without refraction.",
        _tracks(lambda tracks: tracks.elevation_deg),
        digits=4,
    ),
    Column(
        "azimuth_deg",
        "°",
        "Azimuth, from north through east.",
        _tracks(lambda tracks: tracks.azimuth_deg),
        digits=4,
    ),
    Column(
        "range_km", "km", "Slant range.", _tracks(lambda tracks: 1e-3 * tracks.range_m), digits=4
    ),
    Column(
        "range_rate_km_s",
        "km/s",
        "Change of the range, positive when the satellite recedes.",
        _tracks(lambda tracks: 1e-3 * tracks.range_rate_m_s),
        digits=5,
    ),
    Column(
        "apparent_elevation_deg",
        "°",
        "Elevation with refraction in standard air at the signal's wavelength.",
        _fact("apparent_elevation_deg"),
        digits=4,
    ),
    Column(
        "azimuth_rate_deg_s",
        "°/s",
        "Rate of the azimuth.",
        _fact("azimuth_rate_deg_s"),
        digits=5,
    ),
    Column(
        "elevation_rate_deg_s",
        "°/s",
        "Rate of the geometric elevation.",
        _fact("elevation_rate_deg_s"),
        digits=5,
    ),
    Column(
        "mount_azimuth_deg",
        "°",
        "Angle of the mount's azimuth axis, without jump at north, its own where it is too slow "
        "for the satellite; empty without a mount's limits.",
        _axis("azimuth_deg"),
        digits=4,
    ),
    Column(
        "mount_elevation_deg",
        "°",
        "Angle of the mount's elevation axis, above 90 past the zenith; empty likewise.",
        _axis("elevation_deg"),
        digits=4,
    ),
    Column(
        "point_ahead_arcsec",
        "″",
        "Angle between the satellite's light and where to aim light back: 2 v/c with the velocity "
        "across the line of sight, seen from space.",
        _fact("point_ahead_arcsec"),
        digits=3,
    ),
    Column(
        "polarisation_angle_deg",
        "°",
        "Satellite's direction of flight seen in the telescope: from growing elevation, positive "
        "towards growing azimuth; 180° more is the same polarisation.",
        _fact("polarisation_angle_deg"),
        digits=3,
    ),
    Column(
        "light_time_s",
        "s",
        "Time light takes over the slant range.",
        _fact("light_time_s"),
        digits=9,
    ),
    Column(
        "doppler_shift",
        "",
        "Relative change of frequency, one way, from the range rate (longitudinal, relativistic); "
        "positive while the satellite comes nearer.",
        _fact("doppler_shift"),
        digits=12,
    ),
    Column(
        "doppler_hz",
        "Hz",
        "The same at the signal's wavelength.",
        _fact("doppler_hz"),
        digits=0,
    ),
    *(
        Column(f"{line}_loss_db", "dB", f"Loss: {what}.", _loss(line), digits=3)
        for line, what in LINES.items()
    ),
    Column(
        "total_loss_db",
        "dB",
        "Sum of the lines before: loss of the mean transmittance.",
        _forecast(lambda forecast: forecast.budget.total_db),
        digits=3,
    ),
    Column(
        "flicker_variance",
        "",
        "Variance of the transmittance over its mean squared, by scintillation and pointing.",
        _forecast(lambda forecast: forecast.budget.variance),
        digits=5,
    ),
    Column(
        "fade_margin_db",
        "dB",
        "How far below its mean the transmittance falls for 1 % of the time.",
        lambda report: fade_margin_db(report.forecast.budget, report.samples),
        digits=3,
    ),
    *(
        Column(
            f"stray_{source}_hz",
            "Hz",
            f"Stray photons per second before the detectors, at all times: {what}.",
            _stray(source),
            digits=1,
        )
        for source, what in SOURCES.items()
    ),
    Column(
        "background_rate_hz",
        "Hz",
        "Expected clicks per second from dark counts and sky inside the gates, all detectors.",
        _forecast(lambda forecast: forecast.background_rate_hz),
        digits=3,
    ),
    Column(
        "signal_rate_hz",
        "Hz",
        "Expected clicks per second that the satellite's light adds to the background, all "
        "intensities, before sifting.",
        _forecast(lambda forecast: forecast.signal_rate_hz),
        digits=3,
    ),
    Column(
        "qber",
        "",
        "Expected error fraction, background included.",
        _forecast(lambda forecast: forecast.qber),
        digits=6,
    ),
    Column(
        "usable",
        "",
        "true where the sample may carry key: no limit takes it.",
        lambda report: report.forecast.usable[report.samples],
    ),
    Column(
        "obstacle",
        "",
        "First limit that takes the sample, named as in the lost_… columns of passes.csv; empty "
        "where none does.",
        _obstacle,
    ),
    Column(
        "sun_elevation_deg",
        "°",
        "Elevation of the Sun at the station.",
        _tracks(lambda tracks: tracks.sun_elevation_deg),
        digits=3,
    ),
    Column(
        "moon_elevation_deg",
        "°",
        "Elevation of the Moon at the station.",
        _tracks(lambda tracks: tracks.moon_elevation_deg),
        digits=3,
    ),
    Column(
        "moon_separation_deg",
        "°",
        "Angle between satellite and Moon.",
        _tracks(lambda tracks: tracks.moon_separation_deg),
        digits=3,
    ),
    Column(
        "sun_separation_deg",
        "°",
        "Angle between satellite and Sun.",
        _fact("sun_separation_deg"),
        digits=3,
    ),
    Column(
        "moon_illuminated",
        "",
        "Lit share of the Moon's disc: 0 new, 1 full.",
        _fact("moon_illuminated"),
        digits=4,
    ),
    Column(
        "sunlit",
        "",
        "Share of the Sun's disc the satellite sees, 0…1.",
        _tracks(lambda tracks: tracks.sunlit),
        digits=4,
    ),
)
"""Columns of ``series.csv``."""
