"""How far a measure moves with each variable alone, and what shares of its variance they make."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from satqkd.report.pictures.study_parts import (
    amount,
    brief,
    label_of,
    sentence,
    shown_text,
    standing,
    unit_and_factor,
)
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    axes_at,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
    notice,
)
from satqkd.study.indices import Indices
from satqkd.study.section import Bar, Points, Tornado
from satqkd.units import FloatArray

_ROW_PX, _LEFT_PX, _WIDTH_PX, _BOTTOM_PX = 46.0, 390.0, 640.0, 80.0
_TOTAL = "with all it acts together with (total)"
_MOST_LETTERS = 16
MOST_BARS = 25
"""Bars of a picture, the widest; the table has all."""


def study_tornado(points: Points, found: Tornado) -> Figure:
    """Draw a bar for each variable, from the least to the most that the measure becomes."""
    results, output = points.results, points.results.measure(found.measure)
    bars = found.bars[:MOST_BARS]
    if not bars:
        return notice("Tornado", f"No variable has two values that are done.{standing(results)}")
    first = results.variable(bars[0].variable)
    title = (
        f"{sentence(brief(output))} of {amount(found.nominal, output)} depends most on "
        f"{label(first.title, limit=60)}"
    )
    subtitle = (
        f"{label(results.name, limit=80, otherwise='study')}. One variable at a time; orange: "
        "towards its first value, blue: towards its last; line: where all others stand."
    )
    if len(found.bars) > len(bars):
        subtitle += f" The {len(bars)} widest of {len(found.bars)}."
    if found.missing:
        subtitle += f" Too few points: {', '.join(found.missing)}."
    subtitle += standing(results)
    top_px = headline_px(title, subtitle) + 20
    with house_style():
        figure = new_figure(top_px + _ROW_PX * len(bars) + _BOTTOM_PX)
        headline(figure, title, subtitle)
        axes = axes_at(
            figure, left=_LEFT_PX, top=top_px, width=_WIDTH_PX, height=_ROW_PX * len(bars)
        )
        ends = np.array([found.nominal, *(v for one in bars for v in (one.least, one.most))])
        unit, factor = unit_and_factor(ends, output.unit)
        span = factor * float(ends.max() - ends.min()) or 1.0
        axes.set_xlim(factor * ends.min() - 0.2 * span, factor * ends.max() + 0.2 * span)
        for row, bar in enumerate(bars):
            _bar(axes, row, bar, nominal=factor * found.nominal, factor=factor)
        axes.axvline(factor * found.nominal, color=BLACK, linewidth=1.0)
        names = [label(results.variable(one.variable).title, limit=52) for one in bars]
        _rows(axes, names)
        axes.set_xlabel(label_of(output, unit))
        return figure


def _bar(axes: Axes, row: int, bar: Bar, *, nominal: float, factor: float) -> None:
    for value, text, colour in (
        (bar.at_low, bar.low, ORANGE),
        (bar.at_high, bar.high, BLUE),
    ):
        end = factor * value
        axes.barh(row + 0.5, end - nominal, left=nominal, height=0.56, color=colour)
        right = end > nominal or (end == nominal and colour == BLUE)
        axes.annotate(
            _short(text), (end, row + 0.5), xytext=(4 if right else -4, 0),
            textcoords="offset points", va="center", ha="left" if right else "right", size=6.5,
        )  # fmt: skip
    axes.hlines(row + 0.5, factor * bar.least, factor * bar.most, color=GREY, linewidth=0.8)


def _short(text: str) -> str:
    """Return a value for the end of a bar; of a long unit the number alone."""
    shown = shown_text(text)
    return shown if len(shown) <= _MOST_LETTERS else shown.partition(" ")[0]


def _rows(axes: Axes, names: list[str]) -> None:
    axes.set_ylim(len(names), 0)
    axes.set_yticks([row + 0.5 for row in range(len(names))], names)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x", color=PALE)


def study_indices(points: Points, found: Indices) -> Figure:
    """Draw the Sobol indices of each variable with their intervals, the largest first."""
    results, output = points.results, points.results.measure(found.measure)
    order = np.argsort(-found.total, kind="stable")[:MOST_BARS].tolist()
    title = f"Shares of the variance of {brief(output)}"
    subtitle = (
        f"{label(results.name, limit=80, otherwise='study')}. Sobol indices of {found.points:,} "
        f"points: all ranges at once, each value as likely as another. Bars: {100 * found.level:g} "
        f"% intervals of {found.resamples} bootstraps.{standing(results)}"
    )
    top_px = headline_px(title, subtitle) + 20
    with house_style():
        figure = new_figure(top_px + _ROW_PX * len(order) + _BOTTOM_PX)
        headline(figure, title, subtitle)
        axes = axes_at(
            figure, left=_LEFT_PX, top=top_px, width=_WIDTH_PX, height=_ROW_PX * len(order)
        )
        rows = 0.5 + np.arange(len(order), dtype=np.float64)
        for shift, values, errors, colour, text in (
            (-0.15, found.first, found.first_half, BLUE, "alone (first order)"),
            (0.15, found.total, found.total_half, ORANGE, _TOTAL),
        ):
            _shares(
                axes,
                np.asarray(rows + shift),
                values[order],
                errors[order],
                colour=colour,
                text=text,
            )
        axes.axvline(0.0, color=GREY, linewidth=0.8)
        _rows(axes, [label(results.variable(found.names[one]).title, limit=52) for one in order])
        axes.set_xlabel("share of the variance")
        axes.legend(loc="lower right")
        return figure


def _shares(
    axes: Axes, rows: FloatArray, values: FloatArray, errors: FloatArray, *, colour: str, text: str
) -> None:
    axes.barh(rows, values, height=0.28, color=colour, label=text)
    axes.errorbar(values, rows, xerr=errors, fmt="none", ecolor=BLACK, elinewidth=0.8, capsize=2)
