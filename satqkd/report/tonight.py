"""What is flown until the next sunrise: run sheets, checks, and what to do if a sky stays closed.

Reads a plan back from its folder; the mission says what its limits are. Nothing is computed anew
but the instants that follow from the plan's by a stated time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from satqkd.network.readiness import (
    Check,
    ContactFacts,
    Night,
    State,
    night_verdict,
    readiness,
    verdict,
)
from satqkd.report.night_limits import NightLimits, limits_of_mission
from satqkd.report.plan_folder import PlanFolder, Row, number, whole, with_status
from satqkd.report.run_sheet import Step, run_sheet

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission

LOST_TO_MOUNT = ("lost_stops_s", "lost_keyhole_s", "lost_cable_s", "lost_acquisition_s")
"""Columns of what a mount takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """What could be flown instead of a contact."""

    contact_key: str
    station: str
    rise: datetime
    planned_bits: int | None
    """What it would add to the plan as it is, under a clear sky; None, as not computed, for a
    contact of the plan that could be flown whole then. [bit]"""
    clear_probability: float | None
    """None where no weather is given."""
    decide_by: datetime
    """When it has to be commanded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TonightContact:
    """One scheduled contact of a night."""

    contact_key: str
    satellite: str
    stations: tuple[str, ...]
    """One, or both of a joint contact."""
    ready: datetime
    """When its stations begin to set up."""
    rise: datetime
    set: datetime
    command_by: datetime
    """When it has to be commanded; later it stays as it is."""
    planned_bits: int
    """Key that the plan counts on. [bit]"""
    low_bits: int | None
    high_bits: int | None
    """Ends of what is stated as a range; None where nothing is."""
    p10_bits: int | None
    p90_bits: int | None
    """Over the weather, the contact as a block by itself; None where nothing was drawn."""
    state: str
    """From the ledger: planned, committed, flown, failed or cancelled."""
    checks: tuple[Check, ...]
    verdict: State
    steps: tuple[Step, ...]
    """Its run sheet."""
    alternates: tuple[Alternate, ...]
    """Best first."""

    @property
    def watch(self) -> tuple[Check, ...]:
        """What is not as it should be."""
        return tuple(check for check in self.checks if check.state in {"watch", "stop"})

    @property
    def not_checked(self) -> tuple[Check, ...]:
        """Checks that were not made."""
        return tuple(check for check in self.checks if check.state == "not checked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """A night of a plan."""

    now: datetime
    until: datetime
    contacts: tuple[TonightContact, ...]
    """In order of rise."""
    next_rise: datetime | None
    """First scheduled contact after it; None for none."""

    @property
    def verdict(self) -> Night:
        """Whether to get ready. Contacts that were flown, or will not be, count no more."""
        return night_verdict([one.verdict for one in self.contacts if one.state in OPEN])

    @property
    def planned_bits(self) -> int:
        """Key that the plan counts on, all contacts together. [bit]"""
        return sum(one.planned_bits for one in self.contacts)

    @property
    def not_checked(self) -> int:
        """How many checks were not made."""
        return sum(len(one.not_checked) for one in self.contacts)


OPEN = ("planned", "committed")
"""States of contacts that are still to be flown."""


def tonight(
    plan: PlanFolder,
    mission: Mission,
    *,
    now: datetime,
    until: datetime,
    states: Mapping[str, str] | None = None,
) -> Tonight:
    """Gather the scheduled contacts that set after ``now`` and rise before ``until``.

    Parameters
    ----------
    plan
        The plan in force.
    mission
        Whose limits hold.
    now, until
        The night, with their zone.
    states
        What became of contacts, by contact key; ``planned`` where it says nothing.
    """
    return night_of(plan, limits_of_mission(mission), now=now, until=until, states=states)


def night_of(
    plan: PlanFolder,
    limits: NightLimits,
    *,
    now: datetime,
    until: datetime,
    states: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> Tonight:
    """Gather the same, held against limits that may be those the plan itself wrote down.

    Parameters
    ----------
    plan, limits, now, until, states
        As there.
    only
        Keys of the contacts to gather; None for all.
    """
    rows = sorted(
        (*with_status(plan.passes, "scheduled"), *with_status(plan.windows, "scheduled")),
        key=_rise,
    )
    own = [row for row in rows if instant(_set(row)) >= now and _rise(row) <= until]
    if only is not None:
        own = [row for row in own if row["contact_key"] in only]
    later = [_rise(row) for row in rows if _rise(row) > until]
    slack, instead = _slack_s(rows, limits), _kept_by_one(plan)
    contacts = [
        _contact(
            plan,
            row,
            limits,
            now=now,
            slack_s=slack.get(row["contact_key"]),
            states=states,
            instead=instead.get(row["contact_key"], ()),
        )
        for row in own
    ]
    return Tonight(
        now=now, until=until, contacts=tuple(contacts), next_rise=min(later, default=None)
    )


def _freeze(row: Row, limits: NightLimits) -> timedelta:
    """How long before its rise a contact has to be commanded."""
    return timedelta(seconds=limits.freeze_s[row["satellite"]])


def _set_up(row: Row, limits: NightLimits) -> timedelta:
    """How long its stations take to set up."""
    return timedelta(seconds=max(limits.stations[name].set_up_s for name in stations_of(row)))


def instant(text: str) -> datetime:
    """Read an instant of a table."""
    return datetime.fromisoformat(text)


def stations_of(row: Row) -> tuple[str, ...]:
    """Names of the stations of a contact."""
    return (row["station"],) if row.get("station") else (row["station_a"], row["station_b"])


def _rise(row: Row) -> datetime:
    return instant(row.get("rise_utc") or row["start_utc"])


def _set(row: Row) -> str:
    return row.get("set_utc") or row["end_utc"]


def _slack_s(rows: Sequence[Row], limits: NightLimits) -> dict[str, float]:
    """Time between the end of a contact and set-up of the next at a station, by its key. [s]"""
    found: dict[str, float] = {}
    for name in limits.stations:
        here = [row for row in rows if name in stations_of(row)]
        for before, after in pairwise(here):
            ends = instant(before["scheduled_end_utc"] or _set(before))
            ready = _rise(after) - _set_up(after, limits)
            slack_s = (ready - ends).total_seconds()
            key = after["contact_key"]
            found[key] = min(slack_s, found.get(key, slack_s))
    return found


def _contact(
    plan: PlanFolder,
    row: Row,
    limits: NightLimits,
    *,
    now: datetime,
    slack_s: float | None,
    states: Mapping[str, str] | None,
    instead: Sequence[Row],
) -> TonightContact:
    rise, ready = _rise(row), _rise(row) - _set_up(row, limits)
    checks = readiness(_facts(row, limits, now=now, slack_s=slack_s))
    return TonightContact(
        contact_key=row["contact_key"],
        satellite=row["satellite"],
        stations=stations_of(row),
        ready=ready,
        rise=rise,
        set=instant(_set(row)),
        command_by=rise - _freeze(row, limits),
        planned_bits=whole(row, "planned_bits") or 0,
        low_bits=whole(row, "secure_bits_low"),
        high_bits=whole(row, "secure_bits_high"),
        p10_bits=whole(row, "secure_bits_p10"),
        p90_bits=whole(row, "secure_bits_p90"),
        state=(states or {}).get(row["contact_key"], "planned"),
        checks=checks,
        verdict=verdict(checks),
        steps=run_sheet(row, _series(plan, row), ready=ready),
        alternates=_alternates(instead, limits, now=now),
    )


def _series(plan: PlanFolder, row: Row) -> Sequence[Row] | None:
    """Samples of a contact; a joint one has none of its own, as it looks from two stations."""
    return plan.series(row["pass_id"]) if row.get("pass_id") else None


def _facts(row: Row, limits: NightLimits, *, now: datetime, slack_s: float | None) -> ContactFacts:
    grounds = [limits.stations[name] for name in stations_of(row)]
    exclusions = [ground.moon_exclusion_deg for ground in grounds]
    stated = [angle for angle in exclusions if angle is not None]
    designed = (row.get("elements_source") or "").startswith("synthetic:")
    age_h = None if designed else number(row, "elements_age_h")
    return ContactFacts(
        usable_s=number(row, "usable_s") or 0.0,
        clear_probability=number(row, "clear_probability"),
        cloud_forecast=all(ground.forecast_reaches(_rise(row)) for ground in grounds),
        ahead_h=(_rise(row) - now).total_seconds() / 3600.0,
        sun_elevation_max_deg=number(row, "sun_elevation_max_deg"),
        max_sun_elevation_deg=limits.max_sun_elevation_deg,
        lost_daylight_s=number(row, "lost_daylight_s") or 0.0,
        moon_elevation_deg=number(row, "moon_elevation_deg"),
        moon_separation_min_deg=number(row, "moon_separation_min_deg"),
        moon_exclusion_deg=max(stated) if stated else None,
        lost_moon_s=number(row, "lost_moon_s") or 0.0,
        elements_age_h=age_h,
        max_element_age_h=limits.max_element_age_s / 3600.0,
        timing_sigma_s=number(row, "timing_sigma_s"),
        mount_given=all(ground.mount_given for ground in grounds),
        lost_mount_s=sum(number(row, name) or 0.0 for name in LOST_TO_MOUNT),
        lost_outage_s=number(row, "lost_outage_s") or 0.0,
        slack_s=slack_s,
        planned_bits=whole(row, "planned_bits") or 0,
        secure_bits=whole(row, "secure_bits") or 0,
        secure_bits_low=whole(row, "secure_bits_low"),
        p50_bits=whole(row, "secure_bits_p50"),
        p90_bits=whole(row, "secure_bits_p90"),
    )


def _kept_by_one(plan: PlanFolder) -> Mapping[str, Sequence[Row]]:
    """Return the contacts that one other alone keeps from being flown whole, by its key."""
    found: dict[str, list[Row]] = {}
    for other in (*plan.passes, *plan.windows):
        in_the_way = {key for key in (other.get("clashes_with") or "").split(";") if key}
        if len(in_the_way) == 1:
            found.setdefault(in_the_way.pop(), []).append(other)
    return found


def _alternates(
    kept: Sequence[Row], limits: NightLimits, *, now: datetime
) -> tuple[Alternate, ...]:
    """Contacts that only one other keeps from being flown, or flown whole; best first.

    What has to be commanded before now is none any more.
    """
    found = []
    for other in kept:
        cut = other["status"] == "scheduled"
        bits = None if cut else whole(other, "planned_bits") or 0
        decide_by = _rise(other) - _freeze(other, limits)
        if bits == 0 or decide_by < now:
            continue
        found.append(
            Alternate(
                contact_key=other["contact_key"],
                station=" and ".join(stations_of(other)),
                rise=_rise(other),
                planned_bits=bits,
                clear_probability=number(other, "clear_probability"),
                decide_by=decide_by,
            )
        )
    return tuple(sorted(found, key=lambda one: -(one.planned_bits or 0) * _chance(one)))


def _chance(one: Alternate) -> float:
    return 1.0 if one.clear_probability is None else one.clear_probability
