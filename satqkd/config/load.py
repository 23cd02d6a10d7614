"""Files in, mission out; or every mistake in them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from satqkd.config.assumed import assumptions, check_assumed
from satqkd.config.avoid_file import read_avoid, require_known, warn_of_no_window
from satqkd.config.counts_file import read_opening
from satqkd.config.files import MissionFile, SatelliteEntry, StationEntry
from satqkd.config.fit import borrowed_air, check_fit
from satqkd.config.given import Given, load_given
from satqkd.config.mended import mended
from satqkd.config.mistake import did_you_mean, quoted
from satqkd.config.overlay import read_overlay, require_fitting
from satqkd.config.parts import Parts, read_parts, resolved
from satqkd.config.plan_references import check_plan_references
from satqkd.config.plausible import warn_of_implausible
from satqkd.config.read_once import Files
from satqkd.config.references import check_elements, check_references
from satqkd.config.set_values import set_in_files
from satqkd.config.stock import stock_of
from satqkd.config.structure import structure, unset_defaults
from satqkd.config.tables import Tables, read_tables
from satqkd.config.window import check_epochs, check_window
from satqkd.config.yaml_nodes import Document, read_file
from satqkd.elements.library import NOTHING_READ, OrbitData, divided, group, read_hashed
from satqkd.elements.satellite import ElementSet, Satellite, plain_designator
from satqkd.elements.synthetic import Orbit, synthetic_satellites
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import Finding, InputError, NonPhysicalError
from satqkd.mission.blocks import period_of
from satqkd.mission.clocks import ClockUse
from satqkd.mission.demand import Demand
from satqkd.mission.mission import (
    Assumption,
    GroundStation,
    InputFile,
    Mission,
    SetValue,
    Spacecraft,
)
from satqkd.mission.together import Together, TogetherLinks

INLINE = "inline"
"""Name of a payload or terminal that is written out in the mission's own files."""


def load_mission(
    mission: Path | str,
    stations: Path | str | None = None,
    *,
    start: datetime | None = None,
    duration_s: float | None = None,
    set_values: Sequence[SetValue] = (),
    files: Files | None = None,
) -> Mission:
    """Read a mission and its stations.

    Parameters
    ----------
    mission, stations
        The two YAML files; None takes ``stations.yaml`` beside the mission file.
    start
        Beginning of the window, with its zone, instead of the file's.
    duration_s
        Length of the window instead of the file's. [s]
    set_values
        Values in place of what the files say.
    files
        What was read already, and is not read again.

    Raises
    ------
    InputError
        With every mistake found in both files and the element files.
    """
    mission = Path(mission)
    given = Given(
        mission=mission,
        stations=mission.with_name("stations.yaml") if stations is None else Path(stations),
        start=start,
        duration_s=duration_s,
        set_values=tuple(set_values),
        files=files or Files(),
    )
    return load_given(given, _load)


