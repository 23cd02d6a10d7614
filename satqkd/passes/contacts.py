"""Contacts: when a satellite is in sight of one station, or of several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from satqkd.errors import NonPhysicalError
from satqkd.passes.bodies import Bodies
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.tracks import sample
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contacts:
    """One row a contact, ordered by satellite, then time; columns of shape (n,).

    A pass is a contact with one arm, a joint contact of k stations has k. An arm is the pass it
    is part of, cut to the time that all arms have in common. A session of a terrestrial link has
    neither satellite nor pass.
    """

    satellite: IntArray
    """Index of the satellite; −1 over the ground."""
    start_s: FloatArray
    """When the last of the stations begins to see it, mission seconds. [s]"""
    end_s: FloatArray
    """When the first of them ceases to see it. [s]"""
    listed_s: FloatArray
    """When it is listed: culmination of a pass, beginning of a joint contact. [s]"""
    clipped_start: BoolArray
    """The pass that begins last was already under way: ``start_s`` is no rise."""
    clipped_end: BoolArray
    """The pass that ends first goes on: ``end_s`` is no set."""
    hidden: tuple[BoolArray, ...]
    """For each arm whether what stands around its station hides the pass whole: then the pass
    begins and ends at a level horizon."""
    arms: tuple[PassTable, ...]
    """For each arm the pass behind every contact, whole."""
    rows: tuple[IntArray, ...]
    """For each arm the row of that pass in the table the contacts were found in."""

    def __len__(self) -> int:
        return int(self.start_s.size)

    @property
    def stations(self) -> tuple[IntArray, ...]:
        """Index of the station, for each arm."""
        return tuple(arm.station for arm in self.arms)

    @property
    def station(self) -> IntArray:
        """Index of the first station; −1 over the ground."""
        return self.arms[0].station if self.arms else np.full(len(self), -1)

    @property
    def partner(self) -> IntArray:
        """Index of the second station; −1 where there is one arm only."""
        return self.arms[1].station if len(self.arms) > 1 else np.full(len(self), -1)

    def take(self, index: IntArray | BoolArray) -> Contacts:
        """Return the contacts at ``index``, in that order."""
        columns = {
            f.name: getattr(self, f.name)[index]
            for f in fields(self)
            if f.name not in {"hidden", "arms", "rows"}
        }
        return Contacts(
            hidden=tuple(own[index] for own in self.hidden),
            arms=tuple(arm.take(index) for arm in self.arms),
            rows=tuple(row[index] for row in self.rows),
            **columns,
        )

    @staticmethod
    def join(parts: Sequence[Contacts]) -> Contacts:
        """Put contacts with equally many arms below each other; at least one part is needed."""
        columns = {
            f.name: np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Contacts)
            if f.name not in {"hidden", "arms", "rows"}
        }
        count = range(len(parts[0].arms))
        return Contacts(
            hidden=tuple(np.concatenate([part.hidden[k] for part in parts]) for k in count),
            arms=tuple(PassTable.join([part.arms[k] for part in parts]) for k in count),
            rows=tuple(np.concatenate([part.rows[k] for part in parts]) for k in count),
            **columns,
        )

    def cut_arms(self) -> tuple[PassTable, ...]:
        """Return for each arm the passes with the contacts' own beginning and end."""
        return tuple(replace(arm, rise_s=self.start_s, set_s=self.end_s) for arm in self.arms)


def pass_contacts(passes: PassTable, hidden: BoolArray | None = None) -> Contacts:
    """Return every pass as a contact with one arm, in the order of the table.

    Parameters
    ----------
    passes
        The passes.
    hidden
        Which of them a horizon hides whole; None for none.
    """
    return Contacts(
        satellite=passes.satellite,
        start_s=passes.rise_s,
        end_s=passes.set_s,
        listed_s=passes.culmination_s,
        clipped_start=passes.clipped_start,
        clipped_end=passes.clipped_end,
        hidden=(np.zeros(len(passes), dtype=np.bool_) if hidden is None else hidden,),
        arms=(passes,),
        rows=(np.arange(len(passes)),),
    )


