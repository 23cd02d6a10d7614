"""Limits of a model on relays whose two keys may be made too far apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from satqkd.schedule.lots import Lots, Options
from satqkd.schedule.problem import Problem
from satqkd.units import BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRow:
    """A relay that is none if a contact is chosen and none of some others."""

    relay: int
    contact: int
    others: tuple[int, ...]


def age_rows(problem: Problem, options: Options, active: BoolArray) -> Iterator[AgeRow]:
    r"""Yield what forbids a relay where one block closes too long before the other.

    A block is key with its last contact. If contact *i* of one block is chosen, the other has to
    have a contact *j* that is key no earlier than the age allows, or nothing is relayed,

    .. math:: y_r \le \hat y_r \Bigl( 1 - x_i + \sum_{j :\; t_j \ge t_i - \text{max age}} x_j
       \Bigr).

    For whole contacts that is exact: of the last contact of a block it is the age itself, and of
    contacts before it says no more.
    """
    lots, relays = options.pools, options.relays
    if not isinstance(lots, Lots):
        return
    a, b = relays.pool_a, relays.pool_b
    age_s = np.array([d.max_age_s for d in problem.demands])[relays.demand]
    spread_s = np.maximum(lots.late_s[a] - lots.early_s[b], lots.late_s[b] - lots.early_s[a])
    for relay in np.flatnonzero(spread_s > age_s).tolist():
        for own, other in ((a[relay], b[relay]), (b[relay], a[relay])):
            if own >= lots.blocks_count:
                continue
            beside = np.flatnonzero(active & (problem.block == other))
            beside_s = problem.key_s[beside]
            if other >= lots.blocks_count:
                beside, beside_s = beside[:0], np.array([problem.window_s[0]])
            for contact in np.flatnonzero(active & (problem.block == own)).tolist():
                in_time = beside_s >= problem.key_s[contact] - age_s[relay]
                if not in_time.all():
                    others = beside[in_time[: beside.size]].tolist()
                    yield AgeRow(relay=relay, contact=contact, others=tuple(others))
