"""What each pair of stations gets, and when; and what the weather leaves of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from satqkd.network.deliveries import TimedDelivery, timed_deliveries
from satqkd.network.plan import Plan
from satqkd.network.served import Served, served
from satqkd.report.pictures.labels import mission_label, reason_label, station_label
from satqkd.report.pictures.style import (
    BLUE,
    GREEN,
    GREY,
    PALE,
    VERMILION,
    WIDTH_PX,
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
    short,
)
from satqkd.report.pictures.time_axis import axis_hours, utc_axis, utc_axis_px, window_s
from satqkd.report.wording import nothing_scheduled, window_text

_LEFT_PX, _RIGHT_PX, _PANEL_PX, _GAP_PX, _MOST_PAIRS = 85, 195, 96, 40, 12
_NAME_PX = 300.0
_AFTER = 0.02
"""So much of the axis lies behind the last delivery after the window."""


def pairs(plan: Plan) -> Figure:
    """Draw the key of each pair as it grows, one panel a demand; at its right what weather leaves.

    A line rises when blocks become key and are relayed; a bar at the right reaches from P10 to P90
    over realisations of the weather, with the mean as a mark.
    """
    if not plan.mission.demands:
        return notice("Pairs", "No pair of stations asks for key: the mission names no demand.")
    if plan.empty:
        return notice("Pairs", nothing_scheduled(plan, shown=reason_label))
    found, every = timed_deliveries(plan.problem, plan.solution), served(plan)
    totals = np.zeros(len(plan.mission.demands))
    for one in found:
        totals[one.demand] += one.bits
    shown = list(range(totals.size))
    if totals.size > _MOST_PAIRS:
        shown = sorted(np.argsort(-totals, kind="stable")[:_MOST_PAIRS].tolist())
    count = int(np.count_nonzero(totals))
    title = f"{bits(float(totals.sum()))} delivered, to {count} of {totals.size} pairs"
    subtitle = (
        f"{mission_label(plan.mission)}, {window_text(plan.mission)}. Lines: under a clear sky. At "
        "the right: P10 to P90 over the weather, and its mean."
    )
    if len(shown) < totals.size:
        subtitle += f" The {len(shown)} pairs with most key of {totals.size}."
    top_px = headline_px(title, subtitle) + 34
    with house_style():
        figure = new_figure(
            top_px + len(shown) * (_PANEL_PX + _GAP_PX) + utc_axis_px(plan.forecast) + 18
        )
        headline(figure, title, subtitle)
        for row, demand in enumerate(shown):
            axes = axes_at(
                figure,
                left=_LEFT_PX,
                top=top_px + row * (_PANEL_PX + _GAP_PX),
                width=WIDTH_PX - _LEFT_PX - _RIGHT_PX,
                height=_PANEL_PX,
            )
            utc_axis(
                axes, plan.forecast, labelled=row == len(shown) - 1, until_s=_until_s(plan, found)
            )
            own = [one for one in found if one.demand == demand]
            _panel(axes, plan, demand, own, every[demand])
        _legend(figure, plan, after=_until_s(plan, found) > 0.0)
        return figure


def _until_s(plan: Plan, found: Sequence[TimedDelivery]) -> float:
    """Where the axis ends if key is delivered after the window; 0 otherwise. [s]"""
    begin_s, end_s = window_s(plan.forecast)
    last_s = max((one.at_s for one in found), default=begin_s)
    return last_s + _AFTER * (last_s - begin_s) if last_s > end_s else 0.0


def _panel(axes: Axes, plan: Plan, demand: int, own: list[TimedDelivery], found: Served) -> None:
    asked = plan.mission.demands[demand]
    begin_s, end_s = window_s(plan.forecast)
    own = sorted(own, key=lambda one: one.at_s)
    last_s = float(3600.0 * axes.get_xlim()[1])
    at_s = np.array([begin_s, *(one.at_s for one in own), last_s])
    if last_s > end_s:
        axes.axvline(end_s / 3600.0, color=GREY, linewidth=1.0)
    held = asked.held_bits + np.cumsum([0.0, *(one.bits for one in own), 0.0])
    told = None if plan.outlook is None else plan.outlook.demands[demand]
    wanted = found.milestones
    high = 0.0 if told is None else asked.held_bits + told.percentile_bits(90.0)
    level = max([asked.at_least_bits, *(asked.held_bits + one.asked_bits for one in wanted)])
    most = max(float(held[-1]), level, high, 1.0)
    exponent = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12}[short(most)[1]]
    scale = 10.0**-exponent
    axes.step(axis_hours(at_s), scale * held, where="post", color=BLUE, linewidth=1.8)
    if len(wanted) > 1 or (wanted and asked.at_least_bits <= 0):
        axes.step(
            axis_hours(np.array([begin_s, *(min(one.by_s, at_s[-1]) for one in wanted), at_s[-1]])),
            scale * (asked.held_bits + np.array([0.0, *(o.asked_bits for o in wanted), 0.0])
                     + np.array([*np.zeros(len(wanted) + 1), wanted[-1].asked_bits])),
            where="post", color=VERMILION, linewidth=1.0, ls=(0, (5, 2)),
        )  # fmt: skip
    elif asked.at_least_bits > 0:
        axes.axhline(scale * asked.at_least_bits, color=VERMILION, linewidth=1.0, ls=(0, (5, 2)))
    if asked.by is not None:
        by_h = float(axis_hours(np.array([plan.forecast.timebase.seconds(asked.by)]))[0])
        axes.axvline(by_h, color=VERMILION, linewidth=1.0, ls=(0, (1.2, 1.2)))
    axes.set_ylim(0.0, 1.12 * scale * most)
    axes.locator_params(axis="y", nbins=4)
    axes.grid(visible=True, axis="y", color=PALE)
    axes.set_ylabel(f"key [{short(most)[1]}bit]")
    names = [
        station_label(plan.mission, one, width_px=_NAME_PX, weight="bold")
        for one in (asked.station_a, asked.station_b)
    ]
    told_text = f"{bits(float(held[-1] - asked.held_bits))} delivered"
    if found.amounts > 1:
        told_text += f", {found.amounts_met} of {found.amounts} amounts met"
    elif asked.asks:
        told_text += f", {bits(level)} asked for: {'met' if found.met else 'not met'}"
    axes.set_title(f"{names[0]} – {names[1]}: {told_text}", loc="left", pad=5)
    if told is None:
        return
    low, mean, high = (
        scale * (asked.held_bits + value)
        for value in (told.percentile_bits(10.0), told.mean_bits, told.percentile_bits(90.0))
    )
    beside = axes.get_yaxis_transform()
    axes.plot([1.02, 1.02], [low, high], transform=beside, color=GREEN, lw=5, clip_on=False,
              solid_capstyle="butt", alpha=0.55)  # fmt: skip
    axes.plot([1.02], [mean], transform=beside, marker="_", ms=12, mew=2, color=GREEN, ls="",
              clip_on=False)  # fmt: skip
    chance = told.chance_of() if found.chance_met is None or not wanted else found.chance_met
    what = "met in" if wanted else "any in"
    axes.text(
        1.04, 0.5, f"mean {bits(told.mean_bits)}\n{what} {100.0 * chance:.0f} %",
        transform=axes.transAxes, va="center", size=7.5,
    )  # fmt: skip


def _legend(figure: Figure, plan: Plan, *, after: bool) -> None:
    handles = [Line2D([], [], color=BLUE, linewidth=1.8, label="delivered so far")]
    if any(one.asks for one in plan.mission.demands):
        handles.append(Line2D([], [], color=VERMILION, lw=1.0, ls=(0, (5, 2)), label="asked for"))
    if any(one.by is not None for one in plan.mission.demands):
        handles.append(Line2D([], [], color=VERMILION, lw=1.0, ls=(0, (1.2, 1.2)), label="by when"))
    if after:
        handles.append(Line2D([], [], color=GREY, lw=1.0, label="end of the window"))
    if plan.outlook is not None:
        handles.append(
            Line2D([], [], color=GREEN, lw=5, alpha=0.55, label="P10 to P90 over the weather")
        )
    figure.legend(handles=handles, loc="lower left", ncols=len(handles), bbox_to_anchor=(0.06, 0.0))
