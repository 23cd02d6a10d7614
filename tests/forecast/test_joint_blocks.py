"""Blocks of several windows of two stations and a satellite between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.two_arms import TwoArms
from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import NonPhysicalError
from satqkd.forecast import blocks
from satqkd.forecast.joint_blocks import half_way_deg, joint_blocks
from satqkd.forecast.together import together

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("node")
    copy_preset("twin-field-node", folder)
    return load_mission(folder / "mission.yaml", folder / "stations.yaml", duration_s=4 * DAY_S)


@pytest.fixture(scope="module")
def found(mission):
    (one,) = together(mission, mission.together[0])
    return one


def test_a_window_alone_is_the_forecast_of_the_window(found):
    """Same key to a bit, which the order of sums may take, of all windows with usable time."""
    alone = joint_blocks(found, "pass")
    own = np.concatenate(alone.members)

    assert own.tolist() == np.flatnonzero(found.usable_s > 0.0).tolist()
    assert alone.keys.secure_bits == pytest.approx(found.keys.secure_bits[own], abs=1)
    assert alone.keys.sifted_bits == pytest.approx(found.keys.sifted_bits[own], rel=1e-12)
    assert alone.separate_bits.tolist() == found.keys.secure_bits[own].tolist()
    assert (alone.end_s == alone.first_end_s).all()
    assert (alone.start_s < alone.end_s).all()


def test_a_week_leaves_more_than_its_windows_and_comes_later(found):
    """The statistics are paid once; that of all windows is the pooled key of the forecast."""
    week = joint_blocks(found, "week")

    assert len(week) == 1
    assert week.members[0].size > 2
    assert week.keys.secure_bits[0] == found.pooled_bits[0] > week.separate_bits[0]
    assert week.end_s[0] - week.first_end_s[0] > 2.9 * DAY_S
    assert week.keys.sifted_bits[0] == pytest.approx(
        found.keys.sifted_bits[week.members[0]].sum(), rel=1e-3
    )


def test_a_week_is_counted_from_the_start_of_the_window(found, monkeypatch):
    """The next one begins when the last has run out."""
    monkeypatch.setattr(blocks, "WEEK_S", 2 * DAY_S)
    weeks = [
        found.windows.start_s[own] // (2 * DAY_S) for own in joint_blocks(found, "week").members
    ]

    assert all(len(set(week.tolist())) == 1 for week in weeks)
    assert [week[0] for week in weeks] == [0.0, 1.0]


def test_a_night_reaches_over_midnight_and_not_over_noon(found):
    """Noon of 117° east is at 4.2 UTC: windows at 3, 10 and 17 UTC are of two nights."""
    first = np.flatnonzero(found.usable_s > 0.0)[:3]
    start_s = found.windows.start_s.copy()
    start_s[first] = 3600.0 * np.array([3.0, 10.0, 17.0])
    moved = replace(found, windows=replace(found.windows, start_s=start_s))

    assert [own.tolist() for own in joint_blocks(moved, "night").members[:2]] == [
        [first[0]],
        first[1:].tolist(),
    ]


def test_a_size_is_reached_or_there_is_no_key(found):
    """Complete blocks hold it, and would not without their last window."""
    wanted = 0.999 * float(found.keys.sifted_bits[found.usable_s > 0.0][:2].sum())
    pooled = joint_blocks(found, wanted)

    assert set(pooled.complete) == {True, False}
    for block, done in enumerate(pooled.complete):
        sifted = found.keys.sifted_bits[pooled.members[block]]
        assert (sifted.sum() >= wanted) == done
        assert sifted[:-1].sum() < wanted
        if not done:
            assert pooled.keys.secure_bits[block] == 0
            assert "sifted bits when the window ends" in pooled.keys.why_zero[block]


@pytest.mark.parametrize("size", [0.0, float("nan")])
def test_a_block_without_size_is_refused(found, size):
    """A size has to be above 0."""
    with pytest.raises(NonPhysicalError, match="must be above 0"):
        joint_blocks(found, size)


def test_no_usable_window_is_no_block(found):
    """Nothing is pooled, and nothing breaks."""
    none = np.zeros(0)
    dark = TwoArms(
        transmittance_a=none,
        transmittance_b=none,
        variance_a=none,
        variance_b=none,
        background_rate_hz=none,
        weight_s=none,
        starts=np.zeros_like(found.links.starts),
    )
    empty = joint_blocks(replace(found, links=dark), "night")

    assert len(empty) == len(empty.keys) == 0
    assert empty.satellite.size == empty.keyed_so_far.size == 0


def test_risk_is_charged_once_a_block_with_key(mission, found):
    """Secrecy and correctness as the protocol states them; keyless blocks risk nothing."""
    protocol = found.pair.protocol
    nights = joint_blocks(found, "night")

    assert nights.budget.block == pytest.approx(protocol.epsilon_sec + protocol.epsilon_cor)
    assert nights.keyed_so_far.tolist() == np.cumsum(nights.keys.secure_bits > 0).tolist()
    (mdi,) = together(mission, mission.together[1])
    assert set(joint_blocks(mdi, "night").keyed_so_far.tolist()) == {0}


def test_half_way_is_along_the_shorter_arc():
    """Over the date line too."""
    assert half_way_deg(10.0, 20.0) == 15.0
    assert half_way_deg(170.0, -160.0) % 360.0 == pytest.approx(185.0)
    assert half_way_deg(-160.0, 170.0) % 360.0 == pytest.approx(185.0)
