"""Loss waterfalls as tables: where the light of each arm goes, at a few instants."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.clicks.fading import fading_margin_db
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.light import SOURCES
from satqkd.forecast.seen import culmination_sample
from satqkd.forecast.terrestrial import Terrestrial
from satqkd.forecast.views import View
from satqkd.link.budget import LINES, Budget
from satqkd.mission.links import FixedLink
from satqkd.report.tables.column import Column, Values, each, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.report.tables.fade import fade_margin_db
from satqkd.report.tables.joint import prefixes
from satqkd.units import FloatArray, IntArray, loss_db

INSTANTS: Final = ("begin", "best", "end")
"""Of a joint contact, on the link of each station."""
WATERFALL_SCREEN = ("term", "culmination", "rise", "set", "unit")
"""Columns of the waterfall of a pass on a terminal, the most important first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallRow:
    """One reason for losing light, or what becomes of the rest."""

    term: str
    values: tuple[float, ...]
    """At every instant on the first arm, then on the second, and so on."""
    unit: str = "dB"


Rows = tuple[WaterfallRow, ...]
Row = Callable[..., WaterfallRow]


def _at(samples: IntArray) -> Row:
    """Return what makes a row of a series an arm."""

    def row(term: str, *arms: FloatArray, unit: str = "dB") -> WaterfallRow:
        values = tuple(float(value) for one in arms for value in one[samples])
        return WaterfallRow(term=term, values=values, unit=unit)

    return row


def _losses(
    row: Row, arms: Sequence[Budget], within: slice = slice(None)
) -> Iterable[WaterfallRow]:
    """Yield every loss line that takes light on any arm, and their sum."""
    for line, name in LINES.items():
        series = [arm.lines_db[line] for arm in arms]
        if any(one[within].any() for one in series):
            yield row(name, *series)
    yield row("total to the detectors", *(arm.total_db for arm in arms))


def _clicks(
    row: Row,
    rates: Mapping[str, FloatArray],
    stray_hz: Mapping[str, npt.NDArray[np.float64]],
    within: slice = slice(None),
) -> Iterable[WaterfallRow]:
    """Yield clicks of the light sent and of others, and their errors."""
    yield row("signal clicks", rates["signal_rate_hz"], unit="Hz")
    for source, what in SOURCES.items():
        if source in stray_hz and stray_hz[source][within].any():
            yield row(f"stray photons: {what}", stray_hz[source], unit="Hz")
    yield row("background clicks in gates", rates["background_rate_hz"], unit="Hz")
    yield row("QBER", 100.0 * rates["qber"], unit="%")


def pass_waterfall(forecast: Forecast, index: int) -> Rows:
    """List elevation, range, losses, clicks and errors of a pass at rise, culmination and set."""
    tracks, passes = forecast.sampled.tracks, forecast.passes
    (arm,), rates = forecast.sampled.arms, forecast.sampled.rates
    here = tracks.pass_slice(index)
    top = int(culmination_sample(passes, tracks)[index])
    samples = np.array([here.start, top, here.stop - 1])
    ends = forecast.mission.ends(int(passes.satellite[index]), int(passes.station[index]))
    row, margin_db = _at(samples), fade_margin_db(arm.budget, samples)
    return (
        row("elevation", tracks.elevation_deg, unit="°"),
        row("range", tracks.range_m / 1e3, unit="km"),
        *_losses(row, [arm.budget], here),
        row("with detector efficiency", arm.budget.total_db + loss_db(ends.detector.efficiency)),
        _at(np.arange(samples.size))("fade margin, 99 % of the time", margin_db),
        *_clicks(row, rates, arm.stray_hz, here),
    )


def joint_waterfall(report: View, window: int) -> Rows:
    """List elevation, range, losses and the sum of all links at three instants of a window."""
    first, end = report.tracks[0].starts[window : window + 2].tolist()
    row = _at(np.array([first, int(report.best_samples[window]), end - 1]))
    tracks, arms = report.tracks, [arm.budget for arm in report.series.arms]
    return (
        row("elevation", *(track.elevation_deg for track in tracks), unit="°"),
        row("range", *(1e-3 * track.range_m for track in tracks), unit="km"),
        *_losses(row, arms, slice(first, end)),
        row("fade margin, 99 % of the time", *(fading_margin_db(arm.variance) for arm in arms)),
        row("sum over the links", *[report.sum_db] * len(arms)),
    )


