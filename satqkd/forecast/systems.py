"""Which system makes key of which contact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.light import Light
from satqkd.forecast.arms import Sky, nodes_of, see, usable_of
from satqkd.forecast.light import Part, PartArm, parts
from satqkd.forecast.yields import Yields
from satqkd.key.result import KeyResult
from satqkd.key.system import NodeSystem, PreparedSystem, System
from satqkd.mission.distillation import Distillation
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together
from satqkd.passes.contacts import Contacts
from satqkd.units import FloatArray, IntArray

Both = tuple[FloatArray, FloatArray]
"""Bits that go up to the satellite, and down from it; of every block. [bit]"""

Messages = tuple[Both, Both]
"""What is announced, then what is answered."""


class Systems(Protocol):
    """Says what makes key of a contact."""

    def __call__(self, satellite: int, stations: Sequence[int]) -> System:
        """Return the system of a satellite and its stations, by index."""
        ...

    def nothing(self) -> Any:
        """Return what is collected of no contact."""
        ...

    def reasons(self, yields: Yields) -> tuple[str | None, ...]:
        """Return why contacts give no key, for people; None where they do."""
        ...

    def received(
        self, mission: Mission, contacts: Contacts, sky: Callable[[], Sky]
    ) -> Iterator[Part[Any]]:
        """Yield the nodes of contacts that have some, those of like ends together."""
        ...

    def settings(self, contacts: Contacts) -> IntArray:
        """Number each contact's own setting, rising from 0; those alike in all share one."""
        ...

    def distillation(self, mission: Mission, satellite: int) -> Distillation | None:
        """Return when clicks become key; None if not given."""
        ...

    def messages(
        self, mission: Mission, satellite: int, bits: tuple[FloatArray, FloatArray]
    ) -> Messages:
        """Return where bits go that are announced and answered. [bit]"""
        ...

    def processing_s(self, keys: KeyResult) -> FloatArray:
        """How long computers on the ground work on each block. [s]"""
        ...


class _Flying:
    """What passes and joint contacts have in common."""

    __slots__ = ()

    def received(
        self, mission: Mission, contacts: Contacts, sky: Callable[[], Sky]
    ) -> Iterator[Part[PartArm]]:
        """Yield the nodes of contacts that have some, those of like ends together."""
        arms = see(mission, contacts, sky())
        every = np.ones(len(contacts), dtype=np.bool_)
        panels, sides = nodes_of(arms, usable_of(arms))
        yield from parts(mission, contacts.satellite, sides, wanted=every, panels=panels)

    def settings(self, contacts: Contacts) -> IntArray:
        """Number each contact: no two are alike."""
        return np.arange(len(contacts))

    def distillation(self, mission: Mission, satellite: int) -> Distillation | None:
        """Return when clicks with a satellite become key; None if not given."""
        return mission.distilled(satellite)

    def messages(
        self, mission: Mission, satellite: int, bits: tuple[FloatArray, FloatArray]
    ) -> Messages:
        """Return where bits go that are announced by the receiver and answered. [bit]"""
        (announced, answered), none = bits, np.zeros_like(bits[0])
        way = mission.spacecraft[satellite].way
        (down, up), (down_after, up_after) = (
            way.places(none, announced), way.places(answered, none)
        )  # fmt: skip
        return (up, down), (up_after, down_after)

    def processing_s(self, keys: KeyResult) -> FloatArray:
        """No time: the classical link is what key waits for."""
        return np.zeros(len(keys.secure_bits))


@dataclass(frozen=True, slots=True, kw_only=True)
class PassSystems(_Flying):
    """One arm: the source and the detectors of both ends, and the mission's protocol."""

    mission: Mission

    def __call__(self, satellite: int, stations: Sequence[int]) -> PreparedSystem:
        """Return the system of a pass."""
        (station,) = stations
        ends = self.mission.ends(satellite, station)
        return PreparedSystem(
            source=ends.source, detector=ends.detector, protocol=self.mission.protocol
        )

    def nothing(self) -> Counts:
        """Return counts without rows."""
        return Counts.join([])

    def reasons(self, yields: Yields) -> tuple[str | None, ...]:
        """Return why, as for every list of passes."""
        return yields.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class JointSystems(_Flying):
    """Two arms: the protocol of a pair of stations, whose sources and detectors are its own."""

    pair: Together

    def __call__(self, satellite: int, stations: Sequence[int]) -> NodeSystem:
        """Return the system of a joint contact, the same for all."""
        del satellite, stations
        return NodeSystem(protocol=self.pair.protocol)

    def nothing(self) -> Light:
        """Return light of two arms without intervals."""
        return Light.none(2)

    def reasons(self, yields: Yields) -> tuple[str | None, ...]:
        """Return why, as for every list of joint contacts."""
        return yields.why_zero
