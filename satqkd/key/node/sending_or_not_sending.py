"""Twin-field key by sending or not sending, with odd-parity pairing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from satqkd.clicks.interfering_node import InterferingNode
from satqkd.clicks.twin_field_counts import (
    EMPTY,
    CountsOfArms,
    TwinFieldCounts,
    one_detector_clicks,
)
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_finite,
    require_fraction,
    require_positive,
)
from satqkd.key.best_settings import Setting, SettingSpace
from satqkd.key.node.four_intensities import allowed
from satqkd.key.node.middle import RECEIVES, Middle
from satqkd.key.node.odd_parity_pairing import (
    PairedBits,
    RawBits,
    most_paired_phase_error,
    pair_odd,
    paired_phase_error,
)
from satqkd.key.node.twin_field_decoys import TwinFieldSinglePhotons, twin_field_single_photons
from satqkd.key.post_processing.authentication import TWO_TAGS, Authentication
from satqkd.key.post_processing.leakage import leak_bits
from satqkd.key.reasons import correction_costs_more, too_small
from satqkd.key.result import KeyResult, whole_bits
from satqkd.key.sent import Sent
from satqkd.key.statistics.concentration import chernoff, chernoff_observed
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.epsilon import EpsilonBudget, EpsilonTerm
from satqkd.key.statistics.secrecy import COUNTINGS, Composition, Shares, require_counting
from satqkd.units import FloatArray, IntArray

COMPOSITION: Final = Composition(
    classical=9, phase=3, published_parts=47, published_logs=4, published_spare_bits=1.0
)
"""Classical: 6 bounds on clicks of the decoys, 2 on single photons of either transmitter, 1 on
surviving pairs of them. Behind the phase error: errors of x, those of the single photons, and
pairing, which doubles the first two: they are bounded for half of their share. As published 2
for smoothing, 1 for privacy amplification, 4 for each of 9 bounds behind the phase error, 1 for
each of 8 behind the number of single photons (after Jiang et al. 2019, who have 2, 1, 4 times 3 and
6)."""

STARTS: Final = (
    (0.03, 0.483, 0.494, 0.063, 0.209, 0.053, 0.3),
    (0.06, 0.4, 0.45, 0.3, 0.05, 0.2, 0.3),
)
"""Settings from which the best are sought."""

_SENDING: Final = (2, 3)
_COUNTED_BY_PAIRING: Final = 2.0
"""How often a failure behind the phase error counts, see ``most_paired_phase_error``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairedKey:
    """Terms of the key length of each block: arrays of shape (blocks,)."""

    raw: RawBits
    """Clicks before pairing."""
    photons: TwinFieldSinglePhotons
    """Bounds from the decoys."""
    paired: PairedBits
    """Clicks after pairing."""
    untagged_bits: FloatArray
    """Lower bound on surviving pairs of single photons. [bit]"""
    phase_error: FloatArray
    """Upper bound on their phase error fraction, at most 0.5."""
    leak_ec_bits: FloatArray
    """Bits announced by error correction. [bit]"""
    cost_bits: float
    """Bits a finite block pays for the failure probabilities and its tags. [bit]"""

    @property
    def length_bits(self) -> FloatArray:
        """Key length as the formula has it: not rounded, negative where there is no key. [bit]

        References
        ----------
        .. [1] C. Jiang, Z.-W. Yu, X.-L. Hu and X.-B. Wang, *Phys. Rev. Appl.* 12, 024061 (2019)
           (recalled).
        """
        private = self.untagged_bits * (1.0 - binary_entropy(self.phase_error))
        return np.asarray(private - self.leak_ec_bits - self.cost_bits)

    def why_zero(self, block: int) -> str:
        """Say why ``block`` has no key."""
        sifted = self.paired.survivors[block]
        if not sifted > 0.0:
            return "no clicks"
        if self.untagged_bits[block] <= 0.0:
            return f"no single photon can be proven among {sifted:.0f} paired bits"
        if self.phase_error[block] >= 0.5:
            return "phase error bound reaches 50 %"
        private = self.untagged_bits[block] * (1.0 - binary_entropy(self.phase_error[block]))
        leak = self.leak_ec_bits[block]
        if leak >= private:
            return correction_costs_more(leak, private)
        return too_small(private - leak, self.cost_bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingOrNotSending:
    r"""Four-intensity sending-or-not-sending twin-field protocol with odd-parity pairing.

    .. math:: \ell = \left\lfloor n_1' [1 - h(e_1')] - f n_t' h(E')
              - \log_2 \frac{2}{\epsilon_{cor}} - 2 \log_2 \frac{1}{2 \epsilon}
              \right\rfloor, \qquad
              \epsilon_{sec} = 9 \epsilon + 2 \sqrt{3 p} + \epsilon, \quad 3 p = \epsilon^2

    with 9 bounds on clicks and photons, each but for :math:`\epsilon = \epsilon_{sec}/12`, and 3
    behind the phase error, each but for :math:`p`
    (:class:`~satqkd.key.statistics.secrecy.Rigorous`). As published all fail with
    :math:`\epsilon = \epsilon_{sec}/47`, and the cost is
    :math:`2 \log_2 [1 / (\sqrt{2}\, \epsilon^2)]`. Both transmitters use the same settings; the
    arms may differ.

    Notes
    -----
    :math:`n_1'` is bounded as draws without replacement, :math:`e_1'` for any state of the raw bits
    by :func:`~satqkd.key.node.odd_parity_pairing.most_paired_phase_error`, whose terms grow with
    the logarithm of the block. The published "zigzag" proof [3]_ bounds the same; its formulas were
    not at hand.

    References
    ----------
    .. [1] X.-B. Wang, Z.-W. Yu and X.-L. Hu, *Phys. Rev. A* 98, 062323 (2018).
    .. [2] C. Jiang, Z.-W. Yu, X.-L. Hu and X.-B. Wang, "Unconditional security of
       sending-or-not-sending twin-field quantum key distribution with finite pulses", *Phys. Rev.
       Appl.* 12, 024061 (2019) (recalled): the length.
    .. [3] C. Jiang, X.-L. Hu, Z.-W. Yu and X.-B. Wang, "Composable security for practical quantum
       key distribution with two way classical communication", *New J. Phys.* 23, 063038 (2021)
       (title seen).
    """

    middle: ClassVar[Middle] = RECEIVES

    pulse_rate_hz: float
    """Clock of pulses, references and pauses included. [Hz]"""
    intensities: tuple[float, float, float]
    """Mean photon numbers of x, y and z; the fourth setting is empty."""
    probabilities: tuple[float, float, float]
    """How often x, y and z are sent; the rest of the pulses is empty."""
    slice_half_width_rad: float
    """How far the phases of an x pair may differ, modulo π, to count as equal. [rad]"""
    node: InterferingNode
    """What receives both."""
    signal_duty: float = 1.0
    """Share of the clock's pulses that carry signals."""
    ec_efficiency: float = 1.16
    """Bits error correction announces, over Shannon's limit."""
    epsilon_sec: float = 1e-9
    """How far the key of a block may be from secret."""
    epsilon_cor: float = 1e-15
    """Probability that the two sides of a block's key differ."""
    epsilon_counting: str = "rigorous"
    """``rigorous``: failures as they enter the distance from an ideal key. ``as-published``: as the
    papers count, for comparing with their keys."""
    authentication: Authentication = TWO_TAGS
    """Tags that a block pays for; ``{messages: 0}`` where authentication is paid for elsewhere."""

    def __post_init__(self) -> None:
        require_positive("pulse_rate_hz", self.pulse_rate_hz)
        self._check_intensities()
        self._check_probabilities()
        require_between("slice_half_width_rad", self.slice_half_width_rad, 1e-6, 0.5 * math.pi)
        require_positive("signal_duty", self.signal_duty)
        require_fraction("signal_duty", self.signal_duty)
        require_finite("ec_efficiency", self.ec_efficiency)
        if self.ec_efficiency < 1.0:
            raise NonPhysicalError(
                "ec_efficiency",
                f"must be at least 1, Shannon's limit, got {self.ec_efficiency:g}",
            )
        for name in ("epsilon_sec", "epsilon_cor"):
            value = getattr(self, name)
            if not 0.0 < value < 1.0:
                raise NonPhysicalError(name, f"must lie between 0 and 1, got {value:g}")
        require_counting(self.epsilon_counting)

    def _check_intensities(self) -> None:
        if len(self.intensities) != 3:
            raise NonPhysicalError(
                "intensities", f"must be three numbers, got {len(self.intensities)}"
            )
        for value in self.intensities:
            require_positive("intensities", value)
        if not self.intensities[0] < self.intensities[1]:
            raise NonPhysicalError("intensities", f"must obey x < y, got {list(self.intensities)}")

    def _check_probabilities(self) -> None:
        if len(self.probabilities) != 3:
            raise NonPhysicalError(
                "probabilities", f"must be three numbers, got {len(self.probabilities)}"
            )
        for value in self.probabilities:
            require_fraction("probabilities", value)
            require_positive("probabilities", value)
        total = math.fsum(self.probabilities)
        if not total < 1.0:
            raise NonPhysicalError(
                "probabilities", f"must leave some pulses empty, but add up to {total:g}"
            )

    @property
    def uses_hz(self) -> float:
        """Signal pulse pairs per second: what a rate per use counts. [Hz]"""
        return self.pulse_rate_hz * self.signal_duty

    @property
    def stray_share(self) -> float:
        """Clicks of one detector per stray photon that arrives at the node."""
        return 0.5 * self.node.efficiency

    @property
    def epsilon_budget(self) -> EpsilonBudget | None:
        """What a block risks."""
        return EpsilonBudget(
            terms=(
                *self.shares.terms,
                EpsilonTerm(name="correctness", each=self.epsilon_cor),
                *self.authentication.terms,
            )
        )

    @property
    def shares(self) -> Shares:
        """What each bound may fail with."""
        return COUNTINGS[self.epsilon_counting].shares(COMPOSITION, self.epsilon_sec)

    @property
    def sent(self) -> Sent:
        """Signals z and y, the decoy x."""
        return Sent(
            intensities=self.intensities[::-1],
            probabilities=self.probabilities[::-1],
            slice_half_width_rad=self.slice_half_width_rad,
        )

    @property
    def settings(self) -> Setting:
        """Intensities and probabilities of x, y and z, half the width of the slice."""
        return (*self.intensities, *self.probabilities, self.slice_half_width_rad)

    @property
    def space(self) -> SettingSpace:
        """Both transmitters alike."""
        return SettingSpace(
            bounds=(
                *((0.005, 0.3), (0.05, 1.0), (0.1, 1.2)),
                *((0.003, 0.5), (0.003, 0.5), (0.01, 0.6)),
                (0.02, 1.0),
            ),
            starts=STARTS,
        )

    def set_to(self, values: Setting) -> SendingOrNotSending | None:
        """Return the protocol with other settings; None where the search may not try them."""
        x, y, z, p_x, p_y, p_z, half_width = values
        if not allowed((x, y, z, p_x, p_y, p_z)):
            return None
        return replace(
            self,
            intensities=(x, y, z),
            probabilities=(p_x, p_y, p_z),
            slice_half_width_rad=half_width,
        )

    def bits_with(self, settings: Sequence[Setting], arms: TwoArms) -> Sequence[IntArray | None]:
        """Return the key with each of some settings, whose clicks are those of the same light."""
        of_arms, chosen = self._counts_of(arms), [self.set_to(values) for values in settings]
        return [
            None if one is None else whole_bits(one.terms(one.expected(of_arms)).length_bits)
            for one in chosen
        ]

    def announced_clicks(self, arms: TwoArms) -> FloatArray:
        """Clicks of one detector alone, whatever was sent."""
        return one_detector_clicks(
            arms,
            node=self.node,
            intensities=np.array([0.0, *self.intensities]),
            probabilities=np.array([1.0 - math.fsum(self.probabilities), *self.probabilities]),
            signal_rate_hz=self.uses_hz,
        )

    def counts(self, arms: TwoArms) -> TwinFieldCounts:
        """Return the expected counts of every block of ``arms``."""
        return self.expected(self._counts_of(arms))

    def _counts_of(self, arms: TwoArms) -> CountsOfArms:
        return CountsOfArms(
            arms, node=self.node, signal_rate_hz=self.pulse_rate_hz * self.signal_duty
        )

    def expected(self, of_arms: CountsOfArms) -> TwinFieldCounts:
        """Return the counts of arms with the settings of this protocol."""
        return of_arms.expected(
            intensities=np.array([0.0, *self.intensities]),
            probabilities=np.array([1.0 - math.fsum(self.probabilities), *self.probabilities]),
            slice_half_width_rad=self.slice_half_width_rad,
        )

    def key(self, arms: TwoArms) -> KeyResult:
        """Return the key of every block of ``arms``."""
        terms = self.terms(self.counts(arms))
        bits = whole_bits(terms.length_bits)
        return KeyResult(
            secure_bits=bits,
            why_zero=tuple(
                None if count > 0 else terms.why_zero(block)
                for block, count in enumerate(bits.tolist())
            ),
            sifted_bits=terms.paired.survivors,
            qber=terms.paired.qber,
            phase_error=terms.phase_error,
            vacuum_bits=np.zeros(bits.size),
            single_photon_bits=terms.untagged_bits,
            leak_ec_bits=terms.leak_ec_bits,
            method="sending or not sending, odd-parity pairing, Chernoff bound",
        )

    def secure_bits(self, arms: TwoArms) -> IntArray:
        """Return the length of every block's key alone."""
        return whole_bits(self.terms(self.counts(arms)).length_bits)

    def rate_per_pulse(
        self,
        transmittance_a: npt.ArrayLike,
        transmittance_b: npt.ArrayLike,
        *,
        background_rate_hz: npt.ArrayLike = 0.0,
    ) -> FloatArray:
        """Secret bits per signal pulse of steady links in the asymptotic limit.

        Parameters
        ----------
        transmittance_a, transmittance_b
            Of each arm to the node, one-dimensional.
        background_rate_hz
            Stray clicks per second and detector. [Hz]

        Returns
        -------
        FloatArray
            Secret bits, 0 where there are none. [bit]
        """
        a, b, background = np.broadcast_arrays(
            *(np.atleast_1d(x) for x in (transmittance_a, transmittance_b, background_rate_hz))
        )
        arms = TwoArms(
            transmittance_a=a.astype(np.float64),
            transmittance_b=b.astype(np.float64),
            variance_a=np.zeros(a.size),
            variance_b=np.zeros(a.size),
            background_rate_hz=background.astype(np.float64),
            weight_s=np.full(a.size, 1.0 / self.uses_hz),
            starts=np.arange(a.size + 1),
        )
        terms = self.terms(self.counts(arms), asymptotic=True)
        return np.maximum(terms.length_bits, 0.0)

    def terms(self, counts: TwinFieldCounts, *, asymptotic: bool = False) -> PairedKey:
        """Return every term of the key's length, in the asymptotic limit if ``asymptotic``."""
        shares = self.shares
        log_term = shares.classical_log
        photons = twin_field_single_photons(
            counts,
            interval=None if asymptotic else chernoff,
            log_term=log_term,
            errors_log_term=shares.phase_log + math.log(_COUNTED_BY_PAIRING),
        )
        raw = _raw_bits(counts)
        single = _single_photons_per_yield(counts)
        if asymptotic:
            from_a, from_b = single * photons.yield_a, single * photons.yield_b
        else:
            from_a, _ = chernoff_observed(single * photons.yield_a, log_term=log_term)
            from_b, _ = chernoff_observed(single * photons.yield_b, log_term=log_term)
        from_a, from_b = np.minimum(from_a, raw.only_a), np.minimum(from_b, raw.only_b)
        paired = pair_odd(raw, single_photons_a=from_a, single_photons_b=from_b)
        if asymptotic:
            untagged, phase_error = paired.untagged, paired_phase_error(photons.phase_error)
        else:
            untagged, _ = chernoff_observed(paired.untagged, log_term=log_term)
            phase_error = most_paired_phase_error(
                photons.phase_error,
                expected_photons=single * (photons.yield_a + photons.yield_b),
                single_photons=from_a + from_b,
                pairs=untagged,
                raw_bits=raw.total,
                log_term=shares.phase_log,
            )
        return PairedKey(
            raw=raw,
            photons=photons,
            paired=paired,
            untagged_bits=untagged,
            phase_error=phase_error,
            leak_ec_bits=leak_bits(
                paired.qber, sifted_bits=paired.survivors, ec_efficiency=self.ec_efficiency
            ),
            cost_bits=0.0 if asymptotic else self._cost_bits(),
        )

    def _cost_bits(self) -> float:
        cost = math.log2(2.0 / self.epsilon_cor) + self.shares.cost_bits
        return cost + self.authentication.cost_bits


def _raw_bits(counts: TwinFieldCounts) -> RawBits:
    n, sending = counts.clicks, list(_SENDING)
    return RawBits(
        only_a=n[sending, EMPTY].sum(axis=0),
        only_b=n[EMPTY, sending].sum(axis=0),
        both=n[np.ix_(sending, sending)].sum(axis=(0, 1)),
        neither=n[EMPTY, EMPTY],
    )


def _single_photons_per_yield(counts: TwinFieldCounts) -> FloatArray:
    """Pulses in which one transmitter alone sends, and sends one photon."""
    mu, p = counts.intensities[list(_SENDING)], counts.probabilities[list(_SENDING)]
    return np.asarray(
        counts.pulses * counts.probabilities[EMPTY] * float((p * mu * np.exp(-mu)).sum())
    )
