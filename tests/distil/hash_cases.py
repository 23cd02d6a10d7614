"""What the tests of hashes share: reference values, both paths, random bits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from satqkd.distil.bits import Bits

REFERENCE = Path(__file__).parents[1] / "reference" / "hashes.json"


@dataclass(frozen=True)
class HashCase:
    """A string, a seed and the hash by definition."""

    x: Bits
    seed: Bits
    y: Bits


def from_number(number: int, *, size: int) -> Bits:
    """Bits of a number, the first counting 1."""
    return Bits.from_bytes(number.to_bytes(-(-size // 8), "little"), size=size)


def to_number(bits: Bits) -> int:
    return int.from_bytes(bits.to_bytes(), "little")


def random_bits(generator: np.random.Generator, *, size: int) -> Bits:
    return Bits.pack(generator.integers(0, 2, size))


def cases(kind: str, seed_bits: dict[str, int]) -> list[HashCase]:
    """Reference values of a kind; a seed has n and l bits so many times, and so many more."""
    return [
        HashCase(
            x=from_number(int(row["x"], 16), size=row["n"]),
            seed=from_number(
                int(row["seed"], 16),
                size=seed_bits["n"] * row["n"] + seed_bits["l"] * row["l"] + seed_bits["more"],
            ),
            y=from_number(int(row["y"], 16), size=row["l"]),
        )
        for row in json.loads(REFERENCE.read_text(encoding="utf-8"))[kind]
    ]
