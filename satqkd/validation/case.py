"""What a published figure is, and the stated tolerance of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from satqkd.validation.claim import Claim, Value

Kind = Literal["prediction", "fit", "consistency", "reproduction"]

KINDS: Final[Mapping[Kind, str]] = {
    "prediction": "no input was chosen to meet the figure",
    "fit": "an input was chosen to meet this very figure, so that meeting it shows little",
    "consistency": "published figures held against each other, with no model of a link or key",
    "reproduction": "what another program, or a hand, made of the same formulas and inputs",
}
"""What it means that a figure is met."""


class Check(Protocol):
    """A computation of satqkd's own; its fields are what it is given."""

    def figures(self) -> Mapping[str, Value]:
        """Return the figures that can be held against published ones, by name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One kind of number that a case holds."""

    name: str
    """As the check calls it."""
    claim: Claim
    """How near to the published value satqkd says it comes."""
    why: str
    """Why so near, and why not nearer."""
    unit: str = ""
    """Unit of published value and claim; empty for text and pure numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One value that a check is given."""

    name: str
    value: str
    """As written."""
    assumed: bool
    """Whether it is assumed, not published."""
    why: str
    """Whence a published value is; why an assumed one is as it is."""
    preset: str = ""
    """Name of the preset that it is a part of, with which ``name`` then begins; empty for none."""

    @property
    def part(self) -> str:
        """Its name without the preset's."""
        return self.name.removeprefix(f"{self.preset}: ") if self.preset else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One published value of a figure."""

    name: str
    """Case, run and figure, such as ``O-1 min range``."""
    figure: Figure
    published: str
    """As printed."""
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One computation, and what was published of its result."""

    check: Check
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A published result with all its figures."""

    id: str
    """Short name, such as ``O-1``."""
    title: str
    cite: str
    """Who published it, and where."""
    known: str
    """How the published value came to us: seen, quoted by others, digitised, recalled, computed."""
    assumed: tuple[str, ...]
    """What was assumed in words, beside single values."""
    runs: tuple[Run, ...]
    inputs: tuple[Input, ...] = ()
    """What the check is given, presets included; empty where not listed."""
    paper: int | None = None
    """Number of the paper among those satqkd stands on, see :data:`satqkd.validation.papers`."""

    @property
    def assumed_inputs(self) -> str:
        """How many inputs are assumed, such as ``3 of 9``; empty where they are not listed."""
        count = sum(each.assumed for each in self.inputs)
        return f"{count} of {len(self.inputs)}" if self.inputs else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One published value beside ours."""

    case: Case
    point: str
    """Case, run and figure, such as ``O-1 min range``."""
    unit: str
    published: str
    """As printed, with digits in groups."""
    ours: Value
    ours_text: str
    """To a hundredth of what is claimed."""
    deviation: float | None
    """Difference in the unit, relative difference or ratio, whichever the claim speaks of; None
    for text and intervals."""
    deviation_text: str
    claimed: str
    within: bool
    why: str
    """Why the claim is no nearer."""
    kind: Kind
