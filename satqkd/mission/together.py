"""Two stations that make key together, with a satellite between them that nobody trusts."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import NonPhysicalError
from satqkd.key.result import TwoArmEstimator


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
