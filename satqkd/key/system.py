"""The door of this room: a payload with its protocol turns light into key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeVar

import numpy as np

from satqkd.clicks.count import Rates, click_rates, integrate_counts, sifted
from satqkd.clicks.counts import Counts, mixed_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.light import Light
from satqkd.clicks.pass_clicks import PassClicks, pass_clicks
from satqkd.clicks.source import SettableSource
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.dividing import Blocks
from satqkd.key.node.best_protocols import best_protocols
from satqkd.key.node.key_over_light import keys_over_light, merged
from satqkd.key.result import KeyEstimator, KeyResult, TwoArmEstimator
from satqkd.key.sent import Sent
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.units import BoolArray, FloatArray, IntArray

Settable = TypeVar("Settable")

BLOCKS_AT_ONCE: Final = 1 << 15
"""Keys worked out together."""
NODES_AT_ONCE: Final = 1 << 13
"""Nodes of blocks added up together, so that what lies between stays in the cache."""
SEARCHED_S: Final = 15.0
"""Numerical: samples of a contact within so long count as one while settings are sought. [s]"""


class System(Protocol):
    """What makes key of light: over one arm, or over two with a node between them.

    What is *collected* of light can be kept, joined and pooled: counts of one arm; of two, the
    light itself. One row, or interval, a contact.
    """

    def collect(self, light: Light) -> Any:
        """Return what key is made of, one row an interval."""
        ...

    def pooled(self, collected: Any, members: Sequence[IntArray]) -> Any:
        """Add rows up: one row for each of ``members``."""
        ...

    def key_of(self, collected: Any) -> KeyResult:
        """Return the key of every row."""
        ...

    def bits_of(self, collected: Any) -> IntArray:
        """Return ``key_of(collected).secure_bits``, sooner. [bit]"""
        ...

    @property
    def dear(self) -> bool:
        """Whether the key of pooled contacts takes more than a look at their counts."""
        ...

    def key(self, light: Light) -> KeyResult:
        """Return the key of every interval, each a block of its own."""
        ...

    def secure_bits(self, light: Light) -> IntArray:
        """Return ``key(light).secure_bits``, sooner. [bit]"""
        ...

    def key_over_light(self, light: Light, factors: FloatArray, wanted: BoolArray) -> FloatArray:
        """Return the key with more light or less. [bit]

        Parameters
        ----------
        light
            As expected.
        factors
            Light over that, shape (arms, realisations, intervals).
        wanted
            Of which the key is wanted, shape (realisations, intervals); that of others may be 0.

        Returns
        -------
        FloatArray
            Whole bits, shape (realisations, intervals).
        """
        ...

    def divided_bits(self, light: Light, amounts: FloatArray, blocks: Blocks) -> IntArray:
        """Return the key of every block when contacts are divided into blocks. [bit]

        Parameters
        ----------
        light
            As expected, one interval a contact.
        amounts
            Light over that expected in each division.
        blocks
            Its blocks.
        """
        ...

    def sifting_rate_hz(self, light: Light) -> FloatArray:
        """Clicks a second that a block fills with, along the samples. [Hz]"""
        ...

    def message_bits(self, light: Light, keys: KeyResult) -> tuple[FloatArray, FloatArray]:
        """Bits announced for every interval: by whoever measured, and in answer. [bit]"""
        ...

    def series(self, light: Light) -> Mapping[str, FloatArray]:
        """Return what has a value a sample, for tables, by column name."""
        ...

    def detector_stray_hz(self, light: Light) -> FloatArray:
        """Stray clicks of one detector along the samples; of the first end where both have. [Hz]"""
        ...

    def epsilon_budget(self) -> EpsilonBudget | None:
        """Return what one block risks; None where not applicable: in the asymptotic limit."""
        ...

    @property
    def receiver_p_key_basis(self) -> float:
        """Probability that the receiver analyses in the key basis."""
        ...

    def settable(self) -> Any:
        """Return what has the settings: a source, or a protocol with a node in the middle."""
        ...

    @property
    def sent(self) -> Sent:
        """What is sent with the settings as they are."""
        ...

    def sending(self, settable: Any) -> System:
        """Return the same system with other settings."""
        ...

    def bits_sending(self, settables: Sequence[Any], light: Light) -> IntArray:
        """Return the key of every interval when each has settings of its own. [bit]"""
        ...

    def searched(self, light: Light) -> Any:
        """Return what the search for settings sees of light, one row an interval."""
        ...

    def best(self, searched: Any, group: IntArray, *, presets: Sequence[Any]) -> list[Any]:
        """Return what leaves most key, for each contact.

        Parameters
        ----------
        searched
            What the search sees of the contacts' light.
        group
            For each contact the number of the group that shares its setting, rising from 0.
        presets
            What each sends as stated.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSystem:
    """A source of prepared states and the detectors at the other end: BB84 and its kin."""

    source: SettableSource
    detector: Detector
    protocol: KeyEstimator

    def rates(self, light: Light) -> Rates:
        """Clicks and errors along the samples."""
        (arm,) = light.arms
        return click_rates(
            arm.transmittance,
            background_rate_hz=self.stray_clicks_hz(arm.stray_hz),
            source=self.source,
            detector=self.detector,
            variance=arm.variance,
        )

    def stray_clicks_hz(self, stray_hz: FloatArray) -> FloatArray:
        """Clicks a detector makes of stray photons over all detectors. [Hz]"""
        return stray_hz * (self.detector.efficiency / self.detector.detectors)

    def detector_stray_hz(self, light: Light) -> FloatArray:
        """Stray clicks of one detector along the samples. [Hz]"""
        (arm,) = light.arms
        return self.stray_clicks_hz(arm.stray_hz)

    def collect(self, light: Light) -> Counts:
        """Return the counts of every interval."""
        return self.counts(self.rates(light), light)

    def counts(self, rates: Rates, light: Light) -> Counts:
        """Return the counts of every interval for rates worked out before."""
        return integrate_counts(
            rates,
            weight_s=light.weight_s,
            starts=light.starts,
            source=self.source,
            detector=self.detector,
        )

    def pooled(self, collected: Counts, members: Sequence[IntArray]) -> Counts:
        """Add counts with the same intensities up."""
        order = np.concatenate(list(members))
        starts = np.cumsum([0, *(own.size for own in members[:-1])])
        each, width = collected.take(order), len(self.source.intensities)

        def rows(values: FloatArray) -> FloatArray:
            return np.asarray(np.add.reduceat(values, starts, axis=0)[..., :width])

        def pulses(values: FloatArray | None) -> FloatArray | None:
            return None if values is None else np.asarray(np.add.reduceat(values, starts))

        def largest(values: FloatArray | None) -> FloatArray | None:
            return None if values is None else np.asarray(np.maximum.reduceat(values, starts))

        few = self.source.multi_photon
        return Counts(
            intensities=np.array(self.source.intensities),
            probabilities=np.array(self.source.probabilities),
            pulses=np.asarray(np.add.reduceat(each.pulses, starts)),
            key_clicks=rows(each.key_clicks),
            key_errors=rows(each.key_errors),
            check_clicks=rows(each.check_clicks),
            check_errors=rows(each.check_errors),
            key_pulses=pulses(each.key_pulses),
            check_pulses=pulses(each.check_pulses),
            multi_photon=None if few is None else np.array(few),
            intensity_uncertainty=largest(each.intensity_uncertainty),
            detector_mismatch=largest(each.detector_mismatch),
        )

    def key_of(self, collected: Counts) -> KeyResult:
        """Return the key of every row of counts."""
        return self.protocol.key(collected)

    def bits_of(self, collected: Counts) -> IntArray:
        """Return the length of the key of every row of counts. [bit]"""
        return self.protocol.secure_bits(collected)

    @property
    def dear(self) -> bool:
        """No: counts add up."""
        return False

    def key(self, light: Light) -> KeyResult:
        """Return the key of every interval."""
        return self.protocol.key(self.collect(light))

    def secure_bits(self, light: Light) -> IntArray:
        """Return the length of the key of every interval. [bit]"""
        return self.protocol.secure_bits(self.collect(light))

    def key_over_light(self, light: Light, factors: FloatArray, wanted: BoolArray) -> FloatArray:
        """Return the key with more light or less: clicks are taken to be proportional to it."""
        lit, dark = self.collect(light), self.collect(light.dark())
        (factor,) = factors
        keys, every = np.zeros(factor.shape), np.flatnonzero(wanted)
        for begin in range(0, every.size, BLOCKS_AT_ONCE):
            own = every[begin : begin + BLOCKS_AT_ONCE]
            mixed = mixed_counts(lit, dark, factor.take(own), block=own % factor.shape[1])
            keys.flat[own] = self.protocol.secure_bits(mixed)
        return keys

    def divided_bits(self, light: Light, amounts: FloatArray, blocks: Blocks) -> IntArray:
        """Return the key of every block when contacts are divided, clicks as the light. [bit]"""
        lit, dark = (self._counts_of(self.rates(one), blocks) for one in (light, light.dark()))
        amount = np.repeat(amounts, np.diff(blocks.starts))
        return self.protocol.secure_bits(mixed_counts(lit, dark, amount))

    def _counts_of(self, rates: Rates, blocks: Blocks) -> Counts:
        """Counts of blocks."""
        return sifted(
            rates.sent_hz * _sums(rates.click, blocks),
            rates.sent_hz * _sums(rates.error, blocks),
            sent_s=per_interval(blocks.weight_s, blocks.bounds),
            source=self.source,
            detector=self.detector,
        )

    def sifting_rate_hz(self, light: Light) -> FloatArray:
        """Clicks of all pulses, before sifting, along the samples. [Hz]"""
        return self.rates(light).click_rate_hz

    def message_bits(self, light: Light, keys: KeyResult) -> tuple[FloatArray, FloatArray]:
        """Place and basis of each click; basis, intensity, error correction and hash in answer.

        Whoever receives tells for each click its place among the pulses (the entropy of rare
        clicks) and its basis; the other side answers with basis and intensity of each, the error
        correction, and the seed of a Toeplitz hash, :math:`n + l` bits.
        """
        rates = self.rates(light)
        counts = self.counts(rates, light)
        clicks = per_interval(rates.click_rate_hz * light.weight_s, light.starts)
        share = np.clip(clicks / np.maximum(counts.pulses, 1.0), 1e-15, 0.5)
        kinds = max(counts.key_clicks.shape[1], 1)
        announced = clicks * (binary_entropy(share) / share + 1.0)
        seed = keys.sifted_bits + keys.secure_bits
        answered = clicks * (1.0 + np.log2(kinds)) + keys.leak_ec_bits + seed
        return np.asarray(announced), np.asarray(answered)

    def series(self, light: Light) -> Mapping[str, FloatArray]:
        """Clicks of the transmitter's light, clicks without it, and the error fraction."""
        rates = self.rates(light)
        background_hz = rates.background_rate_hz
        return {
            "signal_rate_hz": rates.click_rate_hz - background_hz,
            "background_rate_hz": background_hz,
            "qber": rates.qber,
        }

    def epsilon_budget(self) -> EpsilonBudget | None:
        """Return what one block risks."""
        return self.protocol.epsilon_budget(len(self.source.intensities))

    @property
    def receiver_p_key_basis(self) -> float:
        """Probability that the receiver analyses in the key basis."""
        return self.detector.p_key_basis

    def settable(self) -> SettableSource:
        """Return the source."""
        return self.source

    @property
    def sent(self) -> Sent:
        """What the source sends."""
        return Sent(
            intensities=self.source.intensities,
            probabilities=self.source.probabilities,
            p_key_basis=self.source.p_key_basis,
        )

    def sending(self, settable: SettableSource) -> PreparedSystem:
        """Return the same system with another source."""
        return replace(self, source=settable)

    def bits_sending(self, settables: Sequence[SettableSource], light: Light) -> IntArray:
        """Return the key of every interval; counts of as many intensities are looked at at once."""
        bits = np.zeros(len(settables), dtype=np.int64)
        counts: dict[int, list[tuple[IntArray, Counts]]] = {}
        for source, rows in _alike(settables):
            own = self.sending(source).collect(light.take(rows))
            counts.setdefault(len(source.intensities), []).append((rows, own))
        for parts in counts.values():
            rows = np.concatenate([own for own, _ in parts])
            bits[rows] = self.protocol.secure_bits(Counts.join([own for _, own in parts]))
        return bits

    def searched(self, light: Light) -> PassClicks:
        """Clicks of every interval as functions of the intensity."""
        (arm,) = light.arms
        return pass_clicks(
            arm.transmittance,
            background_rate_hz=self.stray_clicks_hz(arm.stray_hz),
            source=self.source,
            detector=self.detector,
            weight_s=light.weight_s,
            starts=light.starts,
            variance=arm.variance,
        )

    def best(
        self, searched: PassClicks, group: IntArray, *, presets: Sequence[SettableSource]
    ) -> list[SettableSource]:
        """Return what leaves most key, for each contact, as the protocol finds it."""
        found = self.protocol.best_settings(
            searched,
            source=self.source,
            receiver_p_key_basis=self.detector.p_key_basis,
            group=group,
        )
        return [
            preset.set_to(
                intensities=tuple(found.intensities[number].tolist()),
                probabilities=tuple(found.probabilities[number].tolist()),
                p_key_basis=float(found.p_key_basis[number]),
            )
            for preset, number in zip(presets, group.tolist(), strict=True)
        ]


