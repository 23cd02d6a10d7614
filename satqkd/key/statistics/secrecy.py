"""From the secrecy error of a key to what each of its bounds may fail with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from satqkd.errors import NonPhysicalError
from satqkd.key.statistics.epsilon import EpsilonTerm
from satqkd.key.statistics.hypergeometric import hypergeometric_error_fraction
from satqkd.key.statistics.sampling import unseen_error_fraction
from satqkd.units import FloatArray

_LN_2: Final = math.log(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What has to hold for a key to be secret, and how its paper counts that."""

    classical: int
    """Bounds on what really happened: photon numbers, clicks, errors that were seen."""
    phase: int = 1
    """Bounds behind the phase error on what nobody measures; repeated as often as each counts."""
    published_parts: int
    """Equal parts the secrecy error is cut into as published."""
    published_logs: int
    """Times the key pays the binary logarithm of one over such a part, as published."""
    published_spare_bits: float = 0.0
    """What it pays less than that, as published. [bit]"""


class Sampling(Protocol):
    """Upper bound on the error fraction outside a random sample."""

    def __call__(
        self, errors: FloatArray, *, sample: FloatArray, rest: FloatArray, log_term: float
    ) -> FloatArray:
        """Return the fraction, at most 0.5."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What each bound behind one key may fail with."""

    classical_log: float
    """Natural logarithm of one over the failure probability of each classical bound."""
    phase_log: float
    """The same of each bound behind the phase error."""
    cost_bits: float
    """Bits the key pays for privacy amplification. [bit]"""
    sampled: Sampling
    """How errors seen bound phase errors."""
    terms: tuple[EpsilonTerm, ...]
    """What the secrecy error is made of."""


class Counting(Protocol):
    """A way to count failures into the secrecy error."""

    def shares(self, composition: Composition, epsilon_sec: float) -> Shares:
        """Return what each bound of a key may fail with that may be so far from secret."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rigorous:
    r"""Failures as they enter the distance between the key and an ideal one.

    .. math:: \epsilon_{sec} = \sum_{i=1}^{m} \epsilon_i + 2 \sqrt{\textstyle\sum_{j=1}^{q} p_j}
              + \epsilon_{PA}, \qquad
              \ell \le H - 2 \log_2 \frac{1}{2 \epsilon_{PA}}

    cut into :math:`m + 3` equal parts :math:`\epsilon = \epsilon_{sec} / (m + 3)`:

    .. math:: \epsilon_i = \epsilon, \qquad p_j = \frac{\epsilon^2}{q}, \qquad
              \epsilon_{PA} = \epsilon

    with :math:`m` classical bounds, :math:`q` behind the phase error and :math:`H` the private
    bits, those announced by error correction taken off.

    Notes
    -----
    #. *Classical events.* Photon numbers of randomised pulses, clicks, and errors in what was
       measured are values that could be written down without a change of the state. Where a bound
       on them fails, the key is at most 1 from ideal: its probability counts as it is.
    #. *Phase errors.* Nobody measures them in bits that make key. Where they exceed their bound
       with probability :math:`p`, the state is :math:`\sqrt{p}` in purified distance from one in
       which they do not, of which the uncertainty relation gives the min-entropy
       :math:`n [1 - h(\phi)]`. Key and ideal key are both replaced by it: :math:`2\sqrt{p}` [1]_,
       [2]_. That each value of the classical events has a :math:`p` of its own does no harm, as
       the root is concave.
    #. *Privacy amplification.* Two-universal hashing to :math:`\ell` bits is
       :math:`\tfrac{1}{2} 2^{-(H - \ell)/2}` from ideal (leftover hash lemma) [1]_.
    #. Bits of empty pulses are uniform to everybody; those of several photons are given away.
       Photon numbers known, both leave the chain rule nothing to pay, which [3]_ pays for.

    References
    ----------
    .. [1] M. Tomamichel, C. C. W. Lim, N. Gisin and R. Renner, "Tight finite-key analysis for
       quantum cryptography", *Nat. Commun.* 3, 634 (2012) (recalled): both terms, in its
       :math:`\epsilon_{sec}/4` squared.
    .. [2] M. Tomamichel and A. Leverrier, "A largely self-contained and complete security proof
       for quantum key distribution", *Quantum* 1, 14 (2017) (recalled).
    .. [3] C. C. W. Lim et al., *Phys. Rev. A* 89, 022307 (2014), appendix B (recalled).
    """

    def shares(self, composition: Composition, epsilon_sec: float) -> Shares:
        """Return equal parts, squared for phase errors."""
        each = epsilon_sec / (composition.classical + 3)
        log = -math.log(each)
        return Shares(
            classical_log=log,
            phase_log=2.0 * log + math.log(composition.phase),
            cost_bits=2.0 * (log / _LN_2 - 1.0),
            sampled=hypergeometric_error_fraction,
            terms=(
                *_classical(composition.classical, each),
                EpsilonTerm(name="phase errors, smoothing", each=each, times=2),
                EpsilonTerm(name="privacy amplification", each=each),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AsPublished:
    r"""Failures as the papers of the protocols count them, all alike.

    .. math:: \epsilon = \frac{\epsilon_{sec}}{a}, \qquad
              \ell \le H - b \log_2 \frac{1}{\epsilon} + s

    with :math:`a` parts, :math:`b` logarithms and :math:`s` spare bits of the paper. A probability
    :math:`p` that phase errors exceed their bound counts as :math:`p`, not as :math:`2\sqrt{p}`:
    for comparing with printed keys, not for keys to be used.

    References
    ----------
    .. [1] C. C. W. Lim et al., *Phys. Rev. A* 89, 022307 (2014); of each protocol its own.
    """

    def shares(self, composition: Composition, epsilon_sec: float) -> Shares:
        """Return equal parts."""
        parts = composition.published_parts
        log = math.log(parts / epsilon_sec)
        return Shares(
            classical_log=log,
            phase_log=log,
            cost_bits=composition.published_logs * log / _LN_2 - composition.published_spare_bits,
            sampled=unseen_error_fraction,
            terms=(EpsilonTerm(name="secrecy", each=epsilon_sec / parts, times=parts),),
        )


def _classical(number: int, each: float) -> tuple[EpsilonTerm, ...]:
    if number == 0:
        return ()
    return (EpsilonTerm(name="photon numbers", each=each, times=number),)


COUNTINGS: Final[Mapping[str, Counting]] = {
    "rigorous": Rigorous(),
    "as-published": AsPublished(),
}
"""Ways to count by the name they have in a mission file."""


def require_counting(name: str) -> None:
    """Refuse a way to count that there is not."""
    if name not in COUNTINGS:
        raise NonPhysicalError(
            "epsilon_counting", f"must be one of {', '.join(COUNTINGS)}, got {str(name)!r}"
        )
