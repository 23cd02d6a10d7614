"""Terrestrial links as contacts: one that makes key alone, or two with a node between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from satqkd.clicks.light import Light
from satqkd.errors import NonPhysicalError
from satqkd.forecast.arms import Sky
from satqkd.forecast.follow import terrestrial_yields
from satqkd.forecast.light import Losses, Part, Scenario
from satqkd.forecast.systems import Messages
from satqkd.forecast.yields import Yields
from satqkd.key.post_processing.throughput import PostProcessing
from satqkd.key.result import KeyEstimator, KeyResult
from satqkd.key.system import NodeSystem, PreparedSystem, System
from satqkd.link.budget import Budget
from satqkd.mission.distillation import Distillation
from satqkd.mission.links import FixedLink
from satqkd.mission.mission import Mission
from satqkd.mission.together import TogetherLinks
from satqkd.passes.contacts import Contacts, terrestrial_contacts
from satqkd.passes.quadrature import even_panels
from satqkd.units import FloatArray, IntArray

BLOCK_S: Final = 3_600.0
"""Length of a session of a link alone, and of the block that its key is made of. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkArm:
    """One link along some samples, all of which it meets alike."""

    link: FixedLink
    samples: int

    def at(self, scenario: Scenario) -> FixedLink:
        """Return the link of a scenario."""
        return self.link if scenario == "nominal" else getattr(self.link, scenario)()

    def losses(self, scenario: Scenario = "nominal", *, stated: Losses | None = None) -> Losses:
        """Follow the light of one sample, for all of them, whatever was ``stated``."""
        del stated
        link = self.at(scenario)
        every = np.zeros(self.samples, dtype=np.int64)
        return Losses(
            budget=link.budget().take(every),
            stray_hz={name: np.asarray(rate)[every] for name, rate in link.stray_hz().items()},
        )

    def take(self, samples: IntArray) -> LinkArm:
        """Return some of the samples."""
        return replace(self, samples=samples.size)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TerrestrialLink:
    """What makes key over the ground: one link, or two with a node between them.

    It is to its sessions what :class:`satqkd.forecast.systems.Systems` are to contacts, and
    stands from the beginning of the mission's window to its end, in sessions that follow each
    other; what limits satellites and stations does not touch it.
    """

    name: str
    protocol_name: str
    """Preset, or name of the protocol in a mission file."""
    links: tuple[FixedLink, ...]
    """One an arm."""
    system: System
    session_s: float
    """Length of a session, a contact: the block of ``satqkd link``. [s]"""
    uses_hz: float
    """Pulses, pulse pairs or photon pairs sent per second. [Hz]"""
    post_processing: PostProcessing | None = None
    """How fast clicks become key; None for as fast as they come."""

    @property
    def direction(self) -> str:
        """What light goes through, of both links where they differ."""
        return " + ".join(dict.fromkeys(link.direction for link in self.links))

    def contacts(self, window_s: float) -> Contacts:
        """Return the sessions of a window; the last may be cut short."""
        return terrestrial_contacts(window_s, session_s=min(self.session_s, window_s))

    def part(self, contacts: Contacts) -> Part[LinkArm]:
        """Follow sessions by one node each: nothing changes in them."""
        panels = even_panels(contacts.start_s, contacts.end_s)
        time_s, weight_s = panels.points()
        return Part(
            contacts=np.arange(len(contacts)),
            samples=slice(0, time_s.size),
            starts=panels.node_starts,
            time_s=time_s,
            weight_s=weight_s,
            panels=panels,
            arms=tuple(LinkArm(link=link, samples=time_s.size) for link in self.links),
        )

    def __call__(self, satellite: int, stations: Sequence[int]) -> System:
        """Return the system, the same for all sessions."""
        del satellite, stations
        return self.system

    def nothing(self) -> Any:
        """Return what is collected of no session."""
        return self.system.collect(Light.none(len(self.links)))

    def reasons(self, yields: Yields) -> tuple[str | None, ...]:
        """Return why, as for joint contacts."""
        return yields.why_zero

    def received(
        self, mission: Mission, contacts: Contacts, sky: Callable[[], Sky]
    ) -> Iterator[Part[LinkArm]]:
        """Yield all sessions."""
        del mission, sky
        yield self.part(contacts)

    def settings(self, contacts: Contacts) -> IntArray:
        """Number whole sessions alike, and the one that the window cuts short."""
        return np.asarray(contacts.clipped_end & ~contacts.clipped_end.all(), dtype=np.int64)

    def distillation(self, mission: Mission, satellite: int) -> Distillation:
        """Return how blocks are distilled: no satellite sets, and no contact is waited for."""
        del satellite
        how = mission.distillation or Distillation(after_contact_s=0.0)
        return replace(how, after_contact_s=0.0, stop_before_set_s=0.0)

    def messages(
        self, mission: Mission, satellite: int, bits: tuple[FloatArray, FloatArray]
    ) -> Messages:
        """Return none through space: both ends talk over the ground."""
        del mission, satellite
        none = np.zeros_like(bits[0])
        return (none, none), (none, none)

    def processing_s(self, keys: KeyResult) -> FloatArray:
        """How long the computers of the link work on each block. [s]"""
        how = self.post_processing or PostProcessing()
        return np.maximum(keys.sifted_bits / how.sifted_rate_hz, keys.secure_bits / how.key_rate_hz)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terrestrial:
    """One session of a terrestrial link, and what it gives."""

    made_by: TerrestrialLink
    losses: tuple[Losses, ...]
    """One sample an arm."""
    light: Light
    yields: Yields

    @property
    def key(self) -> KeyResult:
        """Key of the session as one block."""
        return self.yields.keys

    @property
    def key_low(self) -> KeyResult:
        """The same with every stated range of all links at its worse end."""
        return self.yields.keys_low

    @property
    def key_high(self) -> KeyResult:
        """The same with every stated range of all links at its better end."""
        return self.yields.keys_high

    @property
    def budget(self) -> Budget:
        """Losses of the first link, or of the only one."""
        return self.losses[0].budget

    @property
    def rates(self) -> Mapping[str, float]:
        """What the system makes of the light, by column name."""
        series = self.made_by.system.series(self.light)
        return {name: float(values[0]) for name, values in series.items()}

    @property
    def uses(self) -> float:
        """What is sent in the block."""
        return self.made_by.uses_hz * self.made_by.session_s

    @property
    def made_rate_hz(self) -> float:
        """Secret bits per second in what is detected. [Hz]"""
        return float(self.key.secure_bits[0]) / self.made_by.session_s

    @property
    def bits_per_use(self) -> float:
        """Secret bits over pulses, or pairs, sent. [bit]"""
        return self.made_rate_hz / self.made_by.uses_hz

    @property
    def key_rate_hz(self) -> float:
        """Secret bits per second that come out of post-processing. [Hz]"""
        how = self.made_by.post_processing
        if how is None:
            return self.made_rate_hz
        sifted_hz = float(self.key.sifted_bits[0]) / self.made_by.session_s
        return float(how.limited_rate_hz(self.made_rate_hz, sifted_hz=sifted_hz))

    @property
    def loss_db(self) -> tuple[float, ...]:
        """Of each link, up to the detectors' input. [dB]"""
        return tuple(float(one.budget.total_db[0]) for one in self.losses)

    @property
    def plob_bits_per_use(self) -> float:
        """Most that any protocol without a node gives over all losses together. [bit]"""
        return float(self.yields.light.plob_s[0]) / self.made_by.session_s

    @property
    def plob_channel_bits_per_use(self) -> float:
        """The same with what the receivers' optics and fibres lose counted as theirs. [bit]"""
        return float(self.yields.light.plob_channel_s[0]) / self.made_by.session_s


