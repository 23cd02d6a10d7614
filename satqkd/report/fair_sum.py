"""How fair a plan is, in words and figures."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from satqkd.network.plan import Plan
from satqkd.report.counted import counted

NAMED: Final = 5
"""Numerical: pairs that are named before the rest is counted."""


def fairness(plan: Plan) -> list[str]:
    """Say how many pairs are served and what the poorest of them gets; nothing if not asked."""
    fair = plan.fair
    if fair is None:
        return []
    possible, served = fair.possible, fair.served
    if not possible.any():
        return ["fair: no choice of contacts gives any pair key"]
    text = f"fair: {int(served.sum())} of {counted(int(possible.sum()), 'pair')} served"
    if served.any():
        least = int(np.argmin(np.where(served, fair.shares_bits, np.inf)))
        text += (
            f", each at least {fair.smallest_bits:,.0f} bit per unit of weight "
            f"({_ends(plan, least)})"
        )
    lines = [text]
    for words, which in (
        ("not served", possible & ~served),
        ("no choice of contacts gives key to", ~possible),
    ):
        if which.any():
            lines.append(f"{words}: {_named(plan, np.flatnonzero(which).tolist())}")
    return lines


def fairness_facts(plan: Plan) -> dict[str, Any]:
    """Collect the same, ready for JSON; empty where fairness was not asked for."""
    fair = plan.fair
    if fair is None:
        return {}
    return {
        "fairness": {
            "model": plan.mission.fairness,
            "proven": False,
            "pairs_served": int(fair.served.sum()),
            "pairs_possible": int(fair.possible.sum()),
            "smallest_share_bits": fair.smallest_bits,
            "not_served": [
                _ends(plan, one) for one in np.flatnonzero(fair.possible & ~fair.served).tolist()
            ],
            "not_possible": [_ends(plan, one) for one in np.flatnonzero(~fair.possible).tolist()],
        }
    }


def _named(plan: Plan, demands: list[int]) -> str:
    names = [_ends(plan, one) for one in demands[:NAMED]]
    more = len(demands) - len(names)
    return "; ".join(names) + (f"; {more} more" if more else "")


def _ends(plan: Plan, demand: int) -> str:
    one = plan.mission.demands[demand]
    return " and ".join(
        plan.mission.stations[end].site.name for end in (one.station_a, one.station_b)
    )
