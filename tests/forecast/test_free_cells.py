"""What is free of limits is so whether or not it is looked at where the light changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.arms import free_cells, free_cells_of_each, held, sides_of, usable_of
from satqkd.forecast.stream import forecast
from satqkd.mission.thresholds import Looked, edges_of

ROOT = Path(__file__).parents[2]
LIMITS = {
    "as shipped": {},
    "Sun and Moon": {
        "limits.max_sun_elevation": "40 deg",
        "stations.Nanshan.terminal.sun_exclusion": "60 deg",
        "stations.Delingha.terminal.moon_exclusion": "60 deg",
    },
    "a mount": {
        "limits.max_range": "900 km",
        "stations.Nanshan.terminal.mount": "{max_azimuth_rate: 0.3 deg/s, acquisition: 20 s}",
    },
}


@pytest.fixture(scope="module")
def shipped():
    """The passes of one day of the shipped week."""
    return forecast(
        load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=86_400.0)
    )


@pytest.mark.parametrize("name", LIMITS)
def test_free_time_is_that_of_contacts_that_are_followed(shipped, name):
    """To a microsecond, of all passes together; some of it is free, and some is not."""
    mission = shipped.mission
    for path, value in LIMITS[name].items():
        mission = mission.replace(path, value)
    sides = sides_of(mission, shipped.contacts, shipped.sky())
    arms = held(mission, shipped.timebase, shipped.contacts, sides)
    wanted_s = arms[0].cells.seconds(usable_of(arms))
    cells, free = free_cells(mission, shipped.timebase, shipped.contacts, sides)

    assert cells.seconds(free) == pytest.approx(wanted_s, abs=1e-6)
    assert 0 < np.count_nonzero(wanted_s) < wanted_s.size


def test_some_contacts_look_as_they_do_among_all(shipped):
    """On the grid, where bodies come nearest, and where limits and light begin and end."""
    mission, timebase = shipped.mission, shipped.timebase
    (side,) = sides_of(mission, shipped.contacts, shipped.sky())
    rows = np.arange(len(shipped))[::-3]
    taken, alone = side.looked.take(rows), Looked.of(side.courses.take(rows))

    assert taken.seen.owner.tolist() == alone.seen.owner.tolist()
    assert taken.seen.time_s == pytest.approx(alone.seen.time_s, abs=1e-9)
    for column, values in alone.seen.columns.items():
        assert taken.seen.columns[column] == pytest.approx(values, rel=1e-12, abs=1e-9)
    one, other = (edges_of(mission, timebase, looked) for looked in (taken, alone))
    order, same = (np.lexsort((own.time_s, own.owner)) for own in (one, other))
    assert one.owner[order].tolist() == other.owner[same].tolist()
    assert one.time_s[order] == pytest.approx(other.time_s[same], abs=1e-6)


def test_contacts_with_missions_of_their_own_are_as_free_as_alone(shipped):
    """Every third pass under other limits, all divided at once."""
    missions = [
        shipped.mission,
        shipped.mission.replace("limits.max_range", "900 km"),
        shipped.mission.replace("limits.max_sun_elevation", "20 deg"),
    ]
    sides = sides_of(shipped.mission, shipped.contacts, shipped.sky())
    every = np.arange(len(shipped))
    asked = [(mission, every[number::3]) for number, mission in enumerate(missions)]
    cells, free = free_cells_of_each(asked, shipped.timebase, shipped.contacts, sides)
    found_s = cells.seconds(free)

    for mission, rows in asked:
        alone, usable = free_cells(mission, shipped.timebase, shipped.contacts, sides)
        wanted_s = alone.seconds(usable)[rows]
        assert found_s[rows] == pytest.approx(wanted_s, abs=1e-6)
        assert np.count_nonzero(wanted_s)
