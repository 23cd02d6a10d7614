"""Checks, run sheets and alternates of a night."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from markupsafe import Markup

from satqkd.network.readiness import CHECKS, Check, State
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import boxed
from satqkd.report.html.written import (
    bits_words,
    fixed,
    kbit,
    offset,
    time_cell,
    zone_after,
    zone_heading,
    zone_of,
)
from satqkd.report.run_sheet import Step
from satqkd.report.tonight import Alternate, Tonight, TonightContact

WORDS: Final[Mapping[State, str]] = {
    "go": "GO", "watch": "WATCH", "stop": "STOP", "not checked": "not checked"
}  # fmt: skip
SHAPES: Final[Mapping[State, Markup]] = {
    "go": tag("circle", cx="8", cy="8", r="6"),
    "watch": tag("path", d="M8 1 15 14 1 14Z"),
    "stop": joined((tag("rect", x="2", y="2", width="12", height="12"),
                    tag("path", d="M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5", class_="cross"))),
    "not checked": tag("circle", cx="8", cy="8", r="5.5", class_="dotted"),
}  # fmt: skip
"""Each state has a shape of its own: colour comes second."""
NEGATIVE: Final = re.compile(r"(?<![\w-])-(?=\d)")
"""The sign of a number in words, not a hyphen."""
STEPS: Final = {
    "ready": "Station ready", "rise": "Rise", "key from": "Key from", "highest": "Highest",
    "key to": "Key to", "set": "Set",
}  # fmt: skip


def icon(state: State) -> Markup:
    """Return the shape of a state; its word stands beside it."""
    kind = state.replace(" ", "-")
    return tag("svg", SHAPES[state], viewBox="0 0 16 16", class_=f"icon {kind}", aria_hidden="true")


def badge(state: State) -> Markup:
    """Return a verdict: shape and word."""
    kind = state.replace(" ", "-")
    return tag("span", icon(state), WORDS[state], class_=f"badge {kind}")


def checks_list(checks: Sequence[Check]) -> Markup:
    """List the checks of one contact."""
    items = (tag("li", *_check(one), " ", tag("small", one.name)) for one in checks)
    return tag("ul", *items, class_="checks")


def night_title(night: Tonight) -> str:
    """Say what a night comes to."""
    states = [one.verdict for one in night.contacts]
    counted = [
        f"{states.count(state)} {word}"
        for state, word in (("go", "go"), ("watch", "to watch"), ("stop", "stop"))
        if state in states
    ]
    noun = "contact" if len(states) == 1 else "contacts"
    return (
        f"{night.verdict}: {len(states)} {noun} ({', '.join(counted)}), "
        f"{bits_words(night.planned_bits)} counted on"
    )


def matrix(night: Tonight, zones: Mapping[str, str]) -> Markup:
    """Return one row a contact, one column a check."""
    head = tag(
        "tr",
        *(
            tag("th", word, scope="col")
            for word in (
                "Verdict",
                "Contact",
                zone_heading("Rise to set"),
                *(name.capitalize() for name in CHECKS),
            )
        ),
    )
    rows = [
        tag(
            "tr",
            tag("td", badge(one.verdict)),
            tag("th", tag("b", " and ".join(one.stations)), " ", tag("small", one.satellite),
                scope="row"),
            tag("td", *_span(one, zones), class_="t"),
            *(tag("td", *_check(check)) for check in one.checks),
        )
        for one in night.contacts
    ]  # fmt: skip
    caption = "Go or no-go: one row a contact, one column a check"
    own = tag(
        "table",
        tag("caption", caption),
        tag("thead", head),
        tag("tbody", *rows),
        class_="matrix",
    )
    legend = [tag("span", icon(state), f" {WORDS[state]} ") for state in WORDS]
    told = tag(
        "p",
        *legend,
        "A check that could not be made is no pass, and makes nothing better or worse.",
        class_="small marks",
    )
    return joined((boxed(own, caption), told))


def alternates(night: Tonight, zones: Mapping[str, str]) -> Markup:
    """Say for each contact of a night what could be flown instead."""
    items, alone = list[Markup](), 0
    for one in night.contacts:
        if not one.alternates:
            alone += 1
            continue
        told = _joined_by("; or ", [alternate(own, zones) for own in one.alternates])
        zone = zone_of(zones.get(one.stations[0], ""))
        at = joined((time_cell(_iso(one.rise), zone, form="minute"), zone_after(zone)))
        head = tag("b", f"If {' and '.join(one.stations)}, ", at, ", fails: ")
        items.append(tag("li", head, *told))
    if alone:
        of = "any" if alone == len(night.contacts) else f"{alone} of them"
        items.append(tag("li", f"Nothing else could be flown in place of {of}."))
    return tag("ul", *items, class_="plain")


def run_sheet_table(steps: Sequence[Step], zone_name: str, rise: datetime, *, label: str) -> Markup:
    """Return the run sheet of a contact: when, where, how much light is lost."""
    zone = zone_of(zone_name)
    clocks = set() if zone is None else {offset(at, zone) for at in (rise, *(s.utc for s in steps))}
    several = len(clocks) > 1  # the clock is changed in between
    own_clock = ["station time"] if several else sorted(clocks)
    heads = ["Step", "UTC", *own_clock, "Az °", "El °", "dB"]
    rows = []
    for step in steps:
        local = [] if zone is None else [
            tag("td", f"{step.utc.astimezone(zone):%H:%M:%S}",
                f" {offset(step.utc, zone)}" if several else None, class_="n soft")
        ]  # fmt: skip
        cells = (step.azimuth_deg, step.elevation_deg, step.loss_db)
        rows.append(
            tag(
                "tr",
                tag("th", STEPS.get(step.event, step.event), scope="row", class_="t"),
                tag("td", tag("time", f"{step.utc:%H:%M:%S}", datetime=_iso(step.utc)), class_="n"),
                *local,
                *(tag("td", fixed(value, 1), class_="n") for value in cells),
            )
        )
    kinds = ["t", *(["n"] * (len(heads) - 1))]
    head = tag(
        "tr",
        *(tag("th", h, scope="col", class_=k) for h, k in zip(heads, kinds, strict=True)),
    )
    caption = f"Run sheet of {label}"
    own = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows))
    return boxed(own, caption)


def _check(check: Check) -> tuple[Markup, Markup, str]:
    said = tag("span", f"{WORDS[check.state]}: ", class_="unseen")
    return icon(check.state), said, " " + NEGATIVE.sub("\u2212", check.value)


def _span(one: TonightContact, zones: Mapping[str, str]) -> tuple[Markup, str, Markup]:
    zone = zone_of(zones.get(one.stations[0], ""))
    return (
        time_cell(_iso(one.rise), zone),
        " to ",
        time_cell(_iso(one.set), zone),
    )


def alternate(one: Alternate, zones: Mapping[str, str]) -> Markup:
    """Say what could be flown instead, and by when to decide."""
    zone = zone_of(zones.get(one.station.split(" and ")[0], ""))
    bits = "flown whole" if one.planned_bits is None else f"{kbit(one.planned_bits)} kbit"
    chance = one.clear_probability
    sky = "sky not given" if chance is None else f"clear {100.0 * chance:.0f} %"
    return joined(
        (
            f"{one.station}, rises ",
            time_cell(_iso(one.rise), zone),
            zone_after(zone),
            f", {bits}, {sky}, command it by ",
            time_cell(_iso(one.decide_by), zone, form="both"),
            zone_after(zone),
        )
    )


def _joined_by(between: str, pieces: Sequence[Markup]) -> list[str | Markup]:
    out: list[str | Markup] = []
    for place, piece in enumerate(pieces):
        out += [between, piece] if place else [piece]
    return out


def _iso(when: datetime) -> str:
    return when.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
