"""Rates against loss as tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from satqkd.report.export.csv import to_csv
from satqkd.report.export.terminal import to_terminal
from satqkd.report.tables.rates import (
    conditions_text,
    published_of,
    rate_columns,
    rates_json,
    reach_lines,
    screen_columns,
)
from satqkd.study.published_rates import PUBLISHED_RATES
from satqkd.study.rate_conditions import RateConditions
from satqkd.study.rates import PROTOCOLS, rate_curves

DOCS = Path(__file__).parents[3] / "docs" / "rates.md"
NAMES = ("bb84-two-decoys", "twin-field-cal")


@pytest.fixture(scope="module")
def curves():
    """Two protocols every 10 dB, one of which ends on the way."""
    return rate_curves(np.arange(0.0, 81.0, 10.0), names=NAMES, conditions=RateConditions())


def test_numbers_are_full_and_what_is_boundless_is_empty(curves):
    """CSV that reads back to the digit."""
    header, first, *rows = to_csv(rate_columns(NAMES), curves).splitlines()

    assert header == "loss_db,plob_bound,tgw_bound,node_bound,bb84_two_decoys,twin_field_cal"
    assert first.startswith("0.000,,,,")
    assert [float(row.split(",")[5]) for row in rows] == curves.rates["twin-field-cal"][1:].tolist()


def test_the_screen_shows_three_digits_and_a_dash_for_no_key(curves):
    """Of every protocol and bound, as wide as a terminal."""
    text = to_terminal(screen_columns(NAMES), curves, width=100)

    assert "1.44e-04" in text
    assert text.splitlines()[-2].split()[4:] == ["–", "8.60e-07"]


def test_reach_and_crossing_are_said(curves):
    """The reach in decibels of the table's own losses, the crossing between them."""
    assert reach_lines(curves) == [
        "bb84-two-decoys: key up to 50 dB",
        "twin-field-cal: key at 80 dB and beyond, above the PLOB bound from 36.7 dB",
    ]


def test_no_key_anywhere_is_said():
    """Instead of a reach."""
    curves = rate_curves(np.array([70.0]), names=["bb84-no-decoy"], conditions=RateConditions())

    assert reach_lines(curves) == ["bb84-no-decoy: no key at any of these losses"]


def test_all_conditions_are_said():
    """Whether asymptotic or not."""
    asymptotic = conditions_text(RateConditions(misalignment=0.02))
    block = conditions_text(RateConditions(block_pulses=1e12))

    for words in ("80 %", "4e-08", "2 %", "f = 1.16", "asymptotic"):
        assert words in asymptotic
    for words in ("1.5 %", "blocks of 1e+12 pulses", "ε_sec 1e-10", "ε_cor 1e-15"):
        assert words in block


def test_json_holds_conditions_rates_and_points(curves):
    """Points of the protocols shown, within the losses shown."""
    told = json.loads(rates_json(curves))

    assert told["conditions"]["block_pulses"] is None
    assert told["beats_plob_from_db"] == {"bb84-two-decoys": None, "twin-field-cal": 36.735}
    assert told["rates"][0]["plob_bound"] is None
    assert [point["label"] for point in told["published"]] == ["Micius, pass of 2016-12-19"]


def test_points_beyond_the_losses_are_left_out():
    """They would lie beside the axes."""
    curves = rate_curves(
        np.array([0.0, 20.0]), names=["bb84-one-decoy", "mdi"], conditions=RateConditions()
    )

    assert [point.loss_db for point in published_of(curves)] == [2.2]


def test_the_documentation_lists_every_protocol_and_every_point():
    """With the same figures and citations."""
    text = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*?) \|$", text, re.MULTILINE)

    for name in PROTOCOLS:
        assert f"`{name}`" in text
    for point in PUBLISHED_RATES:
        row = " | ".join(
            (
                point.label,
                f"{point.loss_db:g}",
                f"{point.bits_per_use:.3g}",
                f"{point.rate_from}; loss {point.loss_from}",
                point.cite,
            )
        )
        assert row in rows
