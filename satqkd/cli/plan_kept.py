"""A plan of a mission that keeps a ledger: what it heeds, and how it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from satqkd.cli.ledger_file import author
from satqkd.cli.options import Own

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission, SetValue
    from satqkd.network.plan import Plan
    from satqkd.report.export.folder import Content
    from satqkd.report.plan_store import PlanStore


def store_of(
    mission: Path, now: datetime, clock: Callable[[], datetime] | None = None
) -> PlanStore | None:
    """Return where the plans of a mission are kept; None for a mission without ledger."""
    from satqkd.config.ledger_place import ledger_place

    if not ledger_place(mission).kept:
        return None
    from satqkd.report import plan_store

    return plan_store.store_of(mission, now, author(), clock)


def read_with_wishes(
    read: Callable[..., Mission], own: Sequence[Own], store: PlanStore | None
) -> Mission:
    """Read a mission, and again with what its ledger wishes, if that is anything.

    Parameters
    ----------
    read
        Reads it with values of the command line under ``own``.
    own
        These values.
    store
        Where its plans are kept; None for a mission without ledger.

    Raises
    ------
    SatqkdError
        If the plan could not be kept: before any long computation.
    """
    mission = read(own=own)
    if store is None:
        return mission
    store.check()
    wishes = store.wishes(mission)
    for note in wishes.notes:
        typer.echo(note, err=True)
    return read(own=_with_wishes(own, wishes.values)) if wishes.values else mission


def issued(
    store: PlanStore | None,
    plan: Plan,
    files: Mapping[str, Content],
    provenance: Mapping[str, Any],
) -> tuple[Mapping[str, Content], Mapping[str, Any]]:
    """Keep a plan and put it in force; without a ledger nothing is done, and it has no name."""
    if store is None:
        return files, {}
    kept, told = store.issue(plan, files, provenance)
    typer.echo(f"kept as {store.plans / told['plan_id']}/, in force", err=True)
    return kept, told


def _with_wishes(own: Sequence[Own], wishes: Sequence[SetValue]) -> list[Own]:
    """Put wishes of the ledger in the place of what the command line gives: they hold that too."""
    typed = {path: str(more[0]) for _, path, value, *more in own if value is not None and more}
    paths = {wish.path for wish in wishes}
    kept = [one for one in own if one[1] not in paths]
    for wish in wishes:
        both = [typed[wish.path]] if wish.path in typed else []
        kept.append((wish.by, wish.path, wish.value, "; ".join([*both, wish.typed])))
    return kept
