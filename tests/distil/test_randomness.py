"""Random bits of the system, and of a seed."""

from __future__ import annotations

import pytest

from satqkd.distil.randomness import Randomness, real_randomness, simulated_randomness


@pytest.mark.parametrize(
    "source", [real_randomness(), simulated_randomness(3)], ids=["real", "seed"]
)
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 1000])
def test_there_are_as_many_bits_as_asked_for(source: Randomness, count: int) -> None:
    bits = source.bits(count)
    assert len(bits) == count
    assert 0 <= source.number(count) < 2**count
    bits.wipe()
    assert not bits.unpacked().any()


def test_a_source_says_whether_a_seed_gives_it_again() -> None:
    assert not real_randomness().simulated
    assert simulated_randomness(1).simulated


def test_a_seed_gives_the_same_bits_on_every_machine() -> None:
    # As numpy 2.4 drew them: whoever has the seed of a simulation must get its bits again.
    source = simulated_randomness(7)
    assert [hex(source.number(64)) for _ in range(2)] == [
        "0xa00641a9f1e54a8b",
        "0xe5afcdbcaf266a95",
    ]


def test_bits_of_the_system_and_of_two_seeds_differ() -> None:
    sources = (
        real_randomness(),
        real_randomness(),
        simulated_randomness(1),
        simulated_randomness(2),
    )
    drawn = {source.bits(256).to_bytes() for source in sources}
    assert len(drawn) == 4
    assert all(60 < sum(byte.bit_count() for byte in one) < 196 for one in drawn)  # 8 sigma