def _load(given: Given) -> Mission:
    """Read a mission, each of its files once."""
    files = given.files
    documents = (
        files.once(given.mission, read_file),
        replace(files.once(given.stations, read_file), items="stations"),
    )
    documents, below, more = set_in_files(documents, given.set_values)
    layout, findings = structure(documents[0], MissionFile)
    findings += more
    entries, more = structure(documents[1], tuple[StationEntry, ...])
    findings += [*more, *documents[0].findings, *documents[1].findings]
    documents = mended(documents[0], findings), mended(documents[1], findings)
    findings += [
        *check_references(*documents),
        *check_plan_references(*documents),
        *_check_assumed(*documents),
    ]
    parts, more = read_parts(*documents, files, below)
    findings += [*more, *check_fit(layout, entries, parts, documents)]
    (sources, hashes, passed_over), more = _elements(documents[0], given.mission.parent, files)
    findings += more
    tables, more = read_tables(documents[1], files)
    findings += more
    calibration, overlay, more = read_overlay(documents[0], files)
    findings += more
    avoid, more = read_avoid(documents[0], files)
    findings += more
    if not findings:
        findings += check_window(
            layout, documents[0], start=given.start, duration_s=given.duration_s
        )
    if findings:
        raise InputError(findings)
    warn_of_no_window(avoid)
    warn_of_implausible([*documents, *(part.document for part in parts.values())])
    satellites = _satellites(layout, documents[0], sources)
    if old := list(check_epochs(satellite for _, satellite in satellites)):
        raise InputError(old)
    values = _assemble(layout, entries, parts, satellites, tables)
    opening, hash_of_counts = read_opening(
        documents[0],
        files,
        satellites=[craft.name for _, craft in satellites],
        stations=[entry.name for entry in entries],
    )
    together = _together(documents[0], layout, entries, parts, satellites)
    loaded = Mission(
        **values,
        together=together,
        together_links=_together_links(documents[0], layout, parts),
        clocks=_clocks(layout, entries, parts, satellites),
        stock=stock_of(
            documents[0],
            layout,
            satellites=[one.name for _, one in satellites],
            sites=[entry.name for entry in entries],
            stores=[entry.key_store_bit for entry, _ in satellites],
        ),
        calibration=calibration,
        avoid=avoid.windows,
        opening=opening,
        start=layout.start if given.start is None else given.start,
        duration_s=layout.duration_s if given.duration_s is None else given.duration_s,
        set_values=given.set_values,
        passed_over=passed_over,
        protocol_name=documents[0].value["protocol"]["model"].strip(),
        assumptions=(
            *_of_parts(parts),
            *_assumptions(layout, entries, *documents),
            *borrowed_air(layout, entries, parts, documents[1]),
        ),
        inputs=_inputs(
            [
                *documents,
                *(part.document for part in parts.values()),
                *([overlay] if overlay else []),
            ],
            {**hashes, **tables.hashes, **avoid.hashes, **hash_of_counts},
        ),
    )
    if overlay:
        require_fitting(loaded, overlay)
    require_known(loaded, avoid)
    return loaded


def _elements(document: Document, folder: Path, files: Files) -> tuple[OrbitData, list[Finding]]:
    """Read the elements and ephemerides a mission names; look for its satellites among them."""
    written = document.value.get("elements") if isinstance(document.value, dict) else None
    if not isinstance(written, str) or not written.strip():
        return NOTHING_READ, []
    path = folder / written.strip()
    if path not in files and not path.exists():
        fix = f"put element sets into {path}, or correct the path"
        return NOTHING_READ, [document.finding(("elements",), f"{path} does not exist", fix)]
    try:
        found = files.once(path, read_hashed)
    except InputError as error:
        return NOTHING_READ, list(error.findings)
    sources = found.sources
    _, tables = divided(sources)
    known = {source.norad_id: source.name for source in sources if source.norad_id}
    objects = {
        source.cospar_id: source.name
        for source in sources
        if source.cospar_id and (source in tables or not source.norad_id)
    }
    return found, check_elements(document, known, objects, written.strip())


def _satellites(
    layout: MissionFile, document: Document, sources: tuple[ElementSet | Trajectory, ...]
) -> list[tuple[SatelliteEntry, Satellite]]:
    """Every satellite with the entry that names it; a constellation's share one."""
    sets, trajectories = divided(sources)
    by_id = {satellite.norad_id or satellite.cospar_id: satellite for satellite in group(sets)}
    by_object = {satellite.cospar_id: satellite for satellite in by_id.values()}
    satellites: list[tuple[SatelliteEntry, Satellite]] = []
    designed = 0
    for index, entry in enumerate(layout.satellites):
        if entry.orbit is None:
            known = by_id.get(entry.norad_id or 0) or by_object.get(
                plain_designator(entry.object_id or "")
            )
            found = [_flown(entry, known, trajectories)]
        else:
            place = document.finding(("satellites", index, "orbit"), "", "correct the value")
            found = _designed(entry.orbit, entry.name, layout.start, designed, place)
            designed += len(found)
        satellites += [(entry, satellite) for satellite in found]
    _require_own_names(satellites, layout, document)
    _require_members(satellites, layout, document)
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


def _require_members(
    satellites: list[tuple[SatelliteEntry, Satellite]], layout: MissionFile, document: Document
) -> None:
    """Refuse outages of satellites that their constellation does not have."""
    findings = []
    for index, entry in enumerate(layout.satellites):
        members = [satellite.name for own, satellite in satellites if own is entry]
        for number, outage in enumerate(entry.outages):
            if outage.satellite is not None and outage.satellite not in members:
                place = ("satellites", index, "outages", number, "satellite")
                message = f"{entry.name} has no satellite {quoted(outage.satellite)}"
                fix = did_you_mean(outage.satellite, members)
                findings.append(document.finding(place, message, fix))
    if findings:
        raise InputError(findings)