def terrestrial_contacts(window_s: float, *, session_s: float) -> Contacts:
    """Divide a window into sessions of a link that stands still.

    Parameters
    ----------
    window_s
        Length of the window. [s]
    session_s
        Length of a session; the last one ends with the window. [s]
    """
    many = max(1, int(np.ceil(window_s / session_s - 1e-9)))
    start_s = session_s * np.arange(many, dtype=np.float64)
    end_s = np.minimum(start_s + session_s, window_s)
    no = np.zeros(start_s.size, dtype=np.bool_)
    return Contacts(
        satellite=np.full(start_s.size, -1),
        start_s=start_s,
        end_s=end_s,
        listed_s=start_s,
        clipped_start=no,
        clipped_end=end_s - start_s < session_s - 1e-6,
        hidden=(),
        arms=(),
        rows=(),
    )


def joint_contacts(
    passes: PassTable, stations: Sequence[int], hidden: BoolArray | None = None
) -> Contacts:
    """Find when all of ``stations`` see the same satellite.

    Parameters
    ----------
    passes
        Rows in any order; passes of one satellite over one station do not overlap.
    stations
        Indices of different stations; a single one gives its passes.
    hidden
        Which of the passes a horizon hides whole; None for none.

    Returns
    -------
    Contacts
        One row for each combination of passes that have a time in common. Passes that only
        touch have none.

    Raises
    ------
    NonPhysicalError
        If no station is given, or one twice.

    Notes
    -----
    Sweeps rises (+1) and sets (−1) of all stations satellite by satellite, in order of time: a
    contact begins where the sum reaches the number of stations::

        A   ┌───────────────┐          +1 . . . . . . . −1
        B        ┌───────────────┐     . . +1 . . . . . . . −1
        sum 1    2          1     0    a contact where it is 2
    """
    wanted = np.asarray(stations, dtype=np.int64)
    if wanted.size < 1 or np.unique(wanted).size < wanted.size:
        raise NonPhysicalError("stations", "must be one or more different ones")
    rows = np.flatnonzero(np.isin(passes.station, wanted))
    row = np.tile(rows, 2)
    time_s = np.concatenate([passes.rise_s[rows], passes.set_s[rows]])
    change = np.repeat([1, -1], rows.size)
    order = np.lexsort((change, time_s, passes.satellite[row]))
    row, time_s, change = row[order], time_s[order], change[order]
    first = np.flatnonzero(np.cumsum(change)[:-1] == wanted.size)
    first = first[time_s[first + 1] > time_s[first]]
    begin, end = row[first], row[first + 1]
    rising = (change > 0) & (passes.station[row] == wanted[:, None])
    latest = np.maximum.accumulate(np.where(rising, np.arange(row.size), 0), axis=1)
    behind = row[latest[:, first]]
    return Contacts(
        satellite=passes.satellite[begin],
        start_s=time_s[first],
        end_s=time_s[first + 1],
        listed_s=time_s[first],
        clipped_start=passes.clipped_start[begin],
        clipped_end=passes.clipped_end[end],
        hidden=tuple(
            np.zeros(first.size, dtype=np.bool_) if hidden is None else hidden[own]
            for own in behind
        ),
        arms=tuple(passes.take(own) for own in behind),
        rows=tuple(behind),
    )


def contact_tracks(
    contacts: Contacts,
    chains: Mapping[tuple[int, int], Ephemeris],
    stations: Sequence[Station],
    bodies: Bodies,
    *,
    step_s: float,
) -> tuple[Tracks, ...]:
    """Sample contacts from each of their stations at the same instants.

    Parameters
    ----------
    contacts
        What to follow. Where a contact joins passes of two element sets, each arm follows its
        own pass.
    chains
        Ephemerides of the passes.
    stations
        All stations, by index.
    bodies
        Sun and Moon over the window.
    step_s
        Spacing; samples fall on multiples of it since the mission epoch. [s]

    Returns
    -------
    tuple of Tracks
        One an arm, a series a contact; ``starts``, ``time_s`` and ``weight_s`` are the same in
        all of them.
    """
    return tuple(
        sample(arm, chains, stations, bodies, step_s=step_s) for arm in contacts.cut_arms()
    )
