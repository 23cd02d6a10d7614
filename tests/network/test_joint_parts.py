"""Joint contacts flown in part: both arms are cut at once, and what is left of them is counted."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.network.followed_parts import followed_in_part
from satqkd.network.plan import plan, plan_of
from satqkd.network.served import served
from satqkd.schedule.contact_parts import MARGIN_S

AMOUNT_BITS = 1000.0


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    """A day of the shipped node, which two pairs with one station in common see at once."""
    folder = tmp_path_factory.mktemp("node")
    copy_preset("twin-field-node", folder)

    def change(name, changed):
        path = folder / name
        path.write_text(changed(path.read_text(encoding="utf-8")), encoding="utf-8")

    def third_station(text):
        north = text[text.index("- name: Jinan") :].replace("name: Jinan", "name: North")
        return text + "\n" + north.replace("latitude: 36.65 deg", "latitude: 43.9 deg")

    def two_pairs(text):
        start = text.index(
            "  - stations: [Xinglong, Jinan]\n    satellite: Node\n    protocol: mdi"
        )
        end = text.index("demands:")
        text = (
            text[:start]
            + "  - {stations: [Xinglong, North], protocol: twin-field-uplinks.yaml}\n\n"
            + text[end:]
        )
        asked = "trusted_relay: false, at_least: 1 kbit}"
        return text.replace(
            "[Xinglong, Jinan], trusted_relay: false}",
            f"[Xinglong, Jinan], {asked}\n  - {{between: [Xinglong, North], {asked}",
        )

    change("stations.yaml", third_station)
    change("mission.yaml", two_pairs)
    change("uplink-terminal.yaml", lambda text: text.replace("setup: 10 min", "setup: 10 s"))
    change("node-payload.yaml", lambda text: text.replace("slew: 60 s", "slew: 20 s"))
    return load_mission(folder / "mission.yaml", duration_s=86_400.0)


@pytest.fixture(scope="module")
def made(mission):
    return plan(mission, stakes=False)


def usable(found):
    """Row of the one window that is usable, its beginning and its end. [s]"""
    (row,) = np.flatnonzero(found.yields.usable_s > 0.0).tolist()
    return row, float(found.yields.usable_start_s[row]), float(found.yields.usable_end_s[row])


def test_two_pairs_share_a_pass_of_the_node(made):
    """Whole, one of them gets nothing; in part both get what they ask for."""
    whole = plan_of([replace(one, mission=replace(made.mission, in_part=False))
                     for one in made.forecasts])  # fmt: skip

    assert [one.met for one in served(made)] == [True, True]
    assert sorted(one.met for one in served(whole)) == [False, True]
    flown = np.flatnonzero(made.windows.scheduled)
    assert made.windows.in_part[flown].all()
    assert flown.size == 2
    early, late = flown[np.argsort(made.windows.start_s[flown])].tolist()
    between_s = made.windows.start_s[late] - made.windows.end_s[early]
    assert between_s >= made.mission.spacecraft[0].payload.slew_s
    assert re.match(r"cut: Xinglong serves Node \(synthetic\) from ", made.windows.reason[early])
    assert re.match(r"cut: Xinglong serves Node \(synthetic\) until ", made.windows.reason[late])
    whole_bits = np.concatenate([one.yields.keys.secure_bits for one in made.joint])
    for index in (early, late):
        assert 0 < made.windows.planned_bits[index] < 0.8 * whole_bits[index]


def test_they_meet_where_the_lower_ends_of_both_stand_as_high(made):
    """One pair's lower elevation sinks to what that of the other rises to, a turn later."""
    flown = np.flatnonzero(made.windows.scheduled)
    early, late = flown[np.argsort(made.windows.start_s[flown])].tolist()
    every = made.forecast.passes

    def lowest_deg(window, at_s):
        ends = (made.windows.station[window], made.windows.partner[window])
        seen = [
            next(
                index for index in range(len(every))
                if every.station[index] == end and every.rise_s[index] < at_s < every.set_s[index]
            )
            for end in ends
        ]  # fmt: skip
        runs = made.forecast.with_tracks(np.array(seen))
        return min(np.interp(at_s, run.time_s, run.elevation_deg) for run in runs)

    sinks = lowest_deg(early, made.windows.end_s[early])
    rises = lowest_deg(late, made.windows.start_s[late])
    assert sinks == pytest.approx(rises, abs=0.05)


def test_two_parts_of_a_window_are_the_whole(made):
    """Cut anywhere: light of both arms, usable time, and key of both parts pooled."""
    found = made.joint[0]
    row, begin, end = usable(found)
    at_s = begin + 0.41 * (end - begin) + 0.123
    parts = followed_in_part(
        found, np.array([row, row]), start_s=np.array([begin, at_s]), end_s=np.array([at_s, end])
    )
    system = found.yields.systems[int(found.yields.system[row])]
    pooled = system.pooled(parts.yields.collected, [np.array([0, 1])])

    assert parts.yields.usable_s.sum() == pytest.approx(found.yields.usable_s[row])
    assert (parts.yields.usable_s > 0.4 * found.yields.usable_s[row]).all()
    assert parts.yields.usable_end_s[0] == parts.yields.usable_start_s[1] == at_s
    whole_bits = int(found.yields.keys.secure_bits[row])
    assert system.bits_of(pooled)[0] == pytest.approx(whole_bits, rel=1e-5)
    assert 0 < parts.yields.keys.secure_bits.sum() < whole_bits
    whole, halves = found.yields.collected.take(np.array([row])), parts.yields.collected
    for arm, cut in zip(whole.arms, halves.arms, strict=True):
        assert cut.transmittance @ halves.weight_s == pytest.approx(
            # the light is worked out on nodes of its own on each side of the cut, to 1e-5
            arm.transmittance @ whole.weight_s,
            rel=1e-5,
        )


def test_the_whole_window_as_a_part_is_the_whole(made):
    """To the bit."""
    found = made.joint[1]
    row, begin, end = usable(found)
    part = followed_in_part(
        found, np.array([row]), start_s=np.array([begin]), end_s=np.array([end])
    )

    assert part.yields.keys.secure_bits[0] == found.yields.keys.secure_bits[row] > 0


def test_parts_that_meet_keep_more_than_the_gap(made):
    """By the margin for rounded instants."""
    problem = made.problem
    slew_s = made.mission.spacecraft[0].payload.slew_s
    parts = np.flatnonzero(problem.part_of != np.arange(len(problem)))
    between_s = problem.start_s[parts] - problem.end_s[parts][:, np.newaxis] - slew_s
    met = between_s[np.abs(between_s) < 1e-4]

    assert met.size
    assert (met > 0.5 * MARGIN_S).all()
    assert (met < 1.5 * MARGIN_S).all()
