"""The table of clock comparisons: one row a pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.forecast.clocks import ClockPasses
from satqkd.report.counted import counted
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.named import satellite_names, station_names
from satqkd.timing.doppler import carrier_shift_hz
from satqkd.timing.result import AVERAGING_S, TimingResult
from satqkd.units import FloatArray

_DIGITS = 4
"""Figures shown of an uncertainty."""

CLOCK_SCREEN = (
    "rise_utc",
    "station",
    "satellite",
    "clock",
    "offset_uncertainty_ps",
    "statistical_ps",
    "usable",
    "data_rate_hz",
    "precision_1s_ps",
    "pass_id",
    "qber",
    "asymmetry_ns",
    "relativity_ns",
    "reason",
)
"""Columns for the terminal, the most important first."""

_IDLE = "no usable contact: "


def reason_in_short(why: str) -> str:
    """Return a reason without what differs from pass to pass.

    Examples
    --------
    >>> reason_in_short("no usable contact: daylight: Sun at 44.6°, limit -12°")
    'daylight'
    """
    return why.removeprefix(_IDLE).split(": ")[0]


def without_light(row: Mapping[str, Cell]) -> str | None:
    """Return in short why a row of the table holds no light to compare with; None where it does."""
    why = row["reason"]
    return None if row["data_rate_hz"] or not isinstance(why, str) else reason_in_short(why)


def counted_reasons(reasons: Iterable[str | None]) -> list[str]:
    """Count passes by reason, the commonest first.

    Examples
    --------
    >>> counted_reasons(["daylight", None, "too low", "daylight"])
    ['2 passes: daylight', '1 pass: too low']
    """
    common = Counter(reason_in_short(why) for why in reasons if why is not None)
    return [
        f"{counted(count, 'pass', many='passes')}: {why}" for why, count in common.most_common()
    ]


def significant(values: FloatArray) -> list[Cell]:
    """Round to figures that mean something; None where a value is not finite.

    Examples
    --------
    >>> significant(np.array([0.000123456, np.inf]))
    [0.0001235, None]
    """
    return [
        float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None for value in values.tolist()
    ]


def _result(
    get: Callable[[TimingResult], FloatArray], scale: float = 1.0
) -> Callable[[ClockPasses], Values]:
    return lambda found: significant(scale * get(found.result))


def _own(
    get: Callable[[ClockPasses], FloatArray], scale: float = 1.0
) -> Callable[[ClockPasses], Values]:
    return lambda found: significant(scale * get(found))


def _used(
    get: Callable[[ClockPasses], FloatArray], scale: float = 1.0
) -> Callable[[ClockPasses], Values]:
    """Return what means something only where the link may be used."""
    return lambda found: [
        cell if used else None
        for cell, used in zip(
            significant(scale * get(found)), found.result.contact_s > 0.0, strict=True
        )
    ]


def _seen(found: ClockPasses) -> list[bool]:
    """Whether errors end a comparison, and there are clicks to see them on."""
    looks = found.use.clock.system.qber_limit is not None
    return [looks and events >= 1.0 for events in found.result.events.tolist()]


def _qber(found: ClockPasses) -> Values:
    return present(found.result.qber, np.array(_seen(found), dtype=np.bool_))


def _qber_bound(found: ClockPasses) -> Values:
    bound = np.where(np.isfinite(found.qber_bound), found.qber_bound, 1.0)
    return present(bound, np.array(_seen(found), dtype=np.bool_))


def _qber_limit(found: ClockPasses) -> Values:
    return [found.use.clock.system.qber_limit] * len(found)


def _carrier_m(found: ClockPasses) -> FloatArray:
    """Wavelength of the light that is compared, for each pass. [m]"""
    own = found.use.clock.system.carrier_m
    if own is not None:
        return np.full(len(found), own)
    mission = found.forecast.mission
    every = [mission.wavelength_m(craft) for craft in range(len(mission.spacecraft))]
    return np.array(every)[found.forecast.passes.satellite]


def _carrier_hz(found: ClockPasses) -> FloatArray:
    return np.abs(
        carrier_shift_hz(found.largest_shift * SPEED_OF_LIGHT_M_S, wavelength_m=1.0)
        / _carrier_m(found)
    )


def _repetition_hz(found: ClockPasses) -> FloatArray:
    """Shift of the repetition rate of what is sent. [Hz]"""
    return found.largest_shift * found.use.clock.system.pulses_hz


def _precision(index: int) -> Callable[[ClockPasses], Values]:
    return _result(lambda result: result.precision_s[:, index], 1e12)


def _after(tau_s: float) -> str:
    """Write an averaging time as a part of a column's name."""
    return f"{1e3 * tau_s:g}ms" if tau_s < 1.0 else f"{tau_s:g}s"


