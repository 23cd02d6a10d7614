"""Key that satellites hold when the window begins."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import require_not_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Key of one satellite and one station, made before and not relayed yet."""

    spacecraft: int
    """Index of the satellite."""
    station: int
    """Index of the station."""
    bits: float
    """How much. [bit]"""

    def __post_init__(self) -> None:
        require_not_negative("bits", self.bits)
