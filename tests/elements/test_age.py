"""The age of elements and what it does to the time of a pass."""

import json
import warnings
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.elements.age import (
    age_s,
    timing_uncertainties_s,
    timing_uncertainty_s,
    warn_if_stale,
)
from satqkd.elements.library import read_elements
from satqkd.elements.oem import parse_oem
from satqkd.elements.satellite import SYNTHETIC_FROM
from satqkd.errors import NonPhysicalError, StaleElementsWarning

DATA = Path(__file__).parents[2] / "data" / "tle" / "micius.tle"
OEM = json.loads(
    Path(__file__).parents[1].joinpath("reference", "oem_notations.json").read_text("utf-8")
)["kvn"]
DAY_S = 86_400.0
LIMIT_S = 14 * DAY_S


@pytest.fixture(scope="module")
def micius():
    return read_elements(DATA)


class TestWarnIfStale:
    def test_says_age_limit_uncertainty_and_way_out(self, micius):
        """The warning holds all an operator needs to act on it."""
        used_at = micius[0].epoch + timedelta(days=20)

        with pytest.warns(StaleElementsWarning) as caught:
            warn_if_stale(micius[0], used_at, limit_s=LIMIT_S)

        text = str(caught[0].message)
        for part in (
            "MICIUS (41731)",
            "micius.tle:6",
            "epoch 2016-09-22T19:50:12Z",
            "20.0 days after their epoch",
            "limit of 14 days",
            " s early or late",
            "limits.max_element_age of the mission",
        ):
            assert part in text
        assert caught[0].filename == __file__

    def test_says_when_the_epoch_lies_after_the_use(self, micius):
        """Elements from the future are told as such."""
        used_at = micius[0].epoch - timedelta(days=15)

        with pytest.warns(StaleElementsWarning, match="15.0 days before their epoch, which lies"):
            warn_if_stale(micius[0], used_at, limit_s=LIMIT_S)

    @pytest.mark.parametrize("days", [-14, 0, 14])
    def test_is_silent_within_the_limit(self, micius, days):
        """Elements as old as the limit are not warned about."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warn_if_stale(micius[0], micius[0].epoch + timedelta(days=days), limit_s=LIMIT_S)

    def test_age_has_a_sign(self, micius):
        """Age is negative before the epoch."""
        assert age_s(micius[0], micius[0].epoch - timedelta(hours=1)) == -3600.0


class TestTimingUncertainty:
    def test_covers_what_later_elements_of_micius_say(self, micius):
        """Of the predictions up to 31 days ahead 44 of 54 lie within 1 σ, all within 2.1 σ."""
        ratios = np.array(
            [
                abs(late_s(old, new)) / sigma_s(age_s(old, new.epoch), old)
                for old, new in permutations(micius, 2)
                if 0 < age_s(old, new.epoch) < 31 * DAY_S
            ]
        )

        assert (len(ratios), np.count_nonzero(ratios <= 1)) == (54, 44)
        assert ratios.max() < 2.1

    @given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(5_000, 2e5), st.floats(0, 0.9))
    def test_grows_with_age_on_both_sides(self, age, more, period_s, eccentricity):
        """Further from the epoch is never better, and the sign of the age plays no part."""
        orbit = {"period_s": period_s, "eccentricity": eccentricity}
        now_s = timing_uncertainty_s(age, **orbit)

        assert timing_uncertainty_s(age + more, **orbit) >= now_s > 0
        assert timing_uncertainty_s(-age, **orbit) == now_s

    @pytest.mark.parametrize(
        ("period_s", "eccentricity", "speed_m_s", "growth"),
        [
            (5_670.0, 0.0, 7_613.0, 1.0),  # 500 km
            (43_082.0, 0.0, 3_874.0, 0.0),  # navigation
            (43_082.0, 0.74, 3_874.0, 1.0),  # Molniya, perigee at 530 km
            (86_164.1, 0.0, 3_074.7, 0.0),  # geostationary
            (7_650.0, 0.0, 6_891.9, 0.0),  # 2013 km
        ],
    )
    def test_the_error_near_the_epoch_is_a_kilometre_of_flight(
        self, period_s, eccentricity, speed_m_s, growth
    ):
        """At the speed of the orbit itself; it grows where drag is felt."""
        orbit = {"period_s": period_s, "eccentricity": eccentricity}

        new_s, old_s = timing_uncertainty_s(np.array([0.0, 10 * DAY_S]), **orbit)

        assert new_s == pytest.approx(1_000.0 / speed_m_s, rel=1e-3)
        assert old_s == pytest.approx(np.hypot(1_000.0, growth * 20_000.0) / speed_m_s, rel=1e-3)

    def test_designs_and_ephemerides_have_none(self, micius):
        """Neither has elements that could age."""
        designed = replace(micius[0], norad_id=SYNTHETIC_FROM + 1)
        (table,) = parse_oem(OEM, file="orbit.oem")

        found = timing_uncertainties_s([designed, micius[0], table], np.zeros(3))

        assert np.isnan(found).tolist() == [True, False, True]
        assert found[1] == sigma_s(0.0, micius[0])
        assert timing_uncertainties_s([], np.zeros(0)).size == 0

    def test_designs_and_ephemerides_are_never_stale(self, micius):
        """However long ago they were made; warnings are errors here."""
        designed = replace(micius[0], norad_id=SYNTHETIC_FROM + 1)
        (table,) = parse_oem(OEM, file="orbit.oem")

        for source in (designed, table):
            warn_if_stale(source, source.epoch + timedelta(days=1e4), limit_s=0.0)

    @pytest.mark.parametrize("age", [float("nan"), float("inf")])
    def test_refuses_ages_that_are_no_number(self, age):
        """An age that is not finite has no uncertainty."""
        with pytest.raises(NonPhysicalError, match="age_s"):
            timing_uncertainty_s(age, period_s=5_670.0, eccentricity=0.0)


def sigma_s(age, element_set):
    return timing_uncertainty_s(
        age, period_s=element_set.period_s, eccentricity=element_set.eccentricity
    )


def late_s(old, new):
    """Time by which one set runs behind another at the other's epoch, both by plain SGP4."""
    when = new.satrec.jdsatepoch, new.satrec.jdsatepochF
    _, ours, _ = old.satrec.sgp4(*when)
    _, theirs, velocity = new.satrec.sgp4(*when)
    return np.dot(np.subtract(ours, theirs), velocity) / np.dot(velocity, velocity)
