"""``study.yaml`` to a :class:`Study`, or to every mistake in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from satqkd.config.structure import structure
from satqkd.config.study_file import StudyFile
from satqkd.config.yaml_nodes import Document, read_file
from satqkd.errors import Finding, InputError
from satqkd.mission.mission import Mission
from satqkd.study.base import Base
from satqkd.study.gathered import gathered_by
from satqkd.study.point import Point
from satqkd.study.read_measures import read_measures
from satqkd.study.read_variables import read_variables, setting_of
from satqkd.study.study import Study
from satqkd.study.variable import Level, Variable


def load_study(path: Path | str) -> Study:
    """Read a study and the mission that it varies.

    Raises
    ------
    InputError
        With every mistake found in the file; or in the mission's, as it stands; or in one of the
        values, each of which is tried once.
    """
    path = Path(path)
    document = read_file(path)
    layout, findings = structure(document, StudyFile)
    findings += document.findings
    if layout is None or findings:
        raise InputError(findings)
    base = _base(layout, document, path.parent)
    mission = base.at()
    variables, findings = read_variables(layout, document)
    measures, more = read_measures(
        layout, document, axes=[one.axis for one in variables], pairs=pairs_of(mission)
    )
    findings += more
    if findings:
        raise InputError(findings)
    study = Study(
        name=layout.name,
        question=layout.question,
        base=base,
        variables=variables,
        sample=layout.sample,
        points=layout.points,
        seed=layout.seed,
        measures=measures,
        repeat=layout.repeat,
        realisations=layout.realisations,
        plan=layout.plan,
        blocks=gathered_by(mission),
        text=path.read_text(encoding="utf-8"),
    )
    if wrong := list(_wrong_values(study)):
        raise InputError(wrong)
    return study


def pairs_of(mission: Mission) -> tuple[tuple[str, str], ...]:
    """Return the names of the stations of each demand."""
    names = [ground.site.name for ground in mission.stations]
    return tuple((names[one.station_a], names[one.station_b]) for one in mission.demands)


def _base(layout: StudyFile, document: Document, folder: Path) -> Base:
    mission = folder / layout.mission
    named = layout.stations
    stations = mission.parent / "stations.yaml" if named is None else folder / named
    files = {"mission": mission} if mission.is_dir() else {"mission": mission, "stations": stations}
    missing = [
        document.finding(
            (key,),
            f"{file} is a folder" if file.is_dir() else f"{file} does not exist",
            "name the YAML file in it" if file.is_dir() else "correct the path",
        )
        for key, file in files.items()
        if not file.is_file()
    ]
    if missing:
        raise InputError(missing)
    settings = tuple(
        setting_of(document, ("set", where), where, value) for where, value in layout.set_.items()
    )
    return Base(mission=mission, stations=stations, settings=settings)


def _wrong_values(study: Study) -> Iterator[Finding]:
    """Yield what is wrong with single values: tried beside the first and the last of all others.

    A value that goes together with only some of the others fails at those points, not here.
    """
    ends = [[_ends(one)[end] for one in study.variables] for end in (0, -1)]
    seen: set[Finding] = set()
    for place, one in enumerate(study.variables):
        for level in _ends(one) if one.span is not None else one.levels:
            wrong = _tried(study.base, ends[0], place, level)
            if wrong and _tried(study.base, ends[-1], place, level):
                yield from (found for found in wrong if found not in seen)
                seen.update(wrong)


def _ends(variable: Variable) -> tuple[Level, Level]:
    """Return the first value and the last; of a range those between are as good as these."""
    return variable.at(0.0), variable.at(1.0)


def _tried(base: Base, others: Sequence[Level], place: int, level: Level) -> list[Finding]:
    point = Point(levels=(*others[:place], level, *others[place + 1 :]))
    try:
        base.at(point.settings, point.keeps)
    except InputError as error:
        return list(error.findings)
    return []
