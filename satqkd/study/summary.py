"""``summary.csv``, ``months.csv`` and ``study.json``: a study's results as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from satqkd.study.measure import Measure
from satqkd.study.results import HEAD, Output, summary_head
from satqkd.study.variable import Axis, Level


def output_of(measure: Measure) -> Output:
    """Return a measure as tables see it."""
    return Output(name=measure.name, unit=measure.unit, text=measure.text, column=measure.column)


def manifest_text(
    *,
    name: str,
    question: str,
    variables: Sequence[Axis],
    measures: Sequence[Measure],
    more: dict[str, Any],
) -> str:
    """Return ``study.json``: what the tables mean, and what they rest on."""
    outputs = [asdict(output_of(one)) for one in measures]
    axes = [asdict(one) for one in variables]
    whole = {"name": name, "question": question, "variables": axes, "measures": outputs, **more}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def row_of(
    point: str,
    repeat: int,
    levels: Sequence[Level],
    values: Sequence[float | None],
    *,
    status: str,
    reason: str,
) -> list[str]:
    """Return one row of ``summary.csv``; a value that is None or no number is empty."""
    cells = [level.text if level.number is None else number_text(level.number) for level in levels]
    figures = ["" if one is None else number_text(one) for one in values]
    return [point, str(repeat), *cells, *figures, status, " ".join(reason.split())]


def number_text(value: float) -> str:
    """Write a number so that it reads back as the same; nothing for one that is none.

    Examples
    --------
    >>> number_text(3.0), number_text(0.1), number_text(float("nan"))
    ('3', '0.1', '')
    """
    if not isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def summary_text(
    variables: Sequence[Axis], measures: Sequence[Measure], rows: Iterable[Sequence[str]]
) -> str:
    """Return ``summary.csv``."""
    return _csv(summary_head(variables, [output_of(one) for one in measures]), rows)


def months_text(rows: Iterable[Sequence[str]]) -> str:
    """Return ``months.csv``: point, repetition, month, key."""
    return _csv((*HEAD, "month", "key_bit"), rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(head)
    lines.writerows(rows)
    return text.getvalue()
