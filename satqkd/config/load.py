"""Files in, mission out; or every mistake in them at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from satqkd.config.files import MissionFile, PresetFile, SatelliteEntry, StationEntry
from satqkd.config.preset import read_preset
from satqkd.config.references import check_elements, check_references
from satqkd.config.structure import structure, unset_defaults
from satqkd.config.yaml_nodes import Document, dotted, read_file
from satqkd.elements.library import group, read_sources
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.elements.synthetic import Orbit, synthetic_satellites
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import Finding, InputError, NonPhysicalError
from satqkd.mission.mission import (
    Assumption,
    GroundStation,
    InputFile,
    Mission,
    Spacecraft,
)
from satqkd.schedule.problem import Demand

INLINE = "inline"
"""Name of a payload or terminal that is written out in the mission's own files."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preset:
    """A packaged preset as text and as values."""

    document: Document
    content: PresetFile

    def assumptions(self) -> Iterator[Assumption]:
        """Yield the values nobody printed."""
        name = self.document.file.removeprefix("preset:")
        for place, why in self.content.assumed.items():
            value: Any = self.document.value[self.content.kind]
            for key in place.split("."):
                value = value[key]
            yield Assumption(where=f"{name}: {place}", value=_one_line(value), why=why)


def load_mission(
    mission: Path,
    stations: Path,
    *,
    start: datetime | None = None,
    duration_s: float | None = None,
) -> Mission:
    """Read a mission and its stations.

    Parameters
    ----------
    mission, stations
        The two YAML files.
    start
        Beginning of the window, with its zone, instead of the file's.
    duration_s
        Length of the window instead of the file's. [s]

    Raises
    ------
    InputError
        With every mistake found in both files and the element files.
    """
    documents = read_file(mission), read_file(stations)
    layout, findings = structure(documents[0], MissionFile)
    entries, more = structure(documents[1], tuple[StationEntry, ...])
    findings += [*more, *documents[0].findings, *documents[1].findings]
    findings += check_references(*documents)
    sources, more = _elements(documents[0], mission.parent)
    findings += more
    if findings:
        raise InputError(findings)
    presets = _presets([s.payload for s in layout.satellites] + [e.terminal for e in entries])
    findings = list(_missing_air(layout, entries, presets, documents[1]))
    if findings:
        raise InputError(findings)
    satellites = _satellites(layout, documents[0], sources)
    values = _assemble(layout, entries, presets, satellites)
    return Mission(
        **values,
        start=layout.start if start is None else start,
        duration_s=layout.duration_s if duration_s is None else duration_s,
        protocol_name=documents[0].value["protocol"]["model"].strip(),
        assumptions=(
            *(assumption for preset in presets.values() for assumption in preset.assumptions()),
            *_defaults(layout, documents[0]),
            *_defaults(entries, documents[1]),
        ),
        inputs=_inputs([*documents, *(preset.document for preset in presets.values())], sources),
    )


@cache
def preset_values(name: str) -> Preset:
    """Read a packaged payload or terminal; :class:`Mistake` when there is none of that name."""
    document = read_preset(name)
    content, findings = structure(document, PresetFile)
    findings += document.findings
    if findings:
        raise InputError(findings)
    return Preset(document=document, content=content)


def _elements(
    document: Document, folder: Path
) -> tuple[tuple[ElementSet | Trajectory, ...], list[Finding]]:
    """Read the elements and ephemerides a mission names; look for its satellites among them."""
    written = document.value.get("elements") if isinstance(document.value, dict) else None
    if not isinstance(written, str) or not written.strip():
        return (), []
    path = folder / written.strip()
    if not path.exists():
        fix = f"put element sets into {path}, or correct the path"
        return (), [document.finding(("elements",), f"{path} does not exist", fix)]
    try:
        sources = read_sources(path)
    except InputError as error:
        return (), list(error.findings)
    known = {source.norad_id: source.name for source in sources if source.norad_id}
    objects = {s.cospar_id: s.name for s in sources if isinstance(s, Trajectory) and s.cospar_id}
    return sources, check_elements(document, known, objects, written.strip())


def _satellites(
    layout: MissionFile, document: Document, sources: tuple[ElementSet | Trajectory, ...]
) -> list[tuple[SatelliteEntry, Satellite]]:
    """Every satellite with the entry that asks for it; a constellation's share one."""
    by_id = {
        satellite.norad_id: satellite
        for satellite in group(source for source in sources if isinstance(source, ElementSet))
    }
    trajectories = [source for source in sources if isinstance(source, Trajectory)]
    satellites: list[tuple[SatelliteEntry, Satellite]] = []
    designed = 0
    for index, entry in enumerate(layout.satellites):
        if entry.orbit is None:
            found = [_flown(entry, by_id.get(entry.norad_id or 0), trajectories)]
        else:
            place = document.finding(("satellites", index, "orbit"), "", "correct the value")
            found = _designed(entry.orbit, entry.name, layout.start, designed, place)
            designed += len(found)
        satellites += [(entry, satellite) for satellite in found]
    _require_own_names(satellites, layout, document)
    return satellites


