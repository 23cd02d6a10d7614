"""Where in each station's sky the scheduled passes run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from satqkd.forecast.forecast import Forecast, Run
from satqkd.network.plan import Plan
from satqkd.network.scheduled_spans import scheduled_spans, within
from satqkd.report.counted import counted
from satqkd.report.pictures.dial import (
    MOON_PX,
    RADIUS_PX,
    UNSEEN,
    Dial,
    moon_shade,
    spread_deg,
)
from satqkd.report.pictures.labels import (
    mission_label,
    reason_label,
    satellites_text,
    station_label,
)
from satqkd.report.pictures.style import (
    BLACK,
    LINES,
    SERIES,
    WIDTH_PX,
    bits,
    draw_line,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
    pixel_axes,
    text_width_px,
)
from satqkd.report.wording import (
    nothing_scheduled,
    window_text,
)
from satqkd.units import FloatArray

_COLUMNS, _MOST_STATIONS, _MOST_LINES, _MOST_GREY = 3, 12, 12, 36
_CELL_PX, _NAME_PX, _LIST_PX, _LINE_PX = 390.0, 84.0, 66.0, 18.0
_DOTS_S, _MOST_DOTS = (60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 21_600.0), 16
"""What can lie between two dots of a pass, and how many have room on it. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sky:
    """One station and its scheduled passes in order of time."""

    station: int
    passes: tuple[int, ...]


def sky(plan: Plan) -> Figure:
    """Draw the tracks of the scheduled passes on one polar chart for each station.

    North is up and east to the right, as on a map; what is flown is thick.
    """
    skies = _skies(plan)
    if not skies:
        return notice("Sky tracks", nothing_scheduled(plan, shown=reason_label))
    shown = skies[:_MOST_STATIONS]
    title, subtitle = _title(plan, skies), _subtitle(plan, skies)
    top_px = headline_px(title, subtitle) + 10
    rows = [shown[first : first + _COLUMNS] for first in range(0, len(shown), _COLUMNS)]
    heights = [_row_px(row) for row in rows]
    with house_style():
        figure = new_figure(top_px + sum(heights) + 40)
        headline(figure, title, subtitle)
        axes, every_s = pixel_axes(figure), _every_s(plan.forecast, shown)
        for row, height in zip(rows, heights, strict=True):
            first_px = (WIDTH_PX - _CELL_PX * min(len(shown), _COLUMNS)) / 2
            for column, entry in enumerate(row):
                left = first_px + column * _CELL_PX
                _draw(axes, plan, entry, left=left, top=top_px, every_s=every_s)
            top_px += height
        _legend(figure, plan, shown, every_s)
        return figure


def _skies(plan: Plan) -> list[_Sky]:
    """Stations with scheduled passes, in the mission's order; the richest if there are many."""
    passes, flown = plan.forecast.passes, plan.scheduled_key
    at = sorted(flown, key=lambda i: float(passes.culmination_s[i]))
    skies = [
        _Sky(station=s, passes=tuple(i for i in at if passes.station[i] == s))
        for s in range(len(plan.forecast.mission.stations))
    ]
    skies = [entry for entry in skies if entry.passes]
    if len(skies) > _MOST_STATIONS:
        skies.sort(key=lambda entry: -sum(flown[index] for index in entry.passes))
    return skies


def _in_part(plan: Plan) -> bool:
    """Whether any pass is flown for a part of its usable time."""
    return bool(plan.passes.in_part.any() or plan.windows.scheduled.any())


def _row_px(row: list[_Sky]) -> float:
    lines = max(min(len(entry.passes), _MOST_LINES + 1) for entry in row)
    return _NAME_PX + 2.0 * RADIUS_PX + _LIST_PX + _LINE_PX * lines + 25


def _title(plan: Plan, skies: list[_Sky]) -> str:
    forecast, flown = plan.forecast, plan.scheduled_key
    best = max(
        (index for entry in skies for index in entry.passes),
        key=lambda index: (flown[index], -index),
    )
    count = sum(len(entry.passes) for entry in skies)
    where = station_label(forecast.mission, int(forecast.passes.station[best]))
    return (
        f"{satellites_text(forecast.mission)}: "
        f"{counted(count, 'scheduled pass', many='scheduled passes')} over "
        f"{counted(len(skies), 'station')}, best pass: {where} "
        f"{bits(float(flown[best]))}"
    )


