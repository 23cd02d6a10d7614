"""Rates against loss as a picture, with the bounds and what was published."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogLocator, NullFormatter

from satqkd.key.asymptotic.bounds import node_bound, plob_bound, tgw_bound
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LINES,
    ORANGE,
    PALE,
    PURPLE,
    VERMILION,
    axes_at,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
)
from satqkd.report.tables.rates import LOSS_TEXT, conditions_text, published_of
from satqkd.study.published_rates import PublishedRate
from satqkd.study.rates import PROTOCOLS, RateCurves
from satqkd.units import FloatArray, transmittance

_LOOKS: Final = {
    "bb84-no-decoy": (BLUE, LINES[2]),
    "bb84-one-decoy": (BLUE, LINES[3]),
    "bb84-two-decoys": (BLUE, LINES[1]),
    "bb84-infinite-decoys": (BLUE, LINES[0]),
    "single-photon": (GREEN, LINES[0]),
    "bbm92": (ORANGE, LINES[0]),
    "mdi": (VERMILION, LINES[0]),
    "twin-field-sns": (PURPLE, LINES[0]),
    "twin-field-cal": (PURPLE, LINES[1]),
}
_TITLE: Final = "Secret bits per use against loss"
_LEAST_SHOWN, _LETTERS = 1e-10, "abcdefghijklmnopqrstuvwxyz"
_ABOVE: Final = 10.0
"""Bits beyond the top of the axes, where a bound is that is infinite without loss. [bit]"""
_BOUND_POINTS: Final = 801
_LEFT_PX, _WIDTH_PX, _HEIGHT_PX, _LEGEND_PX = 105.0, 730.0, 620.0, 855.0


def rate_picture(curves: RateCurves) -> Figure:
    """Draw every protocol's rate, the bounds, and the published points of these protocols."""
    if not any(rate.any() for rate in curves.rates.values()):
        return notice(
            _TITLE, f"No key at any of these losses; {conditions_text(curves.conditions)}"
        )
    title, subtitle = _title(curves), _subtitle(curves)
    top_px = headline_px(title, subtitle) + 24
    with house_style():
        figure = new_figure(top_px + _HEIGHT_PX + 70)
        headline(figure, title, subtitle)
        axes = axes_at(figure, left=_LEFT_PX, top=top_px, width=_WIDTH_PX, height=_HEIGHT_PX)
        _draw_bounds(axes, curves)
        for name, rate in curves.rates.items():
            colour, line = _LOOKS[name]
            axes.plot(curves.loss_db, _shown(rate), color=colour, linestyle=line, linewidth=1.4)
        points = published_of(curves)
        _draw_points(axes, points)
        _dress(axes, curves)
        _explain(figure, curves, points, top_px)
        return figure


def _title(curves: RateCurves) -> str:
    beating = {name: curves.beats_plob_db(name) for name in curves.rates if PROTOCOLS[name].repeats}
    first = min((db for db in beating.values() if db is not None), default=None)
    if first is None:
        return f"{_TITLE}: none above the repeaterless bound"
    return f"{_TITLE}: twin-field beats the repeaterless bound from {first:.1f} dB"


def _subtitle(curves: RateCurves) -> str:
    return (
        f"{conditions_text(curves.conditions)}; the best settings at each loss. Published points "
        "have their own receivers, errors and blocks."
    )


def _shown(values: FloatArray) -> FloatArray:
    """Leave out what a logarithm cannot show."""
    return np.where(np.isfinite(values) & (values > 0.0), values, np.nan)


def _draw_bounds(axes: Axes, curves: RateCurves) -> None:
    """Draw them at losses of their own, however coarse the curves are."""
    loss_db = np.union1d(np.linspace(*_limits_db(curves), _BOUND_POINTS), curves.loss_db)
    eta = transmittance(loss_db)
    root = np.sqrt(eta)
    bounds = [
        np.minimum(b, _ABOVE) for b in (plob_bound(eta), tgw_bound(eta), node_bound(root, root))
    ]
    for values, look in zip(bounds, _BOUND_LOOKS, strict=True):
        axes.plot(loss_db, values, **look[1])
    axes.fill_between(loss_db, bounds[0], _ABOVE, color=PALE, alpha=0.35, linewidth=0)


def _limits_db(curves: RateCurves) -> tuple[float, float]:
    """Ends of the axis of losses; an axis needs a width. [dB]"""
    low, high = float(curves.loss_db[0]), float(curves.loss_db[-1])
    return low, high if high > low else low + 1.0


_BOUND_LOOKS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("PLOB bound: no repeater", {"color": BLACK, "linewidth": 1.8}),
    ("TGW bound, looser", {"color": GREY, "linewidth": 1.2, "linestyle": LINES[1]}),
    ("bound with one node half-way", {"color": GREY, "linewidth": 1.2, "linestyle": LINES[2]}),
)


def _draw_points(axes: Axes, points: tuple[PublishedRate, ...]) -> None:
    for letter, point in zip(_LETTERS, points, strict=False):
        colour = _LOOKS[point.protocol][0]
        axes.plot(
            point.loss_db, point.bits_per_use, "o",
            markersize=6, markerfacecolor=colour, markeredgecolor=BLACK, markeredgewidth=0.8,
            zorder=5,
        )  # fmt: skip
        axes.annotate(
            letter, (point.loss_db, point.bits_per_use), xytext=(5, 4),
            textcoords="offset points", size=8, weight="bold", zorder=6,
            path_effects=[withStroke(linewidth=2.0, foreground="white")],
        )  # fmt: skip


def _dress(axes: Axes, curves: RateCurves) -> None:
    axes.set_yscale("log")
    axes.set_ylim(_LEAST_SHOWN, 3.0)
    axes.set_xlim(*_limits_db(curves))
    axes.yaxis.set_major_locator(LogLocator(numticks=99))
    axes.yaxis.set_minor_formatter(NullFormatter())
    # Exponents are written out: the house style draws no mathematics.
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0e}" if value < 1.0 else f"{value:g}")
    axes.set_xlabel(LOSS_TEXT.replace("loss:", "loss [dB]:"))
    axes.set_ylabel("secret bits per use")
    axes.grid(visible=True, color=PALE)


def _explain(
    figure: Figure, curves: RateCurves, points: tuple[PublishedRate, ...], top_px: float
) -> None:
    """List bounds, curves and points beside the axes."""
    handles = [Line2D([], [], label=text, **look) for text, look in _BOUND_LOOKS]
    for name in curves.rates:
        colour, line = _LOOKS[name]
        handles.append(Line2D([], [], color=colour, linestyle=line, label=PROTOCOLS[name].title))
    width_px, height_px = figure.get_figwidth() * figure.dpi, figure.get_figheight() * figure.dpi
    corner = (_LEGEND_PX / width_px, 1.0 - top_px / height_px)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, handlelength=3.2)
    if not points:
        return
    rows = [f"{letter}  {point.label}" for letter, point in zip(_LETTERS, points, strict=False)]
    figure.text(
        (_LEGEND_PX + 12.0) / width_px,
        1.0 - (top_px + 24.0 * (len(handles) + 2)) / height_px,
        "\n".join(("published (docs/rates.md):", *rows)),
        size=7.5,
        va="top",
        linespacing=1.5,
    )
