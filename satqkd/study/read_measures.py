"""What is measured, from ``study.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from satqkd.config.mistake import Mistake, did_you_mean, meant, quoted
from satqkd.config.study_file import MeasureEntry, StudyFile
from satqkd.config.yaml_nodes import Document
from satqkd.errors import Finding
from satqkd.study.expression import Expression
from satqkd.study.measure import (
    COLUMNS,
    FIGURES,
    SERVED,
    Figure,
    Measure,
    served_names,
    summed_figures,
    summed_name,
)
from satqkd.study.variable import Axis


def known_figures(pairs: tuple[tuple[str, str], ...]) -> dict[str, Figure]:
    """Return all figures that there are for a mission with demands of these pairs, by name."""
    served = {
        name: Figure(
            name=name, unit="", plan_only=True,
            text=f"share of what it asks for that {' and '.join(pair)} get",
        )
        for name, pair in zip(served_names(pairs), pairs, strict=True)
    }  # fmt: skip
    return {**FIGURES, **served, **summed_figures()}


def read_measures(
    layout: StudyFile,
    document: Document,
    *,
    axes: Sequence[Axis],
    pairs: tuple[tuple[str, str], ...],
) -> tuple[tuple[Measure, ...], list[Finding]]:
    """Return the measures in their order, and what is wrong with them."""
    figures = known_figures(pairs)
    found: list[Measure] = []
    findings: list[Finding] = []
    for index, entry in enumerate(layout.measure):
        try:
            for measure in _measures(entry, figures, served_names(pairs)):
                _require_known(measure, found, axes, figures, plan=layout.plan)
                found.append(measure)
        except Mistake as mistake:
            at = ("measure", index)
            findings.append(document.finding(at, mistake.message, mistake.fix))
    return tuple(found), findings


def _measures(
    entry: MeasureEntry | str, figures: Mapping[str, Figure], served: tuple[str, ...]
) -> Iterator[Measure]:
    if isinstance(entry, str):
        names = served if entry == SERVED else (entry,)
        if not names:
            raise Mistake("the mission has no demands to serve", "leave it out, or add demands")
        for name in names:
            yield _of_figure(name, _figure(name, figures), "")
        return
    if entry.expression is not None:
        yield Measure(
            name=entry.name,
            unit=entry.unit,
            text=entry.text or entry.name.replace("_", " "),
            expression=Expression(entry.expression),
        )
        return
    if entry.column is not None and entry.column not in COLUMNS:
        raise Mistake(
            f"{quoted(entry.column)} is no column of the contacts",
            did_you_mean(entry.column, COLUMNS),
        )
    name = entry.measure or summed_name(entry.column or "", entry.of)
    yield _of_figure(entry.name, _figure(name, figures), entry.text or "")


def _of_figure(name: str, figure: Figure, text: str) -> Measure:
    return Measure(
        name=name, unit=figure.unit, text=text or figure.text, expression=Expression(figure.name)
    )


def _figure(name: str, figures: Mapping[str, Figure]) -> Figure:
    if name not in figures:
        raise Mistake(
            f"{quoted(name)} is nothing that is measured", measure_meant(name, [*figures, SERVED])
        )
    return figures[name]


def measure_meant(name: str, known: Sequence[str]) -> str:
    """Return the fix for a name that is not there: of an amount its mean, if none is named.

    Examples
    --------
    >>> measure_meant("key_per_day", list(FIGURES)), measure_meant("key_day_p5", list(FIGURES))
    ("write 'key_day_mean'", "write 'key_day_p50'")
    """
    means = {one.removesuffix(_MEAN): one for one in known if one.endswith(_MEAN)}
    fix = did_you_mean(name, [*known, *means])
    near = meant(fix)
    return f"write '{means[near]}'" if near in means else did_you_mean(name, known)


_MEAN: Final = "_mean"


def _require_known(
    measure: Measure,
    before: Sequence[Measure],
    axes: Sequence[Axis],
    figures: Mapping[str, Figure],
    *,
    plan: bool,
) -> None:
    """Raise :class:`Mistake` where an expression needs what there is not."""
    names = {axis.name for axis in axes if axis.numeric} | {one.name for one in before}
    for name in measure.expression.names:
        if name in names:
            continue
        if any(axis.name == name for axis in axes):
            raise Mistake(f"the values of '{name}' are no numbers", "leave it out")
        figure = figures.get(name)
        if figure is None:
            raise Mistake(
                f"{quoted(name)} is no variable, no figure and no measure above",
                measure_meant(name, [*figures, *names]),
            )
        if figure.plan_only and not plan:
            raise Mistake(f"only a plan has '{name}'", "add 'plan: true', or leave it out")
