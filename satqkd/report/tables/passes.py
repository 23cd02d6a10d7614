"""The table of passes: one row a pass, the rejected ones with their reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from satqkd.elements.satellite import ElementSet
from satqkd.elements.trajectory import Trajectory
from satqkd.forecast.constraints import station_there_s
from satqkd.forecast.contact_id import by_rise
from satqkd.forecast.forecast import Forecast
from satqkd.key.result import KeyResult
from satqkd.network.missed import Missed, hidden_of
from satqkd.report.tables.column import Cell, Column, Values, in_order, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.keys import Get, finite, key_columns, protocols, whole_expected_bits
from satqkd.report.tables.missed import missed_columns
from satqkd.report.tables.named import norad_ids, satellite_names, station_names
from satqkd.report.tables.pass_facts import LIMIT_COLUMNS, SKY_COLUMNS, UNCERTAINTY_COLUMNS
from satqkd.units import FloatArray, IntArray

if TYPE_CHECKING:
    from satqkd.network.plan import Plan  # a table without a plan need not load one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PassReport:
    """Every pass of a forecast, with what a plan decided about it."""

    forecast: Forecast
    order: IntArray
    """Indices of the passes in the order of the rows."""
    status: tuple[str, ...]
    """In the order of ``forecast``, like the two below: ``scheduled``, ``candidate`` or
    ``rejected``."""
    reason: tuple[str, ...]
    """Why a pass is not scheduled; empty for scheduled ones."""
    planned_bits: IntArray | None
    """Key a plan counts on; None without one. [bit]"""
    clashes_with: tuple[str, ...]
    """Keys of scheduled contacts in the way of each."""
    pin: tuple[str, ...]
    """``pinned``, ``banned`` or empty."""
    missed: tuple[Missed, ...]
    """What stands in the way of each."""
    scheduled_s: tuple[FloatArray, FloatArray] | None = None
    """First and last second that a plan uses of each pass scheduled; None without a plan. [s]"""


def pass_report(
    forecast: Forecast, *, plan: Plan | None = None, stakes: bool = False
) -> PassReport:
    """Put the passes in order of rise, beside the decisions of ``plan`` if there is one.

    Parameters
    ----------
    forecast
        The passes.
    plan
        What is planned; None for a forecast alone.
    stakes
        Whether, without a plan, to work out what limits cost; a plan has it.
    """
    if plan is not None:
        status, reason = plan.passes.status, plan.passes.reason
    else:
        why = forecast.yields.reason
        status = tuple("rejected" if text else "candidate" for text in why)
        reason = tuple(text or "" for text in why)
    nothing = ("",) * len(forecast)
    return PassReport(
        forecast=forecast,
        order=by_rise(forecast.passes),
        status=status,
        reason=reason,
        planned_bits=None if plan is None else plan.passes.planned_bits,
        clashes_with=nothing if plan is None else plan.passes.clashes_with,
        pin=nothing if plan is None else plan.passes.pin,
        missed=hidden_of(forecast, stakes=stakes) if plan is None else plan.missed[: len(forecast)],
        scheduled_s=None if plan is None else (plan.passes.start_s, plan.passes.end_s),
    )


def with_status(report: PassReport, *statuses: str) -> PassReport:
    """Keep only the rows of passes with one of ``statuses``."""
    kept = [index for index in report.order.tolist() if report.status[index] in statuses]
    return replace(report, order=np.array(kept, dtype=np.int64))


def _rows(get: Get) -> Callable[[PassReport], Values]:
    return lambda report: in_order(get(report.forecast), report.order)


def _decided(field: str) -> Callable[[PassReport], Values]:
    return lambda report: in_order(getattr(report, field), report.order)


def _missed(report: PassReport) -> list[Missed]:
    return [report.missed[row] for row in report.order.tolist()]


def _planned(report: PassReport) -> Values:
    if report.planned_bits is None:
        return [None] * report.order.size
    return np.asarray(report.planned_bits[report.order])


def _scheduled_utc(end: int) -> Callable[[PassReport], Values]:
    def instants(report: PassReport) -> Values:
        if report.scheduled_s is None:
            return [None] * report.order.size
        times = np.asarray(report.forecast.timebase.iso(report.scheduled_s[end]), dtype=object)
        flown = np.array([status == "scheduled" for status in report.status], dtype=np.bool_)
        return in_order(present(times, flown), report.order)

    return instants


def _utc(field: str) -> Get:
    return lambda forecast: forecast.timebase.iso(getattr(forecast.passes, field))


def _local(field: str) -> Get:
    return lambda forecast: local_times(forecast, getattr(forecast.passes, field))


def _passes(field: str) -> Get:
    return lambda forecast: np.asarray(getattr(forecast.passes, field))


def _seen(field: str) -> Get:
    return lambda forecast: np.asarray(getattr(forecast.seen[0], field))


def _element_set(get: Callable[[ElementSet | Trajectory], Cell]) -> Get:
    return lambda forecast: [get(elements) for elements in element_sets(forecast)]


def element_sets(forecast: Forecast) -> list[ElementSet | Trajectory]:
    """Return the element set or trajectory behind each pass."""
    spacecraft, passes = forecast.mission.spacecraft, forecast.passes
    return [
        spacecraft[satellite].satellite.sources[number]
        for satellite, number in zip(passes.satellite, passes.element_set, strict=True)
    ]


def local_times(forecast: Forecast, seconds: FloatArray) -> list[str]:
    """Return instants, one a pass, on the clock of the pass's station, ISO 8601 with offset."""
    zones = [ground.site.zone for ground in forecast.mission.stations]
    moments = forecast.timebase.utc_of(seconds)
    return [
        moment.astimezone(zones[station]).isoformat(timespec="milliseconds")
        for moment, station in zip(moments, forecast.passes.station.tolist(), strict=True)
    ]


