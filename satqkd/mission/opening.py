"""What contacts before the window left behind, for key blocks that are open when it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningCounts:
    """Counts of a contact flown before the window, not distilled yet."""

    contact_key: str
    """What it is called."""
    satellite: int
    """Index of the satellite."""
    station: int
    """Index of the station."""
    start: datetime
    """First usable second, UTC."""
    end: datetime
    """Last usable second, UTC: the window has not begun."""
    intensities: tuple[float, ...]
    """Mean photon numbers sent, in the order of the next tuples."""
    key_clicks: tuple[float, ...]
    """Clicks with both sides in the key basis."""
    key_errors: tuple[float, ...]
    """Errors among them."""
    check_clicks: tuple[float, ...]
    """Clicks with both sides in the check basis."""
    check_errors: tuple[float, ...]
    """Errors among them."""
    pulses: float
    """Pulses sent, of all intensities."""
    key_pulses: float
    """Those for which both sides chose the key basis."""
    check_pulses: float
    """Those for which both sides chose the check basis."""
