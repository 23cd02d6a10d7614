"""Which system makes key of which contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from satqkd.clicks.counts import Counts
from satqkd.clicks.light import Light
from satqkd.forecast.yields import Yields
from satqkd.key.system import NodeSystem, PreparedSystem, System
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PassSystems:
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
class JointSystems:
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
