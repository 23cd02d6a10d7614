"""Sources that follow each other are held against each other where one takes over."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.elements.cpf import parse_cpf
from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.elements.tle import parse_tle
from satqkd.elements.tle_layout import checksum
from satqkd.errors import SatqkdWarning
from satqkd.passes.earth import to_itrf
from satqkd.passes.find import chains_of
from satqkd.passes.manoeuvres import used_span_s
from satqkd.passes.neighbours import jumps
from satqkd.passes.source_intervals import source_intervals
from satqkd.passes.timebase import Timebase

START = datetime(2026, 5, 11, tzinfo=UTC)
WINDOW_S = 4 * 86_400.0
ONE = "1 90044U 26012C   26131.00000000  .00000000  00000-0  00000-0 0   10"
TWO = "2 90044  82.1000 210.0000 0010000  80.0000 280.0000 15.20000000  1000"


def put(line, column, text):
    line = line[: column - 1] + text + line[column - 1 + len(text) :]
    return line[:68] + str(checksum(line))


def elements(day, anomaly_deg, *, motion=15.2):
    first = put(ONE, 21, f"{day:012.8f}")
    second = put(put(TWO, 44, f"{anomaly_deg % 360.0:8.4f}"), 53, f"{motion:11.8f}")
    (found,) = parse_tle(f"{first}\n{second}\n", file=f"day{day:g}.tle")
    return found


def carried(one, days):
    """Mean anomaly that a set of the same orbit has some days later, SGP4's rates with it. [°]"""
    rate = float(one.satrec.mdot)
    return math.degrees(float(one.satrec.mo) + rate * days * 1440.0)


def satellite(*sets, tables=()):
    return Satellite(name="Probe", norad_id=90044, element_sets=sets, trajectories=tables)


@pytest.fixture
def timebase():
    return Timebase.starting(START)


class TestElementSets:
    @pytest.mark.parametrize("shift_deg", [-70.0, 1.0, 55.0, 179.0])
    def test_a_jump_has_the_size_it_was_given(self, timebase, shift_deg):
        """By construction: the second set is the first, carried on and shifted."""
        first = elements(131, 280.0)
        node = math.degrees(float(first.satrec.nodedot) * 2 * 1440.0)
        apsis = math.degrees(float(first.satrec.argpdot) * 2 * 1440.0)
        second = elements(133, carried(first, 2) + shift_deg + apsis)

        (jump,) = jumps(satellite(first, second), timebase, duration_s=WINDOW_S)

        assert jump.at_s == pytest.approx(86_400.0)
        assert math.degrees(jump.apart_rad) == pytest.approx(abs(shift_deg), abs=abs(node) + 0.3)
        assert jump.apart_s == pytest.approx(abs(shift_deg) / 360.0 * 86_400.0 / 15.2, abs=60.0)

    def test_sets_that_agree(self, timebase):
        """The node, which the second set leaves where it was, is put right too."""
        first = elements(131, 280.0)
        turned = [float(getattr(first.satrec, rate)) * 1440.0 for rate in ("nodedot", "argpdot")]
        second = elements(132, carried(first, 1))
        line_2 = put(put(TWO, 44, f"{carried(first, 1) % 360.0:8.4f}"), 18,
                     f"{210.0 + math.degrees(turned[0]):8.4f}")  # fmt: skip
        line_2 = put(line_2, 35, f"{80.0 + math.degrees(turned[1]):8.4f}")
        (second,) = parse_tle(f"{put(ONE, 21, '132.00000000')}\n{line_2}\n", file="b.tle")

        assert jumps(satellite(first, second), timebase, duration_s=WINDOW_S) == []

    def test_only_borders_in_the_window_count(self, timebase):
        """A jump last month is no news; one that nobody can see in old elements neither."""
        pair = satellite(elements(131, 280.0), elements(133, 280.0))
        old = satellite(elements(1, 280.0), elements(261, 280.0))

        assert len(jumps(pair, timebase, duration_s=WINDOW_S)) == 1
        assert jumps(pair, timebase, duration_s=80_000.0) == []
        assert jumps(old, timebase, duration_s=WINDOW_S) == []

    def test_it_is_told_with_time_and_size(self, timebase):
        """Where passes are searched for."""
        first = elements(131, 280.0)
        pair = satellite(first, elements(133, carried(first, 2) + 90.0))

        with pytest.warns(SatqkdWarning) as caught:
            chains_of([pair], [0], timebase, duration_s=WINDOW_S)
        (one,) = caught
        assert "Probe: its sources disagree" in str(one.message)
        assert "at 2026-05-12T00:00:00Z day131.tle:1 and day133.tle:1 put it 9" in str(one.message)
        assert "manoeuvre" in str(one.message)


