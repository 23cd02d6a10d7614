"""Numbers around the rim of a sky."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satqkd.report.pictures.dial import spread_deg


@given(st.lists(st.floats(0.0, 359.8), min_size=1, max_size=12))
def test_numbers_on_the_rim_keep_their_distance(angles):
    """Also across north, and each stays itself."""
    spread = np.sort(spread_deg(np.array(angles)))
    gaps = np.diff(np.append(spread, spread[0] + 360.0))

    assert len(spread) == len(angles)
    assert len(angles) == 1 or gaps.min() > 7.0  # asked for 11°; relaxation nears it
