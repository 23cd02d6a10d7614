"""Finite key of decoy-state BB84."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.clicks.source import SettableSource
from satqkd.errors import NonPhysicalError, require_finite
from satqkd.key.bb84.basis_key import BasisKey
from satqkd.key.bb84.events import DecoyAnalysis, Events
from satqkd.key.bb84.infinite_decoy import COMPOSITION as INFINITE_DECOYS
from satqkd.key.bb84.infinite_decoy import PhotonYields, infinite_decoy_events
from satqkd.key.bb84.no_decoy import COMPOSITION as NO_DECOYS
from satqkd.key.bb84.no_decoy import no_decoy_events
from satqkd.key.bb84.one_decoy import COMPOSITION as ONE_DECOY
from satqkd.key.bb84.one_decoy import one_decoy_events
from satqkd.key.bb84.settings import Settings
from satqkd.key.bb84.two_decoy import COMPOSITION as TWO_DECOYS
from satqkd.key.bb84.two_decoy import two_decoy_events
from satqkd.key.bb84.worst_intensities import least_key
from satqkd.key.post_processing.authentication import TWO_TAGS, Authentication
from satqkd.key.post_processing.error_correction import ErrorCorrection
from satqkd.key.post_processing.leakage import leak_bits
from satqkd.key.result import KeyResult, whole_bits
from satqkd.key.statistics.concentration import INTERVALS
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.epsilon import EpsilonBudget, EpsilonTerm
from satqkd.key.statistics.mixture import over_intensities
from satqkd.key.statistics.secrecy import COUNTINGS, Composition, Shares, require_counting
from satqkd.units import FloatArray, IntArray, share_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scheme:
    name: str
    composition: Composition
    events: DecoyAnalysis


_SCHEMES: Final[Mapping[int, _Scheme]] = {
    1: _Scheme(name="no decoys", composition=NO_DECOYS, events=no_decoy_events),
    2: _Scheme(name="one decoy", composition=ONE_DECOY, events=one_decoy_events),
    3: _Scheme(name="two decoys", composition=TWO_DECOYS, events=two_decoy_events),
}
KEY_BASES: Final[Mapping[str, int]] = {"one": 1, "both": 2}
"""How many bases make key, by the words for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoyBB84:
    r"""BB84 with one to three intensities, secure for finite blocks.

    .. math:: \ell = \left\lfloor s_0 + s_1 [1 - h(\phi)] - f n h(Q)
              - 2 \log_2\frac{1}{2 \epsilon} - \log_2\frac{2}{\epsilon_{cor}} \right\rfloor,
              \qquad \epsilon_{sec} = m \epsilon + 2 \sqrt{p} + \epsilon, \quad p = \epsilon^2

    with :math:`m` bounds on photon numbers, each but for :math:`\epsilon`: 12 with two decoys, 11
    with one, 2 without (4 where yields are known), and :math:`\phi` but for :math:`p`; all
    intensities make key. So :math:`\epsilon` is :math:`\epsilon_{sec}/15`, /14, /5, /7. As
    published, the cost is :math:`6 \log_2(a/\epsilon_{sec})` and every bound fails with
    :math:`\epsilon_{sec}/a`, with :math:`a = 21`, and 19 for one decoy.

    Notes
    -----
    Where detectors of a basis differ by a share :math:`\delta`, single photons of both bases count
    :math:`1 - \delta` times: as if so many clicks of the better one were thrown away that they are
    alike [4]_. What is left is no more private than all of it, so that none has to be.

    References
    ----------
    .. [1] C. C. W. Lim et al., *Phys. Rev. A* 89, 022307 (2014), eq. 1.
    .. [2] D. Rusca et al., *Appl. Phys. Lett.* 112, 171104 (2018), eq. A1.
    .. [3] The composition: :class:`~satqkd.key.statistics.secrecy.Rigorous`.
    .. [4] C.-H. F. Fung, K. Tamaki, B. Qi, H.-K. Lo and X. Ma, "Security proof of quantum key
       distribution with detection efficiency mismatch", *Quantum Inf. Comput.* 9, 131 (2009)
       (recalled): discarding of data.
    """

    most_intensities: ClassVar[int] = 3
    """How many the source may send."""

    epsilon_sec: float = 1e-9
    """How far the key of a block may be from secret."""
    epsilon_cor: float = 1e-15
    """Probability that the two sides of a block's key differ."""
    ec_efficiency: float = 1.16
    """Bits error correction announces, over Shannon's limit."""
    bound: str = "hoeffding"
    """Bound on statistical fluctuations: ``hoeffding``, ``chernoff`` or ``exact-chernoff``."""
    key_bases: str = "one"
    """``one``: the key basis makes key and the check basis tests it. ``both``: each does both,
    with half of the epsilons each and the finite-key cost paid twice."""
    error_correction: ErrorCorrection | None = None
    """Codes whose efficiency varies; None for ``ec_efficiency`` whatever the block."""
    epsilon_counting: str = "rigorous"
    """``rigorous``: failures as they enter the distance from an ideal key. ``as-published``: as the
    papers count, for comparing with their keys."""
    authentication: Authentication = TWO_TAGS
    """Tags that a block pays for; ``{messages: 0}`` where authentication is paid for elsewhere."""

    def __post_init__(self) -> None:
        self._check_epsilon_sec()
        self._check_epsilon_cor()
        self._check_ec_efficiency()
        self._check_bound()
        self._check_key_bases()
        require_counting(self.epsilon_counting)

    def _check_epsilon_sec(self) -> None:
        _require_probability("epsilon_sec", self.epsilon_sec)

    def _check_epsilon_cor(self) -> None:
        _require_probability("epsilon_cor", self.epsilon_cor)

    def _check_ec_efficiency(self) -> None:
        require_finite("ec_efficiency", self.ec_efficiency)
        if self.ec_efficiency < 1.0:
            raise NonPhysicalError(
                "ec_efficiency",
                f"must be at least 1, Shannon's limit, got {self.ec_efficiency:g}",
            )

    def _check_bound(self) -> None:
        _require_one_of("bound", self.bound, INTERVALS)

    def _check_key_bases(self) -> None:
        _require_one_of("key_bases", self.key_bases, KEY_BASES)

    def key(self, counts: Counts) -> KeyResult:
        """Return the key of every block of ``counts``."""
        return self._result(self.bases(counts), self._method(_scheme(counts).name))

    def key_of_known_yields(self, counts: Counts, yields: PhotonYields) -> KeyResult:
        """Return the key when the yields of every block are known from infinitely many decoys.

        Parameters
        ----------
        counts
            Of the signal (or of several), with the pulses of each basis.
        yields
            Of empty pulses and of single photons.

        Returns
        -------
        KeyResult
            Only the signal and the phase error fluctuate.
        """
        counted = [counts, counts.swapped()][: KEY_BASES[self.key_bases]]
        shares = self.shares(INFINITE_DECOYS)

        def analysed(exact: Counts) -> BasisKey:
            events = infinite_decoy_events(exact, yields=yields, log_term=shares.classical_log)
            return self._basis(exact, events, shares)

        bases = tuple(least_key(analysed, each) for each in counted)
        return self._result(bases, self._method("infinitely many decoys"))

    def epsilon_budget(self, intensities: int) -> EpsilonBudget:
        """Return what a block of so many intensities risks, term by term."""
        bases = KEY_BASES[self.key_bases]
        shares = self.shares(_scheme_of(intensities).composition)
        budget = [
            *(replace(term, times=term.times * bases) for term in shares.terms),
            EpsilonTerm(name="correctness", each=self.epsilon_cor / bases, times=bases),
        ]
        return EpsilonBudget(terms=(*budget, *self.authentication.terms))

    def choices(self) -> tuple[DecoyBB84, ...]:
        """Return itself: there is one way to make the key."""
        return (self,)

    @property
    def both_bases(self) -> bool:
        """Whether both bases make key, each tested by the other's errors."""
        return self.key_bases == "both"

    def correcting(self, by: ErrorCorrection) -> DecoyBB84:
        """Return the same protocol with other error correction."""
        return replace(self, error_correction=by)

    def best_settings(
        self,
        clicks: PassClicks,
        *,
        source: SettableSource,
        receiver_p_key_basis: float,
        group: IntArray,
    ) -> Settings:
        """Return the settings that leave most key: of decoys, or how far to dim a source."""
        from satqkd.key.bb84.brightness import best_dimmed  # noqa: PLC0415 -- both import this
        from satqkd.key.bb84.optimise import optimise  # noqa: PLC0415 -- both import this

        intensities = source.intensities
        if len(intensities) == 1:
            return best_dimmed(
                clicks,
                protocol=self,
                brightness=intensities[0],
                g2=source.g2,
                receiver_p_key_basis=receiver_p_key_basis,
                group=group,
            ).settings
        return optimise(
            clicks,
            protocol=self,
            decoys=len(intensities) - 1,
            weakest_intensity=intensities[2] if len(intensities) == 3 else 0.0,
            receiver_p_key_basis=receiver_p_key_basis,
            group=group,
        ).settings

    def _result(self, bases: tuple[BasisKey, ...], method: str) -> KeyResult:
        bits = self.authentication.paid(np.sum([basis.secure_bits for basis in bases], axis=0))
        sifted = _total([basis.sifted_bits for basis in bases])
        errors = _total([basis.errors for basis in bases])
        return KeyResult(
            secure_bits=whole_bits(bits),
            why_zero=_reasons(bits, bases, self.authentication),
            sifted_bits=sifted,
            qber=share_of(errors, sifted),
            phase_error=np.max(np.stack([basis.phase_error for basis in bases]), axis=0),
            vacuum_bits=_total([basis.vacuum_bits for basis in bases]),
            single_photon_bits=_total([basis.single_photon_bits for basis in bases]),
            leak_ec_bits=_total([basis.leak_ec_bits for basis in bases]),
            method=method,
        )

    def secure_bits(self, counts: Counts) -> IntArray:
        """Return the length of every block's key, and nothing else about it."""
        each = [basis.secure_bits for basis in self.bases(counts)]
        return whole_bits(self.authentication.paid(np.sum(each, axis=0)))

    def bases(self, counts: Counts) -> tuple[BasisKey, ...]:
        """Return what each basis that makes key contributes, before rounding."""
        if self.key_bases == "both":
            return self._analysed(counts), self._analysed(counts.swapped())
        return (self._analysed(counts),)

    def _analysed(self, counts: Counts) -> BasisKey:
        scheme = _scheme(counts)
        shares = self.shares(scheme.composition)
        decoys = np.shape(counts.intensities)[-1] > 1

        def analysed(exact: Counts) -> BasisKey:
            events = scheme.events(
                exact, interval=INTERVALS[self.bound], log_term=shares.classical_log
            )
            return self._basis(exact, events, shares, decoys=decoys)

        return least_key(analysed, counts)

    def shares(self, composition: Composition) -> Shares:
        """Return what each bound behind the key of one basis may fail with."""
        share = self.epsilon_sec / KEY_BASES[self.key_bases]
        return COUNTINGS[self.epsilon_counting].shares(composition, share)

    def _cost_bits(self, shares: Shares) -> float:
        share = KEY_BASES[self.key_bases]
        return shares.cost_bits + math.log2(2.0 * share / self.epsilon_cor)

    def _leak_bits(self, qber: FloatArray, sifted: FloatArray) -> FloatArray:
        if self.error_correction is not None:
            return self.error_correction.leak_bits(qber, sifted_bits=sifted)
        return leak_bits(qber, sifted_bits=sifted, ec_efficiency=self.ec_efficiency)

    def _basis(
        self, counts: Counts, events: Events, shares: Shares, *, decoys: bool = True
    ) -> BasisKey:
        alike = 1.0 if counts.detector_mismatch is None else 1.0 - counts.detector_mismatch
        phase_error = shares.sampled(
            events.check_single_photon_errors,
            sample=alike * events.check_single_photons,
            rest=alike * events.single_photons,
            log_term=shares.phase_log,
        )
        sifted = over_intensities(counts.key_clicks)
        errors = over_intensities(counts.key_errors)
        single = np.minimum(events.single_photons, sifted)
        vacuum = np.minimum(events.vacuum, sifted - single)
        return BasisKey(
            sifted_bits=sifted,
            errors=errors,
            check_clicks=over_intensities(counts.check_clicks),
            check_single_photons=events.check_single_photons,
            vacuum_bits=vacuum,
            single_photon_bits=single,
            phase_error=phase_error,
            private_bits=vacuum + alike * single * (1.0 - binary_entropy(phase_error)),
            leak_ec_bits=self._leak_bits(share_of(errors, sifted), sifted),
            cost_bits=self._cost_bits(shares),
            decoys=decoys,
        )

    def _method(self, scheme: str) -> str:
        basis = "one basis" if self.key_bases == "one" else "both bases"
        return f"{scheme}, {self.bound.capitalize()} bound, key from {basis}"


