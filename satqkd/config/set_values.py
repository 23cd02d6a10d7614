"""Values set beside the files: put where the files would have them, before anything is checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from satqkd.config.assumed import KEY as ASSUMED
from satqkd.config.assumed import find_place
from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.renamed import renamed
from satqkd.config.yaml_nodes import Document, Mark, Place, SetAt, dotted, read_text
from satqkd.errors import Finding, InputError
from satqkd.mission.mission import SetValue

STATIONS = "stations"
"""First step of a path into the stations file; every other path begins in the mission file."""

_STEP = re.compile(r'(?:^|\.)([^.\[\]]+)|\[(?:"([^"\]]+)"|([^"\]]+))\]')
_PARTS = {
    ("satellites", "payload"): "payload",
    ("together", "protocol"): "protocol",
    ("clocks", "clock"): "clock",
    (STATIONS, "terminal"): "terminal",
}
"""Lists and keys of their items that may name a preset or a file, and the kind of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a path, and the path as written up to it."""

    word: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """A value to set inside of what a mission names: a preset, or a file of its own."""

    kind: str
    index: int
    """Which satellite, station or entry names it."""
    steps: tuple[Step, ...]
    """Steps from there on."""
    one: SetValue


def set_in_files(
    documents: tuple[Document, Document], values: Sequence[SetValue]
) -> tuple[tuple[Document, Document], list[Below], list[Finding]]:
    """Put values where their paths say; return those for presets and own files apart.

    The documents are the mission file and the stations file.
    """
    mission, stations = documents
    below: list[Below] = []
    findings: list[Finding] = []
    earlier: dict[Place, SetValue] = {}
    for one in values:
        try:
            steps = path_steps(one.path)
            if steps[0].word == STATIONS:
                stations, at, more = _in_file(stations, (), steps[1:], one)
                at = (STATIONS, *at)
            else:
                mission, at, more = _in_file(mission, (), steps, one)
            _refuse_covered(at, earlier)
            earlier[at] = one
            below += more
        except Mistake as mistake:
            findings.append(_finding(one, mistake))
    return (mission, stations), below, findings


def set_in_part(part: Document, root: Place, values: Sequence[Below]) -> Document:
    """Put values into a preset or a file of one's own, whose content stands at ``root``.

    Raises
    ------
    InputError
        With the one that cannot be put there.
    """
    for value in values:
        try:
            part, *_ = _in_file(part, root, value.steps, value.one)
        except Mistake as mistake:
            raise InputError([_finding(value.one, mistake)]) from mistake
    return part


def path_steps(path: str) -> tuple[Step, ...]:
    """Read a path as people write it.

    Examples
    --------
    >>> [step.word for step in path_steps("satellites[0].payload.slew")]
    ['satellites', '0', 'payload', 'slew']
    >>> [step.word for step in path_steps('stations["St. Graz"].height')]
    ['stations', 'St. Graz', 'height']
    """
    steps, end = [], 0
    for found in _STEP.finditer(path):
        if found.start() != end:
            break
        end = found.end()
        steps.append(
            Step(word=found[2] or found[3] or renamed(found[1], at=path), written=path[:end])
        )
    if not steps or end != len(path) or path.startswith("."):
        raise Mistake(
            f"{quoted(path)} is no path to a value",
            "write one such as 'limits.min_elevation', 'satellites[0].payload.slew' or "
            "'stations.Graz.height'",
        )
    return tuple(steps)


def _finding(one: SetValue, mistake: Mistake) -> Finding:
    return Finding(file=one.by, line=0, where=one.path, message=mistake.message, fix=mistake.fix)


def _in_file(
    document: Document, root: Place, steps: Sequence[Step], one: SetValue
) -> tuple[Document, Place, list[Below]]:
    """Return the document with a value put in, or the value for the part it names there.

    Between the two stands the place, that within a part with it.
    """
    if document.value is None:  # its own findings state why
        return document, tuple(step.word for step in steps), []
    place, value = list(root), document.value
    for part in root:
        value = value[part]
    names: list[Step] = []
    for number, step in enumerate(steps):
        if isinstance(value, list):
            index = index_of(value, step, document, tuple(place))
            place.append(index)
            value = value[index]
        elif isinstance(value, dict) and step.word in value:
            place.append(step.word)
            value = value[step.word]
        elif isinstance(value, dict):
            _require_no_item(steps[number:])
            place += [later.word for later in steps[number:]]
            names = list(steps[number:])
            break
        else:
            kind = part_kind(document, tuple(place))
            if kind is None:
                raise _nothing_below(steps[number - 1].written, value)
            index = int(next(part for part in place if isinstance(part, int)))
            rest = tuple(steps[number:])
            inside = (*place, *(later.word for later in rest))
            return document, inside, [Below(kind=kind, index=index, steps=rest, one=one)]
    at = tuple(place)
    if at == root:
        raise Mistake("is a whole file", f"name a value in it, such as '{one.path}[0].height'")
    written = {at[: len(at) - len(names) + 1 + n]: step.written for n, step in enumerate(names)}
    return _put(document, root, at, written or {at: one.path}, one), at, []


def _refuse_covered(at: Place, earlier: dict[Place, SetValue]) -> None:
    """Raise :class:`Mistake` where a value leaves nothing of one that was set before it."""
    for place, one in earlier.items():
        if place[: len(at)] == at:
            raise Mistake(f"leaves nothing of '{one}'", "keep one")


def part_kind(document: Document, place: Place) -> str | None:
    """Return the kind of what a place names by a preset or a file; None where it cannot."""
    whole = (document.items, *place) if document.items else place
    if len(whole) != 3 or not isinstance(whole[1], int):
        return None
    return _PARTS.get((str(whole[0]), str(whole[2])))


def index_of(items: list[Any], step: Step, document: Document, place: Place) -> int:
    """Return the index of an item of the list at a place, by its name or its number.

    Raises
    ------
    Mistake
        If it is none of them.
    """
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    if step.word in names:
        return names.index(step.word)
    if step.word.isdecimal() and int(step.word) < len(items):
        return int(step.word)
    what = document.where(place) or document.items
    known = [name for name in names if isinstance(name, str)]
    last = f"a number from 0 to {len(items) - 1}" if len(items) > 1 else "0"
    fix = f"count from 0: write {last}" if items else f"write '{what}' into {document.name} first"
    if known:
        fix = f"{did_you_mean(step.word, known)}, or {last}"
    raise Mistake(f"{quoted(step.word)} is none of the {len(items)} {what}", fix)


def _require_no_item(new: Sequence[Step]) -> None:
    """Refuse an item of a list that is not there."""
    for step, after in pairwise(new):
        if after.written.endswith("]"):
            fix = f"set the list as a whole: '{step.written}=[…]'"
            raise Mistake(f"there is no '{step.written}' to change an item of", fix)


def _nothing_below(where: str, value: str) -> Mistake:
    return Mistake(
        f"'{where}' is {quoted(value)}, below which nothing is written",
        f"set it as a whole: '{where}={{key: value, …}}'",
    )


def _put(
    document: Document, root: Place, at: Place, written: dict[Place, str], one: SetValue
) -> Document:
    """Return a copy that holds the value at ``at``; ``written`` are the places it makes anew."""
    node = read_text(one.value, file=one.by) if one.value.strip() else None
    if node is None:
        raise Mistake("has no value", f"write '{one.path}=VALUE'")
    if node.findings:
        raise Mistake(node.findings[0].message, node.findings[0].fix)
    mark = _mark_of(document, at)
    values = {place: m for place, m in document.values.items() if place[: len(at)] != at}
    keys = {place: m for place, m in document.keys.items() if place[: len(at)] != at}
    set_at = {place: s for place, s in document.set_at.items() if place[: len(at)] != at}
    for place, path in written.items():
        values[place] = mark
        set_at[place] = SetAt(by=one.by, path=path)
        if isinstance(place[-1], str):
            keys[place] = mark
    for place in node.values:
        values[*at, *place] = mark
        set_at[*at, *place] = SetAt(by=one.by, path=dotted((one.path, *place)))
        if isinstance((*at, *place)[-1], str):
            keys[*at, *place] = mark
    whole = deepcopy(document.value)
    inner = whole
    for path in _assumed_no_more(document, root, at):
        del _holder(document, whole, at)[ASSUMED][path]
    for part in at[:-1]:
        inner = inner.setdefault(part, {}) if isinstance(inner, dict) else inner[part]
    inner[at[-1]] = node.value
    return replace(document, value=whole, values=values, keys=keys, set_at=set_at)


def _mark_of(document: Document, at: Place) -> Mark:
    """Return where the value stands that is replaced, or the nearest thing around it."""
    known = at
    while known not in document.values:
        known = known[:-1]
    return document.values[known]


def _assumed_no_more(document: Document, root: Place, at: Place) -> list[str]:
    """Return the paths under ``assumed:`` whose values are about to be replaced."""
    assumed = _holder(document, document.value, at).get(ASSUMED)
    begin = at[:1] if document.items else root
    return [
        path
        for path in (assumed if isinstance(assumed, dict) else ())
        if (place := find_place(document, begin, path)) and place[: len(at)] == at
    ]


def _holder(document: Document, value: Any, at: Place) -> dict[str, Any]:
    """Return the mapping whose ``assumed:`` covers a place: the file, or an item of its list."""
    holder = value[at[0]] if document.items else value
    return holder if isinstance(holder, dict) else {}
