"""Coincidences of entangled pairs and their errors to 40 digits; writes ``bbm92.json``.

Straight from the four detectors: the chance that given ones stay dark, and sums over which clicked.
Needs mpmath. Run ``python tests/reference/make_bbm92.py``.
"""

import itertools
import json
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60


def dark(members, row):
    """Chance that no detector of ``members`` clicks: pairs (end, bit)."""
    m, a, b, pa, pb, e, g = row
    ends = [[bit for end, bit in members if end == which] for which in (0, 1)]
    hit = sum(a / 2 for _ in ends[0]) + sum(b / 2 for _ in ends[1])
    both = sum(g * a * b * ((1 - e) / 2 if i == j else e / 2) for i, j in itertools.product(*ends))
    return (1 - pa) ** len(ends[0]) * (1 - pb) ** len(ends[1]) * mp.e ** (-m * (hit - both))


def told(row):
    """Coincidences and errors, a bit by chance where both detectors of an end click."""
    detectors = [(0, 0), (0, 1), (1, 0), (1, 1)]
    clicks = errors = mp.mpf(0)
    for size in range(5):
        for clicked in itertools.combinations(detectors, size):
            rest = [one for one in detectors if one not in clicked]
            chance = mp.mpf(0)
            for more in range(len(clicked) + 1):
                for also in itertools.combinations(clicked, more):
                    chance += (-1) ** more * dark([*rest, *also], row)
            ends = [[bit for end, bit in clicked if end == which] for which in (0, 1)]
            if ends[0] and ends[1]:
                alike = ends[0] == ends[1] and len(ends[0]) == 1
                unlike = len(ends[0]) == len(ends[1]) == 1 and not alike
                clicks += chance
                errors += chance * (0 if alike else 1 if unlike else mp.mpf(1) / 2)
    return clicks, errors


ROWS = [
    (m, a, b, pa, pb, e, g)
    for m, (a, b), (pa, pb), (e, g) in itertools.product(
        ("1e-4", "0.015", "0.6"),
        (("0.5", "0.5"), ("1e-3", "2e-2"), ("1e-5", "3e-6")),
        (("0", "0"), ("2e-7", "1e-4")),
        (("0", "1"), ("0.04", "0.93")),
    )
]

if __name__ == "__main__":
    rows = []
    for row in ROWS:
        clicks, errors = told([mp.mpf(text) for text in row])
        rows.append({"given": row, "clicks": mp.nstr(clicks, 30), "errors": mp.nstr(errors, 30)})
    path = Path(__file__).with_name("bbm92.json")
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
