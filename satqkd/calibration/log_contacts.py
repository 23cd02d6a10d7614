"""Which contact each row of a log belongs to: a pass over a station, or a joint contact of two."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC

import numpy as np

from satqkd.calibration.flown import whose_rows
from satqkd.calibration.joint_rows import JointRow, joint_rows
from satqkd.calibration.log import Log, LogRow
from satqkd.config.mistake import did_you_mean, quoted
from satqkd.errors import Finding, InputError, SatqkdWarning
from satqkd.forecast.arms import Sky
from satqkd.forecast.contact_id import contact_keys
from satqkd.forecast.stream import Chosen, Found, found_passes
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts, joint_contacts, pass_contacts
from satqkd.passes.timebase import Timebase
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """Contacts of some satellites that rows of a log belong to."""

    sky: Sky
    contacts: Contacts
    pair: Together | None
    """Whose joint contacts they are; None for passes."""
    keys: tuple[str, ...]
    pass_id: tuple[tuple[str, ...], ...]
    """For each arm the id of the pass behind every contact."""
    rows: tuple[tuple[LogRow, ...], ...]
    """Of each contact, in the order of the file."""


def chunks_of(mission: Mission, log: Log, timebase: Timebase) -> tuple[Chunk, ...]:
    """Find the contacts that rows belong to, satellites at a time.

    Parameters
    ----------
    mission
        Its window holds the log.
    log
        What was recorded.
    timebase
        That of the window.

    Raises
    ------
    InputError
        For rows of a satellite or station that the mission does not have, for totals outside every
        contact, and where a row names another contact than the one at its time.
    """
    joint = joint_rows(mission, log)
    alone = replace(log, rows=tuple(row for row in log.rows if row.line not in joint))
    whose = whose_rows(mission, alone)
    search = _Search(mission=mission, log=log, timebase=timebase)
    pairs = tuple({id(one.pair): one.pair for one in joint.values()}.values())
    crafts = {*whose[0].tolist(), *(one.satellite for one in joint.values())}
    chosen = Chosen(satellites=sorted(crafts), stations=np.unique(whose[1]).tolist(), pairs=pairs)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    chunks = []
    for found in found_passes(mission, timebase, chosen, hidden=True):
        sky = Sky(timebase=timebase, bodies=bodies, chains=found.passes.chains)
        owners = zip(alone.rows, whose[0].tolist(), whose[1].tolist(), strict=True)
        chunks.append(search.passes(found, sky, list(owners)))
        chunks += [search.joint(found, sky, pair, joint) for pair in pairs]
    search.require_all()
    return tuple(one for one in chunks if one.rows)


class _Search:
    """What is found of a log's rows, and what is wrong with them."""

    def __init__(self, *, mission: Mission, log: Log, timebase: Timebase) -> None:
        self.mission, self.log, self.timebase = mission, log, timebase
        self.seconds = {row.line: timebase.seconds(row.utc) for row in log.rows}
        self.left = {row.line: row for row in log.rows}
        self.findings: list[Finding] = []
        self.outside: list[int] = []

    def passes(self, found: Found, sky: Sky, rows: Sequence[tuple[LogRow, int, int]]) -> Chunk:
        contacts = pass_contacts(found.passes.table, found.hidden)
        keys = contact_keys(self.mission, contacts)
        owned: dict[int, list[LogRow]] = defaultdict(list)
        for row, craft, station in rows:
            mine = (contacts.satellite == craft) & (contacts.stations[0] == station)
            self._own(contacts, np.flatnonzero(mine), keys, row, owned)
        return self._chunk(sky, contacts, pair=None, keys=keys, ids=(found.pass_id,), owned=owned)

    def joint(self, found: Found, sky: Sky, pair: Together, rows: dict[int, JointRow]) -> Chunk:
        table = found.passes.table
        serving = np.flatnonzero(np.isin(table.satellite, pair.spacecraft))
        contacts = joint_contacts(table.take(serving), pair.stations, found.hidden[serving])
        keys = contact_keys(self.mission, contacts, pair=pair)
        ids = tuple(
            tuple(found.pass_id[row] for row in serving[own].tolist()) for own in contacts.rows
        )
        owned: dict[int, list[LogRow]] = defaultdict(list)
        for one in rows.values():
            if one.pair is pair:
                mine = np.flatnonzero(contacts.satellite == one.satellite)
                self._own(contacts, mine, keys, one.row, owned)
        return self._chunk(sky, contacts, pair=pair, keys=keys, ids=ids, owned=owned)

    def require_all(self) -> None:
        """Refuse rows without a contact; tell of instants."""
        for row in self.left.values():
            self._misplaced(row)
        if self.findings:
            raise InputError(self.findings)
        _tell_outside(self.log, self.outside)

    def _own(
        self,
        contacts: Contacts,
        mine: IntArray,
        keys: Sequence[str],
        row: LogRow,
        owned: dict[int, list[LogRow]],
    ) -> None:
        """Give a row to its contact."""
        if not mine.size:
            return
        self.left.pop(row.line, None)
        place = _place(contacts, mine, self.seconds[row.line], row)
        if place is None:
            self._misplaced(row)
        elif row.contact_key and row.contact_key != keys[place]:
            self.findings.append(_another(self.log, row, keys, place))
        else:
            owned[place].append(row)

    def _chunk(
        self,
        sky: Sky,
        contacts: Contacts,
        *,
        pair: Together | None,
        keys: Sequence[str],
        ids: Sequence[Sequence[str]],
        owned: dict[int, list[LogRow]],
    ) -> Chunk:
        places = sorted(owned)
        return Chunk(
            sky=sky,
            contacts=contacts.take(np.array(places, dtype=np.int64)),
            pair=pair,
            keys=tuple(keys[place] for place in places),
            pass_id=tuple(tuple(own[place] for place in places) for own in ids),
            rows=tuple(tuple(owned[place]) for place in places),
        )

    def _misplaced(self, row: LogRow) -> None:
        """Refuse totals that belong to no contact; keep the lines of instants to warn of."""
        if not row.total and not row.contact_key:
            self.outside.append(row.line)
            return
        who = " over ".join(filter(None, (row.satellite, row.station)))
        named = f" {row.contact_key}" if row.contact_key else ""
        self.findings.append(
            Finding(
                file=self.log.file,
                line=row.line,
                where="utc",
                message=f"{_short_utc(row)} lies in no pass{f' of {who}' if who else ''}: no "
                f"contact{named} to book it to",
                fix="give an instant of the pass, in UTC; 'satqkd passes' lists rise and set",
            )
        )