def _epoch(elements: ElementSet | Trajectory) -> str:
    return elements.epoch.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _usable_time(field: str) -> Get:
    def values(forecast: Forecast) -> Values:
        times = np.asarray(forecast.timebase.iso(getattr(forecast.yields, field)), dtype=object)
        return present(times, forecast.yields.usable_s > 0)

    return values


def _where_sifted(get: Callable[[KeyResult], FloatArray]) -> Get:
    return lambda f: present(get(f.yields.keys), f.yields.keys.sifted_bits > 0)


def _expected_bits(forecast: Forecast) -> Values:
    bits = whole_expected_bits(forecast)
    return [None] * len(forecast) if bits is None else finite(bits)


def station_there(forecast: Forecast) -> FloatArray:
    """How long the station of each pass stands there and works during it. [s]"""
    passes = forecast.passes
    there_s = passes.set_s - passes.rise_s
    for index, ground in enumerate(forecast.mission.stations):
        if ground.site.available is not None or ground.site.outages:
            here = passes.station == index
            there_s[here] = station_there_s(
                ground.site,
                forecast.timebase,
                rise_s=passes.rise_s[here],
                set_s=passes.set_s[here],
            )
    return np.asarray(there_s)


def _cut(forecast: Forecast) -> Values:
    words = ("", "start", "end", "both")
    cut = forecast.passes.clipped_start + 2 * forecast.passes.clipped_end
    return [words[code] for code in cut.tolist()]


def _timezones(forecast: Forecast) -> Values:
    zones = [ground.site.zone.key for ground in forecast.mission.stations]
    return [zones[index] for index in forecast.passes.station]


def _signal_sifted(forecast: Forecast) -> Values:
    counts = forecast.yields.collected
    both = counts.key_clicks + counts.check_clicks
    return np.asarray(both[:, :1].sum(axis=1))


