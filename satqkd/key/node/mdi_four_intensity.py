"""Finite key of four-intensity measurement-device-independent key distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from satqkd.clicks.four_intensity import (
    BellStateNode,
    FourIntensityTransmitter,
    PairCounts,
    announced_states,
    pair_counts,
)
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import NonPhysicalError, require_finite, require_positive
from satqkd.key.best_settings import Setting, SettingSpace
from satqkd.key.node.four_intensities import allowed
from satqkd.key.node.mdi_decoys import (
    BOUNDS_OF_ERRORS,
    BOUNDS_OF_YIELD,
    SinglePhotonPairs,
    single_photon_pairs,
)
from satqkd.key.node.mdi_worst_noise import least_private, private_bits
from satqkd.key.node.middle import RECEIVES, Middle
from satqkd.key.post_processing.authentication import TWO_TAGS, Authentication
from satqkd.key.post_processing.leakage import leak_bits
from satqkd.key.reasons import correction_costs_more, too_small
from satqkd.key.result import KeyResult, whole_bits
from satqkd.key.sent import Sent
from satqkd.key.statistics.epsilon import EpsilonBudget, EpsilonTerm
from satqkd.key.statistics.secrecy import COUNTINGS, Composition, Shares, require_counting
from satqkd.units import FloatArray, IntArray, share_of

_NO_CLICKS: Final = "no clicks"

_YIELD_TERMS: Final = BOUNDS_OF_YIELD + 1
"""Bounds behind the number of single-photon pairs: expected, then what happened."""
_ERROR_TERMS: Final = BOUNDS_OF_ERRORS + 1
"""Bounds behind their phase errors alone: expected, then what would have happened."""

COMPOSITION: Final = Composition(
    classical=_YIELD_TERMS,
    phase=_ERROR_TERMS,
    published_parts=2 + 4 * (_YIELD_TERMS + _ERROR_TERMS) + 1 + _YIELD_TERMS,
    published_logs=4,
    published_spare_bits=1.0,
)
"""Announcements and photon numbers are classical, also in pulses that make key; phase errors of
these are not, and what bounds them from the errors of xx reaches over both."""

_BOUNDS: Final = ((0.01, 0.3), (0.05, 0.9), (0.05, 1.0), (0.01, 0.6), (0.01, 0.4), (0.05, 0.95))
"""Of each transmitter's settings."""
STARTS: Final = ((0.07, 0.3, 0.4, 0.3, 0.1, 0.5), (0.05, 0.25, 0.5, 0.1, 0.03, 0.8))
"""Settings of each from which the best are sought."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairTerms:
    """Terms of the key length of each block: arrays of shape (blocks,)."""

    pairs: FloatArray
    """Single-photon pairs, no more than there are of all. [bit]"""
    phase_error: FloatArray
    qber: FloatArray
    leak: FloatArray
    """Announced by error correction. [bit]"""
    length: FloatArray
    """Not rounded, negative where there is no key. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FourIntensityMDI:
    r"""Four-intensity measurement-device-independent key, secure for finite blocks.

    .. math:: \ell = \left\lfloor n_{11} [1 - h(e_{11})] - f n_{zz} h(E_{zz})
              - \log_2\frac{2}{\epsilon_{cor}}
              - 2 \log_2\frac{1}{2 \epsilon} \right\rfloor, \qquad
              \epsilon_{sec} = 12 \epsilon + 2 \sqrt{2 p} + \epsilon, \quad 2 p = \epsilon^2

    at the worst noise: 12 bounds on announcements and on :math:`n_{11}`, each but for
    :math:`\epsilon = \epsilon_{sec}/15`, and 2 on phase errors, each but for :math:`p`
    (:class:`~satqkd.key.statistics.secrecy.Rigorous`). As published :math:`\epsilon_{sec} =
    2\hat\epsilon + 4\bar\epsilon + \epsilon_{PA} + \epsilon_{n}` is cut into 71 equal parts,
    one for every bound, and the cost is :math:`2 \log_2 [1 / (\sqrt{2}\, \epsilon^2)]`.

    References
    ----------
    .. [1] Y.-H. Zhou, Z.-W. Yu and X.-B. Wang, *Phys. Rev. A* 93, 042324 (2016).
    .. [2] C. Jiang, Z.-W. Yu, X.-L. Hu and X.-B. Wang, *Phys. Rev. Applied* 12, 024061 (2019): the
       published composition of failure probabilities (recalled).
    """

    middle: ClassVar[Middle] = RECEIVES

    pulse_rate_hz: float
    """Pairs of pulses per second. [Hz]"""
    transmitter_a: FourIntensityTransmitter
    """Transmitter at the end of the first arm."""
    transmitter_b: FourIntensityTransmitter | None = None
    """Transmitter at the end of the second arm; None for one like the first."""
    node: BellStateNode
    """What measures Bell states."""
    epsilon_sec: float = 1e-10
    """How far the key of a block may be from secret."""
    epsilon_cor: float = 1e-15
    """Probability that the two sides of a block's key differ."""
    epsilon_counting: str = "rigorous"
    """``rigorous``: failures as they enter the distance from an ideal key. ``as-published``: as the
    papers count, for comparing with their keys."""
    authentication: Authentication = TWO_TAGS
    """Tags that a block pays for; ``{messages: 0}`` where authentication is paid for elsewhere."""
    ec_efficiency: float = 1.16
    """Bits error correction announces, over Shannon's limit."""

    def __post_init__(self) -> None:
        require_positive("pulse_rate_hz", self.pulse_rate_hz)
        self._check_epsilons()
        self._check_ec_efficiency()
        require_counting(self.epsilon_counting)

    def _check_epsilons(self) -> None:
        for name in ("epsilon_sec", "epsilon_cor"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise NonPhysicalError(
                    name, f"must lie between 0 and 1, got {getattr(self, name):g}"
                )

    def _check_ec_efficiency(self) -> None:
        require_finite("ec_efficiency", self.ec_efficiency)
        if self.ec_efficiency < 1.0:
            raise NonPhysicalError(
                "ec_efficiency",
                f"must be at least 1, Shannon's limit, got {self.ec_efficiency:g}",
            )

    @property
    def uses_hz(self) -> float:
        """Pairs of pulses per second: what a rate per use counts. [Hz]"""
        return self.pulse_rate_hz

    @property
    def stray_share(self) -> float:
        """Clicks of one detector per stray photon that arrives at the node."""
        return 0.25 * self.node.efficiency

    @property
    def transmitters(self) -> tuple[FourIntensityTransmitter, FourIntensityTransmitter]:
        """Both transmitters."""
        return (
            self.transmitter_a,
            self.transmitter_a if self.transmitter_b is None else self.transmitter_b,
        )

    @property
    def sent(self) -> Sent:
        """Signal z, decoys y and x."""
        first, second = self.transmitters
        return replace(_sent(first), second=None if self.transmitter_b is None else _sent(second))

    @property
    def settings(self) -> Setting:
        """Those of the transmitter, or of both where they differ."""
        first, second = self.transmitters
        return first.settings + (() if self.transmitter_b is None else second.settings)

    @property
    def space(self) -> SettingSpace:
        """One transmitter, or two where they differ."""
        count = 1 if self.transmitter_b is None else 2
        return SettingSpace(bounds=_BOUNDS * count, starts=tuple(start * count for start in STARTS))

    def set_to(self, values: Setting) -> FourIntensityMDI | None:
        """Return the protocol with other settings; None where the search may not try them."""
        own, other = values[: len(_BOUNDS)], values[len(_BOUNDS) :]
        if not (allowed(own) and (not other or allowed(other))):
            return None
        return replace(
            self,
            transmitter_a=FourIntensityTransmitter.of(own),
            transmitter_b=FourIntensityTransmitter.of(other) if other else None,
        )

    def bits_with(self, settings: Sequence[Setting], arms: TwoArms) -> Sequence[IntArray | None]:
        """Return the key with each of some settings; the worst noise of all is sought at once."""
        chosen = [self.set_to(values) for values in settings]
        some = [one for one in chosen if one is not None]
        if not some:
            return [None] * len(chosen)
        counts = [one.counts(arms) for one in some]
        pairs, errors = self._at_worst(
            SinglePhotonPairs.join(
                [one.expected_pairs(own) for one, own in zip(some, counts, strict=True)]
            ),
            sifted_bits=np.concatenate([own.key for own in counts]),
        )
        shape = len(some), len(arms)
        each = zip(some, counts, pairs.reshape(shape), errors.reshape(shape), strict=True)
        bits = iter([whole_bits(one.terms(own, n, m).length) for one, own, n, m in each])
        return [None if one is None else next(bits) for one in chosen]

    def announced_clicks(self, arms: TwoArms) -> FloatArray:
        """Bell states, whatever was sent."""
        first, second = self.transmitters
        return announced_states(
            arms,
            transmitter_a=first,
            transmitter_b=second,
            node=self.node,
            pulse_rate_hz=self.pulse_rate_hz,
        )

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
    def cost_bits(self) -> float:
        """Bits a finite block pays for the failure probabilities and its tags. [bit]"""
        cost = math.log2(2.0 / self.epsilon_cor) + self.shares.cost_bits
        return cost + self.authentication.cost_bits

    def balanced(self, ratio: float) -> FourIntensityMDI:
        r"""Return the protocol with decoys that arrive equally bright.

        Parameters
        ----------
        ratio
            Transmittance of the first arm over the second, :math:`\eta_a / \eta_b`.

        Returns
        -------
        FourIntensityMDI
            First transmitter's x and y divided by :math:`\sqrt{\eta_a/\eta_b}`, the second's
            multiplied; signals, which need not interfere, as they were.
        """
        require_positive("ratio", ratio)
        first, second = self.transmitters
        root = math.sqrt(ratio)
        return replace(
            self,
            transmitter_a=first.with_decoys_times(1.0 / root),
            transmitter_b=second.with_decoys_times(root),
        )

    def counts(self, arms: TwoArms) -> PairCounts:
        """Return the expected announcements of the node, block by block."""
        first, second = self.transmitters
        return pair_counts(
            arms,
            transmitter_a=first,
            transmitter_b=second,
            node=self.node,
            pulse_rate_hz=self.pulse_rate_hz,
        )

    def key(self, arms: TwoArms) -> KeyResult:
        """Return the key of every block of ``arms``."""
        result = self.key_of(self.counts(arms))
        sent = np.concatenate([[0], np.cumsum(arms.weight_s > 0.0)])[arms.starts]
        why = [
            _NO_CLICKS if last == first else reason
            for reason, first, last in zip(result.why_zero, sent[:-1], sent[1:], strict=True)
        ]
        return replace(result, why_zero=tuple(why))

    def secure_bits(self, arms: TwoArms) -> IntArray:
        """Return the length of every block's key. [bit]"""
        return self.key(arms).secure_bits

    def key_of(self, counts: PairCounts) -> KeyResult:
        """Return the key of every block of ``counts``.

        Single-photon pairs and phase error are those of the noise that leaves least key.
        """
        terms = self.terms(
            counts, *self._at_worst(self.expected_pairs(counts), sifted_bits=counts.key)
        )
        bits = whole_bits(terms.length)
        result = KeyResult(
            secure_bits=bits,
            why_zero=(None,) * bits.size,
            sifted_bits=counts.key,
            qber=terms.qber,
            phase_error=terms.phase_error,
            vacuum_bits=np.zeros_like(terms.pairs),
            single_photon_bits=terms.pairs,
            leak_ec_bits=terms.leak,
            method="four-intensity MDI, joint Chernoff bounds, worst noise",
        )
        return replace(result, why_zero=self._reasons(result, counts))

    def expected_pairs(self, counts: PairCounts) -> SinglePhotonPairs:
        """Single-photon pairs of every block, not yet at the worst noise."""
        first, second = self.transmitters
        return single_photon_pairs(
            counts,
            transmitter_a=first,
            transmitter_b=second,
            log_term=self.shares.classical_log,
            errors_log_term=self.shares.phase_log,
        )

    def _at_worst(
        self, expected: SinglePhotonPairs, *, sifted_bits: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Pairs and phase errors at the noise that leaves least key, whatever was set."""
        shares = self.shares
        return least_private(
            expected,
            sifted_bits=sifted_bits,
            log_term=shares.classical_log,
            errors_log_term=shares.phase_log,
        )

    def terms(self, counts: PairCounts, pairs: FloatArray, errors: FloatArray) -> PairTerms:
        """Return what the length is made of."""
        pairs = np.minimum(pairs, counts.key)
        phase_error = np.minimum(share_of(errors, pairs, otherwise=0.5), 0.5)
        qber = share_of(counts.key_errors, counts.key, otherwise=0.0)
        leak = leak_bits(qber, sifted_bits=counts.key, ec_efficiency=self.ec_efficiency)
        return PairTerms(
            pairs=pairs,
            phase_error=phase_error,
            qber=qber,
            leak=leak,
            length=private_bits(pairs, phase_error) - leak - self.cost_bits,
        )

    def _reasons(self, result: KeyResult, counts: PairCounts) -> tuple[str | None, ...]:
        reasons: list[str | None] = [None] * len(result)
        for block in np.flatnonzero(result.secure_bits == 0).tolist():
            reasons[block] = self._why_zero(result, block, float(counts.pulses[block]))
        return tuple(reasons)

    def _why_zero(self, result: KeyResult, block: int, pulses: float) -> str:
        sifted, pairs = result.sifted_bits[block], result.single_photon_bits[block]
        limit_db = self.node.max_imbalance_db
        if limit_db is not None and pulses <= 0.0:
            return f"the two arms are never within {limit_db:g} dB of each other"
        if sifted < 1.0:
            return _NO_CLICKS
        if pairs <= 0.0:
            return f"no pair of single photons can be proven among {sifted:.0f} sifted bits"
        phase_error, leak = result.phase_error[block], result.leak_ec_bits[block]
        if phase_error >= 0.5:
            return f"phase error bound reaches 50 % ({pairs:.0f} pairs of single photons)"
        private = float(private_bits(pairs, phase_error))
        if leak >= private:
            return correction_costs_more(leak, private)
        return too_small(private - leak, self.cost_bits)


def _sent(transmitter: FourIntensityTransmitter) -> Sent:
    x, y, z, p_x, p_y, p_z = transmitter.settings
    return Sent(intensities=(z, y, x), probabilities=(p_z, p_y, p_x))
