"""Two ends that make key together, with an untrusted node between them."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import NonPhysicalError, require_positive
from satqkd.key.result import TwoArmEstimator
from satqkd.mission.links import FixedLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Two stations, the satellites that may serve them at once, and the protocol."""

    stations: tuple[int, int]
    """Indices of the two."""
    spacecraft: tuple[int, ...]
    """Indices of the satellites that may be the middle, increasing."""
    protocol: TwoArmEstimator
    protocol_name: str
    """Preset, or key of ``TWO_ARM_ESTIMATORS`` where it is written out."""

    def __post_init__(self) -> None:
        self._check_stations()

    def _check_stations(self) -> None:
        if self.stations[0] == self.stations[1]:
            raise NonPhysicalError("stations", "must be two different ones")


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherLinks:
    """Two terrestrial links, from a node in the middle to either end, and the protocol."""

    name: str
    links: tuple[FixedLink, FixedLink]
    """Their own sources and detectors do not count, the protocol has its own."""
    protocol: TwoArmEstimator
    protocol_name: str
    """Preset, or key of ``TWO_ARM_ESTIMATORS`` where it is written out."""
    duration_s: float = 3_600.0
    """Length of the block that key is made of. [s]"""

    def __post_init__(self) -> None:
        require_positive("duration_s", self.duration_s)
