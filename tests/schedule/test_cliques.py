from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satqkd.schedule.cliques import clash_cliques, maximal_cliques

CONTACTS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(0, 4)), max_size=7)


def cliques_of(rows, *, gap_s=(0.0, 0.0)):
    resource, start_s, length_s = np.array(rows, dtype=float).reshape(-1, 3).T
    found = maximal_cliques(
        resource.astype(np.int64),
        start_s=start_s,
        end_s=start_s + length_s,
        gap_s=np.array(gap_s),
    )
    return found.as_tuples()


def clash(one, other, gap_s):
    """Two contacts of one resource overlap, or begin at the same instant."""
    if one[0] != other[0]:
        return False
    early, late = sorted((one, other), key=lambda c: c[1:])
    return late[1] < early[1] + early[2] + gap_s[early[0]] or late[1] == early[1]


@given(rows=CONTACTS, gap_s=st.tuples(st.sampled_from([0.0, 1.0, 2.5]), st.just(0.5)))
def test_cliques_are_the_largest_sets_that_clash_pair_by_pair(rows, gap_s):
    """The sweep finds what trying every subset finds."""
    contacts = range(len(rows))
    sets = [
        set(chosen)
        for size in range(1, len(rows) + 1)
        for chosen in combinations(contacts, size)
        if all(clash(rows[i], rows[j], gap_s) for i, j in combinations(chosen, 2))
    ]
    maximal = [found for found in sets if not any(found < other for other in sets)]
    expected = sorted(tuple(sorted(found)) for found in maximal)
    assert sorted(cliques_of(rows, gap_s=gap_s)) == expected


def test_touching_contacts_do_not_clash():
    """A contact may begin in the instant the one before it ends."""
    assert cliques_of([(0, 0, 5), (0, 5, 5)]) == [(0,), (1,)]


def test_the_gap_belongs_to_the_contact():
    """The next contact may begin when the gap is over, not before."""
    assert cliques_of([(0, 0, 5), (0, 6.999, 5)], gap_s=(2.0, 0.0)) == [(0, 1)]
    assert cliques_of([(0, 0, 5), (0, 7, 5)], gap_s=(2.0, 0.0)) == [(0,), (1,)]


def test_contacts_without_length_clash_when_they_begin_together():
    """A contact occupies at least its own start."""
    assert cliques_of([(0, 5, 0), (0, 5, 0)]) == [(0, 1)]
    assert cliques_of([(0, 5, 0), (0, 5, 3)]) == [(0, 1)]
    assert cliques_of([(0, 5, 0), (0, 4, 3)]) == [(0, 1)]
    assert cliques_of([(0, 5, 0), (0, 2, 3)]) == [(1,), (0,)]


def test_different_resources_never_clash():
    """Cliques stay within a satellite or station."""
    assert cliques_of([(0, 0, 5), (1, 0, 5)]) == [(0,), (1,)]


def test_no_contacts_have_no_cliques():
    """An empty table is not an error."""
    assert cliques_of([]) == []


def test_clash_rows_leave_out_single_contacts_and_repeats(problem_of):
    """Two contacts of the same satellite and station make one row, not two."""
    problem = problem_of([(0, 0, 0, 5, 1), (0, 0, 3, 8, 1), (1, 1, 0, 5, 1)])
    assert clash_cliques(problem).as_tuples() == [(0, 1)]


def test_members_match_their_offsets(problem_of):
    """Flat members and offsets describe the same sets as the tuples."""
    rows = [(0, s, 2 * s, 2 * s + 5, 1) for s in range(3)]
    found = clash_cliques(problem_of(rows))
    assert found.as_tuples() == [(0, 1, 2)]
    assert found.starts.tolist() == [0, 3]
    assert len(found) == 1
