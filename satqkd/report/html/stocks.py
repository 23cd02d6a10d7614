"""What pairs hold, what comes, and when it is spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup

from satqkd.report.html.axis import Axis, TimeAxis, round_ticks
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.night import SHAPES
from satqkd.report.html.svg import line, path, picture, px, rect, text
from satqkd.report.html.tables import boxed
from satqkd.report.html.written import (
    NOTHING,
    bits_words,
    day,
    fixed,
    kbit,
    time_cell,
    zone_heading,
    zone_of,
)
from satqkd.report.stock_course import PairStock, State

WORDS: Final[Mapping[State, str]] = {
    "ok": "OK", "low": "LOW", "dry": "DRY", "no inflow": "NO INFLOW", "not known": "not known",
}  # fmt: skip
KINDS: Final[Mapping[State, str]] = {
    "ok": "go", "low": "watch", "dry": "stop", "no inflow": "stop", "not known": "not-checked",
}  # fmt: skip
"""Whose shape and colour each state has."""
WIDTH, HEIGHT = 520.0, 196.0
LEFT, TOP, FOOT, RIGHT = 52.0, 12.0, 26.0, 8.0
MOST_CHARTS: Final = 30
"""Pairs after so many are in the table alone."""
NO_LEDGER: Final = (
    "What pairs hold is not known: there is no ledger, and the mission gives no 'held'. "
    "'satqkd ledger init' begins a ledger; 'use' of a demand says what its pair needs."
)


def stock_title(stocks: Sequence[PairStock]) -> str:
    """Say which pairs need something."""
    if not stocks:
        return "No pair asks for key"
    if all(one.held_bits is None for one in stocks):
        return "What pairs hold is not known"
    if all(one.state == "not known" for one in stocks):
        return "When pairs run dry is not known: what they need a day is not given"
    told = []
    for state, word in (("dry", "dry"), ("no inflow", "without inflow"), ("low", "low")):
        own = [one for one in stocks if one.state == state]
        if own:
            told.append(_alone(own[0]) if len(own) == 1 else f"{len(own)} pairs {word}")
    unknown = sum(one.state == "not known" for one in stocks)
    if unknown:
        told.append(f"of {unknown} of {len(stocks)} pairs it is not known")
    return "; ".join(told) or f"Every pair has key for {_least(stocks)}"


def _alone(one: PairStock) -> str:
    dry = one.dry_utc()
    if one.state == "dry":
        return f"{_pair(one)} is dry"
    return f"{_pair(one)} {'runs low' if dry is None else f'runs dry on {day(dry)}'}"


def _least(stocks: Sequence[PairStock]) -> str:
    days = [one.days_left for one in stocks if one.days_left is not None]
    return f"{fixed(min(days), 1)} days or more" if days else "as long as it needs none"


def _pair(one: PairStock) -> str:
    return f"{one.station_a} – {one.station_b}"


def stock_badge(state: State) -> Markup:
    """Return a state: shape and word."""
    kind = KINDS[state]
    shape = SHAPES["not checked" if kind == "not-checked" else kind]  # type: ignore[index]
    icon = tag("svg", shape, viewBox="0 0 16 16", class_=f"icon {kind}", aria_hidden="true")
    return tag("span", icon, WORDS[state], class_=f"badge {kind}")


def stock_table(stocks: Sequence[PairStock], zones: Mapping[str, str]) -> Markup:
    """List the pairs: what each holds, needs and gets, and when it runs dry."""
    if not stocks:
        return tag("p", "No pair asks for key.")
    heads = (
        ("State", "t"), ("Pair", "t"), ("Held, kbit", "n"), ("Need a day", "n"),
        ("Days left", "n"), (zone_heading("Next delivery"), "t"), ("kbit", "n"),
        ("Still to come", "n"), ("The plan in all", "n"), (zone_heading("Runs dry"), "t"),
        ("… if the next delivery fails", "t"),
    )  # fmt: skip
    head = tag("tr", *(tag("th", word, scope="col", class_=kind) for word, kind in heads))
    caption = "What each pair holds, needs and gets"
    rows = [tag("tr", *_cells(one, zones)) for one in stocks]
    own = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows))
    lacking = all(one.held_bits is None for one in stocks)
    note = tag("p", NO_LEDGER, class_="absent") if lacking else None
    return joined((note, boxed(own, caption)))


def _cells(one: PairStock, zones: Mapping[str, str]) -> Iterator[Markup]:
    days, first = one.days_left, next(iter(one.deliveries), None)
    zone = zones.get(one.station_a, "")
    yield tag("td", stock_badge(one.state), class_="d")
    yield tag("th", _pair(one), scope="row", class_="t")
    held = "not known" if one.held_bits is None else kbit(one.held_bits)
    yield tag("td", held, class_="n key", data_col="held_bits", data_raw=_raw(one.held_bits))
    need = "not given" if one.need_bits_day is None else kbit(one.need_bits_day)
    yield tag("td", need, class_="n", data_col="need_bits_day", data_raw=_raw(one.need_bits_day))
    yield tag("td", NOTHING if days is None else fixed(days, 1), class_="n key")
    yield tag("td", NOTHING if first is None else _when(first.utc, zone), class_="d")
    yield tag("td", NOTHING if first is None else f"+{kbit(first.bits)}", class_="n")
    yield tag("td", kbit(one.to_come_bits), class_="n", data_raw=str(one.to_come_bits))
    yield tag("td", kbit(one.delivered_bits), class_="n", data_raw=str(one.delivered_bits))
    yield tag("td", _dry(one, zone, next_fails=False), class_="d")
    yield tag("td", _dry(one, zone, next_fails=True) if one.deliveries else NOTHING, class_="d")


def _raw(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def _when(when: datetime, zone: str) -> Markup:
    text_ = when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return time_cell(text_, zone_of(zone), form="both")


def _dry(one: PairStock, zone: str, *, next_fails: bool) -> Markup:
    if one.state == "not known":
        return tag("span", "not known")
    dry = one.dry_utc(next_fails=next_fails)
    if dry is None:
        return tag("span", f"not by {day(one.end)}")
    return tag("b", _when(dry, zone))


def stock_chart(one: PairStock, *, name: str) -> Markup:
    """Draw what a pair held and will hold; where that is not known, its deliveries alone.

    Solid is what it held, dashed what the plan brings, the band P10 to P90 over the weather, dotted
    the need of a day, ▲ a delivery, ▼ where it runs dry.
    """
    begin = min([when for when, _ in one.past] + [one.now])
    axis = TimeAxis(begin=begin, end=one.end, left=LEFT, right=WIDTH - RIGHT)
    course, dry = one.course(), one.dry_utc()
    tops = [bits for _, bits in (*one.past, *course)]
    tops += [own.p90_bits for own in one.ahead]
    tops += [one.need_bits_day or 0.0] if course else [own.bits for own in one.deliveries]
    marks = round_ticks(0.0, max([*tops, 1000.0]) / 1000.0, most=5)
    values = Axis(low=0.0, high=1000.0 * marks[-1], begin=HEIGHT - FOOT, end=TOP)
    return picture(
        *_frame(axis, values, marks),
        *_band(one, axis, values),
        *_lines(one, axis, values, course),
        *_marks(one, axis, values, dry),
        width=WIDTH,
        height=HEIGHT,
        name=name,
        title=f"Key of {_pair(one)}, kbit",
        told=_told(one, dry),
        class_="stock",
    )


def _frame(axis: TimeAxis, values: Axis, marks: Sequence[float]) -> Iterator[Markup]:
    yield rect(axis.left, TOP, axis.right - axis.left, HEIGHT - FOOT - TOP, "ground")
    for mark in marks:
        y = values.at(1000.0 * mark)
        yield line(axis.left, y, axis.right, y, "rule")
        yield text(axis.left - 5, y + 4, fixed(mark, 0 if marks[1] >= 1.0 else 1), "small",
                   anchor="end")  # fmt: skip
    for x, words in axis.ticks(room=100.0):
        yield line(x, TOP, x, HEIGHT - FOOT + 4, "rule")
        if x < axis.right - 40.0:
            yield text(x + 3, HEIGHT - 8, words, "small")


def _band(one: PairStock, axis: TimeAxis, values: Axis) -> Iterator[Markup]:
    if not one.ahead or one.held_bits is None:
        return
    start = (axis.x(one.now), values.inside(one.held_bits))
    over = [(axis.inside(own.utc), values.inside(own.p90_bits)) for own in one.ahead]
    under = [(axis.inside(own.utc), values.inside(own.p10_bits)) for own in one.ahead]
    corners = " ".join(f"{px(x)} {px(y)}" for x, y in [start, *over, *under[::-1]])
    yield tag("path", d=f"M{corners}Z", class_="band")


def _lines(
    one: PairStock, axis: TimeAxis, values: Axis, course: Sequence[tuple[datetime, float]]
) -> Iterator[Markup]:
    if one.need_bits_day:
        y = values.inside(one.need_bits_day)
        yield line(axis.left, y, axis.right, y, "need")
    if len(one.past) > 1:
        yield path([(axis.x(when), values.inside(bits)) for when, bits in one.past], "held")
    if course:
        yield path([(axis.x(when), values.inside(bits)) for when, bits in course], "planned")
    x = axis.x(one.now)
    yield line(x, TOP - 8, x, HEIGHT - FOOT, "now")


def _marks(one: PairStock, axis: TimeAxis, values: Axis, dry: datetime | None) -> Iterator[Markup]:
    foot = values.at(0.0)
    for own in one.deliveries:
        x = axis.inside(own.utc)
        corners = f"{px(x)} {px(foot - 8)} {px(x + 5)} {px(foot)} {px(x - 5)} {px(foot)}"
        yield tag("path", d=f"M{corners}Z", class_="delivery")
    if dry is not None:
        x = axis.inside(dry)
        yield tag("path", d=f"M{px(x)} {px(foot)} {px(x + 6)} {px(foot - 11)} {px(x - 6)} "
                  f"{px(foot - 11)}Z", class_="runs-dry")  # fmt: skip
        words = f"dry {day(dry)} {dry:%H:%M}"
        left = x + 10 + 7.0 * len(words) > axis.right
        yield line(x, TOP + 4, x, foot - 11, "leader")
        yield text(x - 5 if left else x + 5, TOP + 14, words, "value head halo",
                   anchor="end" if left else "start")  # fmt: skip


def _told(one: PairStock, dry: datetime | None) -> str:
    if one.held_bits is None:
        held = "What it holds is not known"
    else:
        held = f"It holds {bits_words(one.held_bits)}"
    need = (
        "its need is not given"
        if one.need_bits_day is None
        else f"it needs {bits_words(one.need_bits_day)} a day"
    )
    coming = f"the plan brings {bits_words(one.to_come_bits)} in {len(one.deliveries)} deliveries"
    end = "" if one.held_bits is None else (
        f"; it runs dry on {day(dry)} at {dry:%H:%M} UTC" if dry else
        f"; it does not run dry by {day(one.end)}"
    )  # fmt: skip
    return f"{held}; {need}; {coming}{end}."


def stock_legend(*, band: bool) -> Markup:
    """Say what the lines and marks of the charts mean."""
    marks = [
        (line(0, 7, 18, 7, "held"), "held so far"),
        (line(0, 7, 18, 7, "planned"), "by the plan"),
        *([(rect(0, 2, 18, 10, "band"), "P10 to P90 over the weather")] if band else []),
        (line(0, 7, 18, 7, "need"), "a day's need"),
        (tag("path", d="M9 2 14 11 4 11Z", class_="delivery"), "delivery"),
        (tag("path", d="M9 12 15 2 3 2Z", class_="runs-dry"), "runs dry"),
        (line(9, 0, 9, 14, "now"), "now"),
    ]
    shown = [
        tag("li", tag("svg", shape, viewBox="0 0 18 14", class_="wide-mark", aria_hidden="true"),
            words)
        for shape, words in marks
    ]  # fmt: skip
    return tag("ul", *shown, class_="legend")


def stock_charts(stocks: Sequence[PairStock], *, name: str) -> Markup:
    """Return a chart a pair with its heading, and what the marks mean."""
    figures = [
        tag(
            "figure",
            tag("figcaption", tag("b", _pair(one)), tag("span", _beside(one), class_="small")),
            stock_chart(one, name=f"{name}{place}"),
            class_="chartbox keep",
        )
        for place, one in enumerate(stocks[:MOST_CHARTS], start=1)
    ]
    left = len(stocks) - MOST_CHARTS
    more = tag("p", f"{left} more pairs are in the table alone.") if left > 0 else None
    legend = stock_legend(band=any(one.ahead for one in stocks))
    return joined((legend, tag("div", *figures, class_="charts"), more))


def _beside(one: PairStock) -> str:
    if one.need_bits_day is None:
        return "kbit held; need not given"
    return f"kbit held; dotted: one day's need, {kbit(one.need_bits_day)}"
