"""One arm's loss: a waterfall at an instant, and its lines stacked over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from satqkd.link.budget import LINES, Budget
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY_BLUE,
    VERMILION,
)
from satqkd.units import BoolArray, FloatArray

_LINE_LOOK = (
    (SKY_BLUE, ""),
    (BLUE, "////"),
    (ORANGE, "...."),
    (GREEN, "\\\\\\\\"),
    (PURPLE, "xxxx"),
    (VERMILION, "----"),
    (GREY, "++++"),
)
LEAST_DB = 0.005
"""Lines that nowhere come to this much are left out of the picture."""
_LABEL_SHARE = 0.25
"""Room that a number takes, as part of the longest bar."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LossPanel:
    """What is drawn of one arm; series of shape (n,)."""

    lines: Mapping[str, FloatArray]
    """Lines worth drawing, by their name in words. [dB]"""
    top: int
    """Sample of the instant of the waterfall."""
    instant: str
    """What that is called, after "at" and "from"."""
    seconds: FloatArray
    """Time from there. [s]"""
    usable: BoolArray
    """Samples that may carry key."""
    flown: BoolArray
    """Samples that are flown."""
    usable_s: float
    """How long it may carry key. [s]"""
    flown_s: float
    """How long it is flown. [s]"""


def lines_of(budget: Budget) -> dict[str, FloatArray]:
    """Lines of a budget worth drawing, by their name in words. [dB]"""
    lines = {what: budget.lines_db[name] for name, what in LINES.items()}
    return {what: db for what, db in lines.items() if np.abs(db).max() >= LEAST_DB}


def waterfall(axes: Axes, panel: LossPanel) -> None:
    """One bar a line, each beginning where the one above it ends."""
    lines = {name: float(db[panel.top]) for name, db in panel.lines.items()}
    total = sum(lines.values())
    begin = 0.0
    for row, db in enumerate(lines.values()):
        colour, hatch = _LINE_LOOK[row % len(_LINE_LOOK)]
        axes.barh(row, db, left=begin, height=0.62, color=colour, hatch=hatch, edgecolor="white")
        axes.barh(row, db, left=begin, height=0.62, fill=False, edgecolor=BLACK, linewidth=0.6)
        _beside(axes, row, begin=begin, db=db, total=total)
        begin += db
        axes.plot([begin, begin], [row + 0.31, row + 0.69], color=GREY, linewidth=0.6)
    axes.barh(len(lines), total, height=0.62, color=BLACK)
    axes.text(
        total * 0.98,
        len(lines),
        f"{total:.1f} dB",
        color="white",
        ha="right",
        va="center",
        weight="bold",
    )
    axes.set_ylim(len(lines) + 0.6, -0.6)
    axes.set_xlim(0, max(total, 1.0) * 1.02)
    axes.set_yticks(range(len(lines) + 1), [*lines, "total"])
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.grid(visible=True, axis="x", color=PALE)
    axes.set_xlabel("loss so far [dB]")


def _beside(axes: Axes, row: int, *, begin: float, db: float, total: float) -> None:
    """Write a number right of its bar, left of it, or inside, where there is room."""
    gap, room = 0.015 * total, _LABEL_SHARE * total
    text = f"{round(db, 1) + 0.0:.1f} dB"
    if begin + db + room < total:
        axes.text(begin + db + gap, row, text, ha="left", va="center")
    elif begin > room:
        axes.text(begin - gap, row, text, ha="right", va="center")
    else:
        inside = axes.text(begin + db - gap, row, text, ha="right", va="center")
        inside.set_path_effects([withStroke(linewidth=3, foreground="white")])


def over_time(axes: Axes, panel: LossPanel, *, highest_db: float = 0.0) -> None:
    """Lines stacked over time, with the part that may carry key, or is flown.

    The axis goes up to ``highest_db`` at least.
    """
    seconds, floor = panel.seconds, np.zeros_like(panel.seconds)
    for row, values in enumerate(panel.lines.values()):
        colour, hatch = _LINE_LOOK[row % len(_LINE_LOOK)]
        ceiling = floor + values
        axes.fill_between(
            seconds, floor, ceiling, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0
        )
        axes.plot(seconds, ceiling, color="white", linewidth=0.8)
        floor = ceiling
    axes.plot(seconds, floor, color=BLACK, linewidth=1.8)
    highest = max(float(floor.max()), highest_db, 1.0) * 1.16
    axes.set_ylim(0, highest)
    axes.set_xlim(seconds[0], max(seconds[-1], seconds[0] + 1.0))
    _usable(axes, panel, highest)
    axes.grid(visible=True, axis="y", color=PALE)
    axes.set_ylabel("loss [dB], lines stacked")
    axes.set_xlabel(f"time from {panel.instant} [s]")


def _usable(axes: Axes, panel: LossPanel, highest: float) -> None:
    """Mark with a bar over the curves when key may flow, or it is flown; veil the rest."""
    seconds, flown = panel.seconds, panel.flown
    whole = bool((flown == panel.usable).all())
    veiled = (~flown).tolist()
    axes.fill_between(
        seconds, 0, 0.92 * highest, where=veiled, facecolor="white", alpha=0.6, linewidth=0
    )
    height = np.where(panel.usable, 0.94 * highest, np.nan)
    axes.plot(seconds, height, color=BLACK, linewidth=4 if whole else 1, solid_capstyle="butt")
    if not whole:
        height = np.where(flown, 0.94 * highest, np.nan)
        axes.plot(seconds, height, color=BLACK, linewidth=4, solid_capstyle="butt")
    if flown.any():
        middle = float(seconds[flown].mean())
        text = f"may carry key: {panel.usable_s:.0f} s"
        if not whole:
            text = f"flown: {panel.flown_s:.0f} s"
        said = axes.text(middle, 0.955 * highest, text, ha="center", va="bottom", weight="bold")
        said.set_path_effects([withStroke(linewidth=3, foreground="white")])
