"""The table of passes: one row a pass, the rejected ones with their reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from satqkd.elements.satellite import ElementSet, catalogue_number
from satqkd.elements.trajectory import Trajectory
from satqkd.forecast.constraints import station_there_s
from satqkd.forecast.contact_id import by_rise
from satqkd.forecast.forecast import Forecast
from satqkd.key.estimators import estimator_name
from satqkd.key.result import KeyResult
from satqkd.report.tables.column import Cell, Column, Values, in_order, present
from satqkd.report.tables.pass_facts import LIMIT_COLUMNS, SKY_COLUMNS, UNCERTAINTY_COLUMNS
from satqkd.units import BoolArray, FloatArray, IntArray

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


def pass_report(forecast: Forecast, *, plan: Plan | None = None) -> PassReport:
    """Put the passes in order of rise, beside the decisions of ``plan`` if there is one."""
    if plan is not None:
        status, reason = plan.passes.status, plan.passes.reason
    else:
        why = forecast.yields.reason
        status = tuple("rejected" if text else "candidate" for text in why)
        reason = tuple(text or "" for text in why)
    return PassReport(
        forecast=forecast,
        order=by_rise(forecast.passes),
        status=status,
        reason=reason,
        planned_bits=None if plan is None else plan.passes.planned_bits,
    )


def with_status(report: PassReport, *statuses: str) -> PassReport:
    """Keep only the rows of passes with one of ``statuses``."""
    kept = [index for index in report.order.tolist() if report.status[index] in statuses]
    return replace(report, order=np.array(kept, dtype=np.int64))


Get = Callable[[Forecast], Values]


def _rows(get: Get) -> Callable[[PassReport], Values]:
    return lambda report: in_order(get(report.forecast), report.order)


def _decided(field: str) -> Callable[[PassReport], Values]:
    return lambda report: in_order(getattr(report, field), report.order)


def _planned(report: PassReport) -> Values:
    if report.planned_bits is None:
        return [None] * report.order.size
    return np.asarray(report.planned_bits[report.order])


def _utc(column: str) -> Callable[[PassReport], Values]:
    return _rows(lambda forecast: forecast.timebase.iso(getattr(forecast.passes, column)))


def _local(column: str) -> Callable[[PassReport], Values]:
    return _rows(lambda forecast: local_times(forecast, getattr(forecast.passes, column)))


def _passes(column: str) -> Callable[[PassReport], Values]:
    return _rows(lambda forecast: np.asarray(getattr(forecast.passes, column)))


def _element_set(get: Callable[[ElementSet | Trajectory], Cell]) -> Callable[[PassReport], Values]:
    return _rows(lambda forecast: [get(elements) for elements in element_sets(forecast)])


def _key(get: Callable[[KeyResult], Values]) -> Callable[[PassReport], Values]:
    return _rows(lambda forecast: get(forecast.yields.keys))


def element_sets(forecast: Forecast) -> list[ElementSet | Trajectory]:
    """Return the element set or trajectory behind each pass."""
    spacecraft, passes = forecast.mission.spacecraft, forecast.passes
    return [
        spacecraft[satellite].satellite.sources[number]
        for satellite, number in zip(passes.satellite, passes.element_set, strict=True)
    ]


def station_names(forecast: Forecast) -> list[str]:
    """Return the name of the station of each pass."""
    names = [ground.site.name for ground in forecast.mission.stations]
    return [names[station] for station in forecast.passes.station]


def local_times(forecast: Forecast, seconds: FloatArray) -> list[str]:
    """Return instants, one a pass, on the clock of the pass's station, ISO 8601 with offset."""
    zones = [ZoneInfo(ground.site.timezone) for ground in forecast.mission.stations]
    moments = forecast.timebase.utc_of(seconds)
    return [
        moment.astimezone(zones[station]).isoformat(timespec="milliseconds")
        for moment, station in zip(moments, forecast.passes.station.tolist(), strict=True)
    ]


def _epoch(elements: ElementSet | Trajectory) -> str:
    return elements.epoch.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _is_usable(forecast: Forecast) -> BoolArray:
    return np.asarray(forecast.yields.usable_s > 0)


