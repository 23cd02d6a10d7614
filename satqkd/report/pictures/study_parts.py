"""What pictures of studies share: names, numbers in handy units, axes, who is told what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis as MplAxis
from matplotlib.ticker import FuncFormatter, NullFormatter

from satqkd.config.axis import as_numbers
from satqkd.report.pictures.style import PALE, label, short, three_digits
from satqkd.study.front import short_text
from satqkd.study.results import FAILED, LEFT, Output, Results
from satqkd.study.section import Points
from satqkd.study.variable import Axis
from satqkd.units import FloatArray

MOST_LINES = 7
"""Lines of one panel that can be told apart."""
LOG_FROM = 30.0
"""An axis of a measure is logarithmic where its largest value is so many times the smallest."""


def shown_name(axis: Axis) -> str:
    """Return a variable's title as pictures can show it, with its unit."""
    return label(axis.label, limit=60, otherwise=axis.name)


def shown_text(text: str, *, limit: int = 28) -> str:
    """Return a value of a variable as pictures can show it."""
    return label(short_text(text), limit=limit)


def unit_and_factor(values: FloatArray, unit: str) -> tuple[str, float]:
    """Return a handy unit for some values, and what they are multiplied by for it.

    Examples
    --------
    >>> unit_and_factor(np.array([2.0e6, np.nan]), "bit/d"), unit_and_factor(np.array([3.0]), "h")
    (('Mbit/d', 1e-06), ('h', 1.0))
    """
    if not unit.startswith("bit"):
        return unit, 1.0
    finite = np.abs(values[np.isfinite(values)])
    prefix = short(float(finite.max()))[1] if finite.size else ""
    power = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12}[prefix]
    return f"{prefix}{unit}", 10.0**-power


def amount(value: float, output: Output) -> str:
    """Return a measure in words: three digits with a handy unit.

    Examples
    --------
    >>> cost = Output(name="cost", unit="MEUR", text="cost", column="cost_MEUR")
    >>> amount(2.345, cost), amount(float("nan"), cost)
    ('2.35 MEUR', 'no value')
    """
    if not np.isfinite(value):
        return "no value"
    unit, factor = unit_and_factor(np.array([value]), output.unit)
    return f"{number_text(value * factor)} {unit}".rstrip()


def number_text(value: float) -> str:
    """Return a number to three digits, as a factor of ten where it is large or small.

    Examples
    --------
    >>> number_text(0.0), number_text(12.345), number_text(-0.00012), number_text(45678.0)
    ('0', '12.3', '−1.2e-04', '45,678')
    """
    if value == 0.0:
        return "0"
    size = abs(value)
    if 0.01 <= size < 999.5:
        text = three_digits(size)
    elif 999.5 <= size < 1e6:
        text = f"{size:,.0f}"
    else:
        text = f"{size:.1e}"
    return text if value > 0.0 else f"−{text}"


def brief(output: Output) -> str:
    """Return what a measure is in few words, for a title: the first and the last of its clauses.

    Examples
    --------
    >>> text = "key a day, of all stations together, mean over the realisations"
    >>> brief(Output(name="key_day_mean", unit="bit/d", text=text, column="key_day_mean_bit_d"))
    'key a day, mean'
    """
    first, *others = output.text.split(", ")
    if others and others[-1].endswith(_OVER):
        first = f"{first}, {others[-1].removesuffix(_OVER)}"
    return label(first, limit=70, otherwise=output.name)


_OVER = " over the realisations"


def sentence(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def tick_text(value: float) -> str:
    """Return a number for an axis: three digits, none of them a zero behind the point.

    Examples
    --------
    >>> tick_text(40.0), tick_text(50.34), tick_text(1e-5), tick_text(20_000.0)
    ('40', '50.3', '1.0e-05', '20,000')
    """
    return f"{value:.3g}" if 0.001 <= abs(value) < 999.5 else number_text(value)


def label_of(output: Output, unit: str) -> str:
    """Return a measure's text with the unit it is drawn in."""
    return f"{brief(output)} [{unit}]" if unit else brief(output)


def wants_log(values: FloatArray) -> bool:
    """Whether a measure is drawn over factors: all of it above 0, and over a wide range."""
    finite = values[np.isfinite(values)]
    return bool(finite.size and finite.min() > 0.0 and finite.max() > LOG_FROM * finite.min())


def standing(results: Results) -> str:
    """Say what is left or failed; nothing where all is done."""
    left, failed = results.status.count(LEFT), results.status.count(FAILED)
    parts = []
    if left:
        parts.append(f"{left:,} of {len(results):,} rows are not worked out yet")
    if failed:
        parts.append(f"{failed:,} of {len(results):,} rows failed")
    return f" Not all is here: {', '.join(parts)}." if parts else ""


def held_text(results: Results, held: Mapping[str, str], moving: Sequence[str]) -> str:
    """Say at which values the variables stand that do not move; nothing where all do."""
    parts = [
        f"{label(axis.title, limit=40, otherwise=axis.name)} {shown_text(held[axis.name])}"
        for axis in results.variables
        if axis.name not in moving
    ]
    return f" Held: {', '.join(parts)}." if parts else ""


def places_of(points: Points, axis: Axis, rows: Sequence[int]) -> FloatArray:
    """Return where points lie along a variable: its numbers, or the place among its names."""
    if axis.numeric:
        return np.asarray(points.numbers[axis.name][list(rows)])
    place = {text: float(number) for number, text in enumerate(axis.levels)}
    return np.array([place[points.texts[axis.name][row]] for row in rows])


def is_slanted(axis: Axis) -> bool:
    """Whether the names of an axis have no room side by side."""
    return not axis.numeric and sum(map(len, _level_names(axis))) > 110


def _level_names(axis: Axis) -> list[str]:
    return [shown_text(one, limit=18) for one in axis.levels]


def dress_variable(axes: Axes, axis: Axis) -> None:
    """Name the horizontal axis of a variable, and scale it as its values are spread."""
    axes.set_xlabel(shown_name(axis))
    if not axis.numeric:
        names, slanted = _level_names(axis), is_slanted(axis)
        axes.set_xticks(
            range(len(names)), names, rotation=35 if slanted else 0,
            ha="right" if slanted else "center",
        )  # fmt: skip
        axes.set_xlim(-0.4, len(names) - 0.6)
        return
    values = _numbers(axis)
    if axis.log or (len(values) > 2 and min(values) > 0.0 and max(values) > LOG_FROM * min(values)):
        axes.set_xscale("log")
        plain_factors(axes.xaxis)
    if 0 < len(values) <= 12:
        axes.set_xticks(values, [tick_text(one) for one in values])
        axes.set_xticks([], minor=True)


def plain_factors(axis: MplAxis) -> None:
    """Write the powers of ten of an axis as plain numbers: pictures set no formulas."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick_text(value)))
    axis.set_minor_formatter(NullFormatter())


def _numbers(axis: Axis) -> tuple[float, ...]:
    """Return the values of an axis in its unit, rising, whatever unit each is written in."""
    found = as_numbers(axis.levels) if axis.levels else None
    return () if found is None else tuple(sorted(found[0]))


def dress_measure(axes: Axes, output: Output, unit: str, values: FloatArray) -> None:
    """Name the vertical axis of a measure, and scale it: over factors, or from 0."""
    axes.set_ylabel(label_of(output, unit))
    if wants_log(values):
        axes.set_yscale("log")
        plain_factors(axes.yaxis)
    elif values[np.isfinite(values)].size and values[np.isfinite(values)].min() >= 0.0:
        axes.set_ylim(bottom=0.0)
    axes.grid(visible=True, color=PALE)
