"""Go or no-go: what is checked before a contact is flown, and what was not.

One function for the terminal and the page. A check that could not be made is no pass: it is counted
apart, and never makes a contact better or worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["go", "watch", "stop", "not checked"]
"""What a check comes to; ``not checked`` where what it needs is not given."""

Night = Literal["GO", "WATCH", "NO-GO"]
"""What the contacts of a night come to."""

CLEAR_GO: Final = 0.6
"""Chance of a clear sky that is good enough; an operator's rule of thumb, assumed."""
CLEAR_STOP: Final = 0.3
"""Below this a cloud forecast stops a contact; assumed."""
SUN_MARGIN_DEG: Final = 1.0
"""Nearer to its limit the Sun is watched: refraction and a low horizon; assumed. [°]"""
MOON_MARGIN_DEG: Final = 5.0
"""Nearer to its exclusion angle the Moon is watched; assumed. [°]"""
TIMING_GO_S: Final = 1.0
"""Within this acquisition finds the satellite where it is expected; assumed. [s]"""
CLIMATE_AHEAD_H: Final = 12.0
"""So shortly before a contact a climate is no longer enough: a forecast can be had; assumed. [h]"""
MOUNT_STOP: Final = 0.5
"""Share of the usable time lost to the mount that stops a contact; assumed."""
SLACK_S: Final = 300.0
"""Less time than this between set-up and the contact before is watched; assumed. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What is known of one contact before it is flown; None where it is not given."""

    usable_s: float
    """Time that may carry key. [s]"""
    clear_probability: float | None = None
    """Chance of a clear sky, 0…1."""
    cloud_forecast: bool = False
    """Whether that is from a forecast of this hour, not from the climate."""
    ahead_h: float | None = None
    """How long it is until the contact rises; None where that does not matter. [h]"""
    sun_elevation_max_deg: float | None = None
    """Highest Sun during the contact. [°]"""
    max_sun_elevation_deg: float | None = None
    """Its limit. [°]"""
    lost_daylight_s: float = 0.0
    """Time lost to it. [s]"""
    moon_elevation_deg: float | None = None
    """Where the Moon stands. [°]"""
    moon_separation_min_deg: float | None = None
    """How near the satellite comes to it. [°]"""
    moon_exclusion_deg: float | None = None
    """How near it may. [°]"""
    lost_moon_s: float = 0.0
    """Time lost to it. [s]"""
    elements_age_h: float | None = None
    """Contact minus epoch of the elements; None for a design, whose orbit has no age. [h]"""
    max_element_age_h: float | None = None
    """Its limit. [h]"""
    timing_sigma_s: float | None = None
    """How early or late the contact may be, one standard deviation; None where nothing is known
    about that. [s]"""
    mount_given: bool = False
    """Whether the limits of the telescope's mount are given."""
    lost_mount_s: float = 0.0
    """Time lost to its stops, keyhole, cable and acquisition. [s]"""
    lost_outage_s: float = 0.0
    """Time lost to outages. [s]"""
    slack_s: float | None = None
    """Time between the contact before at this station and the begin of set-up; None without one
    that night. [s]"""
    planned_bits: int = 0
    """Key that the plan counts on. [bit]"""
    secure_bits: int = 0
    """Key of the contact as a block by itself. [bit]"""
    secure_bits_low: int | None = None
    """The same with every stated range at its worst end; None where none is stated. [bit]"""
    p50_bits: int | None = None
    """Half of the realisations give more; None where none was drawn. [bit]"""
    p90_bits: int | None = None
    """One realisation in ten gives more. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a contact."""

    name: str
    state: State
    value: str
    """What was found, with its limit where there is one, in words."""


def readiness(facts: ContactFacts) -> tuple[Check, ...]:
    """Check a contact.

    Returns
    -------
    tuple of Check
        Sky, Sun, Moon, orbit, mount, terminal and key, always all seven.

    Examples
    --------
    >>> facts = ContactFacts(usable_s=300.0, clear_probability=0.4, planned_bits=1000)
    >>> [check.state for check in readiness(facts)][:2]
    ['watch', 'not checked']
    """
    return tuple(
        Check(name=name, state=state, value=value)
        for name, made in CHECKS.items()
        for state, value in [made(facts)]
    )


def verdict(checks: Iterable[Check]) -> State:
    """Return the worst of the checks that were made; ``not checked`` where none was."""
    states = {check.state for check in checks}
    return next(state for state in (*_WORST_FIRST, "not checked") if state in states or not states)


def night_verdict(verdicts: Sequence[State]) -> Night:
    """Say whether to get ready: GO where any contact is, WATCH where all that are left are watched.

    Examples
    --------
    >>> night_verdict(["watch", "go"]), night_verdict(["watch", "stop"]), night_verdict([])
    ('GO', 'WATCH', 'NO-GO')
    """
    if "go" in verdicts:
        return "GO"
    return "WATCH" if "watch" in verdicts else "NO-GO"


