"""The two files of a new mission, from few answers, and what they need beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from json import dumps
from pathlib import Path

from satqkd.config.json_schema import schema_text
from satqkd.config.load import load_mission
from satqkd.config.mistake import Mistake
from satqkd.config.read_once import Files
from satqkd.config.references import is_file
from satqkd.config.yaml_nodes import read_bytes
from satqkd.elements.input_file import InputFileError, read_content
from satqkd.elements.library import MOST_BYTES, read_hashed
from satqkd.errors import InputError, SatqkdError
from satqkd.mission.mission import Mission

ELEMENTS = Path("data/tle")
"""Where element files go, from the folder of the mission."""

SCHEMAS = Path("schema")
"""Where the schemas go that editors check the files by."""

_PLAIN = re.compile(r"[^\W\d_][\w ./+-]*\w|[^\W\d_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStation:
    """One station, each value as it is written."""

    name: str
    latitude: str
    longitude: str
    height: str
    terminal: str
    """Name of a preset, or path of a file."""
    timezone: str = ""
    """Name of the IANA database; empty where not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMission:
    """What was answered, each value as it is written."""

    name: str
    satellite: str
    payload: str
    """Name of a preset, or path of a file."""
    stations: tuple[NewStation, ...]
    start: datetime
    days: float
    orbit: str = ""
    """A design as a mapping in one line; empty where elements are given."""
    elements: Path | None = None
    """File or folder of elements; None for a design."""
    norad_id: int | None = None
    """Whose elements to use."""


def new_files(new: NewMission) -> dict[Path, bytes]:
    """Return every file of the folder of a new mission, by its path in there.

    Raises
    ------
    SatqkdError
        If a file that was named cannot be read, or two have one name.
    """
    files: dict[Path, bytes] = {}
    payload = _own(new.payload, files)
    terminals = [_own(station.terminal, files) for station in new.stations]
    if new.elements is not None:
        for name in read_hashed(new.elements).hashes:
            _add(files, ELEMENTS / Path(name).name, Path(name))
    for kind in ("mission", "stations"):
        files[SCHEMAS / f"{kind}.json"] = schema_text(kind).encode()
    files[Path("mission.yaml")] = _mission_text(new, payload).encode()
    files[Path("stations.yaml")] = _stations_text(new.stations, terminals).encode()
    return files


def check_new(new: NewMission, files: Mapping[Path, bytes], folder: Path) -> Mission:
    """Read the mission as if its files stood in the folder already.

    Raises
    ------
    InputError
        With what does not go together.
    """
    seen = Files()
    for path, content in ((p, c) for p, c in files.items() if p.suffix in {".yaml", ".yml"}):
        document = read_bytes(content, file=str(folder / path))
        seen.put(folder / path, document)
    if new.elements is not None:
        seen.put(folder / ELEMENTS, read_hashed(new.elements))
    return load_mission(folder / "mission.yaml", folder / "stations.yaml", files=seen)


def _own(written: str, files: dict[Path, bytes]) -> str:
    """Take in the file that stands for a payload or terminal; return how it is named from there."""
    if not is_file(written):
        return written
    path = Path(written)
    _add(files, Path(path.name), path)
    return path.name


def _add(files: dict[Path, bytes], target: Path, source: Path) -> None:
    try:
        content = read_content(source, most_bytes=MOST_BYTES)
    except InputFileError as error:
        raise SatqkdError(f"{source}: {error.why.message}\n  fix: {error.why.fix}") from error
    if files.get(target, content) != content:
        raise SatqkdError(f"{source}: another file has its name\n  fix: rename one of them")
    files[target] = content


