"""Applying what a fix offers gives what was meant: never another clock, never another side."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.mistake import Mistake
from satqkd.config.quantity import parse_field
from satqkd.config.structure import parse_zone
from satqkd.config.zones import _SHORT

OFFSETS = {
    "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "WET": 0, "WEST": 1, "EET": 2, "EEST": 3, "MSK": 3,
    "SGT": 8, "HKT": 8, "JST": 9, "KST": 9, "CDT": -5, "EDT": -4, "MDT": -6, "PDT": -7, "AKST": -9,
    "AKDT": -8, "HST": -10, "AEDT": 11, "AWST": 8, "NZST": 12, "NZDT": 13, "SAST": 2, "EAT": 3,
    "CAT": 2, "WAT": 1, "PKT": 5, "GST": 4, "BRT": -3, "ART": -3, "CLT": -4, "WIB": 7, "ICT": 7,
    "AEST": 10, "ACST": 9.5, "MST": -7,
}  # fmt: skip
"""What the letters stand for, written down without looking at the database. [h]"""
SEVERAL = {
    "IST": {5.5, 2, 1}, "CST": {-6, 8}, "BST": {1, 6}, "EST": {-5, 10}, "PST": {-8, 8},
    "AST": {-4, 3},
}  # fmt: skip
"""Those that several countries use."""


def offered(text: str) -> list[str]:
    """Every zone that the fix for a text names."""
    with pytest.raises(Mistake) as caught:
        parse_zone(text)
    return re.findall(r"'([^']+)'", caught.value.fix)


def hours(zone: str) -> set[float]:
    """What a zone is ahead of UTC, in winter and in summer. [h]"""
    return {
        datetime(2026, month, 15, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
        / timedelta(hours=1)
        for month in (1, 7)
    }


class TestZones:
    def test_every_abbreviation_is_looked_at(self):
        """A new one needs its offset here."""
        assert set(_SHORT) == OFFSETS.keys() | SEVERAL.keys()

    @pytest.mark.parametrize("text", [t for t in OFFSETS if t not in {"CET", "EET", "MST", "WET",
                                                                     "HST"}])  # fmt: skip
    def test_abbreviations(self, text):
        """Each zone that is offered keeps the clock of these letters for a part of the year."""
        names = offered(text)

        assert names
        assert all(OFFSETS[text] in hours(name) for name in names)

    @pytest.mark.parametrize("text", [t for t in SEVERAL if t != "EST"])
    def test_abbreviations_of_several_countries(self, text):
        """All of them are named, and that the letters do not tell."""
        names = offered(text)

        assert {min(hours(n) & SEVERAL[text]) for n in names} == SEVERAL[text]

    @given(hour=st.integers(-12, 14).filter(bool), lead=st.sampled_from(["UTC", "GMT", "", "utc "]))
    def test_whole_offsets(self, hour, lead):
        """The sign of Etc/GMT names is turned round; the clock is not."""
        (name,) = offered(f"{lead}{hour:+d}")

        assert hours(name) == {hour}

    @pytest.mark.parametrize(
        ("text", "offset"), [("UTC+5:30", 5.5), ("+0545", 5.75), ("GMT-3:30", None)]
    )
    def test_offsets_of_half_hours(self, text, offset):
        """Places that keep them all year, where there are any."""
        names = offered(text)

        assert all(hours(name) == {offset} for name in names)
        assert bool(names) == (offset is not None)

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("Asia/Shangai", "Asia/Shanghai"),
            ("europe/vienna ", "Europe/Vienna"),
            ("America/New York", "America/New_York"),
            ("Berlin", "Europe/Berlin"),
        ],
    )
    def test_slips_of_the_pen(self, text, name):
        """One name is clearly meant."""
        assert offered(text) == [name]

    @pytest.mark.parametrize("text", ["Europe/Munich", "America/Boston", "Asia/Bangalore", "Mars"])
    def test_cities_that_are_not_in_the_database(self, text):
        """Nothing is offered: the next best spelling is another place."""
        assert offered(text) in ([], ["timezone"])


class TestHemispheres:
    @pytest.mark.parametrize(
        ("text", "field", "degrees"),
        [
            ("71.0589 deg W", "longitude_deg", -71.0589),
            ("71.0589W", "longitude_deg", -71.0589),
            ("W 71.0589", "longitude_deg", -71.0589),
            ("71°3'32\" W", "longitude_deg", -(71 + 3 / 60 + 32 / 3600)),
            ("71° 3′ 32.5″ west", "longitude_deg", -(71 + 3 / 60 + 32.5 / 3600)),
            ("071:03:32 W", "longitude_deg", -(71 + 3 / 60 + 32 / 3600)),
            ("71 3 32 W", "longitude_deg", -(71 + 3 / 60 + 32 / 3600)),
            ("-0°30'", "longitude_deg", -0.5),
            ("0d30m S", "latitude_deg", -0.5),
            ("47°04'01.6\"N", "latitude_deg", 47 + 4 / 60 + 1.6 / 3600),
            ("47 deg 4.5 min N", "latitude_deg", 47.075),
            ("-71.0589 deg", "longitude_deg", -71.0589),
            ("289 deg", "longitude_deg", 289.0),
        ],
    )
    def test_ways_to_write_a_place(self, text, field, degrees):
        """East and north are positive, whatever the notation."""
        assert parse_field(text, field) == pytest.approx(degrees, abs=1e-12)

    @pytest.mark.parametrize(
        ("text", "field", "message"),
        [
            ("-71.1 deg W", "longitude_deg", "a sign and a hemisphere"),
            ("71.1 deg N", "longitude_deg", "is a latitude"),
            ("15.4 O", "longitude_deg", "no hemisphere"),
            ("47°61' N", "latitude_deg", "sixty or more"),
            ("40:23:45.12 deg", "latitude_deg", "sixtieths"),
            ("40:23:45.12", "latitude_deg", "sixtieths"),
            ("91°0' N", "latitude_deg", "outside"),
            ("47.1", "latitude_deg", "no unit"),
        ],
    )
    def test_what_could_mean_two_things(self, text, field, message):
        """Or nothing at all."""
        with pytest.raises(Mistake, match=message):
            parse_field(text, field)

    @given(st.floats(-180.0, 180.0), st.booleans())
    def test_offered_numbers_are_those_meant(self, degrees, sixtieths):
        """Where a decimal is offered, it lies where the letters said."""
        letter = "E" if degrees >= 0.0 else "W"
        whole = f"{abs(degrees):.6f} {letter}"
        if sixtieths:
            size = round(abs(degrees) * 3600.0)
            whole = f"{size // 3600}° {size // 60 % 60}' {size % 60}\" {letter}"

        assert parse_field(whole, "longitude_deg") == pytest.approx(degrees, abs=2e-4)

    def test_a_comma_that_could_divide_thousands(self):
        """Both readings are offered, none is taken."""
        with pytest.raises(Mistake) as caught:
            parse_field("1,200 km", "max_range_m")
        assert "'1.200 km' or '1200 km'" in caught.value.fix
        with pytest.raises(Mistake, match="decimal comma"):
            parse_field("47,07 deg", "latitude_deg")
