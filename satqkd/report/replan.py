"""A plan that starts from the one in force: what it takes over, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.network.carried import NOTHING_BOOKED
from satqkd.network.last_plan import LastPlan
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.entry import Entry
from satqkd.network.plan import Plan
from satqkd.network.remembered import past_of
from satqkd.network.rolling import CHANGE_BITS, Rolled, rolled
from satqkd.network.what_if import WhatIf
from satqkd.report.compare import Comparison, compare
from satqkd.report.counted import counted
from satqkd.report.export.folder import Content
from satqkd.report.export.plan_files import plan_files, plan_manifest
from satqkd.report.export.series_files import SeriesChoice
from satqkd.report.last_plan import last_plan, taken_facts
from satqkd.report.plan_folder import PlanFolder, plan_of_files, read_plan
from satqkd.report.plan_store import PlanStore
from satqkd.report.same_mission import require_same_mission
from satqkd.report.tables.tonight import utc

IN_FORCE: Final = "ledger"
"""In place of a folder: the plan in force by the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInForce:
    """The plan in force, as it was read."""

    folder: PlanFolder
    last: LastPlan
    now: datetime
    book: Book | None
    """What the mission's ledger says; None without one."""
    entries: Sequence[Entry] = ()
    """Of the ledger."""


def plan_in_force(path: Path, *, now: datetime, store: PlanStore | None) -> PlanInForce:
    """Read the plan in force.

    Parameters
    ----------
    path
        Its folder; or ``ledger`` for the one that the ledger names.
    now
        From when on it can be changed.
    store
        Where plans are kept; None for a mission without ledger.

    Raises
    ------
    SatqkdError
        If it is no plan, or the ledger names none.
    """
    book: Book | None = None
    entries: Sequence[Entry] = ()
    if store is not None and store.path.exists():
        with store.open(write=False) as ledger:
            book, entries = ledger.book, tuple(ledger.events())
    folder = read_plan(path if str(path) != IN_FORCE else _kept_in_force(store, book))
    return PlanInForce(folder=folder, last=last_plan(folder), now=now, book=book, entries=entries)


def _kept_in_force(store: PlanStore | None, book: Book | None) -> Path:
    """Where the plan in force is kept.

    Raises
    ------
    SatqkdError
        If there is none.
    """
    if store is None or book is None or book.in_force is None:
        raise SatqkdError(
            "--from ledger: the mission has no ledger with a plan in force\n"
            "  fix: name the folder of the plan, or begin with 'satqkd plan'"
        )
    return store.plans / book.in_force


def taken_over(
    mission: Mission, force: PlanInForce | None, change_bits: float | None = None
) -> tuple[Mission, Rolled | None]:
    """Move a mission to now and take over the plan in force, if there is one."""
    if force is None:
        return mission, None
    require_same_mission(force.folder, mission)
    found = rolled(
        mission,
        force.last,
        force.now,
        past=NOTHING_BOOKED if force.book is None else past_of(force.book, mission, force.entries),
        change_bits=CHANGE_BITS if change_bits is None else change_bits,
    )
    return found.mission, found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """A plan as it will lie in its folder, and what it changes."""

    files: Mapping[str, Content]
    manifest: Mapping[str, Any]
    """What ``plan.json`` says, without what a ledger calls the plan."""
    facts: Mapping[str, Any]
    """What of that is of the plan in force; nothing without one."""
    changed: Comparison | None
    """The plan in force and this one; None without one."""


def made_of(
    result: Plan,
    choice: SeriesChoice,
    *,
    out: Path,
    force: PlanInForce | None,
    rolled: Rolled | None,
    tried: Sequence[WhatIf] = (),
    drawn: Mapping[str, Content] | None = None,
    warnings: Sequence[str] = (),
) -> Made:
    """Return what is written of a plan, held against the one in force where there is one.

    Parameters
    ----------
    result
        The plan.
    choice
        How its series is written.
    out
        Where its folder goes.
    force, rolled
        What it started from, and what it took over; None for a plan that started from no other.
    tried
        Plans of changed missions.
    drawn
        Pictures by name of file.
    warnings
        What satqkd warned about while making it.
    """
    files = {**plan_files(result, choice, tried=tried), **(drawn or {})}
    manifest = plan_manifest(result, choice, warnings=warnings)
    if force is None or rolled is None:
        return Made(files=files, manifest=manifest, facts={}, changed=None)
    changed = compare(force.folder, plan_of_files(out, files, manifest))
    facts = {"replan": _replan_facts(changed, rolled, force)}
    return Made(files=files, manifest={**manifest, **facts}, facts=facts, changed=changed)


def _replan_facts(found: Comparison, rolled: Rolled, force: PlanInForce) -> dict[str, Any]:
    """Return what ``plan.json`` says of the plan in force and what became of it."""
    return {
        "from": str(force.folder.path),
        "now_utc": utc(force.now),
        "change_bits": rolled.keeping.change_bits,
        "assumed_flown": list(rolled.assumed),
        "left_nothing": list(rolled.lost),
        "taken_over": taken_facts(rolled.taken),
        "changes": [
            {
                "contact_key": one.contact_key,
                "becomes": one.what,
                "bits_before": one.bits_before,
                "bits_after": one.bits_after,
                "cause": one.why,
            }
            for one in found.changes
            if one.what not in {"kept", "past"}
        ],
    }


def told_of(found: Comparison, rolled: Rolled) -> Iterator[str]:
    """Say what was taken over, in sentences."""
    frozen = {one.contact_key for one in rolled.keeping.contacts if one.frozen}
    lost = [one for one in found.changes if one.contact_key in frozen and one.what == "dropped"]
    kept = len(frozen) - len(lost)
    if kept:
        yield f"{kept} contacts are too near to be changed, and stay"
    for one in lost:
        yield f"too near to be replaced, but cannot be flown: {one.contact_key}: {one.why}"
    if rolled.behind:
        count = len(rolled.behind)
        verb = "contact is" if count == 1 else "contacts are"
        yield f"{count} pinned or banned {verb} behind now"
    if rolled.assumed:
        yield (
            f"{counted(len(rolled.assumed), 'contact')} before now "
            f"{'counts' if len(rolled.assumed) == 1 else 'count'} as flown as planned: what they "
            "collected was not booked"
        )
