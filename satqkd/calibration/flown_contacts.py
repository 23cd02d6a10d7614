"""Logs of a mission as contacts: what was flown of each, and what was forecast of it."""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

import numpy as np

from satqkd.calibration.fit import Data, data_of
from satqkd.calibration.flown import match, moved_to, whose_rows
from satqkd.calibration.foreseen import foreseen_of
from satqkd.calibration.log import Log, LogRow
from satqkd.calibration.predict import predict
from satqkd.calibration.score import FlownContact, Foreseen
from satqkd.config.mistake import did_you_mean, quoted
from satqkd.errors import Finding, InputError, SatqkdWarning
from satqkd.forecast.arms import Sky
from satqkd.forecast.contact_id import contact_keys
from satqkd.forecast.forecast import follow
from satqkd.forecast.stream import Chosen, found_passes
from satqkd.forecast.systems import PassSystems
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts, pass_contacts
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray
from satqkd.weather.clear_sky import Draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chunk:
    """Contacts of some satellites that rows of a log belong to."""

    sky: Sky
    contacts: Contacts
    keys: tuple[str, ...]
    pass_id: tuple[str, ...]
    rows: tuple[tuple[LogRow, ...], ...]
    """Of each contact, in the order of the file."""


def flown_contacts(
    mission: Mission, log: Log, *, draws: Draws | None = None, clear: bool = False
) -> tuple[FlownContact, ...]:
    """Find the contact of every row of a log, and what is forecast of it.

    Lines with totals are held against the whole contact, its usable time; those of instants
    against the model at these instants.

    Parameters
    ----------
    mission
        Its window does not matter; a calibration it has is applied.
    log
        What was recorded, of passes over stations.
    draws
        How often to draw the key of contacts with totals; None leaves its distribution out.
    clear
        Whether the skies are drawn clear and the satellite found: for logs without the contacts
        that clouds took.

    Returns
    -------
    tuple of FlownContact
        In the order of time.

    Raises
    ------
    InputError
        For rows of a satellite or station that the mission does not have, for totals outside every
        pass, and where a row names another contact than the one at its time.

    Warns
    -----
    SatqkdWarning
        For instants outside every pass, and what :func:`satqkd.forecast.stream.stream` warns of.
    """
    moved = moved_to(mission, log)
    timebase = Timebase.starting(moved.start)
    chunks = list(_chunks(moved, log, timebase))
    instants = _instants(mission, log)
    found = [
        one
        for chunk in chunks
        for one in _of_chunk(moved, chunk, instants, draws=draws, clear=clear)
    ]
    return tuple(sorted(found, key=lambda one: (one.utc, one.contact_key)))


def _chunks(mission: Mission, log: Log, timebase: Timebase) -> Iterator[_Chunk]:
    """Yield the contacts that rows belong to, satellites at a time."""
    whose = whose_rows(mission, log)
    seconds = [timebase.seconds(row.utc) for row in log.rows]
    chosen = Chosen(satellites=np.unique(whose[0]).tolist(), stations=np.unique(whose[1]).tolist())
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    findings: list[Finding] = []
    outside: list[int] = []
    done = np.zeros(len(log.rows), dtype=np.bool_)
    chunks = []
    for found in found_passes(mission, timebase, chosen, hidden=True):
        contacts = pass_contacts(found.passes.table, found.hidden)
        keys = contact_keys(mission, contacts)
        owned: dict[int, list[LogRow]] = defaultdict(list)
        for number, row in enumerate(log.rows):
            craft, station = whose[:, number].tolist()
            mine = (contacts.satellite == craft) & (contacts.stations[0] == station)
            if not mine.any():
                continue
            done[number] = True
            place = _place(contacts, np.flatnonzero(mine), seconds[number], row)
            if place is None:
                findings += _misplaced(log, row, outside)
            elif row.contact_key and row.contact_key != keys[place]:
                findings.append(_another(log, row, keys, place))
            else:
                owned[place].append(row)
        places = np.array(sorted(owned), dtype=np.int64)
        chunks.append(
            _Chunk(
                sky=Sky(timebase=timebase, bodies=bodies, chains=found.passes.chains),
                contacts=contacts.take(places),
                keys=tuple(keys[place] for place in places.tolist()),
                pass_id=tuple(found.pass_id[place] for place in places.tolist()),
                rows=tuple(tuple(owned[place]) for place in places.tolist()),
            )
        )
    for number in np.flatnonzero(~done).tolist():
        findings += _misplaced(log, log.rows[number], outside)
    if findings:
        raise InputError(findings)
    _tell_outside(log, outside)
    yield from chunks


