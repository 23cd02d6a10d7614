"""How many published figures are independent, how near ours come, how wide our intervals are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from satqkd.validation.case import INTERVAL, Outcome, Status

NEARNESS: Final = ((1.05, "5 %"), (1.3, "30 %"), (2.0, "a factor 2"), (2.5, "a factor 2.5"))
"""Ratios, either way, up to which figures are counted, and their names."""

WORST_FIRST: Final[tuple[Status, ...]] = ("outside", "not reproduced", "within")
"""How figures stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One published figure, whatever the number of cases, runs and points that predict it."""

    name: str
    """Case and figure, such as ``O-1 min range``."""
    farthest: Outcome
    """Of its predictions the one whose ratio is farthest from 1."""
    outcomes: tuple[Outcome, ...]
    """Its predictions, intervals left out."""

    @property
    def status(self) -> Status:
        """That of the worst of its predictions."""
        return worst(self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An interval of ours around an independent figure: of a curve the widest."""

    name: str
    """Case and figure."""
    width: float
    """High end over low end."""
    holds: bool
    """Whether it holds the published value, and every point of a curve."""
    narrow: bool
    """Whether it is also as narrow as claimed, and so says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the outcomes amount to."""

    independent: tuple[Counted, ...]
    """Measured, read or digitised, with nothing fitted to them."""
    recalled: tuple[Counted, ...]
    """Measured, with nothing fitted to them, but recalled."""
    intervals: tuple[Held, ...]
    """Around independent figures, the narrowest first."""
    not_reproduced: tuple[Outcome, ...]
    fits: int
    """Points that an input was chosen to meet."""
    programs: int
    """Points that are output of another program."""
    computed: int
    """Other points: of a model, or worked out by hand, also from measured ones."""

    @property
    def median_width(self) -> float:
        """Of the intervals that hold their figure; NaN where none does."""
        widths = [held.width for held in self.intervals if held.holds]
        return median(widths) if widths else math.nan


def summary(outcomes: Sequence[Outcome]) -> Summary:
    """Count outcomes; one published figure counts once, by the farthest of its predictions."""
    independent = [o for o in outcomes if o.of.independent]
    recalled = [o for o in outcomes if o.of.predicted and o.of.seen == "recalled"]
    rest = [o for o in outcomes if not (o.of.independent or o in recalled)]
    programs = sum(o.of.origin == "program" for o in rest)
    fits = sum(o.of.origin != "program" and o.kind == "fit" for o in rest)
    return Summary(
        independent=_counted(independent),
        recalled=_counted(recalled),
        intervals=_held(independent),
        not_reproduced=tuple(o for o in outcomes if o.status == "not reproduced"),
        fits=fits,
        programs=programs,
        computed=len(rest) - programs - fits,
    )


def near(figures: Iterable[Counted], most: float) -> int:
    """Return how many figures are reproduced and no farther than a ratio, either way."""
    return sum(each.status == "within" and off(each.farthest) <= most for each in figures)


def off(outcome: Outcome) -> float:
    """Return by which ratio, either way and thus at least 1, ours is off; infinite where below 0.

    Of words it is 1 where they are the same.
    """
    found = outcome.ratio
    if found is None:
        return 1.0 if outcome.within else math.inf
    return max(found, 1.0 / found) if found > 0.0 else math.inf


def worst(outcomes: Iterable[Outcome]) -> Status:
    """Return how the worst of some outcomes stands."""
    found = {outcome.status for outcome in outcomes}
    return next(each for each in WORST_FIRST if each in found)


def _counted(outcomes: Iterable[Outcome]) -> tuple[Counted, ...]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if not outcome.of.interval:
            groups.setdefault(outcome.of.counts_as, []).append(outcome)
    return tuple(
        Counted(name=name, farthest=max(own, key=off), outcomes=tuple(own))
        for name, own in groups.items()
    )


def _held(outcomes: Iterable[Outcome]) -> tuple[Held, ...]:
    """Return each case's intervals, the points of a curve as one."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.of.interval:
            named = f"{outcome.case.id} {outcome.of.figure.name.removesuffix(INTERVAL)}"
            groups.setdefault(named, []).append(outcome)
    held = (
        Held(
            name=name,
            width=max(math.inf if each.width is None else each.width for each in own),
            holds=all(_holds(each) for each in own),
            narrow=all(each.within for each in own),
        )
        for name, own in groups.items()
    )
    return tuple(sorted(held, key=lambda each: each.width))


def _holds(outcome: Outcome) -> bool:
    if not isinstance(outcome.ours, tuple):
        return False
    low, high = outcome.ours
    return low <= float(outcome.of.published) <= high
