"""Telling everything: what is left for a string too short, or too wrong, for a code."""

from __future__ import annotations

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.errors import ProtocolError
from satqkd.units import BoolArray


class PlainAlice:
    """The end whose bits hold."""

    def __init__(self, bits: Bits) -> None:
        self._bits = bits

    def begin(self) -> Bits:
        """Return the string."""
        return self._bits

    def answer(self, request: Bits) -> Bits:
        """Refuse: nothing is left to ask."""
        raise ProtocolError(f"everything was told, and yet {request.size} bits ask for more")

    def wipe(self) -> None:
        """Leave the bits: they are the caller's."""


class PlainBob:
    """The end that takes what it is told."""

    def __init__(self, bits: Bits) -> None:
        self._bits = bits
        self._told = False

    @property
    def corrected(self) -> Bits:
        """His bits as they are now."""
        return self._bits

    @property
    def told(self) -> BoolArray:
        """One frame, told in full; none where there are no bits."""
        return np.full(min(len(self._bits), 1), self._told)

    def hear(self, message: Bits) -> None:
        """Take the string over; nothing is left to ask."""
        if message.size != self._bits.size:
            raise ProtocolError("a string told in full has another length")
        self._bits = Bits(words=message.words.copy(), size=message.size)
        self._told = True

    def wipe(self) -> None:
        """Leave the bits: they are the caller's."""
