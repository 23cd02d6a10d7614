"""Write the files that are handed over, for ``satqkd export`` and ``satqkd plan --export``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.shown import progress_bar, told_if_stopped, warnings_told, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from datetime import datetime

    from satqkd.mission.mission import Mission
    from satqkd.network.hand_over import Handed, HandOver
    from satqkd.network.ledger.plan_changes import PlanChanges
    from satqkd.network.tracking import Sampling
    from satqkd.report.export.hand_over import Exported


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

    def at(self, stations: Collection[int]) -> Planned:
        """Return the contacts with some of the stations."""
        gone = replace(self.given, contacts=self.dropped).at(stations).contacts
        return replace(self, given=self.given.at(stations), dropped=gone)


def hand_out(
    planned: Planned,
    forms: Sequence[str],
    out: Path,
    *,
    issued: datetime | None = None,
    sampling: Sampling | None = None,
    namespace: bool = True,
    feed: str | None = None,
) -> None:
    """Write the files of some kinds into a folder and say what they are.

    Raises
    ------
    Exit
        With the code of a "no" where there is no contact; then nothing is written.
    """
    from satqkd.network.tracking import Sampling
    from satqkd.report.export.folder import write_folder
    from satqkd.report.export.hand_over import EXPORT_MANIFEST, exported
    from satqkd.report.export.handed import Issue, known_since

    given, changes = planned.given, planned.changes
    if not (given.contacts or planned.dropped):
        typer.echo("no contact to hand over: nothing is scheduled; nothing is written", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    issue = Issue(
        issued=issued or known_since(given, planned.plan_id),
        plan_id=planned.plan_id,
        sampling=sampling or Sampling(),
        feed=feed,
        namespace=namespace,
        sequence={} if changes is None else changes.sequence,
        committed=frozenset() if changes is None else changes.committed,
        dropped=planned.dropped,
    )
    with warnings_told(), told_if_stopped(f"{out}/ is whole: either as it was before or new"):
        made = exported(given, forms, issue)
        write_folder(out, made.files, provenance=made.provenance, named=EXPORT_MANIFEST)
    _tell(given, made, forms)
    if planned.dropped and "ics" in forms:
        gone = _counted(len(planned.dropped), "contact")
        typer.echo(wrapped(f"{gone} of earlier plans cancelled in the calendars"))
    typer.echo(f"written to {out}/", err=True)


def _tell(given: HandOver, made: Exported, forms: Sequence[str]) -> None:
    contacts = _counted(len(given.contacts), "contact")
    files = _counted(len(made.files), "file")
    typer.echo(wrapped(f"{contacts} handed over as {', '.join(forms)}: {files}"))
    for one in made.left_out:
        typer.echo(wrapped(f"left out of {one.files}: {one.what}: {one.why}"))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def forms_of(text: str) -> list[str]:
    """Return the kinds of files that a list with commas names; ``all`` for all.

    Raises
    ------
    SatqkdError
        For a kind that there is not.
    """
    from satqkd.report.export.hand_over import FORMS

    asked = [one.strip().casefold() for one in text.split(",")]
    if asked == ["all"]:
        return list(FORMS)
    unknown = [one for one in asked if one not in FORMS]
    if unknown:
        raise SatqkdError(
            f"--export: {unknown[0]!r} is no kind of file\n  fix: write some of "
            f"{', '.join(FORMS)} with commas between, or all"
        )
    return [form for form in FORMS if form in asked]


def forms_beside(export: str | None, out: Path) -> tuple[list[str], Path]:
    """Return the kinds of files asked for beside a plan, and the folder they go to.

    Raises
    ------
    SatqkdError
        If a kind is not known, or the folder may not be written.
    """
    folder = out.with_name(f"{out.name}-export")
    if export is None:
        return [], folder
    from satqkd.report.export.folder import check_folder
    from satqkd.report.export.hand_over import EXPORT_MANIFEST

    forms = forms_of(export)
    check_folder(folder, named=EXPORT_MANIFEST)
    return forms, folder


def planned_contacts(
    folder: Path, value: Mission, mission: Path, *, candidates: bool = False
) -> Planned:
    """Find the contacts again that a plan's folder schedules, and those that it no longer does.

    Parameters
    ----------
    folder, value, mission
        The plan, its mission, and the mission's file, beside which its ledger is.
    candidates
        Whether those that could be scheduled count too.
    """
    from satqkd.network.hand_over import hand_over
    from satqkd.passes.timebase import Timebase
    from satqkd.report.handed_plan import decisions, plan_source
    from satqkd.report.plan_folder import read_plan

    plan = read_plan(folder)
    plan_id = plan_source(plan).plan_id
    changes = _remembered(mission, plan_id)
    gone = frozenset[str]() if changes is None else changes.dropped
    decided = decisions(plan, Timebase.starting(value.start), candidates=candidates, and_these=gone)
    with warnings_told(), progress_bar("finding contacts again") as progress:
        found = hand_over(value, decisions=decided, progress=progress)
    kept = tuple(one for one in found.contacts if one.contact_key not in gone)
    dropped = tuple(one for one in found.contacts if one.contact_key in gone)
    return Planned(
        given=replace(found, contacts=kept), plan_id=plan_id, changes=changes, dropped=dropped
    )


def _remembered(mission: Path, plan_id: str | None) -> PlanChanges | None:
    """Return what the ledger of a mission remembers of a plan; None where it does not know it."""
    from satqkd.cli.ledger_file import open_ledger
    from satqkd.config.ledger_place import ledger_place
    from satqkd.network.ledger.plan_changes import plan_changes

    if plan_id is None or not ledger_place(mission).path.exists():
        return None
    with open_ledger(mission, None, None, write=False) as ledger:
        return plan_changes(ledger.book, plan_id) if plan_id in ledger.book.plans else None
