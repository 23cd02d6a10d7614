"""Instability of clock comparisons against averaging time, beside what was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from satqkd.forecast.clock_curves import Curve, orbit_curves, stated_curve
from satqkd.mission.clocks import Clock
from satqkd.report.clock import significant
from satqkd.report.column import Cell, Column, Values
from satqkd.report.style import (
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
from satqkd.report.visible import visible
from satqkd.timing.frequency_transfer import FrequencyTransfer
from satqkd.timing.result import TimingResult
from satqkd.timing.stability import tdev_from_mdev
from satqkd.units import FloatArray

DECADES_S: Final = (1e-2, 1e5)
"""First and last averaging time of the curves. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An instability somebody printed."""

    what: str
    tau_s: float
    mdev: float


PUBLISHED: Final = (
    Published(what="113 km, < 4e-19 (Nature 610, 661)", tau_s=1e4, mdev=4e-19),
    Published(what="113 km, 3e-19 (arXiv:2203.11272)", tau_s=1e4, mdev=3e-19),
    Published(what="16 km, 70 dB, 1e-18 (Optica 8, 471)", tau_s=8e3, mdev=1e-18),
)
"""Printed points; all three are from abstracts."""

PUBLISHED_PRECISION_S: Final = 30e-12
"""Precision printed in Nature Physics 16, 848, without its averaging time. [s]"""


def averaging_times_s(*, per_decade: int) -> FloatArray:
    """Averaging times over :data:`DECADES_S`, evenly spaced in their logarithm. [s]"""
    first, last = np.log10(DECADES_S)
    return np.logspace(first, last, round((last - first) * per_decade) + 1)


def curves_of(clocks: Mapping[str, Clock], *, tau_s: FloatArray) -> tuple[Curve, ...]:
    """Instability of some clocks with stated signals, and of orbits where a system knows them."""
    found: list[Curve] = []
    for name, clock in clocks.items():
        found.append(stated_curve(name, clock, tau_s=tau_s))
        if isinstance(clock.system, FrequencyTransfer):
            found += orbit_curves(clock.system, tau_s=tau_s)
    return tuple(found)


def _cells(get: Callable[[Curve], Sequence[Cell]]) -> Callable[[Sequence[Curve]], Values]:
    return lambda curves: [cell for curve in curves for cell in get(curve)]


def _each(get: Callable[[Curve], Cell]) -> Callable[[Sequence[Curve]], Values]:
    return _cells(lambda curve: [get(curve)] * curve.tau_s.size)


def _reasons(curve: Curve) -> list[Cell]:
    """Why a cell is blank: no comparison at all, or a contact that is over."""
    over = curve.why_not or "longer than the contact"
    return [None if np.isfinite(value) else over for value in curve.tdev_s.tolist()]


INSTABILITY_COLUMNS: tuple[Column[Sequence[Curve]], ...] = (
    Column("clock", "", "Name of the clocks, or the orbit.", _each(lambda c: c.name)),
    Column("loss_db", "dB", "Loss of each way; none where a rate of clicks is stated.",
           _each(lambda c: c.loss_db), digits=2),
    Column("averaging_s", "s", "Averaging time.", _cells(lambda c: significant(c.tau_s))),
    Column("tdev_ps", "ps", "Time deviation, noise of the clocks included.",
           _cells(lambda c: significant(1e12 * c.tdev_s))),
    Column("mdev", "", "Modified Allan deviation.", _cells(lambda c: significant(c.mdev))),
    Column("limit_tdev_ps", "ps", "Time deviation from counting photons alone.",
           _cells(lambda c: significant(1e12 * c.limit_s))),
    Column("limit_mdev", "", "Modified Allan deviation from counting photons alone.",
           _cells(lambda c: significant(c.limit_mdev))),
    Column("reason", "", "Why there is none.", _cells(_reasons)),
)  # fmt: skip
"""Columns of ``instability.csv`` and of ``satqkd clock NAME`` over a link that stands still."""


def comparison_text(name: str, result: TimingResult) -> str:
    """Say in a line what one comparison over a link that stands still gives."""
    why = result.why_not[0]
    if why is not None:
        return f"{visible(name)}: no comparison: {why}"
    statistical, offset = (
        f"{1e12 * float(value[0]):.3g} ps"
        for value in (result.statistical_s, result.offset_uncertainty_s)
    )
    return (
        f"{visible(name)}, {result.method}: {float(result.data_rate_hz[0]):,.0f} Hz for "
        f"{float(result.contact_s[0]):,.0f} s; mean offset to {statistical} from noise, "
        f"{offset} with systematic terms"
    )


def instability(curves: Sequence[Curve]) -> Figure:
    """Draw modified Allan deviation and time deviation with the published points."""
    title = "Instability against averaging time"
    subtitle = (
        "Full: all noise. Dotted: counting photons alone. The combs' floors are set to meet the "
        "printed points; nothing else is."
    )
    top_px = headline_px(title, subtitle) + 30
    with house_style():
        figure = new_figure(top_px + 520 + 230)
        headline(figure, title, subtitle)
        left = axes_at(figure, left=95, top=top_px, width=480, height=520)
        right = axes_at(figure, left=690, top=top_px, width=480, height=520)
        for number, curve in enumerate(curves):
            _draw(left, curve, (curve.mdev, curve.limit_mdev), number=number)
            _draw(right, curve, (curve.tdev_s, curve.limit_s), number=number)
        _points(left, right)
        _frame(left, "modified Allan deviation")
        _frame(right, "time deviation [s]")
        figure.legend(
            *left.get_legend_handles_labels(),
            loc="lower center",
            bbox_to_anchor=(0.5, 0.005),
            ncols=2,
        )
        return figure


def _label(curve: Curve) -> str:
    name = label(curve.name)
    return name if curve.loss_db is None else f"{name}, {curve.loss_db:.0f} dB"


def _draw(axes: Axes, curve: Curve, both: tuple[FloatArray, FloatArray], *, number: int) -> None:
    """Draw all noise and the photons' alone; later lines are thinner, so that none hides."""
    total, limit = both
    held = np.isfinite(total)
    if not held.any():
        return
    colour, tau_s = SERIES[number % len(SERIES)], curve.tau_s[held]
    look = {"color": colour, "lw": max(3.2 - 0.45 * number, 0.9), "solid_capstyle": "butt"}
    axes.plot(tau_s, total[held], label=_label(curve), **look)
    axes.plot(tau_s, limit[held], color=colour, lw=0.9, ls=(0, (1.2, 1.6)))


def _points(left: Axes, right: Axes) -> None:
    for point, marker in zip(PUBLISHED, MARKERS, strict=False):
        look = {"color": BLACK, "marker": marker, "ls": "", "ms": 5, "mfc": "white", "zorder": 5}
        left.plot([point.tau_s], [point.mdev], label=f"published: {point.what}", **look)
        tdev_s = float(tdev_from_mdev(point.mdev, tau_s=point.tau_s))
        right.plot([point.tau_s], [tdev_s], **look)
    right.axhline(PUBLISHED_PRECISION_S, color=GREY, lw=0.9, ls=(0, (5, 2)))
    right.text(
        DECADES_S[1], PUBLISHED_PRECISION_S * 1.15, "published: 30 ps (Nat. Phys. 16, 848)",
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
