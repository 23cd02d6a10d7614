"""Plans that the desk has read: kept until a file of them changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from satqkd.report.export.manifest import MANIFEST
from satqkd.report.html.contact import Contact, contacts_of, station_names, zones_of
from satqkd.report.html.facts import plan_name
from satqkd.report.plan_folder import SERIES, TABLES, PlanFolder, Row, read_plan

MOST_PLANS: Final = 4
"""So many are kept at once."""

Signature = tuple[tuple[str, int, int, int], ...]
"""Of each file its name, when it was changed, how long it is, and which it is on its disk."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldPlan:
    """A plan with what every page asks of it."""

    folder: PlanFolder
    name: str
    """What it is called."""
    contacts: tuple[Contact, ...]
    """In order of begin."""
    stations: tuple[str, ...]
    zones: Mapping[str, str]
    by_key: Mapping[str, Contact]
    """By contact key; contacts of plans that had none by the id of their pass."""

    @property
    def scheduled(self) -> tuple[Contact, ...]:
        """Those that are flown."""
        return tuple(one for one in self.contacts if one.status == "scheduled")

    @property
    def mission(self) -> str:
        """Name of its mission."""
        return str(self.folder.manifest.get("mission") or "mission not said")

    def rows(self, table: str) -> Sequence[Row]:
        """Rows of one of its tables; none where it lacks it."""
        return self.folder.tables[table]


def contact_name(row: Row) -> str:
    """Return what a contact is called in addresses."""
    return row.get("contact_key") or row.get("pass_id") or ""


def held_plan(folder: PlanFolder) -> HeldPlan:
    """Gather what every page asks of a plan."""
    contacts = contacts_of(folder)
    named = [(contact_name(one.row), one) for one in contacts]
    return HeldPlan(
        folder=folder,
        name=plan_name(folder),
        contacts=contacts,
        stations=station_names(folder, contacts),
        zones=zones_of(folder),
        by_key={name: one for name, one in named if name},
    )


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Reads plans, and keeps the last few."""

    _held: dict[Path, tuple[Signature, HeldPlan]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, path: Path) -> HeldPlan:
        """Return the plan in a folder; read again where one of its files is another.

        Raises
        ------
        SatqkdError
            If it is no plan, or a table is not what ``plan.json`` says.
        """
        with self._lock:
            now = signature(path)
            kept = self._held.pop(path, None)
            if kept is None or kept[0] != now:
                kept = now, held_plan(read_plan(path))
            self._held[path] = kept
            while len(self._held) > MOST_PLANS:
                del self._held[next(iter(self._held))]
            return kept[1]


def signature(path: Path) -> Signature:
    """Return what changes when a file of a plan does."""
    found = []
    for name in (MANIFEST, *TABLES, SERIES):
        try:
            own = (path / name).stat()
        except OSError:
            continue
        found.append((name, own.st_mtime_ns, own.st_size, own.st_ino))
    return tuple(found)
