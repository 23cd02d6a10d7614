"""What every description of the air gives, and the shortest one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol, Self

from satqkd.errors import (
    require_fraction,
    require_not_negative,
    require_positive,
    require_range,
)
from satqkd.link.air.airmass import kasten_young
from satqkd.link.air.cloud import cloud_loss_db
from satqkd.link.scene import Scene
from satqkd.link.stated import Stated
from satqkd.units import FloatArray, loss_db

airmass = kasten_young
"""Airmass that a stated zenith transmittance is carried along a path with."""


class Air(Protocol):
    """How much light the air takes."""

    def extinction_db(self, scene: Scene, *, wavelength_m: float) -> Mapping[str, FloatArray]:
        """Losses along the path, none negative, each shaped like the scene. [dB]

        Keys are those that apply of ``atmosphere`` (all of the air in one), ``molecules``,
        ``aerosol`` and ``cloud``; the others are 0.
        """
        ...

    def constants(self) -> Mapping[str, Stated]:
        """Return what it states that flown passes may know better, by name."""
        ...

    def with_constant(self, name: str, stated: Stated) -> Self:
        """Return the air with another value of one of :meth:`constants`."""
        ...

    def best(self) -> Self:
        """Return the clearest case of what is known."""
        ...

    def worst(self) -> Self:
        """Return the haziest case of what is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Atmosphere:
    """Clear air described by how much light it lets through from the zenith.

    The geometric elevation gives the airmass, as is usual where such a number is published: 0.8 %
    more air at 10° than along the refracted path.
    """

    zenith_transmittance: float
    """Transmittance straight up, at the signal's wavelength."""
    zenith_transmittance_range: tuple[float, float] | None = None
    """Smallest and largest possible zenith transmittance; None where not given."""
    cloud_optical_depth: float = 0.0
    """Optical depth of thin cloud at the zenith, besides."""

    def __post_init__(self) -> None:
        self._check_zenith()
        self._check_range()
        self._check_cloud()

    def _check_zenith(self) -> None:
        require_fraction("zenith_transmittance", self.zenith_transmittance)
        require_positive("zenith_transmittance", self.zenith_transmittance)

    def _check_range(self) -> None:
        require_range(
            "zenith_transmittance_range",
            self.zenith_transmittance_range,
            self.zenith_transmittance,
        )
        if self.zenith_transmittance_range is not None:
            require_positive("zenith_transmittance_range", self.zenith_transmittance_range[0])
            require_fraction("zenith_transmittance_range", self.zenith_transmittance_range[1])

    def _check_cloud(self) -> None:
        require_not_negative("cloud_optical_depth", self.cloud_optical_depth)

    def extinction_db(self, scene: Scene, *, wavelength_m: float) -> Mapping[str, FloatArray]:
        """Losses along the path: lines ``atmosphere`` and ``cloud``, at every wavelength. [dB]

        The law of Bouguer and Lambert, that decibels grow with the airmass; airmass of Kasten and
        Young 1989.
        """
        del wavelength_m
        mass = kasten_young(scene.elevation_deg)
        return {
            "atmosphere": mass * loss_db(self.zenith_transmittance),
            "cloud": cloud_loss_db(mass, optical_depth=self.cloud_optical_depth),
        }

    def constants(self) -> Mapping[str, Stated]:
        """Return the zenith transmittance."""
        limits = self.zenith_transmittance_range
        return {"zenith_transmittance": Stated(self.zenith_transmittance, limits)}

    def with_constant(self, name: str, stated: Stated) -> Atmosphere:
        """Return the air with another zenith transmittance."""
        del name
        return replace(
            self,
            zenith_transmittance=stated.value,
            zenith_transmittance_range=stated.limits,
        )

    def best(self) -> Atmosphere:
        """Return the clearest air of the range."""
        limits = self.zenith_transmittance_range
        return replace(self, zenith_transmittance=limits[1]) if limits else self

    def worst(self) -> Atmosphere:
        """Return the haziest air of the range."""
        limits = self.zenith_transmittance_range
        return replace(self, zenith_transmittance=limits[0]) if limits else self
