"""Optimised settings as a table."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.forecast.settings import optimised
from satqkd.forecast.stream import forecast
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.report.export.csv import to_csv
from satqkd.report.tables.settings import OPTIMISED_COLUMNS, OPTIMISED_SCREEN


def rows(columns, source):
    return list(csv.DictReader(io.StringIO(to_csv(columns, source))))


def test_the_screen_shows_columns_of_the_table():
    """None twice, none invented."""
    names = [column.name for column in OPTIMISED_COLUMNS]

    assert len(set(names)) == len(names)
    assert set(OPTIMISED_SCREEN) <= set(names)


def test_settings_add_up(jinan):
    """Probabilities are shares of one, as far as they are shown."""
    for row in rows(OPTIMISED_COLUMNS, optimised(jinan, "pass")):
        total = sum(float(row[name]) for name in ("p_signal", "p_decoy", "p_weakest"))
        assert total == pytest.approx(1.0, abs=2e-4)
        assert int(row["gain_bits"]) >= 0


def test_a_dimmed_source_has_no_decoys_to_tell(jinan):
    """Its one intensity stands under signal, and is always sent."""
    dot = SinglePhotonSource(
        pulse_rate_hz=1e9, brightness=0.7, g2=3e-4, p_key_basis=0.5, intrinsic_error=0.01
    )
    mission = jinan.mission
    crafts = [replace(c, payload=replace(c.payload, source=dot)) for c in mission.spacecraft]
    told = forecast(replace(mission, spacecraft=tuple(crafts), protocol=SinglePhotonBB84()))

    for row in rows(OPTIMISED_COLUMNS, optimised(told, "pass")):
        assert 0.0 < float(row["signal"]) <= 0.7
        assert float(row["p_signal"]) == 1.0
        assert not any(row[name] for name in ("decoy", "weakest", "p_decoy", "p_weakest"))
