"""Where in each station's sky the scheduled passes run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from satqkd.forecast.forecast import Run
from satqkd.network.plan import Plan
from satqkd.report.pictures.style import (
    BLACK,
    GREY,
    LINES,
    SERIES,
    WIDTH_PX,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
)
from satqkd.report.wording import (
    mission_label,
    nothing_scheduled,
    satellites_text,
    station_label,
    window_text,
)
from satqkd.units import FloatArray

_COLUMNS, _MOST_STATIONS, _MOST_LINES = 3, 12, 12
_CELL_PX, _DISC_PX, _NAME_PX, _LIST_PX, _LINE_PX = 390.0, 280.0, 84.0, 66.0, 18.0
_LEAST_GAP_DEG = 11.0
"""Angle at the dial's rim between two numbers, so that they do not touch. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sky:
    """One station and its scheduled passes in order of time."""

    station: int
    passes: tuple[int, ...]


def sky(plan: Plan) -> Figure:
    """Draw the tracks of the scheduled passes on one polar chart for each station.

    North is up and east to the right, as on a map; the parts that may carry key are thick.
    """
    skies = _skies(plan)
    if not skies:
        return notice("Sky tracks", nothing_scheduled(plan))
    shown = skies[:_MOST_STATIONS]
    title, subtitle = _title(plan, skies), _subtitle(plan, skies)
    top_px = headline_px(title, subtitle) + 10
    rows = [shown[first : first + _COLUMNS] for first in range(0, len(shown), _COLUMNS)]
    heights = [_row_px(row) for row in rows]
    with house_style():
        figure = new_figure(top_px + sum(heights) + 40)
        headline(figure, title, subtitle)
        for row, height in zip(rows, heights, strict=True):
            first_px = (WIDTH_PX - _CELL_PX * min(len(shown), _COLUMNS)) / 2
            for column, entry in enumerate(row):
                left = first_px + column * _CELL_PX
                _draw(figure, plan, entry, left=left, top=top_px)
            top_px += height
        _legend(figure)
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


def _row_px(row: list[_Sky]) -> float:
    lines = max(min(len(entry.passes), _MOST_LINES + 1) for entry in row)
    return _NAME_PX + _DISC_PX + _LIST_PX + _LINE_PX * lines + 25


def _title(plan: Plan, skies: list[_Sky]) -> str:
    forecast, flown = plan.forecast, plan.scheduled_key
    best = max(
        (index for entry in skies for index in entry.passes),
        key=lambda index: (flown[index], -index),
    )
    count = sum(len(entry.passes) for entry in skies)
    where = station_label(forecast.mission, int(forecast.passes.station[best]))
    return (
        f"{satellites_text(forecast.mission)}: {count} scheduled "
        f"pass{'' if count == 1 else 'es'} over {len(skies)} "
        f"station{'' if len(skies) == 1 else 's'}, best pass: {where} "
        f"{bits(float(flown[best]))}"
    )


def _subtitle(plan: Plan, skies: list[_Sky]) -> str:
    text = (
        f"{mission_label(plan.forecast.mission)}, {window_text(plan.forecast.mission)}. "
        "North up, east to the right (as on a map); rings every 30° of elevation. "
        "Numbers stand where a pass rises; below: culmination (UTC), elevation there, secret key."
    )
    if any(len(entry.passes) > _MOST_LINES for entry in skies):
        text += f" Only a station's {_MOST_LINES} richest passes are numbered; the others are grey."
    if len(skies) > _MOST_STATIONS:
        text += f" The {_MOST_STATIONS} stations with the most key of {len(skies)}."
    return text


def _draw(figure: Figure, plan: Plan, entry: _Sky, *, left: float, top: float) -> None:
    forecast = plan.forecast
    axes = axes_at(
        figure,
        left=left + (_CELL_PX - _DISC_PX) / 2,
        top=top + _NAME_PX,
        width=_DISC_PX,
        height=_DISC_PX,
        projection="polar",
    )
    _dial(axes)
    numbered = _richest(plan, entry)
    followed = forecast.with_tracks(np.array(entry.passes))
    place = {index: number for number, index in enumerate(entry.passes)}
    for index in set(entry.passes).difference(numbered):
        _grey_track(axes, followed[place[index]])
    rises = np.radians(forecast.passes.rise_azimuth_deg[list(numbered)])
    for number, (index, rim) in enumerate(zip(numbered, _spread(rises), strict=True)):
        _track(axes, followed[place[index]], number)
        _number(axes, number, rise_rad=float(rises[number]), rim_rad=rim)
    flown = plan.scheduled_key
    secure = sum(flown[index] for index in entry.passes)
    height_px = figure.get_figheight() * figure.dpi
    figure.text(
        (left + _CELL_PX / 2) / WIDTH_PX,
        1 - (top + 6) / height_px,
        f"{station_label(forecast.mission, entry.station, width_px=210)}: {bits(secure)}",
        size=9.5,
        weight="bold",
        ha="center",
        va="top",
    )
    _list(figure, plan, entry, left=left + 52, top=top + _NAME_PX + _DISC_PX + _LIST_PX)


def _richest(plan: Plan, entry: _Sky) -> list[int]:
    """Passes with the most key, in order of time, as many as get a number."""
    flown = plan.scheduled_key
    ranked = sorted(entry.passes, key=lambda index: -flown[index])[:_MOST_LINES]
    return [index for index in entry.passes if index in ranked]


