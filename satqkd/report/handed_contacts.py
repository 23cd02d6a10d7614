"""The contacts that a plan hands over, found again with all that telescopes need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from satqkd.config.load import load_mission
from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.network.hand_over import Handed, HandOver, hand_over
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.plan_changes import PlanChanges, plan_changes
from satqkd.network.tracking import Sampling
from satqkd.passes.find import Progress
from satqkd.passes.timebase import Timebase
from satqkd.report.export.folder import write_folder
from satqkd.report.export.hand_over import EXPORT_MANIFEST, Exported, exported
from satqkd.report.export.handed import Issue, known_since
from satqkd.report.handed_plan import decisions, plan_source, require_inputs
from satqkd.report.plan_folder import PlanFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is handed over, and what a ledger remembers of it."""

    given: HandOver
    plan_id: str | None = None
    """None where the plan has none, or there is none."""
    changes: PlanChanges | None = None
    """None where no ledger knows the plan."""
    dropped: tuple[Handed, ...] = ()
    """Contacts that calendars still speak of."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to hand over."""
        return not (self.given.contacts or self.dropped)

    def at(self, stations: Collection[int]) -> Planned:
        """Return the contacts with some of the stations."""
        gone = replace(self.given, contacts=self.dropped).at(stations).contacts
        return replace(self, given=self.given.at(stations), dropped=gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMission:
    """The mission that a plan was made from, read again."""

    mission: Mission
    file: Path
    """Its file, beside which its ledger is."""


def planned_mission(
    plan: PlanFolder, *, mission: Path | None = None, stations: Path | None = None
) -> PlannedMission:
    """Read the mission that a plan was made from, with its window and the values set beside it.

    Parameters
    ----------
    plan
        The plan.
    mission, stations
        Its files; None for those that the plan names, or those beside its folder.

    Raises
    ------
    SatqkdError
        If the plan names none, or one is not there.
    InputError
        With every file that has changed since the plan was made.
    """
    source = plan_source(plan)
    files = [
        given or _found(Path(one.path), plan.path)
        for given, one in zip((mission, stations), source.inputs, strict=False)
    ]
    if len(files) < 2:
        raise SatqkdError(f"{plan.path}/: names no mission\n  fix: add --mission and --stations")
    missing = [str(path) for path in files if not path.exists()]
    if missing:
        raise SatqkdError(
            f"{' and '.join(missing)}: the plan in {plan.path}/ was made from it, and it is not "
            "there\n  fix: name it with --mission or --stations"
        )
    value = load_mission(
        files[0],
        files[1],
        start=source.start,
        duration_s=source.duration_s,
        set_values=source.set_values,
    )
    require_inputs(plan, source, value)
    return PlannedMission(mission=value, file=files[0])


def _found(path: Path, folder: Path) -> Path:
    """Return a file as the plan names it, or the one beside the plan's folder."""
    beside = folder.resolve().parent / path.name
    return beside if not path.exists() and beside.exists() else path


def planned_contacts(
    plan: PlanFolder,
    value: Mission,
    book: Book | None,
    *,
    candidates: bool = False,
    progress: Progress | None = None,
) -> Planned:
    """Find the contacts again that a plan schedules, and those that it no longer does.

    Parameters
    ----------
    plan, value
        The plan, and its mission.
    book
        What the mission's ledger says; None without one.
    candidates
        Whether those that could be scheduled count too.
    progress
        Called with the number of satellites searched.
    """
    plan_id = plan_source(plan).plan_id
    known = book is not None and plan_id is not None and plan_id in book.plans
    changes = plan_changes(book, plan_id) if known and book and plan_id else None
    gone = frozenset[str]() if changes is None else changes.dropped
    decided = decisions(plan, Timebase.starting(value.start), candidates=candidates, and_these=gone)
    found = hand_over(value, decisions=decided, progress=progress)
    kept = tuple(one for one in found.contacts if one.contact_key not in gone)
    dropped = tuple(one for one in found.contacts if one.contact_key in gone)
    return Planned(
        given=replace(found, contacts=kept), plan_id=plan_id, changes=changes, dropped=dropped
    )


def issue_of(planned: Planned, *, issued: datetime | None = None, feed: str | None = None) -> Issue:
    """Return from what, and when, files of contacts are made; see :func:`write_handed`."""
    changes = planned.changes
    return Issue(
        issued=issued or known_since(planned.given, planned.plan_id),
        plan_id=planned.plan_id,
        feed=feed,
        sequence={} if changes is None else changes.sequence,
        committed=frozenset() if changes is None else changes.committed,
        dropped=planned.dropped,
    )


def write_handed(
    planned: Planned,
    forms: Sequence[str],
    out: Path,
    *,
    issued: datetime | None = None,
    sampling: Sampling | None = None,
    namespace: bool = True,
    feed: str | None = None,
) -> Exported:
    """Write the files of some kinds into a folder, and return what they are.

    Parameters
    ----------
    planned
        Contacts to hand over.
    forms
        Kinds of files.
    out
        The folder; replaced as a whole, or not at all.
    issued
        When the files were made, as they say; None for when the plan was issued.
    sampling
        Of tracks; None for a sample a second.
    namespace
        Whether the schedule's XML names one.
    feed
        Mail address that publishes the calendars as feeds; None for calendars to be imported.
    """
    issue = issue_of(planned, issued=issued, feed=feed)
    issue = replace(issue, sampling=sampling or Sampling(), namespace=namespace)
    made = exported(planned.given, forms, issue)
    write_folder(out, made.files, provenance=made.provenance, named=EXPORT_MANIFEST)
    return made
