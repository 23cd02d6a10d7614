"""One contact second by second: elevation, loss by cause, clicks and error on one axis of time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from markupsafe import Markup

from satqkd.report.html.axis import Axis, TimeAxis, round_ticks
from satqkd.report.html.curve_data import curve_table, island, readout
from satqkd.report.html.curve_limits import TALL, TOP, limits_strip, limits_told
from satqkd.report.html.markup import tag
from satqkd.report.html.svg import line, path, picture, px, rect, text
from satqkd.report.html.written import day, fixed, instant_of
from satqkd.report.plan_folder import Row, number

WIDTH: Final = 720.0
LEFT, RIGHT = 56.0, 80.0
"""Room for the names of values and of curves. [px]"""
PANELS: Final[Mapping[str, tuple[float, float]]] = {
    "elevation": (18.0, 90.0), "loss": (130.0, 130.0), "clicks": (282.0, 92.0),
    "qber": (396.0, 72.0),
}  # fmt: skip
"""Top and height of each part, with room for its title above. [px]"""
HEIGHT: Final = 550.0
CAUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "beam": ("tx_optics", "truncation", "wavefront", "divergence", "obscuration", "beam_spread"),
    "pointing": ("pointing", "tracking"),
    "air": ("atmosphere", "molecules", "aerosol", "cloud"),
    "receiver": ("rx_optics", "coupling", "fibre", "splices"),
    "other": (),
}
"""Which loss lines of series.csv are drawn as one; ``other`` is what none of them names."""
LEAST_HZ: Final = 1.0
"""Fewer clicks lie on the lower edge of their part. [Hz]"""
Placed = TypeVar("Placed")
"""An instant, or where it lies."""


def curves(rows: Sequence[Row], *, name: str, label: str) -> Markup:
    """Draw what happens during a pass.

    Parameters
    ----------
    rows
        Of series.csv, in order of time; at least one.
    name, label
        Unique in the page; what it is of.

    Returns
    -------
    Markup
        A picture, the read-out of its cursor, a table of the same, and the samples for the script.
    """
    times = [instant_of(row["utc"]) for row in rows]
    axis = TimeAxis(begin=times[0], end=times[-1], left=LEFT, right=WIDTH - RIGHT)
    places = [axis.x(when) for when in times]
    spans = list(used_spans(rows))
    use = "makes key" if "in_plan" in rows[0] else "could make key"
    drawn = picture(
        *(rect(LEFT, top, axis.right - LEFT, high, "ground") for top, high in PANELS.values()),
        *_usable(axis, times, spans, use),
        *_elevation(axis, places, rows),
        *_losses(axis, places, rows),
        *_clicks(axis, places, rows),
        *_qber(axis, places, rows),
        *limits_strip(axis, times, rows),
        *_times(axis),
        tag(
            "line",
            x1=px(LEFT),
            x2=px(LEFT),
            y1=px(PANELS["elevation"][0]),
            y2=px(TOP + TALL),
            class_="cursor",
            hidden="hidden",
        ),
        width=WIDTH,
        height=HEIGHT,
        name=name,
        title=f"{label}, {day(times[0])} {times[0]:%H:%M} UTC, second by second",
        told=_told(rows, times, spans, use),
        class_="curves",
    )
    box = tag(
        "div",
        drawn,
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=f"Curves of {label}",
        data_cursor=f"{name}-data",
        data_left=px(LEFT),
        data_right=px(axis.right),
    )
    held = island(rows, name=f"{name}-data")
    return tag(
        "figure",
        box,
        readout(rows, name=name),
        held,
        curve_table(rows, label=label),
        class_="curves-of",
    )


def used_spans(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each stretch that may carry key, by the plan if it says so."""
    begun: int | None = None
    for place, row in enumerate(rows):
        used = row.get("in_plan", row.get("usable")) == "true"
        if used and begun is None:
            begun = place
        elif not used and begun is not None:
            yield begun, place - 1
            begun = None
    if begun is not None:
        yield begun, len(rows) - 1