CLOCK_COLUMNS: tuple[Column[ClockPasses], ...] = (
    column("pass_id", lambda f: list(f.forecast.ids)),
    column("clock", lambda f: [f.use.name] * len(f.result)),
    Column("method", "", "What compares them.", lambda f: [f.result.method] * len(f.result)),
    column("satellite",
           lambda f: satellite_names(f.forecast.mission, f.forecast.passes.satellite)),
    column("station", lambda f: station_names(f.forecast.mission, f.forecast.passes.station)),
    column("rise_utc", lambda f: f.forecast.timebase.iso(f.forecast.passes.rise_s), digits=3),
    column("usable", lambda f: [why is None for why in f.result.why_not]),
    Column("contact_s", "s", "How long the link is used.",
           _result(lambda r: r.contact_s)),
    Column("data_rate_hz", "Hz", "Time tags or updates per second of contact.",
           _result(lambda r: r.data_rate_hz)),
    Column("time_tags", "", "Time tags or updates in all.", _result(lambda r: r.events)),
    Column("offset_uncertainty_ps", "ps",
           "One sigma of the mean offset over the pass, systematic terms included.",
           _result(lambda r: r.offset_uncertainty_s, 1e12)),
    Column("statistical_ps", "ps", "One sigma of it from noise alone, at the end of the pass.",
           _result(lambda r: r.statistical_s, 1e12)),
    Column("calibration_ps", "ps", "One sigma from the delays inside both ends.",
           _used(lambda f: f.result.systematic_s["calibration"], 1e12)),
    Column("orbit_ps", "ps",
           "One sigma from the asymmetry that an uncertain orbit leaves, at its largest.",
           _used(lambda f: f.result.systematic_s["orbit"], 1e12)),
    Column("frequency_uncertainty", "",
           "One sigma of the fractional frequency difference over the pass, from noise alone.",
           _result(lambda r: r.frequency_uncertainty)),
    *(
        Column(f"precision_{_after(tau)}_ps", "ps",
               f"Time deviation after averaging for {tau:g} s, the clocks' own noise included; "
               "none where the contact is shorter.",
               _precision(index))
        for index, tau in enumerate(AVERAGING_S)
    ),
    column("qber", _qber, digits=6),
    Column("qber_bound", "", "Upper bound on it that the abort looks at.", _qber_bound, digits=6),
    Column("qber_limit", "", "Error fraction from which on the time tags may be another's.",
           _qber_limit, digits=6),
    Column("asymmetry_ns", "ns",
           "Largest difference of the ways up and down, corrected for; half of it shifts the "
           "offset.",
           _used(lambda f: f.result.largest_asymmetry_s, 1e9)),
    Column("sagnac_ns", "ns", "Largest part of it that comes from the turning of the Earth.",
           _used(lambda f: f.largest_sagnac_s, 1e9)),
    Column("relativity_rate", "",
           "By how much the satellite's clock runs faster than the station's: gravity and motion, "
           "mean from rise to set.",
           _own(lambda f: f.relativity_rate)),
    Column("relativity_ns", "ns", "What that adds up to from rise to set.",
           _own(lambda f: f.relativity_s, 1e9)),
    Column("carrier_shift_hz", "Hz", "Largest Doppler shift of the carrier in use.",
           _used(_carrier_hz)),
    Column("repetition_shift_hz", "Hz", "Largest Doppler shift of the pulses' rate in use.",
           _used(_repetition_hz)),
    column("reason", lambda f: list(f.result.why_not)),
)  # fmt: skip
"""Columns of ``satqkd clock``."""
