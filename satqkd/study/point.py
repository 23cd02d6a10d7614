"""The points of a study, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from satqkd.errors import NonPhysicalError
from satqkd.study.study import Study
from satqkd.study.variable import Keep, Level, Setting, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of each variable."""

    levels: tuple[Level, ...]

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All that is set, in the order of the variables."""
        return tuple(setting for level in self.levels for setting in level.settings)

    @property
    def keeps(self) -> tuple[Keep, ...]:
        """Lists of which a part is kept."""
        return tuple(level.keep for level in self.levels if level.keep is not None)


def number_of_points(study: Study) -> int:
    """Return how many points there are, equal ones counted each."""
    if study.points is not None:
        return study.points
    return prod(len(one.levels) for one in study.variables)


def points_of(study: Study) -> Iterator[Point]:
    """Yield the points of a study: of a grid the last variable changes fastest."""
    if study.sample == "grid":
        for levels in product(*(one.levels for one in study.variables)):
            yield Point(levels=levels)
        return
    shares = _shares(study)
    yield from points_at(study.variables, shares)


def points_at(variables: Sequence[Variable], shares: Sequence[Sequence[float]]) -> Iterator[Point]:
    """Yield the points at shares of the way of each variable; one row a point, 0 to 1 each."""
    for row in shares:
        if len(row) != len(variables):
            raise NonPhysicalError("shares", f"must be {len(variables)} a point, got {len(row)}")
        levels = (one.at(float(share)) for one, share in zip(variables, row, strict=True))
        yield Point(levels=tuple(levels))


def _shares(study: Study) -> list[list[float]]:
    """Return a sample of the unit cube: the same seed gives the same."""
    from scipy.stats import qmc  # noqa: PLC0415 -- only samples pay for the import

    dimensions, count = len(study.variables), study.points or 0
    if not dimensions:
        return [[]] * min(count, 1)
    if study.sample == "sobol":
        found = qmc.Sobol(dimensions, rng=study.seed).random(count)
    else:
        found = qmc.LatinHypercube(dimensions, rng=study.seed).random(count)
    rows: list[list[float]] = found.tolist()
    return rows
