"""Pairs of stations whose next key comes of the contacts of a night."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from markupsafe import Markup

from satqkd.report.html.markup import joined, tag
from satqkd.report.html.stocks import stock_badge
from satqkd.report.html.tables import boxed
from satqkd.report.html.written import day, kbit, time_cell, zone_heading, zone_of
from satqkd.report.plan_folder import PlanFolder
from satqkd.report.stock_course import Arrived, PairStock
from satqkd.report.tonight import TonightContact, instant

CAPTION = "Pairs whose next delivery rests on contacts of this night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Depends:
    """A pair, and the contacts of a night that its next delivery rests on."""

    stock: PairStock
    delivery: Arrived
    contacts: tuple[str, ...]
    """Contact keys."""


def depending(
    plan: PlanFolder, stocks: Iterable[PairStock], night: Collection[str]
) -> tuple[Depends, ...]:
    """Return the pairs whose next delivery rests on contacts of a night.

    A delivery rests on the blocks of its two stations, with the satellite that relays it, that are
    key by then.

    Parameters
    ----------
    plan
        Its deliveries.csv and blocks.csv say what comes of what.
    stocks
        The pairs.
    night
        Contact keys of the night.
    """
    found = []
    for one in stocks:
        first = next(iter(one.deliveries), None)
        if first is None:
            continue
        own = tuple(key for key in _keys(plan, one, first) if key in night)
        if own:
            found.append(Depends(stock=one, delivery=first, contacts=tuple(dict.fromkeys(own))))
    return tuple(found)


def _keys(plan: PlanFolder, one: PairStock, delivery: Arrived) -> Iterator[str]:
    pair = {one.station_a, one.station_b}
    by = {
        row["satellite"]
        for row in plan.tables["deliveries.csv"]
        if {row["station_a"], row["station_b"]} == pair
        and instant(row["delivered_utc"]) == delivery.utc
    }
    for row in plan.tables["blocks.csv"]:
        ends = {row["station_a"], row.get("station_b") or row["station_a"]}
        closes = row.get("closes_utc")
        inside = row["satellite"] in by and ends <= pair
        if inside and closes and instant(closes) <= delivery.utc:
            yield from (row.get("contacts") or "").split(";")


def depends_table(
    plan: PlanFolder,
    stocks: Sequence[PairStock],
    night: Sequence[TonightContact],
    zones: Mapping[str, str],
) -> Markup:
    """List the pairs whose next delivery rests on contacts of a night.

    Parameters
    ----------
    plan, stocks
        The plan and its pairs.
    night
        Contacts of the night.
    zones
        Time zone of each station.
    """
    lacking = [one for one in ("deliveries.csv", "blocks.csv") if not plan.tables[one]]
    if lacking:
        return tag("p", f"Not known: this plan has no {lacking[0]}.", class_="absent")
    names = {one.contact_key: one for one in night}
    found = depending(plan, stocks, names)
    if not found:
        return tag("p", "No pair's next delivery rests on contacts of this night.")
    heads = (
        ("State", "t"), ("Pair", "t"), ("Held, kbit", "n"),
        (zone_heading("Next delivery"), "t"), ("kbit", "n"), (zone_heading("Rests on"), "w"),
        (zone_heading("Runs dry if it fails"), "t"),
    )  # fmt: skip
    head = tag("tr", *(tag("th", word, scope="col", class_=kind) for word, kind in heads))
    rows = [tag("tr", *_cells(one, names, zones)) for one in found]
    own = tag("table", tag("caption", CAPTION), tag("thead", head), tag("tbody", *rows))
    return boxed(own, CAPTION)


def _cells(
    one: Depends, names: Mapping[str, TonightContact], zones: Mapping[str, str]
) -> Iterator[Markup]:
    stock, zone = one.stock, zones.get(one.stock.station_a, "")
    contacts = [names[key] for key in one.contacts]
    dry = stock.dry_utc(next_fails=True)
    yield tag("td", stock_badge(stock.state), class_="d")
    yield tag("th", f"{stock.station_a} – {stock.station_b}", scope="row", class_="t")
    yield tag("td", "not known" if stock.held_bits is None else kbit(stock.held_bits), class_="n")
    yield tag("td", _when(one.delivery, zone), class_="d")
    yield tag("td", f"+{kbit(one.delivery.bits)}", class_="n key")
    told = (
        joined(("; " if n else "", " and ".join(own.stations), " ", _rise(own, zones)))
        for n, own in enumerate(contacts)
    )
    yield tag("td", *told, class_="w")
    if stock.state == "not known":
        yield tag("td", "not known", class_="d")
    elif dry is None:
        yield tag("td", f"not by {day(stock.end)}", class_="d")
    else:
        yield tag("td", tag("b", _when(Arrived(utc=dry, bits=0), zone)), class_="d")


def _rise(one: TonightContact, zones: Mapping[str, str]) -> Markup:
    return time_cell(_iso(Arrived(utc=one.rise, bits=0)), zone_of(zones.get(one.stations[0], "")))


def _when(one: Arrived, zone: str) -> Markup:
    return time_cell(_iso(one), zone_of(zone), form="both")


def _iso(one: Arrived) -> str:
    return one.utc.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
