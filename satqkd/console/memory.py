"""What the mission's ledger says, as the pages need it: read, never written."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from satqkd.network.ledger import Ledger, Pair
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.plan_events import PlanIssued


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Memory:
    """What a ledger amounts to."""

    entries: tuple[Entry, ...]
    book: Book

    @property
    def in_force(self) -> str | None:
        """Id of the plan in force; None before the first."""
        return self.book.in_force

    @property
    def plans(self) -> Mapping[str, PlanIssued]:
        """Plans that were issued, by id, in that order."""
        return self.book.plans

    @property
    def issues(self) -> Mapping[str, Entry]:
        """Entries that issued each plan, by its id."""
        issued = [one for one in self.entries if one.event.name == PlanIssued.name]
        return dict(zip(self.plans, issued, strict=True))

    @property
    def states(self) -> Mapping[str, str]:
        """What became of contacts, by key."""
        return {key: own[-1][1] for key, own in self.book.contacts.states.items() if own}

    def held_bits(self, station_a: str, station_b: str) -> int:
        """What a pair of stations holds. [bit]"""
        return self.book.accounts.holding(Pair(station_a=station_a, station_b=station_b)).bits


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads a ledger, and keeps what it read until one of its files is another."""

    path: Path
    _held: tuple[tuple[tuple[int, int], ...], Memory] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, now: datetime) -> Memory | None:
        """Return what the ledger says; None where there is none.

        Raises
        ------
        SatqkdError
            If it is damaged.
        """
        with self._lock:
            if not self.path.exists():
                return None
            seen = self._seen()
            if self._held is None or self._held[0] != seen:
                with Ledger.open(self.path, author="satqkd desk", now=now, write=False) as ledger:
                    memory = Memory(entries=ledger.events(), book=ledger.book)
                self._held = seen, memory
            return self._held[1]

    def _seen(self) -> tuple[tuple[int, int], ...]:
        found = []
        for name in (self.path.name, f"{self.path.name}-wal"):
            try:
                own = self.path.with_name(name).stat()
            except OSError:
                continue
            found.append((own.st_mtime_ns, own.st_size))
        return tuple(found)
