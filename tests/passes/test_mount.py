"""What a mount loses, against closed forms and against trying everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from satqkd.errors import NonPhysicalError
from satqkd.passes.arcs import Arcs, too_fast
from satqkd.passes.mount import WAYS, Mount, acquired, follow


def overhead(*, nearest_deg, heading_deg=0.0, speed_deg_s=0.8, length_s=300, step_s=1.0):
    """A straight flight over a flat Earth at unit height, culminating ``nearest_deg`` off zenith.

    Azimuth is heading plus the arc tangent of time over the time to cross the miss distance.
    """
    t = np.arange(-length_s, length_s + step_s, step_s)
    along = np.radians(speed_deg_s) * t
    miss = np.tan(np.radians(nearest_deg))
    azimuth = (heading_deg + np.degrees(np.arctan2(miss, along))) % 360.0
    elevation = np.degrees(np.arctan2(1.0, np.hypot(along, miss)))
    return t + length_s, azimuth, elevation


def arcs(*flights):
    """Put flights behind each other, with trapezoid weights."""
    starts = np.concatenate([[0], np.cumsum([f[0].size for f in flights])]).astype(np.int64)
    time_s, azimuth, elevation = (np.concatenate([f[i] for f in flights]) for i in range(3))
    weight = np.concatenate([np.gradient(f[0]) for f in flights])
    weight[starts[:-1]] *= 0.5
    weight[starts[1:] - 1] *= 0.5
    return Arcs(
        starts=starts, time_s=time_s, weight_s=weight, azimuth_deg=azimuth, elevation_deg=elevation
    )


def everything(sky):
    return np.ones(sky.time_s.size, dtype=np.bool_)


def usable_s(mount, sky, wanted=None):
    wanted = everything(sky) if wanted is None else wanted
    seen = follow(mount, sky, wanted=wanted)
    free = wanted & ~seen.stopped & ~seen.slow & ~seen.wound
    held = acquired(sky, free, acquisition_s=mount.acquisition_s)
    return sky.per_pass(np.where(held, sky.weight_s, 0.0))


class TestKeyhole:
    @pytest.mark.parametrize("nearest_deg", [0.3, 1.0, 3.0])
    @pytest.mark.parametrize("limit_deg_s", [1.0, 2.0, 5.0])
    def test_the_gap_is_as_long_as_the_axis_needs_for_the_angle_between(
        self, nearest_deg, limit_deg_s
    ):
        """It keeps up until the rate v d / (d² + v² t²) passes w, then lags until it has caught up.

        A gap that is even about the zenith is longer: the arc tangent flattens on either side.
        """
        sky = arcs(overhead(nearest_deg=nearest_deg, step_s=0.1))
        miss = np.tan(np.radians(nearest_deg))
        rate = np.radians(0.8) / miss

        lost = (
            follow(
                Mount(max_azimuth_rate_deg_s=limit_deg_s), sky, wanted=everything(sky)
            ).slow.sum()
            * 0.1
        )

        if np.degrees(rate) <= limit_deg_s:
            assert lost == 0.0
            return
        keeps_up = np.sqrt(np.degrees(rate) / limit_deg_s - 1.0) / rate

        def behind(gap):
            turned = np.arctan(rate * (gap - keeps_up)) + np.arctan(rate * keeps_up)
            return np.degrees(turned) - limit_deg_s * gap

        gap = brentq(behind, 1.5 * keeps_up, 1_000.0)
        assert lost == pytest.approx(gap, abs=0.35)

    @pytest.mark.parametrize(("nearest_deg", "limit_deg_s"), [(0.3, 2.0), (1.0, 4.0), (1.0, 30.0)])
    @pytest.mark.parametrize("step_s", [1.0, 10.0])
    def test_the_gap_is_sharper_than_the_step(self, nearest_deg, limit_deg_s, step_s):
        """Over all places of the samples so many of them are lost as the gap is long.

        The closed form of the test before; at 30 °/s it lasts 2 s, and no rate between samples
        of 10 s comes to half of the limit.
        """
        miss = np.tan(np.radians(nearest_deg))
        rate = np.radians(0.8) / miss
        keeps_up = np.sqrt(np.degrees(rate) / limit_deg_s - 1.0) / rate

        def behind(gap):
            turned = np.arctan(rate * (gap - keeps_up)) + np.arctan(rate * keeps_up)
            return np.degrees(turned) - limit_deg_s * gap

        gap_s = brentq(behind, 1.5 * keeps_up, 1_000.0)
        lost_s = []
        for place in (np.arange(40) + 0.5) / 40:
            t = np.arange(-300.0 + place * step_s, 300.0, step_s)
            along = np.radians(0.8) * t
            azimuth = np.degrees(np.arctan2(miss, along)) % 360.0
            elevation = np.degrees(np.arctan2(1.0, np.hypot(along, miss)))
            sky = arcs((t + 300.0, azimuth, elevation))
            seen = follow(Mount(max_azimuth_rate_deg_s=limit_deg_s), sky, wanted=everything(sky))
            lost_s.append(seen.slow.sum() * step_s)

        assert np.mean(lost_s) == pytest.approx(gap_s, abs=0.1 * step_s)

    def test_a_pass_through_the_zenith_between_two_samples_is_not_overlooked(self):
        """No sampled rate is high, yet the azimuth has jumped by half a turn."""
        t, azimuth, elevation = overhead(nearest_deg=1e-6)
        sky = arcs((t[1:] - 0.5, azimuth[:-1], elevation[:-1]))

        lost = follow(Mount(max_azimuth_rate_deg_s=2.0), sky, wanted=everything(sky)).slow.sum()

        assert lost == pytest.approx(90.0, abs=2.0)  # half a turn at 2°/s

    def test_nothing_is_lost_of_a_low_pass(self):
        """40° off the zenith the azimuth turns below a degree per second."""
        sky = arcs(overhead(nearest_deg=40.0))

        assert not follow(Mount(max_azimuth_rate_deg_s=2.0), sky, wanted=everything(sky)).slow.any()

    def test_past_the_zenith_the_gap_shrinks(self):
        """A mount that may flip goes straight on and hardly turns in azimuth."""
        sky = arcs(overhead(nearest_deg=0.2))
        mount = Mount(max_azimuth_rate_deg_s=2.0, max_elevation_rate_deg_s=2.0)

        seen = follow(replace(mount, flip=True), sky, wanted=everything(sky))

        assert WAYS[seen.way[0]] in WAYS[2:]
        assert usable_s(replace(mount, flip=True), sky) > usable_s(mount, sky) + 60.0
        assert seen.elevation_deg.max() > 150.0

    def test_what_is_left_can_be_followed(self):
        """From any kept sample to the next kept one the axis is fast enough."""
        sky = arcs(*(overhead(nearest_deg=d, heading_deg=37.0 * d) for d in (0.1, 0.7, 2.0, 5.0)))
        mount = Mount(max_azimuth_rate_deg_s=1.5)
        seen = follow(mount, sky, wanted=everything(sky))

        for begin, end in zip(sky.starts[:-1], sky.starts[1:], strict=True):
            kept = begin + np.flatnonzero(~seen.slow[begin:end])
            turned = np.abs(np.diff(seen.azimuth_deg[kept]))
            assert (turned <= 1.5 * np.diff(sky.time_s[kept]) + 1e-6).all()

    def test_each_pass_is_looked_at_by_itself(self):
        """The jump from one pass to the next is no motion."""
        low = overhead(nearest_deg=60.0)
        turned = (low[0], (low[1] + 180.0) % 360.0, low[2])

        assert not too_fast(
            arcs(low, turned), arcs(low, turned).azimuth_deg, limit_deg_s=5.0
        ).lost.any()

    def test_a_pass_that_begins_at_the_keyhole_is_awaited_behind_it(self):
        """Rather than chased: seconds are lost, not the minute of catching up."""
        t, azimuth, elevation = overhead(nearest_deg=0.3)
        late = arcs((t[298:], azimuth[298:], elevation[298:]))

        lost = follow(Mount(max_azimuth_rate_deg_s=2.0), late, wanted=everything(late)).slow

        assert lost[0]
        assert 3 < lost.sum() < 15

    @given(
        st.lists(st.floats(-20.0, 20.0), min_size=3, max_size=40),
        st.integers(1, 30),
        st.floats(1.0, 8.0),
    )
    def test_whatever_the_way_what_is_left_can_be_followed(self, steps, cut, limit):
        """Two passes of wild turns, several keyholes each, overlapping gaps."""
        angle = np.cumsum(steps)
        size = angle.size
        cut = min(cut, size - 1)
        zero = np.zeros(size)
        sky = Arcs(
            starts=np.array([0, cut, size]), time_s=np.arange(float(size)),
            weight_s=zero, azimuth_deg=zero, elevation_deg=zero,
        )  # fmt: skip

        lost = too_fast(sky, angle, limit_deg_s=limit).lost

        for begin, end in ((0, cut), (cut, size)):
            kept = begin + np.flatnonzero(~lost[begin:end])
            assert (np.abs(np.diff(angle[kept])) <= limit * np.diff(kept) + 1e-6).all()
            assert kept.size > 0


class TestAxes:
    @given(
        st.lists(st.tuples(st.floats(0.01, 70.0), st.floats(0.0, 359.0)), min_size=1, max_size=3),
        st.floats(0.2, 5.0),
        st.floats(0.05, 1.0),
    )
    def test_no_axis_turns_faster_than_it_can(self, flights, azimuth_limit, elevation_limit):
        """Through the keyhole as well; outside of it the axes stand where the satellite does."""
        sky = arcs(*(overhead(nearest_deg=d, heading_deg=h) for d, h in flights))
        mount = Mount(
            max_azimuth_rate_deg_s=azimuth_limit, max_elevation_rate_deg_s=elevation_limit
        )

        seen = follow(mount, sky, wanted=everything(sky))

        inside, step_s = sky.cells(), np.diff(sky.time_s)
        for angle, limit in (
            (seen.azimuth_deg, azimuth_limit),
            (seen.elevation_deg, elevation_limit),
        ):
            assert (np.abs(np.diff(angle)) <= limit * step_s * (1.0 + 1e-6) + 1e-9)[inside].all()
        off = (seen.azimuth_deg - sky.azimuth_deg + 180.0) % 360.0 - 180.0
        assert np.abs(off[~seen.slow]).max(initial=0.0) < 1e-9
        assert np.abs((seen.elevation_deg - sky.elevation_deg)[~seen.slow]).max(initial=0.0) == 0.0

    def test_the_ramp_runs_at_the_limit_and_meets_the_satellite(self):
        """Through the keyhole at 2 °/s, up to what a twentieth of a sample of 1 s leaves."""
        sky = arcs(overhead(nearest_deg=1.0))

        seen = follow(Mount(max_azimuth_rate_deg_s=2.0), sky, wanted=everything(sky))

        gap = np.flatnonzero(seen.slow)
        rates = np.abs(np.diff(seen.azimuth_deg[gap[0] - 1 : gap[-1] + 2]))
        assert gap.size > 10
        assert rates[1:-1] == pytest.approx(rates[1])
        assert 2.0 * (1.0 - 0.1 / gap.size) < rates[1] <= 2.0
        assert (rates[[0, -1]] <= 2.0).all()
        assert np.abs(seen.azimuth_deg - sky.azimuth_deg)[gap].max() > 20.0


class TestCable:
    def test_a_turn_that_fits_is_chosen_before_the_pass(self):
        """From 350° over north to 100°: only a start at −10° stays within ±180°."""
        azimuth = np.linspace(350.0, 460.0, 111) % 360.0
        sky = arcs((np.arange(111.0), azimuth, np.full(111, 45.0)))

        seen = follow(Mount(azimuth_range_deg=(-180.0, 180.0)), sky, wanted=everything(sky))

        assert not seen.wound.any()
        assert seen.azimuth_deg[[0, -1]] == pytest.approx([-10.0, 100.0])

    def test_what_does_not_fit_is_lost_where_it_hurts_least(self):
        """From 100° to 280° within ±200°, or from −260° to −80°: which, what is wanted decides."""
        sky = arcs((np.arange(181.0), np.arange(100.0, 281.0), np.full(181, 45.0)))
        mount = Mount(azimuth_range_deg=(-200.0, 200.0))

        whole = follow(mount, sky, wanted=everything(sky))
        early = follow(mount, sky, wanted=sky.time_s < 50.0)

        assert whole.azimuth_deg[0] == -260.0
        assert np.flatnonzero(whole.wound).tolist() == list(range(60))
        assert early.azimuth_deg[0] == 100.0
        assert np.flatnonzero(early.wound).tolist() == list(range(101, 181))

    def test_the_middle_of_the_cable_is_preferred_where_both_fit(self):
        """10…40° rather than 370…400° or −350…−320°."""
        sky = arcs((np.arange(31.0), np.arange(10.0, 41.0), np.full(31, 45.0)))

        seen = follow(Mount(azimuth_range_deg=(-400.0, 500.0)), sky, wanted=everything(sky))

        assert seen.azimuth_deg[0] == 10.0

    def test_a_range_that_holds_nothing_loses_the_pass(self):
        """Also when no turn brings it near."""
        sky = arcs((np.arange(31.0), np.arange(10.0, 41.0), np.full(31, 45.0)))

        seen = follow(Mount(azimuth_range_deg=(100.0, 200.0)), sky, wanted=everything(sky))

        assert seen.wound.all()


class TestStopsAndAcquisition:
    def test_stops_of_the_elevation_axis_cut_both_ends(self):
        """Below 20° and above 70° nothing is seen."""
        sky = arcs(overhead(nearest_deg=5.0))
        mount = Mount(min_elevation_deg=20.0, max_elevation_deg=70.0)

        seen = follow(mount, sky, wanted=everything(sky))

        kept = sky.elevation_deg[~seen.stopped]
        assert kept.min() >= 20.0
        assert kept.max() <= 70.0
        assert kept.size > 0

    def test_acquisition_is_paid_after_each_interruption(self):
        """Ten seconds at the begin of each free stretch, in every pass anew."""
        sky = arcs(*[(np.arange(100.0), np.zeros(100), np.full(100, 45.0))] * 2)
        free = everything(sky)
        free[40:50] = False

        held = acquired(sky, free, acquisition_s=10.0)

        assert np.flatnonzero(np.diff(held.astype(int), prepend=0) == 1).tolist() == [10, 60, 110]
        assert held.sum() == 30 + 40 + 90

    def test_no_passes_is_no_trouble(self):
        """An empty sky is followed by doing nothing."""
        empty = np.zeros(0)
        sky = Arcs(
            starts=np.zeros(1, dtype=np.int64), time_s=empty, weight_s=empty, azimuth_deg=empty,
            elevation_deg=empty,
        )  # fmt: skip
        mount = Mount(max_azimuth_rate_deg_s=1.0, azimuth_range_deg=(-10.0, 10.0), flip=True)

        assert follow(mount, sky, wanted=np.zeros(0, dtype=np.bool_)).slow.size == 0


LIMITS = {
    "min_elevation_deg": 15.0,
    "max_elevation_deg": 85.0,
    "max_azimuth_rate_deg_s": 3.0,
    "max_elevation_rate_deg_s": 0.6,
    "azimuth_range_deg": (-190.0, 190.0),
    "acquisition_s": 12.0,
}


class TestLaws:
    @given(
        st.sets(st.sampled_from(sorted(LIMITS))),
        st.sampled_from(sorted(LIMITS)),
        st.lists(st.tuples(st.floats(0.01, 70.0), st.floats(0.0, 359.0)), min_size=1, max_size=4),
        st.booleans(),
        st.integers(0, 500),
    )
    def test_one_limit_more_never_adds_usable_time(self, some, more, flights, flip, gap):
        """Pass by pass, whatever else limits it, with or without a gap in what is wanted."""
        sky = arcs(*(overhead(nearest_deg=d, heading_deg=h) for d, h in flights))
        wanted = everything(sky)
        wanted[gap : gap + 60] = False
        few = Mount(**{name: LIMITS[name] for name in some}, flip=flip)
        many = Mount(**{name: LIMITS[name] for name in some | {more}}, flip=flip)

        assert (usable_s(many, sky, wanted) <= usable_s(few, sky, wanted) + 1e-4).all()

    @given(st.floats(0.01, 60.0), st.floats(0.0, 359.0))
    def test_leave_to_flip_never_costs_time(self, nearest, heading):
        """It only adds ways."""
        sky = arcs(overhead(nearest_deg=nearest, heading_deg=heading))
        mount = Mount(**LIMITS)

        freer = replace(mount, flip=True, max_elevation_deg=LIMITS["max_elevation_deg"])
        assert usable_s(freer, sky) >= usable_s(mount, sky) - 1e-4


class TestRefused:
    @pytest.mark.parametrize(
        ("limits", "field"),
        [
            ({"azimuth_range_deg": (270.0, -270.0)}, "azimuth_range_deg"),
            ({"min_elevation_deg": 50.0, "max_elevation_deg": 40.0}, "max_elevation_deg"),
            ({"max_elevation_deg": 120.0}, "max_elevation_deg"),
            ({"max_azimuth_rate_deg_s": 0.0}, "max_azimuth_rate_deg_s"),
            ({"acquisition_s": -1.0}, "acquisition_s"),
        ],
    )
    def test_a_mount_that_cannot_be(self, limits, field):
        """Unordered ranges, an axis past the zenith without flip, no speed, negative time."""
        with pytest.raises(NonPhysicalError) as caught:
            Mount(**limits)

        assert caught.value.field == field

    def test_past_the_zenith_with_flip_is_allowed(self):
        """Then the axis may go up to 180°."""
        assert Mount(max_elevation_deg=170.0, flip=True).max_elevation_deg == 170.0
