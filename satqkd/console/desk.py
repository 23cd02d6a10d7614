"""What a desk is of, and what a page of it sees at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from satqkd.console.given import Given
from satqkd.console.guard import Secrets
from satqkd.console.held import HeldPlan, Shelf
from satqkd.console.jobs import Jobs
from satqkd.console.look import Look
from satqkd.console.memory import Memory, Reader
from satqkd.console.published import Published, published
from satqkd.network.ledger.plan_events import PLANS
from satqkd.report.html.written import instant_of

if TYPE_CHECKING:
    from satqkd.console.feed import Feed
    from satqkd.console.workplace import Workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One desk, from its start to its end."""

    plan: Path
    """Folder of the plan that it shows."""
    mission: Path
    """The mission's file; it may not be there."""
    stations: Path
    """The stations' file."""
    mission_name: str | None
    """What the mission's file is of; None where it does not say, or is not there."""
    ledger: Path
    """The mission's ledger; it may not be there."""
    clock: Callable[[], datetime]
    """Says what time it is, with its zone."""
    clock_stands: bool = False
    """Whether the time is one that somebody asked for."""
    read_only: str = ""
    """Why nothing may be changed; empty where it may."""
    secrets: Secrets = field(default_factory=Secrets)
    shelf: Shelf = field(default_factory=Shelf)
    reader: Reader
    given: Given = field(init=False)
    """What the mission's files say beside the plan."""
    jobs: Jobs = field(default_factory=Jobs)
    """Long work; to be closed when the desk ends."""
    _feed: list[Feed] = field(default_factory=list)

    @property
    def plans(self) -> Path:
        """Folder that keeps every plan of the ledger."""
        return self.ledger.parent / PLANS

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", Given(mission=self.mission, stations=self.stations))

    def published(self) -> Published | None:
        """Return the calendar that is published; None for none."""
        return published(self.plans)

    def feed(self) -> Feed:
        """Return what makes it."""
        from satqkd.console.feed import Feed  # noqa: PLC0415 -- of who subscribes alone

        if not self._feed:
            self._feed.append(Feed())
        return self._feed[0]

    def workplace(self, by: str = "") -> Workplace:
        """Return where acts are done, and by whom."""
        from satqkd.console.workplace import Workplace  # noqa: PLC0415 -- of acts alone

        return Workplace(
            mission=self.mission,
            stations=self.stations,
            plan=self.plan,
            clock=self.clock,
            stands=self.clock_stands,
            by=by,
        )

    def kept(self, plan_id: str, memory: Memory | None) -> HeldPlan | None:
        """Return a plan of the ledger by its id; None where there is none of that id.

        The id is looked up among those that were issued: it never makes a path by itself.
        """
        known = () if memory is None else tuple(memory.plans)
        found = next((one for one in known if one == plan_id), None)
        return None if found is None else self.shelf.plan(self.plans / found)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one request sees."""

    desk: Desk
    held: HeldPlan
    memory: Memory | None
    """What the ledger says; None without one."""
    now: datetime
    """The clock's; of a plan that has ended its end."""
    ended: bool
    """Whether the plan has ended, and ``now`` stands at its end."""
    look: Look
    asked: Mapping[str, str]
    """Query of the address."""
    origin: str = ""
    """Where the desk listens, as the browser calls it."""
    here: str = "/"
    """The address, with its query: where forms lead back to."""

    @property
    def states(self) -> Mapping[str, str]:
        """What became of contacts, by key."""
        return {} if self.memory is None else self.memory.states


def window_of(held: HeldPlan) -> tuple[datetime, datetime] | None:
    """Return begin and end of a plan; None where it does not say them."""
    window = held.folder.manifest.get("window") or {}
    if not window:
        return None
    return instant_of(window["start_utc"]), instant_of(window["end_utc"])
