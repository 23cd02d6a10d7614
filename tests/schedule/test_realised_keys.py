"""Keys of blocks, realisation by realisation, against a block at a time."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from block_cases import SHAPES, random_case

from satqkd.schedule import realised_keys
from satqkd.schedule.realised import realise
from satqkd.schedule.realised_keys import RealisedKeys


@pytest.mark.parametrize("shape", SHAPES)
def test_keys_are_those_of_what_succeeded(shape):
    """As the problem makes them of the contacts that are left, one realisation after another."""
    made = 0.0
    for seed in range(12):
        problem = random_case(shape, seed).problem()
        rng = np.random.default_rng(seed)
        chosen = rng.random(len(problem)) < 0.9
        succeeds = rng.random((40, len(problem))) < 0.7
        wanted = np.array([problem.block_bits(chosen & sky) for sky in succeeds])
        keys = RealisedKeys.of(problem, chosen, succeeds)

        assert keys.block.tolist() == np.unique(problem.block[chosen]).tolist()
        found = np.column_stack([keys.of_block(place) for place in range(keys.block.size)])
        assert found.tolist() == wanted[:, keys.block].tolist()
        assert keys.largest_bits.tolist() == wanted[:, keys.block].max(axis=0).tolist()
        made += wanted.sum()
    assert made > 0.0


def test_some_realisations_at_a_time_make_the_same(crowded, monkeypatch):
    """What a plan leaves does not hang on how many keys are laid out together."""
    rng = np.random.default_rng(6)
    chosen = rng.random(60) < 0.7
    succeeds = rng.random((50, 60)) < 0.5
    whole = realise(crowded, chosen, succeeds, each_relay=True)
    monkeypatch.setattr(realised_keys, "NUMBERS_AT_ONCE", 300)
    keys = RealisedKeys.of(crowded, chosen, succeeds)
    parts = realise(crowded, chosen, succeeds, each_relay=True)

    assert len(list(keys.by_realisations())) > 5
    assert np.concatenate([bits for _, bits in keys.by_realisations()]).shape[0] == 50
    assert parts.made.tolist() == whole.made.tolist()
    assert parts.delivered.tolist() == whole.delivered.tolist()
    assert parts.worth == pytest.approx(whole.worth, rel=1e-12)
    assert {one: bits.tolist() for one, bits in parts.relayed.items()} == {
        one: bits.tolist() for one, bits in whole.relayed.items()
    }


def test_what_each_satellite_relays_adds_up_to_what_is_delivered(crowded):
    """Told where it is asked for, and nowhere else."""
    every, sky = np.ones(60, dtype=np.bool_), np.ones((1, 60), dtype=np.bool_)
    found = realise(crowded, every, sky, each_relay=True)
    by_demand = np.zeros((1, len(crowded.demands)))
    for (_, demand), bits in found.relayed.items():
        by_demand[:, demand] += bits

    assert by_demand.tolist() == found.delivered.tolist()
    assert not realise(crowded, every, sky).relayed
