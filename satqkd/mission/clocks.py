"""Clocks that light compares: over a satellite's passes, or over a link that stands still."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import NonPhysicalError, require_between, require_not_negative, require_positive
from satqkd.timing.frequency_transfer import FrequencyTransfer
from satqkd.timing.linear_optical_sampling import CombTransfer
from satqkd.timing.single_photon_time_transfer import SinglePhotonTiming

ClockSystem = SinglePhotonTiming | CombTransfer | FrequencyTransfer
"""What compares two clocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedSignal:
    """What arrives on a link that stands still, as somebody measured it."""

    length_m: float
    """Distance between the clocks. [m]"""
    contact_s: float
    """How long they are compared. [s]"""
    loss_db: float | None = None
    """Loss of each way; combs need it. [dB]"""
    sifted_rate_hz: float | None = None
    """Sifted clicks per second; single photons need it. [Hz]"""
    qber: float = 0.0
    """Error fraction of those clicks."""

    def __post_init__(self) -> None:
        require_positive("length_m", self.length_m)
        require_positive("contact_s", self.contact_s)
        if self.loss_db is not None:
            require_not_negative("loss_db", self.loss_db)
        if self.sifted_rate_hz is not None:
            require_positive("sifted_rate_hz", self.sifted_rate_hz)
        require_between("qber", self.qber, 0.0, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Two clocks and what compares them."""

    system: ClockSystem
    """What compares them."""
    stated: StatedSignal | None = None
    """A signal for the comparison without a satellite; None where only passes tell it."""

    def __post_init__(self) -> None:
        self._check_stated()

    def _check_stated(self) -> None:
        if self.stated is None:
            return
        single = isinstance(self.system, SinglePhotonTiming)
        missing = self.stated.sifted_rate_hz if single else self.stated.loss_db
        if missing is None:
            name = "sifted_rate_hz" if single else "loss_db"
            raise NonPhysicalError(f"stated.{name}", "is missing, which this system needs")

    @property
    def carrier_m(self) -> float | None:
        """Wavelength of a system that brings its own light; None where the key's is used. [m]"""
        match self.system:
            case SinglePhotonTiming():
                return None
            case CombTransfer():
                return self.system.wavelength_m
            case FrequencyTransfer():
                return self.system.combs.wavelength_m


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockUse:
    """Clocks of a mission: who carries them."""

    name: str
    """For people."""
    clock: Clock
    clock_name: str
    """Preset, path or ``inline``."""
    spacecraft: tuple[int, ...]
    """Indices of the satellites that carry one."""
    stations: tuple[int, ...]
    """Indices of the stations that have the other."""
