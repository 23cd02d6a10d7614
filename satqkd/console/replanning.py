"""The answer to a draft: a plan from now on, held against the one in force, and not in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from satqkd.config.load import load_mission
from satqkd.config.read_once import Files
from satqkd.console.draft import Answer, ConflictError, Draft
from satqkd.console.draft_change import Wanted
from satqkd.console.workplace import Workplace, heeded, settled, wished_in
from satqkd.errors import SatqkdError, own_warnings
from satqkd.mission.mission import Mission
from satqkd.network.ledger.book import Book
from satqkd.network.plan import Plan, Value, plan
from satqkd.network.rolling import Rolled
from satqkd.network.wished import Wished, wished_values
from satqkd.report.compare import Comparison, compare, summary
from satqkd.report.export.series_files import series_choice
from satqkd.report.plan_folder import PLANNED, PlanFolder, read_plan
from satqkd.report.plan_store import PlanStore
from satqkd.report.replan import PlanInForce, made_of, plan_in_force, taken_over, told_of
from satqkd.report.tables.series import series_rows
from satqkd.weather.clear_sky import Draws

SAMPLES: Final = 200
"""Realisations that a first plan draws, as 'satqkd plan' does."""

Tell = Callable[[str, float | None, float | None], None]
"""Called with what is done now, and how far it is: done and of how much, or worth and bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """What planning a draft came to."""

    answer: Answer
    draft: Draft
    """The draft with it."""


def replan(work: Workplace, version: int, *, tell: Tell) -> Replanned:
    """Plan what a draft wants; the plan is kept, and waits to be put in force.

    Parameters
    ----------
    work
        Where.
    version
        Of the draft that the page showed.
    tell
        Told what is done.

    Raises
    ------
    ConflictError
        If the draft is another, also where it was changed while this planned.
    SatqkdError
        If what is wanted cannot be planned: a pin under an outage, two pins that clash; with the
        names of both.
    """
    store = work.store()
    store.check()
    book, file = store.book(), work.draft_file()
    draft = settled(file.read(), book)
    if draft.version != version:
        raise ConflictError(
            f"another tab changed the draft: {draft.in_words()}\n"
            "  fix: load the page again and look; nothing was planned"
        )
    wanted = draft.wanted(wished_in(book))
    tell("reading the mission", None, None)
    with own_warnings() as told:
        value, notes = wanted_mission(work, wanted)
        force = force_of(work, store, book)
        value, rolled = taken_over(value, force)
        if rolled is not None:
            _require_not_near(rolled, wanted.wished)
        before = {} if force is None else force.folder.manifest
        result = planned(value, before, rolled, tell=tell)
    tell("comparing", None, None)
    choice = series_choice(series_rows(result), None)
    made = made_of(
        result, choice, out=store.plans / "draft", force=force, rolled=rolled, warnings=told
    )
    if made.changed is not None and rolled is not None:
        notes += (*summary(made.changed), *told_of(made.changed, rolled))
    if force is not None:
        notes += tuple(_left_aside(force.folder, wanted))
    tell("writing", None, None)
    event = store.propose(result, made.files, made.manifest)
    answer = Answer(
        plan_id=event.plan_id, parent=event.parent, heeds=heeded(wanted, book), notes=notes
    )

    def act(held: Draft) -> Draft:
        store.sweep(answer.plan_id)
        return settled(held, book).answered(answer)

    new = file.change(version, act)
    return Replanned(answer=answer, draft=new)


def compared(work: Workplace, draft: Draft) -> Comparison | None:
    """Hold the answer to a draft against the plan in force; None where there is only one."""
    store = work.store()
    before = work.plan_folder(store.book())
    if draft.answer is None or before is None:
        return None
    return compare(read_plan(before), read_plan(store.folder_of(draft.answer.plan_id)))


def wanted_mission(work: Workplace, wanted: Wanted) -> tuple[Mission, tuple[str, ...]]:
    """Read the mission with what is wanted; and what of that is not heeded."""
    limits, files = tuple(wanted.limits.values()), Files()
    value = load_mission(work.mission, work.stations, set_values=limits, files=files)
    wishes = wished_values(value, wanted.wished)
    if wishes.values:
        both = (*limits, *wishes.values)
        value = load_mission(work.mission, work.stations, set_values=both, files=files)
    return value, wishes.notes


def force_of(work: Workplace, store: PlanStore, book: Book | None) -> PlanInForce | None:
    """Read the plan that another goes on with; None where there is none yet."""
    folder = work.plan_folder(book)
    return None if folder is None else plan_in_force(folder, now=store.now, store=store)


def planned(
    value: Mission,
    manifest: Mapping[str, Any],
    rolled: Rolled | None,
    *,
    tell: Tell,
    draws: Draws | None = None,
    stakes: bool = True,
) -> Plan:
    """Plan as another plan was planned: for a clear sky or for the weather.

    Parameters
    ----------
    value
        The mission.
    manifest
        What ``plan.json`` of the other says; nothing for no other.
    rolled
        What is taken over of it; None for nothing.
    tell
        Told what is done.
    draws
        How the weather is drawn where the other did not; None for not at all then.
    stakes
        Whether to work out what limits cost.
    """
    worth, own = _asked(manifest)

    def searched(done: int, total: int) -> None:
        tell("following contacts", float(done), float(total))

    def solving(worth_bits: float, bound_bits: float) -> None:
        tell("planning", worth_bits, bound_bits)

    return plan(
        value,
        value=worth,
        draws=own or draws,
        keeping=None if rolled is None else rolled.keeping,
        stakes=stakes,
        progress=searched,
        told=solving,
    )


def _asked(manifest: Mapping[str, Any]) -> tuple[Value, Draws | None]:
    """Return what a plan was best for, and how the weather was drawn for it."""
    weather = manifest.get("weather") if "planned" in manifest else {"seed": 1}
    if weather is None:
        return "clear", None
    expected = manifest.get("planned") == PLANNED["expected"]
    draws = Draws(samples=SAMPLES, seed=int(weather.get("seed", 1)))
    return ("expected" if expected else "clear"), draws


def _require_not_near(rolled: Rolled, wished: Wished) -> None:
    """Refuse a draft's ban of a contact that is too near to be changed."""
    near = {one.contact_key for one in rolled.keeping.contacts if one.frozen}
    banned = sorted(key for key, one in wished.bans.items() if one.entry is None and key in near)
    if banned:
        raise SatqkdError(
            f"{', '.join(banned)}: too near to be changed, and stays: a ban comes too late\n"
            "  fix: undo it; what cannot be flown is booked as satqkd ledger cancel"
        )


def _left_aside(before: PlanFolder, wanted: Wanted) -> Iterator[str]:
    """Say what was set beside the files for the plan in force, and is not for this one."""
    own = {"pinned", "banned", *wanted.limits}
    for path, value in (before.manifest.get("set") or {}).items():
        if path not in own and not path.endswith(".outages"):
            yield (
                f"the plan in force was made with {path} = {value}, this one as the files say: put "
                "it into the draft too, or into the files"
            )
