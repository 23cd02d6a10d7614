"""What is handed over, and to whom: chosen here, written by the export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.forms import button, form
from satqkd.console.layout import Page
from satqkd.report.counted import counted
from satqkd.report.html.markup import Child, joined, tag
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
    body: list[Child] = [
        tag("h2", "For whom"),
        table(columns, numbered(rows), caption="Contacts to come of each station")
        if rows
        else tag("p", "No station has a contact to come."),
        tag("h2", "What can be handed over"),
        table(of_kinds, numbered(kinds), caption="Kinds of files"),
        _choose(view, [row["station"] for row in rows]),
        tag("p", "Written by ", tag("code", "satqkd export plan --all"),
            "; docs/hand-over.md says what to do with each."),
    ]  # fmt: skip
    return Page(title=title, body=joined(body), tab="/plans",
                above=tag("a", "Plans", href="/plans"))  # fmt: skip


def _choose(view: View, stations: Sequence[str]) -> Markup | None:
    """Ask for kinds of files and for stations."""

    def box(name: str, value: str, words: str, *, on: bool) -> Markup:
        own = tag("input", type="checkbox", name=name, value=value, checked="" if on else None)
        return tag("label", own, f" {words}", class_="tick")

    kinds = [box("forms", key, name, on=key == "ics") for key, name, _ in FORMS]
    places = [box("stations", name, name, on=False) for name in stations]
    own = form(
        view.desk, "/export",
        tag("fieldset", tag("legend", "Kinds"), *kinds),
        tag("fieldset", tag("legend", "Stations; none for all"), *places) if places else None,
        button("Write them", first=True),
        sent={"back": "/export"},
    )  # fmt: skip
    return None if own is None else joined((tag("h2", "Write files"), own))
