"""The key of each pass, with how far it could lie off, station by station."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from satqkd.network.plan import Plan
from satqkd.report.counted import counted
from satqkd.report.pictures.labels import (
    mission_label,
    reason_label,
    satellites_text,
    station_label,
)
from satqkd.report.pictures.months import months_of
from satqkd.report.pictures.style import (
    BLUE,
    PALE,
    VERMILION,
    WIDTH_PX,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
    short,
)
from satqkd.report.pictures.time_axis import axis_hours, utc_axis, utc_axis_px
from satqkd.report.wording import (
    nothing_scheduled,
    reasons_text,
    window_text,
)
from satqkd.units import BoolArray, FloatArray, IntArray

_LEFT_PX, _RIGHT_PX, _PANEL_PX, _GAP_PX, _MOST_STATIONS = 85, 25, 96, 40, 16
_NAME_PX = 560.0
"""Room for a station's name before what it gets. [px]"""


def key(plan: Plan) -> Figure:
    """Draw the key of every pass that could be flown, in order of time, one panel a station.

    A marker is the nominal key, the line through it reaches from the key with every stated range
    at its worst end to that with every range at its best.
    """
    shown = _possible(plan)
    if not shown.size and not plan.windows.scheduled.any():
        return notice("Key per pass", _nothing(plan))
    stations = _stations(plan, shown)
    title, subtitle = _title(plan, shown), _subtitle(plan, shown, stations)
    top_px = headline_px(title, subtitle) + 34
    highest = _highest(plan, shown, stations)
    with house_style():
        figure = new_figure(
            top_px + len(stations) * (_PANEL_PX + _GAP_PX) + utc_axis_px(plan.forecast) + 18
        )
        headline(figure, title, subtitle)
        for row, station in enumerate(stations):
            axes = axes_at(
                figure,
                left=_LEFT_PX,
                top=top_px + row * (_PANEL_PX + _GAP_PX),
                width=WIDTH_PX - _LEFT_PX - _RIGHT_PX,
                height=_PANEL_PX,
            )
            utc_axis(axes, plan.forecast, labelled=row == len(stations) - 1)
            _panel(axes, plan, shown, station, highest=highest)
        _legend(figure, plan, shown)
        return figure


def _possible(plan: Plan) -> IntArray:
    """Passes that are scheduled or candidates; none where none has key at any end of the ranges.

    A candidate may have no key as a block of its own, as a scheduled pass may.
    """
    statuses = plan.passes.status
    wanted = [i for i, status in enumerate(statuses) if status in {"scheduled", "candidate"}]
    some = plan.passes.scheduled.any() or (plan.passes.made.high_bits[wanted] > 0).any()
    return np.array(wanted if some else [], dtype=np.int64)


def _stations(plan: Plan, shown: IntArray) -> list[int]:
    """Stations with such passes in the mission's order; the richest if there are many."""
    at, windows = plan.forecast.passes.station[shown], plan.windows
    sides = np.concatenate([windows.station, windows.partner])
    flown = sides[np.tile(plan.windows.scheduled, 2)]
    stations = sorted({*at.tolist(), *flown.tolist()})
    if len(stations) <= _MOST_STATIONS:
        return stations
    secure = plan.passes.made.bits[shown]
    return sorted(stations, key=lambda s: (-int(secure[at == s].sum()), s))[:_MOST_STATIONS]


def _nothing(plan: Plan) -> str:
    if not plan.passes.status:
        return nothing_scheduled(plan, shown=reason_label)
    return f"No pass gives key: {reasons_text(plan.passes.reason, shown=reason_label)}."


def _with(plan: Plan, shown: IntArray, status: str) -> IntArray:
    """Those of some passes that have a status."""
    return np.array([i for i in shown.tolist() if plan.passes.status[i] == status], dtype=np.int64)


def _title(plan: Plan, shown: IntArray) -> str:
    forecast, at = plan.forecast, _with(plan, shown, "scheduled")
    if not at.size and not plan.windows.scheduled.any():
        return nothing_scheduled(plan, shown=reason_label)
    if not at.size:
        return f"{satellites_text(forecast.mission)}: {_of_windows(plan, plan.windows.scheduled)}"
    low, nominal, high = (
        bits(float(values[at].sum()))
        for values in (plan.passes.made.low_bits, plan.passes.made.bits, plan.passes.made.high_bits)
    )
    between = f", between {low} and {high}" if low != high else ""
    return (
        f"{satellites_text(forecast.mission)}: {nominal} from "
        f"{counted(at.size, 'scheduled pass', many='scheduled passes')}{between}"
    )


def _of_windows(plan: Plan, which: BoolArray) -> str:
    """Say how much key some windows give."""
    made = float(plan.windows.made.bits[which].sum())
    return f"{bits(made)} in {counted(int(which.sum()), 'window')} of two stations"


def _subtitle(plan: Plan, shown: IntArray, stations: list[int]) -> str:
    mission = plan.forecast.mission
    ranges = "no stated range moves these keys."
    if (plan.passes.made.high_bits[shown] != plan.passes.made.low_bits[shown]).any():
        ranges = (
            "lines reach from the worst to the best end of every stated range; ranges that are "
            "not stated are not in them."
        )
    text = f"{mission_label(mission)}, {window_text(mission)}. Under a clear sky; {ranges}"
    if plan.blocks.pooled[plan.blocks.planned].any():
        text += " Each pass as a block of its own; blocks.png has what they make together."
    if months_of(plan.forecast) is not None:
        text += " A marker is the key of a whole month."
    count = len(set(plan.forecast.passes.station[shown].tolist()))
    if len(stations) < count:
        text += f" The {len(stations)} stations with the most key of {count}."
    return text