def _require_own_names(
    satellites: list[tuple[SatelliteEntry, Satellite]], layout: MissionFile, document: Document
) -> None:
    """Refuse a name that a constellation gives one of its satellites and another has as well."""
    seen: set[str] = set()
    for entry, satellite in satellites:
        if satellite.name.casefold() in seen:
            place = ("satellites", layout.satellites.index(entry), "name")
            message = f"two satellites are called '{satellite.name}'"
            raise InputError([document.finding(place, message, "give one another name")])
        seen.add(satellite.name.casefold())


def _flown(
    entry: SatelliteEntry, known: Satellite | None, trajectories: list[Trajectory]
) -> Satellite:
    """Gather the element sets and ephemerides of a real satellite."""
    sets = known.element_sets if known else ()
    cospar_id = known.cospar_id if known else ""
    number = entry.norad_id or 0
    names = {cospar_id, entry.object_id} - {"", None}
    own = [
        replace(one, norad_id=number, cospar_id=cospar_id or one.cospar_id)
        for one in trajectories
        if one.cospar_id in names or (one.norad_id and one.norad_id == number)
    ]
    return Satellite(
        name=entry.name,
        norad_id=number,
        element_sets=(*sets, *sorted(own, key=lambda one: one.epoch)),
    )


def _designed(
    orbit: Orbit, name: str, start: datetime, before: int, place: Finding
) -> list[Satellite]:
    """Make the satellites of a design."""
    try:
        return list(synthetic_satellites(orbit, name=name, epoch=start, first=before + 1))
    except NonPhysicalError as error:
        raise InputError([replace(place, message=str(error))]) from error


def _presets(used: Iterable[object]) -> dict[str, Preset]:
    names = dict.fromkeys(name for name in used if isinstance(name, str))
    return {name: preset_values(name) for name in names}


def _resolved(written: Any, presets: Mapping[str, Preset]) -> Any:
    """Return the payload or terminal that is written out or named."""
    return presets[written].content.value if isinstance(written, str) else written


def _missing_air(
    layout: MissionFile,
    entries: tuple[StationEntry, ...],
    presets: Mapping[str, Preset],
    stations: Document,
) -> Iterator[Finding]:
    airless = [
        s.name for s in layout.satellites if _resolved(s.payload, presets).atmosphere is None
    ]
    for index, entry in enumerate(entries):
        if airless and entry.atmosphere is None:
            yield stations.finding(
                (index,),
                f"{entry.name} has no atmosphere, and neither has the payload of {airless[0]}",
                "add 'atmosphere: {zenith_transmittance: 0.65}' to the station",
            )


def _assemble(
    layout: MissionFile,
    entries: tuple[StationEntry, ...],
    presets: Mapping[str, Preset],
    satellites: list[tuple[SatelliteEntry, Satellite]],
) -> dict[str, Any]:
    index = {entry.name: i for i, entry in enumerate(entries)}
    return {
        "name": layout.name,
        "step_s": layout.step_s,
        "spacecraft": tuple(_spacecraft(entry, one, presets) for entry, one in satellites),
        "stations": tuple(_ground_station(entry, presets) for entry in entries),
        "limits": layout.limits,
        "protocol": layout.protocol,
        "demands": tuple(
            Demand(station_a=index[a], station_b=index[b], weight=demand.weight)
            for demand in layout.demands
            for a, b in [demand.between]
        ),
        "spare_weight": layout.spare_weight,
    }


def _spacecraft(
    entry: SatelliteEntry, satellite: Satellite, presets: Mapping[str, Preset]
) -> Spacecraft:
    return Spacecraft(
        satellite=satellite,
        payload=_resolved(entry.payload, presets),
        payload_name=entry.payload if isinstance(entry.payload, str) else INLINE,
    )


def _ground_station(entry: StationEntry, presets: Mapping[str, Preset]) -> GroundStation:
    return GroundStation(
        site=entry.site(),
        terminal=_resolved(entry.terminal, presets),
        terminal_name=entry.terminal if isinstance(entry.terminal, str) else INLINE,
        atmosphere=entry.atmosphere,
        night_radiance_w_m2_sr_m=entry.night_radiance_w_m2_sr_m,
    )


def _defaults(values: object, document: Document) -> Iterator[Assumption]:
    name = Path(document.file).name
    for place, text in unset_defaults(values, document.value):
        yield Assumption(
            where=f"{name}: {dotted(place)}",
            value=text,
            why=f"default, because {name} does not give it",
        )


def _inputs(
    documents: list[Document], sources: tuple[ElementSet | Trajectory, ...]
) -> tuple[InputFile, ...]:
    """Hashes of all that was read; a source is ``file:line``."""
    paths = dict.fromkeys(item.source.rpartition(":")[0] for item in sources)
    return (
        *(InputFile(path=document.file, sha256=document.sha256) for document in documents),
        *(
            InputFile(path=path, sha256=hashlib.sha256(Path(path).read_bytes()).hexdigest())
            for path in paths
        ),
    )


def _one_line(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_one_line(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_one_line(item)}' for key, item in value.items())}}}"
    return str(value)
