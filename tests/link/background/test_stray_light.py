"""Stray light by source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satqkd.link.background.night_sky import sky_photon_rate_hz
from satqkd.link.background.scattering_air import scattering_air
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.background.stray_light import (
    DOWNLINK_SOURCES,
    UPLINK_SOURCES,
    stray_brightness_mag,
    stray_radiances_w_m2_sr_m,
    stray_rates_hz,
)
from satqkd.link.terminal import Receiver

RECEIVER = Receiver(
    aperture_m=1.0, efficiency=0.16, field_of_view_rad=80e-6, bandwidth_m=10e-9, obscuration=0.3
)
NEAR_M = 848.6e-9
SOURCES = {"downlink": DOWNLINK_SOURCES, "uplink": UPLINK_SOURCES}


def rates(scene, *, sky=None, receiver=RECEIVER, direction="downlink", of=stray_rates_hz):
    return of(
        scene,
        sky=sky or SkyLight(),
        receiver=receiver,
        wavelength_m=NEAR_M,
        direction=direction,
    )


@pytest.fixture
def a_sky_scene(a_scene):
    def make(**angles):
        series = {name: np.atleast_1d(np.asarray(v, dtype=float)) for name, v in angles.items()}
        count = max((v.size for v in series.values()), default=1)
        spread = {name: np.broadcast_to(v, (count,)) for name, v in series.items()}
        return a_scene(np.full(count, 700e3), 60.0, **spread)

    return make


@pytest.mark.parametrize("direction", SOURCES)
def test_every_source_in_order(a_sky_scene, direction):
    """Each source has its series, also where it gives nothing."""
    found = rates(a_sky_scene(sun_elevation_deg=[-40.0, -8.0, 30.0]), direction=direction)

    assert tuple(found) == SOURCES[direction]
    assert all(series.shape == (3,) for series in found.values())


def test_a_dark_sky_is_what_it_always_was(a_sky_scene):
    """Sun and Moon down, satellite in shadow: the stated radiance through the receiver alone."""
    found = rates(a_sky_scene(moon_elevation_deg=-0.01, moon_phase_deg=0.0))

    expected = sky_photon_rate_hz(15.0, receiver=RECEIVER, wavelength_m=NEAR_M)
    assert [float(found[name][0]) for name in DOWNLINK_SOURCES] == [expected, 0.0, 0.0, 0.0, 0.0]


def test_day_follows_twilight_follows_night(a_sky_scene):
    """Twilight ends where day begins, without a step, and is nothing in the night."""
    found = rates(a_sky_scene(sun_elevation_deg=[-18.1, -6.0, -1e-7, 0.0, 40.0]))
    twilight, daylight = found["twilight"], found["daylight"]

    assert twilight[0] == daylight[0] == daylight[1] == daylight[2] == twilight[3] == 0.0
    assert 0.0 < twilight[1] < twilight[2]
    assert twilight[2] == pytest.approx(daylight[3], rel=1e-5)
    assert daylight[3] < daylight[4]


def test_the_sky_by_the_sun_is_brighter_than_across_from_it(a_sky_scene):
    """As light is scattered by the angle from the Sun: molecules as Rayleigh says, and haze ahead.

    The ratio is that of 3/4 (1 + cos²) and of Henyey and Greenstein's 0.7, written out anew.
    """
    angles = np.array([24.0, 82.0, 160.0])
    found = rates(a_sky_scene(sun_elevation_deg=30.0, sun_separation_deg=angles))["daylight"]

    air = scattering_air(SkyLight().extinction, wavelength_m=NEAR_M, site_height_m=0.0)
    cosine = np.cos(np.radians(angles))
    haze = 0.51 / (1.49 - 1.4 * cosine) ** 1.5
    scattered = 0.75 * air.molecules * (1.0 + cosine**2) + 0.95 * air.aerosol * haze
    assert found / found[1] == pytest.approx(scattered / scattered[1], rel=1e-9)
    assert found[0] > 4.0 * found[1]


def test_a_satellite_across_from_the_sun_is_full(a_sky_scene):
    """Of a matt sphere: π by its full, 1 by its half, nothing by its dark side."""
    scene = a_sky_scene(sunlit=1.0, sun_elevation_deg=-8.0, sun_separation_deg=[180.0, 90.0, 0.0])
    light = rates(scene)["satellite"]

    assert light / light[1] == pytest.approx([np.pi, 1.0, 0.0], abs=1e-12)


def test_a_satellite_is_a_point(a_sky_scene):
    """Its light does not grow with the field of view; the sky's does, squared."""
    scene = a_sky_scene(sunlit=1.0, sun_elevation_deg=-8.0)
    wide = Receiver(aperture_m=1.0, efficiency=0.16, field_of_view_rad=160e-6, bandwidth_m=10e-9)
    narrow = Receiver(aperture_m=1.0, efficiency=0.16, field_of_view_rad=80e-6, bandwidth_m=10e-9)

    ratio = {
        name: rates(scene, receiver=wide)[name][0] / rates(scene, receiver=narrow)[name][0]
        for name in ("night_sky", "twilight", "satellite")
    }

    assert ratio == pytest.approx({"night_sky": 4.0, "twilight": 4.0, "satellite": 1.0})


