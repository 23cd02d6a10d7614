"""From a log to constants, and forecast held against flown."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from satqkd.calibration.constants import Constant, corrected, correction
from satqkd.calibration.fit import Data, Fitted, data_of, fit
from satqkd.calibration.flown import FlownLog, FlownPair, match
from satqkd.calibration.log import Log
from satqkd.calibration.predict import Prediction, predict
from satqkd.errors import Finding, InputError, SatqkdWarning
from satqkd.mission.calibration import Calibration, Correction
from satqkd.mission.mission import Mission

STRAY: Final = 5.0
"""Rows further from the fit than so many deviations are named (a convention): of ten million good
ones six are."""

MEDIAN_TO_SIGMA: Final = 1.4826
"""Standard deviation of a normal distribution over the median of its absolute values."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalibratedPair:
    """One satellite over one station before and after."""

    satellite: str
    station: str
    flown: FlownPair
    data: tuple[Data, ...]
    fitted: Fitted
    before: Prediction
    after: Prediction
    correction: Correction | None
    """None where nothing could be fitted."""

    def interval(self, index: int) -> tuple[float, float] | None:
        """95 % interval of one constant alone, in SI; None where it was held."""
        return self._around(index, 1.0)

    def range(self, index: int) -> tuple[float, float] | None:
        """What the next forecast takes for the worst and best end of a constant, in SI."""
        constant = self.fitted.constants[index]
        on_loss = constant.by == ("loss", "clicks")
        return self._around(index, self.fitted.narrowing if on_loss else 1.0)

    def _around(self, index: int, factor: float) -> tuple[float, float] | None:
        half = factor * float(self.fitted.half_width[index])
        if np.isnan(half):
            return None
        middle = float(self.fitted.coordinates[index])
        return self.fitted.constants[index].between(middle - half, middle + half)

    def constrained_by(self, constant: Constant) -> str:
        """Kinds of data there that can be fitted."""
        return ", ".join(one.kind for one in self.data if one.kind in constant.by)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalibratedLog:
    """A log after the fit."""

    log: Log
    flown: FlownLog
    pairs: tuple[CalibratedPair, ...]

    @property
    def overlay(self) -> Calibration | None:
        """Constants for the next forecast; None where nothing could be fitted."""
        found = tuple(pair.correction for pair in self.pairs if pair.correction is not None)
        if not found:
            return None
        return Calibration(
            log=Path(self.log.file).name, log_sha256=self.log.sha256, corrections=found
        )


def calibrate(mission: Mission, log: Log) -> CalibratedLog:
    """Fit the constants of every pair in a log.

    Parameters
    ----------
    mission
        As stated; its window does not matter, and a calibration it has is not applied.
    log
        What was flown.

    Returns
    -------
    CalibratedLog
        Each satellite over each station by itself.

    Raises
    ------
    InputError
        If the log names a satellite or a station the mission does not have, or holds only totals
        of contacts.

    Warns
    -----
    SatqkdWarning
        For totals of contacts, for rows outside every pass, and what
        :func:`satqkd.passes.find.find_passes` warns of.
    """
    log = _instants(log)
    flown = match(mission, log)
    if flown.left_out:
        first = flown.left_out[0].line
        warnings.warn(
            f"{len(flown.left_out)} of {len(log.rows)} rows of {log.file} lie outside every pass "
            f"of their satellite over their station, the first in line {first}; they are left out",
            SatqkdWarning,
            stacklevel=2,
        )
    pairs = tuple(_calibrated(flown, pair) for pair in flown.pairs)
    for pair in pairs:
        for told in (*stray_rows(pair, log.file), *limits_met(pair)):
            warnings.warn(told, SatqkdWarning, stacklevel=2)
    return CalibratedLog(log=log, flown=flown, pairs=pairs)


