"""Mistakes of a case file that its types do not show: names that mean nothing, fits untold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from satqkd.config.mistake import did_you_mean, quoted
from satqkd.config.yaml_nodes import Document
from satqkd.errors import Finding
from satqkd.validation.case import INTERVAL, Case, counts_as
from satqkd.validation.papers import PAPERS


def unmatched(document: Document, written: Any) -> Iterator[Finding]:
    """Yield published values without a claim, claims without a check, wrong numbers."""
    numbers = {entry.name: entry.claimed.equals is None for entry in written.figures}
    claimed: set[str] = set()
    for index, run in enumerate(written.runs):
        for name, text in run.published.items():
            place = ("runs", index, "published", name)
            claimed.add(name)
            if name not in numbers:
                yield document.finding(
                    place, "is not among the figures", did_you_mean(name, numbers), at_key=True
                )
            elif numbers[name] and not _is_number(text):
                yield document.finding(place, f"{quoted(text)} is no number", "write digits only")
        for name in run.not_reproduced:
            if name not in run.published:
                place = ("runs", index, "not_reproduced", name)
                yield document.finding(
                    place, "is not published here", did_you_mean(name, run.published), at_key=True
                )
    for index, entry in enumerate(written.figures):
        if entry.name not in claimed:
            yield document.finding(
                ("figures", index, "name"),
                f"no run has a published value of {quoted(entry.name)}",
                "add one, or remove the figure",
            )
    yield from _unlike_fits(document, written)
    if written.paper is not None and not 1 <= written.paper <= len(PAPERS):
        yield document.finding(
            ("paper",), f"{written.paper} is none of the papers", f"write 1 to {len(PAPERS)}"
        )


def _unlike_fits(document: Document, written: Any) -> Iterator[Finding]:
    """Yield fits that no input was chosen for, and figures an input was chosen for that are none.

    Whatever an input was chosen to meet is no prediction, nor is its interval.
    """
    places = [
        (("inputs", index, "fitted"), name)
        for index, entry in enumerate(written.inputs)
        for name in entry.fitted
    ] + [
        (("presets", index, "fitted"), name)
        for index, entry in enumerate(written.presets)
        for name in entry.fitted
    ]
    fitted = {name for _, name in places}
    names = [entry.name for entry in written.figures]
    for place, name in places:
        if name not in names:
            yield document.finding(place, f"{quoted(name)} is no figure", did_you_mean(name, names))
    for index, entry in enumerate(written.figures):
        is_fit = (entry.kind or written.kind) == "fit"
        if is_fit != (entry.name.removesuffix(INTERVAL) in fitted):
            said = "no input is fitted to it" if is_fit else "an input is fitted to it"
            fix = "name the figure under 'fitted' of an input" if is_fit else "make its kind fit"
            yield document.finding(("figures", index, "name"), f"{quoted(entry.name)}: {said}", fix)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def nowhere(cases: Iterable[Case]) -> Iterator[Finding]:
    """Yield figures that say they hold a published value again which no case holds first."""
    points = [(case, point) for case in cases for run in case.runs for point in run.points]
    first = {p.counts_as for case, p in points if p.counts_as == counts_as(case.id, p.figure.name)}
    for case, point in points:
        if point.counts_as not in first:
            yield Finding(
                file=f"case:{case.id.lower()}.yaml",
                line=0,
                message=f"{point.name}: no case is the first to hold {quoted(point.counts_as)}",
                fix=did_you_mean(point.counts_as, first),
            )
