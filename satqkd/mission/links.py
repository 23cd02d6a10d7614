"""Terrestrial links: two telescopes over the ground, or a fibre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from satqkd.clicks.detector import Detector
from satqkd.clicks.source import SettableSource
from satqkd.errors import NonPhysicalError, require_fraction, require_positive
from satqkd.key.post_processing.throughput import PostProcessing
from satqkd.link.air.level_air import LevelAir
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.background.stray_light import stray_rates_hz
from satqkd.link.budget import Budget
from satqkd.link.fibre import Fibre
from satqkd.link.horizontal import HorizontalPath, horizontal_budget, require_uncorrected
from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.level_turbulence import LevelTurbulence
from satqkd.units import FloatArray, loss_db

_ROUNDING = 1e-9
"""Of a product of two doubles, with room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizontalLink:
    """Two telescopes that look at each other over the ground, on a moonless night."""

    name: str
    """What tables and files call it."""
    length_m: float
    """Distance between them. [m]"""
    transmitter: Transmitter
    """Telescope that sends."""
    source: SettableSource | None = None
    """What the transmitter sends; None for an arm of two links at once, whose protocol has it."""
    receiver: Receiver
    """Telescope that receives."""
    detector: Detector | None = None
    """What stands behind the receiver; None together with ``source``."""
    height_m: float = 0.0
    """Height of the path above sea level, for its air. [m]"""
    atmosphere: LevelAir = field(default_factory=LevelAir)
    """Air along the path."""
    turbulence: LevelTurbulence = field(default_factory=LevelTurbulence)
    """How that air moves."""
    sky: SkyLight = field(default_factory=SkyLight)
    """Stray light: the sky at the horizon, behind the transmitter."""
    post_processing: PostProcessing | None = None
    """How fast clicks become key; None for as fast as they come."""

    def __post_init__(self) -> None:
        require_positive("length_m", self.length_m)
        self._check_optics()
        self._check_gate()

    def _check_optics(self) -> None:
        require_uncorrected(self.transmitter, self.receiver)

    def _check_gate(self) -> None:
        check_gate(self.source, self.detector)

    @property
    def direction(self) -> str:
        """What light goes through."""
        return "horizontal"

    @property
    def in_words(self) -> str:
        """What the link is."""
        wavelength = f"{1e9 * self.transmitter.wavelength_m:g} nm"
        return f"horizontal over {1e-3 * self.length_m:g} km at {wavelength}, on a moonless night"

    @property
    def path(self) -> HorizontalPath:
        """What lies between source and detectors."""
        return HorizontalPath(
            length_m=self.length_m,
            transmitter=self.transmitter,
            receiver=self.receiver,
            height_m=self.height_m,
            air=self.atmosphere,
            turbulence=self.turbulence,
        )

    def budget(self) -> Budget:
        """Losses and scintillation, one sample."""
        return horizontal_budget(self.path)

    def stray_hz(self) -> Mapping[str, FloatArray]:
        """Stray photons before the detectors, by source, one sample. [Hz]"""
        scene = Scene.dark(
            np.array([self.length_m]), np.zeros(1), site_height_m=max(self.height_m, 0.0)
        )
        return stray_rates_hz(
            scene,
            sky=self.sky,
            receiver=self.receiver,
            wavelength_m=self.transmitter.wavelength_m,
            direction="horizontal",
        )

    def best(self) -> HorizontalLink:
        """Return the link with every stated range at its better end."""
        tx = replace(self.transmitter, pointing=self.transmitter.pointing.best())
        air, sky = self.atmosphere.best(), self.sky.best()
        return replace(self, transmitter=tx, atmosphere=air, sky=sky)

    def worst(self) -> HorizontalLink:
        """Return the link with every stated range at its worse end."""
        tx = replace(self.transmitter, pointing=self.transmitter.pointing.worst())
        air, sky = self.atmosphere.worst(), self.sky.worst()
        return replace(self, transmitter=tx, atmosphere=air, sky=sky)


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreLink(Fibre):
    """A fibre that carries nothing but the quantum signal: no stray light from other channels."""

    name: str
    """What tables and files call it."""
    length_m: float
    """Length of the fibre. [m]"""
    wavelength_m: float
    """Vacuum wavelength of the signal, for the record: ``attenuation`` is that at it. [m]"""
    source: SettableSource | None = None
    """What is sent into the fibre; None for an arm of two links at once, whose protocol has it."""
    detector: Detector | None = None
    """What stands at its end; None together with ``source``."""
    receiver_efficiency: float = 1.0
    """Transmittance from the end of the fibre to the detectors."""
    post_processing: PostProcessing | None = None
    """How fast clicks become key; None for as fast as they come."""

    def __post_init__(self) -> None:
        Fibre.__post_init__(self)
        require_positive("length_m", self.length_m)
        require_positive("wavelength_m", self.wavelength_m)
        self._check_efficiency()
        self._check_gate()

    def _check_efficiency(self) -> None:
        require_fraction("receiver_efficiency", self.receiver_efficiency)
        require_positive("receiver_efficiency", self.receiver_efficiency)

    def _check_gate(self) -> None:
        check_gate(self.source, self.detector)

    @property
    def direction(self) -> str:
        """What light goes through."""
        return "fibre"

    @property
    def in_words(self) -> str:
        """What the link is."""
        return f"fibre of {1e-3 * self.length_m:g} km at {1e9 * self.wavelength_m:g} nm"

    def budget(self) -> Budget:
        """Losses, one sample; a fibre does not scintillate."""
        rx_optics = loss_db(self.receiver_efficiency)
        return Budget.of({**self.lines_db(self.length_m), "rx_optics": rx_optics}, 0.0, 1)

    def stray_hz(self) -> Mapping[str, FloatArray]:
        """Return nothing: the fibre is dark."""
        return {}

    def best(self) -> FibreLink:
        """Return itself: nothing is stated as a range."""
        return self

    def worst(self) -> FibreLink:
        """Return itself: nothing is stated as a range."""
        return self


FixedLink = HorizontalLink | FibreLink
"""A terrestrial link."""


def check_gate(source: SettableSource | None, detector: Detector | None) -> None:
    """Raise :class:`NonPhysicalError` for a gate longer than the time between two pulses.

    Also where one of the two is missing, for neither is of use alone.
    """
    if source is None and detector is None:
        return
    if source is None:
        raise NonPhysicalError("source", "is missing, while there is a detector")
    if detector is None:
        raise NonPhysicalError("detector", "is missing, while there is a source")
    pulses = source.pulse_rate_hz * detector.gate_s
    if pulses > 1.0 + _ROUNDING:
        raise NonPhysicalError(
            "detector.gate_s",
            f"holds {pulses:g} pulses of {1e-6 * source.pulse_rate_hz:g} MHz: shorten it to "
            f"{1e9 / source.pulse_rate_hz:g} ns or less, or lower the pulse rate",
        )
