"""Settings of single passes and of whole satellites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import NonPhysicalError
from satqkd.forecast.forecast import forecast
from satqkd.forecast.optimised import optimised

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jinan")
    copy_preset("jinan-1-constellation", folder)
    whole = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return replace(
        whole,
        duration_s=1.2 * DAY_S,
        spacecraft=whole.spacecraft[:2],
        stations=whole.stations[2:],
        clocks=(),
        demands=(),
    )


@pytest.fixture(scope="module")
def expected(mission):
    return forecast(mission)


@pytest.fixture(scope="module")
def by_pass(expected):
    return optimised(expected, "pass")


@pytest.fixture(scope="module")
def by_satellite(expected):
    return optimised(expected, "satellite")


def with_source(mission, place, source):
    crafts = list(mission.spacecraft)
    crafts[place] = replace(crafts[place], payload=replace(crafts[place].payload, source=source))
    return replace(mission, spacecraft=tuple(crafts))


def test_no_pass_leaves_less_than_with_the_preset(by_pass):
    """And some leave much more."""
    assert (by_pass.after_bits >= by_pass.before_bits).all()
    assert (by_pass.after_bits > 1.2 * by_pass.before_bits).any()


def test_the_preset_is_kept_where_nothing_better_is_found(by_pass, mission):
    """Then neither setting nor key changes."""
    kept = np.flatnonzero(by_pass.preset)
    preset = mission.spacecraft[0].payload.source

    assert all(by_pass.sources[place] == preset for place in kept.tolist())
    assert (by_pass.after_bits[kept] == by_pass.before_bits[kept]).all()


def test_the_key_told_is_that_of_a_mission_that_sends_so(by_satellite, mission, expected):
    """The whole chain with the setting written into the payload gives the same bits."""
    own = np.flatnonzero(expected.passes.satellite[by_satellite.passes] == 1)
    source = by_satellite.sources[int(own[0])]

    again = forecast(with_source(mission, 1, source))

    told = again.keys.secure_bits[by_satellite.passes[own]]
    assert told.sum() > 0
    assert by_satellite.after_bits[own] == pytest.approx(told, abs=2)


def test_a_satellite_flies_one_setting(by_satellite, expected):
    """Over all stations and passes; its sum is not below the preset's."""
    for satellite in (0, 1):
        own = np.flatnonzero(expected.passes.satellite[by_satellite.passes] == satellite)
        assert len({by_satellite.sources[place] for place in own.tolist()}) == 1
        assert by_satellite.after_bits[own].sum() >= by_satellite.before_bits[own].sum()


def test_own_settings_are_at_least_as_good_as_a_shared_one(by_pass, by_satellite):
    """Up to what the search leaves open."""
    assert (by_pass.passes == by_satellite.passes).all()
    assert by_pass.after_bits.sum() >= 0.999 * by_satellite.after_bits.sum()


def test_a_setting_nobody_can_send_falls_back(expected, monkeypatch):
    """Whatever the search answers, no pass loses key."""
    worse = replace(
        expected.mission.spacecraft[0].payload.source,
        intensities=(0.05, 0.01, 0.0),
        probabilities=(0.1, 0.1, 0.8),
    )
    monkeypatch.setattr("satqkd.forecast.optimised._sent", lambda *_: worse)

    found = optimised(expected, "pass")

    assert (found.after_bits == found.before_bits).all()
    assert found.preset.all()


def test_sources_without_decoys_are_refused(mission):
    """There is nothing to choose between."""
    plain = replace(mission.spacecraft[0].payload.source, intensities=(0.1,), probabilities=(1.0,))
    alone = replace(with_source(mission, 0, plain), spacecraft=mission.spacecraft[:1])
    alone = with_source(alone, 0, plain)

    with pytest.raises(NonPhysicalError, match="two or three"):
        optimised(forecast(alone), "pass")


def test_nothing_usable_is_an_empty_answer(expected):
    """No pass, no setting."""
    dark = replace(expected, usable_s=np.zeros_like(expected.usable_s))

    found = optimised(dark, "satellite")

    assert found.passes.size == found.after_bits.size == len(found.sources) == 0
