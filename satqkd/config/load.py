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
from satqkd.elements.library import group, read_elements
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.errors import Finding, InputError
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
    element_sets, more = _elements(documents[0], mission.parent)
    findings += more
    if findings:
        raise InputError(findings)
    presets = _presets([s.payload for s in layout.satellites] + [e.terminal for e in entries])
    findings = list(_missing_air(layout, entries, presets, documents[1]))
    if findings:
        raise InputError(findings)
    values = _assemble(layout, entries, presets, group(element_sets))
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
        inputs=_inputs(
            [*documents, *(preset.document for preset in presets.values())], element_sets
        ),
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


def _elements(document: Document, folder: Path) -> tuple[tuple[ElementSet, ...], list[Finding]]:
    """Read the element sets a mission names, and look for its satellites among them."""
    written = document.value.get("elements") if isinstance(document.value, dict) else None
    if not isinstance(written, str) or not written.strip():
        return (), []
    path = folder / written.strip()
    if not path.exists():
        fix = f"put element sets into {path}, or correct the path"
        return (), [document.finding(("elements",), f"{path} does not exist", fix)]
    try:
        sets = read_elements(path)
    except InputError as error:
        return (), list(error.findings)
    return sets, check_elements(document, {s.norad_id: s.name for s in sets}, written.strip())


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
    satellites: tuple[Satellite, ...],
) -> dict[str, Any]:
    by_id = {satellite.norad_id: satellite for satellite in satellites}
    index = {entry.name: i for i, entry in enumerate(entries)}
    return {
        "name": layout.name,
        "step_s": layout.step_s,
        "spacecraft": tuple(_spacecraft(s, by_id[s.norad_id], presets) for s in layout.satellites),
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
        satellite=replace(satellite, name=entry.name),
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
    documents: list[Document], element_sets: tuple[ElementSet, ...]
) -> tuple[InputFile, ...]:
    """Hashes of all that was read; an element set's source is ``file:line``."""
    paths = dict.fromkeys(item.source.rpartition(":")[0] for item in element_sets)
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
