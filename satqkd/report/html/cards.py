"""A card a contact of a night: where it goes, what it brings, when its station does what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import alternate, badge, checks_list, run_sheet_table
from satqkd.report.html.sheets import ranges
from satqkd.report.html.sky_track import SAMPLE_COLUMNS, samples, sky_track
from satqkd.report.html.written import bits_words, day
from satqkd.report.plan_folder import PlanFolder, Row
from satqkd.report.tonight import Tonight, TonightContact

Link = Callable[[Row], str | None]
"""Address of the page of a contact; None for none."""
Acts = Callable[[TonightContact], Markup | None]
"""What can be done with a contact; None for nothing."""


def cards(
    plan: PlanFolder,
    contacts: Mapping[str, Contact],
    night: Tonight,
    zones: Mapping[str, str],
    *,
    link: Link | None = None,
    acts: Acts | None = None,
) -> Markup:
    """Return a card for each contact of a night.

    Parameters
    ----------
    plan, contacts
        The plan, and its contacts by key.
    night
        The night.
    zones
        Time zone of each station.
    link, acts
        Where its page is, and what can be done with it, where there is such a thing.
    """
    rows = {one.contact_key: contacts[one.contact_key].row for one in night.contacts}
    wanted = {row["pass_id"] for row in rows.values() if row.get("pass_id")}
    held = plan.samples(wanted, SAMPLE_COLUMNS)
    made = [
        _card(one, rows[one.contact_key], held.get(rows[one.contact_key].get("pass_id") or "", ()),
              zones, f"card{place}", link=link, acts=acts)
        for place, one in enumerate(night.contacts, start=1)
    ]  # fmt: skip
    return tag("div", *made, class_="cards")


def _card(
    one: TonightContact,
    row: Row,
    rows: Sequence[Row],
    zones: Mapping[str, str],
    name: str,
    *,
    link: Link | None,
    acts: Acts | None,
) -> Markup:
    where = " and ".join(one.stations)
    label = f"{one.satellite} over {where}, {day(one.rise)} {one.rise:%H:%M}Z"
    own = samples(rows)
    track = sky_track(own, row, name=f"{name}s", label=label) if row.get("pass_id") else None
    page = None if link is None else link(row)
    highest = row.get("max_elevation_deg")
    top = "" if not highest else f" · {float(highest):.0f}°"
    buttons = None if acts is None else acts(one)
    details = None if page is None else tag("a", "Details", href=page)
    return tag(
        "article",
        tag(
            "div",
            tag("h3", where, " ", tag("span", f"{one.rise:%H:%M}Z{top}", class_="soft")),
            badge(one.verdict),
            class_="cardhead",
        ),
        tag(
            "div",
            track,
            tag(
                "div",
                tag("p", bits_words(one.planned_bits), class_="bits"),
                tag("p", f"counted on{ranges(row)}", class_="small"),
                tag("p", *_watched(one)),
                class_="told",
            ),
            class_="look",
        ),
        checks_list(one.checks),
        run_sheet_table(one.steps, zones.get(one.stations[0], ""), one.rise, label=label),
        _instead(one, zones),
        tag("div", buttons, details, class_="actions") if page or buttons else None,
        class_="card",
        data_contact=one.contact_key,
        data_href=page,
    )


def _watched(one: TonightContact) -> list[str | Markup]:
    said: list[str | Markup] = []
    if one.state != "planned":
        said.append(tag("b", f"{one.state.capitalize()}. "))
    for check in one.watch:
        said += [tag("b", f"{check.name.capitalize()}: "), f"{check.value}. "]
    lacking = [check.name for check in one.not_checked]
    if lacking:
        noun = "check" if len(lacking) == 1 else "checks"
        said.append(f"{len(lacking)} {noun} not made: {', '.join(lacking)}.")
    return said


def _instead(one: TonightContact, zones: Mapping[str, str]) -> Markup:
    told: list[str | Markup] = [tag("b", "If it fails: ")]
    if not one.alternates:
        told.append("nothing else could be flown in its place.")
    for place, other in enumerate(one.alternates):
        told += ["; or " if place else "", alternate(other, zones)]
    return tag("p", joined(told), class_="instead")
