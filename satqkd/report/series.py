"""The table of samples: what happens during chosen passes, second by second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.plan import Plan
from satqkd.link.budget import LINES
from satqkd.passes.table import Tracks
from satqkd.report.column import Column, Values
from satqkd.report.pass_id import by_rise, pass_ids
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesReport:
    """Samples of chosen passes, one pass after the other."""

    forecast: Forecast
    samples: IntArray
    """Indices of the samples, in the order of the rows."""
    pass_id: tuple[str, ...]
    """Id of the pass of each row."""


def series_report(forecast: Forecast, *, passes: IntArray) -> SeriesReport:
    """Collect the samples of ``passes``, in the order given."""
    ids, tracks = pass_ids(forecast), forecast.tracks
    slices = [(index, tracks.pass_slice(index)) for index in passes.tolist()]
    return SeriesReport(
        forecast=forecast,
        samples=np.concatenate(
            [np.zeros(0, dtype=np.int64), *(np.arange(s.start, s.stop) for _, s in slices)]
        ),
        pass_id=tuple(ids[index] for index, s in slices for _ in range(s.start, s.stop)),
    )


def scheduled_series(plan: Plan) -> SeriesReport:
    """Collect the samples of the scheduled passes, in order of rise."""
    scheduled = np.array([status == "scheduled" for status in plan.status], dtype=np.bool_)
    order = by_rise(plan.forecast)
    return series_report(plan.forecast, passes=order[scheduled[order]])


def _forecast(get: Callable[[Forecast], FloatArray]) -> Callable[[SeriesReport], Values]:
    return lambda report: np.asarray(get(report.forecast)[report.samples])


def _tracks(get: Callable[[Tracks], FloatArray]) -> Callable[[SeriesReport], Values]:
    return _forecast(lambda forecast: get(forecast.tracks))


def _utc(report: SeriesReport) -> Values:
    return report.forecast.timebase.iso(report.forecast.tracks.time_s[report.samples])


def _loss(line: str) -> Callable[[SeriesReport], Values]:
    return _forecast(lambda forecast: forecast.budget.lines_db[line])


_LINE_DESCRIPTION = {
    "tx_optics": "Loss between the source's reference plane and the satellite's exit.",
    "divergence": "Loss because the beam is wider than the receiver.",
    "pointing": "Loss because the beam does not hit the receiver's centre.",
    "atmosphere": "Loss in the air.",
    "rx_optics": "Loss between the receiver's aperture and the detectors, obscuration included.",
}

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
    *(
        Column(f"{line}_loss_db", "dB", _LINE_DESCRIPTION.get(line, ""), _loss(line), digits=3)
        for line in LINES
    ),
    Column(
        "total_loss_db",
        "dB",
        "Sum of the lines before.",
        _forecast(lambda forecast: forecast.budget.total_db),
        digits=3,
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
        "Expected clicks per second of all pulses that carry light, before sifting, background "
        "included.",
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
        "true where the sample may carry key: dark enough and within range.",
        lambda report: report.forecast.usable[report.samples],
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
        "sunlit",
        "",
        "Share of the Sun's disc the satellite sees, 0…1.",
        _tracks(lambda tracks: tracks.sunlit),
        digits=4,
    ),
)
"""Columns of ``series.csv``."""

SERIES_SCREEN = (
    "utc",
    "elevation_deg",
    "range_km",
    "total_loss_db",
    "qber",
    "azimuth_deg",
    "signal_rate_hz",
    "background_rate_hz",
    "usable",
    *(f"{line}_loss_db" for line in LINES),
)
"""Columns worth a place on a terminal, the most important first."""
