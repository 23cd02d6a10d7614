"""Stations over a long window: what each month brings."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from satqkd.network.plan import Plan
from satqkd.report.pictures.labels import (
    mission_label,
)
from satqkd.report.pictures.months import Months
from satqkd.report.pictures.rows import (
    RIGHT_PX,
    left_px,
    legend_row,
    name_rows,
    scheduled_title,
    station_names,
    status_keys,
    window_keys,
)
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    WIDTH_PX,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    short,
    three_digits,
)
from satqkd.report.pictures.time_axis import utc_axis, utc_axis_px
from satqkd.report.wording import (
    window_text,
)
from satqkd.units import IntArray

_BAR_PX, _OVER_PX, _UNDER_PX = 62.0, 24.0, 22.0
_ROW_PX = _BAR_PX + _OVER_PX + _UNDER_PX
_MOST_NUMBERED = 16
"""Months beside each other that have room for a number."""


def month_timeline(plan: Plan, months: Months) -> Figure:
    """Draw the key of each month over each station, with how many passes are scheduled."""
    names = station_names(plan.forecast.mission)
    left, rows_px = left_px(names), _ROW_PX * max(len(names), 1)
    title, subtitle = scheduled_title(plan), _subtitle(plan, months)
    top_px = headline_px(title, subtitle) + 14
    with house_style():
        axis_px = utc_axis_px(plan.forecast)
        figure = new_figure(top_px + rows_px + axis_px + 46)
        headline(figure, title, subtitle)
        width_px = WIDTH_PX - left - RIGHT_PX
        axes = axes_at(figure, left=left, top=top_px, width=width_px, height=rows_px)
        utc_axis(axes, plan.forecast)
        name_rows(axes, names)
        _bars(axes, plan, months)
        keys = [*status_keys(plan), *window_keys(plan)]
        legend_row(figure, keys, left=left, top=top_px + rows_px + axis_px + 4)
        return figure


def _subtitle(plan: Plan, months: Months) -> str:
    mission = plan.forecast.mission
    text = f"{mission_label(mission)}, {window_text(mission)}. A bar is a month of one station"
    if len(months) > _MOST_NUMBERED:
        return f"{text}; the highest is {bits(_highest(plan, months))}."
    prefix = short(_highest(plan, months))[1]
    return f"{text}: over it the key scheduled in {prefix}bit, below it how many passes."


def _by_station(plan: Plan, months: Months, status: str) -> tuple[IntArray, IntArray]:
    """Key of the passes with a status, and their number, shape (stations, months). [bit]"""
    passes = plan.forecast.passes
    wanted = np.array([text == status for text in plan.passes.status], dtype=np.bool_)
    key, number = [], []
    for station in range(len(plan.forecast.mission.stations)):
        at = np.flatnonzero(wanted & (passes.station == station))
        time_s = passes.culmination_s[at]
        key.append(months.total(time_s, plan.passes.planned_bits[at]))
        number.append(months.total(time_s, np.ones_like(at)))
    empty = np.zeros((0, len(months)), dtype=np.int64)
    return np.array(key) if key else empty, np.array(number) if number else empty


def _shared(plan: Plan, months: Months) -> IntArray:
    """Key of scheduled windows of two stations, at both of them. [bit]"""
    windows = plan.windows
    middle_s = 0.5 * (windows.start_s + windows.end_s)
    key = np.zeros((len(plan.forecast.mission.stations), len(months)), dtype=np.int64)
    for station in range(len(key)):
        here = (windows.station == station) | (windows.partner == station)
        at = np.flatnonzero(plan.windows.scheduled & here)
        key[station] = months.total(middle_s[at], plan.windows.planned_bits[at])
    return key


def _highest(plan: Plan, months: Months) -> float:
    """Most key scheduled in a month over a station. [bit]"""
    scheduled = _by_station(plan, months, "scheduled")[0] + _shared(plan, months)
    return float(scheduled.max(initial=0))


def _bars(axes: Axes, plan: Plan, months: Months) -> None:
    scheduled, number = _by_station(plan, months, "scheduled")
    shared, spare = _shared(plan, months), _by_station(plan, months, "candidate")[0]
    whole = scheduled + shared + spare
    scale = _BAR_PX / _ROW_PX / max(float(whole.max(initial=0)), 1.0)
    divisor = 1e3 ** ("", "k", "M", "G", "T").index(short(_highest(plan, months))[1])
    middle_h, width_h = months.middle_h, 0.62 * months.width_h
    for station in range(len(whole)):
        foot = np.full(len(months), station + 1.0 - _UNDER_PX / _ROW_PX)
        for key, face, hatch in (
            (scheduled, BLUE, None),
            (shared, "white", "/////"),
            (spare, "white", None),
        ):
            height = np.asarray(-scale * key[station])
            seen = key[station] > 0
            axes.bar(
                middle_h[seen], height[seen], width_h[seen], bottom=foot[seen], facecolor=face,
                edgecolor=BLUE, linewidth=0.9, hatch=hatch, zorder=3,
            )  # fmt: skip
            foot = foot + height
        if len(months) > _MOST_NUMBERED:
            continue
        for month in range(len(months)):
            made = (scheduled + shared)[station, month]
            if not made and not number[station, month]:
                continue
            text = three_digits(made / divisor)
            over, under = foot[month] - 3.0 / _ROW_PX, station + 1.0 - 4.0 / _ROW_PX
            axes.text(middle_h[month], over, text, size=7, ha="center", va="bottom", color=BLACK)
            axes.text(
                middle_h[month], under, f"{number[station, month]:,}", size=6.5, ha="center",
                va="bottom", color="#505050",
            )  # fmt: skip
