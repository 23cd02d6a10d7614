"""What is sent, for people and tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Settings of a source, or of a protocol with a node; empty or None where not applicable."""

    intensities: tuple[float, ...] = ()
    """Mean photon numbers: of the signal, of the decoys from the stronger on."""
    probabilities: tuple[float, ...] = ()
    """How often each is sent."""
    p_key_basis: float | None = None
    """Probability that the transmitter uses the key basis."""
    second: Sent | None = None
    """The same of the second transmitter; None for one like the first."""
    slice_half_width_rad: float | None = None
    """How far the phases of a pair of decoys may differ to count as equal. [rad]"""
    pair_rate_hz: float | None = None
    """Entangled pairs a second. [Hz]"""
