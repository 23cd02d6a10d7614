from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.key.post_processing import PostProcessing

TIME_S = np.arange(0.0, 101.0)
MADE = np.minimum(TIME_S, 20.0) * 1000.0


def test_without_limits_key_is_there_at_once():
    """What is made is usable."""
    assert PostProcessing().usable_bits(TIME_S, MADE).tolist() == MADE.tolist()


def test_what_is_too_much_waits():
    """20 s at 1 kbit/s through 400 bit/s take 50 s."""
    usable = PostProcessing(key_rate_hz=400.0).usable_bits(TIME_S, MADE)

    assert usable[:51] == pytest.approx(400.0 * TIME_S[:51])
    assert usable[50:] == pytest.approx(20_000.0)


def test_a_delay_moves_everything():
    """Key comes out later by the delay."""
    usable = PostProcessing(key_rate_hz=400.0, delay_s=7.0).usable_bits(TIME_S, MADE)

    assert usable[:7].max() == 0.0
    assert usable[57] == pytest.approx(20_000.0)


def test_a_steady_link_gives_the_smallest_of_its_limits():
    """Made, corrected or put out, whichever is slowest."""
    limits = PostProcessing(sifted_rate_hz=2e8, key_rate_hz=9e7)

    assert limits.limited_rate_hz([1e7, 1e8, 2e8], sifted_hz=[3e7, 1.9e8, 8e8]) == pytest.approx(
        [1e7, 9e7, 5e7]
    )


@pytest.mark.parametrize(
    ("field", "value"), [("sifted_rate_hz", 0.0), ("key_rate_hz", math.nan), ("delay_s", -1.0)]
)
def test_parameters_check_themselves(field, value):
    """Computers that do nothing are refused."""
    with pytest.raises(NonPhysicalError, match=field):
        PostProcessing(**{field: value})
