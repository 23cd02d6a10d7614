"""The loss budget: each reason for losing light keeps its own line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.link.air.atmosphere import Air
from satqkd.link.beam.beam_lines import beam_lines_db
from satqkd.link.beam.pointing_fading import pointing_spread
from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.profile import Turbulence
from satqkd.link.way import WAYS, Blurred, LinkDirection, Way
from satqkd.units import FloatArray, IntArray, loss_db


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Everything between the transmitter's exit and the detectors' input, for one pair of ends."""

    transmitter: Transmitter
    receiver: Receiver
    atmosphere: Air | None
    """None between satellites."""
    direction: LinkDirection = "downlink"
    turbulence: Turbulence | None = None
    """None for calm air."""

    @property
    def way(self) -> Way:
        """What follows from the direction."""
        return WAYS[self.direction]

    @property
    def turning(self) -> bool:
        """Whether a term depends on how fast the line of sight turns."""
        coupling = self.receiver.coupling
        corrected = coupling is not None and coupling.corrected
        tracking = self.transmitter.tracking
        searching = tracking.acquisition_field_rad is not None
        return self.way.turning or corrected or searching or not tracking.perfect

    def sees_as(self, other: Link) -> bool:
        """Whether the receiver has the same stray light, under the same sky."""
        return (self.direction, self.receiver, self.transmitter.wavelength_m) == (
            other.direction,
            other.receiver,
            other.transmitter.wavelength_m,
        )

    def air_ends(self) -> tuple[Link, Link]:
        """Return the link through the haziest and the clearest air of what is stated."""
        air = self.atmosphere
        if air is None:
            return self, self
        return replace(self, atmosphere=air.worst()), replace(self, atmosphere=air.best())

    def pointing_ends(self) -> tuple[Link, Link]:
        """Return the link with the worst and the best pointing of what is stated."""
        tx = self.transmitter
        worst, best = (
            replace(tx, pointing=end) for end in (tx.pointing.worst(), tx.pointing.best())
        )
        return replace(self, transmitter=worst), replace(self, transmitter=best)

    def best(self) -> Link:
        """Return the link with every stated range at its least lossy end."""
        return replace(self.pointing_ends()[1], atmosphere=self.air_ends()[1].atmosphere)

    def worst(self) -> Link:
        """Return the link with every stated range at its most lossy end."""
        return replace(self.pointing_ends()[0], atmosphere=self.air_ends()[0].atmosphere)


LINES: Final = {
    "tx_optics": "transmitter optics",
    "truncation": "clipped by the sender",
    "wavefront": "wavefront errors",
    "divergence": "beam divergence",
    "obscuration": "receiver's secondary",
    "pointing": "pointing",
    "tracking": "tracking",
    "beam_spread": "turbulent beam spread",
    "atmosphere": "clear air",
    "molecules": "molecules and ozone",
    "aerosol": "aerosol",
    "cloud": "thin cloud",
    "rx_optics": "receiver optics",
    "coupling": "coupling into fibre",
    "fibre": "fibre",
    "splices": "splices and connectors",
}
"""The budget's lines in the order light meets them, and what they are in words."""


