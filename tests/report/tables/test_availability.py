"""When key can be used, as tables and a picture."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from satqkd.forecast.availability import availability
from satqkd.mission.distillation import Distillation
from satqkd.report.export.csv import to_csv
from satqkd.report.pictures.style import png
from satqkd.report.tables.availability import (
    AVAILABILITY_COLUMNS,
    AVAILABILITY_SCREEN,
    KEY_OVER_TIME_COLUMNS,
    key_over_time,
)


@pytest.fixture(scope="module")
def found(jinan):
    return availability(jinan)


def rows(columns, source):
    return list(csv.DictReader(io.StringIO(to_csv(columns, source))))


def test_the_screen_shows_columns_of_the_table():
    """None twice, none invented."""
    names = [column.name for column in AVAILABILITY_COLUMNS]

    assert len(set(names)) == len(names)
    assert set(AVAILABILITY_SCREEN) <= set(names)


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

    def test_no_pass_is_an_empty_table(self, jinan):
        """Headings and nothing else."""
        none = availability(jinan, wanted=np.zeros(len(jinan), dtype=np.bool_))

        assert rows(AVAILABILITY_COLUMNS, none) == rows(KEY_OVER_TIME_COLUMNS, none) == []


class TestPicture:
    def best(self, jinan):
        return int(np.argmax(jinan.yields.keys.secure_bits))

    def test_curves_end_at_the_key_of_the_table(self, found, jinan):
        """Gathered and usable, both in the picture's unit."""
        index = self.best(jinan)
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
    def test_the_title_says_how_much_is_there(self, jinan, how, title):
        """None, some or all before the satellite sets."""
        mission = replace(jinan.mission, distillation=Distillation(**how))
        found = availability(replace(jinan, mission=mission))
        figure = key_over_time(found, index=self.best(jinan))

        assert title in figure.texts[0].get_text()
        assert png(figure).startswith(b"\x89PNG")

    def test_a_pass_without_key_says_why(self, found):
        """Instead of empty axes."""
        made = found.per_contact(found.keys.secure_bits)
        poor = int(found.contacts[int(np.argmin(made))])

        figure = key_over_time(found, index=poor)

        assert made.min() == 0
        assert any("No block leaves key" in text.get_text() for text in figure.texts)
