"""The page that shows how good the numbers are, from the outcomes themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from satqkd.validation.case import Case, Outcome
from satqkd.validation.measured import measured_table, read_measured
from satqkd.validation.run import run_cases

_HEAD = """\
# Validation

Published figures held against ours, and [how exact the geometry is](#how-exact-the-geometry-is).
The page is made from the case files in `satqkd/validation/cases/`, from what satqkd computes and
from what the tests measure; a test keeps them equal. To make it anew:

    python -c "from satqkd.validation.page import validation_page as p; print(p(), end='')"

`satqkd validate` shows the same figures, `satqkd validate K-1` one case. *Claimed* is how near
satqkd says it comes, with the reason below each table; what nobody printed and the check had to
assume is listed there too. Values and deviations are shown to a hundredth of the claim.
"""

_GEOMETRY = """\
## How exact the geometry is

Measured by `tests/passes/test_accuracy.py` (with `measured_facts.py` beside it, which takes its
references from the other tests) against independent ways to the same quantity; run as a program it
measures anew and writes `satqkd/validation/geometry.json` and this page. Stations at
the equator, 89.9° north and south, 180° east and west, 5000 m high and 430 m below the sea are
among the twenty. Model of the shadow: conical, Earth's flattening taken up by stretching the polar
axis, no atmosphere.
"""


def validation_page(outcomes: Sequence[Outcome] | None = None) -> str:
    """Return the whole of ``docs/validation.md``, of every case unless outcomes are given."""
    outcomes = run_cases() if outcomes is None else outcomes
    sections = [_section(case, list(own)) for case, own in groupby(outcomes, key=lambda o: o.case)]
    within = sum(outcome.within for outcome in outcomes)
    total = f"{within} of {len(outcomes)} figures lie within what is claimed.\n"
    geometry = [_GEOMETRY, measured_table(read_measured())]
    return "\n".join([_HEAD, total, *sections, *geometry])


def validation_table(outcomes: Iterable[Outcome]) -> str:
    """Return a Markdown table of outcomes, one a row."""
    rows = [
        f"| {o.point} | {_with_unit(o.published, o.unit)} | {_with_unit(o.ours_text, o.unit)} "
        f"| {o.deviation_text} | {o.claimed} | {'yes' if o.within else '**no**'} |"
        for o in outcomes
    ]
    head = "| figure | published | ours | deviation | claimed | within |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows]) + "\n"


def _section(case: Case, outcomes: list[Outcome]) -> str:
    whys = dict.fromkeys(
        (point.figure.name, point.figure.why) for run in case.runs for point in run.points
    )
    lines = [
        f"## {case.id}: {case.title}\n",
        f"{case.cite}.\n",
        f"How it is known: {case.known}.\n",
        validation_table(outcomes),
        *(f"- Why this claim for *{name}*: {why}." for name, why in whys),
        *(f"- Assumed: {text}." for text in case.assumed),
    ]
    return "\n".join(lines) + "\n"


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}".rstrip()