def link_alone(link: FixedLink, protocol: KeyEstimator, protocol_name: str) -> TerrestrialLink:
    """Return what makes key over one link, in sessions of :data:`BLOCK_S`.

    Raises
    ------
    NonPhysicalError
        If the link has no source and no detector of its own.
    """
    source, detector = link.source, link.detector
    if source is None or detector is None:
        raise NonPhysicalError(
            "source", f"is missing: {link.name} is one of two links at once and makes no key alone"
        )
    return TerrestrialLink(
        name=link.name,
        protocol_name=protocol_name,
        links=(link,),
        system=PreparedSystem(source=source, detector=detector, protocol=protocol),
        session_s=BLOCK_S,
        uses_hz=source.pulse_rate_hz,
        post_processing=link.post_processing,
    )


def link_pair(pair: TogetherLinks) -> TerrestrialLink:
    """Return what makes key over two links with a node between them."""
    return TerrestrialLink(
        name=pair.name,
        protocol_name=pair.protocol_name,
        links=pair.links,
        system=NodeSystem(protocol=pair.protocol),
        session_s=pair.duration_s,
        uses_hz=pair.protocol.uses_hz,
    )


def terrestrial_links(mission: Mission, *, alone: bool = True) -> tuple[TerrestrialLink, ...]:
    """Return what makes key over the ground in a mission.

    Parameters
    ----------
    mission
        Holds the links.
    alone
        Whether also those that make key alone, before the pairs.
    """
    own = [link for link in mission.links if alone and link.source is not None]
    return (
        *(link_alone(link, mission.protocol, mission.protocol_name) for link in own),
        *map(link_pair, mission.together_links),
    )


def follow_session(link: TerrestrialLink) -> Terrestrial:
    """Follow one session of a link, or of two, from source to key."""
    contacts = link.contacts(link.session_s)
    part = link.part(contacts)
    losses = part.losses()
    yields = terrestrial_yields(contacts, part, link.system)
    return Terrestrial(made_by=link, losses=losses, light=part.light(losses), yields=yields)


def follow_link(link: FixedLink, protocol: KeyEstimator, protocol_name: str) -> Terrestrial:
    """Follow a link from its source to the key of :data:`BLOCK_S`; see :func:`link_alone`."""
    return follow_session(link_alone(link, protocol, protocol_name))


def follow_pair(pair: TogetherLinks) -> Terrestrial:
    """Follow two links with a node between them to the key of a block."""
    return follow_session(link_pair(pair))
