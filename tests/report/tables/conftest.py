"""Key of a constellation, for the tables of what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.stream import forecast

DAY_S = 86_400.0


@pytest.fixture(scope="session")
def jinan(tmp_path_factory):
    """A day of two satellites of the shipped constellation."""
    folder = tmp_path_factory.mktemp("jinan")
    copy_preset("jinan-1-constellation", folder)
    whole = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return forecast(
        replace(whole, duration_s=DAY_S, spacecraft=whole.spacecraft[:2], clocks=(), demands=())
    )
