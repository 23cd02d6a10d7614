"""One sheet a pass: sky track, run sheet, loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.contact_curves import Again, series_of
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import run_sheet_table
from satqkd.report.html.sky_track import SAMPLE_COLUMNS, loss_curve, samples, sky_track
from satqkd.report.html.written import bits_words, day
from satqkd.report.night_limits import NightLimits, limits_of_manifest
from satqkd.report.plan_folder import PlanFolder, Row, whole
from satqkd.report.run_sheet import run_sheet

MOST_SHEETS: Final = 60
"""Passes after so many are in the table of scheduled contacts alone."""


def sheets(plan: PlanFolder, flown: Sequence[Contact], zones: Mapping[str, str]) -> Markup:
    """Return a sheet for each scheduled contact, the first :data:`MOST_SHEETS`."""
    shown = flown[:MOST_SHEETS]
    if not shown:
        return tag("p", "No contact is scheduled.")
    wanted = {one.row["pass_id"] for one in shown if one.row.get("pass_id")}
    held = plan.samples(wanted, SAMPLE_COLUMNS)
    limits = limits_of_manifest(plan.manifest)
    made = [
        _sheet(one, held.get(one.row.get("pass_id") or "", ()), limits, zones, f"sheet{place}")
        for place, one in enumerate(shown, start=1)
    ]
    more = len(flown) - len(shown)
    rest = tag("p", f"{more} more are in the table of scheduled contacts.") if more else None
    return joined((*made, rest))


def sheet(
    plan: PlanFolder, one: Contact, zones: Mapping[str, str], *, again: Again | None = None
) -> Markup:
    """Return the sheet of one contact.

    Parameters
    ----------
    plan, one, zones
        The plan, the contact, the time zone of each station.
    again
        Follows a pass that series.csv lacks; None where nobody can.
    """
    found = series_of(plan, one.row, again) if one.row.get("pass_id") else None
    rows = () if found is None or isinstance(found, str) else found
    return _sheet(one, rows, limits_of_manifest(plan.manifest), zones, "sheet")


def _sheet(
    one: Contact,
    rows: Sequence[Row],
    limits: NightLimits | None,
    zones: Mapping[str, str],
    name: str,
) -> Markup:
    label = f"{one.satellite} over {one.where}, {day(one.middle)} {one.middle:%H:%M}Z"
    own = samples(rows)
    ready = one.rise - timedelta(seconds=_set_up_s(one, limits))
    steps = run_sheet(one.row, rows, ready=ready)
    if limits is None:  # when a station begins to set up is not known
        steps = steps[1:]
    zone = zones.get(one.stations[0], "")
    told = f"{key_words(one)}{ranges(one.row)}"
    curve: Markup | None = None
    if own:
        use = "makes key" if one.status == "scheduled" else "could make key"
        curve = loss_curve(own, name=f"{name}l", label=label, use=use)
    elif one.file == "passes.csv":
        lacking = "Loss: not in this plan; its series.csv lacks this contact, or is not there."
        curve = tag("p", lacking, class_="absent")
    track = (
        sky_track(own, one.row, name=f"{name}s", label=label) if one.file == "passes.csv" else None
    )
    return tag(
        "article",
        tag("h3", label, ": ", bits_words(one.bits)),
        tag("p", told, class_="small"),
        tag(
            "div",
            track,
            run_sheet_table(steps, zone, one.rise, label=label),
            curve,
            class_="parts",
        ),
        class_="sheet keep",
    )


def _set_up_s(one: Contact, limits: NightLimits | None) -> float:
    if limits is None:
        return 0.0
    return max(limits.stations[name].set_up_s for name in one.stations)


def key_words(one: Contact) -> str:
    """Say how much key a contact has in the plan: what is counted on, or what it would add."""
    if one.status == "scheduled":
        return f"{bits_words(one.bits)} counted on"
    return f"not flown; it would add {bits_words(one.bits)}" if one.bits else "not flown; no key"


def ranges(row: Row) -> str:
    """Say the ranges of a contact as a block by itself."""
    low, high = whole(row, "secure_bits_low"), whole(row, "secure_bits_high")
    p10, p90 = whole(row, "secure_bits_p10"), whole(row, "secure_bits_p90")
    stated = (
        ""
        if low is None or high is None
        else f"; as a block alone {bits_words(low)} at worst, {bits_words(high)} at best"
    )
    drawn = (
        ""
        if p10 is None or p90 is None
        else f"; over the weather P10 {bits_words(p10)}, P90 {bits_words(p90)}"
    )
    return stated + drawn
