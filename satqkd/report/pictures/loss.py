"""Where the light of one pass goes: a waterfall at culmination and the loss over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.seen import culmination_sample
from satqkd.link.budget import LINES
from satqkd.network.flown import flown_spans, within
from satqkd.network.plan import Plan
from satqkd.report.pictures.labels import (
    reason_label,
    satellite_label,
    station_label,
)
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY_BLUE,
    VERMILION,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
)
from satqkd.report.wording import (
    nothing_scheduled,
    reasons_text,
)
from satqkd.units import BoolArray, FloatArray

_LINE_LOOK = (
    (SKY_BLUE, ""),
    (BLUE, "////"),
    (ORANGE, "...."),
    (GREEN, "\\\\\\\\"),
    (PURPLE, "xxxx"),
    (VERMILION, "----"),
    (GREY, "++++"),
)
LEAST_DB = 0.005
"""Lines that nowhere come to this much are left out of the picture."""
_LABEL_SHARE = 0.25
"""Room that a number takes, as part of the longest bar."""


def loss(forecast: Forecast, *, plan: Plan | None = None, index: int | None = None) -> Figure:
    """Draw the loss of one pass, line by line.

    Parameters
    ----------
    forecast
        All passes.
    plan
        Restricts the choice to scheduled passes, if there are any.
    index
        The pass to draw; by default the one with the most key.
    """
    if index is None:
        index = best_pass(forecast, plan=plan)
    if index is None:
        why = (
            nothing_scheduled(plan, shown=reason_label) if plan is not None else _nothing(forecast)
        )
        return notice("Loss of the best pass", why)
    scheduled = {} if plan is None else plan.scheduled_key
    secure = scheduled.get(index, int(forecast.yields.keys.secure_bits[index]))
    drawn = forecast.with_series(np.array([index]), every=True)
    flown = drawn.sampled.usable if plan is None else _flown(plan, index, drawn)
    title, subtitle = _title(drawn, secure), _subtitle(drawn)
    top_px = headline_px(title, subtitle) + 44
    with house_style():
        figure = new_figure(top_px + 430 + 90)
        headline(figure, title, subtitle)
        _waterfall(axes_at(figure, left=225, top=top_px, width=290, height=430), drawn)
        _series(axes_at(figure, left=605, top=top_px, width=570, height=430), drawn, flown)
        return figure


def _flown(plan: Plan, index: int, drawn: Forecast) -> BoolArray:
    """Samples of a pass that a plan flies; of one that it does not, those it could."""
    tracks, spans = drawn.sampled.tracks, flown_spans(plan)
    if index not in spans:
        return drawn.sampled.usable
    inside = within(spans, np.array([index]), tracks.starts, tracks.time_s)
    return np.asarray(drawn.sampled.usable & inside)


def best_pass(forecast: Forecast, *, plan: Plan | None = None) -> int | None:
    """Index of the pass with the most key, among those scheduled if there are any."""
    scheduled = {} if plan is None else plan.scheduled_key
    if scheduled:
        return max(scheduled, key=lambda index: (scheduled[index], -index))
    secure = forecast.yields.keys.secure_bits
    pool = [index for index in range(len(forecast)) if secure[index] > 0]
    return max(pool, key=lambda index: (int(secure[index]), -index)) if pool else None


def _nothing(forecast: Forecast) -> str:
    if len(forecast.passes) == 0:
        return "No satellite rises above a station's lowest elevation."
    reasons = [text or "" for text in forecast.yields.reason]
    return f"No pass gives key: {reasons_text(reasons, shown=reason_label)}."


def _top(forecast: Forecast) -> int:
    """Sample of the culmination."""
    return int(culmination_sample(forecast.passes, forecast.sampled.tracks)[0])


def _title(forecast: Forecast, secure_bits: int) -> str:
    top = _top(forecast)
    key = bits(float(secure_bits))
    passes = forecast.passes
    satellite = satellite_label(forecast.mission, int(passes.satellite[0]))
    station = station_label(forecast.mission, int(passes.station[0]))
    when = forecast.timebase.iso(passes.culmination_s[[0]], digits=0)[0]
    return (
        f"{satellite} over {station}, {when[:10]} {when[11:16]} UTC: "
        f"{forecast.sampled.arms[0].budget.total_db[top]:.1f} dB at culmination, {key}"
    )


def _subtitle(forecast: Forecast) -> str:
    return (
        f"{forecast.ids[0]}: culminates at "
        f"{forecast.passes.max_elevation_deg[0]:.1f}°, "
        f"{1e-3 * forecast.sampled.tracks.range_m[_top(forecast)]:.0f} km away; "
        f"{forecast.yields.usable_s[0]:.0f} s may carry key. Losses up to the detectors' input."
    )


def _drawn(forecast: Forecast) -> dict[str, FloatArray]:
    """Lines worth drawing, by their name in words, over one pass."""
    found = forecast.sampled.arms[0].budget.lines_db
    lines = {what: found[name] for name, what in LINES.items()}
    return {what: db for what, db in lines.items() if np.abs(db).max() >= LEAST_DB}


def _waterfall(axes: Axes, forecast: Forecast) -> None:
    """One bar a line, each beginning where the one above it ends."""
    top = _top(forecast)
    lines = {name: float(db[top]) for name, db in _drawn(forecast).items()}
    total = sum(lines.values())
    begin = 0.0
    for row, db in enumerate(lines.values()):
        colour, hatch = _LINE_LOOK[row % len(_LINE_LOOK)]
        axes.barh(row, db, left=begin, height=0.62, color=colour, hatch=hatch, edgecolor="white")
        axes.barh(row, db, left=begin, height=0.62, fill=False, edgecolor=BLACK, linewidth=0.6)
        _beside(axes, row, begin=begin, db=db, total=total)
        begin += db
        axes.plot([begin, begin], [row + 0.31, row + 0.69], color=GREY, linewidth=0.6)
    axes.barh(len(lines), total, height=0.62, color=BLACK)
    axes.text(
        total * 0.98,
        len(lines),
        f"{total:.1f} dB",
        color="white",
        ha="right",
        va="center",
        weight="bold",
    )
    axes.set_ylim(len(lines) + 0.6, -0.6)
    axes.set_xlim(0, max(total, 1.0) * 1.02)
    axes.set_yticks(range(len(lines) + 1), [*lines, "total"])
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.grid(visible=True, axis="x", color=PALE)
    axes.set_xlabel("loss so far [dB]")
    axes.set_title("At culmination", loc="left", pad=10)


def _beside(axes: Axes, row: int, *, begin: float, db: float, total: float) -> None:
    """Write a number right of its bar, left of it, or inside, where there is room."""
    gap, room = 0.015 * total, _LABEL_SHARE * total
    text = f"{round(db, 1) + 0.0:.1f} dB"
    if begin + db + room < total:
        axes.text(begin + db + gap, row, text, ha="left", va="center")
    elif begin > room:
        axes.text(begin - gap, row, text, ha="right", va="center")
    else:
        inside = axes.text(begin + db - gap, row, text, ha="right", va="center")
        inside.set_path_effects([withStroke(linewidth=3, foreground="white")])


def _series(axes: Axes, forecast: Forecast, flown: BoolArray) -> None:
    """Lines stacked over time, with the part of the pass that may carry key, or is flown."""
    seconds = forecast.sampled.tracks.time_s - forecast.passes.culmination_s[0]
    floor = np.zeros_like(seconds)
    handles = []
    for row, (name, values) in enumerate(_drawn(forecast).items()):
        colour, hatch = _LINE_LOOK[row % len(_LINE_LOOK)]
        ceiling = floor + values
        axes.fill_between(
            seconds, floor, ceiling, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0
        )
        axes.plot(seconds, ceiling, color="white", linewidth=0.8)
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=name))
        floor = ceiling
    axes.plot(seconds, floor, color=BLACK, linewidth=1.8)
    highest = max(float(floor.max()), 1.0) * 1.16
    axes.set_ylim(0, highest)
    axes.set_xlim(seconds[0], max(seconds[-1], seconds[0] + 1.0))
    _usable(axes, forecast, flown, highest)
    axes.grid(visible=True, axis="y", color=PALE)
    axes.set_ylabel("loss [dB], lines stacked")
    axes.set_xlabel("time from culmination [s]")
    axes.set_title("Over the pass", loc="left", pad=10)


def _usable(axes: Axes, forecast: Forecast, flown: BoolArray, highest: float) -> None:
    """Mark with a bar over the curves when key may flow, or the pass is flown; veil the rest."""
    tracks, usable = forecast.sampled.tracks, forecast.sampled.usable
    seconds = tracks.time_s - forecast.passes.culmination_s[0]
    whole = bool((flown == usable).all())
    veiled = (~flown).tolist()
    axes.fill_between(
        seconds, 0, 0.92 * highest, where=veiled, facecolor="white", alpha=0.6, linewidth=0
    )
    height = np.where(usable, 0.94 * highest, np.nan)
    axes.plot(seconds, height, color=BLACK, linewidth=4 if whole else 1, solid_capstyle="butt")
    if not whole:
        height = np.where(flown, 0.94 * highest, np.nan)
        axes.plot(seconds, height, color=BLACK, linewidth=4, solid_capstyle="butt")
    if flown.any():
        middle = float(seconds[flown].mean())
        text = f"may carry key: {forecast.yields.usable_s[0]:.0f} s"
        if not whole:
            text = f"flown: {tracks.weight_s[flown].sum():.0f} s"
        said = axes.text(middle, 0.955 * highest, text, ha="center", va="bottom", weight="bold")
        said.set_path_effects([withStroke(linewidth=3, foreground="white")])
