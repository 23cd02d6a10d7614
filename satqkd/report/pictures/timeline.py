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
from satqkd.report.counted import counted
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREY,
    MARKERS,
    NIGHT,
    SERIES,
    WIDTH_PX,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    short,
)
from satqkd.report.pictures.time_axis import utc_axis, utc_axis_px, window_s
from satqkd.report.wording import (
    mission_label,
    nothing_scheduled,
    satellite_label,
    satellites_text,
    station_label,
    window_text,
)
from satqkd.units import FloatArray, IntArray

Night = Mapping[int, Sequence[tuple[float, float]]]
"""For each station, by index, when it is dark enough: pairs of mission seconds. [s]"""

_LEFT_PX, _RIGHT_PX = 165, 25
_PLOT_PX = WIDTH_PX - _LEFT_PX - _RIGHT_PX
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
    end_h: float
    """Where the text ends."""
    level: int


def timeline(plan: Plan, *, night: Night | None = None) -> Figure:
    """Draw every station's nights and passes, the scheduled ones labelled with their key.

    Parameters
    ----------
    plan
        The plan.
    night
        When each station is dark enough; the forecast's own nights by default.
    """
    if night is None:
        night = dict(enumerate(plan.forecast.nights))
    mission = plan.forecast.mission
    names = [
        station_label(mission, index, width_px=_LEFT_PX - 20)
        for index in range(len(mission.stations))
    ]
    tags = _tags(plan)
    levels = max((tag.level for tag in tags), default=0) + 1
    row_px = _BASE_PX + _SCHEDULED_PX + 16.0 + _LEVEL_PX * min(levels, _MOST_LEVELS)
    title, subtitle = _title(plan), _subtitle(plan, tags)
    top_px = headline_px(title, subtitle) + 14
    plot_px = row_px * max(len(names), 1)
    with house_style():
        axis_px = utc_axis_px(plan.forecast)
        figure = new_figure(
            top_px
            + plot_px
            + axis_px
            + (70 if _several(plan) or plan.windows.scheduled.any() else 46)
        )
        headline(figure, title, subtitle)
        axes = axes_at(figure, left=_LEFT_PX, top=top_px, width=_PLOT_PX, height=plot_px)
        utc_axis(axes, plan.forecast)
        _rows(axes, names)
        _nights(axes, plan, night)
        _rejected(axes, plan, row_px)
        _drawn(axes, plan, row_px)
        _write(axes, plan, tags, row_px)
        _legends(figure, plan, top_px + plot_px + axis_px + 4)
        return figure


def _title(plan: Plan) -> str:
    if not plan.solution.chosen.any():
        return nothing_scheduled(plan)
    told, of_weather = [], "" if plan.value == "clear" else " expected"
    if plan.passes.scheduled.any():
        key = int(plan.passes.planned_bits[plan.passes.scheduled].sum())
        delivered = sum(delivery.bits for delivery in plan.solution.deliveries)
        told.append(
            f"{int(plan.passes.scheduled.sum())} of {len(plan.passes.status)} passes scheduled, "
            f"{bits(key)} of key{of_weather}, {bits(delivered)} delivered"
        )
    if plan.windows.scheduled.any():
        shared = int(plan.windows.planned_bits[plan.windows.scheduled].sum())
        told.append(
            f"{counted(int(plan.windows.scheduled.sum()), 'window')} of two stations scheduled, "
            f"{bits(shared)} of key{of_weather}"
        )
    return f"{satellites_text(plan.forecast.mission)}: {'; '.join(told)}"


def _subtitle(plan: Plan, tags: list[_Tag]) -> str:
    mission = plan.forecast.mission
    text = f"{mission_label(mission)}, {window_text(mission)}."
    if tags:
        mean = "" if plan.value == "clear" else "expected "
        text += f" Numbers: {mean}secret key of a pass in {_unit(plan)[1]}bit"
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
            start_s=forecast.yields.usable_start_s[at],
            end_s=forecast.yields.usable_end_s[at],
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


