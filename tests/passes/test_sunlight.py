"""Sunlight of each revolution, against Skyfield's own shadow."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import numpy as np
import pytest
from skyfield.api import EarthSatellite, load
from skyfield.jpllib import SpiceKernel

from satqkd.elements.satellite import Satellite
from satqkd.elements.tle import parse_tle
from satqkd.passes.bodies import Bodies
from satqkd.passes.find import chains_of
from satqkd.passes.sunlight import STEP_S, sunlight_of
from satqkd.passes.timebase import Timebase

LINES = """\
MICIUS
1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991
2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164
"""
DAY_S = 86_400.0


@pytest.fixture(scope="module")
def found():
    """Half a day of Micius."""
    timebase = Timebase.starting(datetime(2016, 12, 19, tzinfo=UTC))
    satellite = Satellite(
        name="MICIUS", norad_id=41731, element_sets=tuple(parse_tle(LINES, file="micius.tle"))
    )
    chains = chains_of([satellite], [0], timebase, duration_s=DAY_S / 2)
    return sunlight_of(
        satellite,
        {source: chain for (_, source), chain in chains.items()},
        timebase,
        Bodies.over(timebase, start_s=0.0, end_s=DAY_S / 2),
        duration_s=DAY_S / 2,
    )


def test_revolutions_follow_each_other_and_fill_the_window(found):
    """15.239 a day, numbered as the elements count: 1916 begins at 13:06, before the epoch."""
    number, first = np.unique(found.revolution, return_index=True)
    assert np.all(np.diff(number) == 1)
    assert found.start_s[0] == 0.0
    assert found.end_s[-1] == pytest.approx(DAY_S / 2)
    assert found.start_s[1:] == pytest.approx(found.end_s[:-1])
    inner = np.diff(found.start_s[first])[1:]
    assert inner == pytest.approx(DAY_S / 15.239, abs=2 * STEP_S)
    assert number[-1] == 1915


def test_sunlight_is_that_of_another_library(found):
    """Within its two edges: flattening, penumbra and steps are worth some seconds each."""
    lines = LINES.splitlines()
    scale = load.timescale()
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    body = EarthSatellite(lines[1], lines[2], ts=scale)
    dark = 0
    for begin, end, sunlit in list(zip(found.start_s, found.end_s, found.sunlit_s, strict=True))[
        1:8
    ]:
        seconds = np.arange(begin, end, 5.0) + 2.5
        lit = body.at(scale.utc(2016, 12, 19, 0, 0, seconds)).is_sunlit(kernel)
        assert sunlit == pytest.approx(5.0 * lit.sum(), abs=25.0)
        assert min(sunlit, end - begin - sunlit) < 25.0
        dark += sunlit < 25.0
    assert 2 <= dark <= 4
    kernel.close()
