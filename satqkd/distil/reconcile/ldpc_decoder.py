"""Which errors a syndrome means: belief propagation in small integers, in C or here.

The rule, for each row of circulants in turn, ``lift`` checks at once::

    a bit says     q = posterior - what this row told it before            -128 ... 127
    a row reckons  w = the least |q|, r = all the other |q| joined
    a row tells    the weakest bit r, each other bit r and w joined,       30 or 36 at most
                   with the sign that the parity asks for
    posterior      q + what the row tells it                               -128 ... 127

Posteriors count in 1/3 of log-likelihood, a row joins in 1/12: strengths a and b become
min(a, b) - max(0, 33 - |a - b|) / 4, with a line in place of log(1 + exp(-|a - b|)). Min-sum,
which leaves it out, does not converge on these codes. Only whole numbers enter, so both paths
give the same bytes.

References
----------
.. [1] C. Jones, E. Vallés, M. Smith and J. Villasenor, "Approximate-MIN* constraint node updating
   for LDPC code decoding", *MILCOM 2003*, 157 (2003): one message for the weakest bit, another
   for all others (recalled; the line and the integers are chosen here).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from satqkd.distil.bits import Words
from satqkd.distil.native import native
from satqkd.distil.reconcile.ldpc_code import LdpcCode
from satqkd.units import BoolArray, IntArray

STRONGEST: Final = 63
"""|bit| that a row can reckon with: four times it fits into a byte. [1/3]"""
FEW_ERRORS: Final = 0.015
"""Error fraction below which frames run away sooner than they stay stuck."""
CORRECTION: Final = 33
"""4 log 2 where a row joins. [1/12]"""
CERTAIN: Final = 127
"""Posterior of a bit that is known. [1/3]"""
BATCH: Final = 16
"""Frames that Python works on at once: their arrays stay within some 20 MB."""

Thirds = npt.NDArray[np.int16]
"""Log-likelihood; negative for an error. [1/3]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """How the decoder weighs what it hears."""

    prior: int
    """How sure a bit is before its frame is looked at, from 1. [1/3]"""
    strongest: int
    """|bit| that a row reckons with at most, so what it tells at most; up to 63. [1/3]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frames:
    """What is known about the errors of some frames of one code."""

    syndromes: Words
    """Shape (frames, checks / 64): their parities."""
    known: Words
    """Shape (frames, bits / 64): which bits are known to be wrong, or right."""
    value: Words
    """Shape (frames, bits / 64): which of the known ones are wrong."""

    def __len__(self) -> int:
        return len(self.syndromes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decoded:
    """What became of frames."""

    errors: Words
    """Shape (frames, bits / 64): the bits that are wrong, as it seems."""
    done: BoolArray
    """Shape (frames,): whether those have the parities."""
    weak: IntArray
    """Shape (frames, wanted): rising positions of the least sure bits of a frame not done."""


def belief_of(qber: float) -> Belief:
    """Return how to weigh bits of an error fraction.

    By definition: the prior is log((1 - Q) / Q). Strongest was measured, 1,000 frames of 65,536
    bits a point: at 5 % with 30, 36 and 44 thirds 10, 1 and 1 failed (a run of five errors in the
    chain outlasts what two rows tell); at 0.5 % with 28, 32 and 63 thirds 41, 44 and 54 failed, of
    which 1, 8 and 18 ran away to a third of their bits.

    Examples
    --------
    >>> belief_of(0.02)
    Belief(prior=12, strongest=36)
    >>> belief_of(0.0), belief_of(0.5)
    (Belief(prior=30, strongest=30), Belief(prior=1, strongest=36))
    """
    held = min(max(qber, 1e-6), 0.5)
    strongest = 36 if qber >= FEW_ERRORS else 30
    prior = round(3.0 * math.log((1.0 - held) / held))
    return Belief(prior=min(max(prior, 1), strongest), strongest=strongest)


def decode(
    code: LdpcCode, *, frames: Frames, belief: Belief, sweeps: int, wanted: int = 0
) -> Decoded:
    """Look for the errors of frames.

    Parameters
    ----------
    code
        Of every frame.
    frames
        What is known.
    belief
        As of :func:`belief_of`.
    sweeps
        How often all rows are worked through at most.
    wanted
        How many of the least sure bits of a frame not done to name.
    """
    built = native()
    if built is None:
        return decode_in_python(code, frames=frames, belief=belief, sweeps=sweeps, wanted=wanted)
    return decode_in_c(built, code=code, frames=frames, belief=belief, sweeps=sweeps, wanted=wanted)


def decode_in_c(
    built: Any,
    *,
    code: LdpcCode,
    frames: Frames,
    belief: Belief,
    sweeps: int,
    wanted: int,
    narrow: bool = False,
) -> Decoded:
    """As :func:`decode`; ``narrow`` leaves out what only some processors have."""
    entries = np.stack([code.column, code.onward, code.shift], axis=1)
    errors, done, weak = built.ldpc_decode(
        (code.rows, code.columns, code.lift, code.starts, entries, code.last),
        len(frames),
        np.ascontiguousarray(frames.syndromes),
        np.ascontiguousarray(frames.known),
        np.ascontiguousarray(frames.value),
        belief.prior,
        belief.strongest,
        sweeps,
        wanted,
        narrow,
    )
    return Decoded(
        errors=np.frombuffer(errors, dtype=np.uint64).reshape(len(frames), code.bits // 64),
        done=np.frombuffer(done, dtype=np.bool_),
        weak=np.frombuffer(weak, dtype=np.uint32).astype(np.int64).reshape(len(frames), wanted),
    )


def decode_in_python(
    code: LdpcCode, *, frames: Frames, belief: Belief, sweeps: int, wanted: int
) -> Decoded:
    """As :func:`decode`, with numpy alone."""
    errors = np.zeros((len(frames), code.bits // 64), dtype=np.uint64)
    done = np.zeros(len(frames), dtype=np.bool_)
    weak = np.zeros((len(frames), wanted), dtype=np.int64)
    for first in range(0, len(frames), BATCH):
        batch = slice(first, first + BATCH)
        known = _unpacked(frames.known[batch])
        certain = np.where(_unpacked(frames.value[batch]), -CERTAIN, CERTAIN)
        odd = _unpacked(frames.syndromes[batch]).reshape(-1, code.rows, code.lift)
        posterior = np.where(known, certain, belief.prior).astype(np.int16)
        told = np.zeros((len(known), len(code.column), code.lift), dtype=np.int16)
        left = np.arange(len(known))
        for _ in range(sweeps):
            if not left.size:
                break
            some, past = posterior[left], told[left]
            _sweep(
                code,
                some.reshape(-1, code.columns, code.lift),
                past,
                odd=odd[left],
                strongest=belief.strongest,
            )
            posterior[left] = np.where(known[left], certain[left], some)
            told[left] = past
            agree = _agree(code, posterior[left] < 0, frames.syndromes[batch][left])
            done[first + left[agree]] = True
            left = left[~agree]
        errors[batch] = _packed(posterior < 0)
        for f in left:
            weak[first + f] = _weakest(posterior[f], known[f], wanted)
    return Decoded(errors=errors, done=done, weak=weak)


def _unpacked(words: Words) -> BoolArray:
    """Return a Boolean a bit."""
    octets = words.astype("<u8").view(np.uint8).reshape(len(words), -1)
    return np.unpackbits(octets, axis=1, bitorder="little").astype(np.bool_)


def _packed(bits: BoolArray) -> Words:
    """Undo :func:`_unpacked`."""
    octets = np.packbits(bits, axis=1, bitorder="little")
    return octets.view("<u8").astype(np.uint64, copy=False)


def _agree(code: LdpcCode, errors: BoolArray, syndromes: Words) -> BoolArray:
    """Whether errors have the parities they must have, frame by frame."""
    return np.asarray((code.syndromes(_packed(errors)) == syndromes).all(axis=1))


def _joined(a: Thirds, b: Thirds) -> Thirds:
    """What two strengths say together. [1/12]"""
    line = np.maximum(CORRECTION - np.abs(a - b), 0) >> 2
    return np.asarray(np.maximum(np.minimum(a, b) - line, 0))


def _sweep(
    code: LdpcCode, posterior: Thirds, told: Thirds, *, odd: BoolArray, strongest: int
) -> None:
    """Work through all rows once; shapes (frames, columns or entries or rows, lift)."""
    lanes = np.arange(code.lift)
    for r in range(code.rows):
        entries = slice(int(code.starts[r]), int(code.starts[r + 1]))
        column = code.column[entries].astype(np.int64)[:, np.newaxis]
        lane = (lanes + code.shift[entries].astype(np.int64)[:, np.newaxis]) % code.lift
        q = np.clip(posterior[:, column, lane] - told[:, entries], -128, 127)
        strength = np.minimum(np.abs(q), strongest)
        least = np.full((len(posterior), code.lift), strongest, dtype=np.int16)
        rest = np.full_like(least, 255)
        for e in range(len(column)):
            rest = _joined(rest, 4 * np.maximum(least, strength[:, e]))
            least = np.minimum(least, strength[:, e])
        rest, joined = ((each + 2 >> 2)[:, np.newaxis] for each in (rest, _joined(rest, 4 * least)))
        minus = q < 0
        flip = minus ^ (np.bitwise_xor.reduce(minus, axis=1) ^ odd[:, r])[:, np.newaxis]
        size = np.where(strength == least[:, np.newaxis], rest, joined)
        message = np.where(flip, -size, size)
        told[:, entries] = message
        posterior[:, column, lane] = np.clip(q + message, -128, 127)


def _weakest(posterior: Thirds, known: BoolArray, wanted: int) -> IntArray:
    """Rising positions of the unknown bits of least |posterior|; among equals, the latest."""
    unknown = np.flatnonzero(~known)
    order = np.lexsort((-unknown, np.abs(posterior[unknown])))
    found = np.zeros(wanted, dtype=np.int64)
    chosen = np.sort(unknown[order[:wanted]])
    found[: chosen.size] = chosen
    return found
