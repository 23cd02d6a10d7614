"""Operator ephemerides made from SGP4, against SGP4 itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.elements.library import divided
from satqkd.elements.oem import parse_oem
from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.errors import CoverageError, SatqkdWarning
from satqkd.passes.earth import to_itrf
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.find import find_passes
from satqkd.passes.frames import TURNS
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0
START = datetime(2016, 12, 20, tzinfo=UTC)
CLOCKS = {"UTC": 0.0, "TAI": 36.0, "TT": 68.184, "GPS": 17.0}
"""Ahead of UTC in December 2016. [s]"""


def places(element_set, timebase, seconds, frame):
    """SGP4's positions in a frame."""
    teme = propagate(element_set, seconds - timebase.seconds(element_set.epoch)).position_m
    itrf = to_itrf(timebase, seconds, teme)
    if frame in TURNS:
        return np.einsum("nij,in->jn", TURNS[frame](timebase, seconds), itrf)
    return teme if frame == "TEME" else itrf


def states(element_set, timebase, seconds, frame):
    """SGP4's positions and their slope, which SGP4's own velocity is not quite."""
    before, now, after = (
        places(element_set, timebase, seconds + shift, frame) for shift in (-0.5, 0.0, 0.5)
    )
    return now, after - before


def segment(  # noqa: PLR0917
    element_set, begin_s, end_s, frame="ITRF2014", method="HERMITE", degree=7, step_s=60.0,
    clock="UTC", start=START,
):  # fmt: skip
    """A segment of SGP4 states, a minute apart, usable from beginning to end."""
    timebase = Timebase.starting(start)
    margin_s = 6 * step_s
    seconds = np.arange(begin_s - margin_s, end_s + margin_s + 1.0, step_s)
    position, velocity = states(element_set, timebase, seconds, frame)
    stamps = [text[:-1] for text in timebase.iso(seconds + CLOCKS[clock], digits=6)]
    limits = [
        text[:-1] for text in timebase.iso(np.array([begin_s, end_s]) + CLOCKS[clock], digits=6)
    ]
    rows = "".join(
        f"{stamp} {' '.join(f'{x / 1e3:.9f}' for x in state)}\n"
        for stamp, state in zip(stamps, np.concatenate([position, velocity]).T, strict=True)
    )
    return (
        f"META_START\nOBJECT_NAME = MICIUS\nOBJECT_ID = 2016-051A\nCENTER_NAME = EARTH\n"
        f"REF_FRAME = {frame}\nTIME_SYSTEM = {clock}\nSTART_TIME = {stamps[0]}\n"
        f"USEABLE_START_TIME = {limits[0]}\nUSEABLE_STOP_TIME = {limits[1]}\n"
        f"STOP_TIME = {stamps[-1]}\nINTERPOLATION = {method}\nINTERPOLATION_DEGREE = {degree}\n"
        f"META_STOP\n{rows}"
    )


def oem(*segments, created="2016-12-19T12:00:00"):
    """Trajectories of some segments."""
    head = f"CCSDS_OEM_VERS = 2.0\nCREATION_DATE = {created}\nORIGINATOR = TEST\n"
    return parse_oem(head + "".join(segments), file="micius.oem")


def satellite(*sources):
    sets, tables = divided(sources)
    return Satellite(name="Micius", norad_id=41731, element_sets=sets, trajectories=tables)


def passes(sources, stations, *, days=2.0, start=START):
    found = find_passes(
        [satellite(*sources)], stations, Timebase.starting(start), duration_s=days * DAY_S
    )
    return found.table


