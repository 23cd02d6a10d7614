"""Small scheduling problems, written out as rows."""

import numpy as np
import pytest

from satqkd.schedule.problem import Demand, Problem


@pytest.fixture(scope="session")
def problem_of():
    """Build a problem from (satellite, station, start, end, key) rows.

    A row of ``joint`` has a second station before its start; a demand may say at its end that no
    satellite may know the key.
    """

    def build(
        contacts,
        *,
        joint=(),
        satellites=2,
        stations=3,
        gaps=(0.0, 0.0),
        demands=((0, 1, 1.0),),
        spare=0.0,
    ):
        alone = np.insert(np.array(contacts, dtype=float).reshape(-1, 5), 2, -1.0, axis=1)
        columns = np.concatenate((alone, np.array(joint, dtype=float).reshape(-1, 6))).T
        return Problem(
            satellite=columns[0].astype(np.int64),
            station=columns[1].astype(np.int64),
            partner=columns[2].astype(np.int64),
            start_s=columns[3],
            end_s=columns[4],
            key_bits=columns[5],
            satellite_gap_s=np.full(satellites, gaps[0]),
            station_gap_s=np.full(stations, gaps[1]),
            demands=tuple(
                Demand(station_a=a, station_b=b, weight=w, trusted_relay=not any(untrusted))
                for a, b, w, *untrusted in demands
            ),
            spare_weight=spare,
        )

    return build


@pytest.fixture(scope="session")
def crowded(problem_of):
    """Sixty clashing contacts: too hard to be solved at the root."""
    rng = np.random.default_rng(7)
    start_s = rng.integers(0, 900, 60)
    return problem_of(
        np.column_stack(
            (
                rng.integers(0, 3, 60),
                rng.integers(0, 5, 60),
                start_s,
                start_s + rng.integers(60, 300, 60),
                rng.integers(1, 10**6, 60),
            )
        ),
        satellites=3,
        stations=5,
        gaps=(20.0, 40.0),
        demands=((0, 1, 1.0), (1, 2, 2.0), (3, 4, 1.0), (0, 4, 3.0)),
        spare=0.01,
    )
