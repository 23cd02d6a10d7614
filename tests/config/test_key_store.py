"""How long key may wait on board, and how much of it, in the files."""

import pytest

STORE = "norad_id: 41731\n    key_store: 2 Mbit"
STOCK = "stock:\n  - {satellite: Micius, station: Nanshan, key: 3 Mbit}\nspare_weight"


def first_demand(work, keys):
    """The files with more keys in the first demand of the mission."""
    return work.replace("weight: 2}", f"weight: 2, {keys}}}")


def test_both_are_read(work):
    """In seconds and bits."""
    mission = first_demand(work.replace("norad_id: 41731", STORE), "max_age: 2 d").load()

    assert mission.demands[0].max_age_s == 172_800.0
    assert mission.spacecraft[0].key_store_bits == 2e6


def test_without_them_key_waits(work):
    """The default."""
    mission = work.load()

    assert mission.spacecraft[0].key_store_bits is None
    assert all(one.max_age_s is None for one in mission.demands)


@pytest.mark.parametrize(
    ("keys", "place", "message"),
    [
        ("max_age: 0 d", "demands[0].max_age", "outside"),
        ("max_age: 2 km", "demands[0].max_age", "is no unit for"),
        ("max_age: 2 d, trusted_relay: false", "demands[0]", "means nothing without trusted_relay"),
    ],
)
def test_slips_in_an_age_are_found_where_they_stand(work, keys, place, message):
    """With the place in the file."""
    findings = first_demand(work, keys).findings()

    assert any(place in str(one) and message in str(one) for one in findings), findings


def test_more_stock_than_a_satellite_can_hold_is_refused(work):
    """Where the stock stands."""
    findings = work.replace("norad_id: 41731", STORE).replace("spare_weight", STOCK).findings()

    assert any("stock[0].key" in str(one) and "key_store" in str(one) for one in findings), findings
