"""A station's own clicks, and the transmitter's record of what it sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from satqkd.distil.seen import ClockSeen, Lost
from satqkd.distil.sent import Labels, Sent, require_same_size
from satqkd.errors import NonPhysicalError, require_positive
from satqkd.units import IntArray

HASHED_AT_ONCE: Final = 1 << 20
"""Numerical: clicks of which eight bytes each are made at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberedClicks:
    """Clicks of which is known which pulse they came of."""

    pulse: IntArray
    """Number of the pulse, not falling; shape (n,) like the others."""
    basis: Labels
    """1 where it was read in the key basis."""
    bit: Labels
    """What was read."""

    def __post_init__(self) -> None:
        require_same_size(pulse=self.pulse, basis=self.basis, bit=self.bit)
        if np.any(np.diff(self.pulse) < 0):
            raise NonPhysicalError("pulse", "must not fall from row to row")

    def __repr__(self) -> str:
        return f"NumberedClicks({self.pulse.size} clicks)"

    @property
    def size(self) -> int:
        """How many clicks there are."""
        return self.pulse.size

    def numbered(self, sent: Sent, *, pulses: int, timing: Timing) -> Numbered:  # noqa: ARG002 -- nothing is left to find
        """Return them as they are."""
        return Numbered(clicks=self, lost=Lost(), clock=None)

    def announced(self) -> tuple[IntArray | Labels, ...]:
        """Return pulse and basis of each click."""
        return self.pulse, self.basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What times of clicks are expected to be like."""

    pulse_rate_hz: float
    """Pulses sent. [Hz]"""
    gate_s: float
    """Length of the window around each pulse in which clicks count. [s]"""
    sigma_s: float
    """Standard deviation of a click's time. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Clicks with numbers, what was lost on the way, and how the clock was."""

    clicks: NumberedClicks
    lost: Lost
    clock: ClockSeen | None


class Clicks(Protocol):
    """What a receiver recorded."""

    @property
    def size(self) -> int:
        """How many clicks there are."""
        ...

    def numbered(self, sent: Sent, *, pulses: int, timing: Timing) -> Numbered:
        """Find the pulse that each click came of."""
        ...

    def announced(self) -> tuple[IntArray | Labels, ...]:
        """Return what tells these clicks from others and says nothing of their bits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClickLog:
    """What both ends recorded of a block."""

    received: Clicks
    sent: Sent
    pulses: int
    """How many were sent while the receiver listened."""
    pulse_rate_hz: float | None
    """As the log states it; None where it does not. [Hz]"""

    def __post_init__(self) -> None:
        require_positive("pulses", self.pulses)

    def __repr__(self) -> str:
        return f"ClickLog({self.received!r}, {self.sent!r}, {self.pulses} pulses)"

    @property
    def sha256(self) -> str:
        """Tells its clicks from others, whatever the file is called; their bits are not in it."""
        digest = hashlib.sha256()
        for own in self.received.announced():
            for begin in range(0, own.size, HASHED_AT_ONCE):
                part = own[begin : begin + HASHED_AT_ONCE]
                digest.update(np.ascontiguousarray(part, dtype="<i8").data)
        return digest.hexdigest()


def taken(clicks: NumberedClicks, which: IntArray) -> NumberedClicks:
    """Return some of the clicks."""
    return replace(
        clicks, pulse=clicks.pulse[which], basis=clicks.basis[which], bit=clicks.bit[which]
    )


def in_order(pulse: IntArray) -> IntArray:
    """Return the order in which numbers do not fall; equal ones stay as they are."""
    return np.argsort(pulse, kind="stable")
