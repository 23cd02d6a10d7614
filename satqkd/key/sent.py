"""What both ends of two links send, for people and tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Settings of a protocol with a node between two arms; empty or None where not applicable."""

    intensities: tuple[float, ...] = ()
    """Mean photon numbers: of the signal, of the decoys from the stronger on."""
    probabilities: tuple[float, ...] = ()
    """How often each is sent."""
    second: Sent | None = None
    """The same of the second transmitter; None for one like the first."""
    slice_half_width_rad: float | None = None
    """How far the phases of a pair of decoys may differ to count as equal. [rad]"""
    pair_rate_hz: float | None = None
    """Entangled pairs a second. [Hz]"""
