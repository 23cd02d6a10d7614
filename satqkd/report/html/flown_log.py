"""What was flown against what was forecast, contact by contact, and the running bias."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from markupsafe import Markup

from satqkd.calibration.score import Bias, Score
from satqkd.report.html.axis import Axis, round_ticks
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import SHAPES
from satqkd.report.html.svg import line, picture, px, rect, text
from satqkd.report.html.tables import boxed
from satqkd.report.html.written import (
    NOTHING,
    bits_words,
    day,
    fixed,
    kbit,
    minus,
    time_cell,
    zone_heading,
    zone_of,
)
from satqkd.report.tables.score import factor_of, unit_of

Became = Literal["flown", "failed", "cancelled"]
WIDTH: Final = 760.0
NAMES: Final = 196.0
ROOM: Final = 74.0
ROW: Final = 30.0
TOP: Final = 24.0
MOST_ROWS: Final = 60
"""Of more contacts the last are drawn; the table has all."""
LONGEST_NAME: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownRow:
    """One contact that was to be flown: plain values of the log and the forecast."""

    contact_key: str
    station: str
    """In words; of a joint contact both."""
    satellite: str
    utc: datetime
    """Culmination, or begin."""
    became: Became
    flown_bits: float | None = None
    """Key really made; None where the log does not say. [bit]"""
    counted_bits: float | None = None
    """Key that was forecast under a clear sky; None where it was not. [bit]"""
    p10_bits: float | None = None
    p90_bits: float | None = None
    """Of the forecast over the weather; None where nothing was drawn. [bit]"""
    qber: float | None = None
    """As flown; None where the log does not say."""
    qber_forecast: float | None = None
    note: str = ""

    @property
    def off(self) -> str:
        """How far what was flown is from what was counted on, in words."""
        if self.became != "flown":
            return self.became
        if self.flown_bits is None:
            return "not said"
        if not self.counted_bits:
            return NOTHING
        share = 100.0 * (self.flown_bits / self.counted_bits - 1.0)
        return f"{'+' if share >= 0.0 else minus('-')}{fixed(abs(share))} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBias:
    """Mean of flown minus forecast after one contact."""

    mean: float
    error: float | None
    """Standard error; None of a single contact."""
    unit: str = "dB"
    quantity: str = "key"
    count: int = 1
    calibrate: bool = False
    """Whether it is further from zero than chance takes it."""


def rows_of_score(score: Score) -> tuple[FlownRow, ...]:
    """Return the contacts of a score; one without any sifted bit and key failed."""
    return tuple(
        FlownRow(
            contact_key=one.contact_key,
            station=one.station,
            satellite=one.satellite,
            utc=one.utc,
            became="failed" if not one.sifted_bits and one.key_bits == 0 else "flown",
            flown_bits=one.key_bits,
            counted_bits=None if one.foreseen is None else one.foreseen.bits,
            p10_bits=None if one.foreseen is None else one.foreseen.p10_bits,
            p90_bits=None if one.foreseen is None else one.foreseen.p90_bits,
            qber=_qber(one.foreseen.qber if one.foreseen else None, one.qber),
            qber_forecast=None if one.foreseen is None else one.foreseen.qber,
        )
        for one in score.contacts
    )


def _qber(forecast: float | None, difference: float | None) -> float | None:
    return None if forecast is None or difference is None else forecast + difference


def biases_of_score(score: Score) -> tuple[RunningBias, ...]:
    """Return the running bias after each contact that has one, of the leading quantity."""
    leading = score.leading or "key"
    return tuple(_running(one, leading) for one in score.running if one is not None)


def _running(one: Bias, quantity: str) -> RunningBias:
    factor = factor_of(quantity)  # type: ignore[arg-type]
    return RunningBias(
        mean=factor * one.mean,
        error=None if one.error is None else factor * one.error,
        unit=unit_of(quantity),  # type: ignore[arg-type]
        quantity=quantity,
        count=one.count,
        calibrate=one.calibrate,
    )


def log_title(rows: Sequence[FlownRow]) -> str:
    """Say what was flown, and how it compares."""
    if not rows:
        return "Nothing is in the log yet"
    gave = [one for one in rows if one.became == "flown"]
    known = [one for one in gave if one.flown_bits is not None]
    made = sum(one.flown_bits or 0.0 for one in known)
    head = f"{len(gave)} of {len(rows)} contacts flown, {bits_words(made)}"
    tried = [one for one in rows if one.became != "cancelled" and one.flown_bits is not None]
    both = [one for one in tried if one.counted_bits]
    counted = sum(one.counted_bits or 0.0 for one in both)
    if not counted:
        return head
    share = 100.0 * (sum(one.flown_bits or 0.0 for one in both) / counted - 1.0)
    side = "over" if share >= 0.0 else "under"
    return f"{head}: {fixed(abs(share))} % {side} a clear sky's forecast"


def log_plot(rows: Sequence[FlownRow], *, name: str) -> Markup:
    """Draw a contact a row: a bar from P10 to P90, a line at what was counted on, ◆ what was flown.

    A failed one has a ✕; of more than :data:`MOST_ROWS` the last are drawn.
    """
    if not rows:
        return tag("p", "Nothing is in the log yet: 'satqkd flown LOG.csv' books what was flown.")
    shown = rows[-MOST_ROWS:]
    most = max(
        (value for one in shown for value in (one.flown_bits, one.p90_bits, one.counted_bits)
         if value is not None),
        default=1000.0,
    )  # fmt: skip
    marks = round_ticks(0.0, max(most, 1000.0) / 1000.0, most=6)
    axis = Axis(low=0.0, high=1000.0 * marks[-1], begin=NAMES, end=WIDTH - ROOM)
    foot = TOP + ROW * len(shown)
    shapes: list[Markup] = []
    for mark in marks:
        x = axis.at(1000.0 * mark)
        shapes += [line(x, TOP - 6, x, foot, "rule"),
                   text(x, TOP - 10, fixed(mark), "small", anchor="middle")]  # fmt: skip
    for place, one in enumerate(shown):
        shapes += _row(one, axis, TOP + ROW * place)
    inside = [one for one in shown if _inside(one)]
    ranged = [one for one in shown if one.p10_bits is not None and one.flown_bits is not None]
    own = picture(
        *shapes,
        width=WIDTH,
        height=foot + 4,
        name=name,
        title="Flown against forecast, kbit",
        told=f"{len(inside)} of {len(ranged)} keys lie from P10 to P90. "
        f"{log_title(rows)}. The table of the log has each.",
        class_="log",
    )
    box = tag(
        "div", own, class_="scroll", tabindex="0", role="region", aria_label="Flown and forecast"
    )
    left = len(rows) - len(shown)
    more = tag("p", f"The last {MOST_ROWS}; {left} before are in the table.") if left else None
    return joined((box, _legend(), more))


def _inside(one: FlownRow) -> bool:
    if one.p10_bits is None or one.p90_bits is None or one.flown_bits is None:
        return False
    return one.p10_bits <= one.flown_bits <= one.p90_bits


def _row(one: FlownRow, axis: Axis, y: float) -> Iterator[Markup]:
    middle = y + ROW / 2
    cut = one.station
    cut = cut if len(cut) <= LONGEST_NAME else cut[: LONGEST_NAME - 1] + "…"
    yield text(0, middle + 4, joined((tag("tspan", cut, class_="head"), " ",
                                      f"{day(one.utc)[4:]} {one.utc:%H:%M}")))  # fmt: skip
    if one.p10_bits is not None and one.p90_bits is not None:
        x = axis.inside(one.p10_bits)
        yield rect(x, middle - 5, max(axis.inside(one.p90_bits) - x, 1.0), 10, "range")
    else:
        yield text(axis.begin + 4, middle + 4, "no range was drawn", "small")
    if one.counted_bits is not None:
        x = axis.inside(one.counted_bits)
        yield line(x, middle - 9, x, middle + 9, "counted")
    if one.became == "flown" and one.flown_bits is not None:
        x = axis.inside(one.flown_bits)
        corners = (x, middle - 7), (x + 7, middle), (x, middle + 7), (x - 7, middle)
        moves = " ".join(f"{px(a)} {px(b)}" for a, b in corners)
        yield tag("path", d=f"M{moves}Z", class_="flown")
    elif one.became != "flown":
        x = axis.at(0.0)
        for a, b in ((-6.0, 6.0), (6.0, -6.0)):
            yield line(x - 6, middle + a, x + 6, middle + b, "failed")
    yield text(WIDTH, middle + 4, one.off, "head", anchor="end")


def _legend() -> Markup:
    marks = [
        (rect(0, 3, 18, 8, "range"), "forecast, P10 to P90"),
        (line(9, 0, 9, 14, "counted"), "counted on"),
        (tag("path", d="M9 1 15 7 9 13 3 7Z", class_="flown"), "flown"),
        (joined((line(4, 2, 14, 12, "failed"), line(4, 12, 14, 2, "failed"))),
         "failed, or cancelled"),
    ]  # fmt: skip
    shown = [
        tag("li", tag("svg", shape, viewBox="0 0 18 14", class_="wide-mark", aria_hidden="true"),
            words)
        for shape, words in marks
    ]  # fmt: skip
    return tag("ul", *shown, class_="legend")


def log_table(rows: Sequence[FlownRow], zones: Mapping[str, str]) -> Markup:
    """List the log, every contact."""
    heads = (
        ("State", "t"), (zone_heading("Day"), "t"), (zone_heading("Highest"), "n"),
        ("Station", "t"), ("Satellite", "t"), ("Counted on, kbit", "n"), ("P10", "n"), ("P90", "n"),
        ("Flown, kbit", "n"), ("Off", "n"), ("QBER forecast %", "n"), ("QBER %", "n"),
        ("Note", "w"),
    )  # fmt: skip
    head = tag("tr", *(tag("th", word, scope="col", class_=kind) for word, kind in heads))
    caption = "Contacts of the log, flown and forecast"
    body = [tag("tr", *_cells(one, zones)) for one in rows]
    return boxed(
        tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body)), caption
    )


def _cells(one: FlownRow, zones: Mapping[str, str]) -> Iterator[Markup]:
    zone = zone_of(zones.get(one.station.split(" and ")[0], ""))
    at = one.utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    yield tag("td", _badge(one.became), class_="d")
    yield tag("td", time_cell(at, zone, form="day"), class_="d")
    yield tag("td", time_cell(at, zone), class_="n")
    yield tag("th", one.station, scope="row", class_="t")
    yield tag("td", one.satellite, class_="t")
    for column, value in (
        ("counted_bits", one.counted_bits), ("p10_bits", one.p10_bits),
        ("p90_bits", one.p90_bits), ("flown_bits", one.flown_bits),
    ):  # fmt: skip
        raw = "" if value is None else f"{value:.15g}"
        kind = "n key" if column == "flown_bits" else "n"
        yield tag("td", kbit(value), class_=kind, data_col=column, data_raw=raw)
    yield tag("td", one.off, class_="n")
    yield tag("td", _percent(one.qber_forecast), class_="n")
    yield tag("td", _percent(one.qber), class_="n")
    yield tag("td", one.note or NOTHING, class_="w")


def _percent(value: float | None) -> str:
    return fixed(None if value is None else 100.0 * value, 2)


def _badge(became: Became) -> Markup:
    kind: Literal["go", "stop", "not checked"]
    kind = "go" if became == "flown" else "stop" if became == "failed" else "not checked"
    said = kind.replace(" ", "-")
    icon = tag("svg", SHAPES[kind], viewBox="0 0 16 16", class_=f"icon {said}", aria_hidden="true")
    return tag("span", icon, became, class_=f"badge {said}")
