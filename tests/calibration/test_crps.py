"""Scores of distributions against integrals, closed forms and exact binomials."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from satqkd.calibration.crps import crps_of_members, crps_of_quantiles, share_interval

MEMBERS = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30)


def normal_crps(y: float) -> float:
    """Closed form of the standard normal (Gneiting and Raftery 2007, eq. 5 of Gneiting 2005)."""
    density = math.exp(-0.5 * y * y) / math.sqrt(2.0 * math.pi)
    return y * math.erf(y / math.sqrt(2.0)) + 2.0 * density - 1.0 / math.sqrt(math.pi)


class TestMembers:
    @given(MEMBERS, st.floats(0.0, 1e6))
    def test_it_is_the_integral_of_the_squared_difference(self, members, flown):
        """The definition, piece by piece between the steps of both staircases."""
        edges = np.sort([*members, flown])
        middles = 0.5 * (edges[1:] + edges[:-1])
        steps = np.array([np.mean(np.asarray(members) <= x) - (x >= flown) for x in middles])
        wanted = float(np.sum(steps**2 * np.diff(edges)))
        found = crps_of_members(np.array(members), flown)
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-6)

    @pytest.mark.parametrize("flown", [-2.5, -0.4, 0.0, 1.1, 3.0])
    def test_many_members_of_a_normal_reach_its_closed_form(self, flown):
        """Members at equal steps of probability."""
        members = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
        assert crps_of_members(members, flown) == pytest.approx(normal_crps(flown), abs=2e-5)

    def test_one_member_scores_its_distance(self):
        """A forecast of one value: the absolute error."""
        assert crps_of_members(np.array([7.0]), 4.0) == 3.0


class TestQuantiles:
    @pytest.mark.parametrize("flown", [0.5, 1.0, 1.5, 2.0, 3.0])
    def test_of_a_normal_it_is_as_near_as_it_says(self, flown):
        """Within 11 % from half a standard deviation on, to either side."""
        ends = stats.norm.ppf([0.1, 0.5, 0.9]).tolist()
        for y in (flown, -flown):
            assert crps_of_quantiles(*ends, y) == pytest.approx(normal_crps(y), rel=0.111)

    def test_in_the_mean_it_is_seven_percent_small(self):
        """Over all that a normal may give; the exact mean is 1/sqrt(pi)."""
        ends = stats.norm.ppf([0.1, 0.5, 0.9]).tolist()
        drawn = stats.norm.ppf((np.arange(2_000) + 0.5) / 2_000).tolist()
        mean = np.mean([crps_of_quantiles(*ends, y) for y in drawn])
        assert mean * math.sqrt(math.pi) == pytest.approx(0.93, abs=0.01)


@pytest.mark.parametrize(("inside", "count"), [(0, 1), (1, 1), (4, 6), (8, 10), (80, 100)])
def test_the_interval_of_a_share_is_that_of_scipy(inside, count):
    """Clopper and Pearson, worked out there from the binomial test."""
    wanted = stats.binomtest(inside, count).proportion_ci(0.95, method="exact")
    assert share_interval(inside, count) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
