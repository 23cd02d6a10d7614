"""How much of a block is secret, from what was counted.

::

    Alice                                             Bob
      ── her bits of the check basis ──────────────────▶
      ◀──────── errors among his, for each intensity ────     before the key bits are corrected
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.distil.bits import Bits
from satqkd.distil.packing import Reader, message, numbers
from satqkd.distil.sift import Sifted
from satqkd.errors import ProtocolError
from satqkd.key.post_processing.error_correction import CountedLeak
from satqkd.key.reasons import correction_costs_more
from satqkd.key.result import KeyResult, OneProtocol
from satqkd.units import FloatArray, IntArray


class EstimatingAlice:
    """The end that tells its bits of the check basis."""

    def __init__(self, sifted: Sifted) -> None:
        self._sifted = sifted
        self.check_errors: IntArray | None = None

    def begin(self) -> Bits:
        """Return the bits of the check basis."""
        return message(self._sifted.check.to_bytes())

    def answer(self, request: Bits) -> Bits:
        """Take in how many of them Bob read wrong."""
        reader = Reader(request)
        errors = reader.numbers(len(self._sifted.check_intensity))
        reader.end()
        _require_errors(errors, self._sifted.check_intensity)
        self.check_errors = errors
        return message()


class EstimatingBob:
    """The end that counts errors."""

    def __init__(self, sifted: Sifted) -> None:
        self._sifted = sifted
        self._told = False
        self.check_errors: IntArray | None = None

    def hear(self, message_: Bits) -> Bits | None:
        """Compare her bits with his."""
        if self._told:
            return None
        reader = Reader(message_)
        hers = reader.bits(self._sifted.check.size)
        reader.end()
        wrong = hers ^ self._sifted.check
        self.check_errors = errors_of(wrong, self._sifted.check_intensity)
        self._told = True
        return message(numbers(self.check_errors))


def errors_of(wrong: Bits, intensity: tuple[Bits, ...]) -> IntArray:
    """Count wrong bits of each intensity."""
    return np.array([(wrong & own).ones for own in intensity], dtype=np.int64)


def require_key_errors(errors: IntArray, sifted: Sifted) -> None:
    """Refuse more errors than there are key bits of an intensity and basis."""
    every = [own & basis for basis in (sifted.key_basis, ~sifted.key_basis)
             for own in sifted.key_intensity]  # fmt: skip
    _require_errors(errors, tuple(every))


def _require_errors(errors: IntArray, intensity: tuple[Bits, ...]) -> None:
    most = np.array([own.ones for own in intensity], dtype=np.int64)
    if errors.shape != most.shape or np.any(errors < 0) or np.any(errors > most):
        raise ProtocolError("more errors are told than there are clicks")


def key_errors_of(wrong: Bits, sifted: Sifted) -> IntArray:
    """Count wrong key bits of each intensity: of the key basis, then of the other; (2k,)."""
    own, other = sifted.key_basis, ~sifted.key_basis
    return np.concatenate(
        [
            errors_of(wrong & own, sifted.key_intensity),
            errors_of(wrong & other, sifted.key_intensity),
        ]
    )


def counted(
    expected: Counts, sifted: Sifted, *, check_errors: IntArray, key_errors: IntArray
) -> Counts:
    """Return what was counted of a block, as :meth:`OneProtocol.key` takes it.

    Parameters
    ----------
    expected
        One row, for what is sent and how often; its clicks do not count.
    sifted
        One end's bits: only how many there are of each kind matters.
    check_errors
        Of each intensity, shape (k,).
    key_errors
        As :func:`key_errors_of` has them, shape (2k,).
    """
    kinds = len(sifted.key_intensity)
    of_key = [(own & sifted.key_basis).ones for own in sifted.key_intensity]
    of_other = [(own & ~sifted.key_basis).ones for own in sifted.key_intensity]
    told = [own.ones for own in sifted.check_intensity]

    def row(values: list[int] | IntArray) -> FloatArray:
        return np.array(values, dtype=np.float64)[np.newaxis, :]

    return replace(
        expected,
        key_clicks=row(of_key),
        key_errors=row(key_errors[:kinds]),
        check_clicks=row(of_other) + row(told),
        check_errors=row(key_errors[kinds:]) + row(check_errors),
    )


_OF_EMPTY_PULSES: Final = (
    "all that is private may be of empty pulses, which do not count where the receiver says where "
    "his errors are"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What is lost of a block beside what the proof takes."""

    leak_bits: int
    """Told by Alice to correct Bob's bits. [bit]"""
    tag_bits: int
    """Of the tag that compares both ends' bits. [bit]"""
    hash_cost_bits: float
    """What the family of hashes loses against an ideal one. [bit]"""
    bob_bits: int
    """Said by Bob of where his errors are, and how many. [bit]"""


