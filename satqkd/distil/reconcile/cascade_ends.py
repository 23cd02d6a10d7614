"""The two ends of Cascade, apart from each other, in Python."""

from __future__ import annotations

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.cascade_steps import Steps
from satqkd.distil.reconcile.cascade_strings import Layout, Strings
from satqkd.errors import ProtocolError
from satqkd.units import BoolArray


def _check_length(bits: Bits, *, expected: int, who: str) -> None:
    if len(bits) != expected:
        raise ProtocolError(f"cascade: {who} said {len(bits)} bits where {expected} were due")


class CascadeAlice:
    """The end whose bits hold."""

    def __init__(self, bits: Bits, *, layout: Layout, seed: int) -> None:
        self._strings = Strings.of(bits, layout=layout)
        self._steps = Steps(layout, seed=seed)

    def begin(self) -> Bits:
        """Return the first message."""
        return Bits.pack(self._steps.question.read(self._strings))

    def answer(self, request: Bits) -> Bits:
        """Return the parities that follow from where Bob differs.

        Raises
        ------
        ProtocolError
            If the request has another length than is due, or nothing follows from it.
        """
        if self._steps.done:
            raise ProtocolError("cascade: Bob asks on although nothing is left to ask")
        _check_length(request, expected=int(self._steps.question.answered.sum()), who="Bob")
        self._steps.advance(request.unpacked().view(np.uint8))
        if self._steps.done:
            raise ProtocolError("cascade: Bob asks on although nothing differs")
        return Bits.pack(self._steps.question.read(self._strings))


class CascadeBob:
    """The end that corrects its bits."""

    def __init__(self, bits: Bits, *, layout: Layout, seed: int) -> None:
        self._strings = Strings.of(bits, layout=layout)
        self._steps = Steps(layout, seed=seed)

    def hear(self, message: Bits) -> Bits | None:
        """Say where his parities differ; None when nothing is left to ask.

        Raises
        ------
        ProtocolError
            If the message has another length than is due.
        """
        _check_length(message, expected=self._steps.question.answered.size, who="Alice")
        if self._steps.done:
            return None
        said = message.unpacked().view(np.uint8)
        differs = (said ^ self._steps.question.read(self._strings))[self._steps.question.answered]
        for frame, bits in self._steps.question.whole_frames(said):
            self._strings.base(frame, 0, bits.size)[:] = bits
        self._strings.flip(self._steps.advance(differs))
        return None if self._steps.done else Bits.pack(differs)

    @property
    def corrected(self) -> Bits:
        """His bits as they are now."""
        return self._strings.bits()

    @property
    def told(self) -> BoolArray:
        """For each frame, whether it was given up and told in full."""
        return self._steps.told.copy()
