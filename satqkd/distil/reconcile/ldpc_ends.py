"""Two ends that reconcile by syndromes, then by what Bob asks for.

::

    Alice  ── parities of all frames ──▶            ── those bits ──▶            ── those frames ──▶
    Bob                                 ── bits? ──▶      ...         ── frames? ──▶           done
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.distil.bits import Bits, Words
from satqkd.distil.reconcile.ldpc_code import LdpcCode
from satqkd.distil.reconcile.ldpc_decoder import Belief, Frames, decode
from satqkd.distil.reconcile.ldpc_frames import Deal
from satqkd.distil.reconcile.ldpc_request import Request
from satqkd.errors import ProtocolError
from satqkd.units import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """What both ends work out for themselves before they speak."""

    deal: Deal
    """How the string is dealt out to frames."""
    code: LdpcCode
    """Of every frame."""
    requests: tuple[int, ...]
    """How many bits a frame that is not done asks for in each round. [bit]"""
    belief: Belief
    """How Bob weighs what he hears; his matter alone."""
    sweeps: int
    """How long he tries; his matter alone."""

    @property
    def frame_words(self) -> int:
        """Words of a frame, padding included."""
        return self.code.bits // 64

    def request(self, message: Bits, *, past: int) -> Request:
        """Read the request that follows ``past`` others."""
        each = self.requests[past] if past < len(self.requests) else 0
        request = Request.from_bits(
            message, frames=self.deal.frames, frame_bits=self.code.bits, each=each
        )
        if not each and request.asks.any():
            raise ProtocolError(f"bits may be asked for {len(self.requests)} times")
        return request


class LdpcAlice:
    """The end whose bits hold."""

    def __init__(self, bits: Bits, *, plan: Plan) -> None:
        self._plan = plan
        self._frames = plan.deal.out(bits.words, length=plan.frame_words)
        self._known = plan.deal.padding(length=plan.frame_words)
        self._padding = self._known.copy()
        self._open = np.ones(plan.deal.frames, dtype=np.bool_)
        self._past = 0

    def begin(self) -> Bits:
        """Return the parities of all frames, frame by frame."""
        parities = self._plan.code.syndromes(self._frames).ravel()
        return Bits(words=parities, size=64 * parities.size)

    def answer(self, request: Bits) -> Bits:
        """Return what is asked for: bits, then frames."""
        wanted = self._plan.request(request, past=self._past)
        if np.any((wanted.asks | wanted.full) & ~self._open):
            raise ProtocolError("a frame that was done asks again")
        frames = np.flatnonzero(wanted.asks)
        if np.any(bits_at(self._known, frames=frames, positions=wanted.positions)):
            raise ProtocolError("a bit that both ends know was asked for")
        set_bits(self._known, frames=frames, positions=wanted.positions)
        self._past += 1
        self._open = wanted.asks
        single = bits_at(self._frames, frames=frames, positions=wanted.positions).ravel()
        whole = [
            unpacked(self._frames[f])[~unpacked(self._padding[f])]
            for f in np.flatnonzero(wanted.full)
        ]
        return Bits.pack(np.concatenate([single, *whole]))

    def wipe(self) -> None:
        """Overwrite the copy of the bits."""
        self._frames[:] = 0


class LdpcBob:
    """The end that corrects its bits."""

    def __init__(self, bits: Bits, *, plan: Plan) -> None:
        self._plan = plan
        self._frames = plan.deal.out(bits.words, length=plan.frame_words)
        self._padding = plan.deal.padding(length=plan.frame_words)
        self._known = self._padding.copy()
        self._value = np.zeros_like(self._known)
        self._errors = np.zeros((0, 0), dtype=np.uint64)
        self._asked: list[Request] = []
        self._open = np.ones(plan.deal.frames, dtype=np.bool_)
        self._told = np.zeros(plan.deal.frames, dtype=np.bool_)

    @property
    def corrected(self) -> Bits:
        """His bits as they are now."""
        return self._plan.deal.back(self._frames)

    @property
    def told(self) -> BoolArray:
        """For each frame, whether it was given up and told in full."""
        return self._told.copy()

    def hear(self, message: Bits) -> Bits | None:
        """Take parities, or bits and frames, in and return what to ask next."""
        if not self._asked:
            self._hear_parities(message)
        else:
            self._hear_bits(message, request=self._asked[-1])
        weak = self._try()
        if not self._open.any():
            return None
        each = self._plan.requests[len(self._asked) :][:1] or (0,)
        left = np.bitwise_count(~self._known).sum(axis=1, dtype=np.int64)
        asks = self._open & (left > each[0]) & (each[0] > 0)
        request = Request(asks=asks, full=self._open & ~asks, positions=weak[asks[self._open]])
        self._asked.append(request)
        return request.to_bits(frame_bits=self._plan.code.bits)

    def _hear_parities(self, message: Bits) -> None:
        """Reckon the parities of the errors."""
        code = self._plan.code
        if message.size != self._plan.deal.frames * code.checks:
            raise ProtocolError("parities have another length than the frames need")
        hers = message.words.reshape(self._plan.deal.frames, code.checks // 64)
        self._errors = hers ^ code.syndromes(self._frames)

    def _hear_bits(self, message: Bits, *, request: Request) -> None:
        """Note bits that were asked for; take over frames told in full."""
        frames, full = np.flatnonzero(request.asks), np.flatnonzero(request.full)
        inside = [~unpacked(self._padding[f]) for f in full]
        if message.size != request.positions.size + sum(int(each.sum()) for each in inside):
            raise ProtocolError("an answer has another length than was asked for")
        bits = message.unpacked()
        at = request.positions.size
        asked = bits[:at].reshape(request.positions.shape)
        mine = bits_at(self._frames, frames=frames, positions=request.positions)
        set_bits(self._known, frames=frames, positions=request.positions)
        set_bits(self._value, frames=frames, positions=request.positions, where=asked != mine)
        for f, here in zip(full, inside, strict=True):
            row = np.zeros(here.size, dtype=np.bool_)
            row[here] = bits[at : at + int(here.sum())]
            at += int(here.sum())
            self._frames[f] = Bits.pack(row).words
        self._open = self._open & ~request.full
        self._told = self._told | request.full

    def _try(self) -> IntArray:
        """Decode the frames that are open; return the weakest bits of those that stay so."""
        open_, plan = np.flatnonzero(self._open), self._plan
        past = len(self._asked)
        decoded = decode(
            plan.code,
            frames=Frames(
                syndromes=self._errors[open_], known=self._known[open_], value=self._value[open_]
            ),
            belief=plan.belief,
            sweeps=plan.sweeps,
            wanted=plan.requests[past] if past < len(plan.requests) else 0,
        )
        self._frames[open_[decoded.done]] ^= decoded.errors[decoded.done]
        self._open[open_[decoded.done]] = False
        return decoded.weak[~decoded.done]

    def wipe(self) -> None:
        """Overwrite the copies of the bits."""
        for each in (self._frames, self._value, self._errors):
            each[:] = 0


def unpacked(words: Words) -> BoolArray:
    """Return a Boolean a bit of some words."""
    return Bits(words=words, size=64 * words.size).unpacked()


def bits_at(words: Words, *, frames: IntArray, positions: IntArray) -> BoolArray:
    """Return bits of frames; ``positions`` has shape (frames, bits)."""
    chosen = words[frames[:, np.newaxis], positions >> 6]
    return np.asarray((chosen >> (positions & 63).astype(np.uint64)) & np.uint64(1)).astype(
        np.bool_
    )


def set_bits(
    words: Words,
    *,
    frames: IntArray,
    positions: IntArray,
    where: BoolArray | None = None,
) -> None:
    """Set bits of frames; ``positions`` has shape (frames, bits), ``where`` leaves some out."""
    ones = np.uint64(1) << (positions & 63).astype(np.uint64)
    if where is not None:
        ones = np.where(where, ones, np.uint64(0))
    np.bitwise_or.at(
        words, (np.broadcast_to(frames[:, np.newaxis], positions.shape), positions >> 6), ones
    )
