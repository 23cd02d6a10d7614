import pytest

from satqkd.cli.tables import named
from satqkd.errors import SatqkdError


def test_a_satellite_goes_by_its_number_too():
    """Name in any case, or catalogue number."""
    names, numbers = ["Micius", "SPOQC"], ["41731", "68423"]

    assert named(["41731"], names, "satellite", or_by=numbers) == [True, False]
    assert named(["micius", "68423"], names, "satellite", or_by=numbers) == [True, True]


def test_the_names_to_write_are_told_once():
    """However often a name is there."""
    with pytest.raises(SatqkdError, match=r"one of Graz, Matera$"):
        named(["Wien"], ["Graz", "Matera", "Graz"], "station")
