"""What two ends say to each other, recorded so that it can be counted.

::

    Alice  ──A0──▶          ──A1──▶          ──A2──▶      each message is bits, packed;
    Bob            ──B0──▶          ──B1──▶               Bob says no more once he is done
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Said:
    """All that one end said in an exchange, message by message."""

    bits: IntArray
    """Length of each message; it fills ⌈bits / 8⌉ bytes. [bit]"""
    content: bytes
    """The messages behind each other."""

    @property
    def total_bits(self) -> int:
        """What was said. [bit]"""
        return int(self.bits.sum())

    @staticmethod
    def of(messages: Sequence[Bits]) -> Said:
        """Put messages behind each other."""
        return Said(
            bits=np.array([len(each) for each in messages], dtype=np.int64),
            content=b"".join(each.view() for each in messages),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exchange:
    """What was said at one stage; the ends take turns, Alice first."""

    stage: str
    """Such as ``sift`` or ``reconcile``."""
    alice: Said
    """By whoever holds the bits that become key."""
    bob: Said
    """By whoever corrects his."""

    @property
    def rounds(self) -> int:
        """Requests of Bob's that Alice answered: each takes one round trip."""
        return min(self.bob.bits.size, max(self.alice.bits.size - 1, 0))


class Alice(Protocol):
    """The end whose bits hold."""

    def begin(self) -> Bits:
        """Return the first message."""
        ...

    def answer(self, request: Bits) -> Bits:
        """Return the answer to a request; a malformed one is a :class:`ProtocolError`."""
        ...


class Bob(Protocol):
    """The end that corrects its bits."""

    def hear(self, message: Bits) -> Bits | None:
        """Take a message in and return the next request; None when nothing is left to ask."""
        ...


def exchange(alice: Alice, bob: Bob, *, stage: str) -> Exchange:
    """Carry messages between two ends until Bob has no more to ask.

    Parameters
    ----------
    alice, bob
        The ends; nothing passes between them but what is returned here.
    stage
        What it is called in the record.
    """
    said, asked = [alice.begin()], list[Bits]()
    while (request := bob.hear(said[-1])) is not None:
        asked.append(request)
        said.append(alice.answer(request))
    return Exchange(stage=stage, alice=Said.of(said), bob=Said.of(asked))