def _subtitle(plan: Plan, skies: list[_Sky]) -> str:
    text = (
        f"{mission_label(plan.forecast.mission)}, {window_text(plan.forecast.mission)}. "
        "North up, east to the right (as on a map); rings every 30° of elevation. "
        "Numbers stand where a pass rises; below: culmination (UTC), elevation there, secret key."
    )
    if any(_moon_up(plan, entry) for entry in skies):
        text += " The Moon, dark when new, stands where it is at the culmination of its pass."
    if any(len(entry.passes) > _MOST_LINES for entry in skies):
        text += f" Only a station's {_MOST_LINES} richest passes are numbered; "
        many = any(len(entry.passes) > _MOST_LINES + _MOST_GREY for entry in skies)
        text += f"the {_MOST_GREY} next are grey." if many else "the others are grey."
    if len(skies) > _MOST_STATIONS:
        text += f" The {_MOST_STATIONS} stations with the most key of {len(skies)}."
    return text


def _draw(axes: Axes, plan: Plan, entry: _Sky, *, left: float, top: float, every_s: float) -> None:
    forecast = plan.forecast
    ranked = _ranked(plan, entry)[: _MOST_LINES + _MOST_GREY]
    runs = dict(zip(ranked, forecast.with_tracks(np.array(ranked)), strict=True))
    centre = left + _CELL_PX / 2
    dial = Dial(axes=axes, x_px=centre, y_px=top + _NAME_PX + RADIUS_PX)
    dial.draw(forecast.mission.stations[entry.station].site)
    numbered = _richest(plan, entry)
    for index in ranked[_MOST_LINES:]:
        dial.grey_track(runs[index].azimuth_deg, runs[index].elevation_deg)
    rises, spans = forecast.passes.rise_azimuth_deg[numbered], scheduled_spans(plan)
    for number, (index, rim) in enumerate(zip(numbered, spread_deg(rises), strict=True)):
        colour, line = _look(number)
        run = runs[index]
        flown = run.usable & within(
            spans, np.array([index]), np.array([0, run.time_s.size]), run.time_s
        )
        dial.track(run.azimuth_deg, run.elevation_deg, flown, colour=colour, line=line)
        if _dotted(entry):
            dial.dots(*_at_whole(forecast, run, every_s), colour=colour)
        dial.number(
            f"{number + 1}", rise_deg=float(rises[number]), rim_deg=float(rim), colour=colour
        )
        _moon(dial, forecast, index, colour=colour)
    key = plan.scheduled_key
    told = f": {bits(sum(key[index] for index in entry.passes))}"
    room_px = _CELL_PX - 20.0 - text_width_px(told, 9.5, weight="bold")
    name = station_label(
        forecast.mission, entry.station, width_px=room_px, size_pt=9.5, weight="bold"
    )
    axes.text(
        centre,
        top + 6,
        f"{name}{told}",
        size=9.5,
        weight="bold",
        ha="center",
        va="top",
    )
    _list(axes, plan, entry, left=left + 52, top=top + _NAME_PX + 2.0 * RADIUS_PX + _LIST_PX)


def _dotted(entry: _Sky) -> bool:
    """Whether dots have room on the passes of a station."""
    return len(entry.passes) <= _MOST_LINES


def _moon(dial: Dial, forecast: Forecast, index: int, *, colour: str) -> None:
    """Draw where the Moon stands at the culmination of a pass, if it is up."""
    top = forecast.seen[0].culmination
    if top.moon_elevation_deg[index] > 0.0:
        dial.moon(
            float(top.moon_azimuth_deg[index]),
            float(top.moon_elevation_deg[index]),
            illuminated=float(top.moon_illuminated[index]),
            colour=colour,
        )


def _moon_up(plan: Plan, entry: _Sky) -> bool:
    """Whether the Moon is drawn in a sky."""
    moon_deg = plan.forecast.seen[0].culmination.moon_elevation_deg
    return bool((moon_deg[_richest(plan, entry)] > 0.0).any())


def _every_s(forecast: Forecast, skies: list[_Sky]) -> float:
    """Time between two dots, so that no pass has more than there is room for. [s]"""
    passes = forecast.passes
    longest_s = max(float(passes.set_s[i] - passes.rise_s[i]) for sky in skies for i in sky.passes)
    return next((step for step in _DOTS_S if longest_s / step <= _MOST_DOTS), _DOTS_S[-1])


