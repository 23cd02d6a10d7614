from __future__ import annotations

import math

import pytest

from satqkd.errors import NonPhysicalError
from satqkd.key.post_processing.throughput import PostProcessing


def test_a_steady_link_gives_the_smallest_of_its_limits():
    """Made, corrected or put out, whichever is slowest."""
    limits = PostProcessing(sifted_rate_hz=2e8, key_rate_hz=9e7)

    assert limits.limited_rate_hz([1e7, 1e8, 2e8], sifted_hz=[3e7, 1.9e8, 8e8]) == pytest.approx(
        [1e7, 9e7, 5e7]
    )


@pytest.mark.parametrize(("field", "value"), [("sifted_rate_hz", 0.0), ("key_rate_hz", math.nan)])
def test_parameters_check_themselves(field, value):
    """Computers that do nothing are refused."""
    with pytest.raises(NonPhysicalError, match=field):
        PostProcessing(**{field: value})
