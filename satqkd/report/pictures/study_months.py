"""Key of a study's points through the months of a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from satqkd.report.pictures.study_parts import (
    held_text,
    shown_name,
    shown_text,
    standing,
    unit_and_factor,
)
from satqkd.report.pictures.style import (
    MARKERS,
    PALE,
    SERIES,
    axes_at,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
    notice,
)
from satqkd.study.section import Points, levels_of
from satqkd.units import FloatArray

_TITLE: Final = "Key by month"
_PANEL_PX, _GAP_PX, _LEFT_PX, _WIDTH_PX = 200.0, 46.0, 105.0, 810.0
_MOST_PANELS: Final = 6
LEAST_MONTHS: Final = 3


def has_months(points: Points) -> bool:
    """Whether the study covers three months or more: fewer make no year."""
    return len(set(points.results.months.month)) >= LEAST_MONTHS


def study_months(
    points: Points, held: Mapping[str, str], lines: str | None, panels: str | None
) -> Figure:
    """Draw the mean key of each month, a line for each value of a variable, a panel for another.

    Parameters
    ----------
    points
        One row a point.
    held
        Where the other variables stand.
    lines, panels
        Variables; None for none.
    """
    results = points.results
    months = sorted(set(results.months.month))
    if len(months) < LEAST_MONTHS:
        return notice(_TITLE, f"The study covers fewer than three months.{standing(results)}")
    keys = _by_month(points, months)
    moving = [one for one in (lines, panels) if one]
    subtitle = (
        f"{label(results.name, limit=80, otherwise='study')}. Mean over the weather; the first and "
        "the last month are those of the window, and may be cut short."
        f"{held_text(results, held, moving)}{standing(results)}"
    )
    unit, factor = unit_and_factor(keys, "bit")
    rows = levels_of(points, panels)[:_MOST_PANELS] if panels else ("",)
    title = f"{_TITLE}: {_worst_and_best(keys, months)}"
    top_px = headline_px(title, subtitle) + 30
    with house_style():
        figure = new_figure(top_px + len(rows) * (_PANEL_PX + _GAP_PX) + 50)
        headline(figure, title, subtitle)
        for number, text in enumerate(rows):
            top = top_px + number * (_PANEL_PX + _GAP_PX)
            axes = axes_at(figure, left=_LEFT_PX, top=top, width=_WIDTH_PX, height=_PANEL_PX)
            at = {**held, **({panels: text} if panels else {})}
            _panel(axes, points, factor * keys, at, lines)
            axes.set_ylim(0.0, 1.06 * factor * float(np.nanmax(keys)) or 1.0)
            axes.set_ylabel(f"key [{unit}]")
            last = number == len(rows) - 1
            axes.set_xticks(
                range(len(months)), [_tick(one, months) if last else "" for one in months]
            )
            axes.set_title(shown_text(text), loc="left", pad=5)
            if lines and number == 0:
                axis = results.variable(lines)
                axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0,
                            title=shown_name(axis), alignment="left")  # fmt: skip
        return figure


def _by_month(points: Points, months: Sequence[str]) -> FloatArray:
    """Return the key of each point and month, mean of its repetitions; NaN where not done. [bit]"""
    told = points.results.months
    row = {point: number for number, point in enumerate(points.order)}
    column = {month: number for number, month in enumerate(months)}
    shape = (len(points), len(months))
    place = np.array([row[point] for point in told.point], dtype=np.int64) * len(months)
    place += np.array([column[month] for month in told.month], dtype=np.int64)
    sums = np.bincount(place, told.key_bits, minlength=len(points) * len(months)).reshape(shape)
    repeats = np.zeros(len(points))
    for point, done in zip(points.results.point, points.results.done, strict=True):
        repeats[row[point]] += done
    return np.where(
        repeats[:, np.newaxis] > 0, sums / np.maximum(repeats, 1)[:, np.newaxis], np.nan
    )


def _panel(
    axes: Axes, points: Points, keys: FloatArray, held: Mapping[str, str], lines: str | None
) -> None:
    texts = levels_of(points, lines)[: len(SERIES)] if lines else ("",)
    for number, text in enumerate(texts):
        rows = points.where({**held, **({lines: text} if lines else {})})
        for row in rows[:1].tolist():
            axes.plot(
                keys[row], color=SERIES[number], marker=MARKERS[number], markersize=4,
                linewidth=1.4, label=shown_text(text),
            )  # fmt: skip
    axes.grid(visible=True, axis="y", color=PALE)


def _tick(month: str, months: Sequence[str]) -> str:
    """Write a month, with its year where that begins."""
    year, number = month.split("-")
    name = _NAMES[int(number) - 1]
    first = month == months[0] or number == "01"
    return f"{name}\n{year}" if first else name


def _worst_and_best(keys: FloatArray, months: Sequence[str]) -> str:
    mean = np.nansum(keys, axis=0)
    low, high = (months[int(place)] for place in (np.argmin(mean), np.argmax(mean)))
    names = [_NAMES[int(one.split("-")[1]) - 1] for one in (low, high)]
    return f"least in {names[0]}, most in {names[1]}, over all points"


_NAMES: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
