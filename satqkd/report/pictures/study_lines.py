"""A measure of a study against one variable: lines with bands, or a cloud of points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from satqkd.report.counted import counted
from satqkd.report.pictures.study_parts import (
    MOST_LINES,
    amount,
    brief,
    dress_measure,
    dress_variable,
    held_text,
    is_slanted,
    places_of,
    sentence,
    shown_name,
    shown_text,
    standing,
    unit_and_factor,
)
from satqkd.report.pictures.style import (
    BLUE,
    LINES,
    MARKERS,
    SERIES,
    axes_at,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
    notice,
)
from satqkd.study.quantity import Quantity
from satqkd.study.section import Points, levels_of, sampled, section
from satqkd.study.variable import Axis
from satqkd.units import FloatArray, IntArray

_HEIGHT_PX, _LEFT_PX, _WIDTH_PX = 520.0, 115.0, 800.0
_TENTHS, _LEAST_A_TENTH = 10, 3
"""Parts of a sample, and points of each: of fewer a mean is no mean."""


def study_lines(
    points: Points, name: str, quantity: Quantity, held: Mapping[str, str], family: str | None
) -> Figure:
    """Draw an amount against a variable, a line for each value of a second one.

    Parameters
    ----------
    points
        One row a point.
    name
        The variable that moves.
    quantity
        What is drawn, with the band between its percentiles where it has them.
    held
        Where the other variables stand; not needed of a sample.
    family
        The variable with a line for each of its values; None for one line.
    """
    axis, middle = points.results.variable(name), quantity.middle
    if sampled(points.results):
        return _cloud(points, axis, quantity)
    values = points.numbers[middle.name]
    lines = [
        (text, section(points, name, {**held, **({family: text} if family else {})}))
        for text in (_shown_levels(points, family) if family else ("",))
    ]
    lines = [(text, rows[np.isfinite(values[rows])]) for text, rows in lines]
    if not any(rows.size for _, rows in lines):
        return notice(_title(axis, quantity), f"No point along it is done.{_left(points)}")
    best = max((int(row) for _, rows in lines for row in rows), key=lambda row: values[row])
    title = (
        f"{sentence(brief(middle))}: at most {amount(float(values[best]), middle)}, at "
        f"{shown_text(points.texts[name][best])}"
    )
    if family:
        title += f" and {shown_text(points.texts[family][best])}"
    moving = (name, family) if family else (name,)
    band = " Band: P10 to P90 over the weather." if quantity.banded else ""
    subtitle = f"{_study(points)}.{held_text(points.results, held, moving)}{band}{_left(points)}"
    figure, axes = _axes(title, subtitle, axis)
    with house_style():
        every = np.concatenate([rows for _, rows in lines])
        unit, factor = unit_and_factor(values[every], middle.unit)
        for number, (text, rows) in enumerate(lines):
            _line(axes, points, axis, quantity, rows, factor=factor, number=number, text=text)
        dress_variable(axes, axis)
        dress_measure(axes, middle, unit, factor * values[every])
        if family:
            _legend(axes, points.results.variable(family))
    return figure


def _study(points: Points) -> str:
    return label(points.results.name, limit=80, otherwise="study")


def _left(points: Points) -> str:
    return standing(points.results)


def _title(axis: Axis, quantity: Quantity) -> str:
    return f"{sentence(brief(quantity.middle))} against {label(axis.title, limit=40)}"


def _axes(title: str, subtitle: str, axis: Axis) -> tuple[Figure, Axes]:
    top_px = headline_px(title, subtitle) + 24
    slanted = is_slanted(axis)
    with house_style():
        figure = new_figure(top_px + _HEIGHT_PX + (130 if slanted else 75))
        headline(figure, title, subtitle)
        return figure, axes_at(
            figure, left=_LEFT_PX, top=top_px, width=_WIDTH_PX, height=_HEIGHT_PX
        )


def _shown_levels(points: Points, family: str) -> tuple[str, ...]:
    levels = levels_of(points, family)
    if len(levels) <= MOST_LINES:
        return levels
    picked = np.unique(np.linspace(0, len(levels) - 1, MOST_LINES).round().astype(int))
    return tuple(levels[place] for place in picked)


def _line(
    axes: Axes, points: Points, axis: Axis, quantity: Quantity, rows: IntArray, *,
    factor: float, number: int, text: str,
) -> None:  # fmt: skip
    if not rows.size:
        return
    x = places_of(points, axis, rows.tolist())
    colour = SERIES[number % len(SERIES)]

    def of(name: str) -> FloatArray:
        return np.asarray(factor * points.numbers[name][rows])

    if quantity.low is not None and quantity.high is not None:
        low, high = of(quantity.low.name), of(quantity.high.name)
        axes.fill_between(x, low, high, color=colour, alpha=0.14, linewidth=0.0)
    axes.plot(
        x, of(quantity.name), color=colour, marker=MARKERS[number % len(MARKERS)], markersize=4.5,
        linewidth=1.5, linestyle=LINES[0] if axis.numeric else LINES[2], label=shown_text(text),
    )  # fmt: skip


def _legend(axes: Axes, axis: Axis) -> None:
    axes.legend(
        loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0, alignment="left",
        title=shown_name(axis) if len(axis.label) < 24 else label(axis.name),
    )  # fmt: skip


def _cloud(points: Points, axis: Axis, quantity: Quantity) -> Figure:
    """Draw the points of a sample; of enough the mean of ten parts of equally many too."""
    values = points.numbers[quantity.name]
    rows = np.flatnonzero(np.isfinite(values) & points.done)
    title = _title(axis, quantity)
    if not rows.size:
        return notice(title, f"No point is done.{_left(points)}")
    enough = rows.size >= _TENTHS * _LEAST_A_TENTH
    line = " Line: mean of tenths of the points." if enough else ""
    subtitle = (
        f"{_study(points)}: {counted(int(rows.size), 'point')}, in which all variables move at "
        f"once.{line}{_left(points)}"
    )
    figure, axes = _axes(title, subtitle, axis)
    with house_style():
        x = places_of(points, axis, rows.tolist())
        unit, factor = unit_and_factor(values[rows], quantity.middle.unit)
        size = 4 if enough else 8
        axes.plot(x, factor * values[rows], ".", color=BLUE, alpha=0.5, markersize=size)
        if enough:
            parts = np.array_split(rows[np.argsort(x, kind="stable")], _TENTHS)
            means = [factor * float(values[part].mean()) for part in parts]
            middles = [float(np.mean(places_of(points, axis, part.tolist()))) for part in parts]
            axes.plot(middles, means, color=SERIES[1], linewidth=1.6)
        dress_variable(axes, axis)
        dress_measure(axes, quantity.middle, unit, factor * values[rows])
    return figure
