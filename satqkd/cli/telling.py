"""Mistakes in files as the terminal shows them: each cause once, and not without end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from satqkd.cli.exit_codes import WRONG_INPUT
from satqkd.errors import InputError

if TYPE_CHECKING:
    from satqkd.errors import Finding, SatqkdError

MOST_LINES = 15
"""So many lines are shown of each file."""

_MOST_PLACES = 8
"""Lines of one cause are named up to this number."""


def error_text(error: SatqkdError, *, every: bool = False) -> str:
    """Return what to print for an error; mistakes with one cause together unless ``every``."""
    if every or not isinstance(error, InputError):
        return str(error)
    return "\n".join(_of_file(list(found)) for _, found in _by_file(error.findings))


@contextmanager
def every_mistake_told(every: bool) -> Iterator[None]:  # noqa: FBT001
    """Tell mistakes one by one where ``every`` is asked for, and end the run."""
    try:
        yield
    except InputError as error:
        if not every:
            raise
        typer.echo(error_text(error, every=True), err=True)
        raise typer.Exit(WRONG_INPUT) from error


def _by_file(findings: Iterable[Finding]) -> Iterable[tuple[str, Iterable[Finding]]]:
    return groupby(findings, key=lambda finding: finding.file)


def _of_file(findings: list[Finding]) -> str:
    """Show the causes of one file, in the order of their first places."""
    causes: dict[tuple[str, ...], list[list[Finding]]] = {}
    for _, same_line in groupby(findings, key=lambda finding: (finding.line, finding.fix)):
        alike = list(same_line)
        causes.setdefault(_cause(alike[0]), []).append(alike)
    lines: list[str] = []
    shown = 0
    for places in causes.values():
        text = _told(places).split("\n")
        if lines and len(lines) + len(text) > MOST_LINES - 1:
            break
        lines += text
        shown += sum(map(len, places))
    if shown < len(findings):
        lines.append(
            f"{findings[0].file}: {len(findings) - shown} more mistakes; 'satqkd check --all' "
            "shows every one"
        )
    return "\n".join(lines)


def _cause(finding: Finding) -> tuple[str, ...]:
    """Return what mistakes that come from one cause have in common: the words without values."""
    where = re.sub(r"\[\d+\]( \([^)]*\))?", "[]", finding.where)
    return where, _words(finding.message), _words(finding.fix)


def _words(text: str) -> str:
    return re.sub(r"'[^']*'|\d[\d.,:e+-]*", "…", text)


def _told(places: Sequence[Sequence[Finding]]) -> str:
    """Show the first of some mistakes with one cause, and how many there are where."""
    first = places[0][0]
    here, elsewhere = len(places[0]) - 1, sum(map(len, places[1:]))
    also = f"\n    and {here} more in this line" if here and first.line else ""
    if elsewhere:
        lines = list(dict.fromkeys(str(alike[0].line) for alike in places[1:] if alike[0].line))
        named = ", ".join(lines[:_MOST_PLACES]) + (", …" if len(lines) > _MOST_PLACES else "")
        also += f"\n    and {elsewhere} more like it" + (f", in lines {named}" if named else "")
    head, fix_at, fix = str(first).rpartition("\n  fix: ")
    return f"{head}{also}{fix_at}{fix}"
