"""What happened: states of contacts, and every entry of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.flown import flown_rows, key_biases, past_contacts
from satqkd.console.forms import button, form
from satqkd.console.held import contact_name
from satqkd.console.layout import Page
from satqkd.console.links import to_contact
from satqkd.console.memory import Memory
from satqkd.console.paging import pager
from satqkd.network.ledger.entry import Entry
from satqkd.report.counted import counted
from satqkd.report.html.bias import bias_box
from satqkd.report.html.contact import Contact
from satqkd.report.html.flown_log import FlownRow, log_plot, log_table, log_title
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import day, kbit, time_cell, zone_of
from satqkd.report.plan_folder import Row, number


def log_page(view: View) -> Page:
    """Return the page."""
    if view.memory is None:
        return Page(title="Nothing is booked: this mission has no ledger", body=_begin(),
                    tab="/log")  # fmt: skip
    pages = pager(tuple(reversed(view.memory.entries)), view.asked)
    rows = flown_rows(view, view.memory)
    past = past_contacts(view, view.memory)
    body = joined(
        (
            _upload(view),
            _flown(view, rows),
            tag("h2", "What became of past contacts"),
            _states(view, view.memory, past),
            tag("h2", f"The ledger: {counted(len(view.memory.entries), 'entry', many='entries')}"),
            _entries(pages.shown),
            pages.links("/log"),
        )
    )
    return Page(title=_title(view.memory, past), body=body, tab="/log")


def _flown(view: View, rows: Sequence[FlownRow]) -> Markup:
    """Show what was flown beside its forecast, as far as there is any."""
    if not rows:
        return joined((tag("h2", "Flown and forecast"), log_plot(rows, name="log")))
    return joined(
        (
            tag("h2", log_title(rows)),
            log_plot(rows, name="log"),
            tag("h2", "Running bias"),
            bias_box(key_biases(rows), name="bias"),
            tag("h2", "Flown and forecast"),
            log_table(rows, view.held.zones),
        )
    )


def _upload(view: View) -> Markup | None:
    """Ask for the log of a station."""
    chosen = tag("input", type="file", name="file", accept=".csv,.tdm,.txt,text/csv", required="")
    kinds = tag("select", tag("option", "log of a station, or tracking data", value="log"),
                tag("option", "counts of open blocks", value="counts"), name="kind")  # fmt: skip
    own = form(
        view.desk, "/log", tag("label", "What was flown ", chosen, class_="line"), " ",
        tag("label", "It is a ", kinds, class_="line"), " ", button("Look at it"),
        sent={"back": "/log"}, files=True,
    )  # fmt: skip
    if own is None:
        return None
    told = tag("p", "Nothing is booked by looking: what would be is shown first. Columns as "
               "'satqkd score --help' says, or a CCSDS tracking data message; at most 2 MB.",
               class_="small")  # fmt: skip
    return joined((tag("h2", "Send a log"), own, told))


def _title(memory: Memory, past: Sequence[Contact]) -> str:
    """Count what became of contacts that are past."""
    states = Counter(memory.states.get(one.row.get("contact_key", ""), "") for one in past)
    if not past:
        return "No scheduled contact is past"
    told = [f"{states[word]} {word}" for word in ("flown", "failed", "cancelled") if states[word]]
    unsaid = states[""] + states["planned"] + states["committed"]
    told += [f"{unsaid} not booked"] if unsaid else []
    return f"Of {counted(len(past), 'past contact')}: {', '.join(told)}"


def _begin() -> Markup:
    return joined(
        (
            tag("p", "The ledger keeps what was planned, flown, made, delivered and spent. "
                "It begins with the first plan that is kept: write a line ",
                tag("code", "ledger: ledger.sqlite"), " into mission.yaml, then ",
                tag("code", "satqkd plan"), "."),
            tag("p", "Until then nothing is known here of what was flown.", class_="absent"),
        )
    )  # fmt: skip


def _states(view: View, memory: Memory, past: Sequence[Contact]) -> Markup:
    states = memory.states
    ahead = [
        one
        for one in view.held.scheduled
        if one not in past and one.row.get("contact_key") in states
    ]
    rows: list[Row] = [
        {
            **one.row,
            "state": states.get(one.row.get("contact_key") or "", "not booked"),
            "where": one.where,
        }
        for one in (*past, *ahead)
    ]
    if not rows:
        return tag("p", "Nothing is past or booked.")
    zones = view.held.zones

    def link(row: Row) -> str | None:
        return to_contact(row) if contact_name(row) in view.held.by_key else None

    def when(row: Row) -> Markup:
        text = row.get("culmination_utc") or row.get("start_utc") or ""
        name = row.get("station") or row.get("station_a") or ""
        return time_cell(text, zone_of(zones.get(name, "")), form="both")

    columns = [
        Shown(heading="State", cell=lambda r: r["state"], kind="h"),
        Shown(heading="Highest", cell=when, kind="d"),
        Shown(heading="Station", cell=lambda r: r["where"], kind="t", link=link),
        Shown(heading="Counted on, kbit", cell=lambda r: kbit(number(r, "planned_bits"))),
    ]
    return table(columns, numbered(rows), caption="What became of past contacts")


def _entries(entries: Sequence[Entry]) -> Markup:
    if not entries:
        return tag("p", "Nothing is booked yet.")
    rows = [
        {
            "number": str(one.sequence),
            "at": f"{day(one.at)} {one.at:%H:%M:%S}Z",
            "what": one.event.in_words(),
            "by": one.author,
        }
        for one in entries
    ]
    columns = [
        Shown(heading="Entry", cell=lambda r: r["number"], kind="h"),
        Shown(heading="Booked, UTC", cell=lambda r: r["at"], kind="d"),
        Shown(heading="What", cell=lambda r: r["what"], kind="w"),
        Shown(heading="By", cell=lambda r: r["by"], kind="w"),
    ]
    return table(columns, numbered(rows), caption="Entries of the ledger, the last one first")
