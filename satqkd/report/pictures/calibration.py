"""Forecast against flown, before and after a calibration, as a picture."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from satqkd.calibration.calibrate import CalibratedLog, CalibratedPair
from satqkd.calibration.constants import Kind
from satqkd.calibration.fit import KINDS, Data
from satqkd.report.pictures.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    axes_at,
    headline,
    headline_px,
    house_style,
    label,
    new_figure,
    notice,
)
from satqkd.report.tables.calibration import summary
from satqkd.units import FloatArray

_AXIS = {"loss": "loss [dB]", "clicks": "clicks a second [Hz]", "qber": "QBER [%]"}
_RESIDUAL = {"loss": "[dB]", "clicks": "of clicks [dB]", "qber": "[%]"}
_LEFT_PX, _WIDTH_PX, _GAP_PX = 90.0, 1080.0, 85.0


def calibration_picture(result: CalibratedLog) -> Figure:
    """Draw what was flown and the forecast before and after, over what is left between them."""
    kinds = [kind for kind in KINDS if any(_data(pair, kind) for pair in result.pairs)]
    if not kinds:
        return notice("Forecast against flown", "No row of the log lies within a pass.")
    title, subtitle = _title(result, kinds), _subtitle(result)
    top_px = headline_px(title, subtitle) + 40
    width_px = (_WIDTH_PX - _GAP_PX * (len(kinds) - 1)) / len(kinds)
    with house_style():
        figure = new_figure(top_px + 570 + 70)
        headline(figure, title, subtitle)
        for place, kind in enumerate(kinds):
            left = _LEFT_PX + place * (width_px + _GAP_PX)
            above = axes_at(figure, left=left, top=top_px, width=width_px, height=330)
            below = axes_at(
                figure, left=left, top=top_px + 370, width=width_px, height=200, sharex=above
            )
            _draw(above, below, result, kind)
        return figure


def _title(result: CalibratedLog, kinds: list[Kind]) -> str:
    names = dict.fromkeys((pair.satellite, pair.station) for pair in result.pairs)
    (satellite, station), more = next(iter(names)), len(names) - 1
    who = f"{label(satellite)} over {label(station)}" + (f" and {more} more" if more else "")
    unit = "%" if kinds[0] == "qber" else "dB"
    before, after = (
        np.concatenate([_differences(pair, kinds[0], then) for pair in result.pairs])
        for then in (False, True)
    )
    return (
        f"{who}: {kinds[0]} flown and forecast differ by {_rms(before):.2f} {unit} rms before "
        f"calibration, by {_rms(after):.2f} {unit} after"
    )


def _subtitle(result: CalibratedLog) -> str:
    fitted = {
        constant.words.label
        for pair in result.pairs
        for constant, half in zip(pair.fitted.constants, pair.fitted.half_width, strict=True)
        if not np.isnan(half)
    }
    what = ", ".join(sorted(fitted)) or "nothing"
    return f"{summary(result)}; fitted: {what}. Below: flown minus forecast."


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _data(pair: CalibratedPair, kind: Kind) -> Data | None:
    return next((one for one in pair.data if one.kind == kind), None)


def _differences(pair: CalibratedPair, kind: Kind, after: bool) -> FloatArray:  # noqa: FBT001
    data = _data(pair, kind)
    if data is None:
        return np.zeros(0)
    return _percent(kind) * data.differences(pair.after if after else pair.before)


def _percent(kind: Kind) -> float:
    return 100.0 if kind == "qber" else 1.0


def _draw(above: Axes, below: Axes, result: CalibratedLog, kind: Kind) -> None:
    culmination_s = result.flown.passes.culmination_s
    named = False
    for pair in result.pairs:
        data = _data(pair, kind)
        if data is None:
            continue
        owner = pair.flown.passes[data.rows]
        second = pair.flown.seconds[data.rows] - culmination_s[owner]
        factor = _percent(kind) / _seconds(pair, data)
        for index in np.unique(owner).tolist():
            mine = owner == index
            for model, look, colour, text in (
                (pair.before, (0, (5, 1.5)), ORANGE, "forecast before"),
                (pair.after, "-", BLUE, "forecast after"),
            ):
                above.plot(
                    second[mine], (factor * data.of(model))[mine], linestyle=look, color=colour,
                    linewidth=1.6, marker="s", markersize=2.5,
                    label=None if named else text,
                )  # fmt: skip
            above.plot(
                second[mine], (factor * data.flown)[mine], "o", color=BLACK, markersize=4.5,
                label=None if named else "flown",
            )  # fmt: skip
            named = True
        for after, marker, colour in ((False, "s", ORANGE), (True, "o", BLUE)):
            left = _differences(pair, kind, after)
            below.plot(second, left, marker, color=colour, markersize=4, fillstyle="none")
    _dress(above, below, kind)


def _seconds(pair: CalibratedPair, data: Data) -> FloatArray:
    """What turns clicks of an interval into a rate; 1 for what is none. [s]"""
    if data.kind != "clicks":
        return np.ones(data.rows.size)
    return np.array([pair.flown.rows[index].interval_s or 1.0 for index in data.rows.tolist()])


def _rate(value: float) -> str:
    """Write a tick of the rate.

    Examples
    --------
    >>> _rate(0.5), _rate(20.0), _rate(5e3)
    ('0.5', '20', '5k')
    """
    return f"{value:g}" if value < 1e3 else f"{1e-3 * value:g}k"


def _dress(above: Axes, below: Axes, kind: Kind) -> None:
    if kind == "loss":
        above.invert_yaxis()
    if kind == "clicks":
        above.set_yscale("log")
        above.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        above.yaxis.set_minor_locator(NullLocator())
        above.yaxis.set_major_formatter(FuncFormatter(lambda rate, _: _rate(rate)))
    above.set_ylabel(_AXIS[kind])
    above.legend(loc="upper center" if kind == "qber" else "lower center")
    above.tick_params(labelbottom=False)
    below.axhline(0.0, color=GREY, linewidth=0.8)
    below.set_ylabel(f"difference {_RESIDUAL[kind]}")
    below.set_xlabel("time from culmination [s]")
    for axes in (above, below):
        axes.grid(visible=True, axis="y", color=PALE)