_WORST_FIRST: Final[tuple[State, ...]] = ("stop", "watch", "go")
Made = tuple[State, str]


def _sky(facts: ContactFacts) -> Made:
    chance = facts.clear_probability
    if chance is None:
        return "not checked", "no weather given"
    source = "forecast" if facts.cloud_forecast else "climate"
    told = f"clear {100.0 * chance:.0f} % ({source})"
    if facts.cloud_forecast and chance < CLEAR_STOP:
        return "stop", told
    soon = facts.ahead_h is not None and facts.ahead_h < CLIMATE_AHEAD_H
    good = chance >= CLEAR_GO and (facts.cloud_forecast or not soon)
    return ("go" if good else "watch"), told


def _sun(facts: ContactFacts) -> Made:
    sun, limit = facts.sun_elevation_max_deg, facts.max_sun_elevation_deg
    if sun is None or limit is None:
        return "not checked", "Sun not given"
    told = f"Sun {sun:.1f}°, limit {limit:g}°"
    if facts.usable_s <= 0.0 and facts.lost_daylight_s > 0.0:
        return "stop", told
    if sun > limit - SUN_MARGIN_DEG:
        lost = f", {facts.lost_daylight_s:.0f} s lost" if facts.lost_daylight_s > 0.0 else ""
        return "watch", told + lost
    return "go", told


def _moon(facts: ContactFacts) -> Made:
    height, away = facts.moon_elevation_deg, facts.moon_separation_min_deg
    if height is None or away is None:
        return "not checked", "Moon not given"
    if height < 0.0 and facts.lost_moon_s <= 0.0:
        return "go", "Moon below the horizon"
    if facts.moon_exclusion_deg is None:
        return "not checked", f"Moon {away:.0f}° away, no limit given"
    told = f"Moon {away:.0f}° away, limit {facts.moon_exclusion_deg:g}°"
    if facts.usable_s <= 0.0 and facts.lost_moon_s > 0.0:
        return "stop", told
    near = away < facts.moon_exclusion_deg + MOON_MARGIN_DEG
    return ("watch" if near or facts.lost_moon_s > 0.0 else "go"), told


def _orbit(facts: ContactFacts) -> Made:
    age, sigma, limit = facts.elements_age_h, facts.timing_sigma_s, facts.max_element_age_h
    if age is None:
        return "not checked", "a design has no age"
    told = f"elements {abs(age):.0f} h {'old' if age >= 0.0 else 'younger'}"
    told += "" if sigma is None else f", ± {sigma:.2g} s"
    if limit is not None and abs(age) > limit:
        return "stop", f"{told}, limit {limit:.0f} h"
    if sigma is None:
        return "not checked", f"{told}, precision not given"
    if sigma > facts.usable_s:
        return "stop", told
    fresh = sigma < TIMING_GO_S and (limit is None or abs(age) < 0.5 * limit)
    return ("go" if fresh else "watch"), told


def _mount(facts: ContactFacts) -> Made:
    if not facts.mount_given:
        return "not checked", "no mount given"
    if facts.lost_mount_s <= 0.0:
        return "go", "no time lost"
    told = f"{facts.lost_mount_s:.0f} s lost"
    if facts.lost_mount_s > MOUNT_STOP * (facts.usable_s + facts.lost_mount_s):
        return "stop", told
    return "watch", told


def _terminal(facts: ContactFacts) -> Made:
    if facts.lost_outage_s > 0.0:
        told = f"{facts.lost_outage_s:.0f} s lost to an outage"
        return ("stop" if facts.usable_s <= 0.0 else "watch"), told
    if facts.slack_s is not None and facts.slack_s < SLACK_S:
        return "watch", f"{max(facts.slack_s, 0.0) / 60.0:.1f} min after the contact before"
    return "go", "free"


def _key(facts: ContactFacts) -> Made:
    if facts.planned_bits <= 0:
        return "stop", "no key"
    told = f"{facts.planned_bits:,} bit"
    if facts.secure_bits <= 0:
        return "go", f"{told}, of its block alone"
    if facts.p90_bits is not None and facts.p90_bits <= 0:
        return "stop", f"{told}, P90 0"
    if facts.p50_bits is not None and facts.p50_bits <= 0:
        return "watch", f"{told}, P50 0"
    if facts.secure_bits_low is not None and facts.secure_bits_low <= 0:
        return "watch", f"{told}, at worst 0"
    return "go", told


CHECKS: Final[dict[str, Callable[[ContactFacts], Made]]] = {
    "sky": _sky,
    "sun": _sun,
    "moon": _moon,
    "orbit": _orbit,
    "mount": _mount,
    "terminal": _terminal,
    "key": _key,
}
"""What is checked, by name, in the order it is shown."""