class TestMotion:
    @pytest.mark.parametrize("frame", ["ITRF2014", "EME2000", "GCRF", "TEME", "TOD"])
    @pytest.mark.parametrize(("method", "degree"), [("HERMITE", 7), ("LAGRANGE", 9)])
    def test_positions_come_back(self, micius, frame, method, degree):
        """Everywhere as near to SGP4 as the nodes may be off the interpolation, 0.5 m.

        The refinement looks at 0.3 of each interval; 0.8 m is the middle, where it is most.
        """
        timebase = Timebase.starting(START)
        (trajectory,) = oem(segment(micius, 0.0, 0.5 * DAY_S, frame, method, degree))

        chain = ephemeris(trajectory, timebase, start_s=0.0, end_s=0.5 * DAY_S)

        times = np.arange(0.0, 0.5 * DAY_S, 7.0)
        there = places(micius, timebase, times, "ITRF2014")
        away_m = np.linalg.norm(chain.position_m(*chain.locate(times)) - there, axis=0)
        assert away_m.max() < 0.8
        assert chain.stopped is None

    @pytest.mark.parametrize("number", ["08195", "26900", "24208"])
    def test_high_orbits_come_back(self, orbits, number):
        """Molniya, geostationary, inclined: as near at every half minute.

        SGP4 itself jumps by metres now and then in deep space; tables smooth that.
        """
        element_set = orbits[number]
        start = element_set.epoch.replace(microsecond=0)
        timebase = Timebase.starting(start)
        seconds = np.arange(0.0, DAY_S, 30.0)
        chain = ephemeris(oem_since_epoch(element_set, start), timebase, start_s=0.0, end_s=DAY_S)

        there = places(element_set, timebase, seconds, "ITRF2014")
        away_m = np.linalg.norm(chain.position_m(*chain.locate(seconds)) - there, axis=0)

        assert away_m.max() < 2.0

    @pytest.mark.parametrize("clock", list(CLOCKS))
    def test_clocks(self, micius, clock):
        """TAI, TT and GPS are read as what they are; a second would be 7.5 km."""
        timebase = Timebase.starting(START)
        (trajectory,) = oem(segment(micius, 0.0, 3_600.0, clock=clock))

        chain = ephemeris(trajectory, timebase, start_s=0.0, end_s=3_600.0)

        there = places(micius, timebase, np.array([1_800.0]), "ITRF2014")
        at = chain.locate(np.array([1_800.0]))
        assert np.linalg.norm(chain.position_m(*at) - there) < 1.0

    def test_a_leap_second_within_the_table(self, micius):
        """At the end of 2016 UTC holds a second more; the states stay a minute apart."""
        start = datetime(2016, 12, 31, 23, tzinfo=UTC)
        timebase = Timebase.starting(start)
        (trajectory,) = oem(segment(micius, 0.0, 7_200.0, start=start))
        chain = ephemeris(trajectory, timebase, start_s=0.0, end_s=7_200.0)

        times = np.arange(0.0, 7_200.0, 10.0)
        there = places(micius, timebase, times, "ITRF2014")
        away_m = np.linalg.norm(chain.position_m(*chain.locate(times)) - there, axis=0)

        assert away_m.max() < 1.0


def oem_since_epoch(element_set, start):
    """A day of an orbit, with a state every two minutes."""
    (trajectory,) = oem(segment(element_set, 0.0, DAY_S, "GCRF", step_s=120.0, start=start))
    return trajectory


class TestSpan:
    def test_nothing_outside_the_span(self, micius):
        """The states beyond the usable span serve interpolation alone."""
        timebase = Timebase.starting(START)
        (trajectory,) = oem(segment(micius, 3_600.0, 7_200.0))

        chain = ephemeris(trajectory, timebase, start_s=0.0, end_s=DAY_S)

        assert (chain.node_s[0], chain.node_s[-1]) == pytest.approx((3_600.0, 7_200.0), abs=1e-6)
        assert chain.stopped == (
            "MICIUS (micius.oem:4): covers 2016-12-20T01:00:00Z to 2016-12-20T02:00:00Z, "
            "not the whole window"
        )

    def test_a_window_outside_the_span_is_refused(self, micius):
        """With the span named."""
        (trajectory,) = oem(segment(micius, 3_600.0, 7_200.0))

        with pytest.raises(CoverageError, match="01:00:00Z to 2016-12-20T02:00:00Z, no part"):
            ephemeris(trajectory, Timebase.starting(START), start_s=8_000.0, end_s=9_000.0)

    def test_segments_are_not_interpolated_across(self, micius):
        """A manoeuvre between two segments bends neither."""
        pushed = replace(micius, epoch=micius.epoch - timedelta(seconds=0.5))
        (trajectory,) = oem(segment(micius, 0.0, 3_600.0), segment(pushed, 3_600.0, 7_200.0))
        timebase = Timebase.starting(START)

        chain = ephemeris(trajectory, timebase, start_s=0.0, end_s=7_200.0)

        for element_set, times in (
            (micius, np.arange(0.0, 3_590.0, 10.0)),
            (pushed, np.arange(3_610.0, 7_200.0, 10.0)),
        ):
            there = places(element_set, timebase, times, "ITRF2014")
            away_m = np.linalg.norm(chain.position_m(*chain.locate(times)) - there, axis=0)
            assert away_m[np.abs(times - 3_600.0) > 400.0].max() < 1.0

    def test_the_part_without_positions_is_told(self, micius, xinglong):
        """The good part is searched; the gap and what there is are named."""
        with pytest.warns(SatqkdWarning, match="no ephemeris covers"):
            found = find_passes(
                [satellite(*oem(segment(micius, 0.0, DAY_S)))],
                [xinglong],
                Timebase.starting(START),
                duration_s=2 * DAY_S,
            )

        (told,) = found.stopped
        assert told == (
            "Micius: no ephemeris covers 2016-12-21T00:00:00Z to 2016-12-22T00:00:00Z; there are "
            "micius.oem:4 2016-12-20T00:00:00Z to 2016-12-21T00:00:00Z"
        )
        assert len(found.table) > 0
        assert found.table.set_s.max() <= DAY_S + 1e-6

    def test_no_positions_in_the_window_at_all(self, micius, xinglong):
        """Then there are no passes, and it is said why."""
        with pytest.warns(SatqkdWarning, match="no ephemeris covers"):
            found = find_passes(
                [satellite(*oem(segment(micius, 0.0, 7_200.0)))],
                [xinglong],
                Timebase.starting(START + timedelta(days=5)),
                duration_s=DAY_S,
            )

        assert len(found.table) == 0


