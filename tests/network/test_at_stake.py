"""What frees a hidden contact frees it, no less does, and bits at stake are those of no limit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.elements.age import timing_uncertainty_s
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.obstacles import NAMES
from satqkd.forecast.stream import Chosen, forecast, stream
from satqkd.mission.avoid import AvoidWindow
from satqkd.network.at_stake import at_stake
from satqkd.network.keeping import Keeping
from satqkd.network.missed import hidden_of
from satqkd.network.plan import plan
from satqkd.passes.station import Outage

ROOT = Path(__file__).parents[2]
DAY_S = 86_400.0
WALL = "[[0 deg, 75 deg], [180 deg, 75 deg]]"
FREE = {
    "limits.min_elevation": "0 deg",
    "limits.max_sun_elevation": "90 deg",
    "limits.max_range": "9000 km",
}
"""Limits of the mission that limit nothing."""
SITE, TERMINAL = "stations.Nanshan", "stations.Nanshan.terminal"
TIGHT = {
    "horizon": (f"{SITE}.horizon", WALL, "[]"),
    "low": ("limits.min_elevation", "65 deg", "0 deg"),
    "daylight": ("limits.max_sun_elevation", "-75 deg", "90 deg"),
    "range": ("limits.max_range", "560 km", "9000 km"),
    "outage": (
        f"{SITE}.outages",
        "[{from: 2016-12-19T12:00:00Z, to: 2016-12-20T12:00:00Z, why: mirror}]",
        "[]",
    ),
    "absent": (
        f"{SITE}.available", "{from: 2016-12-20T12:00:00Z}", "{from: 2016-12-01T00:00:00Z}"
    ),
    "sun": (f"{TERMINAL}.sun_exclusion", "120 deg", "0 deg"),
    "moon": (f"{TERMINAL}.moon_exclusion", "120 deg", "0 deg"),
    "stops": (f"{TERMINAL}.mount", "{min_elevation: 60 deg}", "{}"),
    "keyhole": (
        f"{TERMINAL}.mount",
        "{max_azimuth_rate: 0.02 deg/s, acquisition: 2 s}",
        "{acquisition: 2 s}",
    ),
    "cable": (f"{TERMINAL}.mount", "{azimuth_range: [-5 deg, 20 deg]}", "{}"),
    "acquisition": (f"{TERMINAL}.mount", "{acquisition: 400 s}", "{}"),
}  # fmt: skip
"""By obstacle: a value of the files, where it hides contacts, and where it hides none."""
ALONE = sorted(TIGHT)


@pytest.fixture(scope="module")
def open_sky():
    """Two days of the shipped week, without limits."""
    found = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * DAY_S)
    return changed(found, FREE)


def changed(mission, values):
    for path, value in values.items():
        mission = mission.replace(path, value)
    return mission


def with_limit(mission, name):
    path, tight, _ = TIGHT[name]
    return mission.replace(path, tight)


PATHS = {
    r"(\w+) (\w+) of the mission from \S+(?: km)? to (.+)": "limits.{1}",
    r"(\w+) (\w+_exclusion|mount\.\w+) of (\w+) from \S+(?: s)? to (.+)": (
        "stations.{2}.terminal.{1}"
    ),
}
"""How the sentences are read here, by themselves."""


def applied(mission, sentence):
    """Do to the files what a sentence says."""
    for one in re.split(r" and (?=lower|raise|widen|shorten|lift|have)", sentence):
        mission = _applied_one(mission, one)
    return mission


def _applied_one(mission, one):
    if one.startswith("lift the outage of "):
        name, begin = re.match(r"lift the outage of (\w+) from (\S+)", one).groups()
        (site,) = (g.site for g in mission.stations if g.site.name == name)
        kept = [out for out in site.outages if f"{out.from_:%Y-%m-%dT%H:%M:%SZ}" != begin]
        assert len(kept) < len(site.outages)
        text = ", ".join(f"{{from: {o.from_.isoformat()}, to: {o.to.isoformat()}}}" for o in kept)
        return mission.replace(f"stations.{name}.outages", f"[{text}]")
    if one.startswith("have "):
        name, begin = re.match(r"have (\w+) available from (\S+), not", one).groups()
        return mission.replace(f"stations.{name}.available", f"{{from: {begin}}}")
    for pattern, path in PATHS.items():
        if found := re.fullmatch(pattern, one):
            *words, value = found.groups()
            return mission.replace(path.format(*words), _written(value))
    raise AssertionError(one)


def _written(value):
    low, middle, high = value.partition("…")
    if middle:
        return f"[{low} deg, {high.replace('°', ' deg')}]"
    return value.replace("°/s", " deg/s").replace("°", " deg")


def row_of(found, key):
    return found.contact_key.index(key)


def hidden_rows(found):
    return [row for row, why in enumerate(found.yields.obstacle) if why is not None]


@pytest.mark.parametrize("name", [name for name in ALONE if name != "horizon"])
def test_what_is_said_frees_the_contact_and_a_step_less_does_not(open_sky, name):
    """Sentences are read here and put into the files; one limit, so one change."""
    mission = with_limit(open_sky, name)
    found = forecast(mission)
    rows = hidden_rows(found)
    hidden = hidden_of(found, stakes=True)
    told = [hidden[row] for row in rows]
    assert rows
    assert {one.limit for one in told} == {name}
    assert all(one.change_needed for one in told)

    for row, one in list(zip(rows, told, strict=True))[:2]:
        key = found.contact_key[row]
        after = forecast(applied(mission, one.change_needed))
        assert after.yields.usable_s[row_of(after, key)] > 0.0, one.change_needed
        less = _a_step_less(one.change_needed)
        if less is not None:
            short = forecast(applied(mission, less))
            assert short.yields.usable_s[row_of(short, key)] == 0.0, less


def _a_step_less(sentence):
    """Return the sentence with a value one step nearer to the stated one; None for no number."""
    steps = {"°/s": 0.01, " km": 1.0, " s": 1.0, "°": 0.1}
    if "…" in sentence:
        low, high = re.search(r"to (-?\d+)…(-?\d+)°", sentence).groups()
        return re.sub(r"to \S+$", f"to {int(low) + 1}…{int(high) - 1}°", sentence)
    found = re.search(r"to (-?[\d.]+)(°/s| km| s|°)$", sentence)
    if found is None:
        return None
    value, unit = float(found[1]), found[2]
    step = steps[unit] * (1.0 if sentence.startswith("raise") else -1.0)
    return f"{sentence[: found.start()]}to {round(value - step, 6):g}{unit}"


@pytest.mark.parametrize("name", ALONE)
def test_bits_at_stake_are_those_of_the_mission_without_the_limit(open_sky, name):
    """Beside the forecast of files in which the limit hides nothing; some of it is key."""
    mission = with_limit(open_sky, name)
    found = forecast(mission)
    path, _, without = TIGHT[name]
    free = forecast(mission.replace(path, without))
    stake = hidden_of(found, stakes=True)

    rows = hidden_rows(found)
    there = {
        found.contact_key[row]: int(free.yields.made.bits[row_of(free, found.contact_key[row])])
        for row in rows
    }

    assert there == {found.contact_key[row]: stake[row].bits_at_stake for row in rows}
    assert name == "sun" or max(there.values()) > 0  # while the Sun is up there is none


def test_the_numbers_are_those_of_the_files_and_of_the_series(open_sky):
    """Limit as stated, reached as the table of passes has it."""
    for name, limit, unit in (("low", 65.0, "°"), ("range", 560.0, "km"), ("daylight", -75.0, "°")):
        found = forecast(with_limit(open_sky, name)).with_series(every=True)
        told = hidden_of(found)
        assert {one.limit for one in told} == {name, ""}
        tracks = found.sampled.tracks
        for row in hidden_rows(found):
            here = tracks.pass_slice(row)
            best = {
                "low": tracks.elevation_deg[here].max(),
                "range": tracks.range_m[here].min() / 1e3,
                "daylight": tracks.sun_elevation_deg[here].min(),
            }[name]
            one = told[row]
            assert (one.limit_value, one.limit_unit) == (limit, unit)
            assert one.reached_value == pytest.approx(best, abs=0.01)
            assert one.bits_at_stake is None
            assert not one.change_needed


def test_a_window_to_avoid_is_named_with_what_lifts_it(open_sky):
    """Two windows, of which one covers a pass: that one is to be lifted, the other may stay."""
    free = forecast(open_sky)
    row = int(np.argmax(free.yields.made.bits))
    begin = open_sky.start + timedelta(seconds=float(free.contacts.start_s[row]) - 60.0)
    windows = tuple(
        AvoidWindow(
            from_=begin.replace(microsecond=0), to=begin + timedelta(minutes=length),
            satellite=None, station=None, why=why, line=2,
        )
        for length, why in ((40, "laser clearinghouse"), (2, "aircraft"))
    )  # fmt: skip
    found = forecast(replace(open_sky, avoid=windows))
    told = hidden_of(found, stakes=True)[row]

    assert told.limit == "avoid"
    assert told.bits_at_stake == free.yields.made.bits[row] > 0
    assert told.change_needed.startswith("lift the window to avoid from 2016-12-")
    assert told.change_needed.endswith("(laser clearinghouse)")
    after = forecast(replace(open_sky, avoid=windows[1:]))
    assert after.yields.usable_s[row] > 0.0


@pytest.mark.filterwarnings("ignore::satqkd.errors.StaleElementsWarning")
def test_of_old_elements_it_is_said_how_new_they_have_to_be(open_sky):
    """By the rule of how early or late a pass may come: one day more would be too old."""
    mission = open_sky.replace("start", "2016-06-20T00:00:00Z").replace("duration", "1 d")
    found = forecast(mission)
    told = hidden_of(found, stakes=True)
    orbit = mission.spacecraft[0].satellite.element_sets[0]
    rows = hidden_rows(found)
    assert rows

    for row in rows:
        one = told[row]
        assert one.limit == "uncertain"
        (days,) = re.findall(
            r"elements of Micius at most (\d+) d from the contact", one.change_needed
        )
        length_s = float(found.contacts.end_s[row] - found.contacts.start_s[row])
        enough, too_old = (
            timing_uncertainty_s(
                age_d * DAY_S, period_s=orbit.period_s, eccentricity=orbit.eccentricity
            )
            for age_d in (int(days), int(days) + 1)
        )
        assert enough <= length_s < too_old
        assert one.limit_value == pytest.approx(length_s, abs=1e-6)
        assert one.reached_value > length_s


def test_behind_a_wall_no_value_of_the_files_helps(open_sky):
    """Trees are no setting: what they cost is told, and nothing to do."""
    told = hidden_of(forecast(with_limit(open_sky, "horizon")), stakes=True)
    behind = [one for one in told if one.limit == "horizon"]

    assert behind
    assert not any(one.change_needed for one in behind)
    assert all(one.limit_value == 75.0 > one.reached_value for one in behind)


NUMBERS = ("low", "daylight", "range", "sun", "moon", "stops", "acquisition", "outage")


@settings(max_examples=6)
@given(st.sets(st.sampled_from(NUMBERS), min_size=2, max_size=4), st.integers(0, 10**6))
def test_several_limits_together_are_all_loosened(open_sky, names, which):
    """Any company of limits: what is said frees some contact of those that they hide."""
    mission = open_sky
    mounts = [TIGHT[name][1].strip("{}") for name in ("stops", "acquisition") if name in names]
    for name in sorted(names - {"stops", "acquisition"}):
        mission = with_limit(mission, name)
    if mounts:
        mission = mission.replace(f"{TERMINAL}.mount", f"{{{', '.join(mounts)}}}")
    found = forecast(mission)
    told = hidden_of(found, stakes=True)
    at_it = [row for row in hidden_rows(found) if "nanshan" in found.contact_key[row]]
    rows = at_it or hidden_rows(found)
    row = rows[which % len(rows)]

    one = told[row]
    assert one.limit in names
    after = forecast(applied(mission, one.change_needed))
    assert after.yields.usable_s[row_of(after, found.contact_key[row])] > 0.0, one.change_needed


def test_of_too_many_hidden_contacts_nothing_is_computed(open_sky):
    """The limit and its number stand there all the same."""
    found = forecast(with_limit(open_sky, "range"))
    many = len(hidden_rows(found))
    (none,) = at_stake([found], most=many - 1)
    (every,) = at_stake([found], most=many)

    assert set(none.bits.tolist()) == {-1}
    assert not any(none.change_needed)
    assert np.count_nonzero(every.bits >= 0) == many


@pytest.fixture(scope="module")
def made(open_sky):
    """A plan with the limits of the shipped week."""
    mission = open_sky.replace("limits.max_sun_elevation", "-12 deg")
    return plan(mission.replace("limits.max_range", "1200 km"))


class TestOfPlans:
    def test_pinning_as_said_schedules_what_clashes(self, made):
        """And its bits are its own key."""
        clashing = [row for row, one in enumerate(made.missed) if one.limit == "clash"]
        assert clashing
        for row in clashing[:2]:
            key, one = made.forecast.contact_key[row], made.missed[row]
            assert one.bits_at_stake == made.forecast.yields.made.bits[row]
            assert one.change_needed.startswith(f"pin {key}, in place of micius-")
            pinned = plan(replace(made.mission, pinned=(key,)), stakes=False)
            assert pinned.passes.status[row] == "scheduled"

    def test_only_what_is_not_scheduled_has_something_in_its_way(self, made):
        """Of every pass; rejected ones are named as their reason says."""
        for status, one in zip(made.passes.status, made.missed, strict=True):
            assert (status == "scheduled") == (one.bits_at_stake is None)
            if one.limit in NAMES:
                assert status == "rejected"

    def test_a_changed_mission_agrees(self, made):
        """The plan of the files with the change no longer rejects the contact for the limit."""
        row = next(row for row, one in enumerate(made.missed) if one.limit == "range")
        after = plan(applied(made.mission, made.missed[row].change_needed), stakes=False)

        assert made.passes.limit[row] == "range"
        assert after.passes.limit[row] != "range"
        assert after.passes.usable[row]

    def test_a_ban_is_what_has_to_go_first(self, made):
        """The banned pass keeps its own key as what is at stake."""
        row = int(np.argmax(made.forecast.yields.made.bits))
        key = made.forecast.contact_key[row]
        banned = plan(replace(made.mission, banned=(key,)))

        assert banned.missed[row].limit == "banned"
        assert banned.missed[row].bits_at_stake == made.forecast.yields.made.bits[row]
        assert banned.missed[row].change_needed == f"take {key} from 'banned'"

    def test_what_comes_too_late_is_freed_by_nothing(self, made):
        """Until the afternoon of the second day nothing can be commanded any more."""
        until_s = 1.6 * DAY_S
        kept = plan(made.mission, keeping=Keeping(commanded_s=(until_s,)))
        early = kept.forecast.contacts.start_s <= until_s

        assert {one.limit for one, too in zip(kept.missed, early, strict=True) if too} == {
            "daylight", "range", "late"
        }  # fmt: skip
        for row, one in enumerate(kept.missed):
            if early[row]:
                assert not one.change_needed
                assert one.bits_at_stake == made.forecast.yields.made.bits[row]
            elif one.limit == "range":
                assert one.change_needed


class TestJointContacts:
    """Two arms: either station's limits hide a window, or both together."""

    @staticmethod
    def windows(mission):
        every = range(len(mission.spacecraft))
        chosen = Chosen(satellites=every, stations=(), pairs=mission.together[:1])
        return Forecast.join(list(stream(mission, chosen)))

    def test_the_bits_of_a_window_are_those_without_the_limit(self, node):
        """Hidden by night that is not dark enough, at both; and what is said frees it."""
        dark = node.replace("limits.max_sun_elevation", "-80 deg")
        found, free = (
            self.windows(dark),
            self.windows(node.replace("limits.max_sun_elevation", "90 deg")),
        )
        told = hidden_of(found, stakes=True)
        rows = hidden_rows(found)

        assert {told[row].limit for row in rows} == {"daylight"}
        assert [told[row].bits_at_stake for row in rows] == free.yields.made.bits[rows].tolist()
        assert free.yields.made.bits[rows].max() > 0
        row = max(rows, key=lambda one: told[one].bits_at_stake)
        after = self.windows(applied(dark, told[row].change_needed))
        less = self.windows(applied(dark, _a_step_less(told[row].change_needed)))
        assert after.yields.usable_s[row] > 0.0 == less.yields.usable_s[row]

    def test_of_two_outages_that_never_leave_both_one_has_to_go(self, node):
        """The first half is lost here, the second there."""
        free = self.windows(node)
        row = int(np.argmax(free.yields.made.bits))
        middle_s = 0.5 * float(free.contacts.start_s[row] + free.contacts.end_s[row])
        at = [int(own[row]) for own in free.contacts.stations]
        halves = ((middle_s - 900.0, middle_s + 1.0), (middle_s - 1.0, middle_s + 900.0))
        stations = list(node.stations)
        for place, (begin_s, end_s) in zip(at, halves, strict=True):
            begin, end = (node.start + timedelta(seconds=round(s)) for s in (begin_s, end_s))
            site = replace(stations[place].site, outages=(Outage(from_=begin, to=end),))
            stations[place] = replace(stations[place], site=site)
        found = self.windows(replace(node, stations=tuple(stations)))
        one = hidden_of(found, stakes=True)[row]

        assert found.yields.obstacle[row].sentence.startswith("never usable at both at once")
        assert one.limit == "outage"
        assert one.bits_at_stake == free.yields.made.bits[row] > 0
        name = node.stations[at[0]].site.name
        assert one.change_needed.startswith(f"lift the outage of {name} from ")
        assert " and " not in one.change_needed

    def test_windows_of_a_plan_say_what_is_in_their_way(self, node):
        """Behind the passes, in the order of the windows."""
        found = plan(node)
        own = found.missed[len(found.forecast) :]

        assert len(own) == len(found.windows)
        for limit, status, one in zip(found.windows.limit, found.windows.status, own, strict=True):
            assert one.limit == ("" if status == "scheduled" else limit)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A day of a node that two stations see at once."""
    folder = tmp_path_factory.mktemp("node")
    copy_preset("twin-field-node", folder)
    return load_mission(folder / "mission.yaml", duration_s=DAY_S)
