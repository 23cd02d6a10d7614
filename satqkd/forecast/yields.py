"""What each contact gives: the values that plans, tables and notebooks read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any, Final

import numpy as np

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.light import Light
from satqkd.forecast.ensemble import Outlook
from satqkd.forecast.light import Losses, sum_of
from satqkd.forecast.obstacles import Shortfall
from satqkd.key.asymptotic.bounds import plob_bound
from satqkd.key.result import KeyResult
from satqkd.key.system import System
from satqkd.units import BoolArray, FloatArray, IntArray, loss_db, share_of, transmittance

_RECEIVING: Final = ("rx_optics", "coupling")
"""Losses of a receiver that a bound of the channel alone leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """Key of every contact as it is distilled; shape (n,)."""

    bits: IntArray
    """Under a clear sky. [bit]"""
    blocks: IntArray
    """Of how many blocks; each risks the epsilon of the protocol."""
    low_bits: IntArray
    """With every stated range at its worst end. [bit]"""
    high_bits: IntArray
    """The same at its best end. [bit]"""
    expected_bits: IntArray | None
    """Mean over weather, air and pointing; None where not computed. [bit]"""

    def take(self, index: IntArray) -> Made:
        """Return some of the contacts."""
        expected = self.expected_bits
        return Made(
            bits=self.bits[index],
            blocks=self.blocks[index],
            low_bits=self.low_bits[index],
            high_bits=self.high_bits[index],
            expected_bits=None if expected is None else expected[index],
        )

    @staticmethod
    def join(parts: Sequence[Made]) -> Made:
        """Put contacts below each other; at least one part is needed."""
        expected = [part.expected_bits for part in parts if part.expected_bits is not None]
        columns = {
            f.name: np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Made)
            if f.name != "expected_bits"
        }
        complete = len(expected) == len(parts)
        return Made(expected_bits=np.concatenate(expected) if complete else None, **columns)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LightMeans:
    """Received light of each contact over its usable time; shape (arms, n)."""

    loss_min_db: FloatArray
    """Smallest loss to the detectors' input; infinite where nothing is usable. [dB]"""
    loss_mean_db: FloatArray
    """Loss of the mean transmittance: of a steady link that lets through as many photons;
    infinite where nothing is usable. [dB]"""
    variance: FloatArray
    """Mean of the normalised variance."""
    stray_hz: FloatArray
    """Mean of the stray photons before the detectors. [Hz]"""
    plob_s: FloatArray
    """Most key over all arms together without a node in the middle, shape (n,): bits per use times
    seconds. [bit s]"""
    plob_channel_s: FloatArray
    """The same with what the receivers' optics and fibres lose counted as theirs. [bit s]"""

    def take(self, index: IntArray) -> LightMeans:
        """Return some of the contacts."""
        return LightMeans(**{f.name: getattr(self, f.name)[..., index] for f in fields(LightMeans)})

    @staticmethod
    def join(parts: Sequence[LightMeans]) -> LightMeans:
        """Put contacts beside each other; at least one part is needed."""
        return LightMeans(
            **{
                f.name: np.concatenate([getattr(part, f.name) for part in parts], axis=-1)
                for f in fields(LightMeans)
            }
        )


