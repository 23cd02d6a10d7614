"""Samples and the cells that they fall into, against a search pass by pass."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satqkd.passes.cells import Cells

TIMES = st.lists(st.integers(0, 9), max_size=9).map(sorted)
PASSES = st.lists(st.tuples(TIMES.filter(len), TIMES), max_size=5)


def offsets(lists):
    """Where each list begins in all of them, and one more."""
    return np.cumsum([0, *map(len, lists)])


def one_after_another(lists):
    """All of them in a row."""
    return np.array([each for own in lists for each in own], dtype=np.float64)


@given(PASSES)
def test_a_sample_is_of_the_last_cell_of_its_pass_that_has_begun(passes):
    """Of two that meet of the later one; behind the last still of the last of its own pass."""
    ends, samples = [own for own, _ in passes], [own for _, own in passes]
    end_s = one_after_another(ends)
    cells = Cells(
        starts=offsets(ends),
        begin_s=np.zeros_like(end_s),
        end_s=end_s,
        goes_on=np.zeros(end_s.size, dtype=np.bool_),
    )
    wanted = [
        first + min(sum(end <= time for end in own), len(own) - 1)
        for first, (own, times) in zip(offsets(ends)[:-1].tolist(), passes, strict=True)
        for time in times
    ]
    found = cells.of_samples(offsets(samples), one_after_another(samples))

    assert found.tolist() == wanted