def _mission_text(new: NewMission, payload: str) -> str:
    source = f"norad_id: {new.norad_id}" if new.elements is not None else f"orbit: {new.orbit}"
    pairs = [
        f"  - {{between: [{yaml_text(a.name)}, {yaml_text(b.name)}]}}"
        for a, b in pairwise(new.stations)
    ]
    lines = [
        f"# yaml-language-server: $schema={(SCHEMAS / 'mission.json').as_posix()}",
        "# Next: 'satqkd check' finds mistakes, 'satqkd plan' plans. 'satqkd reference' explains",
        "# every key; quantities carry their unit.",
        "",
        f"name: {yaml_text(new.name)}",
        f"start: {new.start:%Y-%m-%dT%H:%M:%SZ}",
        f"duration: {new.days:g} d",
        *([f"elements: {ELEMENTS.as_posix()}"] if new.elements is not None else []),
        "",
        "satellites:",
        f"  - name: {yaml_text(new.satellite)}",
        f"    {source}",
        f"    payload: {yaml_text(payload)}{_to_change(payload)}",
        "",
        "limits: {min_elevation: 20 deg, max_sun_elevation: -12 deg}",
        "protocol: {model: decoy-bb84, epsilon_sec: 1e-9, key_bases: both}",
        *(["demands:  # pairs of stations that want to share key", *pairs] if pairs else []),
        "",
        "assumed:  # stated with every result; replace what you know better",
        '  limits.min_elevation: "chosen by satqkd new"',
        '  limits.max_sun_elevation: "end of nautical twilight, chosen by satqkd new"',
        '  protocol.epsilon_sec: "a common choice, by satqkd new"',
    ]
    return "\n".join(lines) + "\n"


def _stations_text(stations: Sequence[NewStation], terminals: Sequence[str]) -> str:
    lines = [
        f"# yaml-language-server: $schema={(SCHEMAS / 'stations.json').as_posix()}",
        "# A list. A station can also say its horizon, outages, climate, mount and more:",
        "# 'satqkd reference'.",
    ]
    for station, terminal in zip(stations, terminals, strict=True):
        lines += [
            "",
            f"- name: {yaml_text(station.name)}",
            f"  latitude: {station.latitude}",
            f"  longitude: {station.longitude}",
            f"  height: {station.height}",
            f"  timezone: {station.timezone}" if station.timezone else _ZONE,
            f"  terminal: {yaml_text(terminal)}{_to_change(terminal)}",
            "  atmosphere: {zenith_transmittance: 0.65}  # of a clear sky, straight up",
            "  assumed:",
            '    atmosphere.zenith_transmittance: "a usual clear night, chosen by satqkd new"',
        ]
    return "\n".join(lines) + "\n"


_ZONE = "  # timezone: Europe/Vienna  # for 'satqkd plan --local'; without, this computer's clock"
"""What stands in place of a time zone that is not given."""


def _to_change(name: str) -> str:
    return "" if is_file(name) else f"  # 'satqkd preset copy {name}' makes it a file to change"


def yaml_text(text: str) -> str:
    """Write a text so that YAML reads just that.

    Examples
    --------
    >>> yaml_text("My mission"), yaml_text("Graz: roof, west"), yaml_text("7")
    ('My mission', '"Graz: roof, west"', '"7"')
    """
    return text if _PLAIN.fullmatch(text) else dumps(text, ensure_ascii=False)


def objects_in(elements: Path) -> dict[int, tuple[str, datetime]]:
    """Return name and latest epoch of each object that a file or folder has elements of.

    Raises
    ------
    Mistake
        If it cannot be read, or holds none with a catalogue number.
    """
    if not elements.exists():
        raise Mistake(f"{elements} does not exist", "correct the path")
    try:
        sources = read_hashed(elements).sources
    except InputError as error:
        raise Mistake(str(error), "mend the file, or name another") from error
    found: dict[int, tuple[str, datetime]] = {}
    for source in sorted(sources, key=lambda one: one.epoch):
        if source.norad_id:
            found[source.norad_id] = (source.name, source.epoch)
    if not found:
        raise Mistake(f"{elements} holds no elements with a catalogue number", "name another file")
    return found
