"""Names that point at something: each must exist, and be there once.

These checks look at the plain values, so that they work even while other values are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from satqkd.config.mistake import did_you_mean, quoted
from satqkd.config.preset import list_presets, preset_kind
from satqkd.config.yaml_nodes import Document, Place
from satqkd.elements.satellite import plain_designator
from satqkd.errors import Finding, NonPhysicalError
from satqkd.mission.blocks import period_of

Named = tuple[Place, str]


def check_references(mission: Document, stations: Document) -> list[Finding]:
    """Return what is wrong with the names in and between the two files."""
    satellites = list(texts_at(mission, ("satellites",), "name"))
    ids = list(texts_at(mission, ("satellites",), "norad_id"))
    sites = list(texts_at(stations, (), "name"))
    return list(
        chain(
            _twice(mission, satellites),
            _twice(mission, ids),
            _twice(mission, list(texts_at(mission, ("satellites",), "object_id"))),
            _twice(
                mission,
                [*texts_at(mission, ("links",), "name"), *texts_at(mission, ("together",), "name")],
            ),
            _ends(mission),
            _together_links(mission),
            _without_source(mission),
            _anything(mission),
            _orbits(mission),
            _twice(stations, sites),
            *(_preset(*named) for named in named_parts(mission, stations)),
            _blocks(mission),
            _demands(mission, [name for _, name in sites], known=all_named(stations, sites)),
            _together(
                mission,
                satellites=[name for _, name in satellites],
                sites=[name for _, name in sites] if all_named(stations, sites) else None,
            ),
            _repeated(mission, "together"),
            _repeated(mission, "clocks"),
            _twice(mission, list(texts_at(mission, ("clocks",), "name"))),
            _unknown(mission, "satellite", [name for _, name in satellites]),
            *(
                [_unknown(mission, "station", [name for _, name in sites])]
                if all_named(stations, sites)
                else []
            ),
        )
    )


def named_parts(
    mission: Document, stations: Document
) -> Iterator[tuple[Document, str, Place, str]]:
    """Yield file, kind, place and text of each payload, terminal and protocol that is named."""
    for place, name in texts_at(mission, ("satellites",), "payload"):
        yield mission, "payload", place, name
    for place, name in texts_at(stations, (), "terminal"):
        yield stations, "terminal", place, name
    for place, name in texts_at(mission, ("together",), "protocol"):
        yield mission, "protocol", place, name
    for place, name in texts_at(mission, ("clocks",), "clock"):
        yield mission, "clock", place, name


def is_file(name: str) -> bool:
    """Whether a payload or terminal is named by the path of its file."""
    return name.casefold().endswith((".yaml", ".yml"))


def check_elements(
    mission: Document, known: dict[int, str], objects: dict[str, str], folder: str
) -> list[Finding]:
    """Return the satellites that no element set and no ephemeris is of.

    Parameters
    ----------
    mission
        The mission file.
    known
        Names by catalogue number.
    objects
        Names by the ``OBJECT_ID`` of ephemerides, and of elements that give no number.
    folder
        Where they were looked for.
    """
    listed = ", ".join(f"{number} ({name})" for number, name in sorted(known.items())[:10])
    fix = f"add one to {folder}, or use one of: {listed or 'none there'}"
    if objects:
        object_id, name = min(objects.items())
        fix += f"; for the ephemeris of {name} add 'object_id: {object_id}'"
    findings = []
    for place, item in items_at(mission, ("satellites",)):
        number, object_id = (text_of(item, key) for key in ("norad_id", "object_id"))
        if plain_designator(object_id) in objects or (number.isdecimal() and int(number) in known):
            continue
        if number.isdecimal() or (object_id and not number):
            key, what = ("norad_id", number) if number else ("object_id", object_id)
            message = f"no element set of {what} in {folder}"
            findings.append(mission.finding((*place, key), message, fix))
    return findings


def _anything(mission: Document) -> Iterator[Finding]:
    """Yield that a mission has neither satellites nor links."""
    written = mission.value
    if isinstance(written, dict) and "satellites" not in written and not written.get("links"):
        fix = "add 'satellites: …', or 'links: …' for a mission on the ground"
        yield mission.finding(("satellites",), "is missing", fix)


def _orbits(mission: Document) -> Iterator[Finding]:
    """Yield satellites without orbit, or with two."""
    need_elements = False
    for place, item in items_at(mission, ("satellites",)):
        real = [key for key in ("norad_id", "object_id") if key in item]
        if real and "orbit" in item:
            message = f"stands beside {real[0]}: a satellite either flies or is designed"
            yield mission.finding((*place, "orbit"), message, "keep one of the two", at_key=True)
        elif not real and "orbit" not in item:
            fix = (
                "add 'norad_id: 41731', or 'object_id: 2016-051A' for an ephemeris without a "
                "number, or for a design 'orbit: {model: circular, …}'"
            )
            yield mission.finding((*place, "norad_id"), "is missing", fix)
        need_elements |= bool(real)
    if need_elements and "elements" not in mission.value:
        fix = "add 'elements: data/tle'"
        yield mission.finding(("elements",), "is missing", fix)


def items_at(document: Document, at: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the mappings of the list at a place, whatever else may be wrong there."""
    value = document.value
    for part in at:
        value = value.get(part) if isinstance(value, dict) else None
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, dict):
            yield (*at, index), item