def _scheme(counts: Counts) -> _Scheme:
    return _scheme_of(np.shape(counts.intensities)[-1])


def _scheme_of(intensities: int) -> _Scheme:
    if intensities not in _SCHEMES:
        raise NonPhysicalError("intensities", f"must be one to three numbers, got {intensities}")
    return _SCHEMES[intensities]


def _total(arrays: list[FloatArray]) -> FloatArray:
    return arrays[0] if len(arrays) == 1 else np.sum(arrays, axis=0)


def _reasons(
    bits: FloatArray, bases: tuple[BasisKey, ...], authentication: Authentication
) -> tuple[str | None, ...]:
    """Say for each block without key what keeps its better basis from making some."""
    reasons: list[str | None] = [None] * bits.size
    zero = np.flatnonzero(bits < 1.0)
    better = np.argmax([basis.length_bits[zero] for basis in bases], axis=0)
    each = [basis.secure_bits for basis in bases]
    for block, basis in zip(zero.tolist(), better.tolist(), strict=True):
        made = sum(float(bits_of_one[block]) for bits_of_one in each)
        reasons[block] = authentication.too_dear(made) or bases[basis].why_zero(block)
    return tuple(reasons)


def _require_probability(field: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise NonPhysicalError(field, f"must lie between 0 and 1, got {value:g}")


def _require_one_of(field: str, value: str, choices: Collection[str]) -> None:
    if value not in choices:
        raise NonPhysicalError(field, f"must be one of {', '.join(choices)}, got {str(value)!r}")
