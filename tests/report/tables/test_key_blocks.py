"""Blocks of several passes as a table."""

from __future__ import annotations

import csv
import io

import pytest

from satqkd.forecast.key_blocks import key_blocks
from satqkd.report.export.csv import to_csv
from satqkd.report.tables.key_blocks import BLOCK_COLUMNS, BLOCK_SCREEN


def rows(columns, source):
    return list(csv.DictReader(io.StringIO(to_csv(columns, source))))


def test_the_screen_shows_columns_of_the_table():
    """None twice, none invented."""
    names = [column.name for column in BLOCK_COLUMNS]

    assert len(set(names)) == len(names)
    assert set(BLOCK_SCREEN) <= set(names)


def test_an_unfinished_block_has_neither_gain_nor_time(jinan):
    """There will be key of it after the window, if at all."""
    table = rows(BLOCK_COLUMNS, key_blocks(jinan, 1e12))

    assert table
    for row in table:
        assert row["secure_bits"] == "0"
        assert row["available_utc"] == row["gain"] == row["gain_bits"] == row["wait_h"] == ""
        assert "sifted bits when the window ends" in row["reason"]


def test_gain_is_the_block_against_its_passes(jinan):
    """Bits and share."""
    for row in rows(BLOCK_COLUMNS, key_blocks(jinan, "night")):
        pooled, apart = int(row["secure_bits"]), int(row["separate_bits"])
        assert int(row["gain_bits"]) == pooled - apart
        assert int(row["passes"]) == len(row["pass_ids"].split())
        if apart:
            assert float(row["gain"]) == pytest.approx(pooled / apart - 1.0, abs=1e-4)
