"""Key flown against its forecast, contact by contact, and the running bias."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from satqkd.calibration.score import BEYOND, ENOUGH_CONTACTS, Score
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    SKY_BLUE,
    VERMILION,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
    notice,
)
from satqkd.report.tables.score import factor_of, headline_of, told, unit_of

MOST_NAMED: Final = 14
"""More contacts than fit beside each other bear a number instead of station and date."""


def score_picture(score: Score) -> Figure:
    """Draw a dot for the key of each contact on its bar from P10 to P90, and the running bias."""
    leading = score.leading
    if leading is None:
        return notice("Forecast against flown", "No contact has both a flown value and a forecast.")
    title = headline_of(score)
    subtitle = (
        f"{told(leading, score.whole.biases[leading])}. Bar: P10 to P90 of the forecast; tick: "
        "median. Below: the bias after each contact with its standard error; orange bounds: "
        f"{BEYOND:g} sigma about 0, from {ENOUGH_CONTACTS} contacts on."
    )
    top_px = headline_px(title, subtitle) + 30
    with house_style():
        figure = new_figure(top_px + 560 + 110)
        headline(figure, title, subtitle)
        above = axes_at(figure, left=95, top=top_px, width=1080, height=310)
        below = axes_at(figure, left=95, top=top_px + 350, width=1080, height=210, sharex=above)
        _keys(above, score)
        _running(below, score)
        _dress(above, below, score)
        return figure


def _keys(axes: Axes, score: Score) -> None:
    named: set[str] = set()

    def once(text: str) -> str:
        new = text not in named
        named.add(text)
        return text if new else ""

    for place, one in enumerate(score.contacts, start=1):
        seen = one.foreseen
        if seen is not None and seen.interval is not None and seen.p50_bits is not None:
            axes.vlines(
                place, *seen.interval, color=SKY_BLUE, linewidth=7, label=once("P10 to P90")
            )
            axes.hlines(seen.p50_bits, place - 0.18, place + 0.18, color=BLUE, linewidth=1.6)
        if one.key_bits is not None:
            outside = one.inside is False
            axes.plot(
                place, one.key_bits, "D" if outside else "o", color=VERMILION if outside else BLACK,
                markersize=5, label=once("flown, outside" if outside else "flown"),
            )  # fmt: skip
    if named:
        axes.legend(loc="upper right")


def _running(axes: Axes, score: Score) -> None:
    leading = score.leading or "key"
    factor = factor_of(leading)
    places = [place for place, one in enumerate(score.running, start=1) if one is not None]
    known = [one for one in score.running if one is not None]
    mean = factor * np.array([one.mean for one in known])
    error = factor * np.array([np.nan if one.error is None else one.error for one in known])
    axes.errorbar(places, mean, yerr=error, fmt="o-", color=BLACK, markersize=4, capsize=3)
    enough = np.array([one.count >= ENOUGH_CONTACTS for one in known])
    for sign in (-1.0, 1.0):
        bound = np.where(enough, sign * BEYOND * error, np.nan)
        axes.plot(places, bound, "_-", color=ORANGE, linewidth=1.2)


def _dress(above: Axes, below: Axes, score: Score) -> None:
    leading = score.leading or "key"
    count = len(score.contacts)
    above.set_xlim(0.4, count + 0.6)
    above.set_ylim(bottom=0.0)
    above.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: bits(value) if value > 0.0 else "0")
    )
    above.tick_params(labelbottom=False)
    below.axhline(0.0, color=GREY, linewidth=0.8)
    below.set_ylabel(f"bias of {leading} [{unit_of(leading)}]")
    if count <= MOST_NAMED:
        below.set_xticks(range(1, count + 1))
        below.set_xticklabels(
            [f"{label(one.where, limit=9)}\n{one.utc:%m-%d %H:%M}" for one in score.contacts],
            fontsize=6.5,
        )
    else:
        below.xaxis.set_major_locator(MaxNLocator(integer=True))
        below.set_xlabel("contact, in the order of time")
    for axes in (above, below):
        axes.grid(visible=True, axis="y", color=PALE)
