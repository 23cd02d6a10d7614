"""Key of two links that stand still with a node between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.config.parts import preset_values
from satqkd.errors import NonPhysicalError
from satqkd.forecast.fixed import follow_fixed
from satqkd.forecast.fixed_pair import follow_pair
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.link.air.level_air import LevelAir
from satqkd.link.beam.beams import GaussianBeam
from satqkd.link.beam.pointing import StatedPointing
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.mission.links import FibreLink, HorizontalLink
from satqkd.mission.together import TogetherLinks

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

    assert found.arms.variance_a[0] > 0.0 == found.arms.variance_b[0]
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

    assert found.arms.background_b_rate_hz is not None
    assert found.arms.background_rate_hz[0] > 0.0 == found.arms.background_b_rate_hz[0]
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
        follow_fixed(FIBRE, DecoyBB84())
