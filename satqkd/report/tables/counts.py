"""Counts of passes as a table: what keys are made of, a row a pass and intensity."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.forecast.forecast import Forecast
from satqkd.report.tables.column import Column, Values
from satqkd.report.tables.definitions import column
from satqkd.units import FloatArray, IntArray


def _rows(found: Forecast) -> tuple[IntArray, IntArray]:
    """Pass and number of the intensity of each row; passes without usable time have none."""
    usable = np.flatnonzero(found.yields.usable_s > 0.0)
    sent = [
        len(found.yields.systems[one].sent.intensities)
        for one in found.yields.system[usable].tolist()
    ]
    number = [np.arange(count) for count in sent]
    return np.repeat(usable, sent), np.concatenate([np.zeros(0, dtype=np.int64), *number])


def _of_pass(get: Callable[[Forecast], Values]) -> Callable[[Forecast], Values]:
    def values(found: Forecast) -> Values:
        every = get(found)
        return [every[row] for row in _rows(found)[0].tolist()]

    return values


def _at(get: Callable[[Counts], FloatArray | None]) -> Callable[[Forecast], Values]:
    """Values of an intensity, or of a pass."""

    def values(found: Forecast) -> Values:
        row, number = _rows(found)
        held = get(found.yields.collected)
        if held is None:
            return [None] * row.size
        return held[row] if held.ndim == 1 else held[row, number]

    return values


def _names(found: Forecast) -> tuple[list[str], list[str]]:
    craft, ground = found.mission.spacecraft, found.mission.stations
    passes = found.passes
    return (
        [craft[one].satellite.name for one in passes.satellite.tolist()],
        [ground[one].site.name for one in passes.station.tolist()],
    )


def _utc(name: str) -> Callable[[Forecast], Values]:
    return _of_pass(lambda found: found.timebase.iso(getattr(found.yields, name)))


COUNT_COLUMNS: tuple[Column[Forecast], ...] = (
    column("contact_key", _of_pass(lambda found: found.contact_key)),
    column("satellite", _of_pass(lambda found: _names(found)[0])),
    column("station", _of_pass(lambda found: _names(found)[1])),
    column("start_utc", _utc("usable_start_s")),
    column("end_utc", _utc("usable_end_s")),
    column("intensity",
           _at(lambda counts: np.broadcast_to(counts.intensities, counts.key_clicks.shape)),
           digits=6),
    Column("pulses", "", "Pulses sent, of all intensities.", _at(lambda counts: counts.pulses),
           digits=1),
    Column("key_pulses", "", "Those for which both sides chose the key basis.",
           _at(lambda counts: counts.key_pulses), digits=1),
    Column("check_pulses", "", "Those for which both sides chose the check basis.",
           _at(lambda counts: counts.check_pulses), digits=1),
    Column("key_clicks", "", "Clicks with both sides in the key basis.",
           _at(lambda counts: counts.key_clicks), digits=3),
    Column("key_errors", "", "Errors among key_clicks.",
           _at(lambda counts: counts.key_errors), digits=3),
    Column("check_clicks", "", "Clicks with both sides in the check basis.",
           _at(lambda counts: counts.check_clicks), digits=3),
    Column("check_errors", "", "Errors among check_clicks.",
           _at(lambda counts: counts.check_errors), digits=3),
)  # fmt: skip
"""Columns of ``satqkd forecast --counts``, and of the file behind ``opening_counts``."""

COUNT_SCREEN = (
    "contact_key", "intensity", "key_clicks", "key_errors", "check_clicks", "check_errors",
    "start_utc", "pulses", "satellite", "station",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""
