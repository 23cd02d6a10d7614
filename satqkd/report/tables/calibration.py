"""Tables of a calibration: constants, forecast against flown, and every row of the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from satqkd.calibration.calibrate import CalibratedLog, CalibratedPair
from satqkd.calibration.constants import Kind
from satqkd.calibration.fit import LOSS_SIGMA_DB, Data
from satqkd.forecast.contact_id import pass_ids
from satqkd.report.counted import counted
from satqkd.report.tables.column import Column, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.units import FloatArray

UNITS: dict[Kind, tuple[str, str]] = {
    "loss": ("dB", "dB"),
    "clicks": ("click", "dB"),
    "qber": ("", ""),
}
"""Unit of what is recorded, and of its differences from the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantRow:
    """One constant of one pair."""

    satellite: str
    station: str
    constant: str
    unit: str
    before: float
    after: float
    interval_low: float | None
    interval_high: float | None
    range_low: float | None
    range_high: float | None
    constrained_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """One kind of data of one pass."""

    pass_id: str
    quantity: str
    rows: int
    unit: str
    bias_before: float
    scatter_before: float
    bias_after: float
    scatter_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownRow:
    """One recorded value."""

    utc: str
    satellite: str
    station: str
    pass_id: str
    line: int
    quantity: str
    unit: str
    flown: float
    model_before: float
    model_after: float
    residual_unit: str
    residual_before: float
    residual_after: float
    sigma: float
    interval_s: float | None
    range_km: float
    elevation_deg: float


def constant_rows(result: CalibratedLog) -> list[ConstantRow]:
    """List every constant that the data could have told."""
    return [row for pair in result.pairs for row in _constants(pair)]


def _constants(pair: CalibratedPair) -> Iterator[ConstantRow]:
    fitted = pair.fitted
    for index, constant in enumerate(fitted.constants):
        words, held = constant.words, np.isnan(fitted.half_width[index])
        after = constant.value(float(fitted.coordinates[index]))
        limits = [
            None if end is None else _short(end / words.per_unit, 4)
            for span in (pair.interval(index), pair.range(index))
            for end in (span or (None, None))
        ]
        yield ConstantRow(
            satellite=pair.satellite,
            station=pair.station,
            constant=words.label,
            unit=words.unit,
            before=_short(constant.stated / words.per_unit, 4),
            after=_short((constant.stated if held else after) / words.per_unit, 4),
            interval_low=limits[0],
            interval_high=limits[1],
            range_low=limits[2],
            range_high=limits[3],
            constrained_by="" if held else pair.constrained_by(constant),
            note=_note(pair, index),
        )


def _note(pair: CalibratedPair, index: int) -> str:
    fitted = pair.fitted
    for held in fitted.held:
        if held.index == index:
            others = _listed([fitted.constants[other].words.label for other in held.with_])
            return f"held: not told from {others}" if others else "held: not noticed"
    return "at its limit" if fitted.at_limit[index] else ""


def remarks(result: CalibratedLog) -> list[str]:
    """Say in sentences what the data cannot tell, and what the intervals rest on."""
    said = []
    for pair in result.pairs:
        where, labels = f"{pair.satellite} over {pair.station}", _labels(pair)
        for held in pair.fitted.held:
            name, others = labels[held.index], _listed([labels[i] for i in held.with_])
            if others:
                said.append(
                    f"{where}: {name} cannot be told from {others}; it is held at its stated "
                    f"value, and what is fitted stands for both."
                )
            else:
                said.append(f"{where}: these data do not notice {name}; it stays as stated.")
        if {data.kind for data in pair.data} == {"qber"}:
            said.append(
                f"{where}: error rates alone leave the losses as stated; what differs there goes "
                "into the background."
            )
        said += [
            f"{where}: {labels[i]} and {labels[j]} are told apart only weakly (correlation "
            f"{r:+.2f}): together they are known far better than each alone."
            for i, j, r in pair.fitted.weak
        ]
        said += [
            f"{where}: {labels[i]} went as far as it may; something else differs from the model."
            for i in np.flatnonzero(pair.fitted.at_limit).tolist()
        ]
        if np.isfinite(pair.fitted.scatter):
            said.append(
                f"{where}: the rows scatter {pair.fitted.scatter:.2f} times as much as their sigma "
                f"(of losses {LOSS_SIGMA_DB:g} dB where none is given), and the intervals with "
                "them."
            )
        elif not np.isnan(pair.fitted.half_width).all():
            said.append(
                f"{where}: as many constants as rows: the intervals rest on sigma alone "
                f"(of losses {LOSS_SIGMA_DB:g} dB where none is given)."
            )
    return said


def _listed(names: list[str]) -> str:
    """Join names as people do."""
    return " and ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])


def _labels(pair: CalibratedPair) -> list[str]:
    return [constant.words.label for constant in pair.fitted.constants]


def _ids(result: CalibratedLog) -> list[str]:
    flown = result.flown
    return pass_ids(flown.mission, flown.timebase, flown.passes)


