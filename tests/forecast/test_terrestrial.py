"""Links that stand still, alone or two with a node between them, to their key."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.detector import Detector
from satqkd.clicks.source import DecoySource
from satqkd.config.parts import preset_values
from satqkd.errors import NonPhysicalError
from satqkd.forecast.terrestrial import BLOCK_S, follow_link, follow_pair
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.throughput import PostProcessing
from satqkd.link.air.level_air import LevelAir
from satqkd.link.beam.beams import GaussianBeam
from satqkd.link.beam.pointing import StatedPointing
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.level_turbulence import LevelTurbulence
from satqkd.mission.links import FibreLink, HorizontalLink
from satqkd.mission.together import TogetherLinks
from satqkd.report.tables.terrestrial import rate_text

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


def follow(link):
    return follow_link(link, PROTOCOL, "decoy-bb84")


def test_clicks_of_a_fibre_are_those_of_its_loss():
    """2.2 dB of fibre, 20 % detectors: 1 − exp(−μη) of each intensity, and the dark counts."""
    found = follow(fibre(10e3, attenuation_db_m=2.2e-4, connector_loss_db=0.0))

    dark = 1.0 - (1.0 - 500.0 * 1e-9) ** 4
    arrives = 0.2 * 10**-0.22
    clicks = 1.0 - (1.0 - dark) * np.exp(-arrives * np.array([0.5, 0.1, 0.0]))
    assert found.budget.total_db == pytest.approx(2.2, abs=1e-12)
    assert found.rates["signal_rate_hz"] + found.rates["background_rate_hz"] == pytest.approx(
        1e8 * clicks @ np.array([0.5, 0.25, 0.25]), rel=1e-6
    )
    assert found.losses[0].stray_hz == {}
    assert found.uses == pytest.approx(1e8 * BLOCK_S)
    assert found.made_by.system.collect(found.light).pulses == pytest.approx(1e8 * BLOCK_S)


def test_key_of_a_fibre_falls_to_nothing_with_a_reason():
    """Dark counts win somewhere beyond 200 km."""
    keys = [follow(fibre(length_m)).key for length_m in (10e3, 100e3, 300e3)]

    bits = [int(key.secure_bits[0]) for key in keys]
    assert bits[0] > bits[1] > bits[2] == 0
    assert keys[0].why_zero == (None,)
    assert keys[2].why_zero[0]


def test_a_range_makes_low_and_high():
    """The stated pointing loss is walked; a fibre without ranges has one key."""
    over_air, ashore = follow(roofs()), follow(fibre(10e3))

    assert over_air.key_low.secure_bits < over_air.key.secure_bits < over_air.key_high.secure_bits
    assert ashore.key_low is ashore.key is ashore.key_high


def test_night_sky_is_the_only_stray_light_of_a_level_path():
    """No Sun, no Moon, no satellite."""
    found = follow(roofs())

    assert {name for name, rate in found.losses[0].stray_hz.items() if rate[0] > 0.0} == {
        "night_sky"
    }


def test_haze_and_restless_air_cost_key():
    """Each alone."""
    fine = roofs(turbulence=LevelTurbulence(cn2_m23=0.0))
    bits = [
        int(follow(link).key.secure_bits[0])
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
    free = follow(fibre(10e3))
    sifted_hz = free.key.sifted_bits[0] / BLOCK_S
    half = {"sifted_rate_hz": 0.5 * sifted_hz, "key_rate_hz": 0.5 * free.made_rate_hz}[limit]

    slow = follow(fibre(10e3, post_processing=PostProcessing(**{limit: half})))

    assert free.key_rate_hz == free.made_rate_hz == free.key.secure_bits[0] / BLOCK_S
    assert slow.key_rate_hz == pytest.approx(0.5 * free.made_rate_hz, rel=1e-12)
    assert "limited by post-processing" in rate_text(slow)
    assert "post-processing" not in rate_text(free)


def test_no_key_has_no_rate():
    """Nothing is said of it."""
    assert rate_text(follow(fibre(400e3))) == ""


FIBRE = FibreLink(
    name="fibre", length_m=50e3, wavelength_m=1550e-9, connector_loss_db=0.0,
    receiver_efficiency=0.5,
)  # fmt: skip
AIR = HorizontalLink(
    name="air",
    length_m=7.1e3,
    transmitter=Transmitter(
        aperture_m=0.127,
        wavelength_m=1550e-9,
        beam=GaussianBeam(divergence_rad=30e-6),
        pointing=StatedPointing(loss_db=1.0, loss_range_db=(0.5, 2.0)),
    ),
    receiver=Receiver(aperture_m=0.4, efficiency=0.1, field_of_view_rad=5e-5, bandwidth_m=1e-9),
    atmosphere=LevelAir(visibility_m=10e3, visibility_range_m=(5e3, 20e3)),
)


def pair_of(first, second, *, protocol="twin-field-2025", duration_s=3600.0):
    return TogetherLinks(
        name="both",
        links=(first, second),
        protocol=preset_values(protocol).content.value,
        protocol_name=protocol,
        duration_s=duration_s,
    )


def test_bits_per_use_rate_and_block_are_one_key():
    """Each over its own measure."""
    found = follow_pair(pair_of(FIBRE, FIBRE))
    bits = found.key.secure_bits[0]

    assert bits > 0
    assert found.key_rate_hz * 3600.0 == pytest.approx(bits)
    assert found.bits_per_use * found.uses == pytest.approx(bits)
    assert found.uses == pytest.approx(3600.0 * 1e8 * 0.6375)


def test_the_bound_is_that_of_both_losses():
    """2 · (10 + 3.01) dB, or 20 dB where the receivers' half counts as theirs."""
    found = follow_pair(pair_of(FIBRE, FIBRE))

    assert found.loss_db == pytest.approx((13.0103, 13.0103), abs=1e-4)
    assert found.plob_bits_per_use == pytest.approx(2.5e-3 / 0.693147, rel=2e-3)
    assert found.plob_channel_bits_per_use == pytest.approx(1e-2 / 0.693147, rel=6e-3)


