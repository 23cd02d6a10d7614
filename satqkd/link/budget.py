"""The loss budget: each reason for losing light keeps its own line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from satqkd.link.atmosphere import Atmosphere
from satqkd.link.pointing import Pointing
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Budget:
    """Loss lines in the order light meets them, each a series. [dB]"""

    lines_db: Mapping[str, FloatArray]

    @property
    def total_db(self) -> FloatArray:
        """Sum of the lines. [dB]"""
        return np.asarray(np.sum(list(self.lines_db.values()), axis=0), dtype=np.float64)


LINES = ("tx_optics", "divergence", "pointing", "atmosphere", "rx_optics")
"""Names of the budget's lines, in the order light meets them."""


def budget(range_m: FloatArray, elevation_deg: FloatArray, link: Link) -> Budget:
    """Losses along a series, from the source's reference plane to the detectors' input.

    Parameters
    ----------
    range_m
        Slant range. [m]
    elevation_deg
        Geometric elevation at the station, same shape. [°]
    link
        The two ends and the air.

    Returns
    -------
    Budget
        One line for each name in :data:`LINES`, each shaped like ``range_m``.
    """
    tx, rx = link.transmitter, link.receiver
    obscured = 1.0 - rx.obscuration**2
    lines: dict[str, npt.ArrayLike] = {
        "tx_optics": loss_db(tx.efficiency),
        "divergence": tx.beam.divergence_loss_db(
            range_m, tx_aperture_m=tx.aperture_m, rx_aperture_m=rx.aperture_m
        ),
        "pointing": tx.pointing.pointing_loss_db(tx.beam),
        "atmosphere": link.atmosphere.atmosphere_loss_db(elevation_deg),
        "rx_optics": loss_db(rx.efficiency * obscured),
    }
    return Budget(
        lines_db={name: np.broadcast_to(np.asarray(lines[name]), range_m.shape) for name in LINES}
    )
