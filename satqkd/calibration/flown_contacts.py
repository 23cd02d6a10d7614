"""Logs of a mission as contacts: what was flown of each, and what was forecast of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from satqkd.calibration.fit import Data, data_of
from satqkd.calibration.flown import match, moved_to
from satqkd.calibration.foreseen import foreseen_of
from satqkd.calibration.log import Log, LogRow
from satqkd.calibration.log_contacts import Chunk, chunks_of
from satqkd.calibration.predict import predict
from satqkd.calibration.score import FlownContact, Foreseen
from satqkd.forecast.forecast import follow
from satqkd.forecast.systems import JointSystems, PassSystems
from satqkd.mission.mission import Mission
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray
from satqkd.weather.clear_sky import Draws


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
        What was recorded, of passes over stations and of contacts of two stations at once.
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
    chunks = chunks_of(moved, log, timebase)
    instants = _instants(mission, log)
    found = [
        one
        for chunk in chunks
        for one in _of_chunk(moved, chunk, instants, draws=draws, clear=clear)
    ]
    return tuple(sorted(found, key=lambda one: (one.utc, one.contact_key)))


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
    chunk: Chunk,
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
            systems=PassSystems(mission=mission)
            if chunk.pair is None
            else JointSystems(pair=chunk.pair),
            pair=chunk.pair,
            pass_id=tuple(tuple(own[place] for place in wanted.tolist()) for own in chunk.pass_id),
            contact_key=tuple(chunk.keys[place] for place in wanted.tolist()),
        )
        known = foreseen_of(forecast, draws=draws, clear=clear)
        foreseen = dict(zip(wanted.tolist(), known, strict=True))
    table, joint = chunk.contacts.arms[0], chunk.contacts.arms[1:]
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
            pass_id=";".join(own[place] for own in chunk.pass_id),
            satellite=mission.spacecraft[craft].satellite.name,
            station=mission.stations[station].site.name,
            partner="".join(mission.stations[int(own.station[place])].site.name for own in joint),
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
