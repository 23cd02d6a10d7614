"""Elements that can be propagated and are hardly those of a satellite: told, not refused."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from typing import Final

from satqkd.constants import DAY_S
from satqkd.elements.satellite import ElementSet
from satqkd.errors import SatqkdWarning

LARGEST_BSTAR: Final = 0.1
"""Sets of decaying objects come near this; beyond it B* was fitted across a manoeuvre or is
mistaken (assumed). [1/Earth radius]"""

SLOWEST_REV_DAY: Final = 0.1
"""Few satellites take longer than ten days; in rad/min low orbits have numbers below this
(assumed). [rev/day]"""

_RAD_MIN: Final = (0.02, 0.075)
"""Mean motions of satellites up to 20,000 km, in rad/min: periods of 84 min to 5 h. [rad/min]"""


def warn_of_implausible(element_sets: Iterable[ElementSet]) -> None:
    """Warn of drag and mean motions far from any satellite's, each kind once with its count."""
    kinds: dict[str, list[tuple[ElementSet, str]]] = {}
    for one in element_sets:
        for kind, text in _odd(one):
            kinds.setdefault(kind, []).append((one, text))
    for found in kinds.values():
        first, text = found[0]
        more = f"; {len(found) - 1} more such sets" if len(found) > 1 else ""
        warnings.warn(f"{first.source}: {first.name}: {text}{more}", SatqkdWarning, stacklevel=3)


def _odd(one: ElementSet) -> Iterator[tuple[str, str]]:
    bstar = float(one.satrec.bstar)
    if not abs(bstar) <= LARGEST_BSTAR:
        text = (
            f"the drag term B* is {bstar:g}, far from any satellite's (within ±{LARGEST_BSTAR:g}): "
            "it may be fitted across a manoeuvre, and passes some minutes off within a day; get "
            "another set"
        )
        yield "drag", text
    rev_day = DAY_S / one.period_s
    if rev_day < SLOWEST_REV_DAY:
        meant = ""
        if _RAD_MIN[0] <= rev_day <= _RAD_MIN[1]:
            meant = (
                f"; if that is in rad/min, it is {rev_day * 1440.0 / (2.0 * math.pi):.2f} rev/day"
            )
        yield (
            "motion",
            f"a mean motion of {rev_day:g} rev/day is a period of {1.0 / rev_day:.1f} days{meant}",
        )
