"""Colours of the pages by arithmetic: every text can be read on what lies behind it."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

TEXT, SHAPE = 4.5, 3.0
"""Least contrast of text and of shapes that mean something (WCAG 2.2, 1.4.3 and 1.4.11)."""


def themes():
    text = (files("satqkd.report.html") / "tokens.css").read_text()
    blocks = re.findall(r"\{([^{}]*--bg[^{}]*)\}", text)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it, of sRGB."""
    parts = [int(colour[n : n + 2], 16) / 255.0 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_that_of_the_standard():
    """Black on white is 21 by definition; #767676 on white the known edge of 4.5."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_there_are_three_blocks_and_the_two_dark_ones_are_alike():
    light, by_system, chosen = themes()
    assert by_system == chosen
    assert light.keys() == chosen.keys()


@pytest.mark.parametrize("theme", themes()[:2])
def test_text_is_read_on_what_lies_behind_it(theme):
    grounds = [theme[name] for name in ("bg", "panel", "soft")]
    for name in ("ink", "muted", "blue-text", "vermilion-text", "orange-text"):
        for ground in grounds:
            assert contrast(theme[name], ground) >= TEXT, (name, ground)
    for ground in ("day", "twilight", "dark"):
        assert contrast(theme["ink"], theme[ground]) >= TEXT


@pytest.mark.parametrize("theme", themes()[:2])
def test_shapes_stand_out(theme):
    """Bars over the day and the night; given-up ones have an edge."""
    for ground in ("bg", "day", "twilight", "dark"):
        assert contrast(theme["blue"], theme[ground]) >= SHAPE, ground
        assert contrast(theme["vermilion"], theme[ground]) >= SHAPE, ground


@pytest.mark.parametrize("theme", themes()[:2])
def test_what_is_in_both_plans_and_the_need_of_a_day_stand_out(theme):
    """Grey bars over the day and the night; lines in the colours of text; halos of the ground."""
    for ground in ("bg", "day", "twilight", "dark"):
        assert contrast(theme["grey"], theme[ground]) >= SHAPE, ground
    for name in ("orange-text", "vermilion-text", "muted", "blue-text"):
        for ground in ("bg", "panel", "dark"):
            assert contrast(theme[name], theme[ground]) >= SHAPE, (name, ground)


@pytest.mark.parametrize("theme", themes()[:2])
def test_causes_of_loss_are_told_apart_by_their_edge(theme):
    """Each area ends in a line that stands out from all of them."""
    for cause in ("beam", "pointing", "air", "receiver", "other"):
        assert contrast(theme["edge"], theme[f"cause-{cause}"]) >= SHAPE, cause