def proven(protocol: OneProtocol, counts: Counts, spent: Spent) -> KeyResult:
    r"""Return the key that a proof allows for what was counted, with what was really told.

    .. math:: \ell' = \min\left[\ell(f n h \to L),\ \ell(f n h \to 0) - L\right] - \min(s_0, b),
        \quad L = \text{leak} + \max(t - t_0, 0) + c

    Parameters
    ----------
    protocol
        Its formula; the leak of error correction it expects is replaced by ``spent``.
    counts
        One row.
    spent
        What was told: the proof has paid :math:`t_0 = \log_2(2/\epsilon_{cor})` a basis for the tag
        already.

    Notes
    -----
    Derived here: where both bases make key, one of them may hold too little that is private to pay
    its share of L. The formula then has 0 of it and forgets what it owes, although the parities
    were of bits of both bases together. The second term takes all of L off what is private.

    References
    ----------
    .. [1] M. Tomamichel, C. C. W. Lim, N. Gisin and R. Renner, *Nat. Commun.* 3, 634 (2012), eq. 2:
       bits told count in full, a hash of correctness with them.
    """
    budget = protocol.epsilon_budget(counts.intensities.shape[-1])
    paid = sum(
        term.times * math.log2(2.0 / term.each)
        for term in budget.terms
        if term.name == "correctness"
    )
    lost = spent.leak_bits + max(spent.tag_bits - paid, 0.0) + spent.hash_cost_bits
    sifted = counts.key_clicks.sum() + protocol.both_bases * counts.check_clicks.sum()
    found = protocol.correcting(CountedLeak(share=lost / max(float(sifted), 1.0))).key(counts)
    private = protocol.correcting(CountedLeak(share=0.0)).secure_bits(counts)
    paid_all = np.maximum(private - math.ceil(lost), 0)
    if paid_all[0] < found.secure_bits[0]:
        dear = correction_costs_more(lost, float(private[0]))
        found = replace(
            found, secure_bits=paid_all, why_zero=found.why_zero if paid_all[0] else (dear,)
        )
    left = without_empty_pulses(found, bob_bits=np.array([float(spent.bob_bits)]))
    why = found.why_zero if left[0] or not found.secure_bits[0] else (_OF_EMPTY_PULSES,)
    return replace(found, secure_bits=left, why_zero=why)


def without_empty_pulses(keys: KeyResult, *, bob_bits: FloatArray) -> IntArray:
    r"""Return keys in which sifted bits of empty pulses are not counted as private. [bit]

    .. math:: \ell - \min(s_0, b)

    Parameters
    ----------
    keys
        Of some blocks.
    bob_bits
        What Bob said of his errors, b, shape (blocks,). [bit]

    Notes
    -----
    Derived in docs/security.md: with the errors of clicks that she made herself Eve knows Alice's
    bits of empty pulses; what was said in b bits gives away no more than b.
    """
    lost = np.ceil(np.minimum(keys.vacuum_bits, bob_bits)).astype(np.int64)
    return np.asarray(np.maximum(keys.secure_bits - lost, 0), dtype=np.int64)
