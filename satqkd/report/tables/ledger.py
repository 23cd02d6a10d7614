"""Tables of the ledger: its entries, and what every pool and pair holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from satqkd.constants import DAY_S
from satqkd.network.ledger import Entry, Holding, Pair, Place, Pool
from satqkd.report.tables.column import Column, each
from satqkd.report.tables.definitions import column

REKEY_BITS: Final = 256
"""Key of one AES-256 rekey. [bit]"""
BITS_OF_BYTE: Final = 8
"""A one-time pad takes a bit of key for each bit of text. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """What one place holds."""

    place: Place
    holding: Holding
    at: datetime
    """When."""

    @property
    def age_d(self) -> float | None:
        """Age of its oldest bit; None where it holds nothing. [d]"""
        made_at = self.holding.oldest_made_at
        return None if made_at is None else (self.at - made_at).total_seconds() / DAY_S


def held_keys(stocks: Mapping[Place, Holding], at: datetime) -> list[HeldKey]:
    """List what places hold, those of pairs first."""
    rows = [HeldKey(place=place, holding=own, at=at) for place, own in stocks.items()]
    return sorted(rows, key=lambda row: isinstance(row.place, Pool))


def utc(instant: datetime | None) -> str | None:
    """Write an instant of a ledger as tables do."""
    if instant is None:
        return None
    text = instant.replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text}Z"


def _pool(row: HeldKey) -> Pool | None:
    return row.place if isinstance(row.place, Pool) else None


def _pair(row: HeldKey) -> Pair | None:
    return row.place if isinstance(row.place, Pair) else None


def _station_a(row: HeldKey) -> str:
    return row.place.station if isinstance(row.place, Pool) else row.place.station_a


HELD_COLUMNS: tuple[Column[Sequence[HeldKey]], ...] = (
    column("satellite", each(lambda row: pool.satellite if (pool := _pool(row)) else None)),
    column("station_a", each(_station_a)),
    column("station_b", each(lambda row: pair.station_b if (pair := _pair(row)) else None)),
    Column("held_bits", "bit", "Key that the pair, or the pool, holds; what is set aside included.",
           each(lambda row: row.holding.bits)),
    Column("reserved_bits", "bit", "What of it is set aside for a purpose.",
           each(lambda row: row.holding.reserved_bits if _pair(row) else None)),
    Column("on_the_way_bits", "bit", "Relayed to the pair and not confirmed yet; not held.",
           each(lambda row: row.holding.on_the_way_bits if _pair(row) else None)),
    Column("joint_bits", "bit", "Made together by both stations and not shared yet; not held.",
           each(lambda row: row.holding.joint_bits if _pair(row) else None)),
    Column("oldest_utc", "UTC", "When the oldest block that the held key rests on was key.",
           each(lambda row: utc(row.holding.oldest_made_at)), digits=3),
    Column("oldest_d", "d", "Age of that block.", each(lambda row: row.age_d), digits=2),
    Column("held_epsilon", "", "That any of the held key is not secret, or not the same on both "
           "sides, at the most: the sum over its blocks.",
           each(lambda row: row.holding.epsilon)),
    Column("held_blocks", "", "Blocks that the held key rests on.",
           each(lambda row: len(row.holding.blocks))),
    Column("held_rekeys", "", "AES-256 keys, of 256 bit each, that the held key is enough for.",
           each(lambda row: row.holding.bits // REKEY_BITS if _pair(row) else None)),
    Column("held_pad_bytes", "B", "Bytes that the held key encrypts as a one-time pad.",
           each(lambda row: row.holding.bits // BITS_OF_BYTE if _pair(row) else None)),
)  # fmt: skip
"""Columns of ``satqkd ledger show``: pairs, then pools."""

HELD_SCREEN = (
    "station_a", "held_bits", "station_b", "satellite", "oldest_d", "reserved_bits",
    "on_the_way_bits", "held_rekeys", "held_epsilon", "joint_bits", "held_pad_bytes",
    "held_blocks", "oldest_utc",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""

ENTRY_COLUMNS: tuple[Column[Sequence[Entry]], ...] = (
    Column("sequence", "", "Number of the entry, from 1 without gaps.",
           each(lambda entry: entry.sequence)),
    Column("act", "", "Number of the first of the entries that were booked at once.",
           each(lambda entry: entry.act)),
    Column("booked_utc", "UTC", "When it was booked.", each(lambda entry: utc(entry.at)),
           digits=3),
    Column("event", "", "What happened.", each(lambda entry: entry.event.name)),
    Column("in_words", "", "The same with names and numbers.",
           each(lambda entry: entry.event.in_words())),
    Column("author", "", "Command that booked it.", each(lambda entry: entry.author)),
    Column("sha256", "", "Hash of the entry and of the hash before it.",
           each(lambda entry: entry.sha256)),
)  # fmt: skip
"""Columns of ``satqkd ledger show --entries``."""

ENTRY_SCREEN = ("sequence", "in_words", "booked_utc", "event", "author", "act")
"""Columns worth a place on a terminal, the most important first."""
