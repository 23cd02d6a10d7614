"""What a published figure is, how it came to us, and the stated tolerance of ours."""

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

Origin = Literal["measured", "computed", "program"]

ORIGINS: Final[Mapping[Origin, str]] = {
    "measured": "result of an experiment",
    "computed": "of a model: a design, a standard, a formula",
    "program": "output of another program",
}
"""What a published value is."""

Seen = Literal["read", "digitised", "recalled", "by hand"]

SEEN: Final[Mapping[Seen, str]] = {
    "read": "seen in print, or quoted word for word by others",
    "digitised": "read off a printed picture, by others",
    "recalled": "from memory, not seen",
    "by hand": "worked out from formulas or other figures",
}
"""How a published value came to us."""

TRUSTED: Final[frozenset[Seen]] = frozenset({"read", "digitised"})
"""How an independent figure can have come to us."""

Status = Literal["within", "outside", "not reproduced"]
"""How ours lies to what is claimed; *not reproduced* is outside, told beforehand with a reason."""

INTERVAL: Final = ", interval"
"""What the name of a figure's interval ends in."""


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
    fitted: tuple[str, ...] = ()
    """Figures of the case that the value was chosen to meet."""

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
    origin: Origin
    seen: Seen
    counts_as: str
    """Case and figure of the published value, such as ``O-1 min range``: the same for all that
    predict this value, for the points of a curve and for a figure and its interval."""
    not_reproduced: str = ""
    """Why ours is known to lie outside the claim; empty where it should lie within."""

    @property
    def independent(self) -> bool:
        """Whether it was measured and seen, and nothing was fitted to it."""
        return self.predicted and self.seen in TRUSTED

    @property
    def predicted(self) -> bool:
        """Whether it was measured, and nothing was fitted to it."""
        return self.kind == "prediction" and self.origin == "measured"

    @property
    def interval(self) -> bool:
        """Whether it is held against an interval of ours."""
        return self.figure.name.endswith(INTERVAL)


def counts_as(case: str, figure: str) -> str:
    """Return under which name a published value is counted: with its interval as one."""
    return f"{case} {figure.removesuffix(INTERVAL)}"


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
    """How the published value came to us, in words."""
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
    of: Point
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
    """Whether ours lies within what is claimed."""
    ratio: float | None
    """Ours over published, of decibels the ratio they stand for; None for text and intervals."""
    width: float | None
    """High end over low end of an interval, in the same terms; None for all else."""

    @property
    def point(self) -> str:
        """Case, run and figure, such as ``O-1 min range``."""
        return self.of.name

    @property
    def unit(self) -> str:
        """Of published value and ours."""
        return self.of.figure.unit

    @property
    def kind(self) -> Kind:
        """What it means that the figure is met."""
        return self.of.kind

    @property
    def why(self) -> str:
        """Why the claim is no nearer."""
        return self.of.figure.why

    @property
    def status(self) -> Status:
        """Whether ours lies within the claim, outside it, or outside as told beforehand."""
        if self.within:
            return "within"
        return "not reproduced" if self.of.not_reproduced else "outside"
