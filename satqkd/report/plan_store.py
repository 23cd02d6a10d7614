"""Plans of a mission that keeps a ledger: how they are kept, proposed and put in force."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from satqkd.config.ledger_place import ledger_place
from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.network.ledger import Ledger
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.codec import decoded, encoded
from satqkd.network.ledger.issue import plan_id_of, plan_issued
from satqkd.network.ledger.plan_events import PLAN_ID, PLANS, PlanIssued
from satqkd.network.plan import Plan
from satqkd.network.wished import Wished, WishedValues, wished_of, wished_values
from satqkd.report.export.folder import Content, check_folder, write_folder
from satqkd.report.plan_folder import PlanFolder, file_of, read_plan

PROPOSAL: Final = "proposal.json"
"""File of a plan that was not in force when it was made: the event that puts it there."""
NOTHING_WISHED: Final = WishedValues(values=(), notes=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStore:
    """The ledger that a plan goes to."""

    path: Path
    """Of the ledger; it may not be there yet."""
    now: datetime
    author: str
    """Command that books."""
    clock: Callable[[], datetime] | None = None
    """Read when something is booked: a plan takes a while, and others book meanwhile; None where
    ``now`` is what somebody asks for."""

    @property
    def plans(self) -> Path:
        """Folder of the plans; it may not be there yet."""
        return self.path.parent / PLANS

    def open(self, *, write: bool) -> Ledger:
        """Open the ledger."""
        return Ledger.open(
            self.path, author=self.author, now=self.now, write=write, clock=self.clock
        )

    def book(self) -> Book | None:
        """Return what the ledger says; None where it is not there yet."""
        if not self.path.exists():
            return None
        with self.open(write=False) as ledger:
            return ledger.book

    def check(self) -> None:
        """Make sure, before any long computation, that a plan can be kept.

        Raises
        ------
        SatqkdError
            If the ledger is damaged, or nothing can be written beside it.
        """
        if self.path.exists():
            self.open(write=False).close()
        try:
            self.plans.mkdir(exist_ok=True)
        except OSError as error:
            raise SatqkdError(
                f"{self.plans}: could not be made ({error.strerror})\n  fix: allow writing there"
            ) from error
        check_folder(self.plans / "new")

    def wished(self) -> Wished | None:
        """Return what the ledger wishes of the next plan; None where it is not there yet."""
        book = self.book()
        return None if book is None else wished_of(book)

    def wishes(self, mission: Mission) -> WishedValues:
        """Return what pins, bans and outages of the ledger put into the files of a mission."""
        wished = self.wished()
        return NOTHING_WISHED if wished is None else wished_values(mission, wished)

    def folder_of(self, plan_id: str) -> Path:
        """Return where a plan is kept.

        Raises
        ------
        SatqkdError
            If that is no id of a plan, or none is kept under it.
        """
        folder = self.plans / plan_id if PLAN_ID.fullmatch(plan_id) else None
        if folder is None or not folder.is_dir():
            raise SatqkdError(
                f"no plan {plan_id!r} is kept\n  fix: take an id that 'satqkd ledger show' has"
            )
        return folder

    def issue(
        self, plan: Plan, files: Mapping[str, Content], provenance: Mapping[str, Any]
    ) -> tuple[dict[str, Content], dict[str, Any]]:
        """Keep a plan for good and put it in force; return its files and its names.

        First the folder is written, then the event: what the ledger names is there.
        """
        with self.open(write=True) as ledger:
            plan_id, told = self._named(plan, ledger.now, ledger.book)
            write_folder(self.plans / plan_id, files, provenance={**provenance, **told})
            ledger.append(plan_issued(plan, plan_id, told["parent"]))
        return {name: (self.plans / plan_id / name).read_bytes() for name in files}, told

    def propose(
        self, plan: Plan, files: Mapping[str, Content], provenance: Mapping[str, Any]
    ) -> PlanIssued:
        """Keep a plan that is not in force yet; return the event that would put it there.

        The event lies in the plan's folder, for :meth:`proposal`.
        """
        plan_id, told = self._named(plan, self.now, self.book() or Book())
        event = plan_issued(plan, plan_id, told["parent"])
        own = {**files, PROPOSAL: encoded(event)}
        write_folder(self.plans / plan_id, own, provenance={**provenance, **told})
        return event

    def proposal(self, plan_id: str) -> PlanIssued:
        """Return the event that would put a proposed plan in force.

        Raises
        ------
        SatqkdError
            If no such plan was proposed, or it is not what was written.
        """
        folder = read_plan(self.folder_of(plan_id))
        event = decoded(PlanIssued.name, file_of(folder, PROPOSAL).decode("utf-8"))
        if not isinstance(event, PlanIssued) or event.plan_id != plan_id:
            raise SatqkdError(f"{plan_id}: {PROPOSAL} is of another plan\n  fix: plan again")
        return event

    def sweep(self, kept: str | None) -> None:
        """Remove plans that were proposed and are neither issued nor waiting any more.

        Parameters
        ----------
        kept
            The one that waits; None for none.
        """
        book = self.book() or Book()
        for folder in self.plans.iterdir():
            known = folder.name == kept or folder.name in book.plans
            if PLAN_ID.fullmatch(folder.name) and not known and (folder / PROPOSAL).is_file():
                shutil.rmtree(folder, ignore_errors=True)

    def _named(self, plan: Plan, now: datetime, book: Book) -> tuple[str, dict[str, Any]]:
        taken: Collection[str] = {*book.plans, *(one.name for one in self.plans.iterdir())}
        plan_id = plan_id_of(plan, now, taken)
        return plan_id, {"plan_id": plan_id, "parent": book.in_force}


def store_of(
    mission: Path, now: datetime, author: str, clock: Callable[[], datetime] | None = None
) -> PlanStore | None:
    """Return where the plans of a mission are kept; None for a mission without ledger."""
    place = ledger_place(mission)
    if not place.kept:
        return None
    return PlanStore(path=place.path, now=now, author=author, clock=clock)


def copy_plan(plan: PlanFolder, out: Path) -> None:
    """Replace a folder by a copy of a plan: the readable copy of the one in force.

    Raises
    ------
    SatqkdError
        If the plan is not what its ``plan.json`` says.
    OutputError
        If the copy cannot be written; what stood there before still does.
    """
    files = {name: file_of(plan, name) for name in plan.manifest["files"]}
    said = {key: value for key, value in plan.manifest.items() if key != "files"}
    write_folder(out, files, provenance=said)
