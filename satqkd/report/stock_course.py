"""What a pair will hold by a plan: used steadily, and filled as key is delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from satqkd.constants import DAY_S
from satqkd.report.plan_folder import PlanFolder, whole
from satqkd.report.tonight import instant

if TYPE_CHECKING:
    from satqkd.network.stock_ahead import StockAhead
    from satqkd.passes.timebase import Timebase

State = Literal["ok", "low", "dry", "no inflow", "not known"]
"""How a pair stands; ``not known`` where what it holds, or needs, is not given."""
LOW_DAYS: Final = 1.0
"""Less than this is low, and so is what the plan lets run dry; a convention. [d]"""

Names = frozenset[str]
"""Both stations of a pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Key that a pair gets at once."""

    utc: datetime
    bits: int
    """[bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What a pair will hold at one instant, over the weather."""

    utc: datetime
    p10_bits: float
    p50_bits: float
    p90_bits: float
    """[bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStock:
    """One pair at one instant, and what comes."""

    station_a: str
    station_b: str
    now: datetime
    end: datetime
    """Until when the plan says what comes."""
    held_bits: int | None
    """What it holds now; None where neither a ledger nor the mission says. [bit]"""
    need_bits_day: float | None
    """What it uses; None where the mission does not say. [bit/d]"""
    deliveries: tuple[Arrived, ...] = ()
    """After now, in order of time."""
    delivered_bits: int = 0
    """What the plan delivers in all, before now too. [bit]"""
    past: tuple[tuple[datetime, float], ...] = ()
    """What it held until now, corner by corner; none without a ledger. [bit]"""
    ahead: tuple[Ahead, ...] = ()
    """Over the weather; none where nothing was drawn."""

    @property
    def days_left(self) -> float | None:
        """For how long what it holds lasts; None where not known, or it uses nothing. [d]"""
        if self.held_bits is None or not self.need_bits_day:
            return None
        return self.held_bits / self.need_bits_day

    @property
    def to_come_bits(self) -> int:
        """Key that the plan still brings. [bit]"""
        return sum(one.bits for one in self.deliveries)

    @property
    def state(self) -> State:
        """How it stands."""
        if self.held_bits is None or self.need_bits_day is None:
            return "not known"
        if not self.held_bits and self.need_bits_day:
            return "dry"
        if not self.deliveries:
            return "no inflow"
        days = self.days_left
        short = days is not None and days < LOW_DAYS
        return "low" if short or self.dry_utc() is not None else "ok"

    def course(self, *, next_fails: bool = False) -> tuple[tuple[datetime, float], ...]:
        """What it will hold from now on, corner by corner; none where not known. [bit]"""
        return _course(self, next_fails=next_fails)[0]

    def dry_utc(self, *, next_fails: bool = False) -> datetime | None:
        """When it first has nothing left to use; None for not before the end, or not known."""
        return _course(self, next_fails=next_fails)[1]


def _course(
    stock: PairStock, *, next_fails: bool
) -> tuple[tuple[tuple[datetime, float], ...], datetime | None]:
    if stock.held_bits is None:
        return (), None
    use = (stock.need_bits_day or 0.0) / DAY_S
    held, at, dry = float(stock.held_bits), stock.now, None
    corners = [(at, held)]
    coming = stock.deliveries[1:] if next_fails else stock.deliveries
    for one in (*coming, Arrived(utc=stock.end, bits=0)):
        used = use * (one.utc - at).total_seconds()
        if used > held:
            empty = at + timedelta(seconds=held / use)
            dry = dry or empty
            corners.append((empty, 0.0))
        held, at = max(held - used, 0.0), one.utc
        corners.append((at, held))
        if one.bits:
            held += one.bits
            corners.append((at, held))
    return tuple(corners), dry


def stocks_of(
    plan: PlanFolder,
    *,
    now: datetime,
    held_bits: Mapping[Names, int],
    need_bits_day: Mapping[Names, float],
    past: Mapping[Names, Sequence[tuple[datetime, float]]] | None = None,
    ahead: Mapping[Names, Sequence[Ahead]] | None = None,
) -> tuple[PairStock, ...]:
    """Return how the pairs of a plan stand.

    Parameters
    ----------
    plan
        Its keys.csv names the pairs, its deliveries.csv says what comes.
    now
        From when on.
    held_bits, need_bits_day
        What a pair holds [bit] and uses [bit/d], of those of which it is known.
    past, ahead
        What it held, and will hold over the weather.
    """
    pairs: dict[Names, tuple[str, str]] = {}
    delivered: dict[Names, int] = {}
    for row in plan.tables["keys.csv"]:
        if row["kind"] != "pool":
            names = frozenset((row["station_a"], row["station_b"]))
            pairs.setdefault(names, (row["station_a"], row["station_b"]))
            delivered[names] = delivered.get(names, 0) + (whole(row, "delivered_bits") or 0)
    window = plan.manifest.get("window") or {}
    ends = [instant(row["delivered_utc"]) for row in plan.tables["deliveries.csv"]]
    ends += [instant(window["end_utc"])] if window else []
    end = max([*ends, now])
    return tuple(
        PairStock(
            station_a=first,
            station_b=second,
            now=now,
            end=end,
            held_bits=held_bits.get(names),
            need_bits_day=need_bits_day.get(names),
            deliveries=tuple(_coming(plan, names, now)),
            delivered_bits=delivered[names],
            past=tuple((past or {}).get(names, ())),
            ahead=tuple((ahead or {}).get(names, ())),
        )
        for names, (first, second) in pairs.items()
    )


def _coming(plan: PlanFolder, names: Names, now: datetime) -> list[Arrived]:
    own = [
        Arrived(utc=instant(row["delivered_utc"]), bits=whole(row, "given_bits") or 0)
        for row in plan.tables["deliveries.csv"]
        if {row["station_a"], row["station_b"]} == names
    ]
    return sorted((one for one in own if one.utc > now), key=lambda one: one.utc)


def ahead_of(stock: StockAhead, timebase: Timebase) -> tuple[Ahead, ...]:
    """Return percentiles of what a pair will hold, instant by instant."""
    p10, p50, p90 = (stock.percentile_bits(percent) for percent in (10, 50, 90))
    return tuple(
        Ahead(utc=timebase.utc(at_s), p10_bits=low, p50_bits=middle, p90_bits=high)
        for at_s, low, middle, high in zip(
            stock.at_s.tolist(), p10.tolist(), p50.tolist(), p90.tolist(), strict=True
        )
    )
