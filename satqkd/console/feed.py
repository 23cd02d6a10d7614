"""The calendar of the plan in force, as programs that subscribe to it read it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC

from satqkd.console.held import Signature, signature
from satqkd.console.workplace import Workplace
from satqkd.errors import SatqkdError
from satqkd.report.export.calendar_events import ics_files
from satqkd.report.handed_contacts import issue_of, planned_contacts, planned_mission
from satqkd.report.plan_folder import read_plan
from satqkd.report.plan_store import store_of


@dataclass(slots=True, kw_only=True)
class Feed:
    """Makes the calendars, and keeps them until the plan, the ledger or who publishes is another.

    Contacts are found again for it, which takes a second or more: one reader at a time.
    """

    _held: tuple[tuple[Signature, int, str], Mapping[str, bytes]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def calendar(self, work: Workplace, mail: str, *, station: str = "") -> bytes:
        """Return the calendar of all contacts, or of those of a station.

        Parameters
        ----------
        work
            Where.
        mail
            Of who publishes it.
        station
            Name of a station; empty for all.

        Raises
        ------
        SatqkdError
            If there is no plan, a file that it was made from has changed, or the station has no
            contact.
        """
        with self._lock:
            made = self._made(work, mail)
        if station not in made:
            raise SatqkdError("the station has no contact in the plan\n  fix: name another")
        return made[station]

    def _made(self, work: Workplace, mail: str) -> Mapping[str, bytes]:
        store = store_of(work.mission, work.clock().astimezone(UTC), work.author)
        book, entries = None, 0
        if store is not None and store.path.exists():
            with store.open(write=False) as ledger:
                book, entries = ledger.book, len(ledger.events())
        folder = work.plan_folder(book)
        if folder is None:
            raise SatqkdError("no plan is in force\n  fix: plan first")
        seen = signature(folder), entries, mail
        if self._held is not None and self._held[0] == seen:
            return self._held[1]
        plan = read_plan(folder)
        made = planned_mission(plan, mission=work.mission, stations=work.stations)
        planned = planned_contacts(plan, made.mission, book)
        files, _ = ics_files(planned.given, issue_of(planned, feed=mail))
        found: dict[str, bytes] = {}
        for place, one in enumerate(files):
            if not isinstance(one.content, bytes):
                raise TypeError("a calendar is not whole")
            found["" if place == 0 else str(one.about["station"])] = one.content
        self._held = seen, found
        return found
