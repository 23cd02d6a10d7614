"""The curves of a contact, of each of its passes; or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from satqkd.errors import SatqkdError
from satqkd.report.html.contact import Contact
from satqkd.report.html.curves import curves
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.written import instant_of
from satqkd.report.plan_folder import PlanFolder, Row

Again = Callable[[Row], Sequence[Row]]
"""Follows a pass again, of its row in passes.csv; refuses with a SatqkdError."""


def contact_curves(
    plan: PlanFolder, one: Contact, *, name: str, again: Again | None = None
) -> Markup:
    """Return the curves of a contact, of each of its passes; or why there are none.

    Parameters
    ----------
    plan
        Whose series.csv holds the samples.
    one
        A row of passes.csv or together.csv.
    name
        Unique in the page.
    again
        Follows a pass that series.csv lacks; None where nobody can.
    """
    passes = passes_of(plan, one)
    shown = []
    for place, row in enumerate(passes):
        rows = series_of(plan, row, again)
        label = f"{row['satellite']} over {row['station']}"
        if rows is None:
            shown.append(not_in_series(row["pass_id"], label))
        elif isinstance(rows, str):
            shown.append(tag("p", f"{label}: second by second cannot be had: {rows}",
                             class_="absent"))  # fmt: skip
        else:
            shown.append(curves(rows, name=f"{name}{place or ''}", label=label))
    if not passes:
        return tag("p", "Not in this plan: the passes of this contact.", class_="absent")
    return joined(shown)


def series_of(plan: PlanFolder, row: Row, again: Again | None) -> Sequence[Row] | str | None:
    """Return samples of a pass, as the plan has them or followed again.

    Of what cannot be followed again why; None where the plan lacks it and nobody follows it again.
    """
    found = plan.series(row["pass_id"])
    if found is not None or again is None:
        return found
    try:
        return again(row)
    except SatqkdError as error:
        return str(error).partition("\n")[0]


def passes_of(plan: PlanFolder, one: Contact) -> list[Row]:
    """Find the passes of a contact: its own row, or those of a joint one that overlap it."""
    if one.file == "passes.csv":
        return [one.row]
    return [
        row
        for row in plan.passes
        if row["satellite"] == one.satellite
        and row["station"] in one.stations
        and instant_of(row["rise_utc"]) < one.set
        and instant_of(row["set_utc"]) > one.rise
    ]


def not_in_series(pass_id: str, label: str) -> Markup:
    """Say that a plan holds no samples of a pass, and how to get them."""
    return tag(
        "p",
        f"{label}: second by second not in this plan, whose series.csv holds scheduled contacts "
        "alone, or is not there. To have it written: ",
        tag("code", f"satqkd link {pass_id} --out FOLDER"),
        class_="absent",
    )
