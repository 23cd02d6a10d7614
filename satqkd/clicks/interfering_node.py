"""The node in the middle, where two transmitters' light interferes on a beam splitter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.joint_fading import joint_fading
from satqkd.clicks.phase_noise import PhaseReference
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import (
    require_between,
    require_fraction,
    require_not_negative,
    require_positive,
)
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeLight:
    """What reaches the node's two detectors: arrays that broadcast to (m, n)."""

    light_a: FloatArray
    """Transmittance of the first arm, detector included."""
    light_b: FloatArray
    """Of the second arm."""
    weight: FloatArray
    """Share of the time; what is missing from 1 was not balanced and is dropped."""
    dark_probability: FloatArray
    """Probability that one detector clicks in a gate without any light, shape (n,)."""
    phase_variance_rad2: FloatArray
    """Variance of the phase between both arms. [rad²]"""

    def mean(self, probability: FloatArray) -> FloatArray:
        """Average what depends on the light over its fluctuation, shape (n,).

        By definition of a weighted mean.
        """
        return np.asarray((probability * self.weight).sum(axis=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class InterferingNode:
    """Two equal threshold detectors behind a beam splitter."""

    efficiency: float
    """Probability that a photon that arrives is counted, the node's own optics included."""
    dark_rate_hz: float
    """Clicks per second and detector without any light. [Hz]"""
    gate_s: float
    """Length of the window around each pulse in which clicks count. [s]"""
    misalignment: float
    """Share of the light in the wrong port when phases and powers are equal."""
    phase_reference: PhaseReference | None = None
    """How the phase is followed; None where ``misalignment`` holds all of the error."""
    least_balance: float = 0.0
    """Slots are kept where the weaker arm's transmittance is at least this share of the
    stronger's, as the reference light shows; 0 keeps all."""

    def __post_init__(self) -> None:
        require_fraction("efficiency", self.efficiency)
        require_positive("efficiency", self.efficiency)
        require_not_negative("dark_rate_hz", self.dark_rate_hz)
        require_positive("gate_s", self.gate_s)
        require_between("misalignment", self.misalignment, 0.0, 0.5)
        require_fraction("least_balance", self.least_balance)

    def light(self, arms: TwoArms) -> NodeLight:
        """Return what both arms bring to the detectors, with their fluctuation.

        Derived here: efficiencies multiply; a detector stays dark with the Poissonian probability
        of no click.
        """
        fading = joint_fading(
            arms.transmittance_a,
            arms.transmittance_b,
            variance_a=arms.variance_a,
            variance_b=arms.variance_b,
            least_balance=self.least_balance,
        )
        a = self.efficiency * fading.transmittance_a
        b = self.efficiency * fading.transmittance_b
        noise = (self.dark_rate_hz + arms.background_rate_hz) * self.gate_s
        reference = self.phase_reference
        return NodeLight(
            light_a=a,
            light_b=b,
            weight=fading.weight,
            dark_probability=-np.expm1(-noise),
            phase_variance_rad2=np.zeros(1) if reference is None else reference.variance_rad2(a, b),
        )
