"""Orbit mean-elements messages as XML, read as a stream, with no entity ever expanded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from satqkd.elements.omm_record import KEYWORDS, Place, Record, repeated
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding

_CHUNK: Final = 1 << 16
"""What the parser is fed at once. [characters]"""
_OTHER_KINDS: Final = frozenset(("opm", "oem", "ocm", "aem", "apm", "acm", "cdm", "tdm", "rdm"))
_AGAIN: Final = "download the file again; it may be cut off or edited"


def xml_records(text: str, *, file: str) -> Iterator[Record | Finding]:
    """Yield every ``omm`` element of a text, alone or inside ``ndm``.

    Parameters
    ----------
    text
        Lines end in a line feed. A document type declaration is refused, so that no entity can
        be defined.
    file
        What the file is called in findings.
    """
    reader = _Reader(file)
    for start in range(0, max(len(text), 1), _CHUNK):
        chunk = text[start : start + _CHUNK].encode(errors="replace")
        try:
            reader.parser.Parse(chunk, start + _CHUNK >= len(text))
        except expat.ExpatError as error:
            yield from reader.done
            yield reader.broken(error)
            return
        except _DoctypeError:
            yield reader.finding(
                "a document type declaration is not accepted; it could define entities",
                "delete the '<!DOCTYPE …>'; messages of orbit elements need none",
            )
            return
        yield from reader.done
        reader.done.clear()
    if not reader.found:
        yield Finding(
            file=file,
            line=1,
            message=f"no element 'omm' in this file, whose root is '{shown(reader.root)}'",
            fix="ask the source for orbit mean-elements messages (OMM)",
        )


class _DoctypeError(Exception):
    """A document type declaration begins."""


class _Reader:
    """What expat tells, gathered into records."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.done: list[Record | Finding] = []
        self.root = ""
        self.found = False
        """Whether any message began, of whatever kind."""
        self._message: _Message | None = None
        self._keyword = ""
        self._text: list[str] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def finding(self, message: str, fix: str) -> Finding:
        line, column = self._place()
        return Finding(file=self.file, line=line, column=column, message=message, fix=fix)

    def broken(self, error: expat.ExpatError) -> Finding:
        return Finding(
            file=self.file,
            line=error.lineno,
            column=error.offset + 1,
            message=f"this is no well-formed XML: {expat.ErrorString(error.code)}",
            fix=_AGAIN,
        )

    def _place(self) -> Place:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def _doctype(self, *_: object) -> None:
        raise _DoctypeError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.root = self.root or local
        self._keyword = ""
        if local == "omm":
            self.found = True
            self._message = _Message(self.file, self._place())
            self._message.add("CCSDS_OMM_VERS", attributes.get("version", ""), self._place())
        elif local in _OTHER_KINDS:
            self.found = True
            self.done.append(
                self.finding(
                    f"a message of another kind begins here: {local}, not omm",
                    "keep only orbit mean-elements messages in this file",
                )
            )
        elif self._message and local in KEYWORDS:
            self._keyword, self._text = local, []
            self._message.start(local, attributes.get("units", ""), self._place())

    def _characters(self, text: str) -> None:
        if self._keyword:
            self._text.append(text)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if not self._message:
            return
        if local == "omm":
            self.done.append(self._message.record())
            self._message = None
        elif local == self._keyword:
            self._message.end(local, "".join(self._text))
        self._keyword = ""


class _Message:
    """An ``omm`` element while it is read."""

    def __init__(self, file: str, place: Place) -> None:
        self.file, self.begin = file, place
        self.values: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.findings: list[Finding] = []

    def add(self, keyword: str, value: str, place: Place) -> None:
        self.values[keyword], self.places[keyword] = value, place

    def start(self, keyword: str, unit: str, place: Place) -> None:
        if keyword in self.places:
            first = self.places[keyword]
            self.findings.append(repeated(keyword, file=self.file, place=place, first=first))
            return
        self.places[keyword] = place
        if unit:
            self.units[keyword] = unit

    def end(self, keyword: str, value: str) -> None:
        self.values.setdefault(keyword, value)

    def record(self) -> Record:
        return Record(
            file=self.file,
            line=self.begin[0],
            values=self.values,
            place=lambda keyword: self.places.get(keyword, self.begin),
            units=self.units,
            findings=tuple(self.findings),
            states_metadata=True,
        )
