"""What pairs will hold over the weather: long work, whose answer the page of the pairs draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from satqkd.config.ledger_place import ledger_place
from satqkd.console.draft_change import Wanted
from satqkd.console.replanning import SAMPLES, Tell, force_of, planned, wanted_mission
from satqkd.console.workplace import Workplace, wished_in
from satqkd.errors import SatqkdError, own_warnings
from satqkd.mission.mission import Mission
from satqkd.network.ledger.book import Book
from satqkd.network.plan import Plan
from satqkd.network.rolling import Rolled
from satqkd.report.handed_contacts import planned_mission
from satqkd.report.looked_ahead import looked_ahead
from satqkd.report.plan_folder import PlanFolder, read_plan
from satqkd.report.plan_store import PlanStore
from satqkd.report.replan import taken_over
from satqkd.report.stock_course import ahead_of
from satqkd.report.tables.stock_ahead import AheadReport, ahead_words
from satqkd.weather.clear_sky import Draws

DRAWS: Final = Draws(samples=SAMPLES, seed=1)
"""Of a plan that was made without weather."""
STEP: Final = timedelta(hours=2)
MOST_STEPS: Final = 200
"""So often at most is looked beside blocks; of a longer window each step is longer."""
MOST_CORNERS: Final = 150
"""Of more blocks the corners are left to the steps."""
BEFORE: Final = timedelta(seconds=1)
"""So long before a block is key its first corner is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAhead:
    """What pairs will hold, as plain values."""

    plan: str
    """Id of the plan in force that it goes on with; empty for none."""
    entries: int
    """How many entries the ledger had."""
    samples: int
    """Realisations of the weather."""
    pairs: tuple[Mapping[str, Any], ...]
    """Of each its two ``stations``, and ``ahead``: instants in UTC with P10, P50 and P90. [bit]"""
    words: tuple[str, ...]
    """What each comes to, in a sentence."""
    notes: tuple[str, ...]
    """What is to be known of it."""

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def look_ahead(work: Workplace, *, tell: Tell) -> LookedAhead:
    """Look ahead pair by pair, as 'satqkd ledger ahead' does: nothing is booked or put in force.

    With a ledger the plan in force goes on from now, as planning again without a change would;
    without one the shown plan is made again from its files.

    Raises
    ------
    SatqkdError
        If the window has ended, no pair asks for key, or a file is not what it was.
    """
    tell("reading the mission", None, None)
    place = ledger_place(work.mission)
    store = work.store() if place.kept else None
    book = None if store is None else store.book()
    shown = read_plan(work.plan)
    with own_warnings() as told:
        if store is None or book is None or book.in_force is None:
            value = planned_mission(shown, mission=work.mission, stations=work.stations).mission
            result, rolled = _made_again(value, shown, tell), None
        else:
            result, rolled, shown = _gone_on(work, store, book, tell)
        begin, instants = _instants(result, work.clock())
        tell("looking ahead", None, None)
        pairs = looked_ahead(result, store, begin=begin, instants=instants, rolled=rolled)
    stations = [ground.site.name for ground in result.mission.stations]
    timebase = result.forecast.timebase
    entries = 0
    if store is not None and store.path.exists():
        with store.open(write=False) as ledger:
            entries = len(ledger.events())
    return LookedAhead(
        plan=(None if book is None else book.in_force) or "",
        entries=entries,
        samples=len(pairs[0].bits) if pairs else 0,
        pairs=tuple(
            {
                "stations": [
                    stations[result.mission.demands[one.demand].station_a],
                    stations[result.mission.demands[one.demand].station_b],
                ],
                "ahead": [
                    [own.utc.astimezone(UTC).isoformat(), own.p10_bits, own.p50_bits, own.p90_bits]
                    for own in ahead_of(one, timebase)
                ],
            }
            for one in pairs
        ),
        words=tuple(ahead_words(AheadReport(plan=result, pairs=pairs))),
        notes=(*told, *_otherwise(result, shown)),
    )


def _made_again(value: Mission, shown: PlanFolder, tell: Tell) -> Plan:
    if not value.demands:
        raise SatqkdError("the mission has no demands\n  fix: name pairs under 'demands'")
    return planned(value, shown.manifest, None, tell=tell, draws=DRAWS, stakes=False)


def _gone_on(
    work: Workplace, store: PlanStore, book: Book, tell: Tell
) -> tuple[Plan, Rolled | None, PlanFolder]:
    """Go on with the plan in force as the files and the ledger say, without the draft."""
    value, _ = wanted_mission(work, Wanted(wished=wished_in(book), limits={}))
    force = force_of(work, store, book)
    value, rolled = taken_over(value, force)
    if not value.demands:
        raise SatqkdError("the mission has no demands\n  fix: name pairs under 'demands'")
    folder = read_plan(work.plan) if force is None else force.folder
    result = planned(value, folder.manifest, rolled, tell=tell, draws=DRAWS, stakes=False)
    return result, rolled, folder


def _instants(result: Plan, now: datetime) -> tuple[datetime, Sequence[datetime]]:
    """Return from when to look and when: in steps, and at both corners of what may be delivered."""
    mission, timebase = result.mission, result.forecast.timebase
    end = mission.start + timedelta(seconds=mission.duration_s)
    begin = max(now, mission.start)
    if begin >= end:
        raise SatqkdError(
            f"the plan's window ended at {end:%Y-%m-%dT%H:%M:%SZ}: nothing comes after it\n"
            "  fix: plan again"
        )
    step = max(STEP, (end - begin) / MOST_STEPS)
    found = {begin + number * step for number in range(int((end - begin) / step) + 1)} | {end}
    key_s = np.unique(result.problem.key_s[result.solution.chosen]).tolist()
    if len(key_s) <= MOST_CORNERS:
        coming = [timebase.utc(at_s) for at_s in key_s]
        found |= {*coming, *(one - BEFORE for one in coming)}
    return begin, sorted(one for one in found if begin <= one <= end)


def _otherwise(result: Plan, shown: PlanFolder) -> Iterator[str]:
    """Say where what is planned by the files of today is not what the shown plan schedules."""
    begin = f"{result.mission.start:%Y-%m-%dT%H:%M:%S}"
    ahead = {
        row["contact_key"]
        for row in (*shown.passes, *shown.windows)
        if row["status"] == "scheduled" and (row.get("rise_utc") or row["start_utc"]) >= begin
    }
    changed = len(ahead ^ result.scheduled_keys)
    if changed:
        yield (
            f"{changed} contacts are others than in the plan that is shown: files, pins, outages "
            "or what was booked changed since; plan again to see which"
        )
