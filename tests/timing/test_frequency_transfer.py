"""Frequency transfer over three orbits against published losses and instability."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.link.beam.truncated_beam import TruncatedBeam
from satqkd.timing.frequency_transfer import (
    ORBITS,
    Contact,
    FrequencyTransfer,
    carrier_noise_s,
    diffraction_loss_db,
    loss_from_range_db,
    over_contacts,
)
from satqkd.timing.linear_optical_sampling import CombTransfer
from satqkd.timing.nonreciprocity import TimingFloor
from satqkd.units import loss_db, transmittance

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

COMBS = CombTransfer(
    tx_power_w=1.0,
    wavelength_m=1550e-9,
    pulse_width_s=0.3e-12,
    repetition_rate_hz=250e6,
    update_rate_hz=2.5e3,
    non_reciprocity=TimingFloor(tdev_s=4.6e-15),
)
SMALL = {"tx_aperture_m": 0.3, "rx_aperture_m": 1.0, "wavelength_m": 1550e-9}
EQUAL = {"tx_aperture_m": 0.4, "rx_aperture_m": 0.4, "wavelength_m": 1550e-9}
LINK = FrequencyTransfer(combs=COMBS, tx_aperture_m=0.3, rx_aperture_m=1.0, other_loss_db=24.5)


def test_published_diffraction_losses():
    """D-8: GEO 45.5 (51.0) dB, MEO 40.4 (45.8) dB; printed to 0.1, the second to 0.08."""
    assert diffraction_loss_db([3.6e7, 2e7], **SMALL) == pytest.approx([45.5, 40.4], abs=0.06)
    assert diffraction_loss_db([3.6e7, 2e7], **EQUAL) == pytest.approx([51.0, 45.8], abs=0.1)


def test_70_db_is_a_medium_or_geostationary_orbit():
    """20 to 30 dB of optics, pointing, air and fibre reach it from both; all within 55 to 80 dB."""
    for range_m in (2e7, 3.6e7):
        best, worst = diffraction_loss_db(range_m, **SMALL) + np.array([20.0, 30.0])
        assert 55.0 < best < 70.0 < worst < 80.0
    assert LINK.loss_db(3.6e7) == pytest.approx(70.0, abs=0.1)


def test_the_real_beam_loses_as_much_more_as_it_says():
    """Clipping, and the far field of the clipped beam, from the link's own model: 2.9 dB."""
    beam = TruncatedBeam(beam_diameter_m=0.3 / 1.12)
    range_m = np.array([3.6e7])
    caught = beam.capture(range_m, tx_aperture_m=0.3, wavelength_m=1550e-9, rx_aperture_m=1.0)
    real = loss_db(caught) + beam.truncation_db(tx_aperture_m=0.3)

    assert real - diffraction_loss_db(range_m, **SMALL) == pytest.approx([2.9], abs=0.05)


def test_far_away_loss_is_twice_the_distance_in_decibels():
    """From MEO to GEO: 5.1 dB, the size of the receiver in the spot forgotten to 2e-4."""
    near, far = diffraction_loss_db([2e7, 3.6e7], **SMALL)

    assert far - near == pytest.approx(loss_from_range_db(3.6e7, reference_m=2e7), abs=2e-4)


def test_published_instability_is_the_floor_not_the_light():
    """1e-18 at 8000 s and 70 dB: photons alone would do a thousand times better."""
    instability = LINK.instability(ORBITS["geostationary"], tau_s=8e3)
    light = np.sqrt(0.5) * COMBS.update_noise_s(transmittance(70.0)) / np.sqrt(2.5e3 * 8e3)

    assert instability == near(1e-18, rel=0.01)
    assert np.sqrt(3.0) * light / 8e3 < 1e-21


def test_orbits_differ_in_light_and_in_time():
    """A low one is bright and short: nothing after 400 s, where a medium one goes on."""
    tau_s = np.array([1.0, 399.0, 401.0, 1e4, 1e6])
    found = LINK.by_orbit(tau_s)

    assert np.isfinite(found["low"]).tolist() == [True, True, False, False, False]
    assert np.isfinite(found["medium"]).tolist() == [True, True, True, True, False]
    assert np.isfinite(found["geostationary"]).all()
    assert found["low"][0] <= found["medium"][0] <= found["geostationary"][0]


def test_too_little_light_is_no_instability():
    """A link of 130 dB."""
    dark = FrequencyTransfer(combs=COMBS, tx_aperture_m=0.3, rx_aperture_m=1.0, other_loss_db=85.0)

    assert np.isinf(dark.instability(ORBITS["geostationary"], tau_s=[1.0, 1e3])).all()


def test_a_carrier_is_known_far_better_than_an_envelope():
    """Half a radian over √N: the ratio is τp / 2.355 by 1 / (4 π ν)."""
    ratio = COMBS.pulse_width_s / 2.3548200450309493 * 4.0 * np.pi * 299792458.0 / 1550e-9
    photons = COMBS.photons(transmittance(89.0))

    carrier_s = carrier_noise_s(photons, wavelength_m=1550e-9)
    assert COMBS.update_noise_s(transmittance(89.0)) / carrier_s == near(ratio)


def test_contacts_average():
    """As independent numbers do."""
    assert over_contacts(4e-17, contacts=[1, 16]) == near([4e-17, 1e-17])


def test_impossible_orbits_are_refused():
    """An endless contact is one; an empty one is not."""
    assert Contact(range_m=1e6, contact_s=np.inf).contact_s == np.inf
    with pytest.raises(NonPhysicalError, match="contact_s"):
        Contact(range_m=1e6, contact_s=0.0)