_OF_FORECAST: tuple[Column[Forecast], ...] = (
    column("pass_id", lambda f: list(f.ids)),
    column("satellite", lambda f: satellite_names(f.mission, f.passes.satellite)),
    column("norad_id", lambda f: norad_ids(f.mission, f.passes.satellite)),
    column("cospar_id", _element_set(lambda elements: elements.cospar_id)),
    column("station", lambda f: station_names(f.mission, f.passes.station)),
    column("rise_utc", _utc("rise_s")),
    column("culmination_utc", _utc("culmination_s")),
    column("set_utc", _utc("set_s")),
    Column("rise_local", "local time", "rise_utc on the station's clock, with its offset.",
           _local("rise_s")),
    Column("culmination_local", "local time", "culmination_utc on the station's clock.",
           _local("culmination_s")),
    Column("set_local", "local time", "set_utc on the station's clock.", _local("set_s")),
    Column("timezone", "", "IANA name of the station's time zone; UTC where none is given.",
           _timezones),
    column("duration_s", lambda f: f.passes.set_s - f.passes.rise_s),
    column("clipped_start", _passes("clipped_start")),
    column("clipped_end", _passes("clipped_end")),
    Column("station_there_s", "s", "Time of the pass in which the station stands there and has no "
           "outage; the rest of the limits left aside.", station_there, digits=1),
    Column("rise_azimuth_deg", "°", "Azimuth at rise, from north through east.",
           _passes("rise_azimuth_deg"), digits=3, screen_digits=2),
    Column("culmination_azimuth_deg", "°", "Azimuth at culmination.",
           _passes("culmination_azimuth_deg"), digits=3, screen_digits=2),
    Column("set_azimuth_deg", "°", "Azimuth at set.",
           _passes("set_azimuth_deg"), digits=3, screen_digits=2),
    Column("max_elevation_deg", "°", "Geometric elevation at culmination, without refraction.",
           _passes("max_elevation_deg"), digits=3, screen_digits=2),
    Column("culmination_range_km", "km", "Slant range at culmination.",
           lambda f: 1e-3 * f.passes.culmination_range_m, digits=3, screen_digits=2),
    Column("min_range_km", "km", "Smallest slant range in the series of the pass.",
           lambda f: 1e-3 * f.seen[0].min_range_m, digits=2),
    Column("usable_start_utc", "UTC", "First instant that may carry key: no limit takes it; empty "
           "if there is none.", _usable_time("usable_start_s")),
    Column("usable_end_utc", "UTC", "Last instant that may carry key; empty if there is none.",
           _usable_time("usable_end_s")),
    column("usable_s", lambda f: f.yields.usable_s),
    *LIMIT_COLUMNS,
    Column("sun_elevation_max_deg", "°",
           "Highest elevation of the Sun at the station during the pass.",
           _seen("sun_elevation_max_deg"), digits=2),
    column("moon_elevation_deg", _seen("moon_elevation_deg"), digits=2),
    Column("moon_separation_min_deg", "°",
           "Smallest angle between satellite and Moon during the pass.",
           _seen("moon_separation_min_deg"), digits=3, screen_digits=2),
    Column("sunlit_fraction", "", "Mean share of the Sun's disc the satellite sees: 0 in the "
           "Earth's shadow, 1 in full sun.", _seen("sunlit"), digits=3),
    *SKY_COLUMNS,
    column("loss_min_db", lambda f: finite(f.yields.light.loss_min_db[0])),
    Column("loss_mean_db", "dB", "Total loss in dB of the mean transmittance over the usable time "
           "(not the mean of the dB).", lambda f: finite(f.yields.light.loss_mean_db[0]), digits=2),
    column("qber", _where_sifted(lambda keys: keys.qber), digits=5),
    column("sifted_bits", lambda f: f.yields.keys.sifted_bits, digits=0),
    Column("signal_sifted_bits", "bit",
           "Expected sifted bits of the signal (largest) intensity alone, both bases.",
           _signal_sifted, digits=0),
    column("protocol", lambda f: protocols(f.mission, f.yields.keys)),
    *key_columns(column("expected_secure_bits", _expected_bits, digits=0)),
)  # fmt: skip
_KEY_DETAILS: tuple[Column[Forecast], ...] = (
    column("phase_error", _where_sifted(lambda keys: keys.phase_error), digits=5),
    Column(
        "leak_ec_bits",
        "bit",
        "Bits announced by error correction.",
        lambda f: f.yields.keys.leak_ec_bits,
        digits=0,
    ),
)
_ELEMENTS: tuple[Column[Forecast], ...] = (
    Column("elements_epoch_utc", "UTC",
           "Epoch of the orbit elements used; of an ephemeris, when it was made.",
           _element_set(_epoch)),
    Column("elements_age_h", "h",
           "Culmination minus that epoch; negative when the elements are younger than the pass.",
           lambda f: f.passes.element_age_s / 3600.0, digits=2),
    Column("elements_source", "", "File and line of the elements or ephemeris; for a design, "
           "'synthetic:' and the design.", _element_set(lambda elements: elements.source)),
    *UNCERTAINTY_COLUMNS,
)  # fmt: skip


def _reported(columns: Sequence[Column[Forecast]]) -> tuple[Column[PassReport], ...]:
    return tuple(one.of(_rows(one.values)) for one in columns)


PASS_COLUMNS: tuple[Column[PassReport], ...] = (
    *_reported(_OF_FORECAST),
    column("planned_bits", _planned),
    column("scheduled_start_utc", _scheduled_utc(0)),
    column("scheduled_end_utc", _scheduled_utc(1)),
    *_reported(_KEY_DETAILS),
    column("status", _decided("status")),
    column("reason", _decided("reason")),
    *missed_columns(_missed),
    column("clashes_with", _decided("clashes_with")),
    column("pin", _decided("pin")),
    *_reported(_ELEMENTS),
)
"""Columns of passes, also of a forecast."""

PLANNED_PASS_COLUMNS: tuple[Column[PassReport], ...] = (
    PASS_COLUMNS[0],
    *_reported((column("contact_key", lambda f: list(f.contact_key)),)),
    *PASS_COLUMNS[1:],
)
"""Columns of ``passes.csv``."""

SHORT_REASON: Column[PassReport] = column(
    "reason",
    lambda report: [report.reason[index].split(":")[0] for index in report.order.tolist()],
)
"""For a terminal: the reason without its numbers."""

CUT: Column[PassReport] = Column(
    "cut", "", "Which end the window or the elements cut off.", _rows(_cut)
)
"""For a terminal: both ``clipped_…`` in one."""
