"""Payloads, terminals, protocols that a mission names: packaged presets or its own files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from satqkd.config.assumed import assumptions, check_assumed
from satqkd.config.files import PresetFile
from satqkd.config.mended import mended
from satqkd.config.mistake import quoted
from satqkd.config.preset import preset_kind, read_preset
from satqkd.config.references import is_file, named_parts
from satqkd.config.structure import structure, unset_defaults
from satqkd.config.yaml_nodes import Document, Place, dotted, read_file
from satqkd.errors import Finding, InputError
from satqkd.mission.mission import Assumption


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preset:
    """A payload, terminal or protocol as text and as values."""

    name: str
    """Name of the packaged preset, or path of the file, as written."""
    document: Document
    content: PresetFile

    def assumptions(self) -> Iterator[Assumption]:
        """Yield the values nobody printed and the defaults nobody overrode."""
        kind = self.content.kind
        yield from assumptions(self.document, self.content.assumed, name=self.name, root=(kind,))
        for place, text in unset_defaults(self.content.value, self.document.value[kind]):
            yield Assumption(
                where=f"{self.name}: {dotted(place)}",
                value=text,
                why=f"default, because {self.name} does not give it",
            )


Parts = Mapping[tuple[str, str], Preset]
"""What the two files name, by kind and name."""


@cache
def preset_values(name: str) -> Preset:
    """Read a packaged payload or terminal; :class:`Mistake` when there is none of that name."""
    return _read(name, read_preset(name))


def read_parts(mission: Document, stations: Document) -> tuple[Parts, list[Finding]]:
    """Read all that the two files name; names that mean nothing are told elsewhere."""
    parts: dict[tuple[str, str], Preset] = {}
    findings: list[Finding] = []
    for document, kind, place, name in named_parts(mission, stations):
        try:
            if is_file(name):
                parts[kind, name] = _own_file(document, place, name, kind)
            elif preset_kind(name) == kind:
                parts[kind, name] = preset_values(name)
        except InputError as error:
            findings += error.findings
    return parts, list(dict.fromkeys(findings))


def resolved(written: Any, kind: str, parts: Parts) -> Any:
    """Return the payload or terminal that is written out or named; None for an unknown name."""
    if not isinstance(written, str):
        return written
    part = parts.get((kind, written))
    return part.content.value if part else None


def _own_file(document: Document, place: Place, name: str, kind: str) -> Preset:
    """Read a file whose path is relative to the one that names it."""
    path = Path(document.file).parent / name
    if not path.is_file():
        message = f"{path} does not exist" if not path.exists() else f"{path} is no file"
        fix = "correct the path, or start from 'satqkd preset copy'"
        raise InputError([document.finding(place, message, fix)])
    part = _read(name, read_file(path))
    if part.content.kind != kind:
        message = f"{quoted(name)} is a {part.content.kind}, not a {kind}"
        raise InputError([document.finding(place, message, f"name a file of 'kind: {kind}'")])
    return part


def _read(name: str, document: Document) -> Preset:
    content, findings = structure(document, PresetFile)
    document = mended(document, findings)
    findings += document.findings
    kind = document.value.get("kind") if isinstance(document.value, dict) else None
    if isinstance(kind, str) and kind in document.value:
        findings += check_assumed(document, root=(kind,))
    if findings:
        raise InputError(findings)
    return Preset(name=name, document=document, content=content)
