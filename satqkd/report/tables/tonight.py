"""The night as tables: contacts with their verdict, run sheets, alternates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from satqkd.network.readiness import CHECKS
from satqkd.report.run_sheet import Step
from satqkd.report.tables.column import Cell, Column, each
from satqkd.report.tables.definitions import column
from satqkd.report.tonight import Alternate, TonightContact

Contacts = Sequence[TonightContact]


def utc(when: datetime) -> str:
    """Write an instant as tables do."""
    return when.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _step(event: str, get: Callable[[Step], Cell]) -> Callable[[TonightContact], Cell]:
    def value(one: TonightContact) -> Cell:
        return next((get(step) for step in one.steps if step.event == event), None)

    return value


def _checks(state: str) -> Callable[[TonightContact], Cell]:
    return lambda one: "; ".join(
        f"{check.name}: {check.value}" for check in one.checks if check.state == state
    )


def _check(place: int) -> Callable[[TonightContact], Cell]:
    return lambda one: one.checks[place].state


_EVENTS: Final = (
    ("rise", "it climbs above the horizon, or both stations begin to see it"),
    ("key from", "the plan begins to make key"),
    ("highest", "it stands highest"),
    ("key to", "the plan makes key no longer"),
    ("set", "it sets"),
)


def _of_event(event: str, what: str) -> tuple[Column[Contacts], ...]:
    name = event.replace(" ", "_")
    return (
        Column(f"run_{name}_utc", "UTC", f"When {what}.",
               each(_step(event, lambda step: utc(step.utc)))),
        Column(f"run_{name}_azimuth_deg", "°", f"Azimuth when {what}; empty without series.csv.",
               each(_step(event, lambda step: step.azimuth_deg)), digits=2),
        Column(f"run_{name}_elevation_deg", "°", f"Geometric elevation when {what}; empty without "
               "series.csv.", each(_step(event, lambda step: step.elevation_deg)), digits=2),
        Column(f"run_{name}_loss_db", "dB", f"Total loss when {what}; empty without series.csv.",
               each(_step(event, lambda step: step.loss_db)), digits=1),
    )  # fmt: skip


TONIGHT_COLUMNS: tuple[Column[Contacts], ...] = (
    column("contact_key", each(lambda one: one.contact_key)),
    Column("readiness", "", "What the checks come to: go, watch, stop, or not checked where none "
           "could be made.", each(lambda one: one.verdict)),
    column("satellite", each(lambda one: one.satellite)),
    Column("stations_tonight", "", "Station, or both of a joint contact.",
           each(lambda one: " and ".join(one.stations))),
    Column("ready_utc", "UTC", "When the station begins to set up.",
           each(lambda one: utc(one.ready))),
    Column("command_by_utc", "UTC", "When the satellite has to be commanded: its rise less "
           "`freeze` of the satellite; later the contact stays as it is.",
           each(lambda one: utc(one.command_by))),
    column("planned_bits", each(lambda one: one.planned_bits)),
    column("secure_bits_low", each(lambda one: one.low_bits)),
    column("secure_bits_high", each(lambda one: one.high_bits)),
    column("secure_bits_p10", each(lambda one: one.p10_bits)),
    column("secure_bits_p90", each(lambda one: one.p90_bits)),
    Column("state", "", "What became of the contact: planned, committed, flown, failed or "
           "cancelled.", each(lambda one: one.state)),
    *(
        Column(f"check_{name}", "", f"What the check of the {name} comes to.",
               each(_check(place)))
        for place, name in enumerate(CHECKS)
    ),
    Column("watch", "", "What is not as it should be, with its numbers.",
           each(lambda one: "; ".join(f"{c.name}: {c.value}" for c in one.watch))),
    Column("not_checked", "", "What was not checked, and why.", each(_checks("not checked"))),
    Column("alternates", "", "Contacts that could be flown instead, best first, with semicolons "
           "between.", each(lambda one: ";".join(own.contact_key for own in one.alternates))),
    Column("decide_by_utc", "UTC", "When the first of them has to be commanded; empty without any.",
           each(lambda one: utc(one.alternates[0].decide_by) if one.alternates else None)),
    *(own for event, what in _EVENTS for own in _of_event(event, what)),
)  # fmt: skip
"""One row a scheduled contact of the night."""

TONIGHT_SCREEN = (
    "readiness", "stations_tonight", "run_rise_utc", "planned_bits", "run_highest_elevation_deg",
    "satellite", "state",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def alternate_line(one: Alternate) -> str:
    """Say what could be flown instead, and by when to decide."""
    what = f"{one.station} ({one.contact_key})"
    chance = (
        "" if one.clear_probability is None else f", clear {100.0 * one.clear_probability:.0f} %"
    )
    bits = " whole" if one.planned_bits is None else f", {one.planned_bits:,} bit"
    return f"{what}{bits}{chance}; command it by {one.decide_by:%H:%M:%S}Z"
