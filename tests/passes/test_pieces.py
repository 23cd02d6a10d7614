"""Polynomials of what a station sees against the same worked out sample by sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.elements.satellite import Satellite
from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import plain_light, shadow_place, sunlit_fraction
from satqkd.passes.find import find_passes
from satqkd.passes.pieces import Scene, cut
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample, sample_times

DAY_S = 86_400.0
SUN_M = np.array([1.3e11, -6e10, 3e10])


def scene(element_sets, stations):
    """Passes of a day and where everything is; a satellite of its own for each element set."""
    timebase = Timebase.starting(element_sets[0].epoch)
    satellites = [
        Satellite(name=str(i), norad_id=i + 1, element_sets=(one,))
        for i, one in enumerate(element_sets)
    ]
    found = find_passes(satellites, stations, timebase, duration_s=DAY_S)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=DAY_S)
    return found.table, Scene.of(found.chains, stations, bodies)


class TestPieces:
    def test_every_instant_is_in_a_piece_of_its_pass(self, micius, awkward_stations):
        """In any order, also at both ends; pieces of a pass meet, and the last ends with it."""
        table, here = scene([micius], awkward_stations)
        owner = np.tile(np.arange(len(table)), 9)
        share = np.repeat(np.linspace(0.0, 1.0, 9), len(table))
        time_s = table.rise_s[owner] + share * (table.set_s - table.rise_s)[owner]

        pieces = cut(table, here)
        found = pieces.of(owner, time_s)

        assert (found >= pieces.starts[owner]).all()
        assert (found < pieces.starts[owner + 1]).all()
        assert (time_s >= pieces.begin_s[found] - 1e-6).all()
        assert (time_s <= (pieces.begin_s + pieces.length_s)[found] + 1e-6).all()
        end_s = pieces.begin_s + pieces.length_s
        assert end_s[pieces.starts[1:] - 1] == pytest.approx(table.set_s)
        assert pieces.begin_s[pieces.starts[:-1]] == pytest.approx(table.rise_s)

    @pytest.mark.parametrize("number", ["41731", "28057", "08195", "23599", "28129", "26900"])
    def test_quintics_follow_the_states(self, orbits, awkward_stations, number):
        """Places to 10 µm, as both are the same polynomial; the rest to 1e-7 of its size.

        Straight lines between minutes, on which Sun and Moon stand, bend by 1e-6 rad.
        """
        table, here = scene([orbits[number]], awkward_stations)
        starts, time_s = sample_times(table.rise_s, table.set_s, step_s=20.0)
        owner = np.repeat(np.arange(len(table)), np.diff(starts))
        seen = cut(table, here).seen(owner, time_s)
        station = np.repeat(table.station, np.diff(starts))
        (chain,) = here.chains.values()
        position, velocity = chain.state(*chain.locate(time_s))
        line = position - here.itrf_m[:, station]
        east, north, up = np.einsum("ijn,jn->in", here.frame[:, :, station], line)
        moon = here.bodies.moon_itrf_m(time_s) - here.itrf_m[:, station]
        moon /= np.linalg.norm(moon, axis=0)
        range_m = np.linalg.norm(line, axis=0)
        along, square = shadow_place(position, here.bodies.sun_itrf_m(time_s))

        assert np.abs(seen.east_m - east).max() < 1e-5 * max(1.0, range_m.max() / 1e6)
        assert np.abs(seen.north_m - north).max() < 1e-5 * max(1.0, range_m.max() / 1e6)
        assert np.abs(seen.up_m - up).max() < 1e-5 * max(1.0, range_m.max() / 1e6)
        turned = np.linalg.norm(np.cross(line, velocity, axis=0), axis=0) / range_m**2
        assert np.abs(seen.turn_rad_s - turned).max() < 1e-6 * turned.max()
        rate_off = (seen.approach_m2_s - np.sum(line * velocity, axis=0)) / range_m
        assert np.abs(rate_off).max() < 1e-2
        assert (
            np.abs(seen.towards_moon_m - np.sum(line * moon, axis=0)).max() < 2e-6 * range_m.max()
        )
        assert np.abs(seen.sunward_m - along).max() < 2e-6 * np.sqrt(square.max())
        assert seen.distance2_m2 == pytest.approx(square, rel=1e-6)

    def test_rows_may_come_in_any_order(self, orbits, awkward_stations):
        """Two satellites, shuffled: each pass keeps its series."""
        table, here = scene([orbits["41731"], orbits["41731"]], awkward_stations)
        order = np.random.default_rng(1).permutation(len(table))

        def series(rows):
            return sample(rows, here.chains, awkward_stations, here.bodies, step_s=5.0)

        ordered, shuffled = series(table), series(table.take(order))

        assert len(np.unique(table.satellite)) == 2
        for new, old in enumerate(order):
            assert shuffled.range_m[shuffled.pass_slice(new)] == pytest.approx(
                ordered.range_m[ordered.pass_slice(int(old))], rel=1e-12
            )

    def test_a_pass_without_duration_has_two_equal_samples(self, micius, xinglong):
        """Rise and set at one instant."""
        table, here = scene([micius], [xinglong])
        one = table.take(np.array([0]))
        one = replace(one, set_s=one.rise_s)

        tracks = sample(one, here.chains, [xinglong], here.bodies, step_s=1.0)

        assert tracks.range_m.size == 2
        assert tracks.range_m[0] == pytest.approx(tracks.range_m[1], abs=1e-3)
        assert tracks.elevation_deg[0] == pytest.approx(10.0, abs=0.01)

    def test_no_passes_have_no_series(self, micius, xinglong):
        """Every column is empty."""
        table, here = scene([micius], [xinglong])

        tracks = sample(
            table.take(np.zeros(0, np.int64)), here.chains, [xinglong], here.bodies, step_s=1.0
        )

        assert len(tracks) == 0
        assert tracks.sunlit.size == 0


class TestPlainLight:
    def test_agrees_with_the_discs_wherever_it_decides(self):
        """Anywhere from 200 km to beyond geosynchronous height; few places are left open."""
        rng = np.random.default_rng(3)
        place = rng.normal(size=(3, 200_000))
        place *= 6.58e6 * 10.0 ** rng.uniform(0.0, 1.0, 200_000) / np.linalg.norm(place, axis=0)
        sun = np.broadcast_to(SUN_M[:, None], place.shape)
        exact = sunlit_fraction(place, sun)

        plain = plain_light(*shadow_place(place, sun))

        told = ~np.isnan(plain)
        assert (plain[told] == exact[told]).all()
        assert 0.01 < (exact[told] == 0.0).mean() < 0.99
        assert ((exact > 0.0) & (exact < 1.0) & told).sum() == 0
        assert told.mean() > 0.9
