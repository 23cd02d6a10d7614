"""Which pictures a study has, by name: whatever its points allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from matplotlib.figure import Figure

from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.report.pictures.study_front import study_front
from satqkd.report.pictures.study_lines import study_lines
from satqkd.report.pictures.study_map import study_map
from satqkd.report.pictures.study_months import has_months, study_months
from satqkd.report.pictures.study_tornado import study_indices, study_tornado
from satqkd.study.front import Front, front_of
from satqkd.study.indices import Indices
from satqkd.study.quantity import Quantity, quantities
from satqkd.study.results import Results
from satqkd.study.section import (
    Points,
    Tornado,
    levels_of,
    one_at_a_time,
    reference,
    sampled,
    tornado,
)
from satqkd.study.sensitivity import indices_of

COSTS: Final = ("cost", "price", "effort", "mass", "satellites", "stations")
"""What is taken for what is to be small, the first that the study has."""
_MOST_MAPS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Views:
    """What is looked at of a study."""

    points: Points
    quantity: Quantity
    """What the pictures are of."""
    held: Mapping[str, str]
    """Where variables stand while others move; empty of a sample."""
    front: Front | None
    """None where nothing is to be small."""
    tornado: Tornado | None
    """None of a sample, and where the point that all stand at is not done."""
    indices: Indices | None
    """None but of a study with the points for them."""

    @staticmethod
    def of(
        results: Results,
        *,
        measure: str | None = None,
        cost: str | None = None,
        hold: Mapping[str, str] | None = None,
    ) -> Views:
        """Choose what is looked at.

        Parameters
        ----------
        results
            Of a study that is done, or half done.
        measure
            What the pictures are of; the first of the study if None.
        cost
            What is to be small: a measure or a variable; by its name if None.
        hold
            Values of variables that stand still, in place of their middle ones.

        Raises
        ------
        Mistake
            If a name is none of the study's.
        """
        points = Points.of(results)
        known = {one.name: one for one in quantities(results.measures)}
        known |= {
            one.name: Quantity(middle=one) for one in results.measures if one.name not in known
        }
        if measure is not None and measure not in known:
            raise Mistake(
                f"{quoted(measure)} is no measure of this study", did_you_mean(measure, known)
            )
        quantity = next(iter(known.values())) if measure is None else known[measure]
        small = _small(points, cost, quantity.name)
        free = sampled(results)
        if free and hold:
            raise Mistake("the points are a sample: nothing is held", "leave it out")
        held = {} if free else reference(results, hold)
        return Views(
            points=points,
            quantity=quantity,
            held=held,
            front=None if small is None else front_of(points, small=small, large=quantity.name),
            tornado=None if free or not held else tornado(points, quantity.name, held),
            indices=indices_of(results, quantity.name),
        )

    def pictures(self, family: str | None = None) -> Iterator[tuple[str, Figure]]:
        """Yield the pictures with their names.

        Parameters
        ----------
        family
            The variable with a line for each value; one with few values if None.
        """
        results, name = self.points.results, self.quantity.name
        alone = one_at_a_time(results)
        for axis in results.variables if not alone else ():
            other = _family(self.points, axis.name, family)
            yield (
                f"{axis.name}-{name}",
                study_lines(self.points, axis.name, self.quantity, self.held, other),
            )
        for x, y in _maps(self.points) if not alone else ():
            yield f"{x}-{y}-{name}", study_map(self.points, x, y, name, self.held)
        if self.front is not None and not alone:
            yield "front", study_front(self.points, self.front)
        if has_months(self.points) and not sampled(results):
            lines, panels = (None, None) if alone else _two(self.points, family)
            yield "months", study_months(self.points, self.held, lines, panels)
        if self.tornado is not None and (alone or len(results.variables) > 1):
            yield "tornado", study_tornado(self.points, self.tornado)
        if self.indices is not None:
            yield "sobol", study_indices(self.points, self.indices)


def _small(points: Points, asked: str | None, large: str) -> str | None:
    known = [one.name for one in points.results.measures if one.name != large]
    known += [one.name for one in points.results.variables if one.numeric]
    if asked is not None and asked not in known:
        raise Mistake(
            f"{quoted(asked)} is no number of this study that can be small",
            did_you_mean(asked, known),
        )
    return asked or next((one for one in COSTS if one in known), None)


def _family(points: Points, name: str, asked: str | None) -> str | None:
    """Return the variable with a line for each value beside one that moves."""
    others = [one.name for one in points.results.variables if one.name != name]
    if asked is not None and asked not in (*others, name):
        raise Mistake(f"{quoted(asked)} is not varied", did_you_mean(asked, others))
    if asked in others:
        return asked
    several = [one for one in others if len(levels_of(points, one)) > 1]
    return min(several, key=lambda one: len(levels_of(points, one)), default=None)


def _maps(points: Points) -> list[tuple[str, str]]:
    if sampled(points.results):
        return []
    wide = [one.name for one in points.results.variables if len(one.levels) > 2]
    return list(combinations(wide, 2))[:_MOST_MAPS]


def _two(points: Points, asked: str | None) -> tuple[str | None, str | None]:
    """Return the variables with lines and with panels in the picture of months."""
    names = [one.name for one in points.results.variables if len(levels_of(points, one.name)) > 1]
    lines = asked if asked in names else next(reversed(names), None)
    panels = [one for one in names if one != lines and len(levels_of(points, one)) <= 6]
    return lines, next(iter(panels), None)
