"""The outline of the land, cut to the part of it that is drawn.

Made from Natural Earth at 1:110 million, public domain; see ``data/land/README.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

Corner = tuple[float, float]
"""Longitude and latitude. [°]"""
TURN_DEG: Final = 360.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the Earth between two meridians and two parallels."""

    west: float
    east: float
    """Beyond ±180 where it crosses the date line; ``east`` is above ``west``. [°]"""
    south: float
    north: float
    """[°]"""

    @property
    def middle(self) -> float:
        """Longitude of its middle. [°]"""
        return 0.5 * (self.west + self.east)

    def near(self, longitude_deg: float) -> float:
        """Return a longitude within half a turn of the middle. [°]"""
        return longitude_deg - TURN_DEG * round((longitude_deg - self.middle) / TURN_DEG)


@cache
def rings() -> tuple[tuple[Corner, ...], ...]:
    """Return the outline: rings of corners, the sea within land too. [°]"""
    text = (files("satqkd.report.html") / "land.txt").read_text(encoding="ascii")
    return tuple(tuple(_ring(line)) for line in text.splitlines())


def _ring(line: str) -> Iterator[Corner]:
    x = y = 0
    numbers = [int(word) for word in line.split()]
    for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + step_x, y + step_y
        yield 0.1 * x, 0.1 * y


def land_in(region: Region) -> Iterator[list[Corner]]:
    """Yield the rings of the land within a region, cut at its edges. [°]"""
    for ring in rings():
        west, east = min(x for x, _ in ring), max(x for x, _ in ring)
        for turn in range(-2, 3):
            shift = TURN_DEG * turn
            if west + shift < region.east and east + shift > region.west:
                cut = _cut([(x + shift, y) for x, y in ring], region)
                if len(cut) > 2:
                    yield cut


def _cut(ring: Sequence[Corner], region: Region) -> list[Corner]:
    """Cut a ring at the four edges of a region, one after the other.

    References
    ----------
    .. [1] I. E. Sutherland and G. W. Hodgman, *Commun. ACM* 17, 32 (1974) (recalled).
    """
    found = list(ring)
    for axis, edge, side in (
        (0, region.west, 1.0), (0, region.east, -1.0),
        (1, region.south, 1.0), (1, region.north, -1.0),
    ):  # fmt: skip
        corners, found = found, []
        for before, here in pairwise([*corners[-1:], *corners]):
            inside = side * (here[axis] - edge) >= 0.0
            if inside != (side * (before[axis] - edge) >= 0.0):
                share = (edge - before[axis]) / (here[axis] - before[axis])
                found.append(
                    (
                        before[0] + share * (here[0] - before[0]),
                        before[1] + share * (here[1] - before[1]),
                    )
                )
            if inside:
                found.append(here)
    return found
