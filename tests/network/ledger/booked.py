"""Short ways to write events of ledgers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from satqkd.network.ledger import KeyMade, Ledger, Pair, PlanIssued

NOW = datetime(2016, 12, 22, 12, 40, tzinfo=UTC)
AB = Pair(station_a="Graz", station_b="Matera")

Opener = Callable[..., Ledger]


def made(
    block: str,
    station: str,
    bits: int,
    *,
    partner: str | None = None,
    maker: str = "Sat",
    epsilon: float = 1e-9,
    contacts: tuple[str, ...] = (),
    hours: float = 0.0,
) -> KeyMade:
    """A block that is key."""
    return KeyMade(
        block=block,
        maker=maker,
        station=station,
        partner=partner,
        bits=bits,
        epsilon=epsilon,
        made_at=NOW + timedelta(hours=hours),
        contacts=contacts,
    )


def issued(plan_id: str = "20161222T124000Z-0123abcd", **more: object) -> PlanIssued:
    """A plan of nothing."""
    values: dict[str, object] = {
        "plan_id": plan_id,
        "start": NOW,
        "end": NOW + timedelta(days=7),
        "inputs": (),
        "decisions": (),
        **more,
    }
    return PlanIssued(**values)  # type: ignore[arg-type]
