"""From YAML text to plain values with file and line.

Every scalar stays the text it was written as: YAML's own guesses (``NO`` as false, ``010`` as
eight, ``28:18:03`` as base sixty) never happen. What could mean two things is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from satqkd.config.renamed import renamed
from satqkd.elements.input_file import InputFileError, read_content, text_of
from satqkd.errors import Finding

Place = tuple[str | int, ...]

MAX_BYTES = 1_000_000
"""Far above any mission written by hand. [B]"""
MAX_DEPTH = 20
"""Far above the deepest mapping satqkd reads."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAB = re.compile(r"^ *\t")


class Mark(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAt:
    """Name of a place whose value does not come from the file."""

    by: str
    """What set it, such as ``--set``."""
    path: str
    """The place as it was written there."""

    def finding(self, below: Place, message: str, fix: str) -> Finding:
        """Return a finding about the value, or about one below it."""
        where = dotted((self.path, *below))
        return Finding(file=self.by, line=0, where=where, message=message, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """The values of one file with the place of each."""

    file: str
    """Path as the user gave it, or ``preset:NAME``."""
    value: Any
    """Mappings, lists and text; None when the file could not be read."""
    sha256: str = ""
    """Hash of the file's bytes."""
    findings: list[Finding] = field(default_factory=list)
    """What is wrong with the text itself."""
    values: dict[Place, Mark] = field(default_factory=dict)
    """Where each value starts."""
    keys: dict[Place, Mark] = field(default_factory=dict)
    """Where the key of each mapping's value starts."""
    items: str = ""
    """What the items are of a file that is a list."""
    set_at: dict[Place, SetAt] = field(default_factory=dict)
    """Where values were set that the file does not hold, and what lies between them and it."""

    @property
    def name(self) -> str:
        """Name of the file without its folder."""
        return Path(self.file).name

    def where(self, path: Place) -> str:
        """Write a path as people read it, an item of a list with the name it has."""
        if not (self.items and path and isinstance(path[0], int)):
            return dotted(path)
        item = self.value[path[0]]
        name = item.get("name") if isinstance(item, dict) else None
        text = dotted((self.items, path[0])) + (f" ({name})" if isinstance(name, str) else "")
        return f"{text}.{dotted(path[1:])}" if path[1:] else text

    def finding(self, path: Place, message: str, fix: str, *, at_key: bool = False) -> Finding:
        """Return a finding about the value at ``path``, or about its key."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.set_at:
                return self.set_at[path[:end]].finding(path[end:], message, fix)
            if path[:end] in self.values:
                break
        known = path
        while known and known not in self.values:
            known = known[:-1]
        mark = (self.keys if at_key else self.values).get(known) or self.values.get(known)
        line, column = mark or Mark(1, 0)
        return Finding(
            file=self.file,
            line=line,
            column=column,
            where=self.where(path),
            message=message,
            fix=fix,
        )


def dotted(path: Place) -> str:
    """Write a path as people read it.

    Examples
    --------
    >>> dotted(("stations", 2, "latitude"))
    'stations[2].latitude'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def read_file(path: Path) -> Document:
    """Read a YAML file; what is wrong with it is in the document's findings."""
    file = str(path)
    try:
        data = read_content(path, most_bytes=MAX_BYTES)
    except InputFileError as error:
        return _refuse(file, *_why_unreadable(error))
    return read_bytes(data, file=file)


def read_bytes(data: bytes, *, file: str) -> Document:
    """Read the bytes of a YAML file called ``file``."""
    try:
        text = text_of(data, file=file, most_bytes=MAX_BYTES)
    except InputFileError as error:
        return Document(file=file, value=None, findings=[error.finding])
    return read_text(text, file=file, sha256=hashlib.sha256(data).hexdigest())


def read_text(text: str, *, file: str, sha256: str = "") -> Document:
    r"""Read the text of a YAML file called ``file``, whose bytes have the hash ``sha256``.

    Examples
    --------
    >>> document = read_text("country: NO\nsites: [010, 28:18:03]", file="x.yaml")
    >>> document.value
    {'country': 'NO', 'sites': ['010', '28:18:03']}
    >>> document.values["sites", 1]
    Mark(line=2, column=14)
    """
    if findings := _bad_characters(text, file):
        return Document(file=file, value=None, findings=findings)
    events, findings = _events(text, file)
    if findings:
        return Document(file=file, value=None, findings=findings)
    parsed = iter(events)
    first = next(parsed, None)
    if first is None:
        return _refuse(file, "is empty", "fill it, or start from 'satqkd preset copy'")
    document = Document(file=file, value=None, sha256=sha256)
    return replace(document, value=_plain(first, parsed, (), document))


def _refuse(file: str, message: str, fix: str, *, line: int = 1) -> Document:
    return Document(
        file=file, value=None, findings=[Finding(file=file, line=line, message=message, fix=fix)]
    )


def _why_unreadable(error: InputFileError) -> tuple[str, str]:
    if isinstance(error.__cause__, FileNotFoundError):
        return (
            "does not exist",
            "name the file, or start from 'satqkd preset copy micius-2016-campaign'",
        )
    if isinstance(error.__cause__, IsADirectoryError):
        return "is a folder", "name the YAML file in it"
    return error.why.message, error.why.fix


def _bad_characters(text: str, file: str) -> list[Finding]:
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        message = f"holds the control character U+{ord(control[0]):04X}; it is no text file"
        return [Finding(file=file, line=line, message=message, fix="name a YAML text file")]
    return [
        Finding(
            file=file,
            line=number,
            column=tab.end(),
            message="a tab indents this line, which YAML does not allow",
            fix="indent with spaces",
        )
        for number, line in enumerate(text.splitlines(), start=1)
        if (tab := _TAB.match(line))
    ]


def _events(text: str, file: str) -> tuple[list[Event], list[Finding]]:
    """Return where values begin and end; refuse what does not parse, or a mission never needs."""
    events: list[Event] = []
    return events, list(_bad_syntax(text, file, events))


def _bad_syntax(text: str, file: str, events: list[Event]) -> Iterator[Finding]:
    """Yield what is wrong with the text, and collect the events of its values."""
    depth = documents = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if depth > MAX_DEPTH:
                message = f"values nest deeper than {MAX_DEPTH} levels"
                yield _at(file, event.start_mark, message, "flatten the file")
                return
            documents += isinstance(event, DocumentStartEvent)
            if documents > 1:
                message = "a second document begins here"
                yield _at(file, event.start_mark, message, "remove the '---' line")
                return
            if isinstance(event, NodeEvent):
                yield from _bad_node(event, file)
            if isinstance(event, NodeEvent | CollectionEndEvent):
                events.append(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}"
        fix = "check quotes, brackets, colons and indentation"
        if r"'\t'" in message:
            fix = "replace the tab by a space"
        elif error.problem == "could not find expected ':'":
            mark, fix = error.context_mark, "write 'key: value', with a space behind the colon"
        yield _at(file, mark, message, fix)
    except YAMLError as error:
        message = f"is not YAML: {str(error).splitlines()[0]}"
        yield Finding(file=file, line=1, message=message, fix="name a YAML text file")


def _bad_node(event: NodeEvent, file: str) -> list[Finding]:
    if isinstance(event, AliasEvent):
        message, fix = f"'*{event.anchor}' is a YAML alias", "write the value out"
    elif event.anchor:
        message, fix = f"'&{event.anchor}' is a YAML anchor", "remove it and write values out"
    elif tag := getattr(event, "tag", None):
        message, fix = f"'{tag}' is a YAML tag", "remove it; satqkd knows the types"
    else:
        return []
    return [_at(file, event.start_mark, f"{message}, which satqkd does not follow", fix)]


def _at(file: str, mark: Any, message: str, fix: str) -> Finding:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 0)
    return Finding(file=file, line=line, column=column, message=message, fix=fix)


def _plain(first: Event, following: Iterator[Event], path: Place, document: Document) -> Any:
    """Return the value that begins with an event, and take those up to its end."""
    empty = isinstance(first, ScalarEvent) and not first.value
    document.values[path] = document.keys.get(path, _mark(first)) if empty else _mark(first)
    if isinstance(first, ScalarEvent):
        return str(first.value)
    if isinstance(first, SequenceStartEvent):
        return [
            _plain(item, following, (*path, i), document)
            for i, item in enumerate(_until_end(following))
        ]
    return _plain_mapping(following, path, document)


def _until_end(following: Iterator[Event]) -> Iterator[Event]:
    """First events of the items, or of keys, of what has begun; the caller takes the rest."""
    for event in following:
        if isinstance(event, CollectionEndEvent):
            return
        yield event


def _plain_mapping(following: Iterator[Event], path: Place, document: Document) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for first in _until_end(following):
        if not isinstance(first, ScalarEvent):
            _skip(first, following)
            _skip(next(following), following)
            document.findings.append(
                _at(document.file, first.start_mark, "a key must be a word", "write 'key: value'")
            )
            continue
        key = renamed(str(first.value), at=document.file)
        if key in mapping:
            _skip(next(following), following)
            before = document.keys[*path, key].line
            message = f"'{key}' is given twice; the first is in line {before}"
            document.findings.append(
                _at(document.file, first.start_mark, message, "keep one of the two")
            )
            continue
        document.keys[*path, key] = _mark(first)
        mapping[key] = _plain(next(following), following, (*path, key), document)
    return mapping


def _skip(first: Event, following: Iterator[Event]) -> None:
    """Pass over the value that begins with an event."""
    if isinstance(first, CollectionStartEvent):
        for event in _until_end(following):
            _skip(event, following)


def _mark(event: Event) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
