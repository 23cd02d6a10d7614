"""The chain from passes to keys, as one function to read aloud."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.clicks.counts import Counts
from satqkd.key.result import KeyResult
from satqkd.link.budget import Budget
from satqkd.mission.mission import Mission
from satqkd.passes.table import PassTable, Tracks
from satqkd.units import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """Every pass of a window with its series, losses, counts and key."""

    mission: Mission
    passes: PassTable
    tracks: Tracks
    budget: Budget
    """Loss lines of every sample."""
    usable: BoolArray
    """Samples that may carry key: dark, above the mask, within range."""
    signal_rate_hz: FloatArray
    """Clicks per second caused by signal, all intensities, before sifting. [Hz]"""
    background_rate_hz: FloatArray
    """Gated clicks per second from dark counts and sky, all detectors. [Hz]"""
    qber: FloatArray
    """Expected error fraction of each sample."""
    usable_s: FloatArray
    """Usable part of each pass. [s]"""
    usable_start_s: FloatArray
    """First usable second of each pass; rise where none is. [s]"""
    usable_end_s: FloatArray
    """Last usable second of each pass; rise where none is. [s]"""
    counts: Counts
    """Expected counts, one block a pass."""
    keys: KeyResult
    """Key of each pass with the nominal values."""
    keys_low: KeyResult
    """Key with every stated range at its worst end."""
    keys_high: KeyResult
    """Key with every stated range at its best end."""
    reject_reason: tuple[str | None, ...]
    """For each pass that cannot give key, why: daylight, out of range, no key …"""
