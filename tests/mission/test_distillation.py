"""What a distillation may say."""

import pytest

from satqkd.errors import NonPhysicalError
from satqkd.mission.distillation import Distillation


def test_messages_go_both_ways_or_wait():
    """No rate means no link during the pass."""
    assert not Distillation(after_contact_s=1.0).during_pass
    both = Distillation(after_contact_s=1.0, uplink_rate_bit_s=1e6, downlink_rate_bit_s=1e6)
    assert both.during_pass


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"after_contact_s": -1.0}, "after_contact_s"),
        ({"uplink_rate_bit_s": 1e6}, "downlink_rate_bit_s is missing"),
        ({"downlink_rate_bit_s": 1e6}, "uplink_rate_bit_s is missing"),
        ({"uplink_rate_bit_s": 0.0, "downlink_rate_bit_s": 1e6}, "uplink_rate_bit_s"),
        ({"block_sifted_bits": 0.0}, "block_sifted_bits"),
        ({"rounds": 0}, "rounds"),
        ({"round_latency_s": -1.0}, "round_latency_s"),
        ({"stop_before_set_s": -1.0}, "stop_before_set_s"),
    ],
)
def test_what_cannot_be_is_refused(wrong, told):
    """The field is named."""
    with pytest.raises(NonPhysicalError, match=told):
        Distillation(**{"after_contact_s": 1.0, **wrong})