def _tags(plan: Plan) -> list[_Tag]:
    """Stack the labels of neighbouring bars as a staircase, so that none is crossed.

    A label ends over its bar and reaches left, but not beyond the axes; it stands above every
    earlier one it reaches.
    """
    divisor = _unit(plan)[0]
    start_s, end_s = window_s(plan.forecast)
    hours_per_px = (end_s - start_s) / 3600.0 / _PLOT_PX
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
        text = _number(number / divisor)
        width = _DIGIT_PX * len(text)
        end = max((hour - start_s / 3600.0) / hours_per_px + 5.0, width)
        earlier = written.setdefault(station, [])
        left = end - width - 9.0
        level = 1 + max((step for reach, step in earlier if reach > left), default=-1)
        earlier.append((end + 1.0, level))
        end_h = start_s / 3600.0 + end * hours_per_px
        tags.append(
            _Tag(
                hour=hour, satellite=satellite, station=station, text=text, end_h=end_h, level=level
            )
        )
    return tags


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _rows(axes: Axes, names: list[str]) -> None:
    count = max(len(names), 1)
    axes.set_ylim(count, 0)
    axes.set_yticks([row + 0.5 for row in range(len(names))], names)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.hlines(range(1, count), *axes.get_xlim(), color=GREY, linewidth=0.4)


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


def _drawn(axes: Axes, plan: Plan, row_px: float) -> None:
    start_s, end_s = window_s(plan.forecast)
    least_h = 6.0 * (end_s - start_s) / 3600.0 / _PLOT_PX
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


def _write(axes: Axes, plan: Plan, tags: list[_Tag], row_px: float) -> None:
    for tag in tags:
        hour, station = tag.hour, tag.station
        colour = _colours(plan, np.array([tag.satellite]))[0]
        bar_top = station + 1 - (_BASE_PX + _SCHEDULED_PX) / row_px
        if _several(plan):
            marker = MARKERS[tag.satellite]
            axes.plot(hour, bar_top, marker=marker, color=colour, markersize=3.6, zorder=4)
        if tag.level >= _MOST_LEVELS:
            continue
        foot = bar_top - (6.0 + _LEVEL_PX * tag.level) / row_px
        if tag.level:
            axes.plot([hour, hour], [bar_top, foot], color=colour, linewidth=0.6, zorder=1)
        axes.text(tag.end_h, foot, tag.text, size=7, ha="right", va="bottom", color=BLACK)


def _legends(figure: Figure, plan: Plan, top_px: float) -> None:
    count = list(plan.passes.status).count
    handles: list[Patch | Line2D] = [
        Patch(facecolor=BLUE, edgecolor=BLUE, label=f"scheduled ({count('scheduled')})"),
        Patch(
            facecolor="white", edgecolor=BLUE, label=f"key, but not chosen ({count('candidate')})"
        ),
        Line2D(
            [], [], color=GREY, marker="|", ls="", ms=7, label=f"rejected ({count('rejected')})"
        ),
        Patch(facecolor=NIGHT, label="dark enough for key"),
    ]
    _legend(figure, handles, top_px)
    if second := [*_window_key(plan), *_satellite_keys(plan)]:
        _legend(figure, second, top_px + 26)


def _window_key(plan: Plan) -> list[Patch | Line2D]:
    windows = int(plan.windows.scheduled.sum())
    if not windows:
        return []
    text = f"two stations at once, scheduled ({windows})"
    return [Patch(facecolor="white", edgecolor=BLUE, hatch="/////", label=text)]


def _satellite_keys(plan: Plan) -> list[Patch | Line2D]:
    if not _several(plan):
        return []
    mission = plan.forecast.mission
    count = len(mission.spacecraft)
    room_px = (_PLOT_PX - (300 if plan.windows.scheduled.any() else 0)) / count - 62
    names = [satellite_label(mission, i, width_px=room_px) for i in range(count)]
    return [
        Line2D([], [], marker=MARKERS[i], color=SERIES[i], ls="", ms=5, label=name)
        for i, name in enumerate(names)
    ]


def _legend(figure: Figure, handles: Sequence[Patch | Line2D], top_px: float) -> None:
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(_LEFT_PX / WIDTH_PX, 1 - top_px / (figure.get_figheight() * figure.dpi)),
        ncols=max(len(handles), 1),
        borderaxespad=0.0,
        borderpad=0.0,
        columnspacing=2.0,
        handlelength=1.4,
    )