_CAUSE: Final = {f"{one}_loss_db": cause for cause, lines in CAUSES.items() for one in lines}


def by_cause(row: Row) -> dict[str, float]:
    """Add up the losses of a sample by their cause. [dB]"""
    sums = dict.fromkeys(CAUSES, 0.0)
    for column in row:
        if column.endswith("_loss_db") and column != "total_loss_db":
            sums[_CAUSE.get(column, "other")] += number(row, column) or 0.0
    return sums


def _usable(
    axis: TimeAxis, times: Sequence[datetime], spans: Sequence[tuple[int, int]], use: str
) -> Iterator[Markup]:
    for begin, end in spans:
        x, wide = axis.x(times[begin]), axis.x(times[end]) - axis.x(times[begin])
        for top, high in PANELS.values():
            yield rect(x, top, wide, high, "inplan")
        last_s = (times[end] - times[begin]).total_seconds()
        said = f"{use}: {last_s:.0f} s"
        if wide > 6.2 * len(said):
            yield text(x + wide - 4, PANELS["elevation"][0] + 13, said, "head", anchor="end")


def _grid(
    axis: TimeAxis, values: Axis, marks: Sequence[float], names: Sequence[str], what: str
) -> Iterator[Markup]:
    for mark, name in zip(marks, names, strict=True):
        y = values.at(mark)
        yield line(axis.left, y, axis.right, y, "rule")
        yield text(axis.left - 5, y + 4, name, "small", anchor="end")
    yield text(axis.left, values.end - 5, what, "head")


def _panel(which: str, low: float, high: float) -> Axis:
    top, tall = PANELS[which]
    return Axis(low=low, high=high, begin=top + tall, end=top)


def _known(
    places: Sequence[Placed], rows: Sequence[Row], column: str
) -> list[tuple[Placed, float]]:
    pairs = ((place, number(row, column)) for place, row in zip(places, rows, strict=True))
    return [(place, value) for place, value in pairs if value is not None]


def _elevation(axis: TimeAxis, places: Sequence[float], rows: Sequence[Row]) -> Iterator[Markup]:
    values = _panel("elevation", 0.0, 90.0)
    yield from _grid(axis, values, (0.0, 30.0, 60.0, 90.0), ("0", "30", "60", "90"), "elevation, °")
    known = _known(places, rows, "elevation_deg")
    yield path([(x, values.inside(value)) for x, value in known], "curve")


def _losses(axis: TimeAxis, places: Sequence[float], rows: Sequence[Row]) -> Iterator[Markup]:
    sums = [by_cause(row) for row in rows]
    most = max((sum(one.values()) for one in sums), default=0.0)
    marks = round_ticks(0.0, max(most, 10.0), most=6)
    values = _panel("loss", marks[0], marks[-1])
    below = [0.0] * len(rows)
    edges = []
    for cause in CAUSES:
        above = [under + one[cause] for under, one in zip(below, sums, strict=True)]
        if max(map(float.__sub__, above, below), default=0.0) > 0.0:
            over = [(x, values.at(v)) for x, v in zip(places, above, strict=True)]
            under = [(x, values.at(v)) for x, v in zip(places, below, strict=True)]
            yield _area(over, under, f"loss-{cause}")
            yield path(over, "edge")
            edges.append((cause, 0.5 * (over[-1][1] + under[-1][1])))
            below = above
    yield from _grid(axis, values, marks, [f"{mark:.0f}" for mark in marks], "loss, dB, by cause")
    known = _known(places, rows, "total_loss_db")
    yield path([(x, values.at(value)) for x, value in known], "total")
    for cause, y in _apart(edges):
        yield text(axis.right + 6, y + 4, cause, "")


def _area(
    over: Sequence[tuple[float, float]], under: Sequence[tuple[float, float]], kind: str
) -> Markup:
    corners = " ".join(f"{px(x)} {px(y)}" for x, y in [*_thin(over), *_thin(under)[::-1]])
    return tag("path", d=f"M{corners}Z", class_=kind)