_ROUNDING: Final = 1e-12
"""A smaller variance is what subtraction left of none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Budget:
    """Loss lines in the order light meets them, each a series, and the normalised variance."""

    lines_db: Mapping[str, FloatArray]
    """One a name in :data:`LINES`; a line that does not change may be one number as a broadcast
    view. [dB]"""
    total_db: FloatArray
    """Their sum: the loss of the mean transmittance. [dB]"""
    variance: FloatArray
    """Variance of the transmittance over its mean squared: scintillation and pointing."""
    pointing_spread: FloatArray
    r"""Inverse of the exponent :math:`\gamma^2 = \theta_h^2 / 4\sigma^2` of the power law that a
    jittering beam follows; 0 where nothing jitters."""

    @property
    def pointing_exponent(self) -> FloatArray:
        r"""The exponent :math:`\gamma^2` itself, infinite where nothing jitters."""
        none = np.full(self.pointing_spread.shape, np.inf)
        jitters = self.pointing_spread > 0.0
        return np.asarray(np.divide(1.0, self.pointing_spread, out=none, where=jitters))

    @property
    def scintillation_variance(self) -> FloatArray:
        r"""What is left of the variance without that power law's: :math:`s^2 / (1 + 2s)`.

        Scintillation, and the wander of an uplink. With a bias also the cross term of bias and
        jitter, which is normal in the logarithm as scintillation is.

        Derived here: :math:`1 + v` over that of the power law of pointing (Farid and Hranilovic
        2007).
        """
        s = self.pointing_spread
        rest = (1.0 + self.variance) * (1.0 + 2.0 * s) / (1.0 + s) ** 2 - 1.0
        return np.asarray(np.where(rest > _ROUNDING, rest, 0.0))

    def take(self, samples: IntArray) -> Budget:
        """Return some samples, in the order of ``samples``."""
        return Budget(
            lines_db={name: line[samples] for name, line in self.lines_db.items()},
            total_db=self.total_db[samples],
            variance=self.variance[samples],
            pointing_spread=self.pointing_spread[samples],
        )

    @staticmethod
    def of(
        lines_db: Mapping[str, npt.ArrayLike],
        variance: npt.ArrayLike,
        size: int,
        *,
        pointing_spread: npt.ArrayLike = 0.0,
    ) -> Budget:
        """Give all of them their common shape, and add the lines up; absent ones are 0."""
        absent_db = np.broadcast_to(0.0, (size,))
        lines = {
            name: _of_size(lines_db[name], size) if name in lines_db else absent_db
            for name in LINES
        }
        return Budget(
            lines_db=lines,
            total_db=reduce(np.add, lines.values()),
            variance=_of_size(variance, size),
            pointing_spread=_of_size(pointing_spread, size),
        )


def _of_size(values: npt.ArrayLike, size: int) -> FloatArray:
    """Return a series, of one number as a view."""
    series = np.asarray(values, dtype=np.float64)
    return series if series.shape == (size,) else np.broadcast_to(series, (size,))


def budget(scene: Scene, link: Link) -> Budget:
    """Losses along a series, from the source's reference plane to the detectors' input.

    Derived here: independent factors multiply, so that decibels add and :math:`1 + v` of their
    variances multiply. Each term has its source where it is worked out.

    Parameters
    ----------
    scene
        Where the ends are.
    link
        The two ends and the air.

    Returns
    -------
    Budget
        One line for each name in :data:`LINES`, each of the shape of the scene's series.
    """
    tx, rx = link.transmitter, link.receiver
    half_angle_rad, tracking_rad = _beam_on_target(scene, link)
    air = link.atmosphere
    lines: dict[str, npt.ArrayLike] = {
        "tx_optics": loss_db(tx.efficiency),
        **beam_lines_db(
            scene.range_m,
            beam=tx.beam,
            pointing=tx.pointing,
            tx_aperture_m=tx.aperture_m,
            wavelength_m=tx.wavelength_m,
            rx_aperture_m=rx.aperture_m,
            obscuration=rx.obscuration,
            extra_bias_rad=tracking_rad,
        ),
        **(air.extinction_db(scene, wavelength_m=tx.wavelength_m) if air is not None else {}),
        "rx_optics": loss_db(rx.efficiency),
    }
    if rx.coupling is not None:
        lines["coupling"] = rx.coupling.coupling_loss_db(
            scene,
            turbulence=link.way.at_receiver(link.turbulence),
            aperture_m=rx.aperture_m,
            obscuration=rx.obscuration,
            wavelength_m=tx.wavelength_m,
        )
    blurred = Blurred()
    if link.turbulence is not None:
        blurred = link.way.blurred(scene, link.turbulence, tx, rx)
    lines["beam_spread"] = blurred.spread_db
    mispointed = tx.pointing.variance(half_angle_rad, extra_bias_rad=tracking_rad)
    return Budget.of(
        lines,
        (1.0 + np.asarray(blurred.variance)) * (1.0 + mispointed) - 1.0,
        len(scene),
        pointing_spread=pointing_spread(half_angle_rad, jitter_rad=tx.pointing.error_rad[1]),
    )


def _beam_on_target(scene: Scene, link: Link) -> tuple[FloatArray, FloatArray]:
    """Angle within which the light falls to 1/e², and the bias that tracking adds. [rad]"""
    tx, rx = link.transmitter, link.receiver
    half_angle_rad = tx.beam.fade_half_angle_rad(
        scene.range_m,
        tx_aperture_m=tx.aperture_m,
        wavelength_m=tx.wavelength_m,
        rx_aperture_m=rx.aperture_m,
        obscuration=rx.obscuration,
    )
    if tx.tracking.perfect:
        return half_angle_rad, np.zeros(1)
    return half_angle_rad, tx.tracking.extra_bias_rad(
        scene, half_angle_rad=half_angle_rad, jitter_rad=tx.pointing.error_rad[1]
    )
