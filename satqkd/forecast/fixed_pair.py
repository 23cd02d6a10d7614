"""Key of two links that stand still with a node between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.two_arms import TwoArms
from satqkd.forecast.together import fixed_arms
from satqkd.key.asymptotic.bounds import plob_bound
from satqkd.key.result import KeyResult
from satqkd.link.budget import Budget
from satqkd.mission.links import FixedLink
from satqkd.mission.together import TogetherLinks
from satqkd.units import transmittance

_RECEIVING = ("rx_optics", "coupling")
"""Losses of a receiver that a bound of the channel alone leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FixedPair:
    """Both links with their losses, and the key of one block."""

    pair: TogetherLinks
    budgets: tuple[Budget, Budget]
    """One sample each."""
    arms: TwoArms
    """One block of one sample."""
    key: KeyResult
    key_low: KeyResult
    """With every stated range of both links at its worse end."""
    key_high: KeyResult
    """With every stated range of both links at its better end."""

    @property
    def uses(self) -> float:
        """Pulse pairs, or photon pairs, sent in the block."""
        return self.pair.protocol.uses_hz * self.pair.duration_s

    @property
    def bits_per_use(self) -> float:
        """Secret bits over these. [bit]"""
        return float(self.key.secure_bits[0]) / self.uses

    @property
    def key_rate_hz(self) -> float:
        """Secret bits per second. [Hz]"""
        return float(self.key.secure_bits[0]) / self.pair.duration_s

    @property
    def loss_db(self) -> tuple[float, float]:
        """Of either link, up to the detectors' input. [dB]"""
        first, second = (float(budget.total_db[0]) for budget in self.budgets)
        return first, second

    @property
    def plob_bits_per_use(self) -> float:
        """Most that any protocol without a node gives over both losses together. [bit]"""
        return _plob(sum(self.loss_db))

    @property
    def plob_channel_bits_per_use(self) -> float:
        """The same with what the receivers' optics and fibres lose counted as theirs. [bit]"""
        receiving = sum(
            float(np.ravel(budget.lines_db[name])[0])
            for budget in self.budgets
            for name in _RECEIVING
        )
        return _plob(sum(self.loss_db) - receiving)


def _plob(loss_db: float) -> float:
    return float(plob_bound(min(float(transmittance(loss_db)), 1.0 - 1e-12)))


def follow_pair(pair: TogetherLinks) -> FixedPair:
    """Follow two links that stand still to the key of a block.

    Parameters
    ----------
    pair
        The links, the protocol and the length of the block.
    """
    arms = _arms(pair, pair.links)
    key = pair.protocol.key(arms)
    low, high = (
        key if ends == pair.links else pair.protocol.key(_arms(pair, ends))
        for ends in (
            tuple(link.worst() for link in pair.links),
            tuple(link.best() for link in pair.links),
        )
    )
    first, second = (link.budget() for link in pair.links)
    return FixedPair(
        pair=pair, budgets=(first, second), arms=arms, key=key, key_low=low, key_high=high
    )


def _arms(pair: TogetherLinks, links: Sequence[FixedLink]) -> TwoArms:
    first, second = links
    return fixed_arms(first, second, protocol=pair.protocol, duration_s=pair.duration_s)
