"""The report of a plan: one page without script that stands by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from satqkd.report.counted import counted
from satqkd.report.export.printable import visible
from satqkd.report.html.blocks import block_by_block
from satqkd.report.html.contact import Contact, contacts_of, zones_of
from satqkd.report.html.facts import figures, made_bits, plan_name, title, window_words
from satqkd.report.html.ground import ground_bits, ground_table
from satqkd.report.html.helping import helping_table
from satqkd.report.html.inputs import inputs, inputs_title
from satqkd.report.html.losses import losses_title, waterfall
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import alternates, matrix, night_title
from satqkd.report.html.page import Section, page
from satqkd.report.html.pairs import not_told, pairs_tables, pairs_title
from satqkd.report.html.passes import (
    given_up_table,
    not_flown_table,
    not_flown_title,
    reasons_table,
    scheduled_table,
    windows_table,
)
from satqkd.report.html.sheets import MOST_SHEETS, sheets
from satqkd.report.html.week import week, week_title
from satqkd.report.html.which_night import first_night
from satqkd.report.html.written import bits_words, day
from satqkd.report.night_limits import limits_of_manifest
from satqkd.report.plan_folder import PlanFolder
from satqkd.report.tonight import Tonight

MOST_OF_NIGHT: Final = 60
"""Contacts of the first night that are listed with their checks, as many as there are sheets."""
REPORT: Final = "report.html"
"""Name of the page in the folder of a plan."""


def report_page(plan: PlanFolder) -> str:
    """Return the report of a plan as one HTML file: the same plan, the same bytes.

    Raises
    ------
    SatqkdError
        If series.csv is not what ``plan.json`` says it is.
    """
    contacts, zones = contacts_of(plan), zones_of(plan)
    name = plan_name(plan)
    mission = visible(str(plan.manifest.get("mission") or "mission not said"))
    return page(
        "report",
        version=visible(str(plan.manifest.get("satqkd") or "")),
        title=title(plan, contacts),
        running=f"satqkd, plan {name}, {mission}",
        figures=figures(plan, contacts),
        sections=_sections(plan, contacts, zones, name),
        mission=mission,
        window=window_words(plan),
        plan_id=visible(name),
    )


def _sections(
    plan: PlanFolder, contacts: Sequence[Contact], zones: Mapping[str, str], name: str
) -> list[Section]:
    night = first_night(plan, contacts)
    flown = [one for one in contacts if one.status == "scheduled"]
    keys = plan.tables["keys.csv"]
    return [
        _section("week", week_title(flown), joined((week(plan, contacts), ground_table(plan)))),
        _section("night", *_night(night, flown, plan, zones)),
        _section(
            "passes",
            f"{counted(len(flown), 'scheduled contact')}: {bits_words(made_bits(contacts))}",
            joined((scheduled_table(contacts, zones), windows_table(contacts, zones))),
        ),
        _section("why", not_flown_title(contacts), _why(plan, contacts, zones)),
        _section("pairs", pairs_title(keys), pairs_tables(keys) if keys else not_told("keys.csv")),
        _section(
            "sheets",
            f"Run sheets of {counted(min(len(flown), MOST_SHEETS), 'contact')}",
            sheets(plan, flown, zones),
        ),
        _section("rest", "Not flown, one by one", not_flown_table(contacts, zones)),
        _section("inputs", inputs_title(plan), inputs(plan, name=name)),
    ]


def _section(name: str, heading: str, body: Markup) -> Section:
    return Section(name=name, short=_SHORT[name], heading=visible(heading), body=body)


_SHORT: Final = {
    "week": "The days", "night": "First night", "passes": "Scheduled", "why": "Why not more",
    "pairs": "Pairs and pools", "sheets": "Pass sheets", "rest": "Not flown", "inputs": "Inputs",
}  # fmt: skip


def _why(plan: PlanFolder, contacts: Sequence[Contact], zones: Mapping[str, str]) -> Markup:
    parts = (
        (
            losses_title(plan),
            joined(
                (
                    waterfall(plan, name="falls", links=ground_bits(plan)),
                    block_by_block(plan, level="h3"),
                )
            ),
        ),
        ("Most key at stake", given_up_table(contacts, zones)),
        ("What one change would bring", helping_table(plan.tables["what_if.csv"])),
    )
    shown = ((tag("h3", heading), body) for heading, body in parts if body is not None)
    return joined((reasons_table(contacts), *(piece for pair in shown for piece in pair)))


def _night(
    night: Tonight | None, flown: Sequence[Contact], plan: PlanFolder, zones: Mapping[str, str]
) -> tuple[str, Markup]:
    if night is None:
        if flown and limits_of_manifest(plan.manifest) is None:
            told = "Not in this plan: it does not say the limits that a night is checked against."
            return "The first night", tag("p", told, class_="absent")
        return "The first night", tag("p", "No contact is scheduled.")
    first = night.contacts[0].rise
    heading = f"The first night, {day(first)}: {night_title(night)}"
    told = tag(
        "p",
        f"As known when the window begins. {night.not_checked} of {7 * len(night.contacts)} "
        "checks were not made: what they need is not given.",
    )
    shown = replace(night, contacts=night.contacts[:MOST_OF_NIGHT])
    left = len(night.contacts) - len(shown.contacts)
    more = f"{counted(left, 'contact')} more of this night are in the table of scheduled contacts."
    rest = tag("p", more) if left else None
    return heading, joined((told, matrix(shown, zones), rest, alternates(shown, zones)))
