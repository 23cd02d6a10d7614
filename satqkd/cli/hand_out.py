"""Write the files that are handed over, for ``satqkd export`` and ``satqkd plan --export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.shown import progress_bar, told_if_stopped, warnings_told, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from datetime import datetime

    from satqkd.mission.mission import Mission
    from satqkd.network.hand_over import HandOver
    from satqkd.network.ledger import Book
    from satqkd.network.tracking import Sampling
    from satqkd.report.export.hand_over import Exported
    from satqkd.report.handed_contacts import Planned
    from satqkd.report.plan_folder import PlanFolder


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
    from satqkd.report.handed_contacts import write_handed

    given = planned.given
    if planned.empty:
        typer.echo("no contact to hand over: nothing is scheduled; nothing is written", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    with warnings_told(), told_if_stopped(f"{out}/ is whole: either as it was before or new"):
        made = write_handed(
            planned,
            forms,
            out,
            issued=issued,
            sampling=sampling,
            namespace=namespace,
            feed=feed,
        )
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


def contacts_of_plan(
    plan: PlanFolder, value: Mission, mission: Path, *, candidates: bool = False
) -> Planned:
    """Find the contacts again that a plan's folder schedules, with a bar.

    Parameters
    ----------
    plan, value, mission
        The plan, its mission, and the mission's file, beside which its ledger is.
    candidates
        Whether those that could be scheduled count too.
    """
    from satqkd.report.handed_contacts import planned_contacts

    book = _book_of(mission)
    with warnings_told(), progress_bar("finding contacts again") as progress:
        return planned_contacts(plan, value, book, candidates=candidates, progress=progress)


def _book_of(mission: Path) -> Book | None:
    """Return what the ledger of a mission says; None without one."""
    from satqkd.cli.ledger_file import open_ledger
    from satqkd.config.ledger_place import ledger_place

    if not ledger_place(mission).path.exists():
        return None
    with open_ledger(mission, None, None, write=False) as ledger:
        return ledger.book
