"""The published payloads, terminals and missions that come with satqkd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.new_files import write_new
from satqkd.config.yaml_nodes import Document, read_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetInfo:
    """What a preset is called and what it holds."""

    name: str
    kind: str
    """``payload``, ``terminal``, ``protocol``, ``clock`` or ``mission``."""
    title: str


@cache
def list_presets() -> tuple[PresetInfo, ...]:
    """Return every preset, by name."""
    return tuple(_info(name, entry) for name, entry in sorted(_entries().items()))


def preset_kind(name: str) -> str | None:
    """Return the kind of one preset, None for an unknown name; reads no other."""
    entry = _entries().get(name)
    return None if entry is None else _info(name, entry).kind


def show_preset(name: str) -> str:
    """Return the text of a preset; of a mission, that of its ``mission.yaml``."""
    return _main_file(find_preset(name)).read_text(encoding="utf-8")


@cache
def read_preset(name: str) -> Document:
    """Read the YAML of a preset; of a mission, its ``mission.yaml``."""
    return read_bytes(_main_file(find_preset(name)).read_bytes(), file=f"preset:{name}")


def copy_preset(name: str, folder: Path) -> tuple[Path, ...]:
    """Copy a preset's file, or a mission's tree, into a folder; nothing is overwritten.

    Returns
    -------
    tuple[Path, ...]
        The files written.
    """
    entry = find_preset(name)
    tree = dict(_tree(entry, Path())) if entry.is_dir() else {Path(entry.name): entry}
    files = {path: source.read_bytes() for path, source in tree.items()}
    return write_new(folder, files, done="copied")


def find_preset(name: str) -> Traversable:
    """Return the file or folder of a preset; :class:`Mistake` when there is none."""
    entries = _entries()
    if name not in entries:
        raise Mistake(f"there is no preset {quoted(name)}", did_you_mean(name, entries))
    return entries[name]


@cache
def _entries() -> dict[str, Traversable]:
    return {
        entry.name.removesuffix(".yaml"): entry
        for entry in files("satqkd").joinpath("presets").iterdir()
        if entry.name.endswith(".yaml") or (entry.is_dir() and not entry.name.startswith("_"))
    }


def _info(name: str, entry: Traversable) -> PresetInfo:
    value = read_preset(name).value
    if entry.is_dir():
        return PresetInfo(name=name, kind="mission", title=value["name"])
    return PresetInfo(name=name, kind=value["kind"], title=value["title"])


def _main_file(entry: Traversable) -> Traversable:
    return entry.joinpath("mission.yaml") if entry.is_dir() else entry


def _tree(folder: Traversable, prefix: Path) -> Iterator[tuple[Path, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            yield from _tree(entry, prefix / entry.name)
        else:
            yield prefix / entry.name, entry
