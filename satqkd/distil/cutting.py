"""Where one block of a contact ends and the next begins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.places import Places
from satqkd.distil.records import Received, Transmitted
from satqkd.distil.simulate import Simulated
from satqkd.errors import NonPhysicalError
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """The records of one block, its pulses counted from its own first."""

    clicks: Simulated
    first_pulse: int
    """Number of its first pulse in the contact."""


def pieces(clicks: Simulated, *, size: float = math.inf, close_at: int | None = None,
           both_bases: bool) -> list[Piece]:  # fmt: skip
    """Cut the clicks of a contact into blocks.

    Parameters
    ----------
    clicks
        Of the whole contact.
    size
        Sifted bits that fill a block. [bit]
    close_at
        Number of the pulse before which a block closes, full or not; None for no such pulse.
    both_bases
        Whether bits of both bases are sifted.

    Returns
    -------
    list of Piece
        In order of time. A block is full with the click that brings its last bit, and its pulses
        end there. As in the forecast (:func:`satqkd.key.dividing.blocks_of`) the last one before
        the contact or the closing pulse takes what is left, so that it is one to two sizes long.
    """
    if not size >= 1.0:
        raise NonPhysicalError("size", f"must be at least 1 sifted bit, got {size:g}")
    if clicks.pulses and math.isinf(size) and (close_at is None or close_at >= clicks.pulses):
        return [Piece(clicks=clicks, first_pulse=0)]
    place = clicks.bob.places.numbers()
    sent, read = clicks.alice.key_basis, clicks.bob.key_basis
    counts = ~(sent ^ read) if both_bases else sent & read
    ends = [clicks.pulses] if close_at is None else [min(close_at, clicks.pulses), clicks.pulses]
    cuts: list[int] = []
    begin = 0
    for end in ends:
        last = int(np.searchsorted(place, end))
        cuts += [int(place[at]) + 1 for at in _full(counts, begin, last, size)]
        cuts.append(end)
        begin = last
    bounds = np.unique(np.array([0, *cuts], dtype=np.int64))
    return [_piece(clicks, place, first, end) for first, end in pairwise(bounds.tolist())]


def _full(counts: Bits, begin: int, end: int, size: float) -> IntArray:
    """Clicks of some in a row that bring a block's last bit, but for that of the last block."""
    if math.isinf(size):
        return np.zeros(0, dtype=np.int64)
    whole = math.ceil(size)
    sifted = np.flatnonzero(counts.unpacked()[begin:end])
    last = max(sifted.size // whole - 1, 0)
    return np.asarray(sifted[whole - 1 :: whole][:last] + begin, dtype=np.int64)


def _piece(clicks: Simulated, place: IntArray, first: int, end: int) -> Piece:
    low, high = np.searchsorted(place, [first, end]).tolist()
    alice, bob = clicks.alice, clicks.bob
    places = Places.of(place[low:high] - first)

    def own(bits: Bits) -> Bits:
        return bits.first(high).beyond(low)

    return Piece(
        clicks=Simulated(
            alice=Transmitted(
                places=places,
                bit=own(alice.bit),
                key_basis=own(alice.key_basis),
                intensity=tuple(own(each) for each in alice.intensity),
            ),
            bob=Received(places=places, bit=own(bob.bit), key_basis=own(bob.key_basis)),
            pulses=end - first,
        ),
        first_pulse=first,
    )
