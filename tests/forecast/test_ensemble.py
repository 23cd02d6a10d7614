"""The key of a contact as a distribution, and at the ends of what is stated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from satqkd.config.load import load_mission
from satqkd.forecast import ensemble
from satqkd.forecast.stream import forecast
from satqkd.link.beam.tracking import Tracking
from satqkd.weather.clear_sky import Draws
from satqkd.weather.climate import Climate
from satqkd.weather.drawn import StationNumbers, clear_in

ROOT = Path(__file__).parents[2]
DRAWS = Draws(samples=400, seed=3)
FAIR = Climate(clear_fraction=(0.6,), clear_fraction_spread=0.0, source="a test")


@pytest.fixture(scope="module")
def mission():
    whole = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return replace(whole, duration_s=2 * 86_400.0)


def told(mission, **sky):
    """The mission with the same sky over every station."""
    return replace(mission, stations=tuple(replace(one, **sky) for one in mission.stations))


@pytest.fixture(scope="module")
def clear_passes(mission):
    return forecast(told(mission, climate=None, clouds=None), draws=DRAWS)


@pytest.fixture(scope="module")
def node(shipped):
    """Two nights of the shipped node, the twin-field pair alone."""
    whole = shipped("twin-field-node", days=2)
    return replace(whole, together=whole.together[:1])


@pytest.fixture(scope="module")
def clear_windows(node, joint):
    return joint(under(node, None, None), draws=replace(DRAWS, samples=300, seed=5))


@pytest.fixture(params=["passes", "joint contacts"])
def clear(request, clear_passes, clear_windows):
    return {"passes": clear_passes, "joint contacts": clear_windows}[request.param]


def under(mission, *climates):
    """The mission with another climate over each station."""
    stations = tuple(
        replace(one, climate=climate, clouds=None)
        for one, climate in zip(mission.stations, climates, strict=True)
    )
    return replace(mission, stations=stations)


def known_air(mission):
    """The mission without any stated range."""
    (craft,) = mission.spacecraft
    air = replace(craft.payload.atmosphere, zenith_transmittance_range=None)
    return replace(
        mission,
        spacecraft=(replace(craft, payload=replace(craft.payload, atmosphere=air)),),
    )


def test_without_weather_nothing_is_known_of_it(clear):
    """No probability, and the key of a clear sky."""
    assert np.isnan(clear.yields.outlook.clear_probability).all()
    assert clear.yields.outlook.low_bits.max() > 0


def test_percentiles_are_ordered_and_the_median_is_near_the_nominal(clear):
    """Ranges are drawn around the nominal value, which the median of 300 or 400 realisations meets
    within 10 % (four standard errors of a key that spreads by 25 % or 40 %)."""
    out, nominal = clear.yields.outlook, clear.yields.keys.secure_bits
    keyed = nominal > 50_000

    assert keyed.any()
    assert (out.low_bits <= out.median_bits).all()
    assert (out.median_bits <= out.high_bits).all()
    assert out.median_bits[keyed] == pytest.approx(nominal[keyed], rel=0.1)


def test_realisations_stay_within_the_worst_and_best_ends(clear):
    """P10 and P90 lie inside what all ranges at their ends at once give."""
    out, low, high = (
        clear.yields.outlook,
        clear.yields.keys_low.secure_bits,
        clear.yields.keys_high.secure_bits,
    )
    keyed = low > 0

    assert keyed.any()
    assert clear.yields.ranged[keyed].all()
    assert (out.low_bits[keyed] > low[keyed]).all()
    assert (out.high_bits[keyed] < high[keyed]).all()


def test_half_the_nights_give_half_the_key(mission, clear_passes):
    """A sky that is clear half of the time halves the expected key, but for chance."""
    half = told(
        mission,
        climate=Climate(clear_fraction=(0.5,), clear_fraction_spread=0.0, source="a test"),
        clouds=None,
    )
    clear = clear_passes
    keyed = clear.yields.keys.secure_bits > 0
    out = forecast(half, draws=replace(DRAWS, samples=4000)).yields.outlook
    ratio = out.expected_bits[keyed].sum() / clear.yields.outlook.expected_bits[keyed].sum()

    assert (out.clear_probability == 0.5).all()
    assert ratio == pytest.approx(0.5, abs=0.03)  # few nights at six stations: 4000 histories


def test_the_chance_of_a_clear_sky_needs_no_draws(mission):
    """A stated climate is told where nothing is drawn."""
    fine = Climate(clear_fraction=(0.6,), clear_fraction_spread=0.0, source="a test")
    out = forecast(told(mission, climate=fine, clouds=None))

    assert out.yields.outlook is None
    assert (out.yields.clear_probability == 0.6).all()


@pytest.mark.parametrize("kind", ["passes", "joint contacts"])
def test_the_same_seed_gives_the_same_numbers(mission, node, joint, kind):
    """And another seed others."""

    def drawn(seed):
        if kind == "passes":
            found = forecast(mission, draws=replace(DRAWS, seed=seed))
        else:
            found = joint(under(node, None, None), draws=Draws(samples=1, seed=seed))
        return found.yields.outlook.expected_bits.tolist()

    assert drawn(3) == drawn(3) != drawn(4)


def test_a_pass_does_not_care_which_others_are_forecast(mission):
    """A shorter window draws the same histories for the passes it shares."""

    def drawn_bits(found):
        return zip(found.passes.culmination_s, found.yields.outlook.expected_bits, strict=True)

    long = forecast(mission, draws=DRAWS)
    short = forecast(replace(mission, duration_s=86_400.0), draws=DRAWS)
    shared = {
        round(s, 3): bits
        for s, bits in zip(
            long.passes.culmination_s, long.yields.outlook.expected_bits, strict=True
        )
    }
    pairs = [
        (shared[round(s, 3)], bits)
        for s, bits in zip(
            short.passes.culmination_s, short.yields.outlook.expected_bits, strict=True
        )
        if round(s, 3) in shared
    ]

    assert len(pairs) > 10
    assert all(a == pytest.approx(b, rel=1e-4) for a, b in pairs)  # nodes of the orbit shift


def test_a_narrow_search_loses_satellites_with_old_elements(mission, clear_passes):
    """0.1 rad holds every error of elements half a day old, 0.1 mrad next to none."""

    def searched(field_rad):
        payload = mission.spacecraft[0].payload
        sender = replace(payload.transmitter, tracking=Tracking(acquisition_field_rad=field_rad))
        craft = replace(mission.spacecraft[0], payload=replace(payload, transmitter=sender))
        bare = told(replace(mission, spacecraft=(craft,)), climate=None, clouds=None)
        return forecast(bare, draws=DRAWS).yields.outlook.expected_bits.sum()

    wide, narrow = searched(0.1), searched(1e-4)

    assert wide == pytest.approx(clear_passes.yields.outlook.expected_bits.sum(), rel=1e-9)
    assert narrow < 0.2 * wide


def correlation(mission):
    """Of the skies of the first two stations, by their distance along a sphere, 1/e in 225 km."""
    ends = [one.site for one in mission.stations[:2]]
    up = [
        np.array(
            [
                np.cos(np.radians(one.latitude_deg)) * np.cos(np.radians(one.longitude_deg)),
                np.cos(np.radians(one.latitude_deg)) * np.sin(np.radians(one.longitude_deg)),
                np.sin(np.radians(one.latitude_deg)),
            ]
        )
        for one in ends
    ]
    return float(np.exp(-np.arccos(up[0] @ up[1]) * 6378.137 / 225.0))


def test_two_skies_are_clear_together_as_neighbours_are(node, joint):
    """A station that tells none counts as clear; none told by either is no chance."""
    fair = replace(FAIR, clear_fraction=(0.5,))
    rho = correlation(node)
    both = multivariate_normal.cdf(
        [norm.ppf(0.6), norm.ppf(0.5)], cov=np.array([[1.0, rho], [rho, 1.0]])
    )

    assert both > 0.305
    assert joint(under(node, FAIR, fair)).yields.clear_probability == pytest.approx(both, abs=1e-6)
    assert joint(under(node, None, fair)).yields.clear_probability == pytest.approx(0.5)
    assert np.isnan(joint(under(node, None, None)).yields.clear_probability).all()


def test_without_draws_there_is_no_outlook(node, joint):
    """The chance of clear skies and both ends of the ranges are told all the same."""
    keys = joint(node).yields

    assert keys.outlook is None
    assert np.isfinite(keys.clear_probability).all()


def test_skies_are_those_of_the_single_links(node, joint):
    """A realisation gives key where the first station's own sky is clear, and its neighbour's."""
    fair = under(known_air(node), FAIR, replace(FAIR, clear_fraction=(0.5,)))
    keys = joint(fair, draws=DRAWS)
    single = forecast(fair, draws=DRAWS)
    both = np.ones((DRAWS.samples, len(keys)), dtype=bool)
    for station, start_s in enumerate((keys.contacts.start_s, keys.contacts.start_s)):
        own = single.passes.station == station
        rise_s, set_s = single.passes.rise_s[own], single.passes.set_s[own]
        inside = (rise_s <= start_s[:, None]) & (start_s[:, None] < set_s)
        culmination_s = single.passes.culmination_s[own][inside.argmax(axis=1)]
        both &= clear_in(
            fair.stations[station].climate,
            fair.stations[station].clouds,
            culmination_s,
            start=fair.start,
            month=np.full(culmination_s.size, 11),
            station=station,
            numbers=StationNumbers(DRAWS),
            beside=(0, correlation(fair)) if station else None,
        )

    assert keys.yields.keys.secure_bits.max() > 0
    assert keys.yields.outlook.expected_bits == pytest.approx(
        both.mean(axis=0) * keys.yields.keys.secure_bits
    )


def test_ends_are_those_of_a_mission_that_states_them(node, joint):
    """The haziest air stated as the air itself gives the low key, the clearest the high one."""
    (craft,) = node.spacecraft
    ranged = joint(node).yields
    for end, bits in (
        ("worst", ranged.keys_low.secure_bits),
        ("best", ranged.keys_high.secure_bits),
    ):
        air = getattr(craft.payload.atmosphere, end)()
        there = replace(craft, payload=replace(craft.payload, atmosphere=air))
        stated = joint(known_air(replace(node, spacecraft=(there,)))).yields
        assert bits.tolist() == stated.keys.secure_bits.tolist()


def test_nothing_stated_is_no_range(node, joint):
    """Low and high are the key itself, and no window is called ranged."""
    keys = joint(known_air(node)).yields

    assert not keys.ranged.any()
    assert keys.keys_low.secure_bits.tolist() == keys.keys.secure_bits.tolist()
    assert keys.keys_high.secure_bits.tolist() == keys.keys.secure_bits.tolist()


def test_a_satellite_that_is_not_found_gives_nothing(node, joint, monkeypatch):
    """Found by both senders in every fourth realisation, it gives a quarter of the key."""
    found = np.arange(8)[:, np.newaxis] % 4 == 0
    monkeypatch.setattr(ensemble, "_found", lambda _arm, _part, _draws: found)
    yields = joint(under(known_air(node), None, None), draws=Draws(samples=8)).yields

    assert yields.keys.secure_bits.max() > 0
    assert yields.outlook.expected_bits == pytest.approx(0.25 * yields.keys.secure_bits)
