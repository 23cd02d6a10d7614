"""Whether payloads and stations go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from satqkd.config.files import MissionFile, StationEntry
from satqkd.config.parts import Parts, resolved
from satqkd.config.yaml_nodes import Document
from satqkd.errors import Finding
from satqkd.key.result import TwoArmEstimator
from satqkd.link.way import Direction
from satqkd.mission.links import FibreLink
from satqkd.mission.mission import Assumption, Payload, Terminal

_ROUNDING = 1e-9
"""Of a product of two doubles, with room."""


def check_fit(
    layout: MissionFile | None,
    entries: tuple[StationEntry, ...] | None,
    parts: Parts,
    documents: tuple[Document, Document],
) -> Iterator[Finding]:
    """Yield stations that cannot work with a payload, as far as both could be read."""
    if layout is None or entries is None:
        return
    flown = [
        _Flown(index, entry.name, entry.direction, payload)
        for index, entry in enumerate(layout.satellites)
        if (payload := resolved(entry.payload, "payload", index, parts)) is not None
    ]
    yield from _unable_payloads(flown, documents[0])
    yield from _wrong_way(layout, parts, documents[0])
    yield from _unlike_light(layout, parts, documents[0])
    yield from _too_many_intensities(layout, entries, flown, parts, documents[0])
    airless = [craft.name for craft in flown if craft.payload.atmosphere is None]
    for index, entry in enumerate(entries):
        if airless and entry.atmosphere is None:
            yield documents[1].finding(
                (index,),
                f"{entry.name} has no atmosphere, and neither has the payload of {airless[0]}",
                "add 'atmosphere: {zenith_transmittance: 0.65}' to the station",
            )
        terminal = resolved(entry.terminal, "terminal", index, parts)
        if terminal:
            yield from _unable_terminal(index, terminal, flown, documents[1])
            yield from _crowded_gates(index, terminal, flown, documents)


@dataclass(frozen=True, slots=True)
class _Flown:
    """A satellite of the mission file with its payload."""

    index: int
    name: str
    direction: Direction
    payload: Payload

    def sending(self, terminal: Terminal) -> Payload | Terminal:
        return self.payload if self.direction == "downlink" else terminal

    def receiving(self, terminal: Terminal) -> Payload | Terminal:
        return terminal if self.direction == "downlink" else self.payload


def _unable_payloads(flown: list[_Flown], mission: Document) -> Iterator[Finding]:
    """Refuse a payload that has nothing for the direction of its satellite."""
    for craft in flown:
        part = "transmitter" if craft.direction == "downlink" else "receiver"
        if getattr(craft.payload, part) is None:
            yield mission.finding(
                ("satellites", craft.index, "payload"),
                f"the payload of {craft.name} has no {part}, which its {craft.direction} needs",
                f"name one with a {part}, or set 'direction: "
                f"{'uplink' if craft.direction == 'downlink' else 'downlink'}'",
            )


def _too_many_intensities(
    layout: MissionFile,
    entries: tuple[StationEntry, ...],
    flown: list[_Flown],
    parts: Parts,
    mission: Document,
) -> Iterator[Finding]:
    """Refuse a protocol that cannot use the decoys of one of the sources."""
    sources = [(link.name, link.source) for link in layout.links if link.source]
    sources += [
        (craft.name, craft.payload.source)
        for craft in flown
        if craft.direction == "downlink" and craft.payload.source
    ]
    if any(craft.direction == "uplink" for craft in flown):
        terminals = [
            (entry.name, resolved(entry.terminal, "terminal", index, parts))
            for index, entry in enumerate(entries)
        ]
        sources += [(name, one.source) for name, one in terminals if one and one.source]
    most = layout.protocol.most_intensities
    for name, source in sources:
        if len(source.intensities) > most:
            yield mission.finding(
                ("protocol", "model"),
                f"it takes {most} intensity, but {name} sends {len(source.intensities)}",
                "write 'model: decoy-bb84'",
            )
            return


def _wrong_way(layout: MissionFile, parts: Parts, mission: Document) -> Iterator[Finding]:
    """Refuse a protocol that needs the light of no satellite it may use."""
    for index, entry in enumerate(layout.together):
        if entry.stations is None or entry.links is not None:
            continue
        protocol: TwoArmEstimator | None = resolved(entry.protocol, "protocol", index, parts)
        crafts = [one for one in layout.satellites if entry.satellite in {None, one.name}]
        if protocol is None or not crafts:
            continue
        if all(craft.direction != protocol.middle.direction for craft in crafts):
            named, way = entry.satellite or "any satellite", protocol.middle.direction
            yield mission.finding(
                ("together", index, "protocol"),
                f"it needs two {way}s, which is not the direction of {named}",
                f"give the satellite 'direction: {way}', or name another protocol",
            )


def _unlike_light(layout: MissionFile, parts: Parts, mission: Document) -> Iterator[Finding]:
    """Refuse two links whose light has to interfere in the node and cannot."""
    wavelengths = {
        link.name: link.wavelength_m
        if isinstance(link, FibreLink)
        else link.transmitter.wavelength_m
        for link in layout.links
    }
    for index, entry in enumerate(layout.together):
        protocol: TwoArmEstimator | None = resolved(entry.protocol, "protocol", index, parts)
        names = entry.links or ()
        if protocol is None or protocol.middle.direction != "uplink" or not names:
            continue
        if not set(names) <= wavelengths.keys():
            continue
        first_m, second_m = (wavelengths[name] for name in names)
        if abs(first_m - second_m) > _ROUNDING * first_m:
            yield mission.finding(
                ("together", index, "links"),
                f"their light interferes, but {names[0]} has {1e9 * first_m:g} nm and {names[1]} "
                f"{1e9 * second_m:g} nm",
                "give both links one wavelength",
            )


def _unable_terminal(
    index: int, terminal: Terminal, flown: list[_Flown], stations: Document
) -> Iterator[Finding]:
    """Refuse a terminal that has nothing for the direction of one of the satellites."""
    for craft in flown:
        part = "receiver" if craft.direction == "downlink" else "transmitter"
        if getattr(terminal, part) is None:
            yield stations.finding(
                (index, "terminal"),
                f"it has no {part}, which the {craft.direction} of {craft.name} needs",
                f"name a terminal with a {part}",
            )
            return


def _crowded_gates(
    index: int, terminal: Terminal, flown: list[_Flown], documents: tuple[Document, Document]
) -> Iterator[Finding]:
    """Refuse a gate that is longer than the time between two pulses."""
    mission, stations = documents
    pairs = [
        (craft, source.pulse_rate_hz, detector.gate_s)
        for craft in flown
        if (source := craft.sending(terminal).source)
        and (detector := craft.receiving(terminal).detector)
    ]
    if not pairs:
        return
    craft, rate_hz, gate_s = max(pairs, key=lambda pair: pair[1] * pair[2])
    if rate_hz * gate_s <= 1.0 + _ROUNDING:
        return
    sent = mission.finding(("satellites", craft.index, "payload", "source", "pulse_rate"), "", "")
    yield stations.finding(
        (index, "terminal", "detector", "gate"),
        f"its gate of {1e9 * gate_s:g} ns holds {rate_hz * gate_s:g} pulses of the "
        f"{1e-6 * rate_hz:g} MHz sent in {sent.place}",
        f"shorten the gate to {1e9 / rate_hz:g} ns or less, or lower the pulse rate",
    )


def borrowed_air(
    layout: MissionFile, entries: tuple[StationEntry, ...], parts: Parts, stations: Document
) -> Iterator[Assumption]:
    """Yield the stations for which the air of the payload's published link is taken."""
    payloads = [
        resolved(entry.payload, "payload", index, parts)
        for index, entry in enumerate(layout.satellites)
    ]
    taken = dict.fromkeys(
        f"zenith_transmittance: {payload.atmosphere.zenith_transmittance:g}"
        for payload in payloads
        if payload.atmosphere is not None
    )
    for index, entry in enumerate(entries):
        if entry.atmosphere is None and taken:
            yield Assumption(
                where=f"{stations.name}: {stations.where((index, 'atmosphere'))}",
                value=" or ".join(taken),
                why="none given: the payload's, which may be measured over another place",
            )
