"""A plan of a mission that keeps a ledger: what it heeds, and how it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from satqkd.cli.ledger_file import author
from satqkd.cli.options import Own
from satqkd.errors import LedgerError, SatqkdError

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission
    from satqkd.network.ledger import Ledger
    from satqkd.network.ledger.plan_events import StationOut
    from satqkd.network.plan import Plan
    from satqkd.report.export.folder import Content

PLANS = "plans"
"""Folder beside the ledger that keeps every plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStore:
    """The ledger that a plan goes to."""

    path: Path
    """Of the ledger; it may not be there yet."""
    now: datetime
    clock: Callable[[], datetime] | None = None
    """Read when something is booked: a plan takes a while, and others book meanwhile; None where
    ``now`` is what somebody asks for."""

    def open(self, *, write: bool) -> Ledger:
        """Open the ledger."""
        from satqkd.network.ledger import Ledger

        return Ledger.open(self.path, author=author(), now=self.now, write=write, clock=self.clock)

    def check(self) -> None:
        """Make sure, before any long computation, that the plan can be kept.

        Raises
        ------
        SatqkdError
            If the ledger is damaged, or nothing can be written beside it.
        """
        from satqkd.report.export.folder import check_folder

        if self.path.exists():
            self.open(write=False).close()
        plans = self.path.parent / PLANS
        try:
            plans.mkdir(exist_ok=True)
        except OSError as error:
            raise SatqkdError(
                f"{plans}: could not be made ({error.strerror})\n  fix: allow writing there"
            ) from error
        check_folder(plans / "new")

    def wishes(self, mission: Mission) -> list[Own]:
        """Return what pins, bans and outages of the ledger put into the files of a mission.

        Pins and bans of contacts outside the window are told, and left out. What is booked as
        cancelled is banned.
        """
        if not self.path.exists():
            return []
        with self.open(write=False) as ledger:
            wishes = ledger.book.wishes
            cancelled = {
                key: own[-1][0]
                for key, own in ledger.book.contacts.states.items()
                if own and own[-1][1] == "cancelled"
            }
        values: list[Own] = []
        pins = {one.contact_key: number for number, one in wishes.pins.items()}
        bans = {one.contact_key: number for number, one in wishes.bans.items()}
        if pins or bans or cancelled:
            from satqkd.network.window_keys import keys_in_window

            known = keys_in_window(mission)
            _tell_of_others("satqkd pin", pins, known)
            _tell_of_others("satqkd ban", bans, known)
            for path, own, written in (
                ("pinned", {key: ("satqkd pin", at) for key, at in pins.items()}, mission.pinned),
                (
                    "banned",
                    {key: ("satqkd ledger cancel", at) for key, at in cancelled.items()}
                    | {key: ("satqkd ban", at) for key, at in bans.items()},
                    mission.banned,
                ),
            ):
                here = [key for key in own if key in known and key not in written]
                if here:
                    word = own[here[0]][0]
                    typed = "; ".join(f"{own[key][0]} {key} (entry {own[key][1]})" for key in here)
                    values.append((word, path, f"[{', '.join((*written, *here))}]", typed))
        stations = dict.fromkeys(one.station for one in wishes.outages.values())
        return [*values, *(_outages(mission, name, wishes.outages) for name in stations)]

    def issue(
        self, plan: Plan, files: Mapping[str, Content], provenance: Mapping[str, Any]
    ) -> tuple[dict[str, Content], dict[str, Any]]:
        """Keep a plan for good and put it in force; return its files and its names.

        First the folder is written, then the event: what the ledger names is there.
        """
        from satqkd.network.ledger.issue import plan_id_of, plan_issued
        from satqkd.report.export.folder import write_folder

        plans = self.path.parent / PLANS
        with self.open(write=True) as ledger:
            taken = {*ledger.book.plans, *(one.name for one in plans.iterdir())}
            plan_id = plan_id_of(plan, ledger.now, taken)
            parent = ledger.book.in_force
            told = {"plan_id": plan_id, "parent": parent}
            write_folder(plans / plan_id, files, provenance={**provenance, **told})
            ledger.append(plan_issued(plan, plan_id, parent))
        typer.echo(f"kept as {plans / plan_id}/, in force", err=True)
        return {name: (plans / plan_id / name).read_bytes() for name in files}, told


def store_of(
    mission: Path, now: datetime, clock: Callable[[], datetime] | None = None
) -> PlanStore | None:
    """Return where the plans of a mission are kept; None for a mission without ledger."""
    from satqkd.config.ledger_place import ledger_place

    place = ledger_place(mission)
    return PlanStore(path=place.path, now=now, clock=clock) if place.kept else None


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
    return read(own=_with_wishes(own, wishes)) if wishes else mission


def issued(
    store: PlanStore | None,
    plan: Plan,
    files: Mapping[str, Content],
    provenance: Mapping[str, Any],
) -> tuple[Mapping[str, Content], Mapping[str, Any]]:
    """Keep a plan and put it in force; without a ledger nothing is done, and it has no name."""
    return (files, {}) if store is None else store.issue(plan, files, provenance)


def _with_wishes(own: Sequence[Own], wishes: Sequence[Own]) -> list[Own]:
    """Put wishes of the ledger in the place of what the command line gives: they hold that too."""
    typed = {path: str(more[0]) for _, path, value, *more in own if value is not None and more}
    paths = {wish[1] for wish in wishes}
    kept = [one for one in own if one[1] not in paths]
    for option, path, value, *more in wishes:
        both = [typed[path]] if path in typed else []
        kept.append((option, path, value, "; ".join([*both, *map(str, more)])))
    return kept


def _tell_of_others(word: str, own: Mapping[str, int], known: frozenset[str]) -> None:
    for key, number in own.items():
        if key not in known:
            typer.echo(
                f"note: '{word} {key}' (entry {number} of the ledger) is of no contact of this "
                "window, and not heeded",
                err=True,
            )


def _outages(mission: Mission, name: str, outages: Mapping[int, StationOut]) -> Own:
    """Return the outages of a station, those of its file and those of the ledger."""
    names = [ground.site.name for ground in mission.stations]
    own = {number: one for number, one in outages.items() if one.station == name}
    if name not in names:
        raise LedgerError(
            f"'satqkd out {name}' (entry {min(own)} of the ledger): there is no station of this "
            f"name\n  fix: satqkd undo {min(own)}"
        )
    index = names.index(name)
    spans = [(one.from_, one.to, one.why) for one in mission.stations[index].site.outages]
    spans += [(one.start, one.end, one.why) for one in own.values()]
    text = ", ".join(
        f"{{from: {begin.isoformat()}, to: {end.isoformat()}, why: {dumps(why)}}}"
        for begin, end, why in spans
    )
    typed = "; ".join(f"satqkd out {name} (entry {number})" for number in own)
    return "satqkd out", f"stations[{index}].outages", f"[{text}]", typed
