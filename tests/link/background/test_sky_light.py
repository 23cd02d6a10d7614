"""Values a sky may have."""

from __future__ import annotations

import pytest

from satqkd.errors import NonPhysicalError
from satqkd.link.background.sky_light import SkyLight


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("night_radiance_w_m2_sr_m", -1.0),
        ("night_radiance_range_w_m2_sr_m", (20.0, 30.0)),
        ("night_radiance_range_w_m2_sr_m", (-1.0, 30.0)),
        ("zenith_brightness", 40.0),
        ("extinction", 0.0),
        ("extinction_range", (0.001, 0.3)),
        ("earth_albedo", -0.1),
        ("city_radiance_w_m2_sr_m", -1.0),
        ("city_radiance_range_w_m2_sr_m", (30.0, 20.0)),
    ],
)
def test_refused(field, value):
    """What physics forbids is refused by the field's name."""
    with pytest.raises(NonPhysicalError) as caught:
        SkyLight(**{field: value})

    assert caught.value.field == field


def test_a_range_beside_a_measured_zenith_is_refused():
    """A range of a radiance that does not count would be ignored in silence."""
    with pytest.raises(NonPhysicalError):
        SkyLight(zenith_brightness=21.0, night_radiance_range_w_m2_sr_m=(10.0, 20.0))


def test_ends_of_the_ranges():
    """The best sky is the darkest, the worst the brightest; both ask every air of the range."""
    sky = SkyLight(
        night_radiance_range_w_m2_sr_m=(10.0, 150.0),
        extinction_range=(0.12, 0.3),
        city_radiance_range_w_m2_sr_m=(5.0, 500.0),
    )

    ends = [
        (s.night_radiance_w_m2_sr_m, getattr(s, "light", None), s.city_radiance_w_m2_sr_m)
        for s in (sky.best(), sky, sky.worst())
    ]

    assert ends == [(10.0, "least", 5.0), (15.0, None, 25.0), (150.0, "most", 500.0)]
    airs = [one.extinction for one in sky.best().skies()]
    assert airs == sorted(airs)
    assert {0.12, 0.172, 0.3} <= set(airs)


def test_without_ranges_the_ends_are_the_sky_itself():
    """Nobody's doubt is invented."""
    assert SkyLight().best() == SkyLight().worst() == SkyLight()