def _usable_time(column: str) -> Get:
    def values(forecast: Forecast) -> Values:
        times = np.asarray(forecast.timebase.iso(getattr(forecast.yields, column)), dtype=object)
        return present(times, _is_usable(forecast))

    return values


def _where_sifted(get: Callable[[KeyResult], FloatArray]) -> Callable[[PassReport], Values]:
    return _key(lambda keys: present(get(keys), keys.sifted_bits > 0))


def _finite(values: FloatArray) -> Values:
    return present(values, np.isfinite(values))


def _clear_probability(forecast: Forecast) -> Values:
    return _finite(forecast.yields.clear_probability)


def _drawn(field: str) -> Get:
    def values(forecast: Forecast) -> Values:
        if forecast.yields.outlook is None:
            return [None] * len(forecast)
        return _finite(getattr(forecast.yields.outlook, field))

    return values


def _expected_bits(forecast: Forecast) -> Values:
    """Mean key of each pass, rounded down to whole bits."""
    if forecast.yields.outlook is None:
        return [None] * len(forecast)
    return _finite(np.floor(forecast.yields.outlook.expected_bits))


def _protocols(forecast: Forecast) -> Values:
    """How the key of each pass is made; where several ways can be chosen, which one."""
    keys = forecast.yields.keys
    if not keys.choice:
        return [forecast.mission.protocol_name] * len(forecast)
    called = [estimator_name(one) for one in forecast.mission.protocol.choices()]
    told = [
        f"{name} ({number} of {len(called)})" if called.count(name) > 1 else name
        for number, name in enumerate(called, start=1)
    ]
    return [
        told[which] if key > 0 else None
        for which, key in zip(keys.choice, keys.secure_bits.tolist(), strict=True)
    ]


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


def _satellite_names(forecast: Forecast) -> Values:
    names = [craft.satellite.name for craft in forecast.mission.spacecraft]
    return [names[index] for index in forecast.passes.satellite]


def _norad_ids(forecast: Forecast) -> Values:
    ids = [catalogue_number(craft.satellite.norad_id) for craft in forecast.mission.spacecraft]
    return [ids[index] for index in forecast.passes.satellite]


def _timezones(forecast: Forecast) -> Values:
    zones = [ground.site.timezone for ground in forecast.mission.stations]
    return [zones[index] for index in forecast.passes.station]


def _of_forecast(columns: Sequence[Column[Forecast]]) -> tuple[Column[PassReport], ...]:
    return tuple(
        Column(c.name, c.unit, c.description, _rows(c.values), digits=c.digits) for c in columns
    )


def _signal_sifted(forecast: Forecast) -> Values:
    counts = forecast.yields.collected
    both = counts.key_clicks + counts.check_clicks
    return np.asarray(both[:, :1].sum(axis=1))


