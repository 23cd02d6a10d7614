import pytest

from satqkd.cli.chosen import group, named
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


def test_a_constellation_goes_by_the_name_the_mission_gives_it():
    """All members at once; a word that is also a name means that one alone."""
    names, families = ["W-1 (synthetic)", "W-2 (synthetic)", "SPOQC"], ["W", "W", "SPOQC"]

    assert named(["w"], names, "satellite", families=families) == [True, True, False]
    assert named(["W-2"], names, "satellite", families=families) == [False, True, False]
    assert named(["W"], [*names, "W"], "satellite", families=[*families, "W"]) == [
        False, False, False, True
    ]  # fmt: skip
    with pytest.raises(SatqkdError, match=r"one of W, SPOQC$"):
        named(["V"], names, "satellite", families=families)


@pytest.mark.parametrize("what", ["station", "satellite"])
def test_a_mission_without_any_says_so(what):
    """Rather than offering none to choose from."""
    with pytest.raises(SatqkdError, match=rf"--{what}: the mission has none\n  fix: leave out"):
        named(["Wien"], [], what)
    with pytest.raises(SatqkdError, match=rf"under '{what}s:' in december\.yaml$"):
        named(["Wien"], [], what, file="december.yaml")


@pytest.mark.parametrize(("names", "number"), [([], "none"), (["Graz"], "one")])
def test_together_needs_two_stations(names, number):
    """Rather than offering fewer than two."""
    with pytest.raises(SatqkdError, match=rf"the mission has {number}\n  fix: add stations"):
        group("Graz,Matera", names)
