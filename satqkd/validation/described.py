"""A case in words for a terminal: who published it, what it is given, why no nearer."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from satqkd.validation.case import Case, Input
from satqkd.validation.papers import Paper


def case_text(case: Case, *, width: int) -> str:
    """Return title, citation, inputs, assumptions and reasons of a case, a line each or more."""
    published = [each for each in case.inputs if not each.assumed]
    assumed = [each for each in case.inputs if each.assumed]
    whys = dict.fromkeys(
        f"{point.figure.name}: {point.figure.why}" for run in case.runs for point in run.points
    )
    lines = [
        *_wrapped(f"{case.id}: {case.title}", width),
        *_wrapped(case.cite, width, indent=2),
        *_wrapped(f"How it is known: {case.known}", width, indent=2),
        *_listed(f"published inputs ({len(published)})", _inputs(published), width),
        *_listed(f"assumed inputs ({len(assumed)})", _inputs(assumed), width),
        *_listed("assumed, in words", case.assumed, width),
        *_listed("why the claim is no nearer", whys, width),
        *_listed("not reproduced", _missed(case), width),
    ]
    return "\n".join(lines) + "\n"


def paper_text(paper: Paper, *, width: int) -> str:
    """Return what a paper is about and what runs its system."""
    run_by = ", ".join(f"'satqkd {command}'" for command in paper.commands)
    lines = [
        *_wrapped(f"paper {paper.number}: {paper.title}, arXiv:{paper.arxiv}", width),
        *_wrapped(f"presets {', '.join(paper.presets)}; run by {run_by}", width, indent=2),
    ]
    return "\n".join(lines) + "\n"


def paragraphs(texts: Iterable[str], *, width: int, mark: str = "") -> str:
    """Return texts as wrapped lines, each after a mark, its further lines below its words."""
    return "\n".join(
        line for text in texts for line in _wrapped(f"{mark}{text}", width, hang=len(mark))
    )


def input_text(each: Input) -> str:
    """Return such as ``loss = 89 dB: abstract``."""
    return f"{each.name} = {each.value}: {each.why}"


def _missed(case: Case) -> Iterator[str]:
    for run in case.runs:
        for point in run.points:
            if point.not_reproduced:
                yield f"{point.name}: {point.not_reproduced}"


def _inputs(inputs: Iterable[Input]) -> Iterator[str]:
    return map(input_text, inputs)


def _listed(heading: str, texts: Iterable[str], width: int) -> list[str]:
    rows = [line for text in texts for line in _wrapped(f"- {text}", width, indent=4, hang=2)]
    return [f"  {heading}:", *rows] if rows else []


def _wrapped(text: str, width: int, *, indent: int = 0, hang: int = 0) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
