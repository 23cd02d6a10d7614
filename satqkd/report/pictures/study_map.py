"""A measure of a study over two variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from satqkd.report.pictures.study_parts import (
    amount,
    brief,
    held_text,
    label_of,
    number_text,
    plain_factors,
    sentence,
    shown_name,
    shown_text,
    standing,
    unit_and_factor,
    wants_log,
)
from satqkd.report.pictures.style import (
    BLACK,
    PALE,
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

_LEFT_PX, _WIDTH_PX, _BOTTOM_PX, _CELL_PX = 190.0, 780.0, 130.0, 62.0
_MOST_WRITTEN: Final = 150
"""Cells whose numbers are written into them, at most."""
_MOST_NAMED: Final = 20
_MOST_FACTOR: Final = 1e3
"""Colours over factors reach so far down from the largest value."""


def study_map(points: Points, x: str, y: str, measure: str, held: Mapping[str, str]) -> Figure:
    """Draw a measure as colours over the values of two variables, the others held."""
    results, output = points.results, points.results.measure(measure)
    across, up = levels_of(points, x), levels_of(points, y)
    grid = _grid(points, (x, y), (across, up), measure, held)
    title = f"{sentence(brief(output))} over {label(results.variable(x).title, limit=36)} and "
    title += label(results.variable(y).title, limit=36)
    if not np.isfinite(grid).any():
        return notice(title, f"No point is done.{standing(results)}")
    best = np.unravel_index(int(np.nanargmax(grid)), grid.shape)
    subtitle = (
        f"{label(results.name, limit=80, otherwise='study')}. Most: "
        f"{amount(float(grid[best]), output)} at {shown_text(across[best[1]])} and "
        f"{shown_text(up[best[0]])}.{held_text(results, held, (x, y))}{standing(results)}"
    )
    top_px = headline_px(title, subtitle) + 20
    height_px = min(max(_CELL_PX * len(up), 150.0), 620.0)
    with house_style():
        figure = new_figure(top_px + height_px + _BOTTOM_PX)
        headline(figure, title, subtitle)
        axes = axes_at(figure, left=_LEFT_PX, top=top_px, width=_WIDTH_PX, height=height_px)
        unit, factor = unit_and_factor(grid, output.unit)
        norm = _norm(factor * grid)
        seen = np.ma.masked_invalid(factor * grid)
        if isinstance(norm, LogNorm):
            seen = np.ma.masked_less_equal(seen, 0.0)
        axes.set_facecolor(PALE)
        mesh = axes.pcolormesh(seen, cmap="cividis", norm=norm, edgecolors="white", linewidth=0.5)
        if grid.size <= _MOST_WRITTEN:
            _write(axes, factor * grid, norm)
        _ticks(axes, across, up)
        axes.set_xlabel(shown_name(results.variable(x)))
        axes.set_ylabel(shown_name(results.variable(y)))
        scale = axes_at(figure, left=_LEFT_PX + _WIDTH_PX + 30, top=top_px, width=22,
                        height=height_px)  # fmt: skip
        figure.colorbar(mesh, cax=scale).set_label(label_of(output, unit))
        if isinstance(norm, LogNorm):
            plain_factors(scale.yaxis)
        return figure


def _grid(
    points: Points,
    names: tuple[str, str],
    levels: tuple[Sequence[str], Sequence[str]],
    measure: str,
    held: Mapping[str, str],
) -> FloatArray:
    """Return the measure, one row a value of the second variable; NaN where it is not done."""
    others = {name: text for name, text in held.items() if name not in names}
    columns, rows = ({text: place for place, text in enumerate(one)} for one in levels)
    grid = np.full((len(rows), len(columns)), np.nan)
    values = points.numbers[measure]
    for row in points.where(others).tolist():
        across, up = (points.texts[name][row] for name in names)
        grid[rows[up], columns[across]] = values[row]
    return grid


def _norm(grid: FloatArray) -> Normalize:
    """Scale colours over factors where values reach over many; what is 0 then has none."""
    low, high = float(np.nanmin(grid)), float(np.nanmax(grid))
    some = grid[np.isfinite(grid) & (grid > 0.0)]
    if low >= 0.0 and wants_log(some):
        return LogNorm(max(float(some.min()), high / _MOST_FACTOR), high)
    return Normalize(min(low, 0.0), high if high > min(low, 0.0) else 1.0)


def _write(axes: Axes, grid: FloatArray, norm: Normalize) -> None:
    small = grid.shape[1] > 9
    for row, column in np.argwhere(np.isfinite(grid)).tolist():
        value = float(grid[row, column])
        dark = value > 0.0 and float(norm(value)) < 0.45
        axes.text(
            column + 0.5, row + 0.5, number_text(value), ha="center", va="center",
            size=6.0 if small else 7.5, color="white" if dark else BLACK,
        )  # fmt: skip
    for row, column in np.argwhere(~np.isfinite(grid)).tolist():
        axes.text(column + 0.5, row + 0.5, "–", ha="center", va="center", color=BLACK)


def _ticks(axes: Axes, across: Sequence[str], up: Sequence[str]) -> None:
    """Name rows and columns; of many each second, third and so on."""
    columns, rows = (np.arange(0, len(one), -(-len(one) // _MOST_NAMED)) for one in (across, up))
    names = [shown_text(across[place], limit=20) for place in columns.tolist()]
    slanted = sum(map(len, names)) > 90
    axes.set_xticks(
        columns + 0.5, names, rotation=35 if slanted else 0, ha="right" if slanted else "center"
    )
    axes.set_yticks(rows + 0.5, [shown_text(up[place], limit=20) for place in rows.tolist()])
    axes.tick_params(length=0)
