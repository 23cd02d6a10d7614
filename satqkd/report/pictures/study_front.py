"""The points of a study that no other is better than, with the knee and what changes along them."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from satqkd.report.counted import counted
from satqkd.report.pictures.study_parts import (
    amount,
    brief,
    dress_measure,
    label_of,
    places_of,
    plain_factors,
    sentence,
    shown_text,
    standing,
    tick_text,
    unit_and_factor,
    wants_log,
)
from satqkd.report.pictures.style import (
    BLUE,
    GREY,
    PALE,
    SERIES,
    VERMILION,
    axes_at,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
    notice,
)
from satqkd.study.front import LEAST_BENT, Front
from satqkd.study.results import Output
from satqkd.study.section import Points
from satqkd.study.variable import Axis

_HEIGHT_PX, _STRIP_PX, _GAP_PX, _LEFT_PX, _WIDTH_PX = 460.0, 90.0, 26.0, 150.0, 980.0
_LEGEND_PX = 26.0
_MOST_STRIPS: Final = 6
"""Variables drawn along a front, at most."""


def study_front(points: Points, front: Front) -> Figure:
    """Draw all points, those of the front joined, and below each variable along the front."""
    results = points.results
    small, large = _output(points, front.small), results.measure(front.large)
    title = f"{sentence(brief(large))} against {brief(small)}"
    if not len(front):
        return notice(title, f"No point is done.{standing(results)}")
    strips = [one for one in results.variables if _moves(points, front, one)][:_MOST_STRIPS]
    subtitle = (
        f"{label(results.name, limit=80, otherwise='study')}. On the line: points of which no "
        "other costs less and gives as much"
    )
    if front.knee is not None:
        row = int(front.rows[front.knee])
        where = ", ".join(shown_text(points.texts[one.name][row]) for one in results.variables)
        title = (
            f"Knee at {amount(float(front.cost[front.knee]), small)}: "
            f"{amount(float(front.gain[front.knee]), large)} with {where}"
        )
        subtitle += "; the knee lies farthest above the line between its ends, on even scales"
    elif len(front) < LEAST_BENT:
        subtitle += f"; {counted(len(front), 'point')}, too few for a knee"
    else:
        subtitle += "; it has no knee: no point of it lies above the line between its ends"
    subtitle += ". Below: what changes along it." if strips else "."
    subtitle += standing(results)
    top_px = headline_px(title, subtitle) + 20 + _LEGEND_PX
    with house_style():
        figure = new_figure(top_px + _HEIGHT_PX + len(strips) * (_STRIP_PX + _GAP_PX) + 80)
        headline(figure, title, subtitle)
        axes = axes_at(figure, left=_LEFT_PX, top=top_px, width=_WIDTH_PX, height=_HEIGHT_PX)
        _draw(axes, points, front, large)
        below = axes
        for number, axis in enumerate(strips):
            top = top_px + _HEIGHT_PX + _GAP_PX + number * (_STRIP_PX + _GAP_PX)
            below.tick_params(labelbottom=False)
            below = axes_at(figure, left=_LEFT_PX, top=top, width=_WIDTH_PX, height=_STRIP_PX,
                            sharex=axes)  # fmt: skip
            _strip(below, points, front, axis, number)
        below.set_xlabel(label_of(small, small.unit))
        return figure


def _output(points: Points, name: str) -> Output:
    """Return what is to be small: a measure, or a variable as one."""
    for one in points.results.measures:
        if one.name == name:
            return one
    axis = points.results.variable(name)
    return Output(name=name, unit=axis.unit, text=axis.title, column=axis.column)


def _moves(points: Points, front: Front, axis: Axis) -> bool:
    return len({points.texts[axis.name][row] for row in front.rows.tolist()}) > 1


def _draw(axes: Axes, points: Points, front: Front, large: Output) -> None:
    cost, gain = points.numbers[front.small], points.numbers[front.large]
    unit, factor = unit_and_factor(front.gain, large.unit)
    axes.plot(cost, factor * gain, ".", color=GREY, markersize=5, label="all points")
    axes.plot(
        front.cost, factor * front.gain, "o-", color=BLUE, markersize=5, linewidth=1.4,
        drawstyle="steps-post", label="none costs less and gives as much",
    )  # fmt: skip
    if front.knee is not None:
        axes.plot(
            front.cost[front.knee], factor * front.gain[front.knee], "D", color=VERMILION,
            markersize=9, label="knee",
        )  # fmt: skip
    if wants_log(cost):
        axes.set_xscale("log")
        plain_factors(axes.xaxis)
    dress_measure(axes, large, unit, factor * front.gain)
    # above the axes: within them it would hide points
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.4, ncols=3)


def _strip(axes: Axes, points: Points, front: Front, axis: Axis, number: int) -> None:
    values = places_of(points, axis, front.rows.tolist())
    colour = SERIES[number % len(SERIES)]
    axes.plot(front.cost, values, "o-", color=colour, markersize=4, linewidth=1.0,
              drawstyle="steps-post")  # fmt: skip
    if axis.numeric:
        low, high = float(values.min()), float(values.max())
        if axis.log and low > 0.0:
            axes.set_yscale("log")
            plain_factors(axes.yaxis)
        axes.set_yticks([low, high], [tick_text(low), tick_text(high)])
        axes.set_yticks([], minor=True)
        pad = 0.15 * (high - low)
        axes.set_ylim(low / 1.15 if axis.log and low > 0.0 else low - pad, high + pad)
    else:
        used = np.unique(values).tolist()
        axes.set_yticks(used, [shown_text(axis.levels[int(one)], limit=16) for one in used])
        axes.set_ylim(min(used) - 0.5, max(used) + 0.5)
    axes.grid(visible=True, color=PALE)
    axes.set_title(label(axis.label, limit=70), loc="left", pad=3, size=7.5, weight="normal")