def texts_at(document: Document, at: Place, key: str) -> Iterator[Named]:
    """Yield place and text of a key of each mapping of the list at a place."""
    for place, item in items_at(document, at):
        if text := text_of(item, key):
            yield (*place, key), text


def text_of(item: dict[str, Any], key: str) -> str:
    """Return the text behind a key; empty when there is none."""
    text = item.get(key)
    return text.strip() if isinstance(text, str) else ""


def all_named(stations: Document, sites: list[Named]) -> bool:
    """Whether each station could be read so far that its name is known."""
    return isinstance(stations.value, list) and len(stations.value) == len(sites)


def _twice(document: Document, named: list[Named]) -> Iterator[Finding]:
    first: dict[str, Place] = {}
    for place, name in named:
        before = first.setdefault(name.casefold(), place)
        if before != place:
            line = document.values[before].line
            yield document.finding(
                place, f"{quoted(name)} is used twice; first in line {line}", "make it unique"
            )


def _preset(document: Document, kind: str, place: Place, name: str) -> Iterator[Finding]:
    if is_file(name) or preset_kind(name) == kind:
        return
    kinds = {preset.name: preset.kind for preset in list_presets()}
    message = f"there is no preset {quoted(name)}"
    if name in kinds:
        message = f"the preset {quoted(name)} is a {kinds[name]}, not a {kind}"
    fitting = [preset for preset, found in kinds.items() if found == kind]
    fix = f"{did_you_mean(name, fitting)}, or name a file of your own that ends in .yaml"
    yield document.finding(place, message, fix)


def _blocks(mission: Document) -> Iterator[Finding]:
    """Yield a finding for a block that gathers by nothing known."""
    written = mission.value.get("blocks") if isinstance(mission.value, dict) else None
    stated = [(("blocks",), written)] if isinstance(written, str) else []
    for place, text in [*stated, *texts_at(mission, ("demands",), "blocks")]:
        try:
            period_of(text)
        except NonPhysicalError as error:
            yield mission.finding(place, error.message, "write 'week'")


def _demands(mission: Document, sites: list[str], *, known: bool) -> Iterator[Finding]:
    first: dict[frozenset[str], Place] = {}
    for item_place, item in items_at(mission, ("demands",)):
        place = (*item_place, "between")
        names = item.get("between")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            continue
        names = [name.strip() for name in names]
        for index, name in enumerate(names):
            if known and name not in sites:
                message = f"there is no station {quoted(name)}"
                yield mission.finding((*place, index), message, one_of(name, sites))
        if len(names) == 2 and names[0] == names[1]:
            yield mission.finding(place, "names one station twice", "name two stations")
        before = first.setdefault(frozenset(names), place)
        if before != place:
            line = mission.values[before].line
            message = f"this pair is there twice; first in line {line}"
            yield mission.finding(place, message, "keep one of the two")


def _repeated(mission: Document, key: str) -> Iterator[Finding]:
    """Yield items of a list that say the same as one before: all they give would count double."""
    first: list[tuple[Place, dict[str, Any]]] = []
    for place, item in items_at(mission, (key,)):
        before = next((earlier for earlier, said in first if said == item), None)
        if before is not None:
            message = f"says the same as the one in line {mission.values[before].line}"
            yield mission.finding(place, message, "keep one of the two")
        first.append((place, item))


