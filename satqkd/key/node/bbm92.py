"""Key from entangled pairs that a source in the middle sends to both ends (BBM92)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from satqkd.clicks.pair_source import (
    Coincidences,
    PairReceiver,
    PairSource,
    expected_coincidences,
)
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import NonPhysicalError, require_finite
from satqkd.key.best_settings import Setting, SettingSpace
from satqkd.key.node.middle import SENDS, Middle
from satqkd.key.post_processing.authentication import TWO_TAGS, Authentication
from satqkd.key.post_processing.leakage import leak_bits
from satqkd.key.reasons import correction_costs_more
from satqkd.key.result import MOST_BITS, KeyResult
from satqkd.key.sent import Sent
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.epsilon import EpsilonBudget, EpsilonTerm
from satqkd.key.statistics.secrecy import COUNTINGS, Composition, Shares, require_counting
from satqkd.units import FloatArray, IntArray, share_of

_BASES: Final = 2
_COMPOSITION: Final = Composition(
    classical=0, published_parts=3, published_logs=2, published_spare_bits=2.0
)
"""Of one basis: errors in the other are counted, not bounded."""
_DIMMEST: Final = 1e-3
"""Numerical: least share of its pairs that a source is dimmed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BBM92:
    r"""Entanglement-based key over two links, secure for finite blocks; the source is untrusted.

    Each basis makes a key whose phase errors are bounded by the errors seen in the other:

    .. math:: \ell = \sum_b \left\lfloor n_b [1 - h(\phi_b)] - f n_b h(E_b)
              - \log_2\frac{2}{\epsilon_{cor}}
              - 2 \log_2\frac{1}{2 \epsilon} \right\rfloor^+, \qquad
              \tfrac{1}{2} \epsilon_{sec} = 2 \sqrt{p} + \epsilon, \quad p = \epsilon^2

    so that each basis has 3 parts :math:`\epsilon = \epsilon_{sec}/6`: twice the root of the
    probability :math:`p` with which :math:`\phi` is wrong, and privacy amplification
    (:class:`~satqkd.key.statistics.secrecy.Rigorous` with no classical bound). As published,
    :math:`p` is :math:`\epsilon` itself.

    References
    ----------
    .. [1] C. H. Bennett, G. Brassard and N. D. Mermin, *Phys. Rev. Lett.* 68, 557 (1992).
    .. [2] M. Tomamichel, C. C. W. Lim, N. Gisin and R. Renner, *Nat. Commun.* 3, 634 (2012)
       (recalled): the composition.
    .. [3] J. Yin et al., "Entanglement-based secure quantum cryptography over 1,120 kilometres",
       *Nature* 582, 501 (2020).
    """

    middle: ClassVar[Middle] = SENDS

    source: PairSource
    """What the middle sends."""
    receiver: PairReceiver
    """What stands at either end."""
    ec_efficiency: float = 1.16
    """Bits error correction announces, over Shannon's limit."""
    epsilon_sec: float = 1e-10
    """How far the key of a block may be from secret."""
    epsilon_cor: float = 1e-15
    """Probability that the two sides of a basis's key differ."""
    epsilon_counting: str = "rigorous"
    """``rigorous``: failures as they enter the distance from an ideal key. ``as-published``: as the
    papers count, for comparing with their keys."""
    authentication: Authentication = TWO_TAGS
    """Tags that a block pays for; ``{messages: 0}`` where authentication is paid for elsewhere."""

    def __post_init__(self) -> None:
        self._check_ec_efficiency()
        self._check_epsilons()
        require_counting(self.epsilon_counting)

    def _check_ec_efficiency(self) -> None:
        require_finite("ec_efficiency", self.ec_efficiency)
        if self.ec_efficiency < 1.0:
            raise NonPhysicalError(
                "ec_efficiency",
                f"must be at least 1, Shannon's limit, got {self.ec_efficiency:g}",
            )

    def _check_epsilons(self) -> None:
        for name in ("epsilon_sec", "epsilon_cor"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise NonPhysicalError(
                    name, f"must lie between 0 and 1, got {getattr(self, name):g}"
                )

    @property
    def uses_hz(self) -> float:
        """Pairs per second: what a rate per use counts. [Hz]"""
        return self.source.pair_rate_hz

    @property
    def stray_share(self) -> float:
        """Clicks of one detector per stray photon that arrives at its end."""
        return 0.25 * self.receiver.efficiency

    @property
    def epsilon_budget(self) -> EpsilonBudget | None:
        """What a block risks."""
        return EpsilonBudget(
            terms=(
                *(replace(term, times=term.times * _BASES) for term in self.shares.terms),
                EpsilonTerm(name="correctness", each=self.epsilon_cor, times=_BASES),
                *self.authentication.terms,
            )
        )

    @property
    def sent(self) -> Sent:
        """Pairs a second; the receivers' splitters choose the basis."""
        return Sent(pair_rate_hz=self.source.pair_rate_hz)

    @property
    def settings(self) -> Setting:
        """Pairs a second, and the share of light measured in the first basis."""
        return (self.source.pair_rate_hz, self.receiver.p_first_basis)

    @property
    def space(self) -> SettingSpace:
        """The pump can be dimmed; the splitters are as they are."""
        pairs_hz, share = self.settings
        return SettingSpace(
            bounds=((_DIMMEST * pairs_hz, pairs_hz), (share, share)),
            starts=((0.1 * pairs_hz, share),),
        )

    def set_to(self, values: Setting) -> BBM92:
        """Return the protocol with other pairs a second and another splitter."""
        pairs_hz, share = values
        return replace(
            self,
            source=replace(self.source, pair_rate_hz=pairs_hz),
            receiver=replace(self.receiver, p_first_basis=share),
        )

    def bits_with(self, settings: Sequence[Setting], arms: TwoArms) -> Sequence[IntArray | None]:
        """Return the key with each of some settings, one after the other."""
        chosen = [self.set_to(values) for values in settings]
        return [None if one is None else one.secure_bits(arms) for one in chosen]

    def announced_clicks(self, arms: TwoArms) -> FloatArray:
        """None: the node sends."""
        return np.zeros(len(arms))

    @property
    def cost_bits(self) -> float:
        """Bits each basis pays for the failure probabilities. [bit]"""
        return math.log2(2.0 / self.epsilon_cor) + self.shares.cost_bits

    @property
    def shares(self) -> Shares:
        """What the bound behind the key of a basis may fail with."""
        return COUNTINGS[self.epsilon_counting].shares(_COMPOSITION, self.epsilon_sec / _BASES)

    def counts(self, arms: TwoArms) -> Coincidences:
        """Return the expected coincidences of every block of ``arms``."""
        return expected_coincidences(arms, source=self.source, receiver=self.receiver)

    def key(self, arms: TwoArms) -> KeyResult:
        """Return the key of every block of ``arms``."""
        return self.key_of(self.counts(arms))

    def secure_bits(self, arms: TwoArms) -> IntArray:
        """Return the length of every block's key. [bit]"""
        return self.key(arms).secure_bits

    def key_of(self, counts: Coincidences) -> KeyResult:
        """Return the key of every block of ``counts``."""
        clicks, errors = counts.clicks, counts.errors
        shares = self.shares
        phase_error = shares.sampled(
            errors[::-1], sample=clicks[::-1], rest=clicks, log_term=shares.phase_log
        )
        leak = leak_bits(
            share_of(errors, clicks), sifted_bits=clicks, ec_efficiency=self.ec_efficiency
        )
        private = clicks * (1.0 - binary_entropy(phase_error))
        length = np.floor(np.clip(private - leak - self.cost_bits, 0.0, 0.5 * MOST_BITS))
        made = length.sum(axis=0)
        bits = self.authentication.paid(made).astype(np.int64)
        sifted = clicks.sum(axis=0)
        mean_error = share_of((clicks * phase_error).sum(axis=0), sifted, otherwise=0.5)
        return KeyResult(
            secure_bits=bits,
            why_zero=tuple(
                None
                if count > 0
                else self.authentication.too_dear(made[i])
                or self._why_zero(clicks[:, i], private[:, i], leak[:, i])
                for i, count in enumerate(bits.tolist())
            ),
            sifted_bits=sifted,
            qber=share_of(errors.sum(axis=0), sifted),
            phase_error=mean_error,
            vacuum_bits=np.zeros_like(sifted),
            single_photon_bits=sifted,
            leak_ec_bits=leak.sum(axis=0),
            method="BBM92, both bases, random sampling without replacement",
        )

    def asymptotic_bits(self, counts: Coincidences) -> FloatArray:
        """Bits of each block in the asymptotic limit: no bound, no cost. [bit]"""
        clicks = counts.clicks
        error = share_of(counts.errors, clicks)
        other = share_of(counts.errors, clicks)[::-1]
        shared = 1.0 - binary_entropy(other) - self.ec_efficiency * binary_entropy(error)
        return np.asarray(np.maximum(clicks * shared, 0.0).sum(axis=0))

    def _why_zero(self, clicks: FloatArray, private: FloatArray, leak: FloatArray) -> str:
        total = float(clicks.sum())
        if total < 1.0:
            return "no coincidences"
        best = int(np.argmax(private - leak))
        if private[best] <= 0.0:
            return f"phase error bound reaches 50 % ({total:.0f} sifted bits)"
        if leak[best] >= private[best]:
            return correction_costs_more(leak[best], private[best])
        return (
            f"block too small: {private[best] - leak[best]:.0f} private bits of a basis do not "
            f"pay the {self.cost_bits:.0f}-bit finite-key cost"
        )