def _sums(values: FloatArray, blocks: Blocks) -> FloatArray:
    """Integrals over blocks of what nodes hold, shape (k, blocks), a few blocks at a time."""
    found = np.empty((len(values), blocks.bounds.size - 1))
    first = 0
    while first < found.shape[1]:
        until = blocks.bounds[first] + NODES_AT_ONCE
        last = max(first + 1, int(np.searchsorted(blocks.bounds, until, side="right")) - 1)
        own = slice(int(blocks.bounds[first]), int(blocks.bounds[last]))
        taken = np.take(values, blocks.nodes[own], axis=1)
        taken *= blocks.weight_s[own]
        found[:, first:last] = per_interval(taken, blocks.bounds[first : last + 1])
        first = last
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSystem:
    """Two arms with a node between them that nobody has to trust."""

    protocol: TwoArmEstimator

    def two_arms(self, light: Light) -> TwoArms:
        """Put both arms together: stray light of both telescopes at a node that receives."""
        first, second = light.arms
        share = self.protocol.stray_share
        stray_hz, stray_b_hz = self.protocol.middle.stray_hz(first.stray_hz, second.stray_hz)
        return TwoArms(
            transmittance_a=first.transmittance,
            transmittance_b=second.transmittance,
            variance_a=first.variance,
            variance_b=second.variance,
            background_rate_hz=share * stray_hz,
            background_b_rate_hz=None if stray_b_hz is None else share * stray_b_hz,
            weight_s=light.weight_s,
            starts=light.starts,
        )

    def detector_stray_hz(self, light: Light) -> FloatArray:
        """Stray clicks of one detector along the samples, of the first end where both have. [Hz]"""
        return self.two_arms(light).background_rate_hz

    def collect(self, light: Light) -> Light:
        """Return the light itself."""
        return light

    def pooled(self, collected: Light, members: Sequence[IntArray]) -> Light:
        """Put the samples of several intervals into one."""
        return collected.pooled(members)

    def key_of(self, collected: Light) -> KeyResult:
        """Return the key of every interval."""
        return self.key(collected)

    def bits_of(self, collected: Light) -> IntArray:
        """Return the length of the key of every interval. [bit]"""
        return self.secure_bits(collected)

    @property
    def dear(self) -> bool:
        """Yes: every sample is worked out again."""
        return True

    def key(self, light: Light) -> KeyResult:
        """Return the key of every interval."""
        return self.protocol.key(self.two_arms(light))

    def secure_bits(self, light: Light) -> IntArray:
        """Return the length of the key of every interval. [bit]"""
        return self.protocol.secure_bits(self.two_arms(light))

    def key_over_light(self, light: Light, factors: FloatArray, wanted: BoolArray) -> FloatArray:
        """Return the key with more light or less, interpolated: :func:`keys_over_light`."""
        del wanted
        log_a, log_b = np.log(factors)
        return keys_over_light(self.secure_bits, light, log_a, log_b)

    def divided_bits(self, light: Light, amounts: FloatArray, blocks: Blocks) -> IntArray:
        """Return the key of every block when contacts are divided into blocks. [bit]"""
        amount = np.repeat(amounts, np.diff(blocks.starts))
        factor = np.repeat(amount, np.diff(blocks.bounds))
        arms = (arm.take(blocks.nodes).scaled(factor) for arm in light.arms)
        divided = Light(arms=tuple(arms), weight_s=blocks.weight_s, starts=blocks.bounds)
        return self.secure_bits(divided)

    def sifting_rate_hz(self, light: Light) -> FloatArray:
        """Sifted bits along the samples, each as an interval of its own. [Hz]"""
        each = light.divided(np.arange(light.weight_s.size + 1))
        sifted = self.key(each).sifted_bits
        return np.asarray(sifted / np.maximum(light.weight_s, np.finfo(np.float64).tiny))

    def message_bits(self, light: Light, keys: KeyResult) -> tuple[FloatArray, FloatArray]:
        """What a node announces of its clicks; the ends talk to each other.

        See :meth:`satqkd.key.node.middle.Middle.announced_bits`.
        """
        del keys
        clicks = self.protocol.announced_clicks(self.two_arms(light))
        uses = self.protocol.uses_hz * light.seconds
        return self.protocol.middle.announced_bits(clicks, uses), np.zeros(len(light))

    def series(self, light: Light) -> Mapping[str, FloatArray]:  # noqa: ARG002 -- as its sibling
        """Nothing: key is made of both arms at once."""
        return {}

    def epsilon_budget(self) -> EpsilonBudget | None:
        """Return what one block risks."""
        return self.protocol.epsilon_budget

    @property
    def receiver_p_key_basis(self) -> float:
        """Not applicable: the protocol has both ends' bases."""
        return 0.5

    def settable(self) -> TwoArmEstimator:
        """Return the protocol, which states what is sent."""
        return self.protocol

    @property
    def sent(self) -> Sent:
        """What the protocol states."""
        return self.protocol.sent

    def sending(self, settable: TwoArmEstimator) -> NodeSystem:
        """Return the same system with other settings."""
        return replace(self, protocol=settable)

    def bits_sending(self, settables: Sequence[TwoArmEstimator], light: Light) -> IntArray:
        """Return the key of every interval, those of the same settings together. [bit]"""
        bits = np.zeros(len(settables), dtype=np.int64)
        for protocol, rows in _alike(settables):
            bits[rows] = self.sending(protocol).secure_bits(light.take(rows))
        return bits

    def searched(self, light: Light) -> Light:
        """Return the light in longer samples, for speed."""
        return merged(light, SEARCHED_S)

    def best(
        self, searched: Light, group: IntArray, *, presets: Sequence[TwoArmEstimator]
    ) -> list[TwoArmEstimator]:
        """Return what leaves most key, for each contact: the preset is the first to be tried."""
        del presets
        found = best_protocols(self.protocol, searched, two_arms=self.two_arms, group=group)
        return [found[number] for number in group.tolist()]


def _alike(settables: Sequence[Settable]) -> Iterator[tuple[Settable, IntArray]]:
    """Yield each object with settings, and the intervals that have it."""
    rows: dict[int, list[int]] = {}
    for row, one in enumerate(settables):
        rows.setdefault(id(one), []).append(row)
    yield from ((settables[own[0]], np.array(own)) for own in rows.values())
