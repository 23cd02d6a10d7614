"""Files that are handed over, written from the desk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from satqkd.console.replanning import Tell
from satqkd.console.workplace import Workplace
from satqkd.errors import SatqkdError
from satqkd.report.export.folder import check_folder
from satqkd.report.export.hand_over import EXPORT_MANIFEST, FORMS
from satqkd.report.handed_contacts import planned_contacts, planned_mission, write_handed
from satqkd.report.plan_folder import read_plan
from satqkd.report.plan_store import store_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """What was written."""

    folder: str
    """Name of the folder, beside that of the plan."""
    contacts: int
    files: tuple[str, ...]
    left_out: tuple[str, ...]
    """What is not in them, and why."""

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def require_forms(forms: Sequence[str]) -> list[str]:
    """Return kinds of files in the order of :data:`FORMS`.

    Raises
    ------
    SatqkdError
        For none, or one that there is not.
    """
    unknown = [one for one in forms if one not in FORMS]
    if unknown or not forms:
        what = f"{unknown[0]!r} is no kind of file" if unknown else "no kind of file is asked for"
        raise SatqkdError(f"{what}\n  fix: choose some of {', '.join(FORMS)}")
    return [one for one in FORMS if one in forms]


def export_folder(work: Workplace) -> Path:
    """Return where files of the shown plan go, as 'satqkd export' puts them."""
    return work.plan.with_name(f"{work.plan.name}-export")


def export(
    work: Workplace, forms: Sequence[str], stations: Sequence[str], *, tell: Tell
) -> HandedOut:
    """Write files of some kinds for the contacts that the shown plan schedules.

    Parameters
    ----------
    work
        Where.
    forms
        Kinds of files.
    stations
        Names of stations whose contacts are handed over; none for all.
    tell
        Told what is done.

    Raises
    ------
    SatqkdError
        If nothing is scheduled, or a file that the plan was made from has changed.
    """
    asked, out = require_forms(forms), export_folder(work)
    check_folder(out, named=EXPORT_MANIFEST)
    tell("reading the mission", None, None)
    plan = read_plan(work.plan)
    made = planned_mission(plan, mission=work.mission, stations=work.stations)
    names = [ground.site.name for ground in made.mission.stations]
    unknown = [one for one in stations if one not in names]
    if unknown:
        raise SatqkdError(f"there is no station {unknown[0]!r}\n  fix: choose one of the mission")
    store = store_of(work.mission, work.clock(), work.author)

    def searched(done: int, total: int) -> None:
        tell("finding contacts again", float(done), float(total))

    book = None if store is None else store.book()
    found = planned_contacts(plan, made.mission, book, progress=searched)
    if stations:
        found = found.at([names.index(one) for one in stations])
    if found.empty:
        raise SatqkdError("no contact to hand over: nothing is scheduled\n  fix: plan first")
    tell("writing", None, None)
    written = write_handed(found, asked, out)
    return HandedOut(
        folder=out.name,
        contacts=len(found.given.contacts),
        files=tuple(sorted(written.files)),
        left_out=tuple(f"{one.files}: {one.what}: {one.why}" for one in written.left_out),
    )


def written_file(work: Workplace, name: str) -> Path | None:
    """Return a file that was handed over; None for a name that the folder does not list."""
    folder = export_folder(work)
    try:
        files = json.loads((folder / EXPORT_MANIFEST).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found = next((one for one in files if one == name and Path(one).name == one), None)
    return folder / found if found is not None and (folder / found).is_file() else None