def _dial(axes: Axes) -> None:
    axes.set_theta_zero_location("N")  # type: ignore[attr-defined]
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]
    axes.set_ylim(0, 90)
    axes.set_yticks([30, 60, 90], ["", "", ""])
    for elevation in (60, 30):
        text = axes.text(
            np.radians(135), 90 - elevation, f"{elevation}°", size=6.5, ha="center", va="center"
        )
        text.set_zorder(6)
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    axes.set_xticks(np.radians([0, 90, 180, 270]), ["", "", "", ""])
    axes.spines["polar"].set_color(GREY)
    axes.grid(visible=True)
    for angle, letter in ((0, "N"), (90, "E"), (180, "S"), (270, "W")):
        axes.text(
            np.radians(angle),
            117,
            letter,
            size=8.5,
            weight="bold",
            ha="center",
            va="center",
            clip_on=False,
        )


def _track(axes: Axes, run: Run, number: int) -> None:
    azimuth, zenith_distance = np.radians(run.azimuth_deg), 90.0 - run.elevation_deg
    colour, line = _look(number)
    axes.plot(azimuth, zenith_distance, color=colour, linewidth=0.7, zorder=3)
    usable = run.usable
    axes.plot(
        np.where(usable, azimuth, np.nan),
        np.where(usable, zenith_distance, np.nan),
        color=colour,
        linestyle=line,
        linewidth=2.6,
        dash_capstyle="butt",
        solid_capstyle="round",
        zorder=4,
    )


def _grey_track(axes: Axes, run: Run) -> None:
    azimuth, zenith_distance = np.radians(run.azimuth_deg), 90.0 - run.elevation_deg
    axes.plot(azimuth, zenith_distance, color=GREY, linewidth=0.5, zorder=2.5)


def _look(number: int) -> tuple[str, object]:
    """Colour and line style; the first 7 × 4 passes all differ."""
    return SERIES[number % len(SERIES)], LINES[(number // len(SERIES) + number) % len(LINES)]


def _number(axes: Axes, number: int, *, rise_rad: float, rim_rad: float) -> None:
    colour, _ = _look(number)
    axes.plot([rise_rad, rim_rad], [89, 97], color=colour, linewidth=0.7, clip_on=False)
    axes.text(
        rim_rad,
        102,
        str(number + 1),
        size=7.5,
        weight="bold",
        color=BLACK,
        ha="center",
        va="center",
        clip_on=False,
    )


def _spread(angles: FloatArray) -> list[float]:
    """Move angles apart until neighbours, also across north, keep a gap; order is kept."""
    count = angles.size
    if count < 2:
        return [float(angle) for angle in angles]
    gap = min(np.radians(_LEAST_GAP_DEG), 2 * np.pi / count * 0.95)
    order = np.argsort(angles, kind="stable")
    spread = angles[order].astype(np.float64)
    for _ in range(200):
        short = gap - np.diff(np.append(spread, spread[0] + 2 * np.pi))
        push = np.maximum(short, 0.0) / 2
        if not np.any(push > 1e-4):
            break
        spread += np.roll(push, 1) - push
    moved = np.empty(count)
    moved[order] = spread
    return [float(angle) for angle in moved]


def _list(figure: Figure, plan: Plan, entry: _Sky, *, left: float, top: float) -> None:
    """Write under a dial what its numbers stand for."""
    height_px = figure.get_figheight() * figure.dpi
    more = len(entry.passes) - _MOST_LINES
    kept = _richest(plan, entry)
    rows = [_row(plan, index, number) for number, index in enumerate(kept)]
    for line, (row, number) in enumerate(zip(rows, range(len(kept)), strict=True)):
        y = 1 - (top + _LINE_PX * line) / height_px
        colour, style = _look(number)
        figure.add_artist(
            Line2D(
                [left / WIDTH_PX, (left + 34) / WIDTH_PX],
                [y - 6 / height_px] * 2,
                color=colour,
                linestyle=style,  # type: ignore[arg-type]
                linewidth=2.6,
            )
        )
        for offset, text, side in zip(
            (62, 76, 222, 320), row, ("right", "left", "right", "right"), strict=True
        ):
            figure.text((left + offset) / WIDTH_PX, y, text, size=7, ha=side, va="top")
    if more > 0:
        y = 1 - (top + _LINE_PX * len(kept)) / height_px
        figure.text(
            (left + 76) / WIDTH_PX, y, f"and {more} more with less key, in grey", size=7, va="top"
        )


def _row(plan: Plan, index: int, number: int) -> tuple[str, str, str, str]:
    forecast = plan.forecast
    when = forecast.timebase.utc(float(forecast.passes.culmination_s[index]))
    return (
        f"{number + 1}",
        f"{when:%d %b %H:%M}",
        f"{forecast.passes.max_elevation_deg[index]:.0f}°",
        bits(float(plan.scheduled_key[index])),
    )


def _legend(figure: Figure) -> None:
    figure.legend(
        handles=[
            Line2D([], [], color=BLACK, linewidth=2.6, label="may carry key"),
            Line2D([], [], color=BLACK, linewidth=0.7, label="above the mask only"),
        ],
        loc="lower left",
        bbox_to_anchor=(0.0125, 10 / (figure.get_figheight() * figure.dpi)),
        ncols=2,
        borderaxespad=0.0,
        borderpad=0.0,
    )