def agreement_rows(result: CalibratedLog) -> list[AgreementRow]:
    """Hold forecast against flown, pass by pass, before and after."""
    ids, rows = _ids(result), []
    for pair in result.pairs:
        for data in pair.data:
            owner = pair.flown.passes[data.rows]
            before, after = data.differences(pair.before), data.differences(pair.after)
            for index in np.unique(owner).tolist():
                mine, factor = owner == index, 100.0 if data.kind == "qber" else 1.0
                rows.append(
                    AgreementRow(
                        pass_id=ids[index],
                        quantity=data.kind,
                        rows=int(mine.sum()),
                        unit="%" if data.kind == "qber" else "dB",
                        bias_before=factor * float(before[mine].mean()),
                        scatter_before=factor * float(before[mine].std()),
                        bias_after=factor * float(after[mine].mean()),
                        scatter_after=factor * float(after[mine].std()),
                    )
                )
    return rows


def flown_rows(result: CalibratedLog) -> list[FlownRow]:
    """List every recorded value beside the model, in the order of time within each pair."""
    ids = _ids(result)
    return [row for pair in result.pairs for data in pair.data for row in _flown(pair, data, ids)]


def _flown(pair: CalibratedPair, data: Data, ids: list[str]) -> Iterator[FlownRow]:
    values: list[FloatArray] = [
        data.flown, data.of(pair.before), data.of(pair.after),
        data.differences(pair.before), data.differences(pair.after), data.sigma,
    ]  # fmt: skip
    for index, numbers in zip(data.rows.tolist(), np.stack(values, axis=1).tolist(), strict=True):
        row = pair.flown.rows[index]
        flown, before, after, off_before, off_after, sigma = map(_short, numbers)
        yield FlownRow(
            utc=row.utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z",
            satellite=pair.satellite,
            station=pair.station,
            pass_id=ids[int(pair.flown.passes[index])],
            line=row.line,
            quantity=data.kind,
            unit=UNITS[data.kind][0],
            flown=flown,
            model_before=before,
            model_after=after,
            residual_unit=UNITS[data.kind][1],
            residual_before=off_before,
            residual_after=off_after,
            sigma=sigma,
            interval_s=row.interval_s,
            range_km=_short(1e-3 * float(pair.flown.range_m[index])),
            elevation_deg=_short(float(pair.flown.elevation_deg[index])),
        )


def summary(result: CalibratedLog) -> str:
    """Say how many rows of how many passes there were."""
    rows = sum(len(pair.flown.rows) for pair in result.pairs)
    passes = counted(len(result.flown.passes), "pass", many="passes")
    return f"{counted(rows, 'row')} of {passes}"


def _short(value: float, digits: int = 6) -> float:
    """Round to six digits: more than any log holds."""
    return float(f"{float(value):.{digits}g}")


def _told(name: str, description: str, digits: int | None = None) -> Column[Sequence[Any]]:
    return Column(name, "", description, field_of_each(name), digits=digits)


def _shared(*names: str) -> tuple[Column[Sequence[Any]], ...]:
    return tuple(column(name, field_of_each(name)) for name in names)


CONSTANT_COLUMNS = (
    *_shared("satellite", "station"),
    _told("constant", "What was fitted."),
    *_shared("unit"),
    _told("before", "Stated value."),
    _told("after", "Fitted value; the stated one where it was held."),
    _told("interval_low", "Low end of the 95 % interval of this constant alone."),
    _told("interval_high", "High end of the same."),
    _told("range_low", "Low end of the range that the next forecast takes."),
    _told("range_high", "High end of the same."),
    _told("constrained_by", "Kinds of data that constrain it."),
    *_shared("note"),
)
"""The constants of a calibration, one a row."""

AGREEMENT_COLUMNS = (
    *_shared("pass_id", "quantity"),
    _told("rows", "Values recorded."),
    *_shared("unit"),
    _told("bias_before", "Mean of flown minus forecast, with the stated constants.", 3),
    _told("scatter_before", "Standard deviation of the same about its mean.", 3),
    _told("bias_after", "Mean of flown minus forecast, with the fitted constants.", 3),
    _told("scatter_after", "Standard deviation of the same about its mean.", 3),
)
"""Forecast against flown, one pass and kind of data a row."""

FLOWN_COLUMNS = (
    *_shared("utc", "satellite", "station", "pass_id"),
    _told("line", "Line of the log."),
    *_shared("quantity", "unit"),
    _told("flown", "As recorded."),
    _told("model_before", "Forecast with the stated constants."),
    _told("model_after", "Forecast with the fitted constants."),
    _told("residual_unit", "Unit of the next three columns; dB for clicks over clicks."),
    _told("residual_before", "Flown minus forecast, with the stated constants."),
    _told("residual_after", "Flown minus forecast, with the fitted constants."),
    _told("sigma", "What the fit took for 1 σ of the value."),
    Column("interval_s", "s", "Time the value is taken over; empty for an instant.",
           field_of_each("interval_s")),
    *_shared("range_km", "elevation_deg"),
)  # fmt: skip
"""Recorded values beside the model, one a row."""

SHOWN = (
    "constant", "before", "after", "interval_low", "interval_high", "unit", "constrained_by",
    "station", "satellite", "note",
)  # fmt: skip
"""Columns of the constants for a terminal, the most important first."""