class TestEphemerides:
    def table(self, timebase, flown, *, late_s=0.0):
        """A CPF of where a set puts its satellite, some seconds late."""
        epoch_s = timebase.seconds(flown.epoch)
        times = np.arange(121) * 120.0 + 3_600.0
        motion = propagate(flown, times - epoch_s - late_s)
        places = to_itrf(timebase, times, motion.position_m)
        first, last = (START + timedelta(seconds=float(t)) for t in (times[0], times[-1]))
        text = (
            "H1 CPF 2 ABC 2026 05 10 06 131 01 probe\n"
            f"H2 2601203 1234 90044 {first:%Y %m %d %H %M %S} {last:%Y %m %d %H %M %S} "
            "120 1 1 0 0 0 1\nH9\n"
        )
        for t, (x, y, z) in zip(times, places.T, strict=True):
            day, second = divmod(t, 86_400.0)
            text += f"10 0 {61_171 + int(day)} {second:.6f} 0 {x:.3f} {y:.3f} {z:.3f}\n"
        return parse_cpf(text + "99\n", file="probe.cpf")

    def test_one_that_agrees_with_the_elements(self, timebase):
        """At its begin and at its end."""
        flown = elements(131, 280.0)
        tables = self.table(timebase, flown)

        assert jumps(satellite(flown, tables=tables), timebase, duration_s=WINDOW_S) == []

    @pytest.mark.parametrize("late_s", [3.0, 76.0])
    def test_one_that_comes_late(self, timebase, late_s):
        """By as much as it was made to, at both ends; the way over the turning Earth is shorter."""
        flown = elements(131, 280.0)
        tables = self.table(timebase, flown, late_s=late_s)

        found = jumps(satellite(flown, tables=tables), timebase, duration_s=WINDOW_S)

        assert [round(jump.at_s) for jump in found] == [3_600, 18_000]
        assert [jump.apart_s for jump in found] == pytest.approx([late_s] * 2, rel=0.02)

    def test_a_newer_table_inside_an_older_one(self, timebase):
        """The newer one is used; where it takes over the older one is looked at."""
        flown = elements(131, 280.0)
        (older,) = self.table(timebase, flown)
        (newer,) = self.table(timebase, flown, late_s=20.0)
        segment = newer.segments[0]
        usable = replace(segment.usable, second_s=np.array([7_200.0, 10_800.0]))
        inner = replace(newer, segments=(replace(segment, usable=usable),))

        found = jumps(satellite(tables=(older, inner)), timebase, duration_s=WINDOW_S)

        assert [round(jump.at_s) for jump in found] == [7_200, 10_800]

    def test_none_is_used_after_a_manoeuvre_it_was_made_before(self, timebase):
        """One made after it is used whole: it says how the satellite came there."""
        flown = elements(131, 280.0)
        (table,) = self.table(timebase, flown, late_s=76.0)
        burn = START + timedelta(seconds=10_000)
        moved = Manoeuvre(from_=burn, to=burn)
        made_before = replace(satellite(flown, tables=(table,)), manoeuvres=(moved,))
        made_after = replace(
            made_before, trajectories=(replace(table, epoch=burn + timedelta(hours=1)),)
        )

        assert used_span_s(made_before, 0, timebase) == (3_600.0, 10_000.0)
        assert used_span_s(made_after, 0, timebase) == (3_600.0, 18_000.0)
        assert (1, 3_600.0, 10_000.0) in source_intervals(made_before, timebase, WINDOW_S)
        found = jumps(made_before, timebase, duration_s=WINDOW_S)
        assert [round(jump.at_s) for jump in found] == [3_600, 10_000]
        assert jumps(made_after, timebase, duration_s=WINDOW_S) == []
