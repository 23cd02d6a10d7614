"""What Bob asks for: the least sure bits of some frames, other frames in full."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.errors import ProtocolError
from satqkd.units import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """Bits of frames that Alice is to tell.

    On the wire, with F frames of n bits, of which A ask for d bits each::

        F bits               1 where a frame asks for bits
        F bits               1 where a frame is to be told in full
        A times, by frame:
            d * l bits       the l lowest bits of each position, lowest first, positions rising
            d + h bits       bit (position >> l) + i is 1 for the i-th position, i from 0

    with l = ⌊log2(n / d)⌋ and h = ⌊(n - 1) / 2^l⌋, about 2 + log2(n / d) bits a position. Alice
    answers with the bits asked for, frame by frame by rising position, then with the frames.

    References
    ----------
    .. [1] P. Elias, "Efficient storage and retrieval by content and address of static files",
       *J. ACM* 21, 246 (1974): rising numbers in their low bits and a row of ones (recalled).
    """

    asks: BoolArray
    """Shape (F,): whether a frame asks for bits."""
    full: BoolArray
    """Shape (F,): whether a frame is to be told in full."""
    positions: IntArray
    """Shape (A, d): which bits, rising."""

    def to_bits(self, *, frame_bits: int) -> Bits:
        """Return the request as it goes over the wire."""
        each = self.positions.shape[1]
        low, ones = _layout(frame_bits, each=each)
        parts = [self.asks, self.full]
        for position in self.positions:
            lowest = (position[:, np.newaxis] >> np.arange(low)) & 1
            row = np.zeros(ones, dtype=np.bool_)
            row[(position >> low) + np.arange(each)] = True
            parts += [lowest.astype(np.bool_).ravel(), row]
        return Bits.pack(np.concatenate(parts))

    @staticmethod
    def from_bits(message: Bits, *, frames: int, frame_bits: int, each: int) -> Request:
        """Read a request.

        Parameters
        ----------
        message
            As of :meth:`to_bits`.
        frames
            How many there are.
        frame_bits
            Length of a frame. [bit]
        each
            How many bits a frame may ask for in this round.

        Raises
        ------
        ProtocolError
            If it is no request.
        """
        bits = message.unpacked()
        if bits.size < 2 * frames:
            raise ProtocolError("a request has to name its frames")
        asks, full, rest = bits[:frames], bits[frames : 2 * frames], bits[2 * frames :]
        low, ones = _layout(frame_bits, each=each)
        count = int(asks.sum())
        if rest.size != count * (each * low + ones) or np.any(asks & full):
            raise ProtocolError("a request has another length than its frames need")
        table = rest.reshape(count, each * low + ones)
        lowest = table[:, : each * low].reshape(count, each, low).astype(np.int64)
        where = table[:, each * low :]
        if np.any(where.sum(axis=1) != each):
            raise ProtocolError(f"a request has to name {each} bits a frame")
        high = np.nonzero(where)[1].reshape(count, each) - np.arange(each)
        positions = (high << low) + (lowest << np.arange(low)).sum(axis=2)
        if np.any(np.diff(positions, axis=1) <= 0) or np.any(positions >= frame_bits):
            raise ProtocolError("bits of a request have to rise within their frame")
        return Request(asks=asks, full=full, positions=positions)


def _layout(frame_bits: int, *, each: int) -> tuple[int, int]:
    """How many bits of a position are low, and how long the row of ones is."""
    low = (frame_bits // max(each, 1)).bit_length() - 1
    return low, each + ((frame_bits - 1) >> low)
