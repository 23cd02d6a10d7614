"""How much of what a table adds up one satellite cannot fly together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.report.counted import contact_words, counted
from satqkd.units import IntArray


class NotTogether:
    """Counts contacts during which their satellite could serve another one of the table."""

    def __init__(self) -> None:
        self._count, self._words = 0, ("pass", "passes")

    def add(self, found: Forecast, contacts: IntArray) -> None:
        """Add contacts of some satellites; links over the ground have none."""
        if found.link is None:
            self._count += overlapping(found, contacts)
            self._words = contact_words(found)

    def lines(self) -> Iterator[str]:
        """Say it, where there are any."""
        if self._count:
            overlap = "overlaps" if self._count == 1 else "overlap"
            yield (
                f"{counted(self._count, self._words[0], many=self._words[1])} {overlap} another "
                "of the same satellite, turning included, and it cannot fly both: the sums are of "
                "all there is to choose from, 'satqkd plan' chooses"
            )


def overlapping(found: Forecast, contacts: IntArray) -> int:
    """Count the usable contacts among some that overlap another of their satellite.

    Parameters
    ----------
    found
        Contacts and their yields.
    contacts
        Rows of it.

    Notes
    -----
    A satellite is occupied from the first usable second to the last and while it turns. Sorted by
    their begins, a contact overlaps an earlier one where it begins before the latest end so far,
    and a later one where the next begins before its own.
    """
    yields = found.yields
    own = contacts[yields.usable_s[contacts] > 0.0]
    slew_s = np.array([craft.payload.slew_s for craft in found.mission.spacecraft])
    count = 0
    for craft in np.unique(found.contacts.satellite[own]).tolist():
        rows = own[found.contacts.satellite[own] == craft]
        rows = rows[np.argsort(yields.usable_start_s[rows], kind="stable")]
        begin_s, end_s = yields.usable_start_s[rows], yields.usable_end_s[rows] + slew_s[craft]
        late = begin_s[1:] < np.maximum.accumulate(end_s)[:-1]
        early = begin_s[1:] < end_s[:-1]
        mine = np.concatenate([[False], late])
        mine[:-1] |= early
        count += int(np.count_nonzero(mine))
    return count