def test_a_satellite_in_shadow_is_dark(a_sky_scene):
    """Its share of the Sun's disc is the share of its light."""
    light = rates(a_sky_scene(sunlit=[0.0, 0.5, 1.0]))["satellite"]

    assert light[0] == 0.0
    assert 2.0 * light[1] == pytest.approx(light[2])


def test_a_measured_zenith_replaces_the_stated_radiance(a_sky_scene):
    """A dark site's 21.6 mag/arcsec² in V is of the size of the default, 15 W/(m² sr m)."""
    scene = a_sky_scene()
    found = rates(scene, sky=SkyLight(zenith_brightness=21.6), of=stray_radiances_w_m2_sr_m)

    assert 15.0 / 2.0 < found["night_sky"][0] < 15.0


def test_published_sizes_of_moonlit_sky(a_sky_scene):
    """Full Moon: above the dark sky's 15 and below Miao's 1500 W/(m² sr m), which only the sky
    beside the Moon comes near.
    """
    scene = a_sky_scene(
        moon_phase_deg=0.0, moon_elevation_deg=45.0, moon_separation_deg=[60.0, 1.0]
    )
    away, beside = rates(scene, of=stray_radiances_w_m2_sr_m)["moon"]

    assert 5.0 < away < 50.0
    assert 1_000.0 < beside < 10_000.0


def test_brightness_in_magnitudes(a_sky_scene):
    """A tenth of the light is 2.5 magnitudes fainter; none is infinitely faint."""
    scene = a_sky_scene()
    bright, dark = (
        rates(scene, sky=SkyLight(night_radiance_w_m2_sr_m=w), of=stray_brightness_mag)
        for w in (150.0, 15.0)
    )

    assert dark["night_sky"][0] - bright["night_sky"][0] == pytest.approx(2.5)
    assert dark["moon"][0] == np.inf


def test_city_lights_go_up_only(a_sky_scene):
    """Brighter lamps are seen from orbit; the ground's own receiver has its night radiance."""
    scene = a_sky_scene()
    dim, lit = SkyLight(), SkyLight(city_radiance_w_m2_sr_m=2_500.0)

    up = [rates(scene, sky=s, direction="uplink")["city"][0] for s in (dim, lit)]
    down = [rates(scene, sky=s)["night_sky"][0] for s in (dim, lit)]

    assert up[1] == pytest.approx(100.0 * up[0])
    assert down[0] == down[1]


angle = st.floats(-90.0, 90.0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(angle, angle, st.floats(0.0, 180.0), st.tuples(st.floats(0.0, 180.0), st.floats(0.0, 1.0)))
def test_light_is_never_negative(a_sky_scene, sun, moon, separation, phases):
    """Every source, both ways, whatever stands where."""
    scene = a_sky_scene(
        sun_elevation_deg=sun,
        moon_elevation_deg=moon,
        moon_separation_deg=separation,
        moon_phase_deg=phases[0],
        sunlit=phases[1],
    )
    for direction in SOURCES:
        for series in rates(scene, direction=direction).values():
            assert np.isfinite(series[0])
            assert series[0] >= 0.0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-90.0, 0.0), st.floats(0.0, 180.0), st.floats(0.0, 180.0))
def test_a_moon_that_is_down_changes_nothing(a_sky_scene, moon, separation, phase):
    """Dark sky and all else are what they are without a Moon."""
    without = rates(a_sky_scene(sun_elevation_deg=-10.0))
    down = rates(
        a_sky_scene(
            sun_elevation_deg=-10.0,
            moon_elevation_deg=moon,
            moon_separation_deg=separation,
            moon_phase_deg=phase,
        )
    )

    assert {name: float(v[0]) for name, v in down.items()} == {
        name: float(v[0]) for name, v in without.items()
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    extinctions=st.lists(st.floats(0.01, 5.0), min_size=3, max_size=3, unique=True).map(sorted),
    sun=st.floats(-30.0, 60.0),
    moon=st.floats(-20.0, 90.0),
    direction=st.sampled_from(tuple(SOURCES)),
)
def test_a_range_of_air_lies_around_its_nominal_value(
    a_sky_scene, extinctions, sun, moon, direction
):
    """For every source: haze scatters more up to a point and swallows light beyond."""
    clear, nominal, hazy = extinctions
    scene = a_sky_scene(
        sun_elevation_deg=sun, moon_elevation_deg=moon, moon_phase_deg=30.0,
        moon_separation_deg=50.0,
    )  # fmt: skip
    sky = SkyLight(extinction=nominal, extinction_range=(clear, hazy))
    low, middle, high = (
        rates(scene, sky=one, direction=direction) for one in (sky.best(), sky, sky.worst())
    )

    for source in SOURCES[direction]:
        assert (low[source] <= middle[source]).all()
        assert (middle[source] <= high[source]).all()


def test_the_worst_air_may_lie_inside_its_range(a_sky_scene):
    """The hazy end of 0.05 to 5 magnitudes swallows the Moon's light; 1 % off the finest search."""
    scene = a_sky_scene(moon_elevation_deg=40.0, moon_phase_deg=0.0, moon_separation_deg=50.0)
    worst = rates(scene, sky=SkyLight(extinction_range=(0.05, 5.0)).worst())["moon"]
    each = [
        rates(scene, sky=SkyLight(extinction=k))["moon"][0] for k in np.geomspace(0.05, 5.0, 400)
    ]

    assert worst[0] == pytest.approx(max(each), rel=0.02)
    assert worst[0] > 1.5 * each[-1]
