"""The key of a window of two stations as a distribution, and at the ends of what is stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast import joint_outlook
from satqkd.forecast.forecast import forecast
from satqkd.weather.clear_sky import Draws, clear_in
from satqkd.forecast.together import all_together
from satqkd.weather.climate import Climate

DRAWS = Draws(samples=300, seed=5)
FAIR = Climate(clear_fraction=(0.6,), clear_fraction_spread=0.0, source="a test")


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    """Two nights of the shipped node, the twin-field pair alone."""
    folder = tmp_path_factory.mktemp("node")
    copy_preset("twin-field-node", folder)
    whole = load_mission(folder / "mission.yaml", folder / "stations.yaml", duration_s=2 * 86_400.0)
    return replace(whole, together=whole.together[:1])


def under(mission, *climates):
    """The mission with another climate over each station."""
    stations = tuple(
        replace(one, climate=climate, clouds=None)
        for one, climate in zip(mission.stations, climates, strict=True)
    )
    return replace(mission, stations=stations)


def only(mission, draws=None):
    (keys,) = all_together(mission, draws=draws)
    return keys


@pytest.fixture(scope="module")
def clear(mission):
    return only(under(mission, None, None), DRAWS)


def known_air(mission):
    """The mission without any stated range."""
    (craft,) = mission.spacecraft
    air = replace(craft.payload.atmosphere, zenith_transmittance_range=None)
    return replace(
        mission,
        spacecraft=(replace(craft, payload=replace(craft.payload, atmosphere=air)),),
    )


def test_chances_of_two_skies_multiply(mission):
    """A station that tells none counts as clear; none told by either is no chance."""
    fair = replace(FAIR, clear_fraction=(0.5,))

    assert only(under(mission, FAIR, fair)).clear_probability == pytest.approx(0.3)
    assert only(under(mission, None, fair)).clear_probability == pytest.approx(0.5)
    assert np.isnan(only(under(mission, None, None)).clear_probability).all()


def test_without_draws_there_is_no_outlook(mission):
    """The chance of clear skies and both ends of the ranges are told all the same."""
    keys = only(mission)

    assert keys.outlook is None
    assert np.isfinite(keys.clear_probability).all()


def test_skies_are_those_of_the_single_links(mission):
    """A history gives the key where both stations' own histories are clear, and only there."""
    fair = under(known_air(mission), FAIR, replace(FAIR, clear_fraction=(0.5,)))
    keys = only(fair, DRAWS)
    single = forecast(fair, draws=DRAWS)
    both = np.ones((DRAWS.samples, len(keys.windows)), dtype=bool)
    for station, start_s in enumerate((keys.windows.start_s, keys.windows.start_s)):
        own = single.passes.station == station
        rise_s, set_s = single.passes.rise_s[own], single.passes.set_s[own]
        inside = (rise_s <= start_s[:, None]) & (start_s[:, None] < set_s)
        culmination_s = single.passes.culmination_s[own][inside.argmax(axis=1)]
        both &= clear_in(
            fair.stations[station],
            culmination_s,
            start=fair.start,
            month=np.full(culmination_s.size, 11),
            station=station,
            draws=DRAWS,
        )

    assert keys.keys.secure_bits.max() > 0
    assert keys.outlook.expected_bits == pytest.approx(both.mean(axis=0) * keys.keys.secure_bits)


def test_percentiles_are_ordered_and_the_median_is_near_the_nominal(clear):
    """Under a clear sky the median of 300 histories meets the nominal key within 10 %: four
    standard errors of a key that spreads by some 25 %."""
    out, nominal = clear.outlook, clear.keys.secure_bits
    keyed = nominal > 50_000

    assert keyed.any()
    assert (out.low_bits <= out.median_bits).all()
    assert (out.median_bits <= out.high_bits).all()
    assert out.median_bits[keyed] == pytest.approx(nominal[keyed], rel=0.1)


def test_histories_stay_within_the_worst_and_best_ends(clear):
    """P10 and P90 lie inside what the ranges of both links at their ends at once give."""
    keyed = clear.low_bits > 0

    assert keyed.any()
    assert clear.ranged[keyed].all()
    assert (clear.low_bits[keyed] < clear.outlook.low_bits[keyed]).all()
    assert (clear.outlook.high_bits[keyed] < clear.high_bits[keyed]).all()


def test_ends_are_those_of_a_mission_that_states_them(mission):
    """The haziest air stated as the air itself gives the low key, the clearest the high one."""
    (craft,) = mission.spacecraft
    ranged = only(mission)
    for end, bits in (("worst", ranged.low_bits), ("best", ranged.high_bits)):
        air = getattr(craft.payload.atmosphere, end)()
        there = replace(craft, payload=replace(craft.payload, atmosphere=air))
        stated = only(known_air(replace(mission, spacecraft=(there,))))
        assert bits.tolist() == stated.keys.secure_bits.tolist()


def test_nothing_stated_is_no_range(mission):
    """Low and high are the key itself, and no window is called ranged."""
    keys = only(known_air(mission))

    assert not keys.ranged.any()
    assert keys.low_bits.tolist() == keys.high_bits.tolist() == keys.keys.secure_bits.tolist()


def test_the_same_seed_gives_the_same_numbers(mission):
    """And another seed others."""
    one, again, other = (
        only(under(mission, None, None), Draws(samples=1, seed=seed)).outlook for seed in (5, 5, 6)
    )

    assert one.expected_bits.tolist() == again.expected_bits.tolist()
    assert one.expected_bits.tolist() != other.expected_bits.tolist()


def test_a_satellite_that_is_not_found_gives_nothing(mission, monkeypatch):
    """Found by both senders in every fourth history, it gives a quarter of the key."""
    found = np.arange(8)[:, np.newaxis] % 4 == 0
    monkeypatch.setattr(joint_outlook, "found_drawn", lambda _piece, _mine, _draws: found)
    keys = only(under(known_air(mission), None, None), Draws(samples=8))

    assert keys.keys.secure_bits.max() > 0
    assert keys.outlook.expected_bits == pytest.approx(0.25 * keys.keys.secure_bits)
