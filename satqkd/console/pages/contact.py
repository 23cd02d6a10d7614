"""One contact: everything that the plan has of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from satqkd.console.contact_acts import ContactActs
from satqkd.console.desk import View
from satqkd.console.layout import Page
from satqkd.console.links import to_contact
from satqkd.console.refusals import NotThereError
from satqkd.console.spoken import without_paths
from satqkd.errors import SatqkdError
from satqkd.report.html.contact import Contact
from satqkd.report.html.contact_curves import contact_curves
from satqkd.report.html.ground_map import ground_map
from satqkd.report.html.markup import Child, joined, tag
from satqkd.report.html.night import badge, checks_list
from satqkd.report.html.places import places_of
from satqkd.report.html.sheets import sheet
from satqkd.report.html.tables import pairs_list
from satqkd.report.html.which_night import night_at
from satqkd.report.html.written import bits_words, day, instant_of
from satqkd.report.plan_folder import Row
from satqkd.report.tonight import TonightContact


def contact_page(view: View, name: str) -> Page:
    """Return the page.

    Parameters
    ----------
    view
        What the request sees.
    name
        Key of the contact, looked up among those of the plan.

    Raises
    ------
    NotThereError
        If the plan has none of it.
    """
    held = view.held
    one = held.by_key.get(name)
    if one is None:
        raise NotThereError
    again = partial(_followed, view)
    tonight = _tonight(view, one)
    key = bits_words(one.bits) if one.status == "scheduled" else "not flown"
    title = f"{one.satellite} over {one.where}, {day(one.middle)} {one.middle:%H:%M}Z: {key}"
    body = joined(
        (
            tag("div", badge(tonight.verdict), checks_list(tonight.checks), class_="checked")
            if tonight is not None
            else None,
            sheet(held.folder, one, held.zones, again=again),
            tag("h2", "Second by second"),
            contact_curves(held.folder, one, name="curves", again=again),
            tag("h2", "Over the ground"),
            _map(view, one),
            tag("h2", "Why it is as it is"),
            _why(view, one),
            tag("h2", "All that the plan says of it"),
            _all(one),
        )
    )  # fmt: skip
    return Page(
        title=title,
        under=f"{name} · {one.status}",
        body=body,
        tab="/" if tonight is not None else "/week" if one.status == "scheduled" else "/losses",
        above=_above(view, one, tonight=tonight is not None),
        actions=joined(
            (ContactActs(view).of(name, (one.stations or ("",))[0]), _beside(view, one))
        ),
    )


def _tonight(view: View, one: Contact) -> TonightContact | None:
    key = one.row.get("contact_key")
    if one.status != "scheduled" or not key or one.set < view.now:
        return None
    night = night_at(view.held.folder, view.held.contacts, view.now, states=view.states, only=key)
    return None if night is None else next(
        (own for own in night.contacts if own.contact_key == key), None
    )  # fmt: skip


def _followed(view: View, row: Row) -> Sequence[Row]:
    """Follow a pass again that the plan has no samples of; what refuses names no path."""
    try:
        return view.desk.given.series(view.held.folder, row)
    except SatqkdError as error:
        raise SatqkdError(without_paths(str(error))) from error


def _map(view: View, one: Contact) -> Markup:
    """Draw where the satellite goes, as far as the mission's files are there and the plan's own."""
    try:
        track = view.desk.given.track(one)
    except SatqkdError:
        told = (
            "Not drawn: the plan does not hold the positions of its satellites, and the mission's "
            "files are not there, or hold other elements than the plan was made with."
        )
        return tag("p", told, class_="absent")
    begin, end = (one.row.get(f"scheduled_{which}_utc") for which in ("start", "end"))
    key = (instant_of(begin), instant_of(end)) if begin and end else None
    label = f"{one.satellite} around its contact with {one.where}"
    places = places_of(view.held.folder, one.stations)
    return ground_map(track, places, name="map", label=label, key=key)


def _above(view: View, one: Contact, *, tonight: bool) -> Markup:
    if tonight:
        return joined((tag("a", "Tonight", href="/"), " › contact"))
    if one.status == "scheduled":
        own = view.held.scheduled.index(one) + 1
        return joined((tag("a", "Week", href="/week"),
                       f" › contact {own} of {len(view.held.scheduled)}"))  # fmt: skip
    return joined((tag("a", "Losses", href="/losses"), " › not flown"))


def _beside(view: View, one: Contact) -> Markup | None:
    """Lead to the scheduled contacts before and after."""
    flown = view.held.scheduled
    before = [own for own in flown if own.rise < one.rise][-1:]
    after = [own for own in flown if own.rise > one.rise][:1]
    links = [
        tag("a", words, href=href, class_="button", rel=rel)
        for found, words, rel in ((before, "‹ before", "prev"), (after, "next ›", "next"))
        for own in found
        if (href := to_contact(own.row)) is not None
    ]
    return joined(links) if links else None


def _why(view: View, one: Contact) -> Markup:
    row = one.row
    items: list[tuple[str, Child]] = [("status", one.status)]
    for column, words in (("reason", "reason"), ("change_needed", "what would free it"),
                          ("pin", "asked for")):  # fmt: skip
        if row.get(column):
            items.append((words, row[column]))
    others = [key for key in (row.get("clashes_with") or "").split(";") if key]
    if others:
        items.append(("clashes with", _named(view, others)))
    took = [
        own for own in view.held.contacts
        if own.status == "candidate"
        and (row.get("contact_key") or "-") in (own.row.get("clashes_with") or "").split(";")
    ]  # fmt: skip
    if took:
        items.append(("given up for it", _named(view, [own.row["contact_key"] for own in took])))
    return pairs_list(items)


def _named(view: View, keys: list[str]) -> Markup:
    pieces: list[Child] = []
    for place, key in enumerate(keys):
        own = view.held.by_key.get(key)
        href = None if own is None else to_contact(own.row)
        words = key if own is None else (
            f"{own.where}, {day(own.middle)} {own.middle:%H:%M}Z, {bits_words(own.bits)}"
        )  # fmt: skip
        pieces += ["; " if place else "", words if href is None else tag("a", words, href=href)]
    return joined(pieces)


def _all(one: Contact) -> Markup:
    """Return the row as the file has it."""
    cells = [
        tag("tr", tag("th", name, scope="row", class_="h code"),
            tag("td", value or "–", class_="w", data_col=name, data_raw=value))
        for name, value in one.row.items()
    ]  # fmt: skip
    own = tag("table", tag("caption", "Row of the contact as the file has it"),
              tag("tbody", tag("tr", tag("th", "Column", scope="col", class_="h"),
                               tag("th", "Value", scope="col", class_="w")), *cells,
                  data_row=str(one.number)), data_table=one.file)  # fmt: skip
    return tag("details", tag("summary", f"{len(cells)} columns of {one.file}"),
               tag("div", own, class_="wide", tabindex="0", role="region",
                   aria_label="All columns"))  # fmt: skip
