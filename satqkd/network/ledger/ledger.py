"""The memory of a mission: what was planned, flown, made, delivered, spent and lost."""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from satqkd.errors import LedgerDamagedError, LedgerError, OutputError, SatqkdWarning
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.contacts import State
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.exchange import rest_of
from satqkd.network.ledger.head import Head, head_path, read_head, write_head
from satqkd.network.ledger.holding import Holding
from satqkd.network.ledger.lock import only_writer
from satqkd.network.ledger.migrate import migrate
from satqkd.network.ledger.places import Place
from satqkd.network.ledger.plain import instant_text
from satqkd.network.ledger.plan_events import PlanIssued, StationOut
from satqkd.network.ledger.rows import COLUMNS, chained, row_of
from satqkd.network.ledger.schema import WAIT_S, connect, create, require_layout, schema_of, sweep
from satqkd.network.ledger.spoken import spoken

SELECT = f"SELECT {', '.join(COLUMNS)} FROM entries WHERE sequence > ? ORDER BY sequence"  # noqa: S608 -- names of ours
_INSERT = f"INSERT INTO entries ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 -- names of ours


Clock = Callable[[], datetime]
"""Says what time it is, with its zone."""
CLOCK_STEP: Final = timedelta(minutes=1)
"""So far a clock may be set back between two entries: the second then is as old as the first."""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """An open ledger; made by :meth:`open`, and a context manager.

    Examples
    --------
    >>> import tempfile
    >>> from satqkd.network.ledger import Note
    >>> now = datetime(2016, 12, 22, 12, 40, tzinfo=UTC)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Ledger.open(Path(folder) / "ops.sqlite", author="example", now=now) as ledger:
    ...         entry = ledger.append(Note(text="dome serviced"))
    >>> entry.sequence, entry.event.in_words()
    (1, 'dome serviced')
    """

    path: Path
    author: str
    now: datetime
    wait_s: float
    clock: Clock | None
    _connection: sqlite3.Connection | None
    """None until the first entry makes the file."""
    _entries: list[Entry] = field(default_factory=list)
    _book: Book | None = None

    @staticmethod
    def open(
        path: Path | str,
        *,
        author: str,
        now: datetime,
        write: bool = True,
        wait_s: float = WAIT_S,
        clock: Clock | None = None,
    ) -> Ledger:
        """Open a ledger, and check that all of it is what was written.

        Parameters
        ----------
        path
            Its file; where it is not there, and is to be written, the first entry makes it: what is
            refused leaves nothing behind.
        author
            Command that writes, for its entries and for those who have to wait.
        now
            Time of its entries, with its zone.
        write
            Whether anything is to be booked; without it nothing on the disk changes.
        wait_s
            How long to wait for another command that writes. [s]
        clock
            Read for the time of entries when they are booked, in place of ``now``: while a command
            computes or waits, others book. None where ``now`` is what somebody asks for.

        Raises
        ------
        LedgerDamagedError
            If it is not what was written, or lost its end.
        LedgerBusyError
            If another command writes for longer.
        LedgerError
            If it is none, is of a newer satqkd, or is not there and not to be written.
        OutputError
            If it cannot be read or written.
        """
        ledger = Ledger(
            path=Path(path),
            author=author,
            now=now.astimezone(UTC),
            wait_s=wait_s,
            clock=clock,
            _connection=None,
        )
        with spoken(ledger.path):
            if ledger.path.exists():
                with ledger._writing() if write else nullcontext():
                    ledger._connect(write=write)
            else:
                _require_new(ledger.path, write=write)
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; what is booked is on the disk since it was booked."""
        if self._connection is not None:
            self._connection.close()

    def append(self, event: Event) -> Entry:
        """Book one event; see :meth:`append_all`."""
        return self.append_all([event])[0]

    def append_all(
        self, events: Sequence[Event], *, given: Callable[[Book], None] | None = None
    ) -> tuple[Entry, ...]:
        """Book events in one act: all of them, durably, or none.

        Parameters
        ----------
        events
            What is booked.
        given
            Called with what is booked already, behind all that others wrote and before anybody can
            write more; raises where the events rest on something else.

        Returns
        -------
        tuple of Entry
            One an event.

        Raises
        ------
        LedgerError
            If one does not fit what is booked: an overdraw, a block or a state twice; or if now is
            before the last entry.
        LedgerBusyError
            If another command writes for longer than is waited.
        OutputError
            If the disk is full.
        """

        def found() -> list[Entry]:
            if given is not None:
                given(self.book)
            return self._following(events)

        return self._written(found) if events else ()

    def restore(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Take over entries of an export, as they are, behind those that are the same.

        Returns
        -------
        tuple of Entry
            Those that were not there yet; in one transaction.

        Raises
        ------
        LedgerError
            If the ledger has others in their place, or more than they are.
        """
        return self._written(lambda: self._restored(entries))

    def events(self) -> tuple[Entry, ...]:
        """Return every entry, with its event, in order."""
        return tuple(self._entries)

    @property
    def book(self) -> Book:
        """What all entries amount to; to be read, not changed."""
        if self._book is None:
            self._book = Book.of(self._entries)
        return self._book

    def book_at(self, at: datetime | None) -> Book:
        """Return what the entries up to an instant amount to; None for all."""
        if at is None:
            return self.book
        return Book.of(entry for entry in self._entries if entry.at <= at)

    def state_of(self, contact_key: str) -> State | None:
        """Return planned, committed, flown, failed or cancelled; None for no word of it."""
        return self.book.state(contact_key)

    def pins(self) -> tuple[str, ...]:
        """Return the contacts that plans schedule in any case, by contact key."""
        return tuple(one.contact_key for one in self.book.wishes.pins.values())

    def bans(self) -> tuple[str, ...]:
        """Return the contacts that plans never schedule, by contact key."""
        return tuple(one.contact_key for one in self.book.wishes.bans.values())

    def outages(self) -> tuple[StationOut, ...]:
        """Return when stations do not work."""
        return tuple(self.book.wishes.outages.values())

    def stock(self, place: Place, at: datetime | None = None) -> Holding:
        """Return what a pool or a pair holds, now or at a past instant."""
        return self.book_at(at).accounts.holding(place)

    def stocks(self, at: datetime | None = None) -> dict[Place, Holding]:
        """Return what every pool and every pair holds, in alphabetical order."""
        accounts = self.book_at(at).accounts
        return {place: accounts.holding(place) for place in accounts.places()}

    def plan_in_force(self) -> PlanIssued | None:
        """Return the plan in force; None before the first."""
        book = self.book
        return None if book.in_force is None else book.plans[book.in_force]

    def _writing(self) -> AbstractContextManager[None]:
        return only_writer(self.path, self.author, wait_s=self.wait_s)

    def _connect(self, *, write: bool) -> sqlite3.Connection:
        """Open the file, and check it; whoever writes holds the lock."""
        connection = connect(self.path, write=write)
        try:
            self._check(connection, write=write)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _check(self, connection: sqlite3.Connection, *, write: bool) -> None:
        if write:
            sweep(self.path)
            connection.execute("PRAGMA journal_mode=WAL")
            migrate(self.path, connection)
        elif schema_of(connection) != 1:  # pragma: no cover  # 1 is the first schema
            raise LedgerError(
                f"{self.path}: is of an older schema\n  fix: run a command that writes"
            )
        require_layout(self.path, connection)
        for (told,) in connection.execute("PRAGMA quick_check(1)"):
            if told != "ok":
                raise LedgerDamagedError(
                    f"{self.path}: {told}\n"
                    "  fix: restore a copy; 'satqkd ledger audit' says how much of it is whole"
                )
        self._catch_up(connection)
        self._require_head()
        self._book = self._posted()

    def _posted(self) -> Book:
        try:
            return Book.of(self._entries)
        except LedgerError as error:
            raise LedgerDamagedError(f"{self.path}: {error}") from error

    def _catch_up(self, connection: sqlite3.Connection) -> None:
        """Read what others have booked since."""
        before = self._entries[-1] if self._entries else None
        rows = connection.execute(SELECT, (0 if before is None else before.sequence,))
        try:
            new = list(chained(rows, before))
        except LedgerDamagedError as error:
            raise LedgerDamagedError(f"{self.path}: {error}") from error
        if new:
            self._entries += new
            self._book = None

    def _require_head(self) -> None:
        head = read_head(self.path)
        told = None if head is None else lost_since(head, self._entries)
        if told:
            raise LedgerDamagedError(
                f"{self.path}: {told}\n  fix: restore a copy that has them. If there is none, and "
                f"those entries are to be given up, remove {head_path(self.path)}"
            )

    def _written(self, found: Callable[[], list[Entry]]) -> tuple[Entry, ...]:
        """Write entries in one transaction, as the only writer, behind all that others wrote."""
        if self._connection is None and not self.path.exists() and not self._tried(found):
            return ()
        with spoken(self.path), self._writing():
            connection = self._connection or self._made()
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._catch_up(connection)
                self._require_head()
                new = found()
                connection.executemany(_INSERT, [row_of(entry) for entry in new])
                connection.execute("COMMIT")
            except BaseException:
                self._book = None
                with suppress(sqlite3.Error):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                raise
            self._entries += new
            if new:
                self._write_head()
        return tuple(new)

    def _tried(self, found: Callable[[], list[Entry]]) -> list[Entry]:
        """Return what would be written into a ledger that is not there; refused, none is made."""
        try:
            return found()
        finally:
            self._book = None

    def _made(self) -> sqlite3.Connection:
        """Make the file, unless another command did meanwhile, and open it."""
        if not self.path.exists():
            _require_new(self.path, write=True)
            create(self.path)
        return self._connect(write=True)

    def _restored(self, entries: Sequence[Entry]) -> list[Entry]:
        new = rest_of(entries, self._entries)
        Book.of(entries)
        self._book = None
        return list(new)

    def _following(self, events: Sequence[Event]) -> list[Entry]:
        before = self._entries[-1] if self._entries else None
        at = self._time(before)
        book, act, found = self.book, None, list[Entry]()
        for event in events:
            entry = Entry.following(before, event, act=act, at=at, author=self.author)
            event.post(book, entry.sequence)
            act, before = entry.act, entry
            found.append(entry)
        return found

    def _time(self, before: Entry | None) -> datetime:
        """Return the time of the next entry; never before that of the last one."""
        now = self.now if self.clock is None else self.clock().astimezone(UTC)
        if before is None or now >= before.at:
            return now
        if self.clock is not None and before.at - now <= CLOCK_STEP:
            return before.at
        raise LedgerError(
            f"now, {instant_text(now)}, is before the last entry of {self.path}, "
            f"{instant_text(before.at)}\n  fix: correct --now, or the clock"
        )

    def _write_head(self) -> None:
        last = self._entries[-1]
        try:
            write_head(self.path, Head(last.sequence, last.sha256))
        except OSError as error:
            warnings.warn(
                f"{head_path(self.path)}: could not be written ({error.strerror or error}): it is "
                "booked, but if the ledger lost its end nobody would see that",
                SatqkdWarning,
                stacklevel=4,
            )


def lost_since(head: Head, entries: Sequence[Entry]) -> str:
    """Say what a ledger lost since its head was written; empty for nothing."""
    if len(entries) < head.sequence:
        return f"ends at entry {len(entries)}, but {head.sequence} were written: the end is lost"
    if entries[head.sequence - 1].sha256 != head.sha256:
        return f"entry {head.sequence} is another than was written: it is another ledger, or a copy"
    return ""


def _require_new(path: Path, *, write: bool) -> None:
    head = read_head(path)
    if head is not None:
        raise LedgerDamagedError(
            f"{path}: is gone; it had {head.sequence} entries\n  fix: restore a copy. If there is "
            f"none, and a new one shall begin, remove {head_path(path)}"
        )
    if write and not os.access(path.parent, os.W_OK | os.X_OK):
        raise OutputError(
            f"{path}: no ledger could be made there, nothing is booked\n"
            "  fix: make the folder, or allow writing there"
        )
    if not write:
        raise LedgerError(
            f"{path}: there is no ledger yet\n"
            "  fix: it is made by the first command that books something, such as "
            "'satqkd ledger note TEXT'"
        )
