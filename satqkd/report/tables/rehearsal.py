"""What the daily round leaves, policy by policy, as a table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from satqkd.network.rehearsal import Rehearsal
from satqkd.report.tables.column import Column

_WORDS = {
    "never": "never changed",
    "as flown": "planned again each noon with what was flown",
    "sky known": "planned again each noon with tonight's sky known",
}


def _percent(percent: float) -> Column[Rehearsal]:
    return Column(
        f"rehearsed_p{percent:.0f}_bits", "bit",
        f"Key between all pairs that {100 - percent:.0f} of a hundred realisations exceed.",
        lambda r: [
            float(np.percentile(r.delivered(which), percent)) for which in range(len(r.policies))
        ],
        digits=0,
    )  # fmt: skip


REHEARSAL_COLUMNS: tuple[Column[Rehearsal], ...] = (
    Column("planned_again", "", "When the plan is changed: never; each noon, with what "
           "was flown (as flown), or with the sky of the coming night too (sky known).",
           lambda r: list(r.policies)),
    Column("rehearsed_mean", "bit", "Key between all pairs, on average.",
           lambda r: [float(r.delivered(which).mean()) for which in range(len(r.policies))],
           digits=0),
    _percent(10),
    _percent(50),
    _percent(90),
    Column("worth_mean", "bit", "Weighted bits, spare ones too, on average.",
           lambda r: [r.mean(which)[0] for which in range(len(r.policies))], digits=0),
    Column("worth_gain", "bit", "How much more that is than with a plan that is never changed, in "
           "the same realisations.",
           lambda r: [r.gain(which)[0] for which in range(len(r.policies))], digits=0),
    Column("worth_gain_error", "bit", "One standard error of it.",
           lambda r: [r.gain(which)[1] for which in range(len(r.policies))], digits=0),
)  # fmt: skip
"""One row a policy."""

REHEARSAL_SCREEN = (
    "planned_again", "rehearsed_mean", "worth_gain", "worth_gain_error", "rehearsed_p10_bits",
    "rehearsed_p90_bits", "rehearsed_p50_bits", "worth_mean",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def rehearsal_lines(found: Rehearsal, names: list[str]) -> Iterator[str]:
    """Say what reacting is worth, and how often demands get what they ask for."""
    base, count = found.mean(0)[0], found.draws.samples
    for which in range(1, len(found.policies)):
        gain, error = found.gain(which)
        share = "" if base <= 0.0 else f" ({100.0 * gain / base:+.0f} %)"
        clear = "" if abs(gain) > 2.0 * error else ": within two standard errors of nothing"
        yield (
            f"{_WORDS[found.policies[which]]}: {gain:+,.0f} ± {error:,.0f} weighted bits{share}"
            f"{clear}"
        )
    chances = [found.chance_met(which) for which in range(len(found.policies))]
    for place, name in enumerate(names):
        if chances[0][place] is not None:
            told = ", ".join(f"{own[place]:.0%}" for own in chances)
            yield f"{name} gets what it asks for in {told} of them, in the order above"
    yield (
        f"{count} realisations; a plan is a clear-sky one each day, and air and pointing are as "
        "expected"
    )
