"""What a published figure is, and how near satqkd claims to come to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from satqkd.validation.claim import Claim, Value


class Check(Protocol):
    """A computation of satqkd's own; its fields are what it is given."""

    def figures(self) -> Mapping[str, Value]:
        """Return the figures that can be held against published ones, by name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One kind of number a case speaks about."""

    name: str
    """As the check calls it."""
    claim: Claim
    """How near to the published value satqkd says it comes."""
    why: str
    """Why so near, and why not nearer."""
    unit: str = ""
    """Unit of published value and claim; empty for text and pure numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One published value of a figure."""

    name: str
    """Case, run and figure, such as ``O-1 min range``."""
    figure: Figure
    published: str
    """As printed."""


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
    """What the check is given although nobody printed it."""
    runs: tuple[Run, ...]


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
