"""What stands in the way of every contact that is not scheduled, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.obstacles import Shortfall
from satqkd.network.at_stake import NOT_COMPUTED, AtStake, at_stake
from satqkd.network.decided import Decided
from satqkd.network.keeping import Keeping


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What would have to change first for a contact, and what it would give."""

    limit: str = ""
    """Name of the obstacle; empty where nothing stands in its way."""
    limit_value: float | None = None
    """What it asks for, in ``limit_unit``; None where it is no number."""
    reached_value: float | None = None
    """What the contact reached, likewise."""
    limit_unit: str = ""
    """As people write it."""
    change_needed: str = ""
    """What would free it; empty where nothing of the mission's files does, where it is too late,
    and where not computed."""
    bits_at_stake: int | None = None
    """Its key if the first obstacle were gone; None where not computed. [bit]"""


NOTHING = Missed()
"""In the way of a contact that is scheduled."""


def hidden_of(forecast: Forecast, *, stakes: bool = False) -> tuple[Missed, ...]:
    """Return what hides each contact of a forecast, of which nothing is planned.

    Parameters
    ----------
    forecast
        The contacts.
    stakes
        Whether to work out what that costs, and what would free them.
    """
    (cost,) = _costs([forecast], stakes=stakes)
    return tuple(
        NOTHING if why is None else _hidden(why, cost, row)
        for row, why in enumerate(forecast.yields.obstacle)
    )


def missed_of(
    forecasts: Sequence[Forecast], decided: Decided, keeping: Keeping, *, stakes: bool = True
) -> tuple[Missed, ...]:
    """Return what stands in the way of each contact that a plan does not schedule.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    decided
        What the plan decided about all of them.
    keeping
        What it kept of the plan in force: nothing frees a contact that it is too late for.
    stakes
        Whether to work out what is at stake behind limits that hide contacts; Ctrl-C leaves it out.
    """
    try:
        costs = _costs(forecasts, stakes=stakes)
    except KeyboardInterrupt:  # the plan itself is made
        costs = _costs(forecasts, stakes=False)
    found, begin = list[Missed](), 0
    for forecast, cost in zip(forecasts, costs, strict=True):
        own = decided.part(slice(begin, begin + len(forecast)))
        found += _of_plan(forecast, own, cost, keeping)
        begin += len(forecast)
    return tuple(found)


def _of_plan(
    forecast: Forecast, decided: Decided, cost: AtStake, keeping: Keeping
) -> Iterator[Missed]:
    frozen = {one.contact_key for one in keeping.contacts if one.frozen}
    too_late = keeping.too_late(forecast)
    for row, one in enumerate(_in_time(forecast, decided, cost)):
        fixed = frozen.intersection(decided.clashes_with[row].split(";"))
        yield replace(one, change_needed="") if too_late[row] or fixed else one


def _in_time(forecast: Forecast, decided: Decided, cost: AtStake) -> Iterator[Missed]:
    """Yield what stands in the way of each contact, as if nothing were too late."""
    bits = forecast.yields.made.bits.tolist()
    pinned = set(forecast.mission.pinned)
    for row, why in enumerate(forecast.yields.obstacle):
        limit, key = decided.limit[row], forecast.contact_key[row]
        if decided.status[row] == "scheduled":
            yield NOTHING
        elif why is not None and limit == why.name:
            yield _hidden(why, cost, row)
        elif limit == "banned":
            words = [f"take {key} from 'banned'", cost.change_needed[row]]
            hopeless = why is not None and not cost.change_needed[row]
            yield Missed(
                limit=limit,
                change_needed="" if hopeless else " and ".join(filter(None, words)),
                bits_at_stake=bits[row],
            )
        elif limit == "clash":
            others = list(filter(None, decided.clashes_with[row].split(";")))
            unpin = "".join(f"take {one} from 'pinned' and " for one in others if one in pinned)
            instead = f", in place of {' and '.join(others)}" if others else ""
            yield Missed(
                limit=limit,
                change_needed=f"{unpin}pin {key}{instead}",
                bits_at_stake=bits[row],
            )
        else:
            yield Missed(limit=limit, bits_at_stake=bits[row])


def _hidden(why: Shortfall, cost: AtStake, row: int) -> Missed:
    bits = int(cost.bits[row])
    return Missed(
        limit=why.name,
        limit_value=why.limit,
        reached_value=why.reached,
        limit_unit=why.unit,
        change_needed=cost.change_needed[row],
        bits_at_stake=None if bits == NOT_COMPUTED else bits,
    )


def _costs(forecasts: Sequence[Forecast], *, stakes: bool) -> tuple[AtStake, ...]:
    if stakes:
        return at_stake(forecasts)
    return tuple(AtStake.unknown(len(one)) for one in forecasts)
