"""Tables of contacts: what is flown, and what is not, with every value as its file has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from satqkd.report.html.contact import Contact
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Numbered, Shown, numbered, table
from satqkd.report.html.written import (
    NOTHING,
    fixed,
    kbit,
    time_cell,
    zone_heading,
    zone_of,
)
from satqkd.report.plan_folder import Row, number

Link = Callable[[Row], str | None]
"""Address of the page of a contact; None for none."""

MOST_ROWS: Final = 1_000
"""More contacts that are not flown are counted, and not listed one by one."""
MOST_GIVEN_UP: Final = 8
"""So many of those that had key are named at once."""


def scheduled_table(
    contacts: Sequence[Contact],
    zones: Mapping[str, str],
    *,
    link: Link | None = None,
    more: Sequence[Shown] = (),
) -> Markup:
    """List every pass that is flown; ``link`` leads to its page, ``more`` are columns behind."""
    own = [one for one in contacts if one.status == "scheduled" and one.file == "passes.csv"]
    if not own:
        return tag("p", "No pass is scheduled.")
    several = len({one.satellite for one in own}) > 1
    when = _times(zones)
    columns = [
        Shown(heading=zone_heading("Day"), cell=when("rise_utc", "day"), kind="d"),
        *([_text("Satellite", "satellite")] if several else []),
        Shown(heading="Station", cell=lambda r: r["station"], column="station", kind="h",
              link=link),
        Shown(heading="Counted on, kbit", column="planned_bits", kind="n key",
              cell=lambda r: kbit(number(r, "planned_bits"))),
        Shown(heading=zone_heading("Rise"), cell=when("rise_utc"), column="rise_utc"),
        Shown(heading=zone_heading("Highest"), cell=when("culmination_utc"),
              column="culmination_utc"),
        Shown(heading=zone_heading("Set"), cell=when("set_utc"), column="set_utc"),
        _number("Rise az °", "rise_azimuth_deg"),
        _number("El °", "max_elevation_deg"),
        _number("Set az °", "set_azimuth_deg"),
        _number("Usable s", "usable_s"),
        _number("Least dB", "loss_min_db", 1),
        _number("QBER %", "qber", 2, 100.0),
        _bits("Alone, kbit", "secure_bits"),
        _bits("Worst", "secure_bits_low"),
        _bits("Best", "secure_bits_high"),
        Shown(heading="Clear %", column="clear_probability", cell=_clear),
        *more,
    ]  # fmt: skip
    total = sum(one.bits for one in own)
    place = next(n for n, c in enumerate(columns) if c.column == "planned_bits")
    foot = tag(
        "tr",
        tag("th", f"{len(own)} passes", scope="row", colspan=str(place), class_="t"),
        tag("td", kbit(total), class_="n key"),
        tag("td", "", colspan=str(len(columns) - place - 1)),
    )
    return table(columns, _numbered(own), caption="Scheduled passes", file="passes.csv", foot=foot)


def windows_table(
    contacts: Sequence[Contact], zones: Mapping[str, str], *, link: Link | None = None
) -> Markup | None:
    """List every window of two stations; None where the mission has none."""
    own = [one for one in contacts if one.file == "together.csv" and one.status == "scheduled"]
    if not any(one.file == "together.csv" for one in contacts):
        return None
    if not own:
        return tag("p", "No window of two stations is scheduled.")
    when = _times(zones)
    columns = [
        Shown(heading=zone_heading("Day"), cell=when("start_utc", "day"), kind="d"),
        _text("Satellite", "satellite"),
        Shown(heading="Station", cell=lambda r: r["station_a"], column="station_a", kind="t",
              link=link),
        _text("and", "station_b"),
        Shown(heading=zone_heading("Begin"), cell=when("start_utc"), column="start_utc"),
        Shown(heading=zone_heading("End"), cell=when("end_utc"), column="end_utc"),
        _number("Usable s", "usable_s"),
        _number("dB to the first", "loss_a_db", 1),
        _number("dB to the second", "loss_b_db", 1),
        _number("QBER %", "qber", 2, 100.0),
        Shown(heading="Counted on, kbit", column="planned_bits", kind="n key",
              cell=lambda r: kbit(number(r, "planned_bits"))),
        _bits("Alone, kbit", "secure_bits"),
        Shown(heading="Clear %", column="clear_probability", cell=_clear),
    ]  # fmt: skip
    return table(
        columns, _numbered(own), caption="Scheduled windows of two stations", file="together.csv"
    )


def not_flown_title(contacts: Sequence[Contact]) -> str:
    """Say how many contacts are not flown, and why most are not."""
    left = [one for one in contacts if one.status != "scheduled"]
    if not left:
        return "Every contact is flown" if contacts else "No satellite rises over a station"
    ranked = Counter(cause_of(one.row) for one in left).most_common()
    named = [f"{count} {cause}" for cause, count in ranked[:4]]
    others = sum(count for _, count in ranked[4:])
    named += [f"{others} for other reasons"] if others else []
    return f"{len(left)} of {len(contacts)} contacts are not flown: {', '.join(named)}"


def reasons_table(contacts: Sequence[Contact]) -> Markup:
    """Count the contacts by what became of them."""
    counts = Counter(
        ("scheduled" if one.status == "scheduled" else cause_of(one.row)) for one in contacts
    )
    best: dict[str, float] = {}
    unknown: Counter[str] = Counter()
    for one in contacts:
        if one.status == "scheduled":
            continue
        at_stake = number(one.row, "bits_at_stake")
        if at_stake is None:
            unknown[cause_of(one.row)] += 1
        else:
            best[cause_of(one.row)] = max(best.get(cause_of(one.row), 0.0), at_stake)
    ordered = sorted(counts.items(), key=lambda item: (item[0] != "scheduled", -item[1], item[0]))
    columns = [
        Shown(heading="What became of them", cell=lambda r: r["cause"], kind="h"),
        Shown(heading="Contacts", cell=lambda r: r["count"]),
        Shown(heading="Most at stake in one, kbit", cell=lambda r: r["best"]),
    ]
    rows = [
        {
            "cause": cause,
            "count": str(count),
            "best": NOTHING
            if cause == "scheduled"
            else _at_stake(best.get(cause), unknown[cause], count),
        }
        for cause, count in ordered
    ]
    return table(columns, numbered(rows), caption="Contacts by what became of them")


def given_up_table(contacts: Sequence[Contact], zones: Mapping[str, str]) -> Markup | None:
    """List the contacts that had most key of those given up; None where none had."""
    own = [one for one in contacts if one.status != "scheduled" and stake_bits(one) > 0]
    if not own:
        return None
    ranked = sorted(own, key=lambda one: (-stake_bits(one), one.rise))[:MOST_GIVEN_UP]
    columns = of_not_flown(zones)
    by_file = {one.file for one in ranked}
    return joined(
        table(
            columns,
            _numbered([one for one in ranked if one.file == file]),
            caption=f"Contacts not flown with most key at stake ({file})",
            file=file,
        )
        for file in sorted(by_file)
    )


def not_flown_table(
    contacts: Sequence[Contact], zones: Mapping[str, str], *, link: Link | None = None
) -> Markup:
    """List every contact that is not flown; of too many the ones with key alone."""
    own = [one for one in contacts if one.status != "scheduled"]
    left_out = 0
    if len(own) > MOST_ROWS:
        ranked = sorted(own, key=lambda one: (-stake_bits(one), one.rise))[:MOST_ROWS]
        left_out = len(own) - MOST_ROWS
        own = sorted(ranked, key=lambda one: one.rise)
    if not own:
        return tag("p", "Every contact is flown.")
    parts: list[Markup] = [
        table(
            of_not_flown(zones, link),
            _numbered([one for one in own if one.file == file]),
            caption=f"Contacts that are not flown ({file})",
            file=file,
        )
        for file in ("passes.csv", "together.csv")
        if any(one.file == file for one in own)
    ]
    if left_out:
        told = (
            f"{left_out} more, with less or no key at stake, are in the tables of the plan alone."
        )
        parts.append(tag("p", told))
    return joined(parts)


def of_not_flown(zones: Mapping[str, str], link: Link | None = None) -> list[Shown]:
    """Columns of a contact that is not flown; the last two say why, and what would free it."""
    when = _times(zones)

    def top(row: Row) -> Markup:
        return when("culmination_utc" if "culmination_utc" in row else "start_utc")(row)

    def day(row: Row) -> Markup:
        return when("culmination_utc" if "culmination_utc" in row else "start_utc", "day")(row)

    return [
        Shown(heading=zone_heading("Day"), cell=day, kind="d"),
        Shown(heading=zone_heading("Highest"), cell=top),
        Shown(heading="Satellite", cell=lambda r: r["satellite"], column="satellite", kind="t"),
        Shown(
            heading="Station",
            cell=lambda r: r.get("station") or f"{r['station_a']} and {r['station_b']}",
            kind="h",
            link=link,
        ),
        _number("El °", "max_elevation_deg"),
        Shown(heading="At stake, kbit", column="bits_at_stake", cell=_stake_cell),
        Shown(heading="Why", cell=lambda r: r.get("reason") or NOTHING, column="reason", kind="w"),
        Shown(
            heading="What would free it",
            cell=lambda r: r.get("change_needed") or NOTHING,
            column="change_needed",
            kind="w",
        ),
    ]


def stake_bits(one: Contact) -> float:
    """What a contact that is not flown would bring, as far as that was computed. [bit]"""
    stake = number(one.row, "bits_at_stake")
    return float(one.bits) if stake is None and one.status == "candidate" else stake or 0.0


def _stake_cell(row: Row) -> str:
    stake = number(row, "bits_at_stake")
    return "not computed" if stake is None else kbit(stake)


def _at_stake(best: float | None, unknown: int, count: int) -> str:
    if best is None:
        return "not computed"
    return kbit(best) + (f" ({unknown} not computed)" if 0 < unknown < count else "")


def cause_of(row: Row) -> str:
    """Say in two words why a contact is not flown."""
    limit = row.get("limit") or (row.get("reason") or "").split(":")[0].split("(")[0].strip()
    return _CAUSES.get(limit, limit.replace("_", " ")) or "not said"


_CAUSES: Final = {
    "clash": "gave way to another", "daylight": "by daylight", "range": "out of range",
}  # fmt: skip
"""How a limit is said after a count."""


def _times(zones: Mapping[str, str]) -> Callable[..., Callable[[Row], Markup]]:
    def of(column: str, form: str = "time") -> Callable[[Row], Markup]:
        def cell(row: Row) -> Markup:
            name = row.get("station") or row.get("station_a") or ""
            return time_cell(row.get(column) or "", zone_of(zones.get(name, "")), form=form)

        return cell

    return of


def _text(heading: str, column: str) -> Shown:
    return Shown(heading=heading, cell=lambda r: r[column], column=column, kind="t")


def _number(heading: str, column: str, digits: int = 0, times: float = 1.0) -> Shown:
    def cell(row: Row) -> str:
        value = number(row, column)
        return fixed(None if value is None else value * times, digits)

    return Shown(heading=heading, cell=cell, column=column)


def _bits(heading: str, column: str) -> Shown:
    return Shown(heading=heading, cell=lambda r: kbit(number(r, column)), column=column)


def _clear(row: Row) -> str:
    chance = number(row, "clear_probability")
    return "not given" if chance is None else fixed(100.0 * chance)


def _numbered(contacts: Sequence[Contact]) -> tuple[Numbered, ...]:
    return tuple(Numbered(number=one.number, row=one.row) for one in contacts)
