"""Clocks that light compares: over a satellite's passes, or over a terrestrial link."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.timing.clock_system import ClockSystem
from satqkd.timing.stated_signal import StatedSignal


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Two clocks and what compares them."""

    system: ClockSystem
    """What compares them."""
    stated: StatedSignal | None = None
    """A signal for the comparison without a satellite; None where only passes give it."""

    def __post_init__(self) -> None:
        self._check_stated()

    def _check_stated(self) -> None:
        if self.stated is not None:
            self.system.require_signal(self.stated)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockUse:
    """Clocks of a mission: who carries them."""

    name: str
    """For people."""
    clock: Clock
    clock_name: str
    """Preset, path or ``inline``."""
    spacecraft: tuple[int, ...]
    """Indices of the satellites that carry one."""
    stations: tuple[int, ...]
    """Indices of the stations that have the other."""