def _place(contacts: Contacts, mine: IntArray, time_s: float, row: LogRow) -> int | None:
    """Contact that shares most time with a row, an instant having to lie within; None for none."""
    half_s = 0.5 * (row.interval_s or 0.0)
    shared_s = np.minimum(contacts.end_s[mine], time_s + half_s) - np.maximum(
        contacts.start_s[mine], time_s - half_s
    )
    best = int(np.argmax(shared_s))
    return int(mine[best]) if shared_s[best] >= 0.0 else None


def _another(log: Log, row: LogRow, keys: Sequence[str], place: int) -> Finding:
    other = f"; {row.contact_key} is at another time" if row.contact_key in keys else ""
    return Finding(
        file=log.file,
        line=row.line,
        where="contact_key",
        message=f"{quoted(row.contact_key)} is not the contact at {_short_utc(row)}{other}",
        fix=f"correct the time, or write {keys[place]}"
        if other
        else did_you_mean(row.contact_key, [keys[place]]),
    )


def _short_utc(row: LogRow) -> str:
    return row.utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tell_outside(log: Log, lines: list[int]) -> None:
    if lines:
        warnings.warn(
            f"{len(lines)} of {len(log.rows)} rows of {log.file} lie outside every pass of their "
            f"satellite over their station, the first in line {min(lines)}; they are left out",
            SatqkdWarning,
            stacklevel=2,
        )
