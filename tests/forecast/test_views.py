"""Contacts of two stations with the losses of both links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from satqkd.clicks.detector import Detector
from satqkd.config.load import load_mission
from satqkd.forecast.obstacles import NAMES as OBSTACLES
from satqkd.forecast.stream import forecast
from satqkd.forecast.views import views
from satqkd.link.beam.beams import GaussianBeam
from satqkd.link.beam.pointing import JitterPointing
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.passes.mount import Mount
from satqkd.passes.station import Period
from satqkd.report.export.json import records
from satqkd.report.tables.joint import joint_columns
from satqkd.report.tables.waterfall import joint_waterfall, joint_waterfall_columns

ROOT = Path(__file__).parents[2]
START = datetime(2016, 12, 19, tzinfo=UTC)
NAMES = ("Delingha", "Lijiang")


@pytest.fixture(scope="module")
def downlinks():
    """A day of the campaign over two of its stations."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=86_400.0)
    stations = tuple(ground for ground in mission.stations if ground.site.name in NAMES)
    return replace(mission, stations=stations, demands=())


@pytest.fixture(scope="module")
def uplinks(downlinks):
    """The same orbit with the light going up, from unlike telescopes."""
    (craft,) = downlinks.spacecraft
    payload = replace(
        craft.payload,
        transmitter=None,
        source=None,
        receiver=Receiver(aperture_m=0.3, efficiency=0.5, field_of_view_rad=5e-5, bandwidth_m=1e-9),
        detector=Detector(efficiency=0.5, dark_rate_hz=100.0, gate_s=1e-9),
    )

    def sending(ground, aperture_m):
        sender = Transmitter(
            aperture_m=aperture_m,
            wavelength_m=785e-9,
            beam=GaussianBeam(divergence_rad=15e-6),
            pointing=JitterPointing(jitter_rad=1.5e-6),
        )
        terminal = replace(
            ground.terminal, transmitter=sender, source=craft.payload.source,
            receiver=None, detector=None,
        )  # fmt: skip
        return replace(ground, terminal=terminal)

    return replace(
        downlinks,
        spacecraft=(replace(craft, payload=payload, direction="uplink"),),
        stations=tuple(map(sending, downlinks.stations, (0.1, 0.2))),
    )


def together(mission):
    (report,) = views(mission, [0], [0, 1])
    assert len(report.contacts) >= 2
    return report


@pytest.mark.parametrize("direction", ["downlinks", "uplinks"])
def test_each_arm_is_the_link_alone(direction, request):
    """Loss and flicker at every common instant, to 1e-9: positions differ by 0.2 µm."""
    mission = request.getfixturevalue(direction)
    report, alone = together(mission), forecast(mission).with_series(every=True)
    series = alone.sampled

    for arm, track, passes in zip(report.series.arms, report.tracks, report.pass_id, strict=True):
        for window, name in enumerate(passes):
            mine, theirs = (
                track.pass_slice(window),
                series.tracks.pass_slice(alone.ids.index(name)),
            )
            _, here, there = np.intersect1d(
                track.time_s[mine], series.tracks.time_s[theirs], return_indices=True
            )
            assert here.size > 60
            for ours, other in (
                (arm.budget.total_db, series.arms[0].budget.total_db),
                (arm.budget.variance, series.arms[0].budget.variance),
            ):
                assert ours[mine][here] == pytest.approx(other[theirs][there], rel=1e-9)


