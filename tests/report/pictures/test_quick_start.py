"""Matplotlib without its help draws the same."""

from __future__ import annotations

import inspect

from matplotlib.lines import Line2D

from satqkd.report.pictures.quick_start import without_help_texts


def test_only_the_help_of_what_is_loaded_within_is_left_out():
    """Settings are taken and refused as ever; what is loaded later has its help again."""
    with without_help_texts():

        class Within(Line2D):
            """A line."""

    class Behind(Line2D):
        """A line."""

    line = Within([0.0], [0.0])
    line.set(linewidth=3.0)

    assert line.get_linewidth() == 3.0
    assert "linewidth" not in inspect.signature(Within.set).parameters
    assert "linewidth" in inspect.signature(Behind.set).parameters
