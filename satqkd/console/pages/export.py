"""What is handed over, and to whom: chosen here, written by the export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.forms import button, form, text
from satqkd.console.layout import Page
from satqkd.console.links import with_query
from satqkd.console.published import ADDRESS
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

AGAIN: Final = (
    "Of the plan in force: who subscribes gets each next one too. Begin the desk with --port, so "
    "that the address stays; a new key shuts out who has this one."
)


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
        Shown(heading="Option", cell=lambda r: f"--{r['form']}", kind="w code"),
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
        *_calendar(view),
    ]  # fmt: skip
    return Page(title=title, body=joined(body), tab="/plans",
                above=tag("a", "Plans", href="/plans"))  # fmt: skip


def _calendar(view: View) -> Iterator[Markup]:
    """Say where the calendar of the plan in force is read, and ask whether it shall be."""
    known = view.desk.published()
    yield tag("h2", "Calendar to subscribe to", id="calendar")
    if known is None:
        yield tag("p", "The only kind that follows when plans change: programs of this computer "
                  "read it again by themselves. Its address holds a key of its own.")  # fmt: skip
    else:
        rows: list[Row] = [
            {"who": who, "href": with_query(f"{view.origin}{ADDRESS}", {"key": known.key}, **own)}
            for who, own in (
                ("All contacts", {}), *((name, {"station": name}) for name in _served(view)),
            )
        ]  # fmt: skip
        columns = [
            Shown(heading="For", cell=lambda r: r["who"], kind="h"),
            Shown(heading="Address", cell=lambda r: r["href"], link=lambda r: r["href"],
                  kind="w code"),
        ]  # fmt: skip
        yield table(columns, numbered(rows), caption="Addresses of the calendars")
        yield tag("p", AGAIN, class_="small")
    words = "Publish it" if known is None else "Give it a new key"
    mail = text("Mail address of who publishes it", "mail", needed=True,
                hint="ops@example.org", value="" if known is None else known.mail)  # fmt: skip
    begin = form(view.desk, "/calendar", mail, " ", button(words), sent={"back": "/export"})
    end = form(view.desk, "/calendar/end", button("Publish it no more"), sent={"back": "/export"})
    yield tag("div", begin, end if known is not None else None, class_="actions")


def _served(view: View) -> list[str]:
    """Stations that have a calendar of their own: those with a contact, where they are several."""
    found = {name for one in view.held.scheduled for name in one.stations}
    return [name for name in view.held.stations if name in found] if len(found) > 1 else []


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
