"""A mission as it stands at some instant of its plan: what was flown, made and delivered behind it.

Where nothing was booked, the past is taken as it was planned, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.carried import (
    LOST,
    NOTHING_BOOKED,
    Past,
    demands_of,
    is_closed,
    stock_of,
    taken_over,
    waiting_of,
)
from satqkd.network.expected_counts import expected_counts
from satqkd.network.keeping import InForce, Keeping
from satqkd.network.last_plan import LastContact, LastPlan, TakenOver
from satqkd.network.window_keys import keys_in_window
from satqkd.passes.timebase import Timebase

CHANGE_BITS: Final = 50_000.0
"""What changing a contact that is not frozen costs, where nothing is given: about a third of what a
contact is worth on constellations of small satellites (measured here, by a prototype); assumed.
[bit]"""
PRINTED_S: Final = 1e-3
"""Instants of a plan are printed so exactly: a part is taken so much shorter at either end that
rounding makes no clash. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A mission from some instant on, and what a plan of it keeps."""

    mission: Mission
    keeping: Keeping
    taken: TakenOver
    """What counts as flown, made and held, for the plan that will start from this one."""
    lost: tuple[str, ...]
    """Contacts of open blocks that left nothing."""
    behind: tuple[str, ...] = ()
    """Pinned and banned contacts that the moved window no longer holds."""

    @property
    def assumed(self) -> tuple[str, ...]:
        """Contacts that count as flown as planned: nothing was booked of them."""
        return tuple(one.contact_key for one in self.taken.assumed)


def rolled(
    mission: Mission,
    last: LastPlan,
    now: datetime,
    *,
    past: Past = NOTHING_BOOKED,
    change_bits: float = CHANGE_BITS,
) -> Rolled:
    """Move the window of a mission to an instant, and take over the plan in force.

    What comes of it is for :func:`satqkd.network.plan.plan`: the mission, and what is kept. What
    rises within ``freeze`` of its satellite stays as it is, as what is committed does; of the rest
    each contact that is changed costs ``change_bits``. Key that satellites and pairs hold, and
    counts of open blocks, are those that were booked; without a memory those that were planned.

    Parameters
    ----------
    mission
        As its files are now.
    last
        The plan in force.
    now
        From when on a plan can be changed: where a contact is being flown, its end counts.
    past
        What was booked.
    change_bits
        What changing a contact costs. [bit]

    Raises
    ------
    SatqkdError
        If now is after the mission's window.
    """
    before = () if last.taken is None else last.taken.assumed
    begun = [*before, *(one for one in last.contacts if one.start <= now)]
    begin = max([now, *(one.end + timedelta(milliseconds=1) for one in begun)])
    end = mission.start + timedelta(seconds=mission.duration_s)
    if begin >= end:
        raise SatqkdError(
            f"--now: {now:%Y-%m-%dT%H:%M:%SZ} is after the mission's window, which ends at "
            f"{end:%Y-%m-%dT%H:%M:%SZ}\n  fix: move it with --start and --days"
        )
    start = max(begin, mission.start)
    opening, assumed = _opening(mission, last, begun, begin, past)
    still_open = tuple(_still_open(mission, last, begin, past))
    waiting = tuple(waiting_of(last, begin, past))
    ahead = [one for one in last.contacts if one.start > now and one.start >= start]
    window = replace(
        mission,
        start=start,
        duration_s=(end - start).total_seconds(),
        counted_from=mission.counted_from or mission.start,
        opening=(*still_open, *opening),
        stock=tuple(stock_of(mission, last, begin, past, waiting)),
        demands=tuple(demands_of(mission, last, begin, past)),
    )
    behind = _behind(mission, window)
    window = replace(
        window,
        pinned=tuple(key for key in mission.pinned if key not in behind),
        banned=tuple(key for key in mission.banned if key not in behind),
    )
    return Rolled(
        mission=window,
        keeping=_keeping(window, ahead, now, past, change_bits),
        taken=taken_over(
            window,
            assumed,
            waiting,
            [one.contact_key for one in mission.opening if one not in still_open],
        ),
        lost=tuple(one.contact_key for one in begun if past.states.get(one.contact_key) in LOST),
        behind=behind,
    )


def _behind(mission: Mission, window: Mission) -> tuple[str, ...]:
    """Pinned and banned contacts that were in the mission's window, and are before the moved one.

    A key that no contact of either has is left to be refused.
    """
    named = (*mission.pinned, *mission.banned)
    if not named:
        return ()
    ahead = keys_in_window(window)
    gone = [key for key in named if key not in ahead]
    before = keys_in_window(mission) if gone else frozenset[str]()
    return tuple(key for key in gone if key in before)


def _still_open(
    mission: Mission, last: LastPlan, begin: datetime, past: Past
) -> Iterator[OpeningCounts]:
    """Counts of the mission's own file whose blocks are no key yet, and that the ledger lacks."""
    closed = {*past.distilled, *past.counts}
    if past.stock is None:
        closed |= {
            key for block in last.blocks if is_closed(block, begin) for key in block.contacts
        }
        closed |= set() if last.taken is None else set(last.taken.closed)
    yield from (one for one in mission.opening if one.contact_key not in closed)


def _opening(
    mission: Mission,
    last: LastPlan,
    begun: Sequence[LastContact],
    begin: datetime,
    past: Past,
) -> tuple[list[OpeningCounts], tuple[LastContact, ...]]:
    """Counts of flown contacts whose blocks are open; and those of them that are assumed.

    A block is closed once all its contacts are behind; with a ledger once it was booked as key.
    What the plan in force assumed and left aside of its blocks is open too.
    """
    booked = past.stock is not None
    open_keys, closed_keys = set[str](), set(past.distilled)
    for block in last.blocks:
        still = not is_closed(block, begin) or (booked and not block.alone)
        single = len(block.stations) == 1
        (open_keys if still and single else closed_keys).update(block.contacts)
    if last.taken is not None:
        open_keys |= {one.contact_key for one in last.taken.assumed}
    wanted = [one for one in begun if one.contact_key in open_keys - closed_keys]
    measured = [past.counts[one.contact_key] for one in wanted if one.contact_key in past.counts]
    unknown = [
        one
        for one in wanted
        if one.contact_key not in past.counts and past.states.get(one.contact_key) not in LOST
    ]
    named = {one.contact_key for one in wanted}
    beside = [one for key, one in past.counts.items() if key not in named]
    expected = list(expected_counts(mission, unknown))
    return [*measured, *beside, *expected], tuple(unknown)


def _keeping(
    mission: Mission,
    ahead: Sequence[LastContact],
    now: datetime,
    past: Past,
    change_bits: float,
) -> Keeping:
    timebase = Timebase.starting(mission.start)
    now_s = timebase.seconds(now)
    freeze_s = {craft.satellite.name: craft.freeze_s for craft in mission.spacecraft}
    contacts = []
    for one in ahead:
        state = past.states.get(one.contact_key)
        frozen = (one.rise - now).total_seconds() <= freeze_s.get(one.satellite, 0.0)
        frozen |= state == "committed"
        exact = one.in_part or frozen
        if state not in LOST:
            contacts.append(
                InForce(
                    contact_key=one.contact_key,
                    start_s=timebase.seconds(one.start) + (PRINTED_S if exact else 0.0),
                    end_s=timebase.seconds(one.end) - (PRINTED_S if exact else 0.0),
                    in_part=exact,
                    frozen=frozen,
                )
            )
    return Keeping(
        contacts=tuple(contacts),
        change_bits=change_bits,
        commanded_s=tuple(now_s + craft.freeze_s for craft in mission.spacecraft),
    )
