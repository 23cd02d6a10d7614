"""Contacts that are not flown: what took them, and what would have to change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.passes import Link, cause_of, of_not_flown
from satqkd.report.html.svg import picture, rect, text
from satqkd.report.html.tables import Numbered, Shown, table
from satqkd.report.html.written import NOTHING, fixed, minus
from satqkd.report.plan_folder import Row, number

WIDTH: Final = 420.0
ROW: Final = 24.0


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


def limits_table(
    contacts: Sequence[Contact], zones: Mapping[str, str], *, link: Link | None = None
) -> Markup:
    """List contacts that are not flown: key at stake, limit, what it comes to, what would free it.

    Parameters
    ----------
    contacts
        In the order in which they are listed: those of one page.
    zones
        Time zone of each station that gives one.
    link
        Where the name of a station leads; None where it leads nowhere.
    """
    if not contacts:
        return tag("p", "No such contact.")
    columns = of_not_flown(zones, link)
    tables = [
        table(
            [*columns[:-2], *_limits(), *columns[-2:]],
            [Numbered(number=one.number, row=one.row) for one in contacts if one.file == file],
            caption=f"Contacts that are not flown ({file})",
            file=file,
        )
        for file in ("passes.csv", "together.csv")
        if any(one.file == file for one in contacts)
    ]
    note = (
        "At stake is the key of the contact as a block by itself, once its limit were gone. "
        "Such keys do not add up to a plan: of contacts that clash one alone can be flown."
    )
    return joined((*tables, tag("p", note, class_="small")))


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
