"""Bus, rest and radio time in the files."""

import pytest

BUS = (
    "norad_id: 41731\n    bus: {battery: 40 Wh, depth_of_discharge: 30 %, generation: 30 W, "
    "base_load: 12 W, payload_power: 45 W, lead: 2 min}"
)
RULES = """\
rules:
  - {model: rest, satellite: Micius, at_least: 20 min}
  - {model: rest, station: Nanshan, at_least: 1 h}
  - {model: downlink, satellite: Micius, rate: 2 Mbit/s, bits_per_sifted: 4, at_most: 20 min}
spare_weight"""


def test_a_bus_is_read_in_joule_and_watt(work):
    """Of the satellite, beside its payload."""
    bus = work.replace("norad_id: 41731", BUS).load().spacecraft[0].bus

    assert (bus.battery_j, bus.depth_of_discharge) == (144_000.0, 0.3)
    assert (bus.generation_w, bus.base_load_w, bus.payload_power_w) == (30.0, 12.0, 45.0)
    assert bus.lead_s == 120.0


def test_without_one_energy_limits_nothing(work):
    """The default."""
    assert work.load().spacecraft[0].bus is None


def test_rules_of_rest_and_radio_are_read(work):
    """In their order, with their units."""
    first, second, third = work.replace("spare_weight", RULES).load().rules

    assert (first.satellite, first.station, first.at_least_s) == ("Micius", None, 1200.0)
    assert (second.satellite, second.station, second.at_least_s) == (None, "Nanshan", 3600.0)
    assert (third.rate_bit_s, third.bits_per_sifted, third.at_most_s) == (2e6, 4.0, 1200.0)
    assert third.each == "day"


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("battery: 40 Wh", "battery: 40 W", "satellites[0].bus.battery", "is no unit for"),
        ("battery: 40 Wh", "batery: 40 Wh", "satellites[0].bus.batery", "no such key here"),
        (
            "depth_of_discharge: 30 %",
            "depth_of_discharge: 130 %",
            "satellites[0].bus.depth_of_discharge",
            "outside",
        ),
        (", base_load: 12 W", "", "satellites[0].bus.base_load", "missing"),
        ("base_load: 12 W", "base_load: -2 W", "satellites[0].bus.base_load", "outside"),
    ],
)
def test_slips_in_a_bus_are_found_where_they_stand(work, old, new, place, message):
    """Its keys have no default but the lead."""
    findings = work.replace("norad_id: 41731", BUS).replace(old, new).findings()

    assert any(place in str(one) and message in str(one) for one in findings), findings


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rest, satellite: Micius,", "rest,", "rules[0].station: is missing, and so is satellite"),
        (
            "rest, station",
            "rest, satellite: Micius, station",
            "rules[1].station: stands beside satellite",
        ),
        ("rest, satellite: Micius", "rest, satellite: Micus", "there is no satellite 'Micus'"),
        ("Nanshan, at", "Nansha, at", "there is no station 'Nansha'"),
        ("sifted: 4", "sifted: 0", "rules[2].bits_per_sifted"),
        ("rate: 2 Mbit/s", "rate: 2 Mbit", "rules[2].rate"),
        ("at_most: 20 min}", "at_most: 20 min, each: night}", "'night' is not known here"),
    ],
)
def test_slips_in_rules_are_found_where_they_stand(work, old, new, message):
    """As of the rules before."""
    found = work.replace("spare_weight", RULES).replace(old, new).findings()

    assert any(message in str(one) for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ("rest, satellite: Micius,", "rest,", "add it"),
        ("rest, station", "rest, satellite: Micius, station", "remove one of the two"),
    ],
)
def test_a_rest_of_nobody_or_of_two_says_how_to_mend_it(work, old, new, fix):
    """Not to correct a value that nobody wrote."""
    (found,) = work.replace("spare_weight", RULES).replace(old, new).findings()

    assert str(found).endswith(f"fix: {fix}")
