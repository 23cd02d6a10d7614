"""Light from satellite to satellite."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from satqkd.clicks.detector import Detector
from satqkd.config.load import load_mission
from satqkd.forecast.views import sight_budget, sight_link
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.background.stray_light import stray_rates_hz
from satqkd.link.beam.beams import GaussianBeam
from satqkd.link.beam.pointing import StatedPointing
from satqkd.link.beam.tracking import Tracking
from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.report.export.json import records
from satqkd.report.tables.sights import SIGHT_COLUMNS, sight_reports

ROOT = Path(__file__).parents[2]
SENDER = Transmitter(
    aperture_m=0.15,
    wavelength_m=785e-9,
    beam=GaussianBeam(divergence_rad=10e-6),
    pointing=StatedPointing(loss_db=1.5),
)
TAKER = Receiver(aperture_m=0.3, efficiency=0.4, field_of_view_rad=5e-5, bandwidth_m=1e-9)
DETECTOR = Detector(efficiency=0.6, dark_rate_hz=100.0, gate_s=1e-9)


def pair(*, other_receives=True, both=False):
    """Micius at two epochs of its elements, as if it were two satellites."""
    mission = load_mission(
        ROOT / "mission.yaml",
        ROOT / "stations.yaml",
        start=datetime(2017, 5, 1, tzinfo=UTC),
        duration_s=43_200.0,
    )
    (craft,) = mission.spacecraft
    sets = craft.satellite.element_sets
    sends = replace(craft.payload, transmitter=SENDER)
    takes = replace(sends, transmitter=None, source=None, receiver=TAKER, detector=DETECTOR)
    every = replace(sends, receiver=TAKER, detector=DETECTOR)
    payloads = (every, every) if both else (sends, takes if other_receives else sends)
    return replace(
        mission,
        spacecraft=tuple(
            replace(
                craft,
                payload=payload,
                satellite=replace(craft.satellite, name=name, element_sets=(one,)),
            )
            for name, one, payload in zip("ab", (sets[-1], sets[-9]), payloads, strict=True)
        ),
        limits=replace(mission.limits, max_element_age_s=120 * 86_400.0),
    )


def table(mission):
    reports = sight_reports(mission, [0, 1], grazing_height_m=100e3)
    return [row for report in reports for row in records(SIGHT_COLUMNS, report)]


def test_loss_is_that_of_the_far_field():
    """Half of (D_r / θ L)² twice over, pointing and optics; no air and no turbulence."""
    range_m = np.array([5e5, 2e6, 5e6])
    found = sight_link(pair(), 0, 1)
    lines = sight_budget(range_m, np.zeros(3), found[1]).lines_db
    ours = sight_budget(range_m, np.zeros(3), found[1])

    share = 2.0 * (0.3 / (10e-6 * range_m)) ** 2
    bare = -10.0 * np.log10(share * 0.4) + 1.5
    assert ours.total_db == pytest.approx(bare, abs=0.02)  # the beam leaves 15 cm wide
    for name in ("atmosphere", "molecules", "aerosol", "cloud", "beam_spread"):
        assert not lines[name].any()
    assert not ours.variance.any()


def test_the_table_has_the_loss_of_its_ranges():
    """Smallest at the smallest distance, both to the digits shown."""
    mission = pair()
    _, link = sight_link(mission, 0, 1)

    rows = table(mission)
    assert rows
    for row in rows:
        range_m = 1e3 * np.array([row["range_min_km"], row["range_max_km"]])
        alone = sight_budget(range_m, np.zeros(2), link).total_db
        assert [row["loss_min_db"], row["loss_max_db"]] == pytest.approx(alone, abs=0.006)
        assert row["sender"] == "a"


def test_who_can_send_sends():
    """The first where both can, nobody where none can receive."""
    backwards = pair()
    backwards = replace(backwards, spacecraft=backwards.spacecraft[::-1])

    assert {row["sender"] for row in table(backwards)} == {"a"}
    assert {row["sender"] for row in table(pair(both=True))} == {"a"}
    for row in table(pair(other_receives=False)):
        assert (row["sender"], row["loss_min_db"], row["loss_max_db"]) == (None, None, None)


def test_a_lag_asks_how_fast_the_line_turns():
    """10 ms behind a line that turns by 1 mrad/s are 10 µrad, twice the beam's half angle."""
    _, link = sight_link(pair(), 0, 1)
    late = replace(link, transmitter=replace(SENDER, tracking=Tracking(lag_s=0.01)))
    range_m = np.array([1e6])

    still, turning = (
        sight_budget(range_m, np.array([rate]), late).lines_db["tracking"][0]
        for rate in (0.0, 1e-3)
    )

    assert still == pytest.approx(0.0, abs=1e-12)
    assert turning == pytest.approx(10.0 * np.log10(np.exp(2.0 * 4.0)), rel=0.01)


def test_nothing_stray_between_satellites():
    """Whatever the station's sky would be."""
    rates = stray_rates_hz(
        Scene.dark(np.array([1e6]), np.array([90.0])),
        sky=SkyLight(),
        receiver=TAKER,
        wavelength_m=785e-9,
        direction="inter-satellite",
    )

    assert rates == {}
