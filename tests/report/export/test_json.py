"""JSON is strict, and says the same as the CSV."""

import csv
import io
import json

import numpy as np
import pytest

from satqkd.report.export.csv import to_csv
from satqkd.report.export.json import strict_json, to_json
from satqkd.report.tables.column import Column
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report


def test_numbers_are_numbers_and_absence_is_null(plan):
    """Nothing is a string that is not text."""
    rows = json.loads(to_json(PASS_COLUMNS, pass_report(plan.forecast, plan=plan)))

    assert type(rows[0]["secure_bits"]) is int
    assert type(rows[0]["max_elevation_deg"]) is float
    assert rows[0]["clipped_start"] is False
    assert rows[0]["loss_min_db"] is None


def test_json_and_csv_hold_the_same_values(plan):
    """Column by column, row by row."""
    report = pass_report(plan.forecast, plan=plan)
    from_json = json.loads(to_json(PASS_COLUMNS, report))
    from_csv = list(csv.DictReader(io.StringIO(to_csv(PASS_COLUMNS, report))))
    as_text = {True: "true", False: "false", None: ""}

    for row, texts in zip(from_json, from_csv, strict=True):
        for name, value in row.items():
            if isinstance(value, str | bool | None):
                assert texts[name] == as_text.get(value, value), name
            else:
                assert float(texts[name]) == value, name


def test_nan_is_refused_everywhere():
    """Strict JSON has no word for it."""
    with pytest.raises(ValueError, match="nan"):
        to_json((Column("x", "", "", lambda _: np.array([np.nan])),), None)
    with pytest.raises(ValueError, match="JSON"):
        strict_json({"x": float("nan")})


def test_an_empty_table_is_an_empty_list():
    """Not null, not nothing."""
    assert json.loads(to_json((Column("x", "", "", lambda _: []),), None)) == []


def test_escapes_reach_no_terminal():
    """JSON printed to a screen is plain ASCII."""
    text = to_json((Column("x", "", "", lambda _: ["\x1b[31m\u202e墨"]),), None)

    assert text.isascii()
    assert "\x1b" not in text