def _place(contacts: Contacts, mine: IntArray, time_s: float, row: LogRow) -> int | None:
    """Contact that shares most time with a row, an instant having to lie within; None for none."""
    half_s = 0.5 * (row.interval_s or 0.0)
    shared_s = np.minimum(contacts.end_s[mine], time_s + half_s) - np.maximum(
        contacts.start_s[mine], time_s - half_s
    )
    best = int(np.argmax(shared_s))
    return int(mine[best]) if shared_s[best] >= 0.0 else None


def _misplaced(log: Log, row: LogRow, outside: list[int]) -> list[Finding]:
    """Refuse totals that belong to no contact; keep the lines of instants to warn of."""
    if not row.total and not row.contact_key:
        outside.append(row.line)
        return []
    who = " over ".join(filter(None, (row.satellite, row.station)))
    named = f" {row.contact_key}" if row.contact_key else ""
    return [
        Finding(
            file=log.file,
            line=row.line,
            where="utc",
            message=f"{_short_utc(row)} lies in no pass{f' of {who}' if who else ''}: no contact"
            f"{named} to book it to",
            fix="give an instant of the pass, in UTC; 'satqkd passes' lists rise and set",
        )
    ]


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


def _instants(mission: Mission, log: Log) -> dict[str, dict[int, float]]:
    """Flown minus forecast of every row of an instant: by kind of data, then by line."""
    rows = tuple(row for row in log.rows if not row.total)
    found: dict[str, dict[int, float]] = {"loss": {}, "clicks": {}, "qber": {}}
    if not rows:
        return found
    for pair in match(mission, replace(log, rows=rows), calibrated=True).pairs:
        model = predict(pair, pair.ends)
        for data in data_of(pair.rows):
            found[data.kind] |= _by_line(data, data.differences(model), pair.rows)
    return found


def _by_line(data: Data, differences: FloatArray, rows: Sequence[LogRow]) -> dict[int, float]:
    numbers = zip(data.rows.tolist(), differences.tolist(), strict=True)
    return {rows[index].line: value for index, value in numbers}


def _of_chunk(
    mission: Mission,
    chunk: _Chunk,
    instants: dict[str, dict[int, float]],
    *,
    draws: Draws | None,
    clear: bool,
) -> Iterator[FlownContact]:
    """Yield the contacts of a chunk that have something to be held against."""
    with_totals = [any(row.total for row in rows) for rows in chunk.rows]
    wanted = np.flatnonzero(with_totals)
    foreseen: dict[int, Foreseen] = {}
    if wanted.size:
        forecast = follow(
            mission,
            chunk.contacts.take(wanted),
            chunk.sky,
            systems=PassSystems(mission=mission),
            pass_id=(tuple(chunk.pass_id[place] for place in wanted.tolist()),),
            contact_key=tuple(chunk.keys[place] for place in wanted.tolist()),
        )
        known = foreseen_of(forecast, draws=draws, clear=clear)
        foreseen = dict(zip(wanted.tolist(), known, strict=True))
    table = chunk.contacts.arms[0]
    times = chunk.sky.timebase.utc_of(table.culmination_s)
    for place, rows in enumerate(chunk.rows):
        craft, station = int(table.satellite[place]), int(table.station[place])
        seen = foreseen.get(place)
        measured = {
            "loss": _mean(
                rows, "loss_db", instants["loss"], None if seen is None else seen.loss_db
            ),
            "clicks": _mean(rows, "clicks", instants["clicks"], None),
            "qber": _mean(rows, "qber", instants["qber"], None if seen is None else seen.qber),
        }
        if seen is None and all(value is None for value in measured.values()):
            continue
        yield FlownContact(
            contact_key=chunk.keys[place],
            pass_id=chunk.pass_id[place],
            satellite=mission.spacecraft[craft].satellite.name,
            station=mission.stations[station].site.name,
            utc=times[place],
            line=rows[0].line,
            key_bits=_sum(rows, "key_bits"),
            sifted_bits=_sum(rows, "sifted_bits"),
            foreseen=seen,
            clicks_db=measured["clicks"],
            loss_db=measured["loss"],
            qber=measured["qber"],
        )


def _sum(rows: Sequence[LogRow], name: str) -> float | None:
    """Add the blocks of a contact up; None where no row has any."""
    values = [value for row in rows if (value := getattr(row, name)) is not None]
    return math.fsum(values) if values else None


def _mean(
    rows: Sequence[LogRow], name: str, instants: dict[int, float], whole: float | None
) -> float | None:
    """Mean difference; that of totals, weighted by their sifted bits, where there are any."""
    totals = [row for row in rows if row.total and getattr(row, name) is not None]
    if totals and whole is not None:
        weights = [row.sifted_bits or 0.0 for row in totals]
        if not all(weights):
            weights = [1.0] * len(totals)
        return float(np.average([getattr(row, name) for row in totals], weights=weights)) - whole
    values = [instants[row.line] for row in rows if row.line in instants]
    return float(np.mean(values)) if values else None
