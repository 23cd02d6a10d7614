"""Several ways to make key of the same light: the best of them for each block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.clicks.source import SettableSource
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.settings import Settings, counts_with
from satqkd.key.result import KeyEstimator, KeyResult, OneProtocol
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOf:
    """The protocol that gives a block most key, among some.

    Each block is planned with one of them, chosen from expected counts before it flies, so that
    their failure probabilities do not add.
    """

    most_intensities: ClassVar[int] = 3
    of: tuple[KeyEstimator, ...]
    """Two protocols or more; of equal keys the first counts."""

    def __post_init__(self) -> None:
        if len(self.of) < 2:
            raise NonPhysicalError("of", f"must name two protocols or more, got {len(self.of)}")

    def key(self, counts: Counts) -> KeyResult:
        """Return the key of every block, each made the way that gives most."""
        answers = [protocol.key(counts) for protocol in self.of]
        best = np.argmax([answer.secure_bits for answer in answers], axis=0)
        blocks = np.arange(best.size)

        def chosen(name: str) -> Any:
            return np.stack([getattr(answer, name) for answer in answers])[best, blocks]

        return KeyResult(
            secure_bits=chosen("secure_bits"),
            why_zero=tuple(
                answers[which].why_zero[block] for block, which in enumerate(best.tolist())
            ),
            sifted_bits=chosen("sifted_bits"),
            qber=chosen("qber"),
            phase_error=chosen("phase_error"),
            vacuum_bits=chosen("vacuum_bits"),
            single_photon_bits=chosen("single_photon_bits"),
            leak_ec_bits=chosen("leak_ec_bits"),
            choice=tuple(best.tolist()),
            method="best of: " + " | ".join(answer.method for answer in answers),
        )

    def secure_bits(self, counts: Counts) -> IntArray:
        """Return the length of every block's key."""
        every = [protocol.secure_bits(counts) for protocol in self.of]
        return np.asarray(np.max(every, axis=0), dtype=np.int64)

    def choices(self) -> tuple[OneProtocol, ...]:
        """Return the protocols, one of which makes the key of a block."""
        return tuple(one for protocol in self.of for one in protocol.choices())

    def epsilon_budget(self, intensities: int) -> EpsilonBudget:
        """Return the largest of what its protocols risk: a block is made by one of them."""
        budgets = [protocol.epsilon_budget(intensities) for protocol in self.of]
        return max(budgets, key=lambda budget: budget.block)

    def best_settings(
        self,
        clicks: PassClicks,
        *,
        source: SettableSource,
        receiver_p_key_basis: float,
        group: IntArray,
    ) -> Settings:
        """Return for each group the best settings of the protocol that leaves it most key."""
        found = [
            protocol.best_settings(
                clicks, source=source, receiver_p_key_basis=receiver_p_key_basis, group=group
            )
            for protocol in self.of
        ]
        keys = []
        for settings in found:
            counts = counts_with(
                clicks,
                settings.of(group),
                receiver_p_key_basis=receiver_p_key_basis,
                g2=source.g2,
            )
            keys.append(np.bincount(group, weights=self.secure_bits(counts)))
        best = np.argmax(keys, axis=0)
        groups = np.arange(best.size)

        def chosen(name: str) -> Any:
            return np.stack([getattr(settings, name) for settings in found])[best, groups]

        return Settings(
            intensities=chosen("intensities"),
            probabilities=chosen("probabilities"),
            p_key_basis=chosen("p_key_basis"),
        )