def _panel(axes: Axes, plan: Plan, shown: IntArray, station: int, *, highest: float) -> None:
    forecast = plan.forecast
    exponent = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12}[short(highest)[1]]
    scale = 10.0**-exponent
    here = shown[forecast.passes.station[shown] == station]
    for status, colour, marker, size, face in (
        ("candidate", VERMILION, "D", 3.6, "white"),
        ("scheduled", BLUE, "o", 5.2, BLUE),
    ):
        hours, low, nominal, high = _points(plan, _with(plan, here, status), status)
        width = 2.4 if status == "scheduled" else 0.9
        axes.vlines(hours, scale * low, scale * high, color=colour, linewidth=width, alpha=0.55)
        axes.plot(
            hours, scale * nominal, marker=marker, ms=size, mfc=face, mec=colour, ls="",
            clip_on=False,
        )  # fmt: skip
    windows = _windows_here(plan, station)
    hours, made = _window_points(plan, windows)
    axes.plot(
        hours, scale * made, marker="s", ms=5.2, mfc="white", mec=BLUE, mew=1.6, ls="",
        clip_on=False,
    )  # fmt: skip
    axes.set_ylim(-0.05 * scale * highest, 1.05 * scale * highest)
    axes.locator_params(axis="y", nbins=4)
    axes.grid(visible=True, axis="y", color=PALE)
    axes.set_ylabel(f"key [{short(highest)[1]}bit]")
    flown = _with(plan, here, "scheduled")
    name = station_label(forecast.mission, station, width_px=_NAME_PX, weight="bold")
    total = bits(float(plan.passes.made.bits[flown].sum()))
    told = [f"{total} in {flown.size} scheduled"] if flown.size else []
    told += [_of_windows(plan, windows)] if windows.any() else []
    message = ", ".join(told) or "none scheduled"
    axes.set_title(f"{name}: {message}", loc="left", pad=5)


def _windows_here(plan: Plan, station: int) -> BoolArray:
    """Scheduled windows that a station takes part in."""
    windows = plan.windows
    here = (windows.station == station) | (windows.partner == station)
    return np.asarray(plan.windows.scheduled & here)


def _points(
    plan: Plan, at: IntArray, status: str
) -> tuple[FloatArray, IntArray, IntArray, IntArray]:
    """Hours of passes, and their least, nominal and largest key; of whole months in long windows.

    What is scheduled in a month stands left of its middle, what is not right of it.
    """
    time_s = plan.forecast.passes.culmination_s[at]
    every = (plan.passes.made.low_bits, plan.passes.made.bits, plan.passes.made.high_bits)
    low, nominal, high = (made[at] for made in every)
    months = months_of(plan.forecast)
    if months is None:
        return axis_hours(time_s), low, nominal, high
    seen = months.total(time_s, np.ones_like(at)) > 0
    beside_h = (-0.1 if status == "scheduled" else 0.1) * months.width_h
    low, nominal, high = (months.total(time_s, made[at])[seen] for made in every)
    return (months.middle_h + beside_h)[seen], low, nominal, high


def _window_points(plan: Plan, which: BoolArray) -> tuple[FloatArray, IntArray]:
    """Hours of windows and their key, of whole months in long ones."""
    windows, months = plan.windows, months_of(plan.forecast)
    middle_s = 0.5 * (windows.start_s + windows.end_s)[which]
    if months is None:
        return axis_hours(middle_s), windows.made.bits[which]
    made = months.total(middle_s, windows.made.bits[which])
    return months.middle_h[made > 0], made[made > 0]


def _highest(plan: Plan, shown: IntArray, stations: list[int]) -> float:
    """Most key that is drawn."""
    at = plan.forecast.passes.station[shown]
    highest = 0.0
    for station in stations:
        for status in ("candidate", "scheduled"):
            here = _with(plan, shown[at == station], status)
            highest = max(highest, float(_points(plan, here, status)[-1].max(initial=0)))
        made = _window_points(plan, _windows_here(plan, station))[-1]
        highest = max(highest, float(made.max(initial=0)))
    return highest


def _legend(figure: Figure, plan: Plan, shown: IntArray) -> None:
    flown = _with(plan, shown, "scheduled").size
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, marker="o", ms=5.2, lw=2.4, label=f"scheduled ({flown})"),
            Line2D(
                [],
                [],
                color=VERMILION,
                marker="D",
                ms=3.6,
                mfc="white",
                lw=0.9,
                label=f"candidate ({shown.size - flown})",
            ),
            *_window_key(plan),
        ],
        loc="lower left",
        bbox_to_anchor=(_LEFT_PX / WIDTH_PX, 10 / (figure.get_figheight() * figure.dpi)),
        ncols=3,
        borderaxespad=0.0,
        borderpad=0.0,
        columnspacing=2.0,
    )


def _window_key(plan: Plan) -> list[Line2D]:
    number = int(plan.windows.scheduled.sum())
    if not number:
        return []
    return [
        Line2D(
            [], [], color=BLUE, marker="s", ms=5.2, mfc="white", mew=1.6, ls="",
            label=f"window of two stations, scheduled ({number})",
        )
    ]  # fmt: skip
