"""A contact of a plan as pages show it: a pass, or a window of two stations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

from satqkd.report.html.written import instant_of, zone_of
from satqkd.report.plan_folder import PlanFolder, Row, whole

Status = Literal["scheduled", "candidate", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One row of passes.csv or together.csv."""

    row: Row
    number: int
    """Of the row in its file, counted from 1."""
    file: str
    stations: tuple[str, ...]
    """One, or both of a window."""
    rise: datetime
    set: datetime
    middle: datetime
    """Culmination of a pass, middle of a window."""
    status: Status
    bits: int
    """Key that the plan counts on, or would of a candidate. [bit]"""
    zone: ZoneInfo | None
    """Clock of its first station; None where none is given."""

    @property
    def satellite(self) -> str:
        """Name of its satellite."""
        return self.row["satellite"]

    @property
    def where(self) -> str:
        """Its stations in words."""
        return " and ".join(self.stations)

    @property
    def rise_text(self) -> str:
        """When it begins, as the table has it."""
        return self.row.get("rise_utc") or self.row["start_utc"]

    @property
    def middle_text(self) -> str:
        """When it stands highest, as the table has it; of a window when it begins."""
        return self.row.get("culmination_utc") or self.row["start_utc"]

    @property
    def set_text(self) -> str:
        """When it ends, as the table has it."""
        return self.row.get("set_utc") or self.row["end_utc"]


def contacts_of(plan: PlanFolder) -> tuple[Contact, ...]:
    """Return passes and windows of a plan in order of their begin."""
    found = [*_contacts(plan, "passes.csv"), *_contacts(plan, "together.csv")]
    return tuple(sorted(found, key=lambda one: (one.rise, one.stations)))


def station_names(plan: PlanFolder, contacts: Sequence[Contact]) -> tuple[str, ...]:
    """Return the stations in the order of the mission; of an old plan as they come."""
    models = plan.manifest.get("models") or {}
    named = [one["name"] for one in models.get("stations") or []]
    seen = [name for one in contacts for name in one.stations]
    return tuple(dict.fromkeys([*named, *sorted(set(seen))]))


def zones_of(plan: PlanFolder) -> dict[str, str]:
    """Return the time zone of each station that gives one."""
    zones = {row["station"]: row.get("timezone") or "" for row in plan.passes}
    for one in (plan.manifest.get("models") or {}).get("stations") or []:
        zones.setdefault(one["name"], (one.get("site") or {}).get("timezone") or "")
    return zones


def _contacts(plan: PlanFolder, file: str) -> Iterator[Contact]:
    zones = zones_of(plan)
    for number, row in enumerate(plan.tables[file], start=1):
        ends = (row["station"],) if row.get("station") else (row["station_a"], row["station_b"])
        rise = instant_of(row.get("rise_utc") or row["start_utc"])
        sets = instant_of(row.get("set_utc") or row["end_utc"])
        top = row.get("culmination_utc")
        yield Contact(
            row=row,
            number=number,
            file=file,
            stations=ends,
            rise=rise,
            set=sets,
            middle=instant_of(top) if top else rise + (sets - rise) / 2,
            status=cast("Status", row["status"]),
            bits=whole(row, "planned_bits") or whole(row, "secure_bits") or 0,
            zone=zone_of(zones.get(ends[0], "")),
        )
