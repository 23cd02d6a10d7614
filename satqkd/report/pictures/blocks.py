"""Key blocks over time: from the first contact to the last, with what each brings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from satqkd.network.plan import Plan
from satqkd.report.counted import counted
from satqkd.report.pictures.labels import (
    mission_label,
    reason_label,
    satellite_label,
    satellites_text,
    station_label,
)
from satqkd.report.pictures.style import (
    BLUE,
    GREY,
    SKY_BLUE,
    WIDTH_PX,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
    text_width_px,
)
from satqkd.report.pictures.time_axis import axis_hours, utc_axis, utc_axis_px
from satqkd.report.wording import nothing_scheduled, window_text
from satqkd.units import IntArray

_ROW_PX, _MOST_ROWS = 30, 30
_SIZE_PT, _LEAST_LEFT_PX, _GAP_PX = 7.5, 120.0, 28.0
_NAMES_PX = 280.0
"""Most room for the names of a satellite and a station or two. [px]"""
_SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25)
"""Parts of it that the longest of these may take, until all fit."""


def blocks(plan: Plan) -> Figure:
    """Draw each block with scheduled contacts as a bar that ends when it can be distilled."""
    every = plan.blocks.planned
    if not every.size:
        return notice("Key blocks", nothing_scheduled(plan, shown=reason_label))
    rows = _shown(plan, every)
    title = (
        f"{satellites_text(plan.mission)}: {bits(float(plan.blocks.bits.sum()))} in "
        f"{counted(every.size, 'key block')}"
    )
    subtitle = _subtitle(plan, rows, every)
    top_px = headline_px(title, subtitle) + 16
    names = [_name(plan, block) for block in rows.tolist()]
    left = max(_widest_px(names) + _GAP_PX, _LEAST_LEFT_PX)
    right = _widest_px([_told(plan, block) for block in rows.tolist()]) + _GAP_PX
    with house_style():
        figure = new_figure(top_px + rows.size * _ROW_PX + utc_axis_px(plan.forecast) + 10)
        headline(figure, title, subtitle)
        axes = axes_at(
            figure,
            left=left,
            top=top_px,
            width=WIDTH_PX - left - right,
            height=rows.size * _ROW_PX,
        )
        utc_axis(axes, plan.forecast)
        _draw(axes, plan, rows, names)
        return figure


def _widest_px(texts: Sequence[str]) -> float:
    return max(text_width_px(text, _SIZE_PT) for text in texts)


def _shown(plan: Plan, every: IntArray) -> IntArray:
    """The richest blocks if there are many, in order of satellite, station and time."""
    made = plan.blocks
    if every.size > _MOST_ROWS:
        every = every[np.argsort(-made.bits[every], kind="stable")[:_MOST_ROWS]]
    order = np.lexsort((made.end_s[every], made.station[every], made.satellite[every]))
    return np.asarray(every[order])


def _subtitle(plan: Plan, rows: IntArray, every: IntArray) -> str:
    text = (
        f"{mission_label(plan.mission)}, {window_text(plan.mission)}. Marks are scheduled "
        "contacts; there is no key of a block before its last. Under a clear sky."
    )
    if any(_several(plan, block) for block in rows.tolist()):
        text += " In brackets the same contacts, each a block of its own."
    if plan.opening:
        text += " A block that is open when the window begins holds counts from before."
    if rows.size < every.size:
        text += f" The {rows.size} blocks with most key of {every.size}."
    return text


def _draw(axes: Axes, plan: Plan, rows: IntArray, names: Sequence[str]) -> None:
    made, problem = plan.blocks, plan.problem
    height = np.arange(rows.size)
    begin_s = plan.forecast.timebase.seconds(plan.mission.start)
    since_s = np.maximum(made.start_s[rows], begin_s)
    axes.barh(
        height,
        axis_hours(np.maximum(made.end_s[rows], begin_s)) - axis_hours(since_s),
        left=axis_hours(since_s),
        height=0.34,
        color=SKY_BLUE,
        alpha=0.55,
    )
    right = axes.get_yaxis_transform()
    for place, block in enumerate(rows.tolist()):
        own = made.members[block]
        middle = axis_hours(0.5 * (problem.start_s[own] + problem.end_s[own]))
        axes.plot(middle, np.full(own.size, place), marker="|", ms=9, mew=2.2, color=BLUE, ls="")
        axes.text(
            1.01,
            place,
            _told(plan, block),
            transform=right,
            va="center",
            size=7.5,
        )
    axes.set_yticks(height, names)
    axes.set_ylim(rows.size - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(GREY)


def _several(plan: Plan, block: int) -> bool:
    """Whether a block is made of more than one contact."""
    return plan.blocks.members[block].size + plan.blocks.taken[block].size > 1


def _told(plan: Plan, block: int) -> str:
    """Key of a block; in brackets that of several contacts, each a block of its own."""
    made = bits(float(plan.blocks.bits[block]))
    if not _several(plan, block):
        return made
    return f"{made} ({bits(float(plan.blocks.separate_bits[block]))})"


def _name(plan: Plan, block: int) -> str:
    """Satellite, where there are several, and the station or both; cut where there is no room."""
    mission, made = plan.mission, plan.blocks
    ends = [one for one in (int(made.station[block]), int(made.partner[block])) if one >= 0]
    satellite = int(made.satellite[block])

    def named(width_px: float | None) -> str:
        at = " – ".join(
            station_label(mission, one, width_px=width_px, size_pt=_SIZE_PT) for one in ends
        )
        if len(mission.spacecraft) == 1:
            return at
        craft = satellite_label(mission, satellite, width_px=width_px, size_pt=_SIZE_PT)
        return f"{craft}, {at}"

    rooms_px = (None, *(_NAMES_PX * share for share in _SHARES))
    every = [named(one) for one in rooms_px]
    return next((one for one in every if text_width_px(one, _SIZE_PT) <= _NAMES_PX), every[-1])
