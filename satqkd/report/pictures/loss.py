"""Where the light of one contact goes: a waterfall at its best and the loss over time."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.seen import culmination_sample
from satqkd.network.plan import Plan
from satqkd.network.scheduled_spans import scheduled_spans, within
from satqkd.report.pictures.joint_loss import best_window, joint_loss
from satqkd.report.pictures.labels import (
    reason_label,
    satellite_label,
    station_label,
)
from satqkd.report.pictures.loss_panels import LossPanel, lines_of, over_time, waterfall
from satqkd.report.pictures.style import (
    axes_at,
    bits,
    headline,
    headline_px,
    house_style,
    new_figure,
    notice,
)
from satqkd.report.wording import (
    nothing_scheduled,
    reasons_text,
)
from satqkd.units import BoolArray


def loss(forecast: Forecast, *, plan: Plan | None = None, index: int | None = None) -> Figure:
    """Draw the loss of one pass, line by line; of a plan with a better joint contact, its links.

    Parameters
    ----------
    forecast
        All passes.
    plan
        Restricts the choice to scheduled passes, if there are any.
    index
        The pass to draw; by default the one with the most key.
    """
    window = None if plan is None or index is not None else best_window(plan)
    if plan is not None and window is not None:
        return joint_loss(plan, window)
    if index is None:
        index = best_pass(forecast, plan=plan)
    if index is None:
        why = (
            nothing_scheduled(plan, shown=reason_label) if plan is not None else _nothing(forecast)
        )
        return notice("Loss of the best pass", why)
    scheduled = {} if plan is None else plan.scheduled_key
    secure = scheduled.get(index, int(forecast.yields.keys.secure_bits[index]))
    drawn = forecast.with_series(np.array([index]), every=True)
    flown = drawn.sampled.usable if plan is None else _flown(plan, index, drawn)
    title, subtitle = _title(drawn, secure), _subtitle(drawn)
    top_px = headline_px(title, subtitle) + 44
    with house_style():
        figure = new_figure(top_px + 430 + 90)
        headline(figure, title, subtitle)
        at = axes_at(figure, left=225, top=top_px, width=290, height=430)
        at.set_title("At culmination", loc="left", pad=10)
        over = axes_at(figure, left=605, top=top_px, width=570, height=430)
        over.set_title("Over the pass", loc="left", pad=10)
        panel = _panel(drawn, flown)
        waterfall(at, panel)
        over_time(over, panel)
        return figure


def _panel(drawn: Forecast, flown: BoolArray) -> LossPanel:
    tracks = drawn.sampled.tracks
    return LossPanel(
        lines=lines_of(drawn.sampled.arms[0].budget),
        top=_top(drawn),
        instant="culmination",
        seconds=tracks.time_s - drawn.passes.culmination_s[0],
        usable=drawn.sampled.usable,
        flown=flown,
        usable_s=float(drawn.yields.usable_s[0]),
        flown_s=float(tracks.weight_s[flown].sum()),
    )


def _flown(plan: Plan, index: int, drawn: Forecast) -> BoolArray:
    """Samples of a pass that a plan flies; of one that it does not, those it could."""
    tracks, spans = drawn.sampled.tracks, scheduled_spans(plan)
    if index not in spans:
        return drawn.sampled.usable
    inside = within(spans, np.array([index]), tracks.starts, tracks.time_s)
    return np.asarray(drawn.sampled.usable & inside)


def best_pass(forecast: Forecast, *, plan: Plan | None = None) -> int | None:
    """Index of the pass with the most key, among those scheduled if there are any."""
    scheduled = {} if plan is None else plan.scheduled_key
    if scheduled:
        return max(scheduled, key=lambda index: (scheduled[index], -index))
    secure = forecast.yields.keys.secure_bits
    pool = [index for index in range(len(forecast)) if secure[index] > 0]
    return max(pool, key=lambda index: (int(secure[index]), -index)) if pool else None


def _nothing(forecast: Forecast) -> str:
    if len(forecast.passes) == 0:
        return "No satellite rises above a station's lowest elevation."
    reasons = [text or "" for text in forecast.yields.reason]
    return f"No pass gives key: {reasons_text(reasons, shown=reason_label)}."


def _top(forecast: Forecast) -> int:
    """Sample of the culmination."""
    return int(culmination_sample(forecast.passes, forecast.sampled.tracks)[0])


def _title(forecast: Forecast, secure_bits: int) -> str:
    top = _top(forecast)
    key = bits(float(secure_bits))
    passes = forecast.passes
    satellite = satellite_label(forecast.mission, int(passes.satellite[0]))
    station = station_label(forecast.mission, int(passes.station[0]))
    when = forecast.timebase.iso(passes.culmination_s[[0]], digits=0)[0]
    return (
        f"{satellite} over {station}, {when[:10]} {when[11:16]} UTC: "
        f"{forecast.sampled.arms[0].budget.total_db[top]:.1f} dB at culmination, {key}"
    )


def _subtitle(forecast: Forecast) -> str:
    return (
        f"{forecast.ids[0]}: culminates at "
        f"{forecast.passes.max_elevation_deg[0]:.1f}°, "
        f"{1e-3 * forecast.sampled.tracks.range_m[_top(forecast)]:.0f} km away; "
        f"{forecast.yields.usable_s[0]:.0f} s may carry key. Losses up to the detectors' input."
    )