class TestPasses:
    @pytest.mark.parametrize(
        ("frame", "method", "degree"),
        [("ITRF2014", "HERMITE", 7), ("EME2000", "LAGRANGE", 9)],
    )
    def test_the_same_passes_as_sgp4(self, micius, awkward_stations, frame, method, degree):
        """Rise and set within 1 ms, 7 m of flight, where positions agree to 1 m.

        Passes less than 3° above the mask cross it aslant, and all culminations are flat: 5 ms.
        """
        table = passes([micius], awkward_stations)
        (trajectory,) = oem(segment(micius, 0.0, 2 * DAY_S, frame, method, degree))

        ours = passes([trajectory], awkward_stations)

        assert len(ours) == len(table) > 50
        high = table.max_elevation_deg > 13.0
        assert np.abs(ours.rise_s - table.rise_s)[high].max() < 1e-3
        assert np.abs(ours.set_s - table.set_s)[high].max() < 1e-3
        for column in ("rise_s", "set_s", "culmination_s"):
            assert np.abs(getattr(ours, column) - getattr(table, column)).max() < 5e-3
        assert np.abs(ours.max_elevation_deg - table.max_elevation_deg).max() < 1e-3

    def test_a_trajectory_wins_over_elements_within_its_span(self, micius, awkward_stations):
        """Elements half a second late fill the rest.

        A pass across the beginning of the table is seen whole by the elements alone, and one
        that ends 0.2 s before its end by the table: there the elements see it set too late.
        """
        late = replace(micius, epoch=micius.epoch + timedelta(seconds=0.5))
        right, wrong = passes([micius], awkward_stations), passes([late], awkward_stations)
        begin_s = np.sort(right.culmination_s)[len(right) // 4]
        end_s = np.sort(right.set_s)[3 * len(right) // 4] + 0.2
        (trajectory,) = oem(segment(micius, begin_s, end_s))

        mixed = passes([late, trajectory], awkward_stations)

        assert len(mixed) == len(right) == len(wrong)
        inside = (right.rise_s > begin_s) & (right.set_s < end_s)
        assert np.array_equal(mixed.element_set == 1, inside)
        assert np.abs(mixed.rise_s - np.where(inside, right.rise_s, wrong.rise_s)).max() < 5e-3
        assert not mixed.clipped_start[mixed.rise_s > 0.0].any()

    def test_the_newer_of_two_trajectories_wins(self, micius, awkward_stations):
        """An operator's later file replaces the earlier one where it says something."""
        late = replace(micius, epoch=micius.epoch + timedelta(seconds=0.5))
        (old,) = oem(segment(late, 0.0, 2.0 * DAY_S))
        (new,) = oem(segment(micius, 0.0, 1.0 * DAY_S), created="2016-12-19T18:00:00")

        table = passes([old, new], awkward_stations)

        assert np.array_equal(table.element_set == 1, table.set_s < DAY_S - 1.0)
        assert len(table) == len(passes([micius], awkward_stations))

    def test_elements_do_not_add_passes_within_the_span(self, micius, awkward_stations):
        """A pass that only the elements see, in the middle of the span, is none."""
        other = replace(micius, epoch=micius.epoch + timedelta(minutes=40))
        (trajectory,) = oem(segment(micius, 0.2 * DAY_S, 1.8 * DAY_S))

        with pytest.warns(SatqkdWarning, match="its sources disagree by more than their age"):
            table = passes([other, trajectory], awkward_stations)

        inside = (table.rise_s > 0.2 * DAY_S) & (table.set_s < 1.8 * DAY_S)
        assert (table.element_set[inside] == 1).all()

    def test_age_counts_from_when_the_table_was_made(self, micius, xinglong):
        """Half a day before the window begins."""
        table = passes(oem(segment(micius, 0.0, 2.0 * DAY_S)), [xinglong])

        assert table.element_age_s == pytest.approx(table.culmination_s + 0.5 * DAY_S)
