"""Which way light goes, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypedDict, TypeVar

import numpy.typing as npt

from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.adaptive_optics import AdaptiveOptics
from satqkd.link.turbulence.profile import Turbulence
from satqkd.link.turbulence.scintillation import downlink_variance
from satqkd.link.turbulence.uplink_beam import uplink_spread_db, uplink_variance

Direction = Literal["downlink", "uplink"]
"""Which way light goes between a satellite and a station."""

LinkDirection = Literal["downlink", "uplink", "inter-satellite", "horizontal"]
"""Between what and what light goes through space or air."""

End = TypeVar("End")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blurred:
    """What turbulence does to the light of a link, each broadcast against the scene."""

    spread_db: npt.ArrayLike = 0.0
    """Loss of the beam that it widens. [dB]"""
    variance: npt.ArrayLike = 0.0
    """Variance of the transmittance over its mean squared."""


class Way(Protocol):
    """Where turbulence lies on the way of light."""

    turning: bool
    """Whether turbulence asks how fast the line of sight turns."""

    def at_receiver(self, turbulence: Turbulence | None) -> Turbulence | None:
        """Return the turbulence that spoils the wavefront at the receiver; None for none."""
        ...

    def blurred(
        self, scene: Scene, turbulence: Turbulence, sender: Transmitter, taker: Receiver
    ) -> Blurred:
        """Return what turbulence does along a scene."""
        ...


class StationWay(Way, Protocol):
    """Which of a satellite and a station sends."""

    ground_sends: bool
    """Whether the station has the source."""

    def roles(self, flying: End, standing: End) -> tuple[End, End]:
        """Return of a satellite and a station who sends, and who receives."""
        ...

    def places(self, by_sender: End, by_taker: End) -> tuple[End, End]:
        """Return what belongs to the satellite, and what to the station."""
        ...


class Downlink:
    """From the satellite: turbulence lies at the receiver."""

    turning = False
    ground_sends = False

    def at_receiver(self, turbulence: Turbulence | None) -> Turbulence | None:
        """Return the turbulence."""
        return turbulence

    def blurred(
        self, scene: Scene, turbulence: Turbulence, sender: Transmitter, taker: Receiver
    ) -> Blurred:
        """Return scintillation averaged over the receiver; the beam is not widened."""
        variance = downlink_variance(
            scene,
            turbulence,
            aperture_m=taker.aperture_m,
            obscuration=taker.obscuration,
            wavelength_m=sender.wavelength_m,
        )
        return Blurred(variance=variance)

    def roles(self, flying: End, standing: End) -> tuple[End, End]:
        """Return the satellite, the station."""
        return flying, standing

    def places(self, by_sender: End, by_taker: End) -> tuple[End, End]:
        """Return the sender's, the receiver's."""
        return by_sender, by_taker


class Uplink:
    """To the satellite: turbulence lies at the transmitter, far from the receiver."""

    turning = True
    ground_sends = True

    def at_receiver(self, turbulence: Turbulence | None) -> Turbulence | None:
        """Return None: the wavefront is flat over a receiver so far away."""
        del turbulence
        return None

    def blurred(
        self, scene: Scene, turbulence: Turbulence, sender: Transmitter, taker: Receiver
    ) -> Blurred:
        """Return the beam's spread, and scintillation with its wander."""
        del taker
        sent = _sent_beam(sender)
        return Blurred(
            spread_db=uplink_spread_db(scene, turbulence, **sent),
            variance=uplink_variance(scene, turbulence, **sent),
        )

    def roles(self, flying: End, standing: End) -> tuple[End, End]:
        """Return the station, the satellite."""
        return standing, flying

    def places(self, by_sender: End, by_taker: End) -> tuple[End, End]:
        """Return the receiver's, the sender's."""
        return by_taker, by_sender


class Vacuum:
    """Between satellites: above all air."""

    turning = False

    def at_receiver(self, turbulence: Turbulence | None) -> Turbulence | None:
        """Return None."""
        del turbulence
        return None

    def blurred(
        self, scene: Scene, turbulence: Turbulence, sender: Transmitter, taker: Receiver
    ) -> Blurred:
        """Return nothing."""
        del scene, turbulence, sender, taker
        return Blurred()


STATION_WAYS: Final[Mapping[Direction, StationWay]] = {"downlink": Downlink(), "uplink": Uplink()}
"""Between a satellite and a station."""

WAYS: Final[Mapping[LinkDirection, Way]] = {
    "downlink": Downlink(),
    "uplink": Uplink(),
    "inter-satellite": Vacuum(),
}
"""Of links through space; those along the ground are :mod:`satqkd.link.horizontal`'s."""


class _Sent(TypedDict):
    """What turbulence asks about an uplink's beam."""

    beam_radius_m: float
    divergence_rad: float
    wavelength_m: float
    adaptive_optics: AdaptiveOptics | None


def _sent_beam(tx: Transmitter) -> _Sent:
    return {
        "beam_radius_m": tx.sent_radius_m,
        "divergence_rad": tx.beam.far_field_rad(
            tx_aperture_m=tx.aperture_m, wavelength_m=tx.wavelength_m
        ),
        "wavelength_m": tx.wavelength_m,
        "adaptive_optics": tx.adaptive_optics,
    }
