"""The loss waterfalls of a joint window side by side: where the light of each link goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.fading import fading_margin_db
from satqkd.forecast.views import View
from satqkd.link.budget import LINES
from satqkd.report.tables.column import Column, Values, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.report.tables.joint import prefixes
from satqkd.units import FloatArray

_INSTANTS = ("begin", "best", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRow:
    """One reason for losing light, at three instants on each link."""

    term: str
    values: tuple[float | None, ...]
    """At begin, best and end of the window on the first link, then on the second, and so on."""
    unit: str = "dB"


def joint_waterfall(report: View, window: int) -> tuple[JointRow, ...]:
    """List elevation, range, every loss line, their sum and the sum of all links of a window."""
    first, end = report.tracks[0].starts[window : window + 2].tolist()
    best = int(report.best_samples[window])
    samples = np.array([first, best, end - 1])

    def row(term: str, series: Sequence[FloatArray], unit: str = "dB") -> JointRow:
        values = [float(value) for one in series for value in one[samples]]
        return JointRow(term=term, values=tuple(values), unit=unit)

    tracks, arms = report.tracks, [arm.budget for arm in report.series.arms]
    lines = {name: [arm.lines_db[name] for arm in arms] for name in LINES}
    return (
        row("elevation", [track.elevation_deg for track in tracks], "°"),
        row("range", [1e-3 * track.range_m for track in tracks], "km"),
        *(
            row(LINES[name], series)
            for name, series in lines.items()
            if any(one[first:end].any() for one in series)
        ),
        row("total to the detectors", [arm.total_db for arm in arms]),
        row("fade margin, 99 % of the time", [fading_margin_db(arm.variance) for arm in arms]),
        row("sum over the links", [report.sum_db] * len(arms)),
    )


def joint_waterfall_columns(stations: Sequence[str]) -> tuple[Column[tuple[JointRow, ...]], ...]:
    """Columns for stations of these names: three instants on each one's link."""
    names = [f"{name}_{instant}" for name in prefixes(stations) for instant in _INSTANTS]
    return (
        column("term", field_of_each("term")),
        *(
            Column(name, "", "On that station's link, then.", _value(place), digits=2)
            for place, name in enumerate(names)
        ),
        column("unit", field_of_each("unit")),
    )


def _value(place: int) -> Callable[[tuple[JointRow, ...]], Values]:
    return lambda rows: [row.values[place] for row in rows]


def joint_instants(report: View, window: int) -> dict[str, str]:
    """Return when a window begins, is best and ends, ISO 8601 in UTC."""
    best = report.best_samples[[window]]
    begin, end = report.contacts.start_s[[window]], report.contacts.end_s[[window]]
    seconds = np.concatenate([begin, report.tracks[0].time_s[best], end])
    texts = report.timebase.iso(seconds, digits=0)
    return dict(zip(_INSTANTS, texts, strict=True))
