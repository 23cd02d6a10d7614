"""``satqkd plan --from``: what the new plan takes over, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from satqkd.cli.diff import summary
from satqkd.cli.plan_kept import PLANS, PlanStore
from satqkd.cli.shown import terminal_width, wrapped
from satqkd.cli.tonight import require_same_mission
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission
    from satqkd.network.last_plan import LastPlan
    from satqkd.network.ledger import Entry
    from satqkd.network.ledger.book import Book
    from satqkd.network.rolling import Rolled
    from satqkd.report.compare import Comparison
    from satqkd.report.plan_folder import PlanFolder


IN_FORCE = "ledger"
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


def plan_in_force(
    path: Path | None, *, now: datetime, start: str | None, store: PlanStore | None
) -> PlanInForce | None:
    """Read the plan in force; None where none is named.

    Raises
    ------
    SatqkdError
        If it is no plan, or the window is moved as well.
    """
    if path is None:
        return None
    from satqkd.report.last_plan import last_plan
    from satqkd.report.plan_folder import read_plan

    if start is not None:
        raise SatqkdError(
            "--from and --start do not go together: a plan from another begins at --now\n"
            "  fix: leave out --start"
        )
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
    return store.path.parent / PLANS / book.in_force


def taken_over(
    mission: Mission, force: PlanInForce | None, change_bits: float | None
) -> tuple[Mission, Rolled | None]:
    """Move a mission to now and take over the plan in force, if there is one."""
    if force is None:
        return mission, None
    from satqkd.network.carried import NOTHING_BOOKED
    from satqkd.network.remembered import past_of
    from satqkd.network.rolling import CHANGE_BITS, rolled

    require_same_mission(force.folder, mission)
    found = rolled(
        mission,
        force.last,
        force.now,
        past=NOTHING_BOOKED if force.book is None else past_of(force.book, mission, force.entries),
        change_bits=CHANGE_BITS if change_bits is None else change_bits,
    )
    return found.mission, found


def change_facts(
    found: Comparison | None, rolled: Rolled | None, force: PlanInForce
) -> dict[str, Any]:
    """Return what ``plan.json`` says of the plan in force and what became of it."""
    if found is None or rolled is None:
        return {}
    from satqkd.report.last_plan import taken_facts
    from satqkd.report.tables.tonight import utc

    return {
        "replan": {
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
    }


def compared(
    force: PlanInForce, out: Path, files: Mapping[str, object], manifest: Mapping[str, Any]
) -> Comparison:
    """Hold the new plan, which is about to be written, against the one in force."""
    from satqkd.report.compare import compare
    from satqkd.report.plan_folder import plan_of_files

    return compare(force.folder, plan_of_files(out, files, manifest))


def print_changes(found: Comparison, rolled: Rolled, *, cost_bits: float | None) -> None:
    """Print what changed and why: before the plan itself."""
    from satqkd.report.compare import CHANGED
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.compare import CHANGE_COLUMNS, CHANGE_SCREEN

    rows = [one for one in found.changes if one.what in CHANGED]
    if rows:
        width = terminal_width()
        typer.echo(to_terminal(CHANGE_COLUMNS, rows, names=CHANGE_SCREEN, width=width))
    for line in (*summary(found), *_told(found, rolled)):
        typer.echo(wrapped(line))
    if cost_bits is not None:
        cost = f"{max(0.0, cost_bits):,.0f} weighted bit"
        typer.echo(wrapped(f"keeping what is in force costs {cost} against a plan that is free"))
    typer.echo()


def _told(found: Comparison, rolled: Rolled) -> Iterator[str]:
    """Say what was taken over."""
    from satqkd.report.counted import counted

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
