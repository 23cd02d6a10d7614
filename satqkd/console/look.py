"""How a reader wants pages to look: kept by the browser, taken from a list alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COOKIE: Final = "desk-look"
ZONES: Final = {"utc": "UTC", "local": "Station", "here": "Here"}
"""Clocks that times can be shown on."""
THEMES: Final = {"auto": "Auto", "light": "Light", "dark": "Dark", "night": "Night"}
"""Night is red on black, for eyes that are used to the dark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Choices of a reader."""

    zone: str = "utc"
    theme: str = "auto"


def look_of(cookie: str) -> Look:
    """Read the cookie; what it may not say counts as not said.

    Examples
    --------
    >>> look_of("local.dark"), look_of("<b>.dark")
    (Look(zone='local', theme='dark'), Look(zone='utc', theme='dark'))
    """
    zone, _, theme = cookie.partition(".")
    return Look(zone=zone if zone in ZONES else "utc", theme=theme if theme in THEMES else "auto")
