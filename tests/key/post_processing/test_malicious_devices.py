from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.key.post_processing.malicious_devices import MaliciousDevices


def test_pooling_gives_up_what_the_corrupted_modules_know():
    """(n - t) N of equal keys, all but the t longest of others, block by block."""
    devices = MaliciousDevices(module_pairs=3, corrupted_pairs=1)

    assert devices.pooled_bits([100, 100, 100]) == 200
    assert devices.pooled_bits([[10, 0], [500, 7], [20, 9]]).tolist() == [30, 7]
    assert devices.pooled_share == pytest.approx(2 / 3)


@pytest.mark.parametrize(("units", "corrupted"), [(1, 0), (4, 1), (5, 1), (7, 2), (10, 3)])
def test_every_group_of_corrupted_units_misses_just_its_share(units, corrupted):
    """C(m, t') shares; each group of t' units knows all but one of them."""
    devices = MaliciousDevices(units=units, corrupted_units=corrupted)
    holders = devices.holders

    assert devices.shares == comb(units, corrupted) == holders.shape[0]
    assert devices.copies == units - corrupted == holders.shape[1]
    for group in combinations(range(units), corrupted):
        missed = ~np.isin(holders, group).any(axis=1)
        assert missed.sum() == 1


def test_honest_copies_are_the_majority():
    """With m = 3t' + 1 just so."""
    for corrupted in (1, 2, 3):
        devices = MaliciousDevices(units=3 * corrupted + 1, corrupted_units=corrupted)

        assert devices.copies == 2 * corrupted + 1


def test_communication_of_four_units():
    """Four shares of three copies: 12 bits leave a module for each of its own."""
    devices = MaliciousDevices(units=4, corrupted_units=1)
    cost = devices.communication(raw_bits=1000, public_bits=100, key_bits=10)

    assert cost.sharing_bits == 12_000
    assert cost.checking_bits == 24_000
    assert cost.announcing_bits == 3600
    assert cost.delivery_bits == 120
    assert cost.random_bits == 3000
    assert cost.total_bits == 39_720


def test_trusted_devices_cost_one_handover():
    """One unit holds the one share and asks nobody."""
    cost = MaliciousDevices().communication(raw_bits=1000, public_bits=100, key_bits=10)

    assert cost.total_bits == 1010
    assert MaliciousDevices().pooled_bits([137]) == 137


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"module_pairs": 2, "corrupted_pairs": 2}, "corrupted_pairs"),
        ({"corrupted_pairs": -1}, "corrupted_pairs"),
        ({"units": 3, "corrupted_units": 1}, "units"),
        ({"units": 4, "corrupted_units": -1}, "corrupted_units"),
    ],
)
def test_too_many_traitors_are_refused(numbers, field):
    """One pair and more than two thirds of the units must be honest."""
    with pytest.raises(NonPhysicalError) as caught:
        MaliciousDevices(**numbers)

    assert caught.value.field == field


def test_keys_of_other_numbers_of_modules_are_refused():
    """Two keys are not those of three pairs."""
    with pytest.raises(NonPhysicalError, match="one row for each of the 3 pairs"):
        MaliciousDevices(module_pairs=3).pooled_bits([1, 2])
