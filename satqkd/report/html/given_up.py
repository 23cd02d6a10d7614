"""What was given up for a scheduled contact: those whose clash names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Shown
from satqkd.report.html.written import NOTHING, kbit, time_cell, zone_heading, zone_of
from satqkd.report.plan_folder import Row

MOST: Final = 3
"""Contacts that are named in one cell."""


def given_up_for(contacts: Iterable[Contact]) -> dict[str, tuple[Contact, ...]]:
    """Return the contacts that gave way to each scheduled one, by contact key; most key first.

    A contact that clashes with several that are scheduled stands with each of them.
    """
    found: dict[str, list[Contact]] = {}
    for one in contacts:
        if one.status == "candidate":
            for name in (one.row.get("clashes_with") or "").split(";"):
                if name:
                    found.setdefault(name, []).append(one)
    return {
        name: tuple(sorted(own, key=lambda one: (-one.bits, one.rise)))
        for name, own in found.items()
    }


def given_up_column(contacts: Iterable[Contact], zones: Mapping[str, str]) -> Shown:
    """Return the column of a table of scheduled passes; empty cells where nothing gave way."""
    found = given_up_for(contacts)

    def cell(row: Row) -> Markup | str:
        own = found.get(row.get("contact_key") or "", ())
        if not own:
            return NOTHING
        named = [_named(one, zones) for one in own[:MOST]]
        left = len(own) - MOST
        more = f" and {left} more" if left > 0 else None
        return joined((*(joined(("; " if n else "", one)) for n, one in enumerate(named)), more))

    return Shown(heading=zone_heading("Given up for it, kbit; rises"), cell=cell, kind="w")


def _named(one: Contact, zones: Mapping[str, str]) -> Markup:
    when = time_cell(one.rise_text, zone_of(zones.get(one.stations[0], "")))
    return joined((one.where, " ", when, " ", tag("b", kbit(one.bits))))