def _flown(
    entry: SatelliteEntry, known: Satellite | None, trajectories: tuple[Trajectory, ...]
) -> Satellite:
    """Gather the element sets and ephemerides of a real satellite."""
    sets = known.element_sets if known else ()
    cospar_id = known.cospar_id if known else ""
    number = entry.norad_id or 0
    names = {cospar_id, plain_designator(entry.object_id or "")} - {""}
    own = [
        replace(one, norad_id=number, cospar_id=cospar_id or one.cospar_id)
        for one in trajectories
        if one.cospar_id in names or (one.norad_id and one.norad_id == number)
    ]
    return Satellite(
        name=entry.name,
        norad_id=number,
        element_sets=sets,
        trajectories=tuple(sorted(own, key=lambda one: one.epoch)),
        manoeuvres=tuple(sorted(entry.manoeuvres, key=lambda one: one.from_)),
    )


def _designed(
    orbit: Orbit, name: str, start: datetime, before: int, place: Finding
) -> list[Satellite]:
    """Make the satellites of a design."""
    try:
        return list(synthetic_satellites(orbit, name=name, epoch=start, first=before + 1))
    except NonPhysicalError as error:
        raise InputError([replace(place, message=str(error))]) from error


def _assemble(
    layout: MissionFile,
    entries: tuple[StationEntry, ...],
    parts: Parts,
    satellites: list[tuple[SatelliteEntry, Satellite]],
    tables: Tables,
) -> dict[str, Any]:
    index = {entry.name: i for i, entry in enumerate(entries)}
    return {
        "name": layout.name,
        "step_s": layout.step_s,
        "spacecraft": tuple(
            _spacecraft(entry, one, layout.satellites.index(entry), parts)
            for entry, one in satellites
        ),
        "stations": tuple(
            _ground_station(entry, place, parts, tables) for place, entry in enumerate(entries)
        ),
        "limits": layout.limits,
        "protocol": layout.protocol,
        "links": layout.links,
        "demands": tuple(
            Demand(
                station_a=index[a],
                station_b=index[b],
                weight=demand.weight,
                trusted_relay=demand.trusted_relay,
                at_least_bits=demand.at_least_bit,
                floor=demand.floor,
                use_bit_s=demand.use_bit_s,
                reserve_s=demand.reserve_s,
                held_bits=demand.held_bit,
                by=demand.by,
                blocks=None if demand.blocks is None else period_of(demand.blocks),
                priority=demand.priority,
                max_age_s=demand.max_age_s,
            )
            for demand in layout.demands
            for a, b in [demand.between]
        ),
        "spare_weight": layout.spare_weight,
        "distillation": layout.distillation,
        "ledger": layout.ledger,
        "rules": layout.rules,
        "pinned": layout.pinned,
        "banned": layout.banned,
        "in_part": layout.in_part,
        "fairness": layout.fairness,
        "solver": layout.solver,
        "blocks": None if layout.blocks is None else period_of(layout.blocks),
    }


def _together(
    document: Document,
    layout: MissionFile,
    entries: tuple[StationEntry, ...],
    parts: Parts,
    satellites: list[tuple[SatelliteEntry, Satellite]],
) -> tuple[Together, ...]:
    """Pairs of stations with the satellites whose light goes the way their protocol needs."""
    index = {entry.name: i for i, entry in enumerate(entries)}
    pairs = []
    for place, entry in enumerate(layout.together):
        if entry.stations is None:
            continue
        protocol = resolved(entry.protocol, "protocol", place, parts)
        first, second = (index[name] for name in entry.stations)
        pairs.append(
            Together(
                stations=(first, second),
                spacecraft=tuple(
                    number
                    for number, (craft, _) in enumerate(satellites)
                    if craft.direction == protocol.middle.direction
                    and entry.satellite in {None, craft.name}
                ),
                protocol=protocol,
                protocol_name=_protocol_name(document, place),
            )
        )
    return tuple(pairs)


