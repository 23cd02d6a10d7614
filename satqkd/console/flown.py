"""What the ledger says of contacts that were to be flown, beside what the plan counted on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from satqkd.calibration.score import ENOUGH_CONTACTS, running
from satqkd.console.desk import View, window_of
from satqkd.console.held import HeldPlan
from satqkd.console.memory import Memory
from satqkd.errors import SatqkdError
from satqkd.network.ledger.key_events import KeyMade
from satqkd.report.html.contact import Contact
from satqkd.report.html.flown_log import Became, FlownRow, RunningBias
from satqkd.report.plan_folder import number

MOST_PLANS: Final = 12
"""So many older plans are looked through."""
BECAME: Mapping[str, Became] = {"flown": "flown", "failed": "failed", "cancelled": "cancelled"}
"""States of the ledger that are in the log."""


def flown_rows(view: View, memory: Memory) -> tuple[FlownRow, ...]:
    """Return the contacts that were flown, failed or cancelled, in order of time.

    Each beside the last plan that scheduled it, this one or one of the last :data:`MOST_PLANS` that
    are kept; one of an older plan is left out. Key is that of blocks of one contact alone: of
    several in one block the ledger does not say which made what.
    """
    left = {key: BECAME[state] for key, state in memory.states.items() if state in BECAME}
    made = _made(memory)
    notes = {key: own[-1][2] for key, own in memory.book.contacts.states.items() if own}
    found = []
    for held in _plans(view, memory):
        if not left:
            break
        for one in held.scheduled:
            key = one.row.get("contact_key") or ""
            if key in left:
                found.append(_row(one, left.pop(key), made.get(key), notes.get(key, "")))
    return tuple(sorted(found, key=lambda row: (row.utc, row.contact_key)))


def past_contacts(view: View, memory: Memory) -> tuple[Contact, ...]:
    """Return the contacts that were scheduled and are past, in order of time.

    A plan that is made again begins at its own now: what was before is of the plans before it, of
    which the last :data:`MOST_PLANS` that are kept are looked through.
    """
    found: dict[str, Contact] = {}
    until = view.now
    for held in _plans(view, memory):
        for one in held.scheduled:
            key = one.row.get("contact_key") or ""
            if one.set < view.now and one.rise < until:
                found.setdefault(key or f"{held.name} {one.number}", one)
        window = window_of(held)
        until = until if window is None else min(until, window[0])
    return tuple(sorted(found.values(), key=lambda one: (one.rise, one.stations)))


def _plans(view: View, memory: Memory) -> Iterator[HeldPlan]:
    """Yield this plan, then the last that are kept; one that cannot be read is passed over."""
    yield view.held
    for name in list(memory.plans)[: -MOST_PLANS - 1 : -1]:
        try:
            held = view.desk.kept(name, memory)
        except SatqkdError:
            continue
        if held is not None and name != view.held.name:
            yield held


def _made(memory: Memory) -> dict[str, float]:
    undone = memory.book.undone
    found: dict[str, float] = {}
    for entry in memory.entries:
        event = entry.event
        if isinstance(event, KeyMade) and len(event.contacts) == 1 and entry.sequence not in undone:
            found[event.contacts[0]] = found.get(event.contacts[0], 0.0) + event.bits
    return found


def _row(one: Contact, became: Became, bits: float | None, note: str) -> FlownRow:
    return FlownRow(
        contact_key=one.row["contact_key"],
        station=one.where,
        satellite=one.satellite,
        utc=one.middle,
        became=became,
        flown_bits=bits if became == "flown" else 0.0,
        counted_bits=number(one.row, "secure_bits"),
        p10_bits=number(one.row, "secure_bits_p10"),
        p90_bits=number(one.row, "secure_bits_p90"),
        qber_forecast=number(one.row, "qber"),
        note=note,
    )


def key_biases(rows: Sequence[FlownRow]) -> tuple[RunningBias, ...]:
    """Return the running bias of the key, over contacts that have both. [dB]"""
    found = [
        10.0 * math.log10(one.flown_bits / one.counted_bits)
        for one in rows
        if one.became == "flown" and one.flown_bits and one.counted_bits
    ]
    return tuple(
        RunningBias(
            mean=one.mean,
            error=one.error,
            count=one.count,
            calibrate=one.calibrate and one.count >= ENOUGH_CONTACTS,
        )
        for one in running(found)
    )
