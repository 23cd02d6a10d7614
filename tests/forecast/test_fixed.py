"""Links that stand still, to their key."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.clicks.detector import Detector
from satqkd.clicks.source import DecoySource
from satqkd.forecast.fixed import BLOCK_S, follow_fixed
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.throughput import PostProcessing
from satqkd.link.air.level_air import LevelAir
from satqkd.link.beam.beams import GaussianBeam
from satqkd.link.beam.pointing import StatedPointing
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.level_turbulence import LevelTurbulence
from satqkd.mission.links import FibreLink, HorizontalLink
from satqkd.report.tables.fixed import rate_text

PROTOCOL = DecoyBB84(epsilon_sec=1e-9)
SOURCE = DecoySource(
    pulse_rate_hz=1e8,
    intensities=(0.5, 0.1, 0.0),
    probabilities=(0.5, 0.25, 0.25),
    p_key_basis=0.5,
    intrinsic_error=0.01,
)
DETECTOR = Detector(efficiency=0.2, dark_rate_hz=500.0, gate_s=1e-9)


def fibre(length_m, **fields):
    return FibreLink(
        name="Backbone",
        length_m=length_m,
        wavelength_m=1550e-9,
        source=SOURCE,
        detector=DETECTOR,
        **fields,
    )


def roofs(**fields):
    return HorizontalLink(
        name="Roofs",
        length_m=7.1e3,
        transmitter=Transmitter(
            aperture_m=0.08,
            wavelength_m=1550e-9,
            beam=GaussianBeam(divergence_rad=30e-6),
            pointing=StatedPointing(loss_db=1.0, loss_range_db=(0.0, 3.0)),
        ),
        source=SOURCE,
        receiver=Receiver(
            aperture_m=0.1, efficiency=0.4, field_of_view_rad=50e-6, bandwidth_m=1e-9
        ),
        detector=DETECTOR,
        **fields,
    )


def test_clicks_of_a_fibre_are_those_of_its_loss():
    """2.2 dB of fibre, 20 % detectors: 1 − exp(−μη) of each intensity, and the dark counts."""
    found = follow_fixed(fibre(10e3, attenuation_db_m=2.2e-4, connector_loss_db=0.0), PROTOCOL)

    dark = 1.0 - (1.0 - 500.0 * 1e-9) ** 4
    arrives = 0.2 * 10**-0.22
    clicks = 1.0 - (1.0 - dark) * np.exp(-arrives * np.array([0.5, 0.1, 0.0]))
    assert found.budget.total_db == pytest.approx(2.2, abs=1e-12)
    assert found.rates.click_rate_hz[0] == pytest.approx(
        1e8 * clicks @ np.array([0.5, 0.25, 0.25]), rel=1e-6
    )
    assert found.stray_hz == {}
    assert found.counts.pulses == pytest.approx(1e8 * BLOCK_S)


def test_key_of_a_fibre_falls_to_nothing_with_a_reason():
    """Dark counts win somewhere beyond 200 km."""
    keys = [follow_fixed(fibre(length_m), PROTOCOL).key for length_m in (10e3, 100e3, 300e3)]

    bits = [int(key.secure_bits[0]) for key in keys]
    assert bits[0] > bits[1] > bits[2] == 0
    assert keys[0].why_zero == (None,)
    assert keys[2].why_zero[0]


def test_a_range_makes_low_and_high():
    """The stated pointing loss is walked; a fibre without ranges has one key."""
    over_air, ashore = follow_fixed(roofs(), PROTOCOL), follow_fixed(fibre(10e3), PROTOCOL)

    assert over_air.key_low.secure_bits < over_air.key.secure_bits < over_air.key_high.secure_bits
    assert ashore.key_low is ashore.key is ashore.key_high


def test_night_sky_is_the_only_stray_light_of_a_level_path():
    """No Sun, no Moon, no satellite."""
    found = follow_fixed(roofs(), PROTOCOL)

    assert {name for name, rate in found.stray_hz.items() if rate[0] > 0.0} == {"night_sky"}


def test_haze_and_restless_air_cost_key():
    """Each alone."""
    fine = roofs(turbulence=LevelTurbulence(cn2_m23=0.0))
    bits = [
        int(follow_fixed(link, PROTOCOL).key.secure_bits[0])
        for link in (
            fine,
            roofs(turbulence=LevelTurbulence(cn2_m23=1e-14)),
            roofs(turbulence=LevelTurbulence(cn2_m23=0.0), atmosphere=LevelAir(visibility_m=3e3)),
        )
    ]

    assert bits[1] < bits[0]
    assert bits[2] < bits[0]


@pytest.mark.parametrize("limit", ["sifted_rate_hz", "key_rate_hz"])
def test_slow_computers_limit_the_key_rate(limit):
    """To the share of sifted bits they correct, or to what they put out; said in words."""
    free = follow_fixed(fibre(10e3), PROTOCOL)
    sifted_hz = free.key.sifted_bits[0] / BLOCK_S
    half = {"sifted_rate_hz": 0.5 * sifted_hz, "key_rate_hz": 0.5 * free.made_rate_hz}[limit]

    slow = follow_fixed(fibre(10e3, post_processing=PostProcessing(**{limit: half})), PROTOCOL)

    assert free.key_rate_hz == free.made_rate_hz == free.key.secure_bits[0] / BLOCK_S
    assert slow.key_rate_hz == pytest.approx(0.5 * free.made_rate_hz, rel=1e-12)
    assert "limited by post-processing" in rate_text(slow)
    assert "post-processing" not in rate_text(free)


def test_no_key_has_no_rate():
    """Nothing is said of it."""
    assert rate_text(follow_fixed(fibre(400e3), PROTOCOL)) == ""
