"""The loss budget: each reason for losing light keeps its own line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from satqkd.link.atmosphere import Atmosphere
from satqkd.link.pointing import Pointing
from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.units import FloatArray, loss_db

Direction = Literal["downlink", "uplink"]
"""Which way light goes between a satellite and a station."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Everything between the sender's exit and the detectors' input, for one pair of ends."""

    transmitter: Transmitter
    receiver: Receiver
    atmosphere: Atmosphere
    direction: Direction = "downlink"

    def best(self) -> Link:
        """Return the link with every stated range at its least lossy end."""
        return self._with_ends(self.transmitter.pointing.best(), self.atmosphere.best())

    def worst(self) -> Link:
        """Return the link with every stated range at its most lossy end."""
        return self._with_ends(self.transmitter.pointing.worst(), self.atmosphere.worst())

    def _with_ends(self, pointing: Pointing, atmosphere: Atmosphere) -> Link:
        return replace(
            self, transmitter=replace(self.transmitter, pointing=pointing), atmosphere=atmosphere
        )


LINES: Final = {
    "tx_optics": "transmitter optics",
    "divergence": "beam wider than the receiver",
    "pointing": "pointing",
    "atmosphere": "clear air",
    "rx_optics": "receiver optics",
}
"""The budget's lines in the order light meets them, and what they are in words."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Budget:
    """Loss lines in the order light meets them, each a series, and how the light flickers."""

    lines_db: Mapping[str, FloatArray]
    """One a name in :data:`LINES`; a line that does not change may be one number in disguise (a
    broadcast view). [dB]"""
    total_db: FloatArray
    """Their sum: the loss of the mean transmittance. [dB]"""
    variance: FloatArray
    """Variance of the transmittance over its mean squared: scintillation and pointing."""

    @staticmethod
    def of(lines_db: Mapping[str, npt.ArrayLike], variance: npt.ArrayLike, size: int) -> Budget:
        """Give lines and variance their common shape, and add the lines up; absent ones are 0."""
        lines = {
            name: np.broadcast_to(np.asarray(lines_db.get(name, 0.0), dtype=np.float64), (size,))
            for name in LINES
        }
        return Budget(
            lines_db=lines,
            total_db=reduce(np.add, lines.values()),
            variance=np.broadcast_to(np.asarray(variance, dtype=np.float64), (size,)),
        )


def budget(scene: Scene, link: Link) -> Budget:
    """Losses along a series, from the source's reference plane to the detectors' input.

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
    obscured = 1.0 - rx.obscuration**2
    lines: dict[str, npt.ArrayLike] = {
        "tx_optics": loss_db(tx.efficiency),
        "divergence": tx.beam.divergence_loss_db(
            scene.range_m, tx_aperture_m=tx.aperture_m, rx_aperture_m=rx.aperture_m
        ),
        "pointing": tx.pointing.pointing_loss_db(tx.beam),
        "atmosphere": link.atmosphere.atmosphere_loss_db(scene.elevation_deg),
        "rx_optics": loss_db(rx.efficiency * obscured),
    }
    return Budget.of(lines, 0.0, len(scene))
