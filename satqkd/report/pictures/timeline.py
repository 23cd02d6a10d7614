"""Stations over time: nights, passes, and which of them are flown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from satqkd.network.plan import Plan
from satqkd.report.pictures.labels import (
    mission_label,
    satellite_label,
)
from satqkd.report.pictures.month_timeline import month_timeline
from satqkd.report.pictures.months import months_of
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
    GREY,
    MARKERS,
    NIGHT,
    SERIES,
    WIDTH_PX,
    axes_at,
    draw_line,
    headline,
    headline_px,
    house_style,
    new_figure,
    short,
)
from satqkd.report.pictures.time_axis import utc_axis, utc_axis_px, window_s
from satqkd.report.wording import (
    window_text,
)
from satqkd.units import FloatArray, IntArray

Night = Mapping[int, Sequence[tuple[float, float]]]
"""For each station, by index, when it is dark enough: pairs of mission seconds. [s]"""

_BASE_PX, _SCHEDULED_PX, _CANDIDATE_PX, _REJECTED_PX = 7.0, 30.0, 18.0, 8.0
_LEVEL_PX, _MOST_LEVELS = 15.0, 8
_DIGIT_PX = 9.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Bars:
    """Passes, or windows at one of their two stations, as bars."""

    satellite: IntArray
    station: IntArray
    start_s: FloatArray
    end_s: FloatArray
    bits: IntArray
    joint: bool

    @property
    def middle_h(self) -> FloatArray:
        """Middle of each in hours of the mission."""
        return np.asarray((self.start_s + self.end_s) / 7200.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tag:
    """The key of a scheduled bar, written over it."""

    hour: float
    satellite: int
    station: int
    text: str
    level: int
    moved_px: float
    """How far it stands right of where it would end."""


def timeline(plan: Plan, *, night: Night | None = None) -> Figure:
    """Draw every station's nights and passes, the scheduled ones labelled with their key.

    A window longer than five weeks is drawn by month.

    Parameters
    ----------
    plan
        The plan.
    night
        When each station is dark enough; the forecast's own nights by default.
    """
    months = months_of(plan.forecast)
    if months is not None:
        return month_timeline(plan, months)
    if night is None:
        night = dict(enumerate(plan.forecast.nights))
    names = station_names(plan.forecast.mission)
    left = left_px(names)
    plot_px = WIDTH_PX - left - RIGHT_PX
    tags = _tags(plan, plot_px)
    levels = max((tag.level for tag in tags), default=0) + 1
    row_px = _BASE_PX + _SCHEDULED_PX + 16.0 + _LEVEL_PX * min(levels, _MOST_LEVELS)
    title, subtitle = scheduled_title(plan), _subtitle(plan, tags)
    top_px = headline_px(title, subtitle) + 14
    rows_px = row_px * max(len(names), 1)
    with house_style():
        axis_px = utc_axis_px(plan.forecast)
        figure = new_figure(
            top_px
            + rows_px
            + axis_px
            + (70 if _several(plan) or plan.windows.scheduled.any() else 46)
        )
        headline(figure, title, subtitle)
        axes = axes_at(figure, left=left, top=top_px, width=plot_px, height=rows_px)
        utc_axis(axes, plan.forecast)
        name_rows(axes, names)
        _nights(axes, plan, night)
        _rejected(axes, plan, row_px)
        _drawn(axes, plan, row_px, plot_px)
        _write(axes, plan, tags, row_px, plot_px)
        _legends(figure, plan, left=left, top=top_px + rows_px + axis_px + 4)
        return figure


def _subtitle(plan: Plan, tags: list[_Tag]) -> str:
    mission = plan.forecast.mission
    text = f"{mission_label(mission)}, {window_text(mission)}."
    if tags:
        text += f" Numbers: secret key of a pass in {_unit(plan)[1]}bit"
        dropped = sum(tag.level >= _MOST_LEVELS for tag in tags)
        text += f", {dropped} left out for want of room." if dropped else "."
    return text + (" Short passes are drawn wider than they last." if plan.passes.status else "")


def _several(plan: Plan) -> bool:
    return 1 < len(plan.forecast.mission.spacecraft) <= len(MARKERS)


def _colours(plan: Plan, satellites: IntArray) -> list[str]:
    return [SERIES[i % len(SERIES)] if _several(plan) else BLUE for i in satellites.tolist()]


def _unit(plan: Plan) -> tuple[float, str]:
    """Divisor and prefix that suit the labels of all passes."""
    most = max((*plan.passes.planned_bits.tolist(), *plan.windows.planned_bits.tolist()), default=0)
    prefix = "k" if short(most)[1] else ""
    return {"": 1.0, "k": 1e3}[prefix], prefix


def _bars_of(plan: Plan, status: str) -> list[_Bars]:
    """Passes with a status, then windows with it at either station."""
    forecast, windows = plan.forecast, plan.windows
    at = np.flatnonzero(np.array([text == status for text in plan.passes.status], dtype=np.bool_))
    found = [
        _Bars(
            satellite=forecast.passes.satellite[at],
            station=forecast.passes.station[at],
            start_s=plan.passes.start_s[at],
            end_s=plan.passes.end_s[at],
            bits=plan.passes.planned_bits[at],
            joint=False,
        )
    ]
    at = np.flatnonzero(np.array([text == status for text in plan.windows.status], dtype=np.bool_))
    found += [
        _Bars(
            satellite=windows.satellite[at],
            station=station[at],
            start_s=windows.start_s[at],
            end_s=windows.end_s[at],
            bits=plan.windows.planned_bits[at],
            joint=True,
        )
        for station in (windows.station, windows.partner)
    ]
    return found


def _tags(plan: Plan, plot_px: float) -> list[_Tag]:
    """Stack the labels of neighbouring bars as a staircase, so that none is crossed.

    A label ends over its bar and reaches left; it stands above every earlier one it reaches.
    """
    divisor = _unit(plan)[0]
    start_s, end_s = window_s(plan.forecast)
    every = [
        (hour, satellite, station, number)
        for bars in _bars_of(plan, "scheduled")
        for hour, satellite, station, number in zip(
            bars.middle_h.tolist(),
            bars.satellite.tolist(),
            bars.station.tolist(),
            bars.bits.tolist(),
            strict=True,
        )
    ]
    tags: list[_Tag] = []
    written: dict[int, list[tuple[float, int]]] = {}
    for hour, satellite, station, number in sorted(every, key=lambda one: one[0]):
        x = (hour - start_s / 3600.0) * 3600.0 / (end_s - start_s) * plot_px
        text = _number(number / divisor)
        earlier = written.setdefault(station, [])
        moved = max(_DIGIT_PX * len(text) + 4.0 - x, 0.0)  # into the plot, off the name beside it
        x += moved
        left = x - _DIGIT_PX * len(text) - 4.0
        level = 1 + max((level for end, level in earlier if end > left), default=-1)
        earlier.append((x + 6.0, level))
        tags.append(
            _Tag(
                hour=hour, satellite=satellite, station=station, text=text, level=level,
                moved_px=moved,
            )
        )  # fmt: skip
    return tags


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _nights(axes: Axes, plan: Plan, night: Night) -> None:
    start_s, end_s = window_s(plan.forecast)
    for station in range(len(plan.forecast.mission.stations)):
        spans = [
            (max(begin, start_s) / 3600.0, (min(end, end_s) - max(begin, start_s)) / 3600.0)
            for begin, end in night.get(station, ())
            if end > start_s and begin < end_s
        ]
        axes.broken_barh(spans, (station, 1.0), facecolor=NIGHT, linewidth=0, zorder=0)


def _rejected(axes: Axes, plan: Plan, row_px: float) -> None:
    passes = plan.forecast.passes
    rejected = np.flatnonzero(
        np.array([status == "rejected" for status in plan.passes.status], dtype=np.bool_)
    )
    floor = passes.station[rejected] + 1 - _BASE_PX / row_px
    hours = passes.culmination_s[rejected] / 3600.0
    axes.vlines(hours, floor - _REJECTED_PX / row_px, floor, color=GREY, linewidth=1.0)


def _drawn(axes: Axes, plan: Plan, row_px: float, plot_px: float) -> None:
    start_s, end_s = window_s(plan.forecast)
    least_h = 6.0 * (end_s - start_s) / 3600.0 / plot_px
    for status, height_px in (("candidate", _CANDIDATE_PX), ("scheduled", _SCHEDULED_PX)):
        filled = status == "scheduled"
        for bars in _bars_of(plan, status):
            colours = _colours(plan, bars.satellite)
            axes.bar(
                bars.middle_h,
                -height_px / row_px,
                width=np.maximum((bars.end_s - bars.start_s) / 3600.0, least_h),
                bottom=bars.station + 1 - _BASE_PX / row_px,
                color=colours if filled and not bars.joint else "white",
                edgecolor=colours,
                linewidth=1.6 if bars.joint else 0.9,
                hatch="/////" if filled and bars.joint else None,
                zorder=3 if filled else 2,
            )


def _write(axes: Axes, plan: Plan, tags: list[_Tag], row_px: float, plot_px: float) -> None:
    start_s, end_s = window_s(plan.forecast)
    hours_per_px = (end_s - start_s) / 3600.0 / plot_px
    for tag in tags:
        hour, station = tag.hour, tag.station
        colour = _colours(plan, np.array([tag.satellite]))[0]
        bar_top = station + 1 - (_BASE_PX + _SCHEDULED_PX) / row_px
        if _several(plan):
            marker = MARKERS[tag.satellite]
            draw_line(axes, hour, bar_top, marker=marker, color=colour, markersize=3.6, zorder=4)
        if tag.level >= _MOST_LEVELS:
            continue
        foot = bar_top - (6.0 + _LEVEL_PX * tag.level) / row_px
        if tag.level:
            draw_line(axes, [hour, hour], [bar_top, foot], color=colour, linewidth=0.6, zorder=1)
        axes.text(
            hour + (5.0 + tag.moved_px) * hours_per_px,
            foot,
            tag.text,
            size=7,
            ha="right",
            va="bottom",
            color=BLACK,
        )


def _legends(figure: Figure, plan: Plan, *, left: float, top: float) -> None:
    rejected = list(plan.passes.status).count("rejected")
    handles = [
        *status_keys(plan),
        Line2D([], [], color=GREY, marker="|", ls="", ms=7, label=f"rejected ({rejected:,})"),
        Patch(facecolor=NIGHT, label="dark enough for key"),
    ]
    legend_row(figure, handles, left=left, top=top)
    room_px = WIDTH_PX - left - RIGHT_PX
    if second := [*window_keys(plan), *_satellite_keys(plan, room_px)]:
        legend_row(figure, second, left=left, top=top + 26)


def _satellite_keys(plan: Plan, whole_px: float) -> list[Patch | Line2D]:
    if not _several(plan):
        return []
    mission = plan.forecast.mission
    count = len(mission.spacecraft)
    room_px = (whole_px - (300 if plan.windows.scheduled.any() else 0)) / count - 62
    names = [satellite_label(mission, i, width_px=room_px) for i in range(count)]
    return [
        Line2D([], [], marker=MARKERS[i], color=SERIES[i], ls="", ms=5, label=name)
        for i, name in enumerate(names)
    ]
