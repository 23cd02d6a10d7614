"""What a night comes to, in a box that is read across a room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from satqkd.network.readiness import Night, State
from satqkd.report.html.markup import tag
from satqkd.report.html.night import icon
from satqkd.report.html.written import bits_words, day
from satqkd.report.tonight import OPEN, Tonight, TonightContact

KINDS: Final[dict[Night, State]] = {"GO": "go", "WATCH": "watch", "NO-GO": "stop"}
SAID: Final[tuple[tuple[State, str], ...]] = (
    ("go", "go"), ("watch", "to watch"), ("stop", "stopped"),
)  # fmt: skip
MOST_NAMED: Final = 3
"""So many stations are named; more are counted."""


def night_words(night: Tonight) -> str:
    """Say how many contacts are go, to watch and stop."""
    states = [one.verdict for one in night.contacts if one.state in OPEN]
    total = len(states)
    if not total:
        return "Nothing is left to fly tonight"
    told = [(states.count(state), word) for state, word in SAID if state in states]
    if len(told) == 1:
        if total == 1:
            return f"Tonight's one contact is {told[0][1]}"
        return f"All {total} contacts of tonight are {told[0][1]}"
    (first, word), *rest = told
    others = ", ".join(f"{count} {name}" for count, name in rest)
    verb = "is" if first == 1 else "are"
    return f"{first} of tonight's {total} contacts {verb} {word}, {others}"


def verdict_box(night: Tonight, now: datetime) -> Markup:
    """Return the verdict, what is counted on, what was not checked, and how long is left."""
    kind = KINDS[night.verdict]
    lacking = "; ".join(_lacking(night)) or "nothing"
    middle = tag(
        "div",
        tag("p", night_words(night), class_="said"),
        tag(
            "p",
            tag("b", bits_words(night.planned_bits)),
            f" counted on. Not checked: {lacking}.",
        ),
    )
    return tag(
        "section",
        tag("p", icon(kind), tag("b", night.verdict), class_="word"),
        middle,
        _next(night, now),
        class_=f"verdict {kind}",
        aria_label="Verdict of the night",
    )


def _lacking(night: Tonight) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for one in night.contacts:
        for check in one.not_checked:
            found.setdefault(check.name, []).append(" and ".join(one.stations))
    for name, places in found.items():
        own = list(dict.fromkeys(places))
        if len(places) == len(night.contacts):
            yield f"{name} of all"
        elif len(own) > MOST_NAMED:
            yield f"{name} of {len(places)} contacts"
        else:
            yield f"{name} over {', '.join(own)}"


def _next(night: Tonight, now: datetime) -> Markup | None:
    ahead = [one for one in night.contacts if one.set >= now and one.state in OPEN]
    if not ahead:
        return None
    one = ahead[0]
    what, when = _event(one, now)
    ready = f"station ready {one.ready:%H:%M:%S}Z"
    same_day = when.date() == now.date()
    at = f"{when:%H:%M:%S}Z" if same_day else f"{day(when)} {when:%H:%M:%S}Z"
    stamp = when.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return tag(
        "div",
        tag("p", f"Next: {' and '.join(one.stations)} {what}", class_="small"),
        tag("p", tag("time", in_words(when - now), datetime=stamp, data_until="", aria_live="off"),
            class_="left"),
        tag("p", f"{at} · {ready}", class_="small"),
        class_="next",
    )  # fmt: skip


def _event(one: TonightContact, now: datetime) -> tuple[str, datetime]:
    if now < one.rise:
        return "rises", one.rise
    return "sets", one.set


def in_words(left: timedelta) -> str:
    """Return how long something is ahead.

    Examples
    --------
    >>> in_words(timedelta(hours=3, minutes=4.5)), in_words(timedelta(seconds=75))
    ('in 3 h 04 min', 'in 1 min 15 s')
    >>> in_words(timedelta(days=3, hours=2))
    'in 3 d 2 h'
    """
    seconds = int(left.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"in {days} d {hours % 24} h"
    if hours:
        return f"in {hours} h {minutes % 60:02d} min"
    return f"in {minutes} min {seconds % 60:02d} s"
