"""Tables of states of the satellites of some contacts, for those who follow them by such tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from satqkd.network.hand_over import Handed, HandOver
from satqkd.passes.earth import state_to_teme
from satqkd.passes.states import reach_s, states_itrf
from satqkd.units import FloatArray

MARGIN: Final = 5
"""Records beyond both ends of a table, so that a polynomial through ten of them has five on each
side anywhere within. [records]"""

STEP_S: Final = 60.0
"""Between two records: a polynomial of ninth order between them is within a millimetre of a low
orbit. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Time in which one source says where a satellite is, and no other."""

    satellite: int
    """Index of the satellite."""
    source: int
    """Index of the elements or ephemeris, within the satellite's own."""
    start_s: float
    end_s: float
    """First and last mission second. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrbitTable:
    """States at even steps with records beyond both ends."""

    stretch: Stretch
    """What may be used."""
    time_s: FloatArray
    """Mission seconds, shape (n,). [s]"""
    position_m: FloatArray
    """Earth-fixed, shape (3, n). [m]"""
    velocity_m_s: FloatArray
    """Against the turning Earth, shape (3, n). [m/s]"""

    def teme(self, given: HandOver) -> tuple[FloatArray, FloatArray]:
        """Return position [m] and velocity [m/s] in TEME, shapes (3, n)."""
        return state_to_teme(given.timebase, self.time_s, self.position_m, self.velocity_m_s)


def stretches(given: HandOver) -> tuple[Stretch, ...]:
    """Divide the days of the contacts of each satellite among what says where it is.

    A stretch begins with the UTC day of its first contact, or between two contacts that rest on
    different elements, and ends likewise: no contact is divided, and the mission's window is not
    left but for the whole of its first and last contact.
    """
    found: list[Stretch] = []
    for satellite in sorted({one.satellite for one in given.contacts}):
        runs = _runs([one for one in given.contacts if one.satellite == satellite])
        begin_s = _begin(given, runs[0])
        for run, following in zip(runs, [*runs[1:], None], strict=True):
            end_s = _between(run, following) if following else _end(given, run)
            found.append(
                Stretch(satellite=satellite, source=run[0].source, start_s=begin_s, end_s=end_s)
            )
            begin_s = end_s
    return tuple(found)


def _runs(contacts: list[Handed]) -> list[list[Handed]]:
    """Contacts one after the other that rest on the same elements."""
    runs: list[list[Handed]] = []
    for one in sorted(contacts, key=lambda own: (own.culmination_s, own.stations)):
        if runs and runs[-1][-1].source == one.source:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _begin(given: HandOver, run: list[Handed]) -> float:
    first_s = min(one.start_s for one in run)
    day = given.timebase.utc(first_s).replace(hour=0, minute=0, second=0, microsecond=0)
    return min(max(0.0, given.timebase.seconds(day)), first_s)


def _end(given: HandOver, run: list[Handed]) -> float:
    last_s = max(one.end_s for one in run)
    day = given.timebase.utc(last_s).replace(hour=0, minute=0, second=0, microsecond=0)
    following_s = given.timebase.seconds(day + timedelta(days=1))
    return max(min(given.mission.duration_s, following_s), last_s)


def _between(run: list[Handed], following: list[Handed]) -> float:
    """Return the whole second half-way between the contacts of two runs."""
    end_s = max(float(p.set_s[0]) for one in run for p in one.passes)
    begin_s = min(float(p.rise_s[0]) for one in following for p in one.passes)
    return float(np.round(0.5 * (end_s + begin_s)))


def days(
    given: HandOver, stretch: Stretch, every: Sequence[Stretch]
) -> Iterator[tuple[datetime, int, Stretch]]:
    """Divide a stretch, one of all, among the UTC days with contacts in it.

    Yields
    ------
    tuple
        Midnight that begins the day, the number of the stretch among those of that day and
        satellite from 1 on, and the part of the stretch on that day.
    """
    others = [one for one in every if one.satellite == stretch.satellite]
    for day in _days_of(given, stretch):
        begin_s = given.timebase.seconds(day)
        end_s = given.timebase.seconds(day + timedelta(days=1))
        part = Stretch(
            satellite=stretch.satellite,
            source=stretch.source,
            start_s=max(stretch.start_s, begin_s),
            end_s=min(stretch.end_s, end_s),
        )
        own = [one for one in others if one.start_s < end_s and one.end_s > begin_s]
        if part.end_s > part.start_s:
            yield day, own.index(stretch) + 1, part


def _days_of(given: HandOver, stretch: Stretch) -> list[datetime]:
    """Midnights before the contacts within a stretch, each once."""
    found = set()
    for one in given.contacts:
        inside = stretch.start_s <= one.culmination_s <= stretch.end_s
        if one.satellite == stretch.satellite and inside:
            for second_s in (one.start_s, one.end_s):
                moment = given.timebase.utc(second_s)
                found.add(datetime(moment.year, moment.month, moment.day, tzinfo=UTC))
    return sorted(found)


def orbit_table(
    given: HandOver, stretch: Stretch, *, step_s: float = STEP_S, ends: bool = False
) -> OrbitTable:
    """Sample a stretch at whole UTC minutes, and :data:`MARGIN` records beyond both its ends.

    Parameters
    ----------
    given
        Holds the satellites.
    stretch
        What is wanted.
    step_s
        Between two records. [s]
    ends
        Whether its two ends are records too. Where elements decay or an ephemeris ends, so that
        there are no records beyond, this keeps the stretch whole; else it is shortened.

    References
    ----------
    .. [1] As :func:`satqkd.passes.states.states_itrf`.
    """
    timebase = given.timebase
    source = given.mission.spacecraft[stretch.satellite].satellite.sources[stretch.source]
    beyond_s = (MARGIN + 1) * step_s
    first_s, last_s = reach_s(
        source, timebase, start_s=stretch.start_s - beyond_s, end_s=stretch.end_s + beyond_s
    )
    minute_s = timebase.seconds(timebase.utc(stretch.start_s).replace(second=0, microsecond=0))
    low = int(np.ceil((first_s - minute_s) / step_s - 1e-9))
    high = int(np.floor((last_s - minute_s) / step_s + 1e-9))
    time_s: FloatArray = minute_s + step_s * np.arange(low, high + 1, dtype=np.float64)
    start_s, end_s = max(stretch.start_s, first_s), min(stretch.end_s, last_s)
    if ends:
        time_s = _with_ends(time_s, start_s, end_s)
    else:
        start_s = max(start_s, float(time_s[min(MARGIN, time_s.size) - 1]))
        end_s = min(end_s, float(time_s[-min(MARGIN, time_s.size)]))
    position, velocity = states_itrf(source, timebase, time_s)
    return OrbitTable(
        stretch=Stretch(
            satellite=stretch.satellite, source=stretch.source, start_s=start_s, end_s=end_s
        ),
        time_s=time_s,
        position_m=position,
        velocity_m_s=velocity,
    )


def _with_ends(time_s: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """Put an end among the records where none is beyond it, in place of one within a second."""
    for end, beyond in ((start_s, time_s[0] > start_s), (end_s, time_s[-1] < end_s)):
        if beyond:
            time_s = np.sort(np.append(time_s[np.abs(time_s - end) > 1.0], end))
    return time_s
