"""What heads a report: its figures, what is not known, how the plan is called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.ground import ground_title
from satqkd.report.html.markup import tag
from satqkd.report.html.pairs import delivered_bits, of_pairs, pairs_served
from satqkd.report.html.written import bits_words, day, fixed, instant_of, minus
from satqkd.report.plan_folder import PlanFolder, number


def plan_name(plan: PlanFolder) -> str:
    """Return what a plan is called: by its ledger, else by its tables.

    The latter are the first eight digits of the SHA-256 of the names and hashes of the tables that
    are shown: the same tables, the same name.
    """
    named = plan.manifest.get("plan_id")
    if named:
        return str(named)
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(plan.hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:8]


def title(plan: PlanFolder, contacts: Sequence[Contact]) -> str:
    """Say in one sentence what a plan comes to."""
    flown = sum(one.status == "scheduled" for one in contacts)
    links = plan.tables["links.csv"]
    if not contacts:
        return ground_title(links) if links else "No satellite rises over a station"
    if not flown:
        return f"Nothing is scheduled of {len(contacts):,} contacts"
    of = f"from {flown:,} of {len(contacts):,} contacts"
    served, asked = pairs_served(plan.tables["keys.csv"])
    if not asked:
        return f"{bits_words(made_bits(contacts))} made {of}; no pair asks for key"
    delivered = delivered_bits(plan.tables["keys.csv"])
    if not served:
        whom = "the one pair that asks" if asked == 1 else f"any of {asked} pairs"
        return f"No key for {whom}; {bits_words(made_bits(contacts))} made {of}"
    return f"{bits_words(delivered)} delivered to {of_pairs(served, asked)}, {of}"


def made_bits(contacts: Sequence[Contact]) -> int:
    """Key that the scheduled contacts make, as the plan counts on it. [bit]"""
    return sum(one.bits for one in contacts if one.status == "scheduled")


def window_words(plan: PlanFolder) -> str:
    """Say which days a plan is of."""
    window = plan.manifest.get("window") or {}
    if not window:
        return "window not in this plan"
    begin = instant_of(window["start_utc"])
    last = instant_of(window["end_utc"]) - timedelta(microseconds=1)
    return f"{day(begin)} {begin.year} to {day(last)} {last.year}, UTC"


def figures(plan: PlanFolder, contacts: Sequence[Contact]) -> Markup:
    """Return the five figures that head a report."""
    return tag(
        "ul",
        *(
            tag(
                "li",
                tag("span", name, class_="of"),
                tag("strong", value),
                tag("span", beside, class_="small"),
            )
            for name, value, beside in _figures(plan, contacts)
        ),
        class_="figures",
    )


def _figures(
    plan: PlanFolder, contacts: Sequence[Contact]
) -> Iterator[tuple[str, str, str | Markup]]:
    weather = plan.manifest.get("weather") or {}
    sky = str(plan.manifest.get("planned") or "sky not said")
    if not any(number(one.row, "clear_probability") is not None for one in contacts):
        weather, sky = {}, f"{sky}; no weather is given"
    delivered = delivered_bits(plan.tables["keys.csv"])
    yield "Delivered", bits_words(delivered), _over(weather.get("delivered_bits"), sky)
    yield "Made", bits_words(made_bits(contacts)), _over(weather.get("made_bits"), sky)
    yield "Proven", *_proof(plan.manifest.get("solver") or {})
    yield "Elements", *_ages(contacts)
    yield "Not given", *_not_given(plan, contacts)


def _over(drawn: Mapping[str, Any] | None, sky: str) -> str:
    if not drawn or "p10" not in drawn:
        return sky
    low, high = bits_words(float(drawn["p10"])), bits_words(float(drawn["p90"]))
    return f"{sky}; over the weather P10 {low}, P90 {high}"


def _proof(solver: Mapping[str, Any]) -> tuple[str, str]:
    if not solver:
        return "not said", "not in this plan"
    status, gap = str(solver.get("status") or "not said"), solver.get("gap")
    beside = "gap not given" if gap is None else f"gap {fixed(100.0 * float(gap), 2)} %"
    if solver.get("bound_sampled"):
        beside += "; the bound rests on a sample"
    return status, beside


def _ages(contacts: Sequence[Contact]) -> tuple[str, str]:
    flown = [one for one in contacts if one.status == "scheduled" and one.file == "passes.csv"]
    designed = [one for one in flown if _designed(one)]
    ages = [number(one.row, "elements_age_h") for one in flown if not _designed(one)]
    known = [age for age in ages if age is not None]
    if not known:
        return ("a design", "an orbit on paper has no age") if designed else ("–", "no pass flown")
    oldest = max(known, key=abs)
    first = minus(f"{known[0]:.0f}\u00a0h")
    return minus(f"{oldest:.0f} h"), f"at most, when a pass rises; {first} at the first pass"


def _designed(one: Contact) -> bool:
    return (one.row.get("elements_source") or "").startswith("synthetic:")


def not_given(plan: PlanFolder, contacts: Sequence[Contact]) -> Mapping[str, tuple[str, ...]]:
    """Return what was not given, and so not checked, of stations that are flown."""
    flown = {name for one in contacts if one.status == "scheduled" for name in one.stations}
    skies = {
        one.row["station"]: number(one.row, "clear_probability")
        for one in contacts
        if one.file == "passes.csv" and one.row["station"] in flown
    }
    found = {"weather": tuple(name for name, chance in sorted(skies.items()) if chance is None)}
    for station in (plan.manifest.get("models") or {}).get("stations") or []:
        terminal = station.get("terminal") or {}
        for key, words in (("mount", "limits of the mount"), ("moon_exclusion_deg", "Moon angle")):
            if station["name"] in flown and key in terminal and terminal[key] is None:
                found[words] = (*found.get(words, ()), station["name"])
    return {words: names for words, names in found.items() if names}


def _not_given(plan: PlanFolder, contacts: Sequence[Contact]) -> tuple[str, str]:
    lacking = not_given(plan, contacts)
    if not lacking:
        return "nothing", "weather, mounts and Moon angles are given"
    total = sum(len(names) for names in lacking.values())
    parts = [f"{words} of {len(names)}" for words, names in lacking.items()]
    return f"{total} values", f"{', '.join(parts)} stations: not checked"


def skies(contacts: Sequence[Contact]) -> dict[str, str]:
    """Say what is known of the sky over each station."""
    found: dict[str, set[float | None]] = {}
    for one in contacts:
        if one.file == "passes.csv":
            chance = number(one.row, "clear_probability")
            found.setdefault(one.row["station"], set()).add(chance)
    return {name: _sky(values) for name, values in found.items()}


def _sky(values: set[float | None]) -> str:
    known = sorted(value for value in values if value is not None)
    if not known:
        return "sky: not given"
    low, high = 100.0 * known[0], 100.0 * known[-1]
    return f"clear {low:.0f} %" if high - low < 0.5 else f"clear {low:.0f} to {high:.0f} %"
