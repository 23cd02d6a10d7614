from __future__ import annotations

import pytest

from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.authentication import Authentication, tag_bits


def test_a_tag_is_long_enough_for_its_polynomial_hash():
    """Blocks of the message over the size of the field stay below the failure probability."""
    for message in (1.0, 1e3, 1e9, 1e15):
        for failure in (1e-3, 1e-15):
            bits = tag_bits(message_bits=message, failure_probability=failure)
            blocks = -(-message // bits)

            assert blocks * 2.0**-bits <= failure


def test_a_block_pays_for_its_tags(block):
    """Five messages of 80 bits cost 400 bits of key."""
    tags = Authentication(messages=5, message_bits=1e9, failure_probability=1e-15)
    counts = block(pulses=1e11)
    free = DecoyBB84().key(counts).secure_bits.item()

    assert tags.cost_bits == 400
    assert DecoyBB84(authentication=tags).key(counts).secure_bits.item() == free - 400


@pytest.mark.parametrize(
    ("field", "value"), [("messages", 0), ("message_bits", 0.0), ("failure_probability", 2.0)]
)
def test_parameters_check_themselves(field, value):
    """Values that authenticate nothing are refused."""
    with pytest.raises(NonPhysicalError, match=field):
        Authentication(**{field: value})
