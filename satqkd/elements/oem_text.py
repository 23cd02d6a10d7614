"""The two notations of an orbit ephemeris message, taken apart line by line.

Nothing is understood here; what stands where it cannot stand is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple
from xml.parsers import expat

from satqkd.errors import Finding

HEADER: Final[tuple[str, ...]] = (
    "CCSDS_OEM_VERS",
    "CLASSIFICATION",
    "CREATION_DATE",
    "ORIGINATOR",
    "MESSAGE_ID",
)
"""Keywords above the first segment [CCSDS 502.0-B-3, table 5-2]."""

METADATA: Final[tuple[str, ...]] = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "REF_FRAME_EPOCH",
    "TIME_SYSTEM",
    "START_TIME",
    "USEABLE_START_TIME",
    "USEABLE_STOP_TIME",
    "STOP_TIME",
    "INTERPOLATION",
    "INTERPOLATION_DEGREE",
)
"""Keywords of a segment [CCSDS 502.0-B-3, table 5-3]."""

STATE: Final = ("EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
"""What a state consists of [CCSDS 502.0-B-3, section 5.2.4]."""

ACCELERATION: Final = ("X_DDOT", "Y_DDOT", "Z_DDOT")
"""What a state may have besides; read and not used."""

UNITS: Final = {"X": "km", "Y": "km", "Z": "km", "X_DOT": "km/s", "Y_DOT": "km/s", "Z_DOT": "km/s"}
"""The only units an OEM may be in."""

MAX_FINDINGS: Final = 100
"""A file with more mistakes than this is not read to its end."""


class Word(NamedTuple):
    """A value and its line."""

    text: str
    line: int


class Row(NamedTuple):
    """A state as it is written, accelerations left out, and its line."""

    fields: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSegment:
    """Metadata and states."""

    line: int
    """Where it begins."""
    metadata: dict[str, Word] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """One orbit ephemeris message."""

    header: dict[str, Word] = field(default_factory=dict)
    segments: list[RawSegment] = field(default_factory=list)


class Complaints:
    """Findings of one file, in which its format may be named."""

    def __init__(self, file: str, *, form: str = "") -> None:
        self.file = file
        self.form = f"{form}: " if form else ""
        self.findings: list[Finding] = []
        self.warnings: list[str] = []

    def warn(self, line: int, message: str) -> None:
        """Note what is read though it is not as it should be."""
        self.warnings.append(f"{self.file}:{line}: {message}")

    def add(self, line: int, message: str, fix: str) -> None:
        """Note a mistake, unless there are too many already."""
        if self.too_many:
            return
        self.findings.append(
            Finding(file=self.file, line=line, message=self.form + message, fix=fix)
        )

    @property
    def too_many(self) -> bool:
        """Whether reading on is pointless."""
        return len(self.findings) >= MAX_FINDINGS


def read_kvn(text: str, complaints: Complaints) -> list[RawMessage]:
    """Take apart a message of lines ``KEYWORD = value`` and lines of states."""
    reader = _Kvn(complaints)
    for line, written in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        content = written.strip()
        if content and content.split(maxsplit=1)[0] != "COMMENT":
            reader.take(content, line)
        if complaints.too_many:
            break
    reader.end()
    return [reader.message]


class _Kvn:
    """Where in the message the next line stands."""

    def __init__(self, complaints: Complaints) -> None:
        self.message = RawMessage()
        self.complaints = complaints
        self.part = "header"
        self.line = 1

    def take(self, content: str, line: int) -> None:
        self.line = line
        if (self.part, content) in _TURNS:
            self.part = _TURNS[self.part, content]
            if content == "META_START":
                self.message.segments.append(RawSegment(line=line))
        elif self.part == "covariance":
            return
        elif content in _MARKS:
            self.complaints.add(line, f"{content} cannot stand here", _ASK)
        elif "=" in content:
            self._keyword(content, line)
        elif self.part == "states":
            self._state(content, line)
        else:
            message = f"'{content[:40]}' is no line 'KEYWORD = value'"
            self.complaints.add(line, message, _ASK)

    def _keyword(self, content: str, line: int) -> None:
        keyword, value = (part.strip() for part in content.split("=", 1))
        if self.part == "states":
            message = f"{keyword} stands among the states"
            self.complaints.add(line, message, "put it between META_START and META_STOP")
            return
        values, known = self.message.header, HEADER
        if self.part == "metadata":
            values, known = self.message.segments[-1].metadata, METADATA
        store(values, keyword, Word(value, line), known=known, complaints=self.complaints)

    def _state(self, content: str, line: int) -> None:
        fields = content.split()
        if len(fields) in {len(STATE), len(STATE) + len(ACCELERATION)}:
            self.message.segments[-1].rows.append(Row(tuple(fields[: len(STATE)]), line))
            return
        message = f"a state has {len(STATE)} values, or 10 with accelerations; here are "
        self.complaints.add(line, f"{message}{len(fields)}", _ASK)

    def end(self) -> None:
        if self.part in {"metadata", "covariance"} or not self.message.segments:
            what = {"header": "first META_START", "metadata": "META_STOP"}.get(
                self.part, "COVARIANCE_STOP"
            )
            self.complaints.add(self.line, f"the file ends before its {what}", _ASK)


_ASK: Final = "ask the sender for the file again; CCSDS 502.0-B-3, section 5, says how it looks"

_TURNS: Final = {
    ("header", "META_START"): "metadata",
    ("states", "META_START"): "metadata",
    ("metadata", "META_STOP"): "states",
    ("states", "COVARIANCE_START"): "covariance",
    ("covariance", "COVARIANCE_STOP"): "states",
}
"""Which part a mark ends and which it begins."""

_MARKS: Final = {mark for _, mark in _TURNS}


def store(
    values: dict[str, Word],
    keyword: str,
    word: Word,
    *,
    known: tuple[str, ...],
    complaints: Complaints,
) -> None:
    """Keep the value of a keyword that may stand here, is there once and has a value."""
    if keyword not in known:
        message = f"'{keyword[:40]}' is no keyword of this part of an OEM"
        complaints.add(word.line, message, f"use one of: {', '.join(known)}")
    elif keyword in values:
        message = f"{keyword} is given twice; first in line {values[keyword].line}"
        complaints.add(word.line, message, "keep one of the two")
    elif not word.text:
        complaints.add(word.line, f"{keyword} has no value", "write one, or delete the line")
    else:
        values[keyword] = word


def read_xml(text: str, complaints: Complaints) -> list[RawMessage]:
    """Take apart the XML notation: one ``oem``, or several in an ``ndm``."""
    reader = _Xml(complaints)
    try:
        reader.parser.Parse(text.removeprefix("\ufeff").encode(), True)  # noqa: FBT003 -- C function
    except expat.ExpatError as error:
        complaints.add(error.lineno, f"is no XML: {expat.ErrorString(error.code)}", _ASK)
    except _DoctypeError:
        message = "a document type declaration has no place in an OEM"
        complaints.add(reader.parser.CurrentLineNumber, message, "delete <!DOCTYPE …>")
    if not reader.messages and not complaints.findings:
        complaints.add(1, "there is no <oem> in this file", _ASK)
    return reader.messages


class _DoctypeError(Exception):
    """The text declares a document type."""


class _Xml:
    """Gathers the values of leaves by what they lie in."""

    def __init__(self, complaints: Complaints) -> None:
        self.messages: list[RawMessage] = []
        self.complaints = complaints
        self.path: list[str] = []
        self.text = ""
        self.state: dict[str, Word] = {}
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_: object) -> None:
        """Refuse what entities are declared in, before any is."""
        raise _DoctypeError

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, line = tag.rpartition(":")[2], self.parser.CurrentLineNumber
        self.path.append(name)
        self.text = ""
        if name == "oem":
            version = Word(attributes.get("version", ""), line)
            self.messages.append(RawMessage(header={"CCSDS_OEM_VERS": version}))
        elif name == "segment" and self.messages:
            self.messages[-1].segments.append(RawSegment(line=line))
        elif name == "stateVector":
            self.state = {}
        elif name in UNITS and attributes.get("units", UNITS[name]) != UNITS[name]:
            message = f"{name} is in {attributes['units'][:20]}, not in {UNITS[name]}"
            self.complaints.add(line, message, f"give it in {UNITS[name]}, the unit of an OEM")

    def characters(self, text: str) -> None:
        self.text += text

    def end(self, _: str) -> None:
        name, line = self.path.pop(), self.parser.CurrentLineNumber
        parent = self.path[-1] if self.path else ""
        word, self.text = Word(self.text.strip(), line), ""
        if name == "COMMENT" or not self.messages or self.complaints.too_many:
            return
        if parent == "header":
            self._store(self.messages[-1].header, name, word, HEADER)
        elif parent == "stateVector":
            self._store(self.state, name, word, STATE + ACCELERATION)
        elif not self.messages[-1].segments:
            return
        elif parent == "metadata":
            self._store(self.messages[-1].segments[-1].metadata, name, word, METADATA)
        elif name == "stateVector":
            self._row(line)

    def _store(
        self, values: dict[str, Word], name: str, word: Word, known: tuple[str, ...]
    ) -> None:
        store(values, name, word, known=known, complaints=self.complaints)

    def _row(self, line: int) -> None:
        missing = [name for name in STATE if name not in self.state]
        if missing:
            self.complaints.add(line, f"this state has no {', '.join(missing)}", _ASK)
            return
        fields = tuple(self.state[name].text for name in STATE)
        self.messages[-1].segments[-1].rows.append(Row(fields, self.state["EPOCH"].line))
