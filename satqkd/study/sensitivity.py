"""A study made in code: every range that a mission states, one at a time and all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from satqkd.config.mistake import quoted
from satqkd.errors import SatqkdError
from satqkd.study.base import Base
from satqkd.study.expression import Expression
from satqkd.study.gathered import gathered_by
from satqkd.study.indices import Indices, sobol_indices, sobol_shares
from satqkd.study.measure import FIGURES, Measure
from satqkd.study.point import Point
from satqkd.study.ranges import Known, NotVaried, StatedRange, ranges_of
from satqkd.study.read_measures import measure_meant
from satqkd.study.results import Results
from satqkd.study.section import one_at_a_time
from satqkd.study.study import Study
from satqkd.study.variable import Axis, Level, Setting, Span, Variable

BY = "range"
"""Who sets the values, where findings name them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensitivity:
    """What is walked, and the points of it."""

    study: Study
    known: Known
    points: tuple[Point, ...]
    """First all ranges at their stated values, then each range's ends, then those of Sobol."""


def sensitivity_of(
    mission: Path,
    stations: Path,
    *,
    settings: Sequence[Setting] = (),
    measure: str = "key_day_mean",
    realisations: int = 200,
    seed: int = 1,
    sobol: int = 0,
) -> Sensitivity:
    """Make the study of a mission's own ranges.

    Parameters
    ----------
    mission, stations
        The two files.
    settings
        Values in place of what they say.
    measure
        One of :data:`satqkd.study.measure.FIGURES`, without what only plans have.
    realisations
        Of the weather; 0 for clear skies.
    seed
        Of the weather and of the sample.
    sobol
        Length of Sobol's sequence, a power of two; 0 for one at a time alone.

    Raises
    ------
    InputError
        With every mistake in the files.
    SatqkdError
        If there is no such measure, or the mission states no range.
    """
    figure = FIGURES.get(measure)
    if figure is None or figure.plan_only:
        plain = [name for name, one in FIGURES.items() if not one.plan_only]
        raise SatqkdError(
            f"{quoted(measure)} is nothing that is measured of a forecast\n"
            f"  fix: {measure_meant(measure, list(plain))}"
        )
    base = Base(mission=mission, stations=stations, settings=tuple(settings))
    loaded = base.at()
    known = ranges_of(base)
    if not known.ranges:
        raise SatqkdError(
            f"{mission}: states no range: nothing can be walked\n"
            "  fix: write one beside a value, such as loss_range: [0 dB, 3 dB] of pointing"
        )
    fixed = tuple(Setting(path=path, value="0 %", by=BY) for path in known.spreads)
    base = Base(mission=mission, stations=stations, settings=(*settings, *fixed), files=base.files)
    study = Study(
        name=f"Sensitivity of {loaded.name}",
        question="What of that which is not known moves the key most?",
        base=base,
        variables=tuple(_variable(one) for one in known.ranges),
        sample="grid",
        points=None,
        seed=seed,
        measures=(
            Measure(
                name=measure, unit=figure.unit, text=figure.text, expression=Expression(measure)
            ),
        ),
        repeat=1,
        realisations=realisations,
        plan=False,
        blocks=gathered_by(loaded),
        text=_told(known),
    )
    points = (*_one_at_a_time(known.ranges), *_all_at_once(known.ranges, sobol, seed))
    return Sensitivity(study=study, known=known, points=points)


def _told(known: Known) -> str:
    """Write down what is walked and what is not, to be kept with the results."""
    told = {
        "ranges": [
            {"name": one.name, "paths": one.paths, "range": one.texts, "source": one.source}
            for one in known.ranges
        ],
        "not_varied": [asdict(one) for one in known.left],
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the results of a sensitivity study say of the mission's ranges."""

    sources: Mapping[str, str]
    """By variable, why it has its range."""
    left: tuple[NotVaried, ...]
    """What was not varied."""


def kept_ranges(results: Results) -> Kept:
    """Return what a study made by :func:`sensitivity_of` keeps of its ranges; nothing of others."""
    try:
        told: Any = json.loads(results.manifest.get("file") or "")
        return Kept(
            sources={one["name"]: one["source"] for one in told["ranges"]},
            left=tuple(NotVaried(**one) for one in told["not_varied"]),
        )
    except (ValueError, TypeError, KeyError):  # a study.yaml
        return Kept(sources={}, left=())


def _variable(one: StatedRange) -> Variable:
    levels = tuple(_level(one, number) for number in dict.fromkeys(one.numbers))
    axis = Axis(
        name=one.name, title=one.title, unit=one.unit, numeric=True,
        levels=tuple(level.text for level in levels),
    )  # fmt: skip
    return Variable(axis=axis, levels=levels)


def _level(one: StatedRange, number: float) -> Level:
    text = f"{number:.12g} {one.unit}".rstrip()
    value = one.written(number)
    settings = tuple(Setting(path=path, value=value, by=BY) for path in one.paths)
    return Level(text=text, number=number, settings=settings)


def _one_at_a_time(ranges: Sequence[StatedRange]) -> Iterator[Point]:
    stated = [_level(one, one.numbers[1]) for one in ranges]
    yield Point(levels=tuple(stated))
    for place, one in enumerate(ranges):
        for number in dict.fromkeys((one.numbers[0], one.numbers[2])):
            if number != one.numbers[1]:
                yield Point(levels=(*stated[:place], _level(one, number), *stated[place + 1 :]))


def _all_at_once(ranges: Sequence[StatedRange], base: int, seed: int) -> Iterator[Point]:
    """Yield points with every value between its ends as likely as another."""
    if not base:
        return
    for row in sobol_shares([one.name for one in ranges], base, seed).tolist():
        levels = (
            _level(one, Span(low=one.numbers[0], high=one.numbers[2], log=False).at(share))
            for one, share in zip(ranges, row, strict=True)
        )
        yield Point(levels=tuple(levels))


def indices_of(results: Results, measure: str) -> Indices | None:
    """Return the Sobol indices of a measure.

    None where the study has no points for them, where one is not done, or where none moves the
    measure.
    """
    names = [one.name for one in results.variables]
    alone = 1 + sum(len(one.levels) - 1 for one in results.variables)
    values = results.numbers[measure][alone:]
    if not one_at_a_time(results) or not values.size or values.size % (len(names) + 2):
        return None
    return sobol_indices(names, values, measure=measure, seed=int(results.manifest["seed"]))
