"""Blocks, settings and availability in a line each."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from satqkd.report.forecast_sum import AvailabilitySums, BlockSums, Pooled, SettingSums
from satqkd.report.not_together import overlapping


def flown(*spans, pair=None, link=None, stations=(), slew_s=0.0):
    """Stand for a forecast of contacts of one satellite with these usable spans."""
    begin, end = (np.array([span[end] for span in spans]) for end in (0, 1))
    return SimpleNamespace(
        pair=pair,
        link=link,
        mission=SimpleNamespace(
            stations=stations,
            spacecraft=[SimpleNamespace(payload=SimpleNamespace(slew_s=slew_s))],
        ),
        contacts=SimpleNamespace(satellite=np.zeros(len(spans), dtype=np.int64)),
        yields=SimpleNamespace(usable_s=end - begin, usable_start_s=begin, usable_end_s=end),
    )


APART = ((0.0, 10.0), (100.0, 110.0), (200.0, 210.0))
PASSES = flown(*APART)
ONE = Pooled(blocks=2, members=7, keyed=1, bits=1_200, separate_bits=1_000)


def keys(*bits, why=None):
    return SimpleNamespace(secure_bits=np.array(bits), why_zero=(why,) * len(bits))


def lines(sums, *parts):
    for part in parts:
        sums.add(part)
    return list(sums.lines())


@pytest.mark.parametrize(
    ("pooled", "told"),
    [
        (
            ONE,
            "2 blocks of 7 windows, 1 with key: pooled 1,200 bit, separately 1,000 bit (+20.0 %)",
        ),
        (replace(ONE, bits=900), "pooled 900 bit, separately 1,000 bit (-10.0 %)"),
        (replace(ONE, separate_bits=0), "pooled 1,200 bit, separately 0 bit"),
        (ONE + ONE, "4 blocks of 14 windows, 2 with key: pooled 2,400 bit, separately 2,000 bit"),
    ],
)
def test_pooling_is_held_against_the_parts(pooled, told):
    """In bits and per cent, where there is anything to compare with."""
    assert told in pooled.line("window", "windows")


class Blocks(SimpleNamespace):
    """Two blocks of three passes, or of windows of a pair."""

    def __len__(self):
        return len(self.members)


def blocks(pair=None, why=None, spans=APART):
    stations = tuple(
        SimpleNamespace(site=SimpleNamespace(name=name)) for name in ("Graz", "Matera")
    )
    return Blocks(
        members=(np.array([0, 2]), np.array([1])),
        keys=keys(300, 0, why=why),
        separate_bits=np.array([200, 0]),
        forecast=flown(*spans, pair=pair, stations=stations),
    )


def test_blocks_are_added_up():
    """Over all satellites and stations of a table, however many parts they come in."""
    told = "2 blocks of 3 passes, 1 with key: pooled 300 bit, separately 200 bit (+50.0 %)"
    twice = "4 blocks of 6 passes, 2 with key: pooled 600 bit, separately 400 bit (+50.0 %)"

    assert lines(BlockSums(), blocks()) == [told]
    assert lines(BlockSums(), blocks(), blocks()) == [twice]


def test_what_one_satellite_cannot_fly_together_is_said():
    """A sum of contacts to choose from is no sum that anybody can have."""
    clashing = ((0.0, 150.0), (100.0, 110.0), (200.0, 210.0))

    *_, said = lines(BlockSums(), blocks(spans=clashing))

    assert said.startswith("2 passes overlap another of the same satellite")


@pytest.mark.parametrize(
    ("spans", "slew_s", "count"),
    [
        (APART, 0.0, 0),
        (APART, 89.0, 0),
        (APART, 91.0, 3),
        (((0.0, 300.0), (10.0, 20.0), (100.0, 110.0)), 0.0, 3),
        (((0.0, 300.0), (300.0, 310.0), (400.0, 400.0)), 0.0, 0),
        (((100.0, 110.0), (0.0, 105.0), (500.0, 510.0)), 0.0, 2),
    ],
)
def test_contacts_of_one_satellite_that_overlap_are_counted(spans, slew_s, count):
    """Each that overlaps any other, turning included; those without a usable second never."""
    assert overlapping(flown(*spans, slew_s=slew_s), np.arange(3)) == count


def test_blocks_of_each_pair_have_their_line_and_say_why_there_is_no_key():
    """Passes are not mixed with them."""
    pair = SimpleNamespace(protocol_name="bbm92", stations=(0, 1))
    found = lines(BlockSums(), blocks(pair, "too few clicks"), blocks())

    assert found[0] == "no key:"
    assert found[1] == "  2 rows: too few clicks (bbm92)"
    assert found[2].startswith("bbm92, Graz and Matera: 2 blocks of 3 windows, 1 with key")
    assert found[3].startswith("2 blocks of 3 passes")
    assert len(found) == 4


def test_settings_are_held_against_those_stated():
    """Before, after, and the gain, however many parts they come in."""

    def found(before, after):
        return SimpleNamespace(
            forecast=PASSES,
            contacts=np.arange(1),
            before_bits=np.array([before]),
            after_bits=np.array([after]),
        )

    one, other = found(0, 100), found(1_000, 1_300)

    assert lines(SettingSums(), one, other) == [
        "2 passes: settings as stated 1,000 bit, optimised 1,400 bit (+40.0 %)"
    ]


@pytest.mark.parametrize(
    ("bits", "told"),
    [
        ((300, 100), "1 pass: usable before the satellite sets 300 of 400 bit (75.0 %)"),
        ((0, 0), "1 pass: usable before the satellite sets 0 of 0 bit"),
    ],
)
def test_what_is_there_in_time_is_counted(bits, told):
    """Blocks whose key is usable before set, of all."""
    found = SimpleNamespace(
        forecast=PASSES,
        contacts=np.arange(1),
        keys=keys(*bits),
        during=np.array([True, False]),
    )

    assert lines(AvailabilitySums(), found) == [told]


def test_windows_end_where_passes_set():
    """The line says which of them it counts."""
    found = SimpleNamespace(
        forecast=SimpleNamespace(pair="two stations", link=None),
        contacts=np.arange(2),
        keys=keys(300, 100),
        during=np.array([True, False]),
    )
    told = "2 windows: usable before they end 300 of 400 bit (75.0 %)"

    assert lines(AvailabilitySums(), found) == [told]
