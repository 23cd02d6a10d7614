"""Sources of pulses: what they have in common, and weak coherent ones."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_fraction,
    require_not_negative,
    require_positive,
)


class PulsedSource(Protocol):
    """What the clicks of a source follow from."""

    @property
    def pulse_rate_hz(self) -> float:
        """Pulses sent per second. [Hz]"""
        ...

    @property
    def intensities(self) -> tuple[float, ...]:
        """Mean photon numbers per pulse leaving the transmitter, largest first."""
        ...

    @property
    def probabilities(self) -> tuple[float, ...]:
        """How often each intensity is sent."""
        ...

    @property
    def p_key_basis(self) -> float:
        """Probability that the transmitter uses the key basis."""
        ...

    @property
    def intrinsic_error(self) -> float:
        """Error fraction of signal clicks without any background."""
        ...

    @property
    def pulse_width_s(self) -> float:
        """Length of a pulse, full width at half maximum. [s]"""
        ...

    @property
    def intensity_error(self) -> float:
        """Fluctuation of an intensity from pulse to pulse, 1 σ over its mean."""
        ...

    @property
    def intensity_uncertainty(self) -> float:
        """How far the intensities may lie from those stated, relative."""
        ...

    @property
    def multi_photon(self) -> tuple[float, ...] | None:
        """Probability that a pulse of each intensity holds two photons; None for laser light."""
        ...


class SettableSource(PulsedSource, Protocol):
    """A source whose intensities, probabilities and bases may be set."""

    @property
    def g2(self) -> float | None:
        """Second-order correlation of a pulse with itself; not applicable to laser light."""
        ...

    def set_to(
        self,
        *,
        intensities: tuple[float, ...],
        probabilities: tuple[float, ...],
        p_key_basis: float,
    ) -> SettableSource:
        """Return the source with other settings; itself where it cannot have them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoySource:
    """Phase-randomised laser pulses of several mean photon numbers."""

    pulse_rate_hz: float
    """Pulses sent per second. [Hz]"""
    intensities: tuple[float, ...]
    """Mean photon numbers per pulse leaving the transmitter, largest first: up to three."""
    probabilities: tuple[float, ...]
    """How often each intensity is sent; they add up to 1."""
    p_key_basis: float
    """Probability that the transmitter uses the key basis."""
    intrinsic_error: float
    """Error fraction of signal clicks without any background (polarisation contrast, alignment)."""
    pulse_width_s: float = 0.0
    """Length of a pulse, full width at half maximum. [s]"""
    intensity_error: float = 0.0
    """Fluctuation of an intensity from pulse to pulse, 1 σ over its mean.

    Enters clicks as fading does; the key takes the mean intensities as stated."""
    intensity_uncertainty: float = 0.0
    """How far each mean photon number may lie from the stated one, relative; key is that of the
    worst. 0 where they are assumed exact."""

    def __post_init__(self) -> None:
        require_positive("pulse_rate_hz", self.pulse_rate_hz)
        self._check_intensities()
        self._check_probabilities()
        self._check_lengths()
        require_between("p_key_basis", self.p_key_basis, 0.0, 1.0)
        require_between("intrinsic_error", self.intrinsic_error, 0.0, 0.5)
        require_not_negative("pulse_width_s", self.pulse_width_s)
        require_fraction("intensity_error", self.intensity_error)
        require_between("intensity_uncertainty", self.intensity_uncertainty, 0.0, 0.5)

    @property
    def multi_photon(self) -> None:
        """None: photon numbers of laser light are Poissonian."""
        return

    @property
    def g2(self) -> None:
        """Not applicable to laser light."""
        return

    def set_to(
        self,
        *,
        intensities: tuple[float, ...],
        probabilities: tuple[float, ...],
        p_key_basis: float,
    ) -> DecoySource:
        """Return the source with other settings; itself where they are none of a source."""
        try:
            return replace(
                self,
                intensities=intensities,
                probabilities=probabilities,
                p_key_basis=p_key_basis,
            )
        except NonPhysicalError:
            return self

    def _check_intensities(self) -> None:
        mu = self.intensities
        if len(mu) not in {1, 2, 3}:
            raise NonPhysicalError("intensities", f"must be one to three numbers, got {len(mu)}")
        for value in mu:
            require_not_negative("intensities", value)
        if len(mu) == 1:
            require_positive("intensities", mu[0])
        if len(mu) == 2 and not mu[0] > mu[1] > 0:
            raise NonPhysicalError("intensities", f"must obey μ1 > μ2 > 0, got {list(mu)}")
        if len(mu) == 3 and not (mu[0] > mu[1] + mu[2] and mu[1] > mu[2]):
            raise NonPhysicalError(
                "intensities", f"must obey μ1 > μ2 + μ3 and μ2 > μ3 ≥ 0, got {list(mu)}"
            )

    def _check_probabilities(self) -> None:
        for value in self.probabilities:
            require_fraction("probabilities", value)
            require_positive("probabilities", value)
        total = math.fsum(self.probabilities)
        if abs(total - 1.0) > 1e-9:
            raise NonPhysicalError("probabilities", f"must add up to 1, got {total:g}")

    def _check_lengths(self) -> None:
        if len(self.probabilities) != len(self.intensities):
            raise NonPhysicalError(
                "probabilities",
                f"must be as many as intensities ({len(self.intensities)}), "
                f"got {len(self.probabilities)}",
            )
