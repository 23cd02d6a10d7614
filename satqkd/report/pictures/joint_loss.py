"""Where the light of a joint contact goes: each of its links, one below the other."""

from __future__ import annotations

from functools import reduce

import numpy as np
from matplotlib.figure import Figure

from satqkd.forecast.forecast import Forecast
from satqkd.network.plan import Plan
from satqkd.report.pictures.labels import satellite_label, station_label
from satqkd.report.pictures.loss_panels import LossPanel, lines_of, over_time, waterfall
from satqkd.report.pictures.style import (
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
)
from satqkd.units import BoolArray

_PANEL_PX, _ROW_PX = 300.0, 415.0


def best_window(plan: Plan) -> int | None:
    """Index of the scheduled joint contact with the most key; None where a pass alone has more."""
    windows, passes = plan.windows, plan.passes
    scheduled = np.flatnonzero(windows.scheduled)
    if scheduled.size == 0:
        return None
    best = int(scheduled[np.argmax(windows.planned_bits[scheduled])])
    alone = int(passes.planned_bits[passes.scheduled].max(initial=0))
    return best if int(windows.planned_bits[best]) >= alone else None


def joint_loss(plan: Plan, window: int) -> Figure:
    """Draw the losses of all links of a joint contact of a plan, line by line.

    Parameters
    ----------
    plan
        What is flown.
    window
        Index among its joint contacts.
    """
    drawn = _followed(plan, window)
    tracks, usable = drawn.sampled.tracks, drawn.sampled.usable
    flown = usable & (tracks.time_s >= plan.windows.start_s[window])
    flown &= tracks.time_s <= plan.windows.end_s[window]
    top = _top(drawn, flown)
    title, subtitle = _title(drawn, top, int(plan.windows.planned_bits[window])), _subtitle(drawn)
    top_px = headline_px(title, subtitle) + 44
    arms = drawn.sampled.arms
    highest_db = max(float(arm.budget.total_db.max()) for arm in arms)
    with house_style():
        figure = new_figure(top_px + _ROW_PX * len(arms) - 25)
        headline(figure, title, subtitle)
        for name, arm in zip(_station_names(drawn), arms, strict=True):
            panel = LossPanel(
                lines=lines_of(arm.budget),
                top=top,
                instant="the least loss",
                seconds=tracks.time_s - tracks.time_s[top],
                usable=usable,
                flown=flown,
                usable_s=float(drawn.yields.usable_s[0]),
                flown_s=float(tracks.weight_s[flown].sum()),
            )
            at = axes_at(figure, left=225, top=top_px, width=290, height=_PANEL_PX)
            at.set_title(f"{name}, at the least loss", loc="left", pad=10)
            waterfall(at, panel)
            at.set_xlim(0.0, 1.02 * highest_db)
            over = axes_at(figure, left=605, top=top_px, width=570, height=_PANEL_PX)
            over.set_title("Over the window", loc="left", pad=10)
            over_time(over, panel, highest_db=highest_db)
            top_px += _ROW_PX
        return figure


def _followed(plan: Plan, window: int) -> Forecast:
    """Follow a joint contact again, sample by sample."""
    for forecast in plan.joint:
        if window < len(forecast):
            return forecast.with_series(np.array([window]), every=True)
        window -= len(forecast)
    raise IndexError(f"the plan has no joint contact {window}")


def _top(drawn: Forecast, flown: BoolArray) -> int:
    """Sample at which the links together lose least, of those that are flown if any is."""
    both = reduce(np.add, (arm.budget.total_db for arm in drawn.sampled.arms))
    return int(np.argmin(np.where(flown, both, np.inf) if flown.any() else both))


def _station_names(drawn: Forecast) -> list[str]:
    """Names of the stations, one an arm, in the room over a waterfall."""
    return [
        station_label(drawn.mission, int(arm.station[0]), width_px=200.0)
        for arm in drawn.contacts.arms
    ]


def _title(drawn: Forecast, top: int, secure_bits: int) -> str:
    satellite = satellite_label(drawn.mission, int(drawn.passes.satellite[0]))
    names = " and ".join(_station_names(drawn))
    when = drawn.timebase.iso(drawn.sampled.tracks.time_s[[top]], digits=0)[0]
    both_db = sum(float(arm.budget.total_db[top]) for arm in drawn.sampled.arms)
    return (
        f"{satellite} over {names}, {when[:10]} {when[11:16]} UTC: "
        f"{both_db:.1f} dB of both links together, {bits(float(secure_bits))}"
    )


def _subtitle(drawn: Forecast) -> str:
    return (
        f"{drawn.labels[0]}: {drawn.yields.usable_s[0]:.0f} s may carry key at all stations at "
        "once. Losses up to the detectors' input, where the links together lose least."
    )