def _together_links(
    document: Document, layout: MissionFile, parts: Parts
) -> tuple[TogetherLinks, ...]:
    """Pairs of terrestrial links."""
    links = {link.name: link for link in layout.links}
    ends = [entry.links for entry in layout.together if entry.name is None]
    pairs = []
    for place, entry in enumerate(layout.together):
        if entry.links is None:
            continue
        first, second = entry.links
        protocol_name = _protocol_name(document, place)
        both = f"{first} + {second}"
        unsaid = both if ends.count(entry.links) == 1 else f"{both}, {protocol_name}"
        duration = {} if entry.duration_s is None else {"duration_s": entry.duration_s}
        pairs.append(
            TogetherLinks(
                name=entry.name or unsaid,
                links=(links[first], links[second]),
                protocol=resolved(entry.protocol, "protocol", place, parts),
                protocol_name=protocol_name,
                **duration,
            )
        )
    return tuple(pairs)


def _protocol_name(document: Document, place: int) -> str:
    """Name of the preset of an entry of ``together``, or of the model that is written out."""
    written = document.value["together"][place]["protocol"]
    name: str = written if isinstance(written, str) else written["model"]
    return name.strip()


def _clocks(
    layout: MissionFile,
    entries: tuple[StationEntry, ...],
    parts: Parts,
    satellites: list[tuple[SatelliteEntry, Satellite]],
) -> tuple[ClockUse, ...]:
    """Clocks with the satellites and stations that have them."""
    uses = []
    for place, entry in enumerate(layout.clocks):
        preset = entry.clock if isinstance(entry.clock, str) else INLINE
        uses.append(
            ClockUse(
                name=entry.name or (f"clock {place + 1}" if preset == INLINE else preset),
                clock=resolved(entry.clock, "clock", place, parts),
                clock_name=preset,
                spacecraft=tuple(
                    index
                    for index, (craft, _) in enumerate(satellites)
                    if entry.satellite in {None, craft.name}
                ),
                stations=tuple(
                    index
                    for index, site in enumerate(entries)
                    if entry.station in {None, site.name}
                ),
            )
        )
    return tuple(uses)


def _spacecraft(
    entry: SatelliteEntry, satellite: Satellite, place: int, parts: Parts
) -> Spacecraft:
    return Spacecraft(
        satellite=satellite,
        payload=resolved(entry.payload, "payload", place, parts),
        payload_name=entry.payload if isinstance(entry.payload, str) else INLINE,
        direction=entry.direction,
        bus=entry.bus,
        key_store_bits=entry.key_store_bit,
        freeze_s=entry.freeze_s,
        outages=tuple(
            outage for outage in entry.outages if outage.satellite in {None, satellite.name}
        ),
    )


def _ground_station(entry: StationEntry, place: int, parts: Parts, tables: Tables) -> GroundStation:
    return GroundStation(
        site=entry.site(),
        terminal=resolved(entry.terminal, "terminal", place, parts),
        terminal_name=entry.terminal if isinstance(entry.terminal, str) else INLINE,
        atmosphere=tables.air(entry.atmosphere),
        sky=entry.sky,
        turbulence=entry.turbulence,
        climate=entry.climate,
        clouds=tables.clouds(entry.clouds),
    )


def _check_assumed(mission: Document, stations: Document) -> Iterator[Finding]:
    yield from check_assumed(mission)
    for index in range(len(stations.value) if isinstance(stations.value, list) else 0):
        yield from check_assumed(stations, at=(index,), root=(index,))


def _of_parts(parts: Parts) -> Iterator[Assumption]:
    """Yield what presets and own files say they assume, each once however often it is named."""
    each = dict.fromkeys(parts.values())
    yield from dict.fromkeys(one for part in each for one in part.assumptions())


def _assumptions(
    layout: MissionFile,
    entries: tuple[StationEntry, ...],
    mission: Document,
    stations: Document,
) -> Iterator[Assumption]:
    """Yield what the two files call assumed, and what they leave to defaults."""
    yield from assumptions(mission, layout.assumed)
    for index, entry in enumerate(entries):
        yield from assumptions(stations, entry.assumed, root=(index,))
    yield from _defaults(layout, mission)
    yield from _defaults(entries, stations)


def _defaults(values: object, document: Document) -> Iterator[Assumption]:
    for place, text in unset_defaults(values, document.value):
        yield Assumption(
            where=f"{document.name}: {document.where(place)}",
            value=text,
            why=f"default, because {document.name} does not give it",
        )


def _inputs(documents: list[Document], hashes: Mapping[str, str]) -> tuple[InputFile, ...]:
    """Hashes of all that was read."""
    read = {**{document.file: document.sha256 for document in documents}, **hashes}
    return tuple(InputFile(path=path, sha256=sha256) for path, sha256 in read.items())
