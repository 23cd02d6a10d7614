"""Shipped missions, shortened, and their joint contacts."""

from __future__ import annotations

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    """Return the mission of a preset over some days."""

    def load(name, *, days):
        folder = tmp_path_factory.mktemp(name)
        copy_preset(name, folder)
        return load_mission(
            folder / "mission.yaml", folder / "stations.yaml", duration_s=86_400.0 * days
        )

    return load


@pytest.fixture(scope="session")
def joint():
    """Return the joint contacts of one pair of stations, the first one if not given."""

    def of_pair(mission, pair=None, *, draws=None):
        chosen = Chosen(
            satellites=range(len(mission.spacecraft)),
            stations=(),
            pairs=[pair or mission.together[0]],
        )
        return Forecast.join(list(stream(mission, chosen, draws=draws)))

    return of_pair
