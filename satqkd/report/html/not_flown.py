"""Contacts that are not flown, some at a time: what took them, and what would have to change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from satqkd.report.counted import counted
from satqkd.report.html.contact import Contact
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.passes import cause_of, of_not_flown, stake_bits
from satqkd.report.html.svg import picture, rect, text
from satqkd.report.html.tables import Numbered, Shown, table
from satqkd.report.html.written import NOTHING, fixed, minus
from satqkd.report.plan_folder import Row, number

AT_ONCE: Final = 100
"""Rows of one page."""
WIDTH: Final = 420.0
ROW: Final = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the contacts are wanted; what is empty wants all."""

    cause: str = ""
    station: str = ""
    words: str = ""
    """Anywhere in what a row says."""
    first: int = 0
    """How many are left out before."""
    count: int = AT_ONCE


def causes(contacts: Sequence[Contact]) -> Mapping[str, int]:
    """Count the contacts that are not flown by what took them, most first."""
    return dict(Counter(cause_of(one.row) for one in contacts if one.status != "scheduled")
                .most_common())  # fmt: skip


def causes_chart(contacts: Sequence[Contact], *, name: str) -> Markup:
    """Draw how many contacts each cause took."""
    found = causes(contacts)
    most = max(found.values(), default=1)
    shapes: list[Markup] = []
    for place, (cause, count) in enumerate(found.items()):
        y, wide = ROW * place, max(170.0 * count / most, 2.0)
        kind = "lost" if cause == _CLASH else "count"
        shapes += [
            text(0, y + 16, cause if len(cause) <= 26 else cause[:25] + "…"),
            text(216, y + 16, str(count), "head", anchor="end"),
            rect(226, y + 5, wide, 14, kind),
        ]
    told = ", ".join(f"{count} {cause}" for cause, count in found.items())
    return picture(
        *shapes,
        width=WIDTH,
        height=ROW * max(len(found), 1),
        name=name,
        title="Contacts not flown, by what took them",
        told=f"{told or 'none'}.",
        class_="counts",
    )


_CLASH: Final = "gave way to another"


def chosen(contacts: Sequence[Contact], wanted: Wanted) -> tuple[Contact, ...]:
    """Return the contacts that are wanted, most key at stake first; those of all pages."""
    words = wanted.words.casefold()
    own = [
        one
        for one in contacts
        if one.status != "scheduled"
        and (not wanted.cause or cause_of(one.row) == wanted.cause)
        and (not wanted.station or wanted.station in one.stations)
        and (not words or words in " ".join(one.row.values()).casefold())
    ]
    return tuple(sorted(own, key=lambda one: (-stake_bits(one), one.rise, one.stations)))


def not_flown_page(
    contacts: Sequence[Contact], zones: Mapping[str, str], wanted: Wanted | None = None
) -> Markup:
    """List some contacts that are not flown, with limit, value and the change needed."""
    wanted = wanted or Wanted()
    own = chosen(contacts, wanted)
    shown = own[wanted.first : wanted.first + wanted.count]
    if not shown:
        return tag("p", "No such contact." if own or wanted != Wanted() else "All are flown.")
    parts = [
        table(
            [*of_not_flown(zones)[:-2], *_limits(), *of_not_flown(zones)[-2:]],
            [Numbered(number=one.number, row=one.row) for one in shown if one.file == file],
            caption=f"Contacts that are not flown ({file})",
            file=file,
        )
        for file in ("passes.csv", "together.csv")
        if any(one.file == file for one in shown)
    ]
    last = wanted.first + len(shown)
    told = f"{wanted.first + 1} to {last} of {counted(len(own), 'contact')}, most at stake first. "
    note = "Keys at stake do not add up to a plan: only one of those that clash can be flown."
    return joined((tag("p", told, note, class_="small"), *parts))


def _limits() -> list[Shown]:
    return [
        Shown(heading="Limit", cell=lambda r: _word(r.get("limit")), column="limit", kind="t"),
        Shown(heading="at", cell=lambda r: _with_unit(r, "limit_value"), column="limit_value"),
        Shown(heading="is", cell=lambda r: _with_unit(r, "reached_value"), column="reached_value"),
    ]


def _word(text: str | None) -> str:
    return (text or NOTHING).replace("_", " ")


def _with_unit(row: Row, column: str) -> str:
    value = number(row, column)
    if value is None:
        return NOTHING
    unit = row.get("limit_unit") or ""
    plain = fixed(value, 1).removesuffix(".0")
    return minus(plain) + (unit if unit == "°" else f"\u00a0{unit}" if unit else "")
