"""A string dealt out to frames of one length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.distil.bits import Bits, Words
from satqkd.distil.stream import stream
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deal:
    """Which words of a string make up which frame.

    ::

        string   w0 w1 w2 w3 w4 w5 w6      frame 0   w3 w6 w0 | 0 0      the seed mixes words, so
                                           frame 1   w5 w1 w2 | 0 0      that frames have the same
                                           frame 2   w4  0  0 | 0 0      errors on average; what a
                                                                         frame lacks is 0, as both
                                                                         ends know
    """

    size: int
    """Length of the string. [bit]"""
    place: IntArray
    """Shape (frames, words of a frame): which word of the string lies where; -1 for none."""

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.place)

    @property
    def frame_words(self) -> int:
        """Most words of the string in a frame."""
        return int(self.place.shape[1])

    def out(self, words: Words, *, length: int) -> Words:
        """Deal words out; shape (frames, length), 0 where a frame has none."""
        frames = np.zeros((self.frames, length), dtype=np.uint64)
        inside = self.place >= 0
        frames[:, : self.frame_words][inside] = words[self.place[inside]]
        return frames

    def padding(self, *, length: int) -> Words:
        """Return what is no bit of the string, set; shape (frames, length)."""
        ones = np.full(-(-self.size // 64), 2**64 - 1, dtype=np.uint64)
        if self.size % 64:
            ones[-1] = 2 ** (self.size % 64) - 1
        return ~self.out(ones, length=length)

    def back(self, frames: Words) -> Bits:
        """Undo :meth:`out`."""
        words = np.zeros(-(-self.size // 64), dtype=np.uint64)
        inside = self.place >= 0
        words[self.place[inside]] = frames[:, : self.frame_words][inside]
        return Bits(words=words, size=self.size)


def deal(size: int, *, most_bits: int, seed: int) -> Deal:
    """Return how a string is dealt out to as few frames as hold it, all of one length but a word.

    Parameters
    ----------
    size
        Length of the string. [bit]
    most_bits
        Longest frame, a multiple of 64. [bit]
    seed
        64 public bits.
    """
    words = -(-size // 64)
    frames = -(-size // most_bits)
    length = -(-words // max(frames, 1))
    place = np.full((length, frames), -1, dtype=np.int64)
    place.reshape(-1)[:words] = np.argsort(stream(seed, count=words), kind="stable")
    return Deal(size=size, place=np.ascontiguousarray(place.T))