def test_links_of_unlike_kinds_are_a_pair():
    """A fibre to one side, air to the other; stated ranges of the air spread the key."""
    found = follow_pair(pair_of(AIR, FIBRE))

    over_air, ashore = found.light.arms
    assert over_air.variance[0] > 0.0 == ashore.variance[0]
    assert found.key_low.secure_bits[0] < found.key.secure_bits[0] < found.key_high.secure_bits[0]


def test_where_nothing_is_stated_as_a_range_low_and_high_are_the_key():
    """Not computed again."""
    found = follow_pair(pair_of(FIBRE, FIBRE))

    assert found.key_low is found.key is found.key_high


def test_more_loss_and_shorter_blocks_never_give_more():
    """Bits per use."""
    long = replace(FIBRE, name="long", length_m=100e3)
    near, far = (follow_pair(pair_of(FIBRE, each)) for each in (FIBRE, long))
    brief = follow_pair(pair_of(FIBRE, FIBRE, duration_s=60.0))

    assert far.bits_per_use < near.bits_per_use
    assert brief.bits_per_use < near.bits_per_use


def test_entangled_pairs_go_outwards():
    """Each end sees its own sky."""
    found = follow_pair(pair_of(AIR, FIBRE, protocol="micius-entanglement-2020"))

    arms = found.made_by.system.two_arms(found.light)
    assert arms.background_b_rate_hz is not None
    assert arms.background_rate_hz[0] > 0.0 == arms.background_b_rate_hz[0]
    assert found.key.secure_bits[0] > 0


def test_no_key_has_its_reason():
    """Over 400 km."""
    long = replace(FIBRE, length_m=400e3)
    found = follow_pair(pair_of(long, long, protocol="chip-mdi-2020"))

    assert found.bits_per_use == 0.0
    assert found.key.why_zero[0]


def test_a_link_of_a_pair_makes_no_key_alone():
    """It has no source."""
    with pytest.raises(NonPhysicalError, match="makes no key alone"):
        follow(FIBRE)


def test_each_arm_has_the_light_of_its_link():
    """One sample, for as long as the block."""
    found = follow_pair(pair_of(FIBRE, replace(FIBRE, length_m=20e3)))

    for arm, link in zip(found.light.arms, found.made_by.links, strict=True):
        assert arm.transmittance == pytest.approx(10 ** (-0.1 * link.budget().total_db))
    assert found.light.seconds == pytest.approx([3600.0])
