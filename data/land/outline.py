# ruff: noqa: INP001 - a script, not a package
"""Make satqkd/report/html/land.txt, the outline of the land that maps are drawn on.

Run with the file ``land-110m.json`` of the npm package world-atlas 2.0.2 and where to write::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python data/land/outline.py package/land-110m.json satqkd/report/html/land.txt

A line a ring; numbers are tenths of a degree, longitude and latitude of the first corner, then the
steps from corner to corner. Rings that cross the date line are cut there by whoever draws them.
"""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path

Corner = tuple[float, float]

WITHIN_DEG = 0.15
"""Corners that lie nearer to a straight line between others are left out. [°]"""
LEAST_DEG2 = 0.4
"""Islands with a smaller box are left out. [°²]"""


def arcs_of(topology: dict) -> list[list[Corner]]:
    """Return the lines of a TopoJSON file in degrees."""
    (scale_x, scale_y), (x0, y0) = (topology["transform"][k] for k in ("scale", "translate"))
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x0 + scale_x * x, y0 + scale_y * y))
        found.append(line)
    return found


def ring_of(numbers: list[int], arcs: list[list[Corner]]) -> list[Corner]:
    """Join lines to a ring; a number below 0 is a line backwards."""
    ring: list[Corner] = []
    for number in numbers:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += line[1:] if ring else line
    return ring


def unwrapped(ring: list[Corner]) -> list[Corner]:
    """Return a ring without jumps of the longitude."""
    out = ring[:1]
    for x, y in ring[1:]:
        turns = round((x - out[-1][0]) / 360.0)
        out.append((x - 360.0 * turns, y))
    return out


def thinned(line: list[Corner]) -> list[Corner]:
    """Leave out corners, by Douglas and Peucker."""
    if len(line) < 3:
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    size = math.hypot(bx - ax, by - ay)

    def away(corner: Corner) -> float:
        if not size:
            return math.dist(corner, line[0])
        return abs((bx - ax) * (ay - corner[1]) - (ax - corner[0]) * (by - ay)) / size

    furthest = max(range(1, len(line) - 1), key=lambda place: away(line[place]))
    if away(line[furthest]) <= WITHIN_DEG:
        return [line[0], line[-1]]
    return thinned(line[: furthest + 1])[:-1] + thinned(line[furthest:])


def written(ring: list[Corner]) -> str:
    """Return a ring as a line of the file."""
    whole = [(round(10.0 * x), round(10.0 * y)) for x, y in ring]
    numbers = list(whole[0])
    for (ax, ay), (bx, by) in pairwise(whole):
        if (ax, ay) != (bx, by):
            numbers += [bx - ax, by - ay]
    return " ".join(map(str, numbers))


def main() -> None:
    """Write the outline."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = arcs_of(topology)
    lines = []
    (land,) = topology["objects"]["land"]["geometries"]
    for polygon in land["arcs"]:
        for numbers in polygon:
            ring = unwrapped(ring_of(numbers, arcs))
            wide = max(x for x, _ in ring) - min(x for x, _ in ring)
            high = max(y for _, y in ring) - min(y for _, y in ring)
            if abs(ring[-1][0] - ring[0][0]) > 180.0:
                # around a pole: closed along it
                ring += [(ring[-1][0], -90.0), (ring[0][0], -90.0), ring[0]]
            middle = len(ring) // 2
            own = thinned(ring[: middle + 1])[:-1] + thinned(ring[middle:])
            if wide * high >= LEAST_DEG2 and len(own) > 3:
                lines.append(written(own[:-1]))
    Path(sys.argv[2]).write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
