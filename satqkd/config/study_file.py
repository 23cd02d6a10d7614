"""What ``study.yaml`` looks like: a mission, what is varied of it, and what is measured."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import prod
from typing import Final, Literal

from satqkd.config.structure import Written
from satqkd.errors import NonPhysicalError

Sample = Literal["grid", "sobol", "latin-hypercube"]
"""How points are taken from what is varied."""

Kept = Literal["satellites", "stations"]
"""Lists of which a part can be kept."""

Summed = Literal["sum", "mean", "min", "max"]
"""What is made of a column of all contacts."""

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RESERVED: Final = frozenset(
    {"point", "repeat", "status", "reason", "month", "min", "max", "sqrt", "log", "exp", "abs"}
)
"""Columns that every table has, and functions of expressions."""


MOST_ROWS: Final = 1_000_000
"""Numerical: points times repetitions of one study, each of which is a file."""


def require_word(name: str) -> None:
    """Raise :class:`NonPhysicalError` unless a name can head a column and stand in expressions."""
    if not _WORD.fullmatch(name):
        raise NonPhysicalError("name", f"must be a word of letters, digits and _, got {name!r}")
    if name in RESERVED:
        raise NonPhysicalError("name", f"must be another word: '{name}' has a meaning of its own")


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeEntry:
    """Values from one end to another."""

    from_: Written
    """The first, with its unit as the mission's files have it."""
    to: Written
    """The last, in a unit of the same kind."""
    steps: int | None = None
    """How many values a grid takes, both ends among them; other samples take any between."""
    log: bool = False
    """Whether equal steps are equal factors, so that most values lie low."""

    def __post_init__(self) -> None:
        if self.steps is not None and self.steps < 2:
            raise NonPhysicalError("steps", f"must be at least 2, got {self.steps}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleEntry:
    """Settings that are made together, as one value of a variable."""

    name: str
    """What tables and pictures call it."""
    set_: dict[str, Written]
    """Path and value of each setting, as ``--set`` takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableEntry:
    """One thing that is varied: a path, several, bundles of settings, or how much is kept."""

    name: str
    """Heads its column and stands for it in expressions: a word."""
    title: str | None = None
    """What pictures call it; the name if not given."""
    path: str | None = None
    """Where the value is set, as ``--set`` takes it; ``[*]`` stands for each of a list."""
    paths: tuple[str, ...] = ()
    """Several such paths, which all get the same value."""
    keep: Kept | None = None
    """Instead of a path: how many ``satellites`` or ``stations`` are kept, the first of them, or a
    list of their names. What is left out goes with the demands, pairs, clocks and stock that name
    it."""
    written: str | None = None
    """The text to set, with ``{}`` for the value: ``53:{}/3/1`` for a number of satellites."""
    values: tuple[Written, ...] = ()
    """The values, one by one."""
    range: RangeEntry | None = None
    """Instead: the ends between which they lie."""
    bundles: tuple[BundleEntry, ...] = ()
    """Instead: values that are settings of their own, each with a name; without a path."""

    def __post_init__(self) -> None:
        require_word(self.name)
        self._check_place()
        self._check_values()
        self._check_written()

    def _check_place(self) -> None:
        places = sum([self.path is not None, bool(self.paths), self.keep is not None])
        if self.bundles and places:
            raise NonPhysicalError("bundles", "say what they set: leave out path, paths and keep")
        if not self.bundles and places != 1:
            raise NonPhysicalError("name", "needs one of path, paths, keep or bundles beside it")

    def _check_values(self) -> None:
        if sum([bool(self.values), self.range is not None, bool(self.bundles)]) != 1:
            raise NonPhysicalError("name", "needs one of values, range or bundles beside it")
        if len({one.name for one in self.bundles}) < len(self.bundles):
            raise NonPhysicalError("bundles", "must have names that differ")

    def _check_written(self) -> None:
        if self.written is not None and "{}" not in self.written:
            raise NonPhysicalError("written", "must hold {}, where the value goes")
        if self.written is not None and (self.keep or self.bundles):
            raise NonPhysicalError("written", "means nothing of keep or bundles")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureEntry:
    """An output under a name of one's own."""

    name: str
    """Heads its column: a word."""
    text: str | None = None
    """What pictures call it."""
    measure: str | None = None
    """Something built in, see docs/studies.md."""
    column: str | None = None
    """A column of the contacts, such as ``usable_s``."""
    of: Summed = "sum"
    """What is made of the column over all contacts."""
    expression: str | None = None
    """Arithmetic over variables, built-in measures and measures above: ``2 * satellites + 0.3``."""
    unit: str = ""
    """Of the expression."""

    def __post_init__(self) -> None:
        require_word(self.name)
        self._check_source()

    def _check_source(self) -> None:
        given = [one is not None for one in (self.measure, self.column, self.expression)]
        if sum(given) != 1:
            raise NonPhysicalError("name", "needs one of measure, column or expression beside it")
        if self.unit and self.expression is None:
            raise NonPhysicalError("unit", "is known of all but an expression: leave it out")


def _values(entry: VariableEntry) -> int:
    """How many values of a variable a grid takes."""
    steps = 1 if entry.range is None else entry.range.steps or 1
    return max(len(entry.values), len(entry.bundles), steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFile:
    """The whole of ``study.yaml``."""

    name: str
    """What the study is called, for people."""
    question: str = ""
    """What it is to answer, in a sentence."""
    mission: str = "mission.yaml"
    """The mission that is varied, relative to this file."""
    stations: str | None = None
    """Its stations, relative to this file; if not given, ``stations.yaml`` beside the mission."""
    set_: dict[str, Written] = field(default_factory=dict)
    """Settings of every point, path and value each, in place of what the mission's files say."""
    vary: tuple[VariableEntry, ...] = ()
    """What is varied; of a grid the last changes fastest."""
    sample: Sample = "grid"
    """Which points are taken: every combination, or ``points`` of a sequence that fills the
    space."""
    points: int | None = None
    """How many, of a sample that is no grid; for ``sobol`` a power of two."""
    seed: int = 1
    """Of the sample and of the weather: the same gives the same numbers."""
    measure: tuple[MeasureEntry | str, ...]
    """Outputs, each something built in or an entry of its own."""
    repeat: int = 1
    """How many times each point is worked out, each with a seed of its own."""
    realisations: int = 200
    """How often the weather and what is not known are drawn; with 0 skies are clear."""
    plan: bool = False
    """Whether each point is planned, which takes longer: clashes, demands and energy count."""

    def __post_init__(self) -> None:
        self._check_points()
        self._check_names()

    def _check_points(self) -> None:
        rows = self.repeat * (self.points or prod(map(_values, self.vary)))
        if rows > MOST_ROWS:
            raise NonPhysicalError(
                "vary", f"asks for {rows:,} rows; a study has at most {MOST_ROWS:,}"
            )
        if self.sample == "grid":
            if self.points is not None:
                raise NonPhysicalError("points", "means nothing of a grid: leave it out")
            for one in self.vary:
                if one.range is not None and one.range.steps is None:
                    raise NonPhysicalError("vary", f"has a range without steps: {one.name}")
        elif self.points is None:
            raise NonPhysicalError("points", f"is missing, which {self.sample} needs")
        elif self.sample == "sobol" and self.points & (self.points - 1):
            raise NonPhysicalError("points", f"must be a power of two, got {self.points}")

    def _check_names(self) -> None:
        names = [one.name for one in self.vary]
        names += [one if isinstance(one, str) else one.name for one in self.measure]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise NonPhysicalError("measure", f"has names that stand twice: {', '.join(twice)}")
        if not self.measure:
            raise NonPhysicalError("measure", "is empty: nothing would be worked out")
