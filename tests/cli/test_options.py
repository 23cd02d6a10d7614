"""Defaults that the command line repeats are those of the library."""

from __future__ import annotations

import pytest

from satqkd.cli.options import GRAZING_HEIGHT_KM, HIGHEST_GRAZING_KM, grazing_km
from satqkd.errors import SatqkdError
from satqkd.passes.intersatellite import GRAZING_HEIGHT_M


def test_the_grazing_height_of_the_command_is_that_of_the_search():
    """It is written twice, so that help needs no numpy."""
    assert 1e3 * GRAZING_HEIGHT_KM == GRAZING_HEIGHT_M
    assert grazing_km(None, between=False) == GRAZING_HEIGHT_KM


@pytest.mark.parametrize("height", [0.0, 80.0, HIGHEST_GRAZING_KM])
def test_heights_the_search_takes_are_taken(height):
    """Both ends included."""
    assert grazing_km(height, between=True) == height


@pytest.mark.parametrize("height", [-1e-9, 1000.001, float("nan"), float("inf")])
def test_others_are_refused_by_the_name_of_the_option(height):
    """Not by a name inside the program."""
    with pytest.raises(SatqkdError, match=r"^--grazing-height: "):
        grazing_km(height, between=True)
