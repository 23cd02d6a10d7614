"""What is handed over, and to whom: chosen here, written by the export."""

from __future__ import annotations

from collections import Counter
from typing import Final

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.layout import Page
from satqkd.report.counted import counted
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.plan_folder import Row

FORMS: Final = (
    ("ics", "Calendars", "one for all, one a station; an import by hand is not updated later"),
    ("track", "Tracks", "a CSV a contact: where the telescope points, second by second"),
    ("cpf", "CPF", "ILRS predictions, a satellite and day each"),
    ("oem", "OEM", "CCSDS ephemerides, Earth-fixed and TEME"),
    ("ssf", "Schedule", "CCSDS simple schedule, XML"),
    ("czml", "Scene", "for Cesium"),
)
"""Kinds of files: option, name, what they are."""


def export_page(view: View) -> Page:
    """Return the page."""
    ahead = [one for one in view.held.scheduled if one.set >= view.now]
    counts = Counter(name for one in ahead for name in one.stations)
    title = (
        f"Hand over {counted(len(ahead), 'contact')} to {counted(len(counts), 'station')}"
        if ahead
        else "No contact is left to hand over"
    )
    rows: list[Row] = [
        {"station": name, "count": str(counts[name])} for name in view.held.stations if counts[name]
    ]
    columns = [
        Shown(heading="Station", cell=lambda r: r["station"], kind="h"),
        Shown(heading="Contacts to come", cell=lambda r: r["count"]),
    ]
    kinds: list[Row] = [{"form": form, "name": name, "what": what} for form, name, what in FORMS]
    of_kinds = [
        Shown(heading="Kind", cell=lambda r: r["name"], kind="h"),
        Shown(heading="What it is", cell=lambda r: r["what"], kind="w"),
        Shown(heading="On the command line", cell=lambda r: f"--{r['form']}", kind="w code"),
    ]
    body: list[Markup] = [
        tag("h2", "For whom"),
        table(columns, numbered(rows), caption="Contacts to come of each station")
        if rows
        else tag("p", "No station has a contact to come."),
        tag("h2", "What can be handed over"),
        table(of_kinds, numbered(kinds), caption="Kinds of files"),
        tag("p", "Written by ", tag("code", "satqkd export plan --all"),
            "; docs/hand-over.md says what to do with each."),
    ]  # fmt: skip
    return Page(title=title, body=joined(body), tab="/plans",
                above=tag("a", "Plans", href="/plans"))  # fmt: skip
