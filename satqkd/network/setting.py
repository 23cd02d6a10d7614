"""What one source of a mission sends, and what would leave more key."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.clicks.source import SettableSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What one source sends, and what would leave most key in the blocks of a plan."""

    name: str
    """Of the satellite, or of the station that sends."""
    spacecraft: int | None
    """Its index; None for a station."""
    station: int | None
    """Its index; None for a satellite."""
    stated: SettableSource
    """As the mission states it."""
    best: SettableSource
    """With other intensities, probabilities and bases; as stated where nothing better was found."""
    stated_bits: int
    """Key of its blocks with what is stated, contacts flown in part taken whole. [bit]"""
    best_bits: int
    """The same with the best. [bit]"""
