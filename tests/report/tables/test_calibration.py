"""Tables and picture of a calibration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from satqkd.calibration.calibrate import calibrate
from satqkd.calibration.log import LogRow, read_log
from satqkd.config.load import load_mission
from satqkd.errors import SatqkdWarning
from satqkd.report.export.csv import to_csv
from satqkd.report.pictures.calibration import calibration_picture
from satqkd.report.pictures.style import png
from satqkd.report.tables.calibration import (
    AGREEMENT_COLUMNS,
    CONSTANT_COLUMNS,
    FLOWN_COLUMNS,
    agreement_rows,
    constant_rows,
    flown_rows,
    remarks,
)

ROOT = Path(__file__).parents[3]


def counted(row: LogRow, number: int) -> LogRow:
    """Give a row counts and errors of about what that loss leaves."""
    clicks = 4e7 * 0.5 * 10 ** (-0.1 * row.loss_db)
    return replace(row, clicks=clicks, interval_s=1.0, qber=0.012 + 0.001 * (number % 3))


@pytest.fixture(scope="module")
def result():
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    log = read_log(ROOT / "data" / "flown" / "micius-2016-12-19.csv")
    rows = tuple(counted(row, number) for number, row in enumerate(log.rows))
    with pytest.warns(SatqkdWarning, match="night_radiance.* an end of its range"):
        return calibrate(mission, replace(log, rows=rows))


def test_every_constant_is_a_row_in_its_unit(result):
    """Transmittance as a number, efficiency and error in percent."""
    rows = {row.constant: row for row in constant_rows(result)}

    assert list(rows) == [
        "zenith transmittance", "pointing loss", "receiver efficiency", "night sky",
        "intrinsic error",
    ]  # fmt: skip
    assert rows["receiver efficiency"].after == 16.0
    assert rows["receiver efficiency"].note == "held: not told from pointing loss"
    assert rows["intrinsic error"].constrained_by == "qber"
    assert rows["zenith transmittance"].constrained_by == "loss, clicks"


def test_the_remarks_name_what_cannot_be_told_apart(result):
    """In a sentence each."""
    assert any("cannot be told from pointing loss" in text for text in remarks(result))


def test_agreement_is_one_row_a_pass_and_kind(result):
    """Bias all but gone after the fit; errors in percent."""
    rows = {row.quantity: row for row in agreement_rows(result)}

    assert set(rows) == {"loss", "clicks", "qber"}
    assert rows["qber"].unit == "%"
    assert abs(rows["qber"].bias_after) < 0.05
    assert rows["loss"].rows == 23


def test_flown_holds_every_recorded_value(result):
    """Three kinds of 23 rows; clicks differ in decibels."""
    rows = flown_rows(result)
    clicks = [row for row in rows if row.quantity == "clicks"]

    assert len(rows) == 69
    assert {row.residual_unit for row in clicks} == {"dB"}


def test_all_tables_can_be_written(result):
    """No number that a table may not show."""
    for columns, rows in (
        (CONSTANT_COLUMNS, constant_rows(result)),
        (AGREEMENT_COLUMNS, agreement_rows(result)),
        (FLOWN_COLUMNS, flown_rows(result)),
    ):
        assert len(to_csv(columns, rows).splitlines()) == len(rows) + 1


def test_the_picture_can_be_drawn(result):
    """With all kinds, and where no row was flown."""
    empty = replace(result, pairs=())

    for one in (result, empty):
        assert png(calibration_picture(one)).startswith(b"\x89PNG")