def link_waterfall(found: Terrestrial) -> Rows:
    """List length, losses, scintillation, clicks and errors of a link that makes key alone."""
    row, budget, detector = (
        _at(np.zeros(1, dtype=np.int64)),
        found.budget,
        found.made_by.links[0].detector,
    )
    efficiency = 1.0 if detector is None else detector.efficiency
    rates = {name: np.array([rate]) for name, rate in found.rates.items()}
    variance = float(budget.variance[0])
    fading = (
        row("scintillation, 1 σ of the mean", np.array([100.0 * math.sqrt(variance)]), unit="%"),
        row("fade margin, 99 % of the time", fade_margin_db(budget, slice(None))),
    )
    return (
        row("length", np.array([1e-3 * found.made_by.links[0].length_m]), unit="km"),
        *_losses(row, [budget]),
        row("with detector efficiency", budget.total_db + loss_db(efficiency)),
        *(fading if variance else ()),
        *_clicks(row, rates, found.losses[0].stray_hz),
    )


def losses_alone(links: Sequence[FixedLink]) -> Rows:
    """List every loss line of some links side by side, and their sums."""
    return tuple(_losses(_at(np.zeros(1, dtype=np.int64)), [link.budget() for link in links]))


def _value(place: int) -> Callable[[Rows], Values]:
    return each(lambda row: row.values[place])


_TERM: Column[Rows] = column("term", field_of_each("term"))
_UNIT: Column[Rows] = column("unit", field_of_each("unit"))

WATERFALL_COLUMNS: tuple[Column[Rows], ...] = (
    _TERM,
    Column("rise", "", "At rise.", _value(0), digits=2),
    Column("culmination", "", "At culmination.", _value(1), digits=2),
    Column("set", "", "At set.", _value(2), digits=2),
    _UNIT,
)
"""Columns of the waterfall of a pass."""

LINK_WATERFALL_COLUMNS: tuple[Column[Rows], ...] = (
    _TERM,
    Column("value", "", "How much.", _value(0), digits=2),
    _UNIT,
)
"""Columns of the waterfall of a terrestrial link."""

ARM_COLUMNS: tuple[Column[Rows], ...] = (_TERM, column("loss_db", _value(0), digits=2))
"""Columns of the losses of one link of a pair."""


def pair_waterfall_columns(links: Sequence[FixedLink]) -> tuple[Column[Rows], ...]:
    """Columns of the losses of two links, each under its name."""
    first, second = prefixes([link.name for link in links])
    return (
        _TERM,
        Column(f"{first}_db", "dB", "Loss in the first link.", _value(0), digits=2),
        Column(f"{second}_db", "dB", "Loss in the second link.", _value(1), digits=2),
    )


def joint_waterfall_columns(stations: Sequence[str]) -> tuple[Column[Rows], ...]:
    """Columns for stations of these names: three instants on each one's link."""
    names = [f"{name}_{instant}" for name in prefixes(stations) for instant in INSTANTS]
    own = (
        Column(name, "", "On that station's link, then.", _value(place), digits=2)
        for place, name in enumerate(names)
    )
    return (_TERM, *own, _UNIT)


def pass_instants(forecast: Forecast, index: int) -> dict[str, str]:
    """Return when the pass of a waterfall rises, culminates and sets, ISO 8601 in UTC."""
    passes = forecast.passes
    seconds = {"rise": passes.rise_s, "culmination": passes.culmination_s, "set": passes.set_s}
    return {
        name: forecast.timebase.iso(each_s[[index]], digits=0)[0]
        for name, each_s in seconds.items()
    }


def joint_instants(report: View, window: int) -> dict[str, str]:
    """Return when a window begins, is best and ends, ISO 8601 in UTC."""
    best = report.best_samples[[window]]
    begin, end = report.contacts.start_s[[window]], report.contacts.end_s[[window]]
    seconds = np.concatenate([begin, report.tracks[0].time_s[best], end])
    texts = report.timebase.iso(seconds, digits=0)
    return dict(zip(INSTANTS, texts, strict=True))
