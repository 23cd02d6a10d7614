"""Every plan that was kept, and which is in force."""

from __future__ import annotations

from markupsafe import Markup

from satqkd.console.desk import View
from satqkd.console.layout import Page
from satqkd.console.links import with_query
from satqkd.console.memory import Memory
from satqkd.report.counted import counted
from satqkd.report.html.facts import title
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import NOTHING, day, kbit
from satqkd.report.plan_folder import Row


def plans_page(view: View) -> Page:
    """Return the page."""
    memory = view.memory
    if memory is None or not memory.plans:
        lacking = "No plan is kept: this mission has no ledger"
        title_ = lacking if memory is None else "No plan was put in force yet"
        return Page(title=title_, body=_alone(view), tab="/plans")
    in_force = memory.in_force or "none"
    body = joined((_compared(memory), _table(memory)))
    actions = joined(
        (
            tag("a", "Draft …", href="/draft", class_="button"),
            " ",
            tag("a", "Export …", href="/export", class_="button"),
        )
    )
    return Page(title=f"{counted(len(memory.plans), 'plan')} kept, {in_force} in force",
                body=body, tab="/plans", actions=actions)  # fmt: skip


def _alone(view: View) -> Markup:
    held = view.held
    return joined(
        (
            tag("p", f"Shown is the plan {held.name} in the folder that the desk was opened with: ",
                title(held.folder, held.contacts), "."),
            tag("p", "With a ledger every plan is kept, one is in force, and any two can be "
                "compared: write a line ", tag("code", "ledger: ledger.sqlite"),
                " into mission.yaml, then ", tag("code", "satqkd plan"), ".", class_="absent"),
        )
    )  # fmt: skip


def _compared(memory: Memory) -> Markup | None:
    """Ask for two plans."""
    if len(memory.plans) < 2:
        return None
    names = list(memory.plans)[::-1]
    before = memory.plans[names[0]].parent or names[1]

    def choose(label: str, name: str, chosen: str) -> Markup:
        options = [
            tag("option", one, value=one, selected="" if one == chosen else None) for one in names
        ]
        return tag("label", f"{label} ", tag("select", *options, name=name), class_="line")

    return tag(
        "form", choose("Compare", "a", before), " ", choose("with", "b", names[0]), " ",
        tag("button", "Compare"), method="get", action="/compare", class_="find",
    )  # fmt: skip


def _table(memory: Memory) -> Markup:
    entries = memory.issues
    rows = list[Row]()
    for plan_id, plan in list(memory.plans.items())[::-1]:
        entry = entries.get(plan_id)
        made = "" if entry is None else f"{day(entry.at)} {entry.at:%H:%M}Z"
        by = "" if entry is None else entry.author
        last = plan.end
        bits = sum(one.planned_bits for one in plan.decisions if one.status == "scheduled")
        rows.append(
            {
                "plan_id": plan_id,
                "state": "in force" if plan_id == memory.in_force else NOTHING,
                "made": made,
                "by": by,
                "window": f"{day(plan.start)} to {day(last)} {last.year}",
                "contacts": str(len(plan.scheduled)),
                "bits": kbit(bits),
                "parent": plan.parent or NOTHING,
                "set": "; ".join(plan.set_values) or NOTHING,
            }
        )
    columns = [
        Shown(heading="Plan", cell=lambda r: r["plan_id"], kind="h", link=_to_parent),
        Shown(heading="State", cell=lambda r: r["state"], kind="t"),
        Shown(heading="Made, UTC", cell=lambda r: r["made"], kind="d"),
        Shown(heading="Days", cell=lambda r: r["window"], kind="t"),
        Shown(heading="Scheduled", cell=lambda r: r["contacts"]),
        Shown(heading="Counted on, kbit", cell=lambda r: r["bits"]),
        Shown(heading="After", cell=lambda r: r["parent"], kind="t"),
        Shown(heading="Changed", cell=lambda r: r["set"], kind="w"),
        Shown(heading="By", cell=lambda r: r["by"], kind="w"),
    ]
    return table(columns, numbered(rows), caption="Plans, the last one first")


def _to_parent(row: Row) -> str | None:
    """Lead to what a plan changed."""
    if row["parent"] == NOTHING:
        return None
    return with_query("/compare", {}, a=row["parent"], b=row["plan_id"])
