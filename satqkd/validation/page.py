"""The page that shows how good the numbers are, from the outcomes themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from satqkd.validation.case import KINDS, ORIGINS, SEEN, Case, Input, Outcome
from satqkd.validation.measured import measured_table, read_measured
from satqkd.validation.missing import MISSING
from satqkd.validation.papers import PAPERS, Paper
from satqkd.validation.run import run_cases
from satqkd.validation.summary import WORST_FIRST, summary
from satqkd.validation.told import summary_text

_HEAD = """\
# Validation

Published figures held against ours, and [how exact the geometry is](#how-exact-the-geometry-is).
The page is made from the case files in `satqkd/validation/cases/`, from what satqkd computes and
from what the tests measure; a test keeps them equal. To make it anew:

    python -c "from satqkd.validation.page import validation_page as p; print(p(), end='')"

`satqkd validate` shows the same figures, `satqkd validate K-7` one case with every input,
`satqkd validate --paper 2` one paper. *Claimed* is how near satqkd says it comes, with the reason
below each table. Inputs are told apart: published, with the place, and assumed, with the reason.
What a case takes from a preset is named there and written once, among
[the presets](#values-of-the-presets). Values and deviations are shown to a hundredth of the claim.
Claims are two-sided around the published value. A computation whose input is put out again is no
figure but a test, in `tests/validation/identities/`.

*Kind* says what it means that a figure is met:

"""

_WORDS = """\

*Known* says what a published value is and how it came to us:

{known}

*Independent* is a prediction of a measured figure that was read or digitised. *Not reproduced* is
what lies outside the claim, told beforehand with the reason.

## In short

"""

_MISSING = """\
## Published figures that nothing is held against

Because inputs are missing, or because satqkd does not compute such a thing.
"""

_OTHERS = """\
## What the papers' systems are built on

Orbits, links, clicks, keys, and passes of Micius.
"""

_PRESETS = """\
## Values of the presets

What the cases above take from them; `satqkd preset show NAME` has the whole of each.
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
    met = {outcome.kind for outcome in outcomes}
    kinds = _listed((kind, what) for kind, what in KINDS.items() if kind in met)
    words = _WORDS.format(known=_listed((*ORIGINS.items(), *SEEN.items())))
    return "\n".join(
        [
            f"{_HEAD}{kinds}\n{words}{summary_text(summary(outcomes))}\n",
            _papers(outcomes),
            *(_paper(paper, outcomes) for paper in PAPERS),
            _OTHERS,
            *_sections(outcome for outcome in outcomes if outcome.case.paper is None),
            _MISSING,
            "\n".join(f"- {each.cite}: {each.figure}. {each.why}." for each in MISSING),
            "",
            _PRESETS,
            *_presets(outcomes),
            _GEOMETRY,
            measured_table(read_measured()),
        ]
    )


def validation_table(outcomes: Iterable[Outcome]) -> str:
    """Return a Markdown table of outcomes, one a row."""
    rows = [
        f"| {o.point} | {_with_unit(o.published, o.unit)} | {_with_unit(o.ours_text, o.unit)} "
        f"| {o.deviation_text} | {o.claimed} | {o.kind} | {o.of.origin}, {o.of.seen} "
        f"| {o.status if o.within else f'**{o.status}**'} |"
        for o in outcomes
    ]
    head = (
        "| figure | published | ours | deviation | claimed | kind | known | status |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows]) + "\n"


def _papers(outcomes: Sequence[Outcome]) -> str:
    """Return the table of the ten papers."""
    own = {p.number: [o for o in outcomes if o.case.paper == p.number] for p in PAPERS}
    rows = [
        f"| [{paper.number}](#{_anchor(_heading(paper))}) | {paper.title} (arXiv:{paper.arxiv}) "
        f"| {', '.join(f'`{name}`' for name in paper.presets)} "
        f"| {', '.join(f'`satqkd {command}`' for command in paper.commands)} "
        f"| {', '.join(dict.fromkeys(outcome.case.id for outcome in own[paper.number]))} "
        f"| {kinds_text(own[paper.number])} |"
        for paper in PAPERS
    ]
    head = "| paper | system | presets | run by | cases | figures |\n|---|---|---|---|---|---|"
    caption = (
        "A mission is copied first, as in `satqkd preset copy jinan-1-constellation mine`; a\n"
        "payload or protocol is named in a mission of your own.\n"
    )
    return "\n".join(["## The ten papers\n", head, *rows, "", caption])


def kinds_text(outcomes: Sequence[Outcome]) -> str:
    """Say how many figures there are of what, such as ``3: 2 prediction, 1 fit; 1 outside``."""
    counts = {kind: sum(outcome.kind == kind for outcome in outcomes) for kind in KINDS}
    each = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    missed = {status: sum(o.status == status for o in outcomes) for status in WORST_FIRST[:-1]}
    rest = "".join(f"; {count} {status}" for status, count in missed.items() if count)
    return f"{len(outcomes)}: {each}{rest}"


def _heading(paper: Paper) -> str:
    return f"Paper {paper.number}: {paper.title}"


def _anchor(heading: str) -> str:
    """Name of a heading's place in the page, as GitHub and GitLab make it."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


def _paper(paper: Paper, outcomes: Sequence[Outcome]) -> str:
    own = _sections(outcome for outcome in outcomes if outcome.case.paper == paper.number)
    return "\n".join([f"## {_heading(paper)}\n", *own])


def _sections(outcomes: Iterable[Outcome]) -> list[str]:
    return [_section(case, list(own)) for case, own in groupby(outcomes, key=lambda o: o.case)]


def _section(case: Case, outcomes: list[Outcome]) -> str:
    whys = dict.fromkeys(
        (point.figure.name, point.figure.why) for run in case.runs for point in run.points
    )
    lines = [
        f"### {case.id}: {case.title}\n",
        f"{case.cite}. How it is known: {case.known}.\n",
        validation_table(outcomes),
        *(f"- Why this claim for *{name}*: {why}." for name, why in whys),
        *(f"- Not reproduced, *{name}*: {why}." for name, why in _missed(case)),
        *(f"- Assumed: {text}." for text in case.assumed),
    ]
    return "\n".join([*lines, *_inputs(case)]) + "\n"


def _missed(case: Case) -> dict[tuple[str, str], None]:
    """Return figures that are not reproduced with the reasons, each once."""
    return dict.fromkeys(
        (point.figure.name, point.not_reproduced)
        for run in case.runs
        for point in run.points
        if point.not_reproduced
    )


def _listed(words: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- **{word}**: {what}." for word, what in words)


def _inputs(case: Case) -> list[str]:
    """Return the case's own inputs, then the names of those it takes from presets."""
    if not case.inputs:
        return []
    own = [one for one in case.inputs if not one.preset]
    taken = [
        f"- From [{preset}](#{_anchor(preset)}), {sum(one.assumed for one in parts)} "
        f"of {len(parts)} assumed: {', '.join(f'`{one.part}`' for one in parts)}."
        for preset, parts in _by_preset(case.inputs).items()
    ]
    return [f"\nInputs, {case.assumed_inputs} assumed:\n", *_input_list(own), *taken]


def _input_list(inputs: Iterable[Input]) -> list[str]:
    """Return what was published, then what was assumed; a line for values of one reason."""
    by_reason: dict[tuple[bool, str], list[str]] = {}
    for one in inputs:
        by_reason.setdefault((one.assumed, one.why), []).append(f"`{one.part}` = {one.value}")
    return [
        f"- {', '.join(values)}. {'Assumed' if assumed else 'Published'}: {why}."
        for (assumed, why), values in sorted(by_reason.items(), key=lambda item: item[0][0])
    ]


def _presets(outcomes: Iterable[Outcome]) -> list[str]:
    """Return a table for each preset: what the cases take from it, by name."""
    taken = dict.fromkeys(
        replace(one, fitted=()) for outcome in outcomes for one in outcome.case.inputs
    )
    return [
        "\n".join([f"### {preset}\n", *_input_list(parts)]) + "\n"
        for preset, parts in sorted(_by_preset(taken).items())
    ]


def _by_preset(inputs: Iterable[Input]) -> dict[str, list[Input]]:
    """Return what comes from presets, by their names."""
    names = dict.fromkeys(one.preset for one in inputs if one.preset)
    return {name: [one for one in inputs if one.preset == name] for name in names}


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}".rstrip()
