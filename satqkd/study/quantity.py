"""Measures that tell one amount: its middle with the percentiles around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from satqkd.study.measure import DRAWN
from satqkd.study.results import Output

_MIDDLES: Final = ("mean", "p50")
"""What can stand in the middle, the first that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An amount, and how far it scatters over the weather where that was measured too."""

    middle: Output
    low: Output | None = None
    """Its 10th percentile; None where that is no measure of the study."""
    high: Output | None = None
    """Its 90th percentile; None where that is no measure of the study."""

    @property
    def name(self) -> str:
        """Name of the measure in the middle."""
        return self.middle.name

    @property
    def banded(self) -> bool:
        """Whether both percentiles are there."""
        return self.low is not None and self.high is not None


def quantities(measures: Sequence[Output]) -> tuple[Quantity, ...]:
    """Return the amounts that measures tell, each once, in the order of their first measure.

    Examples
    --------
    >>> outputs = [
    ...     Output(name=name, unit="bit/d", text=name, column=f"{name}_bit_d")
    ...     for name in ("key_day_p10", "key_day_mean", "key_day_p90", "cost")
    ... ]
    >>> [(one.name, one.banded) for one in quantities(outputs)]
    [('key_day_mean', True), ('cost', False)]
    """
    known = {one.name: one for one in measures}
    found: dict[str, Quantity] = {}
    for one in measures:
        stem, _, over = one.name.rpartition("_")
        names = {part: f"{stem}_{part}" for part in DRAWN}
        middles = [names[part] for part in _MIDDLES if names[part] in known]
        if over not in DRAWN or not middles:
            found[one.name] = Quantity(middle=one)
            continue
        low, high = known.get(names["p10"]), known.get(names["p90"])
        middle = known[middles[0]]
        found.setdefault(middle.name, Quantity(middle=middle, low=low, high=high))
    return tuple(found.values())
