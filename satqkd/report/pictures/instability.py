"""The picture of instability against averaging time, with what was published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from satqkd.report.pictures.style import (
    BLACK,
    GREY,
    MARKERS,
    SERIES,
    axes_at,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
)
from satqkd.report.tables.instability import DECADES_S
from satqkd.timing.curve import Curve, Published
from satqkd.timing.stability import tdev_from_mdev
from satqkd.units import FloatArray

_ROW_PX: Final = 24.0
"""Height of a row of the legend."""


def instability(curves: Sequence[Curve]) -> Figure:
    """Draw modified Allan deviation and time deviation with the published points.

    Points are those of what is drawn. An orbit is drawn as counting photons leaves it: the floor
    of a link on the ground says nothing about one to a satellite.
    """
    drawn = [curve for curve in curves if curve.drawn]
    published = list(dict.fromkeys(curve.published for curve in drawn))
    rows = -(-(len(drawn) + sum(len(one.points) for one in published)) // 2)
    title, subtitle = "Instability against averaging time", _subtitle(drawn)
    top_px = headline_px(title, subtitle) + 30
    with house_style():
        figure = new_figure(top_px + 520 + 110 + _ROW_PX * rows)
        headline(figure, title, subtitle)
        left = axes_at(figure, left=95, top=top_px, width=480, height=520)
        right = axes_at(figure, left=690, top=top_px, width=480, height=520)
        for number, curve in enumerate(curves):
            _draw(left, curve, (curve.mdev, curve.limit_mdev), number=number)
            _draw(right, curve, (curve.tdev_s, curve.limit_s), number=number)
        _points(left, right, published)
        _frame(left, "modified Allan deviation")
        _frame(right, "time deviation [s]")
        figure.legend(
            *left.get_legend_handles_labels(),
            loc="lower center",
            bbox_to_anchor=(0.5, 0.005),
            ncols=2,
        )
        return figure


def _subtitle(drawn: Sequence[Curve]) -> str:
    """Say how to read the lines that are there."""
    told = ["Full: all noise. Dotted: counting photons alone."]
    if any(curve.published.points for curve in drawn):
        told.append(
            "The combs' floors are set to meet the printed points: there they foretell nothing."
        )
    if any(curve.orbit for curve in drawn):
        told.append("Of orbits no floor is known: they have the dotted line alone.")
    return " ".join(told)


def _label(curve: Curve) -> str:
    name = label(curve.name)
    name = name if curve.loss_db is None else f"{name}, {curve.loss_db:.0f} dB"
    return f"{name}, counting photons alone" if curve.orbit else name


_DOTS: Final = (0, (1.2, 1.6))


def _draw(axes: Axes, curve: Curve, both: tuple[FloatArray, FloatArray], *, number: int) -> None:
    """Draw all noise and the photons' alone; later lines are thinner, so that none hides."""
    total, limit = both
    held = np.isfinite(total)
    if not held.any():
        return
    colour, tau_s = SERIES[number % len(SERIES)], curve.tau_s[held]
    look: dict[str, Any] = {
        "color": colour,
        "lw": max(3.2 - 0.45 * number, 0.9),
        "solid_capstyle": "butt",
    }
    if curve.orbit:
        axes.plot(tau_s, limit[held], color=colour, lw=1.8, ls=_DOTS, label=_label(curve))
        return
    axes.plot(tau_s, total[held], label=_label(curve), **look)
    axes.plot(tau_s, limit[held], color=colour, lw=0.9, ls=_DOTS)


def _points(left: Axes, right: Axes, published: Sequence[Published]) -> None:
    points = [point for one in published for point in one.points]
    for point, marker in zip(points, MARKERS, strict=False):
        look: dict[str, Any] = {
            "color": BLACK,
            "marker": marker,
            "ls": "",
            "ms": 5,
            "mfc": "white",
            "zorder": 5,
        }
        left.plot([point.tau_s], [point.mdev], label=f"published: {point.what}", **look)
        tdev_s = float(tdev_from_mdev(point.mdev, tau_s=point.tau_s))
        right.plot([point.tau_s], [tdev_s], **look)
    for precision in (precision for one in published for precision in one.precisions):
        right.axhline(precision.tdev_s, color=GREY, lw=0.9, ls=(0, (5, 2)))
        right.text(
            DECADES_S[1], precision.tdev_s * 1.15, f"published: {precision.what}",
            ha="right", va="bottom", size=7.5, color=BLACK,
        )  # fmt: skip


def _frame(axes: Axes, what: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*DECADES_S)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("averaging time [s]")
    axes.set_ylabel(what)
    axes.grid(visible=True)
