"""Tables and pictures of blocks, settings, and the time when key can be used."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from satqkd.forecast.blocks import blocks
from satqkd.forecast.optimised import optimised

from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.availability import availability
from satqkd.forecast.forecast import forecast
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.mission.distillation import Distillation
from satqkd.report.export.csv import to_csv
from satqkd.report.pictures.style import png
from satqkd.report.tables.availability import (
    AVAILABILITY_COLUMNS,
    AVAILABILITY_SCREEN,
    KEY_OVER_TIME_COLUMNS,
    key_over_time,
)
from satqkd.report.tables.key_blocks import BLOCK_COLUMNS, BLOCK_SCREEN
from satqkd.report.tables.settings import OPTIMISED_COLUMNS, OPTIMISED_SCREEN

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jinan")
    copy_preset("jinan-1-constellation", folder)
    whole = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return forecast(
        replace(whole, duration_s=DAY_S, spacecraft=whole.spacecraft[:2], clocks=(), demands=())
    )


@pytest.fixture(scope="module")
def found(expected):
    return availability(expected)


def rows(columns, source):
    return list(csv.DictReader(io.StringIO(to_csv(columns, source))))


@pytest.mark.parametrize(
    ("columns", "screen"),
    [
        (BLOCK_COLUMNS, BLOCK_SCREEN),
        (OPTIMISED_COLUMNS, OPTIMISED_SCREEN),
        (AVAILABILITY_COLUMNS, AVAILABILITY_SCREEN),
    ],
)
def test_the_screen_shows_columns_of_the_table(columns, screen):
    """None twice, none invented."""
    names = [column.name for column in columns]

    assert len(set(names)) == len(names)
    assert set(screen) <= set(names)


class TestBlocks:
    def test_an_unfinished_block_has_neither_gain_nor_time(self, expected):
        """There will be key of it after the window, if at all."""
        table = rows(BLOCK_COLUMNS, blocks(expected, 1e12))

        assert table
        for row in table:
            assert row["secure_bits"] == "0"
            assert row["available_utc"] == row["gain"] == row["gain_bits"] == row["wait_h"] == ""
            assert "sifted bits when the window ends" in row["reason"]

    def test_gain_is_the_block_against_its_passes(self, expected):
        """Bits and share."""
        for row in rows(BLOCK_COLUMNS, blocks(expected, "night")):
            pooled, apart = int(row["secure_bits"]), int(row["separate_bits"])
            assert int(row["gain_bits"]) == pooled - apart
            assert int(row["passes"]) == len(row["pass_ids"].split())
            if apart:
                assert float(row["gain"]) == pytest.approx(pooled / apart - 1.0, abs=1e-4)


def test_settings_add_up(expected):
    """Probabilities are shares of one, as far as they are shown."""
    for row in rows(OPTIMISED_COLUMNS, optimised(expected, "pass")):
        total = sum(float(row[name]) for name in ("p_signal", "p_decoy", "p_weakest"))
        assert total == pytest.approx(1.0, abs=2e-4)
        assert int(row["gain_bits"]) >= 0


def test_a_dimmed_source_has_no_decoys_to_tell(expected):
    """Its one intensity stands under signal, and is always sent."""
    dot = SinglePhotonSource(
        pulse_rate_hz=1e9, brightness=0.7, g2=3e-4, p_key_basis=0.5, intrinsic_error=0.01
    )
    mission = expected.mission
    crafts = [replace(c, payload=replace(c.payload, source=dot)) for c in mission.spacecraft]
    told = forecast(replace(mission, spacecraft=tuple(crafts), protocol=SinglePhotonBB84()))

    for row in rows(OPTIMISED_COLUMNS, optimised(told, "pass")):
        assert 0.0 < float(row["signal"]) <= 0.7
        assert float(row["p_signal"]) == 1.0
        assert not any(row[name] for name in ("decoy", "weakest", "p_decoy", "p_weakest"))


class TestAvailability:
    def test_passes_are_sums_of_their_blocks(self, found):
        """Both tables say the same."""
        each = rows(KEY_OVER_TIME_COLUMNS, found)
        for row in rows(AVAILABILITY_COLUMNS, found):
            own = [one for one in each if one["pass_id"] == row["pass_id"]]
            keyed = [one for one in own if int(one["secure_bits"])]
            assert len(own) == int(row["blocks"])
            assert int(own[-1]["cumulative_bits"]) == int(row["secure_bits"])
            assert row["first_usable_utc"] == (keyed[0]["usable_utc"] if keyed else "")
            assert row["all_usable_utc"] == (keyed[-1]["usable_utc"] if keyed else "")

    def test_no_pass_is_an_empty_table(self, expected):
        """Headings and nothing else."""
        none = availability(expected, wanted=np.zeros(len(expected.passes), dtype=np.bool_))

        assert rows(AVAILABILITY_COLUMNS, none) == rows(KEY_OVER_TIME_COLUMNS, none) == []


class TestPicture:
    def best(self, expected):
        return int(np.argmax(expected.keys.secure_bits))

    def test_curves_end_at_the_key_of_the_table(self, found, expected):
        """Gathered and usable, both in the picture's unit."""
        index = self.best(expected)
        part = found.blocks_of(index)
        made, during = found.keys.secure_bits[part], found.during[part]
        (axes,) = key_over_time(found, index=index).axes

        ends = sorted(
            line.get_ydata()[-1] for line in axes.get_lines() if len(line.get_xdata()) > 2
        )
        wanted = sorted([made.sum() / 1e3, made[during].sum() / 1e3])
        assert ends == pytest.approx(wanted)

    @pytest.mark.parametrize(
        ("how", "title"),
        [
            ({"after_contact_s": 3600.0}, "None of the"),
            (
                {
                    "after_contact_s": 3600.0,
                    "uplink_rate_bit_s": 1e6,
                    "downlink_rate_bit_s": 1e6,
                    "block_sifted_bits": 5e5,
                },
                " of key can be used before",
            ),
        ],
    )
    def test_the_title_says_how_much_is_there(self, expected, how, title):
        """None, some or all before the satellite sets."""
        mission = replace(expected.mission, distillation=Distillation(**how))
        found = availability(replace(expected, mission=mission))
        figure = key_over_time(found, index=self.best(expected))

        assert title in figure.texts[0].get_text()
        assert png(figure).startswith(b"\x89PNG")

    def test_a_pass_without_key_says_why(self, found):
        """Instead of empty axes."""
        made = found.per_pass(found.keys.secure_bits)
        poor = int(found.passes[int(np.argmin(made))])

        figure = key_over_time(found, index=poor)

        assert made.min() == 0
        assert any("No block leaves key" in text.get_text() for text in figure.texts)
