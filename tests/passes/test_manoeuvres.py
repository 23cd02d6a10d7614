"""Nothing is predicted across a declared manoeuvre, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.manoeuvre_text import parse_manoeuvre
from satqkd.config.mistake import Mistake
from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.elements.satellite import Satellite
from satqkd.elements.tle import parse_tle
from satqkd.elements.tle_layout import checksum
from satqkd.errors import NonPhysicalError, SatqkdWarning
from satqkd.passes.find import find_passes
from satqkd.passes.manoeuvres import NONE, border_s, crossed, warn_of_manoeuvres
from satqkd.passes.neighbours import jumps
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase

START = datetime(2026, 5, 11, tzinfo=UTC)
DAY_S = 86_400.0
WINDOW_S = 4 * DAY_S
ONE = "1 90044U 26012C   26131.00000000  .00000000  00000-0  00000-0 0   10"
TWO = "2 90044  82.1000 210.0000 0010000  80.0000 280.0000 15.20000000  1000"
GRAZ = Station(name="Graz", latitude_deg=47.067, longitude_deg=15.493, height_m=540.0)


def put(line, column, text):
    line = line[: column - 1] + text + line[column - 1 + len(text) :]
    return line[:68] + str(checksum(line))


def elements(days, anomaly_deg=280.0):
    """A set whose epoch lies so many days after the window begins."""
    first = put(ONE, 21, f"{131.0 + days:012.8f}")
    second = put(TWO, 44, f"{anomaly_deg % 360.0:8.4f}")
    (found,) = parse_tle(f"{first}\n{second}\n", file=f"{days:g}.tle")
    return found


def manoeuvre(days, *, lasts_d=0.0):
    begin = START + timedelta(days=days)
    return Manoeuvre(from_=begin, to=begin + timedelta(days=lasts_d))


def satellite(sets, *moved):
    return Satellite(name="Probe", norad_id=90044, element_sets=sets, manoeuvres=moved)


@pytest.fixture(scope="module")
def timebase():
    return Timebase.starting(START)


class TestText:
    @pytest.mark.parametrize(
        ("text", "seconds", "speed"),
        [
            ("2016-12-22T10:00Z", 0.0, None),
            ("2016-12-22T12:00+02:00 to 2016-12-22T10:20Z", 1200.0, None),
            ("2016-12-22T10:00Z by 0.3 m/s", 0.0, 0.3),
            ("2016-12-22T10:00Z to 2016-12-22T10:20Z by 0.3 m/s", 1200.0, 0.3),
        ],
    )
    def test_instants_intervals_and_speeds(self, text, seconds, speed):
        """Zones included."""
        found = parse_manoeuvre(text)
        assert found.from_ == datetime(2016, 12, 22, 10, tzinfo=UTC)
        assert (found.to - found.from_).total_seconds() == seconds
        assert found.delta_v_m_s == speed

    @pytest.mark.parametrize(
        "text",
        [
            "tomorrow", "2016-12-22T10:00", "2016-12-22T10:00Z by", "2016-12-22T10:00Z by 3",
            "2016-12-22T10:00Z to 2016-12-22T09:00Z", "2016-12-22T10:00Z by 30 km/s",
            "2016-12-22T10:00Z to 2016-12-22T11:00Z to 2016-12-22T12:00Z",
            "2016-12-22T10:00Z, 2016-12-25T10:00Z", "2016-12-22T10:00Z by -1 m/s",
        ],
    )  # fmt: skip
    def test_what_it_is_not(self, text):
        """Each with a fix."""
        with pytest.raises(Mistake) as raised:
            parse_manoeuvre(text)
        assert raised.value.fix

    def test_it_is_held_as_its_own_value(self):
        """Order, zones, sign."""
        with pytest.raises(NonPhysicalError, match="before the manoeuvre begins"):
            Manoeuvre(from_=START, to=START - timedelta(seconds=1))
        with pytest.raises(NonPhysicalError, match="time zone"):
            Manoeuvre(from_=datetime(2026, 1, 1), to=START)  # noqa: DTZ001
        with pytest.raises(NonPhysicalError, match="delta_v"):
            Manoeuvre(from_=START, to=START, delta_v_m_s=-1.0)


DAYS = st.floats(-3.0, 7.0)


class TestBorders:
    @given(
        st.lists(DAYS, min_size=2, max_size=5, unique_by=lambda day: round(day, 3)),
        st.lists(st.tuples(DAYS, st.floats(0.0, 0.5)), max_size=3),
        DAYS,
    )
    def test_a_set_is_used_across_a_manoeuvre_only_where_every_set_would_be(
        self, epochs, moved, day
    ):
        """Every instant, by trying all sets; without manoeuvres the nearest epoch."""
        timebase = Timebase.starting(START)
        sets = tuple(elements(round(one, 3)) for one in sorted(epochs))
        probe = satellite(sets, *(manoeuvre(one, lasts_d=length) for one, length in moved))
        at_s = day * DAY_S
        borders = [border_s(probe, i, timebase) for i in range(len(sets) - 1)]
        assert borders == sorted(borders)
        used = int(np.searchsorted(borders, at_s))
        across = crossed(
            probe,
            timebase,
            source=np.arange(len(sets)),
            start_s=np.full(len(sets), at_s),
            end_s=np.full(len(sets), at_s),
        )
        assert across[used] == NONE or (across != NONE).all()
        if not moved:
            ages_s = [abs(timebase.seconds(one.epoch) - at_s) for one in sets]
            assert ages_s[used] == pytest.approx(min(ages_s))

    @pytest.mark.parametrize(
        ("epoch", "rise", "set_", "wanted"),
        [
            (0.0, 0.5, 0.6, NONE),
            (0.0, 0.9, 1.0, NONE),  # ends as the thrust begins
            (0.0, 0.9, 1.1, 0),
            (0.0, 1.5, 1.6, 0),  # during the first
            (0.0, 5.0, 5.1, 0),
            (1.5, 1.5, 1.6, 0),  # known from within: of neither side
            (2.5, 2.2, 2.3, NONE),
            (2.5, 0.5, 0.6, 0),  # backwards too
            (2.5, 3.5, 3.6, 1),
        ],
    )
    def test_sides(self, timebase, epoch, rise, set_, wanted):
        """Thrust from day 1 to 2, and at day 3."""
        probe = satellite((elements(epoch),), manoeuvre(1.0, lasts_d=1.0), manoeuvre(3.0))
        found = crossed(
            probe,
            timebase,
            source=np.array([0]),
            start_s=np.array([rise * DAY_S]),
            end_s=np.array([set_ * DAY_S]),
        )
        assert found.tolist() == [wanted]


@pytest.mark.filterwarnings("ignore:Probe. its sources disagree")
class TestPasses:
    def test_each_side_has_its_own_elements(self, timebase):
        """A manoeuvre soon after the first epoch; half-way to the second would be later."""
        sets = elements(0.0), elements(2.5, 310.0)
        moved = manoeuvre(0.8)
        found, plain = (
            find_passes([one], [GRAZ], timebase, duration_s=WINDOW_S).table
            for one in (satellite(sets, moved), satellite(sets, manoeuvre(1.25)))
        )
        after = found.rise_s >= 0.8 * DAY_S
        assert (found.element_set[after] == 1).all()
        assert (found.element_set[~after] == 0).all()
        assert (~after).any()
        early = plain.culmination_s < 1.25 * DAY_S
        assert (plain.element_set == np.where(early, 0, 1)).all()
        wanted = find_passes([satellite(sets[1:])], [GRAZ], timebase, duration_s=WINDOW_S).table
        late = wanted.rise_s >= 0.8 * DAY_S
        np.testing.assert_allclose(found.rise_s[after], wanted.rise_s[late], atol=0.01)

    @pytest.mark.parametrize("side", [-1.0, 1.0])
    def test_none_from_across_is_left_close_to_the_manoeuvre(self, timebase, side):
        """Minutes before a rise, or after a set: both sets are followed there, one is right."""
        sets = elements(0.0), elements(2.5, 300.0)
        whole = find_passes([satellite(sets[:1])], [GRAZ], timebase, duration_s=WINDOW_S).table
        near = int(np.flatnonzero(whole.rise_s > 0.6 * DAY_S)[0])
        edge_s = whole.rise_s[near] - 60.0 if side < 0.0 else whole.set_s[near] + 60.0
        moved = manoeuvre(float(edge_s) / DAY_S)
        found = find_passes([satellite(sets, moved)], [GRAZ], timebase, duration_s=WINDOW_S).table
        wanted = [
            find_passes([satellite((own,))], [GRAZ], timebase, duration_s=WINDOW_S).table
            for own in sets
        ]
        rises = [
            *wanted[0].rise_s[wanted[0].set_s <= edge_s],
            *wanted[1].rise_s[wanted[1].rise_s >= edge_s],
        ]
        clear = (found.set_s <= edge_s) | (found.rise_s >= edge_s)
        np.testing.assert_allclose(found.rise_s[clear], rises, atol=0.01)

    def test_none_declared_changes_nothing(self, timebase):
        """Nor does one beyond the window and all epochs."""
        sets = elements(0.0), elements(2.5)
        plain, far = (
            find_passes([one], [GRAZ], timebase, duration_s=WINDOW_S).table
            for one in (satellite(sets), satellite(sets, manoeuvre(30.0)))
        )
        np.testing.assert_array_equal(plain.rise_s, far.rise_s)
        np.testing.assert_array_equal(plain.element_set, far.element_set)


class TestTold:
    def test_a_declared_jump_is_none(self, timebase):
        """Undeclared it is told."""
        sets = elements(0.0), elements(2.0, 10.0)
        assert len(jumps(satellite(sets), timebase, duration_s=WINDOW_S)) == 1
        assert jumps(satellite(sets, manoeuvre(0.7)), timebase, duration_s=WINDOW_S) == []
        elsewhere = satellite(sets, manoeuvre(3.0))
        assert len(jumps(elsewhere, timebase, duration_s=WINDOW_S)) == 1

    def test_a_side_without_elements_is_told(self, timebase):
        """With what is missing; a side beyond the window is not."""
        probe = satellite((elements(0.0),), manoeuvre(1.0), manoeuvre(2.0))
        with pytest.warns(SatqkdWarning) as caught:
            warn_of_manoeuvres(probe, timebase, duration_s=WINDOW_S)
        (one,) = caught
        assert str(one.message) == (
            "Probe: no elements after the manoeuvre of 2026-05-12T00:00:00Z and before that of "
            "2026-05-13T00:00:00Z; after the manoeuvre of 2026-05-13T00:00:00Z: its passes there "
            "give no key; newer elements bring them back"
        )
        warn_of_manoeuvres(probe, timebase, duration_s=0.9 * DAY_S)
        both = replace(probe, element_sets=(elements(0.0), elements(1.5), elements(9.0)))
        warn_of_manoeuvres(both, timebase, duration_s=WINDOW_S)
