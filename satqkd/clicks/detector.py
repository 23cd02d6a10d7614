"""Single-photon detectors behind a polarisation analyser."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.clicks.dead_time import DeadTimeKind
from satqkd.clicks.polarisation import Polarisation
from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_fraction,
    require_not_negative,
    require_positive,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A set of equal gated detectors."""

    efficiency: float
    """Probability that an arriving photon clicks."""
    dark_rate_hz: float
    """Clicks per second and detector without any light. [Hz]"""
    gate_s: float
    """Length of the window around each pulse in which clicks count. [s]"""
    detectors: int = 4
    """How many detectors there are; a gate counts the clicks of all of them."""
    p_key_basis: float = 0.5
    """Probability that a photon is analysed in the key basis (passive splitter: 0.5)."""
    dead_time_s: float = 0.0
    """After a click a detector (or pixel) is blind for this long. [s]"""
    dead_time_kind: DeadTimeKind = "non-paralysable"
    """Whether what arrives in the dead time is ignored or starts it anew (paralysable)."""
    afterpulse_probability: float = 0.0
    """Probability that a click is followed by a false one in a later gate."""
    pixels: int = 1
    """Parts of a detector that share its light and are dead one by one (multi-pixel nanowires)."""
    jitter_s: float = 0.0
    """Timing error of a click, 1 σ. [s]"""
    sync_jitter_s: float = 0.0
    """Timing error of the gates against the source's pulses, 1 σ. [s]"""
    detector_mismatch: float = 0.0
    """How much less efficient than the best of its basis a detector may be, relative; 0 where all
    are assumed alike."""
    polarisation: Polarisation | None = None
    """What the receiving end adds to the source's intrinsic error; None where it adds none."""

    def __post_init__(self) -> None:
        self._check_efficiency()
        require_not_negative("dark_rate_hz", self.dark_rate_hz)
        require_positive("gate_s", self.gate_s)
        self._check_numbers()
        require_between("p_key_basis", self.p_key_basis, 0.0, 1.0)
        for name in ("dead_time_s", "jitter_s", "sync_jitter_s"):
            require_not_negative(name, getattr(self, name))
        require_fraction("afterpulse_probability", self.afterpulse_probability)
        require_fraction("detector_mismatch", self.detector_mismatch)

    def _check_numbers(self) -> None:
        for name in ("detectors", "pixels"):
            if getattr(self, name) < 1:
                raise NonPhysicalError(name, f"must be at least 1, got {getattr(self, name)}")

    def _check_efficiency(self) -> None:
        require_fraction("efficiency", self.efficiency)
        require_positive("efficiency", self.efficiency)
