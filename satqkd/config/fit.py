"""Whether payloads and stations go together."""

from __future__ import annotations

from collections.abc import Iterator

from satqkd.config.files import MissionFile, StationEntry
from satqkd.config.parts import Parts, resolved
from satqkd.config.yaml_nodes import Document
from satqkd.errors import Finding
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
    payloads = [resolved(entry.payload, "payload", parts) for entry in layout.satellites]
    flown = [(i, payload) for i, payload in enumerate(payloads) if payload is not None]
    airless = [layout.satellites[i].name for i, payload in flown if payload.atmosphere is None]
    fastest = max(flown, key=lambda item: item[1].source.pulse_rate_hz, default=None)
    for index, entry in enumerate(entries):
        if airless and entry.atmosphere is None:
            yield documents[1].finding(
                (index,),
                f"{entry.name} has no atmosphere, and neither has the payload of {airless[0]}",
                "add 'atmosphere: {zenith_transmittance: 0.65}' to the station",
            )
        terminal = resolved(entry.terminal, "terminal", parts)
        if fastest and terminal:
            yield from _crowded_gate(index, terminal, fastest, documents)


def _crowded_gate(
    index: int,
    terminal: Terminal,
    fastest: tuple[int, Payload],
    documents: tuple[Document, Document],
) -> Iterator[Finding]:
    """Refuse a gate that is longer than the time between two pulses."""
    satellite, payload = fastest
    rate_hz, gate_s = payload.source.pulse_rate_hz, terminal.detector.gate_s
    if rate_hz * gate_s <= 1.0 + _ROUNDING:
        return
    mission, stations = documents
    sent = mission.finding(("satellites", satellite, "payload", "source", "pulse_rate"), "", "")
    yield stations.finding(
        (index, "terminal", "detector", "gate"),
        f"its gate of {1e9 * gate_s:g} ns holds {rate_hz * gate_s:g} pulses of the "
        f"{1e-6 * rate_hz:g} MHz sent in {sent.file}:{sent.line}",
        f"shorten the gate to {1e9 / rate_hz:g} ns or less, or lower the pulse rate",
    )


def borrowed_air(
    layout: MissionFile, entries: tuple[StationEntry, ...], parts: Parts, stations: Document
) -> Iterator[Assumption]:
    """Yield the stations for which the air of the payload's published link is taken."""
    payloads = [resolved(entry.payload, "payload", parts) for entry in layout.satellites]
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
