"""Which values of the mission's files a draft can set: what people decide, not what they build."""

from __future__ import annotations

import re
from typing import Final

LONGEST_VALUE: Final = 60
"""Longest value of a limit. [characters]"""
LIMIT: Final = re.compile(
    r"limits\.[a-z_]{1,40}"
    r"|stations\[[0-9]{1,4}\]\.(min_elevation|max_sun_elevation|moon_exclusion|sun_exclusion)"
    r"|satellites\[[0-9]{1,5}\]\.freeze"
)
"""Values of the files that a draft may set: limits alone, nothing that names a file."""
TRIED: Final = re.compile(rf"{LIMIT.pattern}|blocks|demands\[[0-9]{{1,4}}\]\.(at_least|max_age)")
"""Values that were tried of a plan and that somebody can decide: nothing that a telescope or a
satellite would have to be rebuilt for."""


def decidable(sets: str) -> bool:
    """Whether what was tried is of limits and wishes alone, which a draft can set.

    Examples
    --------
    >>> decidable("limits.max_range=1440 km"), decidable("satellites[0].payload.slew=15 s")
    (True, False)
    """
    pairs = [one.partition("=") for one in sets.split("; ")]
    return all(
        TRIED.fullmatch(path) and value.isprintable() and 0 < len(value) <= LONGEST_VALUE
        for path, _, value in pairs
    )
