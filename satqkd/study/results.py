"""The results of a study as its pictures, tables and notebooks read them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, Final

import numpy as np

from satqkd.errors import Finding, InputError
from satqkd.study.variable import Axis
from satqkd.units import BoolArray, FloatArray, IntArray

MANIFEST: Final = "study.json"
SUMMARY: Final = "summary.csv"
MONTHS: Final = "months.csv"
DONE: Final = "done"
FAILED: Final = "failed"
LEFT: Final = "left"
HEAD: Final = ("point", "repeat")
TAIL: Final = ("status", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A measure as tables and pictures see it."""

    name: str
    unit: str
    """Empty for a plain number."""
    text: str
    """What it is, for people."""
    column: str
    """Name of its column, which ends in the unit."""

    @property
    def label(self) -> str:
        """Text with the unit, for the axis of a picture."""
        return f"{self.text} [{self.unit}]" if self.unit else self.text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Months:
    """Key of each point by calendar month; one row a point, repetition and month."""

    point: tuple[str, ...]
    repeat: IntArray
    month: tuple[str, ...]
    """As ``2026-05``, in UTC."""
    key_bits: FloatArray
    """Mean over the realisations; under a clear sky where nothing was drawn. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """One row a point and repetition, in the order of the study."""

    name: str
    question: str
    variables: tuple[Axis, ...]
    measures: tuple[Output, ...]
    point: tuple[str, ...]
    """Name of each row's point: the hash of what it rests on."""
    repeat: IntArray
    """Which repetition, from 1."""
    texts: Mapping[str, tuple[str, ...]]
    """By name of a variable, its value in each row as people read it, with the unit."""
    numbers: Mapping[str, FloatArray]
    """By name of a variable or measure, its value in each row in its unit; NaN where there is none,
    as of names, and of points that failed."""
    status: tuple[str, ...]
    """``done``, ``failed`` or ``left``: not worked out yet."""
    reason: tuple[str, ...]
    """Why it failed; of one that is done over which stations nothing is usable, or empty."""
    months: Months
    manifest: Mapping[str, Any]
    """What the study rests on: settings, inputs, code."""

    def __len__(self) -> int:
        return len(self.point)

    @property
    def done(self) -> BoolArray:
        """Which rows were worked out."""
        return np.array([one == DONE for one in self.status], dtype=np.bool_)

    def variable(self, name: str) -> Axis:
        """Return one of the variables by its name."""
        return next(one for one in self.variables if one.name == name)

    def measure(self, name: str) -> Output:
        """Return one of the measures by its name."""
        return next(one for one in self.measures if one.name == name)

    def mean_of(self, name: str) -> tuple[tuple[str, ...], FloatArray]:
        """Return the points in their order, and the mean of a measure over repetitions of each."""
        order = tuple(dict.fromkeys(self.point))
        place = {point: number for number, point in enumerate(order)}
        rows = np.array([place[point] for point in self.point], dtype=np.int64)
        done = self.done & np.isfinite(self.numbers[name])
        sums = np.bincount(rows[done], self.numbers[name][done], minlength=len(order))
        counts = np.bincount(rows[done], minlength=len(order))
        with np.errstate(invalid="ignore"):
            return order, np.where(counts > 0, sums / np.maximum(counts, 1), nan)

    @staticmethod
    def read(folder: Path | str) -> Results:
        """Read the results that a study has in its folder so far.

        Raises
        ------
        InputError
            If there is no study, or a file of it is not as it was written.
        """
        folder = Path(folder)
        manifest = _manifest(folder / MANIFEST)
        variables = tuple(
            Axis(**{**one, "levels": tuple(one["levels"])}) for one in manifest["variables"]
        )
        measures = tuple(Output(**one) for one in manifest["measures"])
        rows = list(_rows(folder / SUMMARY, summary_head(variables, measures)))
        months = list(_rows(folder / MONTHS, (*HEAD, "month", "key_bit")))
        head = len(HEAD)
        cells = {one.name: [row[head + n] for row in rows] for n, one in enumerate(variables)}
        texts = {
            one.name: tuple(f"{cell} {one.unit}".rstrip() for cell in cells[one.name])
            for one in variables
        }
        numbers = {
            one.name: np.array([_number(cell) for cell in cells[one.name]])
            for one in variables
            if one.numeric
        }
        begin = head + len(variables)
        for place, measure in enumerate(measures):
            numbers[measure.name] = np.array([_number(row[begin + place]) for row in rows])
        return Results(
            name=manifest["name"],
            question=manifest["question"],
            variables=variables,
            measures=measures,
            point=tuple(row[0] for row in rows),
            repeat=np.array([int(row[1]) for row in rows], dtype=np.int64),
            texts=texts,
            numbers=numbers,
            status=tuple(row[-2] for row in rows),
            reason=tuple(row[-1] for row in rows),
            months=Months(
                point=tuple(row[0] for row in months),
                repeat=np.array([int(row[1]) for row in months], dtype=np.int64),
                month=tuple(row[2] for row in months),
                key_bits=np.array([_number(row[3]) for row in months]),
            ),
            manifest=manifest,
        )


def summary_head(variables: Sequence[Axis], measures: Sequence[Output]) -> tuple[str, ...]:
    """Return the columns of ``summary.csv``."""
    inner = (*(one.column for one in variables), *(one.column for one in measures))
    return (*HEAD, *inner, *TAIL)


def _number(text: str) -> float:
    return float(text) if text else nan


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        finding = Finding(
            file=str(path), line=0, message="does not exist: there is no study in this folder",
            fix="name the folder of one, or start it: satqkd study run study.yaml",
        )  # fmt: skip
        raise InputError([finding]) from error
    except (OSError, ValueError) as error:
        raise InputError([_damaged(path, 0, str(error))]) from error
    return found


def _rows(path: Path, head: Sequence[str]) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            if tuple(next(lines, ())) != tuple(head):
                raise InputError([_damaged(path, 1, "its columns are not those of the study")])
            for number, row in enumerate(lines, start=2):
                if len(row) != len(head):
                    raise InputError([_damaged(path, number, f"{len(row)} columns")])
                yield row
    except OSError as error:
        raise InputError([_damaged(path, 0, str(error.strerror))]) from error


def _damaged(path: Path, line: int, why: str) -> Finding:
    return Finding(
        file=str(path), line=line, message=f"is not as it was written: {why}",
        fix=f"make it anew: satqkd study resume {path.parent}",
    )  # fmt: skip
