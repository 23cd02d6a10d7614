"""Days on the horizontal axis of a picture."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from matplotlib.axes import Axes

from satqkd.forecast.forecast import Forecast
from satqkd.report.pictures.months import Months, months_of
from satqkd.report.pictures.style import PALE
from satqkd.units import FloatArray

_STEPS_H = (1, 2, 3, 6, 12, 24, 48, 168)
"""What can lie between two labels of the axis. [h]"""
_STEPS_MONTHS = (1, 2, 3, 6, 12)
"""The same in a window that is drawn by month."""
_MOST_LABELS = 9
"""Labels that have room beside each other."""
_MOST_MONTHS = 14
"""Names of months are short."""
_LEAST_SHARE = 0.045
"""A first month shorter than this part of the window has no room for its name."""


def window_s(forecast: Forecast) -> tuple[float, float]:
    """First and last mission second of the window. [s]"""
    start_s = forecast.timebase.seconds(forecast.mission.start)
    return start_s, start_s + forecast.mission.duration_s


def utc_axis(
    axes: Axes, forecast: Forecast, *, labelled: bool = True, until_s: float = 0.0
) -> None:
    """Let the horizontal axis, in mission hours, run over the window and name its dates.

    It runs on until a mission second that is later than the end of the window. [s]
    """
    start_s, end_s = window_s(forecast)
    end_s = max(end_s, until_s)
    axes.set_xlim(start_s / 3600.0, end_s / 3600.0)
    hours = (end_s - start_s) / 3600.0
    step_h, months = _step_h(hours), months_of(forecast)
    moments = (
        _round_times(forecast, start_s, end_s, step_h) if months is None else _month_starts(months)
    )
    ticks = [forecast.timebase.seconds(moment) / 3600.0 for moment in moments]
    if not labelled:  # lines alone cost a fraction of what ticks do
        axes.set_xticks([])
        across = axes.get_xaxis_transform()
        axes.vlines(ticks, 0.0, 1.0, color=PALE, linewidth=0.5, zorder=0.5, transform=across)
        return
    pattern = "%a %d %b" if step_h >= 24 else "%d %b\n%H:%M"
    pattern = pattern if months is None else "%b\n%Y"
    axes.set_xticks(ticks, [f"{moment:{pattern}}" for moment in moments])
    axes.tick_params(axis="x", length=4)
    if step_h >= 24:
        for text in axes.get_xticklabels():
            text.set_horizontalalignment("left")
    axes.grid(visible=True, axis="x", color=PALE)
    said = "UTC; each date stands at its midnight" if step_h >= 24 else "UTC"
    said = said if months is None else "UTC; each month stands where it begins"
    axes.set_xlabel(said, loc="left", labelpad=5)


def utc_axis_px(forecast: Forecast) -> float:
    """Room that the labels of :func:`utc_axis` take below the plot. [px]"""
    start_s, end_s = window_s(forecast)
    one_line = _step_h((end_s - start_s) / 3600.0) >= 24 and months_of(forecast) is None
    return 66.0 if one_line else 90.0


def _step_h(hours: float) -> int:
    return next((step for step in _STEPS_H if hours / step <= _MOST_LABELS), _STEPS_H[-1])


def axis_hours(seconds: FloatArray) -> FloatArray:
    """Mission seconds as the hours of :func:`utc_axis`."""
    return np.asarray(seconds / 3600.0)


def _round_times(forecast: Forecast, start_s: float, end_s: float, step_h: int) -> list[datetime]:
    first = forecast.timebase.utc(start_s)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    count = int((end_s - start_s) / 3600.0 / step_h) + 48 // step_h + 3
    moments = [midnight + timedelta(hours=step_h * number) for number in range(count)]
    return [m for m in moments if start_s <= forecast.timebase.seconds(m) < end_s]


def _month_starts(months: Months) -> list[datetime]:
    """Beginnings of months that are named: no two too near for their names."""
    count = len(months)
    step = next((step for step in _STEPS_MONTHS if count / step <= _MOST_MONTHS), _STEPS_MONTHS[-1])
    cut = bool(months.width_h[0] < _LEAST_SHARE * months.width_h.sum())
    named = [begin for begin in months.begins[cut:] if step == 1 or (begin.month - 1) % step == 0]
    return named or list(months.begins[:1])