def _at_whole(forecast: Forecast, run: Run, every_s: float) -> tuple[FloatArray, FloatArray]:
    """Azimuth and elevation of a pass at whole minutes of UTC, or at every so many. [°]"""
    time_s = run.time_s
    first = forecast.timebase.utc(float(time_s[0]))
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    begin_s = float(time_s[0]) + -(first - midnight).total_seconds() % every_s
    whole_s = np.arange(begin_s, float(time_s[-1]), every_s)
    azimuth = np.unwrap(run.azimuth_deg, period=360.0)
    return np.interp(whole_s, time_s, azimuth), np.interp(whole_s, time_s, run.elevation_deg)


def _richest(plan: Plan, entry: _Sky) -> list[int]:
    """Passes with the most key, in order of time, as many as get a number."""
    richest = set(_ranked(plan, entry)[:_MOST_LINES])
    return [index for index in entry.passes if index in richest]


def _ranked(plan: Plan, entry: _Sky) -> list[int]:
    flown = plan.scheduled_key
    return sorted(entry.passes, key=lambda index: -flown[index])


def _look(number: int) -> tuple[str, Any]:
    """Colour and line style; the first 7 × 4 passes all differ."""
    return SERIES[number % len(SERIES)], LINES[(number // len(SERIES) + number) % len(LINES)]


def _list(axes: Axes, plan: Plan, entry: _Sky, *, left: float, top: float) -> None:
    """Write under a dial what its numbers stand for."""
    more = len(entry.passes) - _MOST_LINES
    kept = _richest(plan, entry)
    for number, index in enumerate(kept):
        y = top + _LINE_PX * number
        colour, style = _look(number)
        draw_line(
            axes, [left, left + 34], [y + 6, y + 6], color=colour, linestyle=style, linewidth=2.6
        )
        for offset, text, side in zip(
            (62, 76, 222, 320), _row(plan, index, number), ("right", "left", "right", "right"),
            strict=True,
        ):  # fmt: skip
            axes.text(left + offset, y, text, size=7, ha=side, va="top")
    if more > 0:
        y = top + _LINE_PX * len(kept)
        told = f"and {more:,} more with less key, in grey"
        if more > _MOST_GREY:
            told = f"and {more:,} more, {_MOST_GREY} of them in grey"
        axes.text(left + 76, y, told, size=7, va="top")


def _row(plan: Plan, index: int, number: int) -> tuple[str, str, str, str]:
    forecast = plan.forecast
    when = forecast.timebase.utc(float(forecast.passes.culmination_s[index]))
    return (
        f"{number + 1}",
        f"{when:%d %b %H:%M}",
        f"{forecast.passes.max_elevation_deg[index]:.0f}°",
        bits(float(plan.scheduled_key[index])),
    )


def _legend(figure: Figure, plan: Plan, skies: list[_Sky], every_s: float) -> None:
    in_part = _in_part(plan)
    thin = "above the mask, not scheduled" if in_part else "above the mask only"
    handles: list[Line2D | Patch] = [
        Line2D(
            [], [], color=BLACK, linewidth=2.6, label="scheduled" if in_part else "may carry key"
        ),
        Line2D([], [], color=BLACK, linewidth=0.7, label=thin),
    ]
    if any(_dotted(entry) for entry in skies):
        said = "each full minute" if every_s == 60.0 else f"each {every_s / 60.0:g} min"
        handles.append(
            Line2D([], [], ls="", marker="o", ms=2.6, mfc="white", mec=BLACK, mew=0.6, label=said)
        )
    handles.append(Patch(facecolor=UNSEEN, label="below the mask"))
    if any(_moon_up(plan, entry) for entry in skies):
        said = "Moon, in the colour of its pass"
        size_pt = 2.0 * MOON_PX * 72.0 / figure.dpi
        handles.append(
            Line2D(
                [], [], ls="", marker="o", ms=size_pt, mfc=moon_shade(0.5), mec=BLACK, mew=1.4,
                label=said,
            )
        )  # fmt: skip
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0125, 10 / (figure.get_figheight() * figure.dpi)),
        ncols=len(handles),
        borderaxespad=0.0,
        borderpad=0.0,
    )
