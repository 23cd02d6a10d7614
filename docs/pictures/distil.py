"""What docs/distil.md shows: ``python docs/pictures/distil.py``, by hand, when an engine changes.

Puts the table of key against latency into the page and draws distil-latency.png beside this file;
runs the example of the page in a copy of the shipped week and puts in what it prints. Blocks have
memoryless errors and come from a public stream of integers: the same everywhere, in C or in Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator, PercentFormatter

from satqkd.distil.reconcile.engine import Engine
from satqkd.distil.reconcile.engines import ENGINES
from satqkd.distil.reconcile.measure import Measured, measure
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREEN,
    MARKERS,
    PURPLE,
    VERMILION,
    axes_at,
    headline,
    headline_px,
    house_style,
    new_figure,
    png,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "distil.md"
BLOCK_BITS = 1 << 20
BLOCKS = 16
"""Each figure is a mean over so many."""
QBERS = (0.01, 0.02, 0.03, 0.05)
ROUND_TRIPS_MS = (0.2, 5.0, 100.0)
"""Two racks, two cities, a satellite through a relay. [ms]"""
COLOURS = dict(zip(QBERS, (BLUE, GREEN, VERMILION, PURPLE), strict=True))
TITLE = "Cascade leaves most key, LDPC needs fewest round trips"
SUBTITLE = (
    f"Mean of {BLOCKS} blocks of 2^20 bits with memoryless errors, all frames in step. Key is that "
    "of single photons in a long block: 1 - h(Q) - leak/n. Latency is that of the messages alone."
)
TICKS = {1e-4: "0.1 ms", 1e-2: "10 ms", 1.0: "1 s", 100.0: "100 s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One engine at one error fraction."""

    engine: str
    qber: float
    efficiency: float
    """Bits announced over Shannon's limit."""
    rounds: float
    """Mean round trips of a block."""
    most_rounds: int

    @property
    def key_rate(self) -> float:
        """Key over sifted bits of BB84 with single photons, when both error fractions are equal."""
        return 1.0 - (1.0 + self.efficiency) * self._entropy

    @property
    def key_share(self) -> float:
        """The same over what error correction at Shannon's limit would leave."""
        return self.key_rate / (1.0 - 2.0 * self._entropy)

    @property
    def _entropy(self) -> float:
        return float(binary_entropy(np.array(self.qber)))

    def latency_s(self, round_trip_ms: float) -> float:
        """Half a round trip for the first message, one for each request. [s]"""
        return 1e-3 * round_trip_ms * (self.rounds + 0.5)


def point(engine: Engine, qber: float, *, blocks: int = BLOCKS) -> Point:
    """Let an engine correct some blocks."""
    found = measure(engine, frame_bits=BLOCK_BITS, qber=qber, frames=blocks)
    _require_equal(engine, found)
    return Point(
        engine=engine.name,
        qber=qber,
        efficiency=found.efficiency,
        rounds=float(found.rounds.mean()),
        most_rounds=int(found.rounds.max()),
    )


def _require_equal(engine: Engine, found: Measured) -> None:
    if found.failed.any():
        sys.stderr.write(f"{engine.name}: {found.failed.sum()} blocks differ at the end\n")


def row(own: Point) -> str:
    """A row of the page."""
    seconds = " | ".join(f"{own.latency_s(each):#.3g}".rstrip(".") for each in ROUND_TRIPS_MS)
    return (
        f"| {own.qber:.0%} | `{own.engine}` | {own.efficiency:.3f} | {own.rounds:,.1f} | "
        f"{own.most_rounds:,} | {own.key_rate:.3f} | {own.key_share:.1%} | {seconds} |"
    ).replace("%", " %")


def table(points: Sequence[Point]) -> Iterator[str]:
    """Lines of the table of the page."""
    trips = " | ".join(f"at {each:g} ms [s]" for each in ROUND_TRIPS_MS)
    yield f"| QBER | engine | f | rounds, mean | most | key/sifted | of the most | {trips} |"
    yield "|---|---|---|---|---|---|---|" + "---|" * len(ROUND_TRIPS_MS)
    yield from map(row, points)


def picture(points: Sequence[Point]) -> bytes:
    """Draw the share of key against latency, a panel a round trip."""
    with house_style():
        top = headline_px(TITLE, SUBTITLE) + 40
        figure = new_figure(top + 430 + 125)
        headline(figure, TITLE, SUBTITLE)
        for index, trip_ms in enumerate(ROUND_TRIPS_MS):
            axes = axes_at(figure, left=100 + 367 * index, top=top, width=340, height=430)
            _panel(axes, points, trip_ms)
            if index:
                axes.tick_params(labelleft=False)
            else:
                axes.set_ylabel("key over that at Shannon's limit")
        marks = [
            Line2D([], [], color=BLACK, marker=mark, linestyle="", label=engine.name)
            for engine, mark in zip(ENGINES, MARKERS, strict=False)
        ]
        figure.legend(handles=marks, loc="lower center", ncols=len(marks))
        return png(figure)


def _panel(axes: Axes, points: Sequence[Point], trip_ms: float) -> None:
    marks = {engine.name: mark for engine, mark in zip(ENGINES, MARKERS, strict=False)}
    for qber in QBERS:
        own = sorted((one for one in points if one.qber == qber), key=lambda one: one.rounds)
        seconds = [one.latency_s(trip_ms) for one in own]
        shares = [one.key_share for one in own]
        axes.plot(seconds, shares, color=COLOURS[qber], linewidth=1.0)
        for one, x, y in zip(own, seconds, shares, strict=True):
            axes.plot([x], [y], color=COLOURS[qber], marker=marks[one.engine], markersize=6)
        axes.annotate(
            f"QBER {qber:.0%}".replace("%", " %"),
            (seconds[-1], shares[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=COLOURS[qber],
        )
    axes.set_title(f"round trip {trip_ms:g} ms")
    axes.set_xscale("log")
    axes.set_xlim(4e-5, 6e4)
    axes.set_ylim(0.88, 1.003)
    axes.set_xlabel("latency of error correction")
    axes.set_xticks(list(TICKS), labels=list(TICKS.values()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.grid(visible=True)


def example(line: str) -> str:
    """Run a command in a copy of the shipped week; return what it prints at 80 columns."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("mission.yaml", "stations.yaml"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "data", Path(folder) / "data")
        done = subprocess.run(
            [sys.executable, "-m", *line.split()],
            cwd=folder,
            env={**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        )
    return "\n".join(each.rstrip() for each in done.stdout.rstrip().splitlines())


def renewed(page: str, points: Sequence[Point]) -> str:
    """Return the page with the table and the example anew."""
    line = re.findall(r"```sh\n(satqkd distil .*)\n```", page)[0]
    parts = [
        (r"(?<=```text\n)micius-.*?(?=\n```)", example(line)),
        (r"\| QBER \| engine .*?(?=\n\n)", "\n".join(table(points))),
    ]
    for pattern, text in parts:
        page = re.sub(pattern, lambda _, text=text: text, page, count=1, flags=re.DOTALL)
    return page


def main() -> None:
    """Measure, draw, and write the page anew."""
    points = [point(engine, qber) for qber in QBERS for engine in ENGINES]
    print("\n".join(table(points)))
    (HERE / "distil-latency.png").write_bytes(picture(points))
    PAGE.write_text(renewed(PAGE.read_text("utf-8"), points), encoding="utf-8")


if __name__ == "__main__":
    main()
