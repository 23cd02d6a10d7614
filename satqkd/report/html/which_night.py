"""Which night a page is of: from noon to noon of the mean Sun over the stations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from satqkd.report.html.contact import Contact
from satqkd.report.html.written import instant_of
from satqkd.report.night_limits import limits_of_manifest
from satqkd.report.plan_folder import PlanFolder
from satqkd.report.tonight import Tonight, night_of

AFTER_SET: Final = timedelta(minutes=30)
"""So long after the last contact of a night its page still shows it; assumed."""


def first_night(plan: PlanFolder, contacts: Sequence[Contact]) -> Tonight | None:
    """Return the first night of a plan with a scheduled contact, seen from the begin of its window.

    None where nothing is scheduled, or the plan does not say its limits.
    """
    limits = limits_of_manifest(plan.manifest)
    flown = [one for one in contacts if one.status == "scheduled"]
    window = plan.manifest.get("window") or {}
    if limits is None or not flown or not window:
        return None
    begin = instant_of(window["start_utc"])
    night = night_of(plan, limits, now=begin, until=noon_after(flown[0].rise, plan))
    return night if night.contacts else None


def night_at(
    plan: PlanFolder,
    contacts: Sequence[Contact],
    now: datetime,
    *,
    states: Mapping[str, str] | None = None,
    only: str | None = None,
) -> Tonight | None:
    """Return the night that is to be decided on: this one, or the next with a scheduled contact.

    Parameters
    ----------
    plan, contacts
        The plan and its contacts in order.
    now
        With its zone.
    states
        What became of contacts, by contact key.
    only
        Key of a contact, to gather that alone.

    Returns
    -------
    Tonight or None
        None where nothing is scheduled any more, or the plan does not say its limits.
    """
    limits = limits_of_manifest(plan.manifest)
    ahead = [one for one in contacts if one.status == "scheduled" and one.set + AFTER_SET >= now]
    if limits is None or not ahead:
        return None
    tonight = [one for one in ahead if one.rise < noon_after(now, plan)]
    first = (tonight or ahead)[0]
    over = bool(tonight) and all(one.set < now for one in tonight)
    begin = max(one.set for one in tonight) if over else now
    until = noon_after(max(first.rise, begin), plan)
    keys = None if only is None else (only,)
    return night_of(plan, limits, now=begin, until=until, states=states, only=keys)


def noon_after(when: datetime, plan: PlanFolder) -> datetime:
    """Return the next noon of the mean Sun at the mean longitude of the stations."""
    stations = (plan.manifest.get("models") or {}).get("stations") or []
    sites = [one.get("site") or {} for one in stations]
    longitudes = [float(site["longitude_deg"]) for site in sites if "longitude_deg" in site]
    mean_deg = mean_longitude_deg(longitudes)
    noon = when.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
        hours=12.0 - mean_deg / 15.0
    )
    while noon <= when:
        noon += timedelta(days=1)
    while noon - timedelta(days=1) > when:
        noon -= timedelta(days=1)
    return noon


def mean_longitude_deg(longitudes: Sequence[float]) -> float:
    """Return the direction of the mean of some longitudes; 0 without any. [°]

    Examples
    --------
    >>> mean_longitude_deg([170.0, -170.0]), mean_longitude_deg([])
    (180.0, 0.0)
    """
    from cmath import phase, rect  # noqa: PLC0415 - complex numbers are of this alone
    from math import degrees, radians  # noqa: PLC0415

    return round(degrees(phase(sum(rect(1.0, radians(one)) for one in longitudes) or 1.0)), 9)