def _thin(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep of dense points one a pixel, and the last."""
    kept = list(points[:1])
    for point in points[1:-1]:
        if point[0] - kept[-1][0] >= 2.0:
            kept.append(point)
    return kept + list(points[-1:])


def _apart(edges: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """Move names up, from the lowest on, until none covers another."""
    last = math.inf
    for cause, y in edges:
        last = min(y, last - 13.0)
        yield cause, last


def _clicks(axis: TimeAxis, places: Sequence[float], rows: Sequence[Row]) -> Iterator[Markup]:
    names = {"signal_rate_hz": ("signal", "curve"), "background_rate_hz": ("stray", "stray")}
    found = {column: _known(places, rows, column) for column in names}
    every = [value for known in found.values() for _, value in known if value >= LEAST_HZ]
    low = math.floor(math.log10(min(every, default=1.0)))
    high = max(math.ceil(math.log10(max(every, default=10.0))), low + 1)
    step = max(1, math.ceil((high - low) / 4))
    high = low + step * math.ceil((high - low) / step)
    values = _panel("clicks", low, high)
    marks = [float(one) for one in range(low, high + 1, step)]
    named = [_power(one) for one in range(low, high + 1, step)]
    yield from _grid(axis, values, marks, named, "clicks a second")
    ends = []
    for column, (word, kind) in names.items():
        known = found[column]
        drawn = [(x, values.inside(math.log10(max(v, LEAST_HZ)))) for x, v in known]
        if drawn:
            yield path(drawn, kind)
            ends.append((word, drawn[-1][1]))
    for word, y in _apart(sorted(ends, key=lambda one: -one[1])):
        yield text(axis.right + 6, y + 4, word, "")


def _power(exponent: int) -> str:
    return fixed(10.0**exponent) if 0 <= exponent <= 6 else f"1e{exponent}"


def _qber(axis: TimeAxis, places: Sequence[float], rows: Sequence[Row]) -> Iterator[Markup]:
    known = [(x, 100.0 * value) for x, value in _known(places, rows, "qber")]
    most = min(max((value for _, value in known), default=1.0), 50.0)
    marks = round_ticks(0.0, most, most=5)
    values = _panel("qber", marks[0], marks[-1])
    yield from _grid(axis, values, marks, [f"{mark:g}" for mark in marks], "QBER, %")
    yield path([(x, values.inside(value)) for x, value in known], "curve")


def _times(axis: TimeAxis) -> Iterator[Markup]:
    foot = TOP + TALL
    for x, name in axis.ticks(room=62.0):
        yield line(x, foot, x, foot + 5, "tick")
        if x < axis.right - 12.0:
            yield text(x, foot + 18, name, "small", anchor="middle")
    yield text(axis.right + 6, foot + 18, "UTC", "small")


def _told(
    rows: Sequence[Row], times: Sequence[datetime], spans: Sequence[tuple[int, int]], use: str
) -> str:
    top = max(_known(times, rows, "elevation_deg"), key=lambda one: one[1], default=None)
    least = min(_known(times, rows, "total_loss_db"), key=lambda one: one[1], default=None)
    said = []
    if top is not None:
        said.append(f"Highest {top[1]:.1f}° at {top[0]:%H:%M:%S} UTC")
    if least is not None:
        said.append(f"least loss {least[1]:.1f} dB")
    rates = _known(times, rows, "signal_rate_hz")
    if rates:
        said.append(f"at most {max(value for _, value in rates):.0f} signal clicks a second")
    held = sum((times[end] - times[begin]).total_seconds() for begin, end in spans)
    verb = "make" if "in_plan" in rows[0] else "could make"
    said.append(f"{held:.0f} s {verb} key" if spans else f"no part {use}")
    if taken := limits_told(rows, times):
        said.append(taken)
    return "; ".join(said) + "."
