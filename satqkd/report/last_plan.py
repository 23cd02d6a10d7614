"""The plan in force, read from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from satqkd.network.last_plan import (
    LastBlock,
    LastContact,
    LastDelivery,
    LastPlan,
    TakenOver,
    Waiting,
)
from satqkd.report.plan_folder import PlanFolder, Row, whole, with_status
from satqkd.report.tables.tonight import utc
from satqkd.report.tonight import instant, stations_of


def last_plan(plan: PlanFolder) -> LastPlan:
    """Return what a new plan has to know of one that lies in a folder."""
    window = plan.manifest["window"]
    scheduled = (*with_status(plan.passes, "scheduled"), *with_status(plan.windows, "scheduled"))
    return LastPlan(
        start=instant(window["start_utc"]),
        end=instant(window["end_utc"]),
        contacts=tuple(_contact(row) for row in scheduled),
        blocks=tuple(_block(row) for row in plan.tables["blocks.csv"] if row["contacts"]),
        deliveries=tuple(_delivery(row) for row in plan.tables["deliveries.csv"]),
        taken=taken_of(plan.manifest.get("replan", {}).get("taken_over")),
    )


def taken_facts(taken: TakenOver) -> dict[str, Any]:
    """Write what a plan took over, as :func:`taken_of` reads it."""
    return {
        "assumed": [
            {
                "contact_key": one.contact_key,
                "satellite": one.satellite,
                "stations": list(one.stations),
                "rise_utc": utc(one.rise),
                "start_utc": utc(one.start),
                "end_utc": utc(one.end),
            }
            for one in taken.assumed
        ],
        "waiting": [
            {
                "contact_key": one.contact_key,
                "satellite": one.satellite,
                "station": one.station,
                "bits": one.bits,
            }
            for one in taken.waiting
        ],
        "stock": [
            {"satellite": satellite, "station": station, "bits": bits}
            for satellite, station, bits in taken.stock
        ],
        "held": [{"stations": [first, second], "bits": bits} for first, second, bits in taken.held],
        "delivered": [
            {"stations": [first, second], "bits": bits} for first, second, bits in taken.delivered
        ],
        "closed": list(taken.closed),
    }


def taken_of(facts: Mapping[str, Any] | None) -> TakenOver | None:
    """Read what a plan took over; None for one that started from no other."""
    if facts is None:
        return None
    return TakenOver(
        assumed=tuple(
            LastContact(
                contact_key=one["contact_key"],
                satellite=one["satellite"],
                stations=tuple(one["stations"]),
                rise=instant(one["rise_utc"]),
                start=instant(one["start_utc"]),
                end=instant(one["end_utc"]),
                in_part=True,
            )
            for one in facts["assumed"]
        ),
        waiting=tuple(Waiting(**one) for one in facts["waiting"]),
        stock=tuple((one["satellite"], one["station"], one["bits"]) for one in facts["stock"]),
        held=tuple((*one["stations"], one["bits"]) for one in facts["held"]),
        delivered=tuple((*one["stations"], one["bits"]) for one in facts.get("delivered", ())),
        closed=tuple(facts["closed"]),
    )


def _contact(row: Row) -> LastContact:
    return LastContact(
        contact_key=row["contact_key"],
        satellite=row["satellite"],
        stations=stations_of(row),
        rise=instant(row.get("rise_utc") or row["start_utc"]),
        start=instant(row["scheduled_start_utc"]),
        end=instant(row["scheduled_end_utc"]),
        in_part=bool(row["reason"]),
    )


def _block(row: Row) -> LastBlock:
    return LastBlock(
        satellite=row["satellite"],
        stations=tuple(name for name in (row["station_a"], row["station_b"]) if name),
        contacts=tuple(key for key in (*_keys(row["opening"]), *_keys(row["contacts"]))),
        bits=whole(row, "block_bits") or 0,
        closes=instant(row["closes_utc"]),
        alone=row["gathers"] == "pass",
    )


def _keys(text: str) -> list[str]:
    return [key for key in text.split(";") if key]


def _delivery(row: Row) -> LastDelivery:
    return LastDelivery(
        at=instant(row["delivered_utc"]),
        satellite=row["satellite"],
        stations=(row["station_a"], row["station_b"]),
        bits=whole(row, "given_bits") or 0,
        relayed=row["relayed"] == "true",
    )
