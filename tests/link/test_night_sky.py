"""Sky photons through a telescope."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from satqkd.link.night_sky import sky_photon_rate_hz
from satqkd.link.terminal import Receiver

RECEIVER = Receiver(
    aperture_m=1.0, efficiency=0.16, field_of_view_rad=80e-6, bandwidth_m=10e-9, obscuration=0.3
)


def test_rate_counted_by_hand():
    """H Ω A Δλ λ/hc η with every factor written out: 1.5e-5 W/(m² sr µm) at 848.6 nm."""
    power_w = 15.0 * (math.pi * (40e-6) ** 2) * (math.pi * 0.25 * 0.91) * 10e-9
    photons = power_w * 848.6e-9 / (6.62607015e-34 * 299_792_458.0) * 0.16

    assert sky_photon_rate_hz(15.0, receiver=RECEIVER, wavelength_m=848.6e-9) == pytest.approx(
        photons, rel=1e-12
    )


@pytest.mark.parametrize(
    ("field", "factor", "times"),
    [
        ("aperture_m", 2.0, 4.0),
        ("field_of_view_rad", 2.0, 4.0),
        ("bandwidth_m", 2.0, 2.0),
        ("efficiency", 2.0, 2.0),
    ],
)
def test_scaling(field, factor, times):
    """Area and solid angle count squared, filter and optics once."""
    more = replace(RECEIVER, **{field: getattr(RECEIVER, field) * factor})
    rates = [sky_photon_rate_hz(15.0, receiver=r, wavelength_m=850e-9) for r in (RECEIVER, more)]

    assert rates[1] / rates[0] == pytest.approx(times)