def _instants(log: Log) -> Log:
    """Leave out totals of contacts, which say nothing of an instant."""
    rows = tuple(row for row in log.rows if not row.total)
    if rows == log.rows:
        return log
    totals = [row.line for row in log.rows if row.total]
    if not rows:
        message = "holds only totals of contacts, and constants are fitted to instants"
        fix = "add lines with loss_db, clicks or qber of instants; 'satqkd score' reads totals"
        raise InputError([Finding(file=log.file, line=totals[0], message=message, fix=fix)])
    warnings.warn(
        f"{len(totals)} of {len(log.rows)} rows of {log.file} hold totals of contacts, the first "
        f"in line {totals[0]}; nothing is fitted to them",
        SatqkdWarning,
        stacklevel=3,
    )
    return replace(log, rows=rows)


def stray_rows(pair: CalibratedPair, file: str) -> Iterator[str]:
    """Name rows far from the fit; their scatter is judged by its median, which they do not move.

    Yields
    ------
    str
        One sentence for each kind of data with rows beyond :data:`STRAY` deviations.
    """
    rows = pair.flown.rows
    for data in pair.data:
        residuals = data.residuals(pair.after)
        scatter = max(1.0, MEDIAN_TO_SIGMA * float(np.median(np.abs(residuals))))
        far = np.flatnonzero(~(np.abs(residuals) <= STRAY * scatter))
        if far.size == 0:
            continue
        worst = far[np.argmax(np.abs(residuals[far]))]
        lines = sorted(rows[int(data.rows[i])].line for i in far)
        named = ", ".join(map(str, lines[:8])) + (", …" if len(lines) > 8 else "")
        yield (
            f"{file}: {data.kind} of {pair.satellite} over {pair.station}: "
            f"{len(lines)} of {residuals.size} rows lie beyond {STRAY:g} standard deviations of "
            f"the fit, up to {abs(residuals[worst]):.0f}: line{'s'[: len(lines) > 1]} {named}. "
            "They count little; correct or remove what is mistaken"
        )


def limits_met(pair: CalibratedPair) -> Iterator[str]:
    """Say which fitted constants went as far as they may: what the data ask for lies beyond."""
    for index in np.flatnonzero(pair.fitted.at_limit).tolist():
        constant = pair.fitted.constants[index]
        value = constant.value(float(pair.fitted.coordinates[index]))
        yield (
            f"{constant.name} of {pair.satellite} over {pair.station} was fitted to {value:.4g}, "
            f"an end of its range (stated {constant.stated:.4g}): the log pulls it there, or "
            "something else in the log or in the stated values is wrong; look before you take it "
            "over"
        )


def _calibrated(flown: FlownLog, pair: FlownPair) -> CalibratedPair:
    data = data_of(pair.rows)
    fitted = fit(pair, data)
    ends = pair.ends
    result = CalibratedPair(
        satellite=flown.mission.spacecraft[pair.satellite].satellite.name,
        station=flown.mission.stations[pair.station].site.name,
        flown=pair,
        data=data,
        fitted=fitted,
        before=predict(pair, ends),
        after=predict(pair, corrected(ends, fitted.values)),
        correction=None,
    )
    return replace(result, correction=_correction(result))


def _correction(pair: CalibratedPair) -> Correction | None:
    """Return the fitted constants, and those that were held because others stand for them."""
    fitted = pair.fitted
    values, ranges = {}, {}
    for index, constant, stands in _kept(fitted):
        value = constant.stated if stands else constant.value(float(fitted.coordinates[index]))
        values[constant.name] = value
        ranges[constant.name] = pair.range(index) or (value, value)
    if all(np.isnan(fitted.half_width)):
        return None
    return correction(pair.satellite, pair.station, values, ranges)


def _kept(fitted: Fitted) -> Iterator[tuple[int, Constant, bool]]:
    """Yield index, constant and whether others stand for it."""
    stands = {held.index for held in fitted.held if held.with_}
    for index, constant in enumerate(fitted.constants):
        if index in stands or not np.isnan(fitted.half_width[index]):
            yield index, constant, index in stands
