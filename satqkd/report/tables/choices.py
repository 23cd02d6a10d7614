"""What was chosen of many, round by round."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.config.axis import unit_suffix
from satqkd.report.tables.column import Column, each, field_of_each
from satqkd.report.tables.study import figure
from satqkd.study.choose import Choice
from satqkd.study.results import Output


def choice_columns(measure: Output) -> tuple[Column[Sequence[Choice]], ...]:
    """Return the columns of a table of choices by a measure."""
    unit, end = measure.unit, unit_suffix(measure.unit)
    return (
        Column("round", "", "Which round, from 1.", field_of_each("round")),
        Column("taken", "", "What was taken.", field_of_each("taken")),
        Column(
            measure.column, unit, f"{measure.text}, with all that is taken.",
            each(lambda one: figure(one.value)),
        ),
        Column(
            f"more{end}", unit, "How much more that is than before the round.",
            each(lambda one: figure(one.gain)),
        ),
        Column("runner_up", "", "What would have been next best.", field_of_each("runner_up")),
        Column(
            f"with_runner_up{end}", unit, "The measure with that instead.",
            each(lambda one: None if one.runner_up_value is None else figure(one.runner_up_value)),
        ),
    )  # fmt: skip
