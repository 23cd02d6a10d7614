"""What a study depends on, and its front, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from satqkd.config.axis import unit_suffix
from satqkd.report.tables.column import Cell, Column, each, field_of_each
from satqkd.report.tables.study import figure
from satqkd.study.front import Front, changes_along, short_text
from satqkd.study.indices import Indices
from satqkd.study.results import Output
from satqkd.study.section import Points, Tornado


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """How much a measure moves with one variable."""

    variable: str
    low_value: str
    high_value: str
    at_low: float
    nominal: float
    at_high: float
    swing: float
    first_order: float | None = None
    first_order_half: float | None = None
    total_order: float | None = None
    total_order_half: float | None = None
    range_source: str | None = None
    """None where the study has its values, not the mission."""


def swings(
    found: Tornado, indices: Indices | None, sources: Mapping[str, str]
) -> tuple[Swing, ...]:
    """Return one row a variable, the widest first; shares and sources where there are any."""
    rows = []
    for bar in found.bars:
        shares: dict[str, float] = {}
        if indices is not None:
            place = indices.names.index(bar.variable)
            shares = {
                "first_order": float(indices.first[place]),
                "first_order_half": float(indices.first_half[place]),
                "total_order": float(indices.total[place]),
                "total_order_half": float(indices.total_half[place]),
            }
        rows.append(
            Swing(
                variable=bar.variable,
                low_value=bar.low,
                high_value=bar.high,
                at_low=bar.at_low,
                nominal=found.nominal,
                at_high=bar.at_high,
                swing=bar.swing,
                range_source=sources.get(bar.variable),
                **shares,
            )
        )
    return tuple(rows)


def swing_columns(output: Output) -> tuple[Column[Sequence[Swing]], ...]:
    """Return the columns of a table of swings of a measure."""
    return (
        _VARIABLE,
        Column("low_value", "", "Its first value.", each(lambda row: short_text(row.low_value))),
        Column("high_value", "", "Its last value.", each(lambda row: short_text(row.high_value))),
        _measured(output, "at_low", "The measure at the first value."),
        _measured(output, "nominal", "The measure where all stand still."),
        _measured(output, "at_high", "The measure at the last value."),
        _measured(output, "swing", "Largest less smallest value of the measure along the way."),
        *SHARES,
        Column(
            "range_source", "", "Where its range comes from, as the mission's files have it.",
            _field("range_source"), below=True,
        ),
    )  # fmt: skip


def screen_swing_columns(output: Output) -> tuple[Column[Sequence[Swing]], ...]:
    """Return the columns of swings for a terminal.

    Shares are a table of their own there, and what is the same in every row heads the table.
    """
    elsewhere = {*(one.name for one in SHARES), f"nominal{unit_suffix(output.unit)}"}
    return tuple(one for one in swing_columns(output) if one.name not in elsewhere)


def _field(name: str) -> Callable[[Sequence[Swing]], list[Cell]]:
    return field_of_each(name)


def _measured(output: Output, name: str, text: str) -> Column[Sequence[Swing]]:
    return Column(
        f"{name}{unit_suffix(output.unit)}", output.unit, text,
        each(lambda row: figure(getattr(row, name))),
    )  # fmt: skip


def _share(name: str, text: str) -> Column[Sequence[Swing]]:
    return Column(name, "", text, _field(name), digits=3)


_VARIABLE: Final[Column[Sequence[Swing]]] = Column(
    "variable", "", "What is moved, all else standing still.", _field("variable")
)
SHARES: Final[tuple[Column[Sequence[Swing]], ...]] = (
    _share("first_order", "Sobol index: share of the variance that it makes alone."),
    _share("first_order_half", "Half of the 95 % interval of first_order, by bootstraps."),
    _share("total_order", "Sobol index with all that it makes together with others."),
    _share("total_order_half", "Half of the 95 % interval of total_order, by bootstraps."),
)
"""Columns of Sobol indices."""
SHARE_COLUMNS: Final = (_VARIABLE, *SHARES)
"""A table of its own on a terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One point of a front."""

    step: int
    cost: float
    amount: float
    knee: bool
    changed: str


def steps_of(points: Points, front: Front) -> tuple[Step, ...]:
    """Return one row a point of a front, the cheapest first."""
    return tuple(
        Step(
            step=place + 1, cost=float(front.cost[place]), amount=float(front.gain[place]),
            knee=place == front.knee, changed=changed,
        )
        for place, changed in enumerate(changes_along(points, front))
    )  # fmt: skip


STEP_COLUMNS: Final[tuple[Column[Sequence[Step]], ...]] = (
    Column("step", "", "Place along the front, from 1, the cheapest.", field_of_each("step")),
    Column("cost", "", "What is small; its own name and unit head it.", field_of_each("cost")),
    Column("amount", "", "What is large; its own name and unit head it.", field_of_each("amount")),
    Column("knee", "", "true at the knee of the front.", field_of_each("knee")),
    Column(
        "changed", "", "What differs from the point before; of the first all variables.",
        field_of_each("changed"),
    ),
)  # fmt: skip
"""Columns of a front, as they are before they have the names of what it is of."""


def step_columns(points: Points, front: Front) -> tuple[Column[Sequence[Step]], ...]:
    """Return the columns of a table of a front: the names of its two measures head two of them."""
    results = points.results
    heads = {one.name: (one.column, one.unit, one.text) for one in results.measures}
    heads |= {one.name: (one.column, one.unit, one.title) for one in results.variables}
    small, large = heads[front.small], heads[front.large]
    step, _, _, knee, changed = STEP_COLUMNS
    return (
        step,
        Column(small[0], small[1], f"{small[2]}.", each(lambda row: figure(row.cost))),
        Column(large[0], large[1], f"{large[2]}.", each(lambda row: figure(row.amount))),
        knee,
        changed,
    )


EXAMPLE = Output(
    name="key_day_mean", unit="bit/d", text="key a day, mean", column="key_day_mean_bit_d"
)
"""A measure for the page of columns: the names of columns end in its unit."""
