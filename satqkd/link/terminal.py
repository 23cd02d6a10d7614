"""The two ends of an optical link."""

from __future__ import annotations

from dataclasses import dataclass, field

from satqkd.errors import NonPhysicalError, require_fraction, require_positive
from satqkd.link.beam.beams import Beam
from satqkd.link.beam.pointing import Pointing
from satqkd.link.beam.tracking import Tracking
from satqkd.link.turbulence.adaptive_optics import AdaptiveOptics
from satqkd.link.turbulence.fibre_coupling import Coupling


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmitter:
    """A telescope that sends."""

    aperture_m: float
    """Clear diameter. Under a stated divergence it has no effect on the far light: it is what the
    beam leaves with, and the least divergence, λ/D, follows from it. [m]"""
    wavelength_m: float
    """Vacuum wavelength of the quantum signal. [m]"""
    beam: Beam
    """How the beam spreads."""
    pointing: Pointing
    """How well it is pointed."""
    efficiency: float = 1.0
    """Transmittance between the place the source's intensity is given for and the exit."""
    tracking: Tracking = field(default_factory=Tracking)
    """How it follows its target."""
    adaptive_optics: AdaptiveOptics | None = None
    """What corrects an uplink's beam beforehand; None where it is not corrected."""

    def __post_init__(self) -> None:
        require_positive("aperture_m", self.aperture_m)
        require_positive("wavelength_m", self.wavelength_m)
        self._check_efficiency()
        self._check_divergence()

    def _check_efficiency(self) -> None:
        require_fraction("efficiency", self.efficiency)
        require_positive("efficiency", self.efficiency)

    def _check_divergence(self) -> None:
        """Refuse a beam narrower than λ/D: no aperture sends one, whatever the convention."""
        limit_rad = self.wavelength_m / self.aperture_m
        spread_rad = self.beam.far_field_rad(
            tx_aperture_m=self.aperture_m, wavelength_m=self.wavelength_m
        )
        if spread_rad < limit_rad * (1.0 - 1e-9):
            raise NonPhysicalError(
                "beam.divergence_rad",
                f"must not be below the diffraction limit λ/D = {1e6 * limit_rad:.3g} urad of this "
                f"aperture, got {1e6 * spread_rad:.3g} urad",
            )

    @property
    def sent_radius_m(self) -> float:
        """1/e² intensity radius of the beam where it leaves. [m]"""
        return self.beam.sent_radius_m(tx_aperture_m=self.aperture_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A telescope that receives, down to the detectors' input."""

    aperture_m: float
    """Clear diameter. [m]"""
    efficiency: float
    """Transmittance from the aperture to the detectors, all that ``coupling`` does not hold."""
    field_of_view_rad: float
    """Full angle of sky that reaches the detectors. [rad]"""
    bandwidth_m: float
    """Filter width at half maximum. [m]"""
    obscuration: float = 0.0
    """Diameter of the secondary over that of the primary."""
    coupling: Coupling | None = None
    """A fibre whose coupling ``efficiency`` leaves out; None where it is included, or none is."""

    def __post_init__(self) -> None:
        require_positive("aperture_m", self.aperture_m)
        self._check_efficiency()
        require_positive("field_of_view_rad", self.field_of_view_rad)
        require_positive("bandwidth_m", self.bandwidth_m)
        self._check_obscuration()

    def _check_efficiency(self) -> None:
        require_fraction("efficiency", self.efficiency)
        require_positive("efficiency", self.efficiency)

    def _check_obscuration(self) -> None:
        if not 0.0 <= self.obscuration < 1.0:
            raise NonPhysicalError("obscuration", f"must lie in [0, 1), got {self.obscuration:g}")
