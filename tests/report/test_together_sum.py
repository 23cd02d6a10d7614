"""Sums of common windows, and reasons said once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.report.counted import reason_lines
from satqkd.report.together_sum import MOST_LINES, WindowSum, sum_lines

ONE = WindowSum(
    protocol="twin-field-2025",
    stations="Xinglong and Jinan",
    satellites=("Node",),
    windows=17,
    keyed=7,
    bits=1_000,
    block_bits=1_200,
    expected_bits=400,
    why_zero=None,
)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "key in 7 of 17 windows, 1,000 bit added up (400 expected), 1,200 bit as one block"),
        ({"expected_bits": None}, "key in 7 of 17 windows, 1,000 bit added up, 1,200 bit"),
        ({"keyed": 0, "bits": 0}, "no key in 17 windows alone, 1,200 bit as one block"),
        (
            {"keyed": 0, "bits": 0, "block_bits": 0, "why_zero": "no coincidences"},
            "no key in 17 windows, and none as one block: no coincidences",
        ),
        ({"windows": 1, "keyed": 1}, "key in 1 of 1 window, "),
    ],
)
def test_a_line_says_what_the_windows_give(changed, told):
    """Alone, added up, and as one block."""
    (line,) = sum_lines([replace(ONE, **changed)])

    assert line.startswith("twin-field-2025, Node, Xinglong and Jinan: ")
    assert told in line


def test_many_satellites_are_added_up_by_pair_and_protocol():
    """One line a pair: a screen is no list of a constellation."""
    each = [replace(ONE, satellites=(f"Node {n}",)) for n in range(MOST_LINES)]
    other = replace(ONE, protocol="mdi")
    first, second = sum_lines([*each, other])

    assert first.startswith(f"twin-field-2025, {MOST_LINES} satellites, Xinglong and Jinan: ")
    assert "key in 140 of 340 windows, 20,000 bit added up (8,000 expected)" in first
    assert "24,000 bit as a block each satellite" in first
    assert second.startswith("mdi, Node, ")


def test_reasons_are_told_once_with_their_numbers():
    """The commonest first; numbers from least to most; braces are no placeholders."""
    lines = reason_lines(
        ["{odd}", "9 of 1,200 bits", "no light", "10 of 1,200 bits", "2 of 80 bits"]
    )

    assert lines == ["3 rows: 2…10 of 80…1,200 bits", "1 row: {odd}", "1 row: no light"]