def test_a_window_is_used_as_a_pass_of_its_length(downlinks):
    """Each arm has the limits of its own station: one must acquire, the other comes later."""
    one, other = downlinks.stations
    mission = replace(
        downlinks,
        limits=replace(downlinks.limits, max_range_m=None),
        stations=(
            replace(one, terminal=replace(one.terminal, mount=Mount(acquisition_s=50.0))),
            replace(
                other,
                site=replace(other.site, available=Period(from_=START + timedelta(seconds=60e3))),
            ),
        ),
    )

    report, free = together(mission), together(replace(mission, stations=(one, other)))

    length_s = report.contacts.end_s - report.contacts.start_s
    acquiring, coming = (arm.usage.lost_s for arm in report.arms)
    night = free.usable_s > length_s - 1e-6
    late = report.contacts.start_s > 60e3
    assert (night & late).any()
    for row in np.flatnonzero(night & late):
        assert acquiring[OBSTACLES.index("acquisition"), row] == pytest.approx(50.0, abs=1.5)
        assert report.usable_s[row] == pytest.approx(length_s[row] - 50.0, abs=1.5)
    for row in np.flatnonzero(~late):
        assert report.usable_s[row] == 0.0
        assert f"{other.site.name}: " in report.reasons[row]
    assert coming[OBSTACLES.index("acquisition")].max() == 0.0


def test_uplinks_are_charged_for_turbulence(uplinks):
    """Beam spread on either arm, more on the narrower beam's; none of it downwards."""
    arms = [arm.budget for arm in together(uplinks).series.arms]

    assert all((arm.lines_db["beam_spread"] > 0.5).all() for arm in arms)
    assert all((arm.variance > 0.0).all() for arm in arms)


@pytest.mark.parametrize("direction", ["downlinks", "uplinks"])
def test_the_table_is_that_of_the_best_instant(direction, request):
    """Smallest sum of the losses; the columns are those of both links then."""
    report = together(request.getfixturevalue(direction))
    best, sum_db = report.best_samples, report.sum_db

    for window, row in enumerate(records(joint_columns(NAMES), report)):
        here = report.tracks[0].pass_slice(window)
        assert sum_db[here].min() == sum_db[best[window]]
        losses = [arm.budget.total_db[best[window]] for arm in report.series.arms]
        assert row["direction"] == direction.removesuffix("s")
        assert row["loss_sum_min_db"] == pytest.approx(sum(losses), abs=0.006)
        assert row["loss_difference_db"] == pytest.approx(abs(losses[0] - losses[1]), abs=0.006)
        assert [row["delingha_loss_db"], row["lijiang_loss_db"]] == pytest.approx(losses, abs=0.006)
        assert row["start_utc"] <= row["best_utc"] <= row["end_utc"]
        assert row["note"] is None


def test_an_end_that_cannot_send_says_so(uplinks):
    """Geometry stays; losses are empty, and a note tells whose part is missing."""
    first, second = uplinks.stations
    mute = replace(second.terminal, transmitter=None, source=None, receiver=Receiver(
        aperture_m=1.0, efficiency=0.5, field_of_view_rad=5e-5, bandwidth_m=1e-9
    ), detector=Detector(efficiency=0.5, dark_rate_hz=1.0, gate_s=1e-9))  # fmt: skip
    report = together(replace(uplinks, stations=(first, replace(second, terminal=mute))))

    for row in records(joint_columns(NAMES), report):
        assert row["note"] == "Micius, Lijiang: transmitter is missing, which the uplink needs"
        assert row["range_sum_min_km"] > 1000.0
        for name in ("best_utc", "loss_sum_min_db", "loss_difference_db", "lijiang_loss_db",
                     "delingha_loss_db", "lijiang_scintillation_index_mean"):  # fmt: skip
            assert row[name] is None


def test_the_waterfalls_stand_side_by_side(uplinks):
    """Lines add up to the totals, totals to the sum, at begin, best and end of either link."""
    report = together(uplinks)
    rows = records(joint_waterfall_columns(NAMES), joint_waterfall(report, 0))
    terms = {row["term"]: row for row in rows}
    total, both = terms["total to the detectors"], terms["sum over the links"]
    lines = [row for row in rows if row["unit"] == "dB"]
    lines = lines[: lines.index(total)]

    for instant in ("begin", "best", "end"):
        columns = [f"{name.casefold()}_{instant}" for name in NAMES]
        for column in columns:
            added = sum(row[column] for row in lines)
            assert total[column] == pytest.approx(added, abs=0.005 * (len(lines) + 1))
            assert both[column] == pytest.approx(sum(total[c] for c in columns), abs=0.016)
    assert both["delingha_best"] <= min(both["delingha_begin"], both["delingha_end"])
