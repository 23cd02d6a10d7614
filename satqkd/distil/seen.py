"""What was seen while clicks of a log became records of pulses."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.distil.clock.offset import Offset


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchSeen:
    """A time over which the transmitter's clock could be followed."""

    begin_s: float
    """After the first click of the log. [s]"""
    end_s: float
    """[s]"""
    clicks: int
    """In gates."""
    outside_gate: int
    """In none."""
    rate_offset: tuple[float, float]
    """Rate over the stated one less 1, at its beginning and its end."""
    offset: Offset | None
    """The whole number between both ends' counts; None where none could be tried."""
    why_not: str
    """Why its clicks were dropped; empty where they were taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSeen:
    """What a recovered clock is like."""

    sigma_s: float
    """Standard deviation of the light about its pulses, as measured. [s]"""
    sigma_expected_s: float
    """The same by what is stated of source and detectors. [s]"""
    light: float
    """Share of all clicks followed that is no even background."""
    in_gate: float
    """Share of all clicks followed that lies in gates."""
    in_gate_expected: float
    """Share of light that would, by the deviation stated."""
    stretches: tuple[StretchSeen, ...]
    """In order of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Clicks of the receiver that gave no record, each counted once."""

    without_clock: int = 0
    """Where no clock could be followed."""
    outside_gate: int = 0
    """Between the gates."""
    without_number: int = 0
    """Of stretches whose count is not certain."""
    told: int = 0
    """Their bits were compared in public to find the count."""
    without_record: int = 0
    """Of pulses that the transmitter holds no record of."""
    doubled: int = 0
    """Of a pulse that has another click already."""

    @property
    def total(self) -> int:
        """All of them."""
        of_clock = self.without_clock + self.outside_gate + self.without_number
        return of_clock + self.told + self.without_record + self.doubled


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of every click, and how the clock was."""

    clicks: int
    """Of the log."""
    kept: int
    """Pulses with a click and a record."""
    lost: Lost
    tossed: int
    """Pulses of which different detectors clicked: their bit, and basis if these differ, is
    random."""
    clock: ClockSeen | None
    """None where the log had numbers of pulses already."""
