"""When an object that SGP4 follows has come down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgp4.api import WGS72, Satrec

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet
from satqkd.passes import decay
from satqkd.passes.decay import failure_s

DAY_S = 86_400.0


def orbit(*, perigee_km: float, eccentricity: float, bstar: float) -> ElementSet:
    axis_km = (6_378.135 + perigee_km) / (1.0 - eccentricity)
    satrec = Satrec()
    satrec.sgp4init(
        WGS72, "i", 5, 24_000.0, bstar, 0.0, 0.0, eccentricity, 0.5, 0.9, 2.0,
        60.0 * np.sqrt(398_600.8 / axis_km**3), 1.0,
    )  # fmt: skip
    epoch = datetime(1949, 12, 31, tzinfo=UTC) + timedelta(days=24_000)
    return ElementSet(
        name="X", norad_id=5, cospar_id="", epoch=epoch, source="test:1", satrec=satrec
    )


@settings(max_examples=60, deadline=None)
@given(
    perigee_km=st.floats(100.0, 700.0),
    eccentricity=st.floats(0.0, 0.75),
    bstar=st.sampled_from([0.0, 1e-5, 1e-3, 0.02, 0.3, -0.01]),
    days=st.sampled_from([-3.0, 0.2, 3.0]),
)
def test_finds_what_every_second_shows(perigee_km, eccentricity, bstar, days):
    """The first second without a position, if there is one, from the epoch on."""
    one = orbit(perigee_km=perigee_km, eccentricity=eccentricity, bstar=bstar)
    blocks = np.ceil(abs(days) * DAY_S / decay.BLOCK_S)
    seconds = np.sign(days) * np.arange(blocks * decay.BLOCK_S + 1.0)
    bad = ~propagate(one, seconds).good
    expected = float(seconds[np.argmax(bad)]) if bad.any() else None

    assert failure_s(one, days * DAY_S) == expected


def test_a_decay_is_at_the_same_instant_wherever_one_stops_looking():
    """Whole stretches are looked at."""
    one = orbit(perigee_km=180.0, eccentricity=0.01, bstar=0.01)
    fall_s = failure_s(one, 60 * DAY_S)

    assert fall_s is not None
    for until_s in (fall_s, fall_s + 1.0, fall_s + 1e4, fall_s + 1e6, 400 * DAY_S):
        assert failure_s(one, until_s) == fall_s


@pytest.mark.parametrize(("perigee_km", "eccentricity"), [(400.0, 0.0), (600.0, 0.1)])
def test_orbits_that_stay_up_are_not_looked_at_closely(monkeypatch, perigee_km, eccentricity):
    """Five evaluations tell it, for a year of weak drag."""
    monkeypatch.setattr(decay, "propagate", None)

    assert (
        failure_s(orbit(perigee_km=perigee_km, eccentricity=eccentricity, bstar=1e-6), 3e7) is None
    )
