"""The packaged week by day and night: which passes are possible by day, and why others are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import forecast

pytestmark = pytest.mark.filterwarnings("ignore:elements of MICROSATELLITE")

POSSIBLE = {
    "matera-20261130T0933", "oberpfaffenhofen-20261201T1045", "oberpfaffenhofen-20261202T1025",
    "calern-20261202T1027", "oberpfaffenhofen-20261203T1006", "oberpfaffenhofen-20261206T1040",
    "calern-20261206T1041",
}  # fmt: skip
"""By day, as docs/link.md lists them."""


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("daylight")
    copy_preset("microsatellite-daylight-week", folder)
    return load_mission(folder / "mission.yaml", folder / "stations.yaml")


@pytest.fixture(scope="module")
def week(mission) -> Forecast:
    return forecast(mission)


def by_day(found: Forecast):
    """Passes with the Sun up throughout, of which something is usable."""
    sun_deg = found.seen[0].sun_elevation_max_deg
    return (sun_deg > 0.0) & (found.yields.usable_s > 0.0)


def with_receivers(mission, **changes):
    return replace(
        mission,
        stations=tuple(
            replace(
                ground,
                terminal=replace(
                    ground.terminal, receiver=replace(ground.terminal.receiver, **changes)
                ),
            )
            for ground in mission.stations
        ),
    )


def test_seven_passes_are_possible_by_day(week):
    """Named, and each of the others says why it is not."""
    day = by_day(week)
    made = week.yields.keys.secure_bits > 0
    names = {name.removeprefix("microsatellite-") for name in np.array(week.ids)[day & made]}
    assert names == POSSIBLE
    assert day.sum() == 20
    for row in np.flatnonzero(day & ~made).tolist():
        assert (week.reason[row] or "").startswith("no key: ")


def test_errors_by_day_are_those_of_the_sky(mission, week):
    """A tenth of the field has a hundredth of the sky: errors as at night, and more key."""
    dark = forecast(with_receivers(mission, field_of_view_rad=1e-6))
    day = by_day(week)
    night = (week.yields.usable_s > 0.0) & ~day
    qber, without = week.yields.keys.qber, dark.yields.keys.qber
    assert (qber[day] > 1.05 * without[day]).all()
    np.testing.assert_allclose(qber[night], without[night], rtol=1e-3)
    more = dark.yields.keys.secure_bits - week.yields.keys.secure_bits
    assert (more[day] >= 0).all()
    assert (more[day] > 0).sum() >= len(POSSIBLE)


def test_a_wide_field_and_filter_leave_nothing_by_day(mission, week):
    """Those of microsatellite-week: 64 times the sky of the field, 20 times that of the filter."""
    wide = forecast(with_receivers(mission, field_of_view_rad=80e-6, bandwidth_m=2e-9))
    assert not (wide.yields.keys.secure_bits[by_day(week)] > 0).any()


def test_the_places_and_the_orbit_are_those_of_the_other_week(mission, tmp_path):
    """Copied, not a second truth."""
    copy_preset("microsatellite-week", tmp_path)
    other = load_mission(tmp_path / "mission.yaml", tmp_path / "stations.yaml")
    assert [ground.site for ground in mission.stations] == [
        ground.site for ground in other.stations
    ]
    (one,), (two,) = mission.spacecraft, other.spacecraft
    assert one.satellite.element_sets[0].epoch == two.satellite.element_sets[0].epoch
    assert one.satellite.element_sets[0].period_s == two.satellite.element_sets[0].period_s
