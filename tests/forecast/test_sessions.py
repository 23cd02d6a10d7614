"""Terrestrial links as contacts: sessions, blocks of them, settings, and when key can be used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.availability import availability
from satqkd.forecast.key_blocks import key_blocks
from satqkd.forecast.settings import optimised
from satqkd.forecast.stream import Chosen, stream
from satqkd.forecast.terrestrial import follow_session, terrestrial_links
from satqkd.key.post_processing.throughput import PostProcessing
from satqkd.link.beam.pointing import StatedPointing
from satqkd.mission.distillation import Distillation
from satqkd.report.export.frames import to_frame

HOUR_S, DAY_S = 3_600.0, 86_400.0


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ground")
    copy_preset("ground-links", folder)
    return load_mission(folder / "mission.yaml", folder / "stations.yaml")


def of(mission, name):
    (found,) = (
        one for one in stream(mission, Chosen.over_ground(mission)) if one.link.name == name
    )
    return found


@pytest.mark.parametrize("name", ["Quantum dot", "Twin-field", "MDI through air", "Chip MDI"])
def test_a_whole_session_is_what_link_shows(mission, name):
    """The same light through the same system, to the bit."""
    found = of(mission, name)
    alone = follow_session(found.link)

    assert found.contacts.start_s[0] == 0.0
    assert found.yields.keys.secure_bits[0] == alone.key.secure_bits[0] > 0
    assert found.yields.light.loss_mean_db[:, 0] == pytest.approx(alone.loss_db, abs=1e-9)


def test_sessions_fill_the_window_and_the_last_is_cut(mission):
    """49,359 s, then what is left of a day; each has a name of its own."""
    found = of(mission, "Twin-field")

    assert found.contacts.start_s.tolist() == [0.0, 49_359.0]
    assert found.contacts.end_s.tolist() == [49_359.0, DAY_S]
    assert found.contacts.clipped_end.tolist() == [False, True]
    assert found.contact_key == ("twin-field-20250101T0000", "twin-field-20250101T1342")
    assert found.yields.usable_s.sum() == DAY_S
    assert of(replace(mission, duration_s=60.0), "Chip MDI").contacts.end_s.tolist() == [60.0]


def test_nothing_flies_in_the_selection(mission):
    """One forecast a link, none of passes; pairs alone on request."""
    every = [one.link.name for one in stream(mission, Chosen.over_ground(mission))]
    pairs = [link.name for link in terrestrial_links(mission, alone=False)]

    assert every == ["Quantum dot", *pairs]
    assert pairs == ["Twin-field", "MDI through air", "Chip MDI"]


def test_blocks_pool_sessions(mission):
    """A week of hours pays for its statistics once; a block a session is the session."""
    found = of(replace(mission, duration_s=8.0 * DAY_S), "Chip MDI")
    week, apart, nights = (key_blocks(found, span) for span in ("week", "pass", "night"))

    assert [own.size for own in week.members] == [168, 24]
    assert (week.keys.secure_bits > week.separate_bits).all()
    assert (apart.keys.secure_bits == found.yields.keys.secure_bits).all()
    assert [own.size for own in nights.members] == [12, *[24] * 7, 12]


def test_a_stated_range_is_one_of_blocks_too(mission):
    """Each session a block has its own low and high; without a range there is none."""
    pointing = StatedPointing(loss_db=1.0, loss_range_db=(0.0, 3.0))
    roofs = next(link for link in mission.links if link.name == "Quantum dot")
    unsure = replace(roofs, transmitter=replace(roofs.transmitter, pointing=pointing))
    found = of(replace(mission, links=(unsure,)), "Quantum dot")
    apart, week = (key_blocks(found, span) for span in ("pass", "week"))

    assert apart.ranged.all()
    assert (apart.keys_low.secure_bits == found.yields.keys_low.secure_bits).all()
    assert (apart.keys_high.secure_bits == found.yields.keys_high.secure_bits).all()
    assert week.keys_low.secure_bits < week.keys.secure_bits < week.keys_high.secure_bits
    assert not key_blocks(of(mission, "Quantum dot"), "week").ranged.any()


def test_settings_leave_no_less(mission):
    """One for a link, or one a session: alike, since its sessions are."""
    found = of(replace(mission, duration_s=2.0 * HOUR_S), "Chip MDI")
    shared, each = optimised(found, "satellite"), optimised(found, "pass")

    assert (shared.after_bits > shared.before_bits).all()
    assert len(set(shared.sources)) == 1
    assert each.after_bits.tolist() == shared.after_bits.tolist()
    assert shared.sent[0].intensities[0] == pytest.approx(0.46, abs=0.05)


def test_key_is_there_some_rounds_after_the_session(mission):
    """No satellite is waited for, whatever 'distillation' says of one."""
    later = Distillation(after_contact_s=DAY_S, stop_before_set_s=600.0)
    for told in (mission, replace(mission, distillation=later)):
        found = availability(of(told, "Quantum dot"))
        ends = found.forecast.contacts.end_s
        assert found.usable_s == pytest.approx(ends + 0.3)
        assert not found.up_bits.any()
        assert not found.down_bits.any()


def test_sessions_are_divided_where_distillation_says_how(mission):
    """Blocks close within the session, in order; together they bring what it sifts."""
    cut = replace(
        mission,
        duration_s=HOUR_S,
        distillation=Distillation(after_contact_s=0.0, block_sifted_bits=1e8),
    )
    whole, found = of(cut, "Quantum dot"), availability(of(cut, "Quantum dot"))

    assert np.diff(found.starts).tolist() == [7]
    assert (np.diff(found.filled_s) > 0.0).all()
    assert found.filled_s[-1] == pytest.approx(HOUR_S)
    assert found.keys.sifted_bits.sum() == pytest.approx(whole.yields.keys.sifted_bits[0], rel=1e-9)


def test_slow_computers_fall_behind_from_session_to_session(mission):
    """Half as fast as bits are sifted: each hour takes two, and the queue grows."""
    found = of(replace(mission, duration_s=3.0 * HOUR_S), "Quantum dot")
    sifted_hz = found.yields.keys.sifted_bits[0] / HOUR_S
    slow = replace(
        found,
        systems=replace(found.link, post_processing=PostProcessing(sifted_rate_hz=sifted_hz / 2)),
    )

    late_s = availability(slow).usable_s - found.contacts.end_s
    assert late_s == pytest.approx([7_200.3, 10_800.3, 14_400.3])


def test_a_notebook_gets_a_frame_of_each(mission):
    """One row a session, or block, under the name of the link."""
    found = of(mission, "Twin-field")
    for result in (found, key_blocks(found, "pass"), optimised(found, "pass"), availability(found)):
        frame = to_frame(result)
        assert frame["link"].tolist() == ["Twin-field"] * 2
        assert (frame["secure_bits"] > 0).all()
