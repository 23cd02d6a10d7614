from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.parts import preset_values
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.authentication import Authentication, tag_bits
from satqkd.validation.checks.two_arms import steady

ELSEWHERE = Authentication(messages=0)


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
    free = DecoyBB84(authentication=ELSEWHERE).key(counts).secure_bits.item()

    assert tags.cost_bits == 400
    assert DecoyBB84(authentication=tags).key(counts).secure_bits.item() == free - 400


@pytest.mark.parametrize("bases", ["one", "both"])
def test_every_block_pays_two_tags_unless_told_otherwise(block, bases):
    """160 bits once a block, however many bases make its key; a key that cannot pay says so."""
    eta = np.geomspace(1e-6, 1e-2, 400)
    counts = block(eta, pulses=1e10, p_key_basis=0.5)
    free = DecoyBB84(key_bases=bases, authentication=ELSEWHERE).key(counts)
    paid = DecoyBB84(key_bases=bases).key(counts)

    assert (paid.secure_bits == np.maximum(free.secure_bits - 160, 0)).all()
    assert (paid.secure_bits == DecoyBB84(key_bases=bases).secure_bits(counts)).all()
    longer = np.geomspace(1e8, 1e11, 100)
    free = DecoyBB84(key_bases=bases, authentication=ELSEWHERE).key(block(pulses=longer))
    first = int(np.flatnonzero(free.secure_bits)[0])
    some = block(pulses=np.linspace(longer[first - 1], longer[first], 2000))
    poor = DecoyBB84(key_bases=bases).key(some)
    told = [why for why in poor.why_zero if why is not None and "authentication" in why]
    assert told
    assert all(why.startswith("authentication would cost 160 bits of the ") for why in told)


def test_nodes_between_two_links_leave_the_ends_to_pay():
    """The same for each protocol with a node in the middle."""
    for preset in ("twin-field-2025", "chip-mdi-2020", "micius-entanglement-2020"):
        protocol = preset_values(preset).content.value
        arms = steady(12.0, duration_s=1e5)
        free = replace(protocol, authentication=ELSEWHERE).secure_bits(arms).item()

        assert free > 160
        assert protocol.secure_bits(arms).item() == free - 160


@pytest.mark.parametrize(
    ("field", "value"), [("messages", -1), ("message_bits", 0.0), ("failure_probability", 2.0)]
)
def test_parameters_check_themselves(field, value):
    """Values that authenticate nothing are refused."""
    with pytest.raises(NonPhysicalError, match=field):
        Authentication(**{field: value})
