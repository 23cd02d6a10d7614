"""Make micius_link.json: the loss flown on 2016-12-19, condensed along its track.

    python tests/reference/make_micius_link.py micius2017_track.csv micius2017_link_efficiency.csv

Both files are those of https://github.com/baidu/QCompute, commit 58165c2 (Apache-2.0), folder
Extensions/QuantumNetwork/examples/data: range against time and link loss against range, digitised
there from figures of S.-K. Liao et al., Nature 549, 43 (2017). They are not kept here. The track
is cut into pieces of 10 s; each keeps its mean range and the loss of its mean transmittance. The
validation cases L-4, L-5 and K-4 hold these rows, L-6 the two ends of the curve.
"""

from __future__ import annotations

import csv
import json
import sys
from bisect import bisect_left
from math import fsum, log10
from pathlib import Path

PIECE_S = 10.0


def read_columns(path: Path) -> tuple[list[float], list[float]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [float(row[0]) for row in rows], [float(row[1]) for row in rows]


def interpolated(x: float, xs: list[float], ys: list[float]) -> float:
    index = min(max(bisect_left(xs, x), 1), len(xs) - 1)
    share = (x - xs[index - 1]) / (xs[index] - xs[index - 1])
    return ys[index - 1] + min(max(share, 0.0), 1.0) * (ys[index] - ys[index - 1])


def trapezoid(values: list[float], times: list[float]) -> float:
    steps = zip(times, times[1:], values, values[1:], strict=False)
    return fsum(0.5 * (b - a) * (u + v) for a, b, u, v in steps)


def pieces(
    times: list[float], ranges: list[float], curve: tuple[list[float], list[float]]
) -> list[dict[str, float]]:
    rows = []
    begin = 0
    while begin < len(times) - 1:
        end = min(bisect_left(times, times[begin] + PIECE_S - 1e-6), len(times) - 1)
        cut = slice(begin, end + 1)
        through = [10 ** (-0.1 * interpolated(r, *curve)) for r in ranges[cut]]
        duration = times[end] - times[begin]
        rows.append(
            {
                "duration_s": round(duration, 3),
                "range_km": round(trapezoid(ranges[cut], times[cut]) / duration, 1),
                "loss_db": round(-10 * log10(trapezoid(through, times[cut]) / duration), 3),
            }
        )
        begin = end
    return rows


def main() -> None:
    times, ranges = read_columns(Path(sys.argv[1]))
    curve = read_columns(Path(sys.argv[2]))
    table = {
        "source": "github.com/baidu/QCompute, commit 58165c2, Apache-2.0",
        "pieces": pieces(times, ranges, curve),
        "ends_db": {str(km): interpolated(km, *curve) for km in (645.0, 1200.0)},
    }
    text = json.dumps(table, indent=1) + "\n"
    Path(__file__).with_name("micius_link.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
