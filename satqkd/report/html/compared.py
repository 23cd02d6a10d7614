"""Two plans over each other: what both fly, what only one of them does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from satqkd.report.compare import CHANGED, Change, Comparison, What
from satqkd.report.html.axis import TimeAxis
from satqkd.report.html.contact import contacts_of, station_names
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.nights import intervals
from satqkd.report.html.svg import line, picture, rect, text
from satqkd.report.html.written import bits_words, day, fixed, instant_of, kbit, minus
from satqkd.report.plan_folder import PlanFolder

WIDTH, NAMES = 1040.0, 128.0
ROW, TOP, FOOT = 40.0, 22.0, 4.0
BAR, TALL = 8.0, 14.0
MOST_DAYS: Final = 14
"""Longer plans are compared in the table alone."""
LONGEST_NAME: Final = 15


def compared_title(found: Comparison) -> str:
    """Say what the second plan brings beside the first."""
    change = found.delivered_after - found.delivered_before
    after = f"{bits_words(found.delivered_before)} → {bits_words(found.delivered_after)}"
    if not change:
        kept = not any(found.count(what) for what in CHANGED)
        return (
            f"Plan B is plan A from its begin on: {after}"
            if kept
            else f"B delivers as much: {after}"
        )
    word = "more" if change > 0 else "less"
    return f"B delivers {bits_words(abs(change))} {word}: {after}"


def compared_figures(found: Comparison) -> Markup:
    """Return four figures: key, pairs, contacts, what is past."""
    change = found.delivered_after - found.delivered_before
    share = "nothing before"
    if found.delivered_before:
        sign = "+" if change >= 0 else minus("-")
        share = f"{sign}{fixed(100.0 * abs(change) / found.delivered_before)} %"
    served = [
        sum(bits > 0 for bits in own)
        for own in (
            [one.bits_before for one in found.delivered],
            [one.bits_after for one in found.delivered],
        )
    ]
    none = [
        f"{one.station_a} – {one.station_b}"
        for one in found.delivered
        if one.bits_before and not one.bits_after
    ]
    flown = [sum(bits > 0 for bits in own) for own in _bits(found)]
    words: tuple[What, ...] = ("kept", *CHANGED)
    counted = [f"{found.count(word)} {word}" for word in words if found.count(word)]
    figures = [
        ("Delivered, kbit",
         f"{kbit(found.delivered_before)} → {kbit(found.delivered_after)}", share),
        ("Pairs with key", f"{served[0]} → {served[1]} of {len(found.delivered)}",
         f"none for {', '.join(none)}" if none else "none loses all its key"),
        ("Contacts from then on", f"{flown[0]} → {flown[1]}", ", ".join(counted) or "none"),
        ("Past when B begins", str(found.count("past")), "stay as they are"),
    ]  # fmt: skip
    return tag(
        "ul",
        *(
            tag("li", tag("span", name, class_="of"), tag("strong", value),
                tag("span", beside, class_="small"))
            for name, value, beside in figures
        ),
        class_="figures",
    )  # fmt: skip


def _bits(found: Comparison) -> tuple[list[int], list[int]]:
    own = [one for one in found.changes if one.what != "past"]
    return (
        [int(one.what != "added") for one in own],
        [int(one.what != "dropped") for one in own],
    )


def compare_timeline(found: Comparison, *, name: str) -> Markup:
    """Draw both plans from the begin of the second on, a row a station, A over B.

    A contact of both is grey, one only A flies vermilion with −, one only B flies blue with +;
    one that is cut, longer or moved is grey in both, with what it gains or loses. A joint contact
    stands in the rows of both stations, tied.
    """
    window = found.after.manifest["window"]
    begin, end = instant_of(window["start_utc"]), instant_of(window["end_utc"])
    if end - begin > timedelta(days=MOST_DAYS):
        return tag("p", f"Longer than {MOST_DAYS} days: not drawn; the table has each contact.")
    axis = TimeAxis(begin=begin, end=end, left=NAMES, right=WIDTH)
    stations = tuple(
        dict.fromkeys(
            name
            for plan in (found.after, found.before)
            for name in station_names(plan, contacts_of(plan))
        )
    )
    rows = {station: TOP + ROW * place for place, station in enumerate(stations)}
    own = [one for one in found.changes if one.what != "past" and begin <= one.begins < end]
    high = ROW * len(stations)
    drawn = picture(
        rect(NAMES, TOP, WIDTH - NAMES, high, "daylight"),
        *(shape for one in stations for shape in _night(found.after, one, axis, rows[one])),
        *(shape for one in stations for shape in _out(found.after, one, axis, rows[one])),
        *_days(axis, TOP + high),
        *(shape for one in stations for shape in _side(one, rows[one])),
        *_contacts(own, rows, axis),
        width=WIDTH,
        height=TOP + high + FOOT,
        name=name,
        title=f"Contacts of plan A and plan B, {day(begin)} to {day(end - timedelta(seconds=1))}",
        told=_told(own),
        class_="chart compared",
    )
    box = tag(
        "div", drawn, class_="scroll", tabindex="0", role="region", aria_label="Plan A over plan B"
    )
    joint = any(len(one.stations) > 1 for one in own)
    out = any(True for one in stations for _ in outages_of(found.after, one))
    return joined((box, _legend(joint=joint, out=out)))


def _told(own: Sequence[Change]) -> str:
    only_a = [one for one in own if one.what == "dropped"]
    only_b = [one for one in own if one.what == "added"]
    both = len(own) - len(only_a) - len(only_b)
    lost, gained = (sum(one.bits for one in some) for some in (only_a, only_b))
    return (
        f"{both} contacts in both; {len(only_a)} only in A ({bits_words(lost)}); "
        f"{len(only_b)} only in B ({bits_words(gained)}). The table of changes has each."
    )


def _night(plan: PlanFolder, station: str, axis: TimeAxis, y: float) -> Iterator[Markup]:
    for kind, opens, closes in (("twilight", "sunset", "sunrise"), ("dark", "dark", "light")):
        for begin, end in intervals(plan.tables["nights.csv"], station, opens, closes, axis):
            yield rect(begin, y, end - begin, ROW, kind)


def _out(plan: PlanFolder, station: str, axis: TimeAxis, y: float) -> Iterator[Markup]:
    """Hatch the lower half where the second plan says that a station is out."""
    for begin, end in outages_of(plan, station):
        left, right = axis.inside(begin), axis.inside(end)
        if right > left:
            yield rect(left, y + ROW / 2, right - left, ROW / 2, "out")
            for x in range(int(left), int(right), 8):
                to = min(x + ROW / 2, right)
                yield line(x, y + ROW, to, y + ROW - (to - x), "hatch")
            yield text((left + right) / 2, y + ROW - 6, "out", "value", anchor="middle")


def outages_of(plan: PlanFolder, station: str) -> Iterator[tuple[datetime, datetime]]:
    """Yield when a station is out, as far as the manifest of a plan says."""
    for model in (plan.manifest.get("models") or {}).get("stations") or []:
        if model.get("name") == station:
            for one in (model.get("site") or {}).get("outages") or []:
                begin, end = str(one.get("from_") or ""), str(one.get("to") or "")
                if begin[:1].isdigit() and end[:1].isdigit():
                    yield instant_of(begin), instant_of(end)


def _days(axis: TimeAxis, foot: float) -> Iterator[Markup]:
    at, placed = axis.begin, -1e9
    while at < axis.end:
        x = axis.x(at)
        yield line(x, TOP - 8, x, foot, "day")
        if x - placed > 66.0 and WIDTH - x > 60.0:
            first = at == axis.begin and (at.hour or at.minute)
            yield text(x + 3, TOP - 8, f"{day(at)}, {at:%H:%M}" if first else day(at), "head")
            placed = x + (44.0 if first else 0.0)
        at = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _side(station: str, y: float) -> Iterator[Markup]:
    cut = station if len(station) <= LONGEST_NAME else station[: LONGEST_NAME - 1] + "…"
    yield text(0, y + 24, cut, "name")
    yield text(NAMES - 8, y + 15, "A", "small", anchor="end")
    yield text(NAMES - 8, y + 34, "B", "small", anchor="end")
    yield line(NAMES, y + ROW / 2, WIDTH, y + ROW / 2, "rule")
    yield line(0, y + ROW, WIDTH, y + ROW, "rule")


def _contacts(own: Sequence[Change], rows: Mapping[str, float], axis: TimeAxis) -> Iterator[Markup]:
    for one in own:
        ends = [rows[name] for name in one.stations if name in rows]
        x = axis.x(one.begins)
        for half in (0, 1):
            if (one.what, half) in {("added", 0), ("dropped", 1)}:
                continue
            kind = {"added": "only-b", "dropped": "only-a"}.get(one.what, "both")
            tops = [y + ROW / 2 * half + (ROW / 2 - TALL) / 2 for y in ends]
            if len(tops) > 1:
                yield line(x, min(tops), x, max(tops) + TALL, "tie")
            yield from (rect(x - BAR / 2, top, BAR, TALL, kind) for top in tops)
    yield from _numbers(own, rows, axis)


def _numbers(own: Sequence[Change], rows: Mapping[str, float], axis: TimeAxis) -> Iterator[Markup]:
    """Write what changes beside its bar, behind it or before it; not over another bar or number."""
    taken: dict[float, list[tuple[float, float]]] = {}
    for one in own:
        x = axis.x(one.begins)
        halves = {"added": (1,), "dropped": (0,)}.get(one.what, (0, 1))
        for y in (rows[name] + ROW / 2 * half for name in one.stations for half in halves
                  if name in rows):  # fmt: skip
            taken.setdefault(y, []).append((x - BAR / 2, x + BAR / 2))
    for one in own:
        if one.what == "kept":
            continue
        words = signed(one.bits) if one.bits or one.what != "moved" else "moved"
        x, wide = axis.x(one.begins), 7.3 * len(words)
        for name in (own for own in one.stations if own in rows):
            y = rows[name] + ROW / 2 * (0 if one.what == "dropped" else 1)
            places = (x + BAR / 2 + 4, x - BAR / 2 - 4 - wide)
            free = (
                left
                for left in places
                if left > NAMES and left + wide < WIDTH
                and all(left + wide < a or b < left for a, b in taken.get(y, ()))
            )  # fmt: skip
            left = next(free, None)
            if left is not None:
                taken.setdefault(y, []).append((left, left + wide))
                yield text(left, y + 14, words, "value head")


def signed(bits: float) -> str:
    """Return a change of key in kbit, with its sign.

    Examples
    --------
    >>> signed(1500), signed(0), signed(-2000) == "\u22122.0"
    ('+1.5', '±0', True)
    """
    if not bits:
        return "±0"
    return kbit(bits) if bits < 0 else f"+{kbit(bits)}"


def _legend(*, joint: bool, out: bool) -> Markup:
    marks = [
        (rect(2, 1, BAR, 12, "both"), "in both"),
        (rect(2, 1, BAR, 12, "only-a"), "only in A (−)"),
        (rect(2, 1, BAR, 12, "only-b"), "only in B (+)"),
        *([(line(6, 0, 6, 14, "tie"), "one contact of two stations")] if joint else []),
        *(
            [(joined((rect(0, 1, 12, 12, "out"), line(0, 13, 12, 1, "hatch"))), "station out")]
            if out
            else []
        ),
    ]
    shown = [
        tag("li", tag("svg", shape, viewBox="0 0 12 14", aria_hidden="true"), words)
        for shape, words in marks
    ]
    return tag("ul", *shown, tag("li", "numbers: kbit gained or lost"), class_="legend")
