"""How far a source without decoys is best dimmed, and how its bases are best chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.objective import in_pieces, score_of, secure_bits
from satqkd.key.bb84.settings import Optimum, Settings, counts_with
from satqkd.key.statistics.newton import Objective
from satqkd.units import FloatArray, IntArray

LEAST_SHARE: Final = 1e-4
"""Least share of the stated brightness that is tried."""

_BIASES: Final = (0.02, 0.99)
"""Smallest and largest probability of the key basis."""
_FIRST_GRID: Final = (37, 9)
"""Brightnesses, evenly apart in their logarithm, and biases of the first grid."""
_ROUNDS: Final = 8
"""Finer grids around the best one, each half as wide."""
_AROUND: Final = (-1.0, -0.5, 0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dimming:
    """Unknowns between 0 and 1: brightness, and the probability of the key basis."""

    protocol: DecoyBB84
    brightness: float
    g2: float | None
    receiver: float

    @property
    def unknowns(self) -> int:
        return 2

    def settings(self, x: FloatArray) -> Settings:
        share = np.exp((1.0 - np.clip(x[0], 0.0, 1.0)) * math.log(LEAST_SHARE))
        low, high = (math.log(p / (1.0 - p)) for p in _BIASES)
        bias = 1.0 / (1.0 + np.exp(-low - (high - low) * np.clip(x[1], 0.0, 1.0)))
        intensities = self.brightness * share[..., np.newaxis]
        return Settings(
            intensities=intensities, probabilities=np.ones_like(intensities), p_key_basis=bias
        )

    def counts(self, passes: PassClicks, settings: Settings) -> Counts:
        return counts_with(passes, settings, receiver_p_key_basis=self.receiver, g2=self.g2)


def best_dimmed(
    passes: PassClicks,
    *,
    protocol: DecoyBB84,
    brightness: float,
    g2: float | None,
    receiver_p_key_basis: float,
    group: IntArray | None = None,
) -> Optimum:
    r"""Find for each pass, or group of passes, the brightness and basis bias of most key.

    Light that is attenuated at the transmitter's output keeps its :math:`g^{(2)}`: pairs fall with
    the square of the brightness, clicks with the brightness.

    Parameters
    ----------
    passes
        What each brightness would click.
    protocol
        Turns counts into key. A pass is a block.
    brightness
        Mean photon number of the source as it is; it can only be dimmed.
    g2
        Its second-order correlation; None for laser light of one intensity.
    receiver_p_key_basis
        Probability that the receiver analyses in the key basis.
    group
        As in :func:`~satqkd.key.bb84.optimise.optimise`.

    Returns
    -------
    Optimum
        One intensity a group, between ``LEAST_SHARE`` of the brightness and all of it.

    Notes
    -----
    All passes at once: a grid, then smaller and smaller ones around the best point of each.

    References
    ----------
    .. [1] E. Waks, C. Santori and Y. Yamamoto, *Phys. Rev. A* 66, 042315 (2002), sec. IV
       (recalled): attenuation before the channel.
    """
    groups = np.arange(len(passes)) if group is None else group
    search = _Dimming(
        protocol=protocol, brightness=brightness, g2=g2, receiver=receiver_p_key_basis
    )
    x, _ = in_pieces(_narrowed, search, passes, groups)
    settings = search.settings(x)
    return Optimum(settings=settings, secure_bits=secure_bits(search, passes, settings.of(groups)))


def _narrowed(
    search: _Dimming, passes: PassClicks, group: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Best unknowns of each group, shape (unknowns, groups), and what they score."""
    score, groups = score_of(search, passes, group), int(group[-1]) + 1
    lines = [np.linspace(0.0, 1.0, count) for count in _FIRST_GRID]
    grid = np.stack(np.meshgrid(*lines, indexing="ij")).reshape(2, -1, 1)
    x, best = _highest(score, np.broadcast_to(grid, (*grid.shape[:2], groups)))
    steps = np.stack(np.meshgrid(_AROUND, _AROUND, indexing="ij")).reshape(2, -1, 1)
    wide = 1.0 / (np.array(_FIRST_GRID) - 1.0)[:, np.newaxis, np.newaxis]
    for _ in range(_ROUNDS):
        x, best = _highest(score, np.clip(x[:, np.newaxis] + wide * steps, 0.0, 1.0))
        wide = 0.5 * wide
    return x, best


def _highest(score: Objective, tried: FloatArray) -> tuple[FloatArray, FloatArray]:
    found = score(tried)
    index = np.argmax(found, axis=0)[np.newaxis]
    where = np.take_along_axis(tried, index[np.newaxis], axis=1)[:, 0]
    return where, np.take_along_axis(found, index, axis=0)[0]
