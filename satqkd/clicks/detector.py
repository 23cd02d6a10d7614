"""Single-photon detectors behind a polarisation analyser."""

from __future__ import annotations

from dataclasses import dataclass

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
    """How many detectors there are; each click opportunity sees all of them."""
    p_key_basis: float = 0.5
    """Probability that a photon is analysed in the key basis (passive splitter: 0.5)."""

    def __post_init__(self) -> None:
        self._check_efficiency()
        require_not_negative("dark_rate_hz", self.dark_rate_hz)
        require_positive("gate_s", self.gate_s)
        if self.detectors < 1:
            raise NonPhysicalError("detectors", f"must be at least 1, got {self.detectors}")
        require_between("p_key_basis", self.p_key_basis, 0.0, 1.0)

    def _check_efficiency(self) -> None:
        require_fraction("efficiency", self.efficiency)
        require_positive("efficiency", self.efficiency)
