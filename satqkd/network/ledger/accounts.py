"""Where every bit is: made once, and gone once.

The way of a bit::

    made ─▶ pool (satellite, station) ──┐
                                        ├ relayed ─▶ on the way ─ delivered ─▶ pair ─▶ spent
    made ─▶ pool (satellite, station) ──┘                                      │  ▲
    made together ─▶ joint key of a pair ─────────── shared ───────────────────┘  └─▶ set aside

From every place key can also expire or be lost.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from satqkd.errors import LedgerError
from satqkd.network.ledger.holding import Holding
from satqkd.network.ledger.lots import Lot, Shelf, combined
from satqkd.network.ledger.places import Pair, Place, Pool

Part = Literal["held", "on the way", "joint"]
"""Of what a pair has: what it holds and nobody has set aside, what is relayed and not confirmed, or
what both made together and have not shared. A pool has one part."""


@dataclass(slots=True, kw_only=True)
class Accounts:
    """Balances after some entries; nothing here is stored."""

    pools: dict[Pool, Shelf] = field(default_factory=dict)
    joint: dict[Pair, Shelf] = field(default_factory=dict)
    """Made together by two stations, not shared yet."""
    on_the_way: dict[Pair, Shelf] = field(default_factory=dict)
    """Relayed and not confirmed yet."""
    pairs: dict[Pair, Shelf] = field(default_factory=dict)
    """What pairs hold and nobody has set aside."""
    reserved: dict[tuple[Pair, str], Shelf] = field(default_factory=dict)
    """What is set aside, by pair and purpose."""
    epsilon: dict[str, float] = field(default_factory=dict)
    """Of each block that was ever made."""
    made_bits: int = 0
    """Key of all blocks. [bit]"""
    masked_bits: int = 0
    """What relays used up: a relayed bit takes one of each of two pools. [bit]"""
    spent_bits: int = 0
    expired_bits: int = 0
    lost_bits: int = 0

    def make(self, place: Place, block: str, bits: int, epsilon: float, at: datetime) -> None:
        """Put the key of a new block into its pool, or to the joint key of its pair."""
        if block in self.epsilon:
            raise LedgerError(
                f"block {block} was made already: a block is key once\n"
                "  fix: give another block, or leave it out"
            )
        self.epsilon[block] = epsilon
        self.made_bits += bits
        lot = Lot(bits=bits, made_at=at, blocks=frozenset((block,)))
        if isinstance(place, Pool):
            self.pools.setdefault(place, Shelf()).put([lot])
        else:
            self.joint.setdefault(place, Shelf()).put([lot])

    def relay(self, satellite: str, pair: Pair, bits: int) -> None:
        """Announce the XOR of two pools: as much leaves both, and is on its way to the pair."""
        ends = [Pool(satellite=satellite, station=one) for one in (pair.station_a, pair.station_b)]
        for pool in ends:
            require_enough(self.pools.get(pool), bits, str(pool), "relayed")
        first, second = (self.pools[pool].take(bits) for pool in ends)
        self.masked_bits += bits
        self.on_the_way.setdefault(pair, Shelf()).put(combined(first, second))

    def deliver(self, pair: Pair, bits: int) -> None:
        """Confirm relayed key: the pair holds it."""
        where = f"what is on its way to {pair}"
        self.pairs.setdefault(pair, Shelf()).put(
            taken(self.on_the_way.get(pair), bits, where, "delivered")
        )

    def share(self, pair: Pair, bits: int) -> None:
        """Put joint key to what the pair holds."""
        where = f"the joint key of {pair}"
        self.pairs.setdefault(pair, Shelf()).put(taken(self.joint.get(pair), bits, where, "shared"))

    def reserve(self, pair: Pair, bits: int, purpose: str) -> None:
        """Set key of a pair aside."""
        lots = taken(self.pairs.get(pair), bits, f"the free key of {pair}", "reserved")
        self.reserved.setdefault((pair, purpose), Shelf()).put(lots)

    def release(self, pair: Pair, bits: int, purpose: str) -> None:
        """Give back what was set aside."""
        where = f"what {pair} has set aside for {purpose}"
        lots = taken(self.reserved.get((pair, purpose)), bits, where, "released")
        self.pairs.setdefault(pair, Shelf()).put_back(lots)

    def spend(self, pair: Pair, bits: int, purpose: str) -> None:
        """Use key of a pair: what is set aside for the purpose first, then what is free."""
        own, free = self.reserved.get((pair, purpose)), self.pairs.get(pair)
        aside = 0 if own is None else min(bits, own.bits)
        there = aside + (0 if free is None else free.bits)
        if bits > there:
            raise overdraw(bits, there, f"what {pair} can spend", "spent")
        if own is not None and aside:
            own.take(aside)
        if free is not None and bits > aside:
            free.take(bits - aside)
        self.spent_bits += bits

    def expire(self, place: Place, bits: int, part: Part) -> None:
        """Remove key that got too old."""
        self._remove(place, bits, part, "expired")
        self.expired_bits += bits

    def lose(self, place: Place, bits: int, part: Part) -> None:
        """Remove key that is not there any more, or is known to somebody."""
        self._remove(place, bits, part, "lost")
        self.lost_bits += bits

    def places(self) -> list[Place]:
        """Return every pool and every pair that ever had key, in alphabetical order."""
        pairs = {*self.joint, *self.on_the_way, *self.pairs}
        return [*sorted(self.pools), *sorted(pairs)]

    def holding(self, place: Place) -> Holding:
        """Return what lies in one place."""
        if isinstance(place, Pool):
            return self._holding(self.pools.get(place, Shelf()).lots)
        aside = [lot for own in self._aside(place) for lot in own.lots]
        return replace(
            self._holding([*self.pairs.get(place, Shelf()).lots, *aside]),
            reserved_bits=_bits(aside),
            on_the_way_bits=self.on_the_way.get(place, Shelf()).bits,
            joint_bits=self.joint.get(place, Shelf()).bits,
        )

    def imbalance_bits(self) -> int:
        """Return made less masked, gone and still there: 0 unless bits came from nowhere. [bit]"""
        shelves = [
            *self.pools.values(),
            *self.joint.values(),
            *self.on_the_way.values(),
            *self.pairs.values(),
            *self.reserved.values(),
        ]
        there = sum(_bits(shelf.lots) for shelf in shelves)
        gone = self.masked_bits + self.spent_bits + self.expired_bits + self.lost_bits
        return self.made_bits - gone - there

    def _remove(self, place: Place, bits: int, part: Part, what: str) -> None:
        if isinstance(place, Pool):
            taken(self.pools.get(place), bits, str(place), what)
            return
        shelves, where = {
            "held": (self.pairs, f"the free key of {place}"),
            "on the way": (self.on_the_way, f"what is on its way to {place}"),
            "joint": (self.joint, f"the joint key of {place}"),
        }[part]
        taken(shelves.get(place), bits, where, what)

    def _aside(self, pair: Pair) -> Iterator[Shelf]:
        return (shelf for (own, _), shelf in self.reserved.items() if own == pair)

    def _holding(self, lots: Collection[Lot]) -> Holding:
        blocks = sorted(frozenset[str]().union(*(lot.blocks for lot in lots)))
        return Holding(
            bits=_bits(lots),
            oldest_made_at=min((lot.made_at for lot in lots), default=None),
            epsilon=math.fsum(self.epsilon[block] for block in blocks),
            blocks=tuple(blocks),
        )


def taken(shelf: Shelf | None, bits: int, where: str, what: str) -> list[Lot]:
    """Take the oldest key of a shelf.

    Raises
    ------
    LedgerError
        If it holds less.
    """
    require_enough(shelf, bits, where, what)
    return [] if shelf is None else shelf.take(bits)


def require_enough(shelf: Shelf | None, bits: int, where: str, what: str) -> None:
    """Raise :class:`~satqkd.errors.LedgerError` if a shelf holds less."""
    there = 0 if shelf is None else shelf.bits
    if bits > there:
        raise overdraw(bits, there, where, what)


def overdraw(bits: int, there: int, where: str, what: str) -> LedgerError:
    """Return the refusal of more bits than there are."""
    mend = (
        f"take {there:,} bit at the most, or book first where the rest came from"
        if there
        else "correct the names, or book first where it came from"
    )
    return LedgerError(f"{bits:,} bit cannot be {what}: {where} is {there:,} bit\n  fix: {mend}")


def _bits(lots: Iterable[Lot]) -> int:
    return sum(lot.bits for lot in lots)
