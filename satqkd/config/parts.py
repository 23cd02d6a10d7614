"""Payloads, terminals, protocols that a mission names: packaged presets or its own files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from satqkd.config.assumed import assumptions, check_assumed
from satqkd.config.bare import bare_content, bare_kind, is_bare
from satqkd.config.files import PresetFile
from satqkd.config.mended import mended
from satqkd.config.mistake import quoted
from satqkd.config.preset import preset_kind, read_preset
from satqkd.config.read_once import Files
from satqkd.config.references import is_file, named_parts
from satqkd.config.set_values import Below, set_in_part
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
    root: Place = ()
    """Where in the document the content stands; it is the whole of a bare file."""

    def assumptions(self) -> Iterator[Assumption]:
        """Yield assumed values and the defaults that no file overrides."""
        yield from assumptions(self.document, self.content.assumed, name=self.name, root=self.root)
        written = self.document.value
        for key in self.root:
            written = written[key]
        for place, text in unset_defaults(self.content.value, written):
            yield Assumption(
                where=f"{self.name}: {dotted(place)}",
                value=text,
                why=f"default, because {self.name} does not give it",
            )


Parts = Mapping[tuple[str, int], Preset]
"""What the two files name, by kind and by which satellite, station or entry names it."""


@cache
def preset_values(name: str) -> Preset:
    """Read a packaged payload or terminal; :class:`Mistake` when there is none of that name."""
    return _read(name, read_preset(name))


def read_parts(
    mission: Document, stations: Document, files: Files, below: Sequence[Below] = ()
) -> tuple[Parts, list[Finding]]:
    """Read all that the two files name; names without meaning are findings of other checks.

    What ``below`` sets inside of one of them holds where it is set, and nowhere else.
    """
    parts: dict[tuple[str, int], Preset] = {}
    findings: list[Finding] = []
    for document, kind, place, name in named_parts(mission, stations):
        index = next(part for part in place if isinstance(part, int))
        changes = [one for one in below if (one.kind, one.index) == (kind, index)]
        try:
            if is_file(name):
                part = _own_file(document, place, name, kind, files)
            elif preset_kind(name) == kind:
                part = preset_values(name)
            else:
                continue
            parts[kind, index] = _changed(part, changes) if changes else part
        except InputError as error:
            findings += error.findings
    return parts, list(dict.fromkeys(findings))


def resolved(written: Any, kind: str, index: int, parts: Parts) -> Any:
    """Return the payload or terminal that is written out or named; None for an unknown name."""
    if not isinstance(written, str):
        return written
    part = parts.get((kind, index))
    return part.content.value if part else None


def _own_file(document: Document, place: Place, name: str, kind: str, files: Files) -> Preset:
    """Read a file whose path is relative to the one that names it."""
    path = Path(document.file).parent / name
    if path not in files and not path.is_file():
        message = f"{path} does not exist" if not path.exists() else f"{path} is no file"
        fix = "correct the path, or start from 'satqkd preset copy'"
        raise InputError([document.finding(place, message, fix)])
    written = files.once(path, read_file)
    part = _read_bare(name, written, kind) if is_bare(written) else _read(name, written)
    if part.content.kind != kind:
        message = f"{quoted(name)} is a {part.content.kind}, not a {kind}"
        raise InputError([document.finding(place, message, f"name a file of 'kind: {kind}'")])
    return part


def _changed(part: Preset, changes: Sequence[Below]) -> Preset:
    document = set_in_part(part.document, part.root, changes)
    if part.root:
        return _read(part.name, document)
    return _read_bare(part.name, document, part.content.kind)


def _read_bare(name: str, document: Document, wanted: str) -> Preset:
    kind = bare_kind(document, wanted)
    content, findings = bare_content(document, kind)
    document = mended(document, findings)
    findings += [*document.findings, *check_assumed(document)]
    if findings or content is None:
        raise InputError(findings)
    return Preset(name=name, document=document, content=content)


def _read(name: str, document: Document) -> Preset:
    content, findings = structure(document, PresetFile)
    document = mended(document, findings)
    findings += document.findings
    kind = document.value.get("kind") if isinstance(document.value, dict) else None
    if isinstance(kind, str) and kind in document.value:
        findings += check_assumed(document, root=(kind,))
    if findings:
        raise InputError(findings)
    return Preset(name=name, document=document, content=content, root=(content.kind,))
