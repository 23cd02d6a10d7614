"""What protocols have in common when their rates are compared."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_finite,
    require_fraction,
    require_positive,
)

LEAST_BLOCK, MOST_BLOCK = 1e4, 1e18


@dataclass(frozen=True, slots=True, kw_only=True)
class RateConditions:
    """One receiver, one error and one error correction for all protocols.

    References
    ----------
    .. [1] Superconducting nanowire detectors of a twin-field link of 2025, arXiv:2503.17744: 80 %
       and 4e-8 a gate; error correction there announces 1.16 times Shannon's limit.
    .. [2] X. Ma and M. Razavi, *Phys. Rev. A* 86, 062319 (2012) (recalled): 1.5 % misalignment.
    """

    detector_efficiency: float = 0.8
    """Probability that a photon at the detectors' input is counted, the same everywhere."""
    dark_probability: float = 4e-8
    """Probability that one detector clicks in a gate without light."""
    misalignment: float = 0.015
    """Share of the light that reaches the wrong detector."""
    ec_efficiency: float = 1.16
    """Bits error correction announces, over Shannon's limit."""
    block_pulses: float | None = None
    """Pulses (or pairs of pulses) of a block; None in the asymptotic limit."""
    epsilon_sec: float = 1e-10
    """How far the key of a block may be from secret."""
    epsilon_cor: float = 1e-15
    """Probability that the two sides of a block's key differ."""

    def __post_init__(self) -> None:
        require_fraction("detector_efficiency", self.detector_efficiency)
        require_positive("detector_efficiency", self.detector_efficiency)
        require_between("dark_probability", self.dark_probability, 0.0, 0.5)
        require_between("misalignment", self.misalignment, 0.0, 0.5)
        require_finite("ec_efficiency", self.ec_efficiency)
        if self.ec_efficiency < 1.0:
            raise NonPhysicalError(
                "ec_efficiency",
                f"must be at least 1, Shannon's limit, got {self.ec_efficiency:g}",
            )
        if self.block_pulses is not None:
            require_between("block_pulses", self.block_pulses, LEAST_BLOCK, MOST_BLOCK)
        for name in ("epsilon_sec", "epsilon_cor"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise NonPhysicalError(
                    name, f"must lie between 0 and 1, got {getattr(self, name):g}"
                )

    @property
    def two_dark_probability(self) -> float:
        """Probability that any of two detectors clicks in a gate without light."""
        return self.dark_probability * (2.0 - self.dark_probability)
