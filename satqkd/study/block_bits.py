"""Key of the blocks of one satellite under drawn skies: made of the contacts that are clear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.realised_keys import RealisedKeys
from satqkd.study.tally import Tally
from satqkd.units import BoolArray, FloatArray, IntArray

MEMBERS_AT_ONCE: Final = 1 << 20
"""Numerical: members of blocks times realisations whose keys are worked out together, so that
memory is bounded however many realisations there are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockBits:
    """Key of blocks.

    ::

        contacts     a b c d e       of which a, c and d are one block, b and e blocks
        skies        ● ● ○ ● ●       of one realisation
        blocks       ad  b  e        key of each; the first is key when d is flown
    """

    bits: FloatArray
    """In each realisation, shape (realisations, blocks). [bit]"""
    last: IntArray
    """Last contact of each, whose sky may be cloudy: with it the block is key; (blocks,)."""
    sizes: IntArray
    """How many contacts each has, shape (blocks,)."""


def block_bits(tally: Tally, clear: BoolArray) -> BlockBits:
    """Return the key of blocks: that of their contacts with a clear sky, distilled as one.

    Parameters
    ----------
    tally
        Contacts, whole blocks of them, in the order of time.
    clear
        Under which realisations each has a clear sky, shape (realisations, contacts).
    """
    blocks = Groups.by(tally.block, np.arange(len(tally)))
    last = blocks.members[blocks.starts[1:] - 1]
    single = blocks.sizes == 1
    bits = np.zeros((len(clear), len(blocks)))
    bits[:, single] = np.where(clear[:, last[single]], tally.bits[last[single]], 0.0)
    keys = tally.keys
    for some in _some(np.flatnonzero(~single), blocks.sizes * len(clear)):
        made = RealisedKeys.of_blocks(blocks.take(some), some, key_of=keys, succeeds=clear)
        for place, number in enumerate(some.tolist()):
            bits[:, number] = made.of_block(place)
    return BlockBits(bits=bits, last=last, sizes=blocks.sizes)


def _some(blocks: IntArray, members: IntArray) -> Iterator[IntArray]:
    """Divide blocks, so that those of a part have few members in all realisations, or are one."""
    upto = np.cumsum(members[blocks]) // MEMBERS_AT_ONCE
    return iter(np.split(blocks, np.flatnonzero(np.diff(upto)) + 1)) if blocks.size else iter(())


def contacts_with_key(tally: Tally) -> int:
    """Count the contacts of blocks that are key under a clear sky."""
    made = block_bits(tally, np.ones((1, len(tally)), dtype=np.bool_))
    return int(made.sizes[made.bits[0] > 0.0].sum())