def light_means(losses: Sequence[Losses], light: Light) -> LightMeans:
    """Means of the received light of each contact."""
    weight_s, starts, seconds = light.weight_s, light.starts, light.seconds

    def mean(values: FloatArray) -> FloatArray:
        return share_of(per_interval(values * weight_s, starts), seconds)

    def bound(optics_db: FloatArray) -> FloatArray:
        channel = reduce(np.multiply, (arm.transmittance for arm in light.arms))
        bits = plob_bound(np.minimum(channel / transmittance(optics_db), 1.0 - 1e-12))
        return per_interval(bits * weight_s, starts)

    optics_db = sum_of([one.budget.lines_db[line] for one in losses for line in _RECEIVING])
    smallest = np.finfo(np.float64).tiny
    return LightMeans(
        loss_min_db=np.stack(
            [np.minimum.reduceat(one.budget.total_db, starts[:-1]) for one in losses]
        ),
        loss_mean_db=np.stack(
            [loss_db(np.maximum(mean(arm.transmittance), smallest)) for arm in light.arms]
        ),
        variance=np.stack([mean(arm.variance) for arm in light.arms]),
        stray_hz=np.stack([mean(arm.stray_hz) for arm in light.arms]),
        plob_s=bound(np.zeros(1)),
        plob_channel_s=bound(optics_db),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Yields:
    """What each contact gives, and why nothing where nothing; shape (n,)."""

    systems: tuple[System, ...]
    """What makes key."""
    system: IntArray
    """Which of them does, for each contact."""
    usable_s: FloatArray
    """Time that may carry key. [s]"""
    usable_start_s: FloatArray
    """First usable second; the beginning of the contact where none is. [s]"""
    usable_end_s: FloatArray
    """Last usable second; the beginning of the contact where none is. [s]"""
    light: LightMeans
    collected: Any
    """What key is made of, one row a contact: kept to pool contacts into blocks."""
    collected_ends: tuple[Any, Any] | None
    """The same with every stated range at its worst end, and at its best; not applicable, so
    None, where none is stated.
    """
    keys: KeyResult
    """Key of each contact as one block, with the nominal values."""
    keys_low: KeyResult
    """Key with every stated range at its worst end."""
    keys_high: KeyResult
    """Key with every stated range at its best end."""
    ranged: BoolArray
    """Contacts for which a range is stated; low and high mean nothing for the others."""
    distilled: Made | None
    """Key as it is distilled; None where it was not asked for."""
    obstacle: tuple[Shortfall | None, ...]
    """What hides a contact, and why; None where something of it is usable."""
    clear_probability: FloatArray
    """Probability of a clear sky over every station; NaN where no weather is given."""
    outlook: Outlook | None
    """Key over weather and what is not known; None where not computed."""

    def __len__(self) -> int:
        return int(self.usable_s.size)

    @property
    def at_ends(self) -> tuple[Any, Any]:
        """What key is made of with every stated range at its worst end, and at its best."""
        return self.collected_ends or (self.collected, self.collected)

    @property
    def made(self) -> Made:
        """Key as it is distilled.

        Raises
        ------
        ValueError
            If the contacts were followed without.
        """
        if self.distilled is None:
            raise ValueError("these contacts were followed with distil=False")
        return self.distilled

    @property
    def why_zero(self) -> tuple[str | None, ...]:
        """Why a contact gives no key; None where it does."""
        pairs = zip(self.obstacle, self.keys.why_zero, strict=True)
        return tuple(why.sentence if why else zero for why, zero in pairs)

    @property
    def reason(self) -> tuple[str | None, ...]:
        """The same, for people."""
        pairs = zip(self.obstacle, self.keys.why_zero, strict=True)
        return tuple(
            why.sentence if why else None if zero is None else f"no key: {zero}"
            for why, zero in pairs
        )

    def take(self, index: IntArray) -> Yields:
        """Return some of the contacts, in that order."""
        return Yields(
            systems=self.systems,
            system=self.system[index],
            usable_s=self.usable_s[index],
            usable_start_s=self.usable_start_s[index],
            usable_end_s=self.usable_end_s[index],
            light=self.light.take(index),
            collected=self.collected.take(index),
            collected_ends=None
            if self.collected_ends is None
            else (self.collected_ends[0].take(index), self.collected_ends[1].take(index)),
            keys=self.keys.take(index),
            keys_low=self.keys_low.take(index),
            keys_high=self.keys_high.take(index),
            ranged=self.ranged[index],
            distilled=None if self.distilled is None else self.distilled.take(index),
            obstacle=tuple(self.obstacle[row] for row in index.tolist()),
            clear_probability=self.clear_probability[index],
            outlook=None if self.outlook is None else self.outlook.take(index),
        )

    @staticmethod
    def join(parts: Sequence[Yields]) -> Yields:
        """Put contacts below each other; at least one part is needed."""
        systems: list[System] = []
        place: list[IntArray] = []
        for part in parts:
            for system in part.systems:
                if system not in systems:
                    systems.append(system)
            own = np.array([systems.index(system) for system in part.systems], dtype=np.int64)
            place.append(own[part.system])
        drawn = [part.outlook for part in parts if part.outlook is not None]
        made = [part.distilled for part in parts if part.distilled is not None]
        kind = type(parts[0].collected)
        ends = [part.at_ends for part in parts]
        ranged = any(part.collected_ends is not None for part in parts)
        low, high = (kind.join([one[end] for one in ends]) if ranged else None for end in (0, 1))

        def joined(name: str) -> Any:
            return np.concatenate([getattr(part, name) for part in parts])

        return Yields(
            systems=tuple(systems),
            system=np.concatenate(place),
            usable_s=joined("usable_s"),
            usable_start_s=joined("usable_start_s"),
            usable_end_s=joined("usable_end_s"),
            light=LightMeans.join([part.light for part in parts]),
            collected=kind.join([part.collected for part in parts]),
            collected_ends=(low, high) if ranged else None,
            keys=KeyResult.join([part.keys for part in parts]),
            keys_low=KeyResult.join([part.keys_low for part in parts]),
            keys_high=KeyResult.join([part.keys_high for part in parts]),
            ranged=joined("ranged"),
            distilled=Made.join(made) if len(made) == len(parts) else None,
            obstacle=tuple(why for part in parts for why in part.obstacle),
            clear_probability=joined("clear_probability"),
            outlook=Outlook.join(drawn) if len(drawn) == len(parts) else None,
        )
