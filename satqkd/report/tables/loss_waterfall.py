"""The loss waterfall of one pass as a table: where the light goes at rise, culmination, set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.light import SOURCES
from satqkd.forecast.seen import culmination_sample
from satqkd.link.budget import LINES
from satqkd.report.tables.column import Column, Values, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.report.tables.fade import fade_margin_db
from satqkd.units import loss_db


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallRow:
    """One reason for losing light, at three instants of a pass."""

    term: str
    rise: float
    culmination: float
    set: float
    unit: str = "dB"


def waterfall_report(forecast: Forecast, index: int) -> tuple[WaterfallRow, ...]:
    """List elevation, range, every loss line, their sum and the detectors' loss of a pass."""
    tracks, passes = forecast.sampled.tracks, forecast.passes
    (arm,), rates = forecast.sampled.arms, forecast.sampled.rates
    here = tracks.pass_slice(index)
    top = int(culmination_sample(passes, tracks)[index])
    samples = (here.start, top, here.stop - 1)
    ends = forecast.mission.ends(int(passes.satellite[index]), int(passes.station[index]))
    detector_db = float(loss_db(ends.detector.efficiency))

    def row(term: str, values: Values, unit: str = "dB") -> WaterfallRow:
        picked = values if len(values) == len(samples) else [values[sample] for sample in samples]
        rise, culmination, end = (float(value) for value in picked)  # type: ignore[arg-type]
        return WaterfallRow(term=term, rise=rise, culmination=culmination, set=end, unit=unit)

    total = arm.budget.total_db
    return (
        row("elevation", tracks.elevation_deg, "°"),
        row("range", tracks.range_m / 1e3, "km"),
        *(
            row(name, arm.budget.lines_db[line])
            for line, name in LINES.items()
            if arm.budget.lines_db[line][here].any()
        ),
        row("total to the detectors", total),
        row("with detector efficiency", total + detector_db),
        row("fade margin, 99 % of the time", fade_margin_db(arm.budget, np.array(samples))),
        row("signal clicks", rates["signal_rate_hz"], "Hz"),
        *(
            row(f"stray photons: {what}", arm.stray_hz[source], "Hz")
            for source, what in SOURCES.items()
            if arm.stray_hz[source][here].any()
        ),
        row("background clicks in gates", rates["background_rate_hz"], "Hz"),
        row("QBER", 100.0 * rates["qber"], "%"),
    )


def waterfall_instants(forecast: Forecast, index: int) -> dict[str, str]:
    """Return when the pass of a waterfall rises, culminates and sets, ISO 8601 in UTC."""
    passes = forecast.passes
    seconds = {
        "rise": passes.rise_s,
        "culmination": passes.culmination_s,
        "set": passes.set_s,
    }
    return {
        name: forecast.timebase.iso(each[[index]], digits=0)[0] for name, each in seconds.items()
    }


WATERFALL_COLUMNS: tuple[Column[tuple[WaterfallRow, ...]], ...] = (
    column("term", field_of_each("term")),
    Column("rise", "", "At rise.", field_of_each("rise"), digits=2),
    Column("culmination", "", "At culmination.", field_of_each("culmination"), digits=2),
    Column("set", "", "At set.", field_of_each("set"), digits=2),
    column("unit", field_of_each("unit")),
)
"""Columns of the waterfall."""

WATERFALL_SCREEN = ("term", "culmination", "rise", "set", "unit")
"""The same on a terminal, the most important first."""
