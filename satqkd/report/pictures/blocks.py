"""Key blocks over time: from the first contact to the last, with what each brings."""

from __future__ import annotations

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
)
from satqkd.report.pictures.time_axis import axis_hours, utc_axis, utc_axis_px
from satqkd.report.wording import nothing_scheduled, window_text
from satqkd.units import IntArray

_LEFT_PX, _RIGHT_PX, _ROW_PX, _MOST_ROWS = 260, 190, 30, 30
_NAME_PX = 235.0


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
    with house_style():
        figure = new_figure(top_px + rows.size * _ROW_PX + utc_axis_px(plan.forecast) + 10)
        headline(figure, title, subtitle)
        axes = axes_at(
            figure,
            left=_LEFT_PX,
            top=top_px,
            width=WIDTH_PX - _LEFT_PX - _RIGHT_PX,
            height=rows.size * _ROW_PX,
        )
        utc_axis(axes, plan.forecast)
        _draw(axes, plan, rows)
        return figure


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
        "contacts; there is no key of a block before its last. In brackets the same contacts, "
        "each a block of its own. Under a clear sky."
    )
    if plan.opening:
        text += " A block that is open when the window begins holds counts from before."
    if rows.size < every.size:
        text += f" The {rows.size} blocks with most key of {every.size}."
    return text


def _draw(axes: Axes, plan: Plan, rows: IntArray) -> None:
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
    names = []
    for place, block in enumerate(rows.tolist()):
        own = made.members[block]
        middle = axis_hours(0.5 * (problem.start_s[own] + problem.end_s[own]))
        axes.plot(middle, np.full(own.size, place), marker="|", ms=9, mew=2.2, color=BLUE, ls="")
        axes.text(
            1.01,
            place,
            f"{bits(float(made.bits[block]))} ({bits(float(made.separate_bits[block]))})",
            transform=right,
            va="center",
            size=7.5,
        )
        names.append(_name(plan, block))
    axes.set_yticks(height, names)
    axes.set_ylim(rows.size - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(GREY)


def _name(plan: Plan, block: int) -> str:
    mission, made = plan.mission, plan.blocks
    ends = [int(made.station[block]), int(made.partner[block])]
    at = " – ".join(
        station_label(mission, one, width_px=_NAME_PX / 2.0) for one in ends if one >= 0
    )
    if len(mission.spacecraft) == 1:
        return at
    craft = satellite_label(mission, int(made.satellite[block]), width_px=_NAME_PX / 2.0)
    return f"{craft}, {at}"
