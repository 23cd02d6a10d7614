"""How far the keys of blocks are from supermodular, mission by mission.

Run from the repository root::

    .venv/bin/python benchmarks/supermodularity.py

For each shipped mission with satellites: pairs of passes, or windows, that are added to a subset of
the others of their block, the share of them that make less key together than one by one, and the
most that is missing, over the key of the block's best known subset. Where a block is small every
pair and subset is looked at, else a sample. The figures are in docs/planning.md.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

WHOLE_BITS = 1.0
"""What rounding to whole bits can break of itself, and is not counted: two floors more. [bit]"""
EVERY = 11
"""Members up to which every pair and subset of a block is looked at."""
DEAR_EVERY = 5
"""The same where a key takes an optimiser."""
DRAWS = 20_000
"""Pairs and subsets drawn of a larger block."""
DEAR_DRAWS = 100

KeysOf = Callable[[Sequence[Sequence[int]]], np.ndarray]
"""Key of each group of members; of none 0. [bit]"""


@dataclass(frozen=True)
class Measured:
    """What was found; of several blocks together, or of one."""

    blocks: int
    most_members: int
    pairs: int
    broken: int
    worst: float
    """Most key that is missing, over the most key that any subset looked at holds."""
    sampled: bool

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            self.blocks + other.blocks,
            max(self.most_members, other.most_members),
            self.pairs + other.pairs,
            self.broken + other.broken,
            max(self.worst, other.worst),
            self.sampled or other.sampled,
        )


NOTHING = Measured(0, 0, 0, 0, 0.0, sampled=False)


def measured(keys_of: KeysOf, members: Sequence[int], *, dear: bool = False) -> Measured:
    """Look at pairs of members of one block, each added to subsets of the others."""
    size = len(members)
    if size < 2:
        return NOTHING
    every = size <= (DEAR_EVERY if dear else EVERY)
    cases = _every(size) if every else _drawn(size, DEAR_DRAWS if dear else DRAWS)
    one, other, base = cases.T
    groups = np.stack([base, base | 1 << one, base | 1 << other, base | 1 << one | 1 << other])
    numbers, place = np.unique(groups, return_inverse=True)
    keys = np.asarray(
        keys_of([[members[i] for i in range(size) if n >> i & 1] for n in numbers.tolist()])
    )
    none, first, second, both = keys[place.reshape(groups.shape)]
    missing = first + second - none - both
    most = float(keys.max())
    broken = missing > WHOLE_BITS
    return Measured(
        blocks=1,
        most_members=size,
        pairs=len(cases),
        broken=int(broken.sum()),
        worst=float(missing[broken].max()) / most if broken.any() else 0.0,
        sampled=not every,
    )


def _every(size: int) -> np.ndarray:
    """Return every two members with every subset of the others: rows of two places, and bits."""
    numbers = np.arange(1 << size)
    rows = [
        np.column_stack([np.full(base.size, i), np.full(base.size, j), base])
        for i, j in combinations(range(size), 2)
        for base in [numbers[numbers & (1 << i | 1 << j) == 0]]
    ]
    return np.concatenate(rows)


def _drawn(size: int, count: int) -> np.ndarray:
    """Return some of them: subsets of every size alike."""
    random = np.random.default_rng(size)
    rows = []
    for _ in range(count):
        i, j, *others = random.permutation(size).tolist()
        rows.append((i, j, sum(1 << k for k in others[: int(random.integers(0, size - 1))])))
    return np.array(rows)


def of_mission(folder: Path) -> Measured:
    """Measure all blocks of a mission; its contacts are whole, a week is a block."""
    from satqkd.config.load import load_mission
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.stream import Chosen, stream
    from satqkd.network.candidates import candidates_of
    from satqkd.schedule.groups import Groups

    mission = load_mission(folder / "mission.yaml")
    chunks = list(stream(mission, Chosen.all_of(mission)))
    kinds = (None, *mission.together)
    joined = [Forecast.join([one for one in chunks if one.pair is pair]) for pair in kinds]
    forecasts = [joined[0].in_order(), *joined[1:]]
    problem = candidates_of(forecasts, period="week").problem
    if problem.blocks is None:
        return NOTHING
    whole = np.ones(len(problem), dtype=np.bool_)
    if problem.part_of is not None:  # parts stand behind the contacts
        whole[np.unique(problem.part_of).size :] = False
    found = NOTHING
    for block in range(len(problem.blocks)):
        members = np.flatnonzero((problem.blocks.number == block) & whole).tolist()
        dear = problem.blocks.dear is not None and bool(problem.blocks.dear[block])
        found += measured(
            lambda groups: problem.key_of(Groups.of([np.array(g, np.int64) for g in groups])),
            members,
            dear=dear,
        )
    return found


def main() -> None:
    """Print a row a mission."""
    from satqkd.config.preset import copy_preset, list_presets

    print(f"{'mission':32}{'blocks':>8}{'members':>9}{'pairs':>11}{'broken':>9}{'worst':>9}")
    for preset in list_presets():
        if preset.kind != "mission" or (sys.argv[1:] and preset.name not in sys.argv[1:]):
            continue
        with TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            copy_preset(preset.name, Path(folder))
            found = of_mission(Path(folder))
        share = f"{100 * found.broken / found.pairs:.1f} %" if found.pairs else "-"
        print(
            f"{preset.name:32}{found.blocks:8}{found.most_members:9}{found.pairs:11,}{share:>9}"
            f"{100 * found.worst:7.1f} %{'  (sample)' if found.sampled else ''}",
            flush=True,
        )


if __name__ == "__main__":
    main()
