"""Key that lies in one place, first in, first out.

A lot is key of one origin::

    made_at   12:01           12:01            19:40
              ├── 300 kbit ──┤├── 200 kbit ───┤├─── 500 kbit ─── …
    blocks    {X-17}          {X-17, N-4}      {X-18, N-4}
              ▲ spent first

A relay takes from two pools at once. Its key rests on the blocks of both, so that the lots of the
two are cut where either ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Key of one origin."""

    bits: int
    """How much. [bit]"""
    made_at: datetime
    """When the oldest block that it rests on was key."""
    blocks: frozenset[str]
    """Blocks that it rests on: it is as secret as all of them together."""


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Lots in the order in which they leave."""

    lots: deque[Lot] = field(default_factory=deque)
    bits: int = 0
    """Sum of the lots. [bit]"""

    def put(self, lots: Iterable[Lot]) -> None:
        """Put key behind what is there."""
        for lot in lots:
            self.bits += lot.bits
            if self.lots and _alike(self.lots[-1], lot):
                self.lots[-1] = replace(lot, bits=lot.bits + self.lots[-1].bits)
            else:
                self.lots.append(lot)

    def put_back(self, lots: Iterable[Lot]) -> None:
        """Put key where its age says: what was set aside and is not needed comes back so."""
        self.put(())
        merged = sorted([*self.lots, *lots], key=lambda lot: lot.made_at)
        self.lots, self.bits = deque(), 0
        self.put(merged)

    def take(self, bits: int) -> list[Lot]:
        """Take the oldest key; there has to be as much.

        Raises
        ------
        ValueError
            If there is less: the caller says to whom, and where.
        """
        if bits > self.bits:
            raise ValueError(f"{bits} of {self.bits}")
        self.bits -= bits
        taken: list[Lot] = []
        while bits:
            lot = self.lots.popleft()
            part = min(bits, lot.bits)
            taken.append(replace(lot, bits=part))
            if part < lot.bits:
                self.lots.appendleft(replace(lot, bits=lot.bits - part))
            bits -= part
        return taken


def _alike(one: Lot, other: Lot) -> bool:
    return one.blocks == other.blocks and one.made_at == other.made_at


def combined(first: Iterable[Lot], second: Iterable[Lot]) -> list[Lot]:
    """Return the lots of a relay: bit by bit of two of as many bits, each as old as the older."""
    one, other = deque(first), deque(second)
    found: list[Lot] = []
    while one and other:
        bits = min(one[0].bits, other[0].bits)
        found.append(
            Lot(
                bits=bits,
                made_at=min(one[0].made_at, other[0].made_at),
                blocks=one[0].blocks | other[0].blocks,
            )
        )
        for queue in (one, other):
            lot = queue.popleft()
            if lot.bits > bits:
                queue.appendleft(replace(lot, bits=lot.bits - bits))
    return found
