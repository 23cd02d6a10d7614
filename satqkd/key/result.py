"""What a key estimator is, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, Protocol

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.clicks.source import SettableSource
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.bb84.settings import Settings
from satqkd.key.best_settings import Setting, SettingSpace
from satqkd.key.node.middle import Middle
from satqkd.key.post_processing.authentication import Authentication
from satqkd.key.post_processing.error_correction import ErrorCorrection
from satqkd.key.sent import Sent
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.units import FloatArray, IntArray

MOST_BITS: Final = 9.2e18
"""Longest key stated: what fits into 63 bits. [bit]"""


def whole_bits(bits: FloatArray) -> IntArray:
    """Round key lengths down to whole bits, none negative; more than :data:`MOST_BITS` is cut."""
    return np.clip(np.floor(bits), 0.0, MOST_BITS).astype(np.int64)


_OF_PEOPLE: Final = frozenset({"why_zero", "choice", "method"})
"""Fields of a result that are no arrays."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyResult:
    """The secret key of each block: arrays of shape (blocks,)."""

    secure_bits: IntArray
    """Secret bits; 0 where none can be made. [bit]"""
    why_zero: tuple[str | None, ...]
    """For each block without a key, the reason; None where there is one."""
    sifted_bits: FloatArray
    """Clicks of all intensities that enter the key. [bit]"""
    qber: FloatArray
    """Error fraction of the sifted bits, background included."""
    phase_error: FloatArray
    """Upper bound on the single-photon phase error fraction, at most 0.5."""
    vacuum_bits: FloatArray
    """Lower bound on sifted bits from empty pulses. [bit]"""
    single_photon_bits: FloatArray
    """Lower bound on sifted bits from single photons. [bit]"""
    leak_ec_bits: FloatArray
    """Bits announced by error correction. [bit]"""
    choice: tuple[int, ...] = ()
    """For each block, which of several protocols makes it; empty where there is only one."""
    method: str = ""
    """Which bounds were used, for people."""

    def __len__(self) -> int:
        return int(self.secure_bits.size)

    @staticmethod
    def join(parts: Sequence[KeyResult]) -> KeyResult:
        """Put the blocks of several results below each other."""
        real: dict[str, Any] = {
            f.name: np.concatenate([np.zeros(0), *(getattr(part, f.name) for part in parts)])
            for f in fields(KeyResult)
            if f.name not in {"secure_bits", *_OF_PEOPLE}
        }
        return KeyResult(
            secure_bits=np.concatenate(
                [np.zeros(0, dtype=np.int64), *(part.secure_bits for part in parts)]
            ),
            why_zero=tuple(why for part in parts for why in part.why_zero),
            choice=tuple(which for part in parts for which in part.choice),
            method="; ".join(dict.fromkeys(part.method for part in parts)),
            **real,
        )

    def take(self, index: IntArray) -> KeyResult:
        """Return the blocks at ``index``, in that order."""
        columns: dict[str, Any] = {
            f.name: getattr(self, f.name)[index]
            for f in fields(KeyResult)
            if f.name not in _OF_PEOPLE
        }
        return KeyResult(
            why_zero=tuple(self.why_zero[block] for block in index.tolist()),
            choice=tuple(self.choice[block] for block in index.tolist()) if self.choice else (),
            method=self.method,
            **columns,
        )


class KeyEstimator(Protocol):
    """Anything that turns counts into key; its fields are its parameters."""

    most_intensities: ClassVar[int]
    """How many the source may send."""

    def key(self, counts: Counts) -> KeyResult:
        """Return the key of every block of ``counts``."""
        ...

    def secure_bits(self, counts: Counts) -> IntArray:
        """Return ``key(counts).secure_bits``, sooner."""
        ...

    def choices(self) -> tuple[OneProtocol, ...]:
        """Return the protocols that a block is made with one of; itself where there is one."""
        ...

    def epsilon_budget(self, intensities: int) -> EpsilonBudget:
        """Return what a block of so many intensities risks, term by term."""
        ...

    def best_settings(
        self,
        clicks: PassClicks,
        *,
        source: SettableSource,
        receiver_p_key_basis: float,
        group: IntArray,
    ) -> Settings:
        """Return the settings that leave most key, one a group of passes.

        Parameters
        ----------
        clicks
            What any intensity would click in each pass.
        source
            As stated.
        receiver_p_key_basis
            Probability that the receiver analyses in the key basis.
        group
            For each pass the number of its group, rising from 0.
        """
        ...


class OneProtocol(KeyEstimator, Protocol):
    """A way to make key that is chosen before the block is flown."""

    @property
    def authentication(self) -> Authentication:
        """Tags that a block pays for."""
        ...

    @property
    def both_bases(self) -> bool:
        """Whether both bases make key, each tested by the other's errors."""
        ...

    def correcting(self, by: ErrorCorrection) -> OneProtocol:
        """Return the same protocol with other error correction."""
        ...


class TwoArmEstimator(Protocol):
    """Anything that turns two links at once into key; its fields are its parameters."""

    middle: ClassVar[Middle]
    """Whether the node in the middle receives or sends."""

    @property
    def uses_hz(self) -> float:
        """Pulse pairs, or photon pairs, per second: what a rate per use counts. [Hz]"""
        ...

    @property
    def stray_share(self) -> float:
        """Clicks of one detector per stray photon that arrives at the detectors."""
        ...

    @property
    def epsilon_budget(self) -> EpsilonBudget | None:
        """What a block risks; None where not applicable, in the asymptotic limit."""
        ...

    @property
    def sent(self) -> Sent:
        """What is sent, for people."""
        ...

    @property
    def settings(self) -> Setting:
        """Values of what can be set, in the order of ``space``."""
        ...

    @property
    def space(self) -> SettingSpace:
        """What can be set without other hardware, and where a search begins."""
        ...

    def set_to(self, values: Setting) -> TwoArmEstimator | None:
        """Return the protocol with other settings; None where they are not allowed."""
        ...

    def bits_with(self, settings: Sequence[Setting], arms: TwoArms) -> Sequence[IntArray | None]:
        """Return what :meth:`set_to` and ``secure_bits(arms)`` give of each of some settings."""
        ...

    def announced_clicks(self, arms: TwoArms) -> FloatArray:
        """Clicks of each block that a node in the middle announces; 0 where it sends."""
        ...

    def key(self, arms: TwoArms) -> KeyResult:
        """Return the key of every block of ``arms``."""
        ...

    def secure_bits(self, arms: TwoArms) -> IntArray:
        """Return ``key(arms).secure_bits``."""
        ...