def _together(
    mission: Document, *, satellites: list[str], sites: list[str] | None
) -> Iterator[Finding]:
    """Yield names that do not exist; ``sites`` is None where not all could be read."""
    for place, item in items_at(mission, ("together",)):
        names = item.get("stations")
        names = names if isinstance(names, list) else []
        for index, name in enumerate(names):
            if sites is not None and isinstance(name, str) and name.strip() not in sites:
                yield mission.finding(
                    (*place, "stations", index),
                    f"there is no station {quoted(name)}",
                    one_of(name, sites),
                )
        if len(names) == 2 and names[0] == names[1]:
            message = "names one station twice"
            yield mission.finding((*place, "stations"), message, "name two stations")
        wanted = text_of(item, "satellite")
        if wanted and wanted not in satellites:
            yield mission.finding(
                (*place, "satellite"),
                f"there is no satellite {quoted(wanted)}",
                one_of(wanted, satellites),
            )


_OF_STATIONS: Final = ("stations", "satellite")
_OF_LINKS: Final = ("links", "name", "duration")
"""Keys of an entry of ``together`` that go with two stations, and with two links."""


def _ends(mission: Document) -> Iterator[Finding]:
    """Yield entries of ``together`` that say nothing of their ends, or too much."""
    for place, item in items_at(mission, ("together",)):
        if "stations" not in item and "links" not in item:
            fix = (
                "add 'stations: [A, B]', or 'links: [A, B]' of two of the mission's 'links' "
                "that stand still"
            )
            yield mission.finding((*place, "stations"), "is missing", fix)
        if "stations" in item and "links" in item:
            message = "stands beside stations: the node is a satellite or it stands still"
            yield mission.finding((*place, "links"), message, "keep one of the two", at_key=True)
            continue
        ends, others = ("links", _OF_STATIONS) if "links" in item else ("stations", _OF_LINKS)
        for key in others:
            if ends in item and key in item:
                message = f"means nothing beside {ends}"
                yield mission.finding((*place, key), message, "remove it", at_key=True)


def _together_links(mission: Document) -> Iterator[Finding]:
    """Yield links that ``together`` names and are not there."""
    known = [name for _, name in texts_at(mission, ("links",), "name")]
    complete = len(known) == len(list(items_at(mission, ("links",))))
    for place, item in items_at(mission, ("together",)):
        names = listed(item, "links")
        for index, name in enumerate(names):
            if complete and name and name not in known:
                message = f"there is no link {quoted(name)}"
                fix = did_you_mean(name, known) if known else "describe it under 'links'"
                yield mission.finding((*place, "links", index), message, fix)
        if len(names) == 2 and names[0] == names[1]:
            message = "names one link twice"
            yield mission.finding((*place, "links"), message, "name two links, equal or not")


def _without_source(mission: Document) -> Iterator[Finding]:
    """Yield links that send nothing and are no part of a pair, once all pairs can be read."""
    known = {name for _, name in texts_at(mission, ("links",), "name")}
    pairs = [
        listed(item, "links")
        for _, item in items_at(mission, ("together",))
        if "links" in item or "stations" not in item
    ]
    if any(len(names) != 2 or not known.issuperset(names) for names in pairs):
        return
    paired = {name for names in pairs for name in names}
    for place, item in items_at(mission, ("links",)):
        if "source" not in item and "detector" not in item and text_of(item, "name") not in paired:
            fix = (
                "add it and 'detector:', or name the link under 'together' with 'links: [A, B]', "
                "whose protocol has its own"
            )
            yield mission.finding((*place, "source"), "is missing", fix)


def listed(item: dict[str, Any], key: str) -> list[str]:
    """Return the texts of the list behind a key; those that are none are empty."""
    names = item.get(key)
    return [
        name.strip() if isinstance(name, str) else ""
        for name in (names if isinstance(names, list) else [])
    ]


def _unknown(mission: Document, key: str, known: list[str]) -> Iterator[Finding]:
    """Yield satellites or stations that clocks name and are not there."""
    for place, name in texts_at(mission, ("clocks",), key):
        if name not in known:
            message = f"there is no {key} {quoted(name)}"
            yield mission.finding(place, message, one_of(name, known))


def one_of(name: str, known: list[str]) -> str:
    """Return the fix for a satellite or station that is not there."""
    return did_you_mean(name, known) if known else "describe it, or leave its name out here"