PASS_COLUMNS: tuple[Column[PassReport], ...] = (
    Column(
        "pass_id",
        "",
        "Satellite, station and minute of culmination in UTC; unique.",
        _rows(lambda forecast: list(forecast.ids)),
    ),
    Column("satellite", "", "Name of the satellite.", _rows(_satellite_names)),
    Column(
        "norad_id",
        "",
        "Catalogue number of the satellite; empty when unknown.",
        _rows(_norad_ids),
    ),
    Column(
        "cospar_id",
        "",
        "International designator; empty when unknown.",
        _element_set(lambda elements: elements.cospar_id),
    ),
    Column("station", "", "Name of the station.", _rows(station_names)),
    Column(
        "rise_utc",
        "UTC",
        "When the satellite climbs above the station's lowest elevation (see clipped_start).",
        _utc("rise_s"),
    ),
    Column("culmination_utc", "UTC", "When it stands highest.", _utc("culmination_s")),
    Column(
        "set_utc",
        "UTC",
        "When it sinks below the lowest elevation (see clipped_end).",
        _utc("set_s"),
    ),
    Column(
        "rise_local",
        "local time",
        "rise_utc on the station's clock, with its offset.",
        _local("rise_s"),
    ),
    Column(
        "culmination_local",
        "local time",
        "culmination_utc on the station's clock.",
        _local("culmination_s"),
    ),
    Column("set_local", "local time", "set_utc on the station's clock.", _local("set_s")),
    Column("timezone", "", "IANA name of the station's time zone.", _rows(_timezones)),
    Column(
        "duration_s",
        "s",
        "From rise to set, in SI seconds.",
        _rows(lambda forecast: forecast.passes.set_s - forecast.passes.rise_s),
        digits=1,
    ),
    Column(
        "clipped_start",
        "",
        "true when the satellite was already up where the window or its elements begin.",
        _passes("clipped_start"),
    ),
    Column(
        "clipped_end",
        "",
        "true when it is still up where the window or its elements end.",
        _passes("clipped_end"),
    ),
    Column(
        "station_there_s",
        "s",
        "Time of the pass in which the station stands there and has no outage; the rest of the "
        "limits left aside.",
        _rows(station_there),
        digits=1,
    ),
    Column(
        "rise_azimuth_deg",
        "°",
        "Azimuth at rise, from north through east.",
        _passes("rise_azimuth_deg"),
        digits=2,
    ),
    Column(
        "culmination_azimuth_deg",
        "°",
        "Azimuth at culmination.",
        _passes("culmination_azimuth_deg"),
        digits=2,
    ),
    Column("set_azimuth_deg", "°", "Azimuth at set.", _passes("set_azimuth_deg"), digits=2),
    Column(
        "max_elevation_deg",
        "°",
        "Geometric elevation at culmination, without refraction.",
        _passes("max_elevation_deg"),
        digits=2,
    ),
    Column(
        "min_range_km",
        "km",
        "Smallest slant range in the series of the pass.",
        _rows(lambda f: 1e-3 * f.seen[0].min_range_m),
        digits=2,
    ),
    Column(
        "usable_start_utc",
        "UTC",
        "First instant that may carry key: no limit takes it; empty if there is none.",
        _rows(_usable_time("usable_start_s")),
    ),
    Column(
        "usable_end_utc",
        "UTC",
        "Last instant that may carry key; empty if there is none.",
        _rows(_usable_time("usable_end_s")),
    ),
    Column(
        "usable_s",
        "s",
        "Time that may carry key.",
        _rows(lambda forecast: forecast.yields.usable_s),
        digits=1,
    ),
    *_of_forecast(LIMIT_COLUMNS),
    Column(
        "sun_elevation_max_deg",
        "°",
        "Highest elevation of the Sun at the station during the pass.",
        _rows(lambda f: f.seen[0].sun_elevation_max_deg),
        digits=2,
    ),
    Column(
        "moon_elevation_deg",
        "°",
        "Elevation of the Moon at the station at culmination.",
        _rows(lambda f: f.seen[0].moon_elevation_deg),
        digits=2,
    ),
    Column(
        "moon_separation_min_deg",
        "°",
        "Smallest angle between satellite and Moon during the pass.",
        _rows(lambda f: f.seen[0].moon_separation_min_deg),
        digits=2,
    ),
    Column(
        "sunlit_fraction",
        "",
        "Mean share of the Sun's disc the satellite sees: 0 in the Earth's shadow, 1 in full sun.",
        _rows(lambda f: f.seen[0].sunlit),
        digits=3,
    ),
    *_of_forecast(SKY_COLUMNS),
    Column(
        "loss_min_db",
        "dB",
        "Smallest total loss of a usable instant; empty if there is none.",
        _rows(lambda forecast: _finite(forecast.yields.light.loss_min_db[0])),
        digits=2,
    ),
    Column(
        "loss_mean_db",
        "dB",
        "Total loss in dB of the mean transmittance over the usable time (not the mean of the dB).",
        _rows(lambda forecast: _finite(forecast.yields.light.loss_mean_db[0])),
        digits=2,
    ),
    Column(
        "qber",
        "",
        "Expected error fraction of the sifted bits, background included; empty without any.",
        _where_sifted(lambda keys: keys.qber),
        digits=5,
    ),
    Column(
        "sifted_bits",
        "bit",
        "Expected bits of all intensities that enter the key after sifting.",
        _key(lambda keys: keys.sifted_bits),
        digits=0,
    ),
    Column(
        "signal_sifted_bits",
        "bit",
        "Expected sifted bits of the signal (largest) intensity alone, both bases.",
        _rows(_signal_sifted),
        digits=0,
    ),
    Column(
        "protocol",
        "",
        "Model that makes the key; of a best-of the one that leaves most, empty without key.",
        _rows(_protocols),
    ),
    Column(
        "secure_bits",
        "bit",
        "Secret key of the pass as one block, with finite-key bounds, from expected counts.",
        _key(lambda keys: keys.secure_bits),
    ),
    Column(
        "secure_bits_low",
        "bit",
        "The same with every stated range at its worst end; empty where none is stated.",
        _rows(lambda f: present(f.yields.keys_low.secure_bits, f.yields.ranged)),
    ),
    Column(
        "secure_bits_high",
        "bit",
        "The same with every stated range at its best end; empty where none is stated.",
        _rows(lambda f: present(f.yields.keys_high.secure_bits, f.yields.ranged)),
    ),
    Column(
        "clear_probability",
        "",
        "Chance of a clear sky; empty where nobody told the weather.",
        _rows(_clear_probability),
        digits=3,
    ),
    Column(
        "expected_secure_bits",
        "bit",
        "Mean key over weather, air and pointing; where nobody told the weather, of a clear sky.",
        _rows(_expected_bits),
        digits=0,
    ),
    Column(
        "secure_bits_p10",
        "bit",
        "Nine histories in ten give more key than this, clouds included.",
        _rows(_drawn("low_bits")),
        digits=0,
    ),
    Column(
        "secure_bits_p50",
        "bit",
        "Half of the histories give more.",
        _rows(_drawn("median_bits")),
        digits=0,
    ),
    Column(
        "secure_bits_p90",
        "bit",
        "One history in ten gives more.",
        _rows(_drawn("high_bits")),
        digits=0,
    ),
    Column(
        "planned_bits",
        "bit",
        "Key that a plan counts on: in the blocks the satellite distils, under a clear sky or, "
        "with --expected, on average; empty in a forecast.",
        _planned,
    ),
    Column(
        "phase_error",
        "",
        "Upper bound on the phase error fraction of single photons; empty without sifted bits.",
        _where_sifted(lambda keys: keys.phase_error),
        digits=5,
    ),
    Column(
        "leak_ec_bits",
        "bit",
        "Bits announced by error correction.",
        _key(lambda keys: keys.leak_ec_bits),
        digits=0,
    ),
    Column(
        "status",
        "",
        "scheduled, candidate (could be flown, is not) or rejected (can give no key).",
        _decided("status"),
    ),
    Column("reason", "", "Why the pass is not scheduled.", _decided("reason"), below=True),
    Column(
        "elements_epoch_utc",
        "UTC",
        "Epoch of the orbit elements used; of an ephemeris, when it was made.",
        _element_set(_epoch),
    ),
    Column(
        "elements_age_h",
        "h",
        "Culmination minus that epoch; negative when the elements are younger than the pass.",
        _rows(lambda forecast: forecast.passes.element_age_s / 3600.0),
        digits=2,
    ),
    Column(
        "elements_source",
        "",
        "File and line of the elements or ephemeris; for a design, 'synthetic:' and the design.",
        _element_set(lambda elements: elements.source),
    ),
    *_of_forecast(UNCERTAINTY_COLUMNS),
)
"""Columns of ``passes.csv``."""

SHORT_REASON: Column[PassReport] = Column(
    "why_not",
    "",
    "The reason without its numbers.",
    lambda report: [report.reason[index].split(":")[0] for index in report.order.tolist()],
    below=True,
)
"""For a terminal, where ``reason`` is too wide."""

CUT: Column[PassReport] = Column(
    "cut", "", "Which end the window or the elements cut off.", _rows(_cut)
)
"""For a terminal: both ``clipped_…`` in one."""
