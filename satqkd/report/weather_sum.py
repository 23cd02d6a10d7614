"""What the weather makes of a plan, in a few lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from satqkd.network.outlook import Amount, PlanOutlook
from satqkd.network.plan import Plan
from satqkd.report.counted import counted
from satqkd.report.known_sky_sum import known_sky_facts, worth_of_knowing


def weather(plan: Plan) -> list[str]:
    """Say what the weather makes of what is scheduled, as far as anybody told it."""
    outlook = plan.outlook
    if not plan.solution.chosen.any():
        return []
    if outlook is None:
        return ["clear sky assumed: nothing was drawn"]
    lines = []
    if _told(plan):
        relayed = outlook.delivered.percentile_bits(100.0) > 0.0
        amount, what = (
            (outlook.delivered, "delivered") if relayed else (outlook.made, "of key made")
        )
        lines += [
            (
                f"over the weather {_bits(amount.mean_bits)} ± "
                f"{_bits(amount.standard_error_bits)} secret bits {what} on average, "
                f"{_spread_text(amount)}; any key in {_percent(amount.chance_of())} of "
                f"{outlook.draws.samples:,} realisations"
            ),
            *_fewer(outlook),
        ]
    lines += _judged(plan)
    if plan.judged is not None:
        lines += worth_of_knowing(plan.judged)
    untold = _without_climate(plan)
    if untold:
        lines.append(f"clear sky assumed over {', '.join(untold)}: no climate is given")
    return lines


def weather_facts(plan: Plan) -> dict[str, Any] | None:
    """Collect how the weather of a plan was drawn and what it makes of it, ready for JSON."""
    outlook, judged = plan.outlook, plan.judged
    if outlook is None:
        return None
    facts: dict[str, Any] = {
        "realisations": outlook.draws.samples,
        "seed": outlook.draws.seed,
        "delivered_bits": _figures(outlook.delivered),
        "made_bits": _figures(outlook.made),
    }
    if judged is not None:
        facts["plans_judged"] = {
            name: {"mean_worth_bits": mean, "taken": place == judged.best}
            for place, (name, mean) in enumerate(
                zip(judged.names, judged.mean_worth_bits, strict=True)
            )
        }
        facts["known_sky"] = known_sky_facts(judged)
    return facts


def _figures(amount: Amount) -> dict[str, float]:
    return {
        "mean": amount.mean_bits,
        "standard_error": amount.standard_error_bits,
        **{f"p{percent}": amount.percentile_bits(percent) for percent in (10, 50, 90)},
    }


def _spread_text(amount: Amount) -> str:
    low, median, high = (_bits(amount.percentile_bits(percent)) for percent in (10, 50, 90))
    return f"P10 {low}, P50 {median}, P90 {high}"


def _bits(bits: float) -> str:
    return f"{bits:,.0f}"


def _percent(share: float) -> str:
    """Write a share of realisations, all and none for nothing else."""
    percent = 100.0 * share
    if 0.0 < percent < 0.5 or 99.5 < percent < 100.0:
        return f"{percent:.2f} %"
    return f"{percent:.0f} %"


def _fewer(outlook: PlanOutlook) -> list[str]:
    """Say where fewer realisations were drawn than asked for."""
    if outlook.draws.samples >= outlook.asked:
        return []
    return [
        (
            f"{outlook.draws.samples:,} realisations of weather instead of {outlook.asked:,}: "
            "more of so long a window would take too long"
        )
    ]


def _judged(plan: Plan) -> list[str]:
    """Say which of several plans was taken for the weather, and what that is worth."""
    judged = plan.judged
    if judged is None:
        return []
    if len(judged.names) == 1:
        return ["planned for a clear sky: no cloud is ever told of"]
    count = counted(len(judged.names), "plan")
    seeds = [] if judged.sampled else ["whatever the seed, these are the plans to choose from"]
    if judged.best == 0:
        return [
            f"of {count} for the weather none is better on average than that for a clear sky",
            *seeds,
        ]
    error = judged.gain_error_bits / max(judged.mean_worth_bits[0], 1.0)
    gain = (
        f"{100.0 * judged.gain:.1f} ± {100.0 * error:.1f} %"
        if judged.mean_worth_bits[0] >= 1.0
        else f"{_bits(judged.gain_bits)} bit"
    )
    return [
        (
            f"best of {count} on average over the weather: the one {judged.names[judged.best]}, "
            f"worth {gain} more than the one for a clear sky"
        ),
        *seeds,
    ]


def _told(plan: Plan) -> bool:
    """Whether the weather of any scheduled contact is given."""
    at = plan.candidate_rows[plan.solution.chosen & plan.problem.occupies]
    chance = np.concatenate([one.yields.clear_probability for one in plan.forecasts])
    return bool(np.isfinite(chance[at]).any())


def _without_climate(plan: Plan) -> list[str]:
    """Stations of scheduled passes and windows whose weather is not given, in their order."""
    forecast, windows = plan.forecast, plan.windows
    stations = forecast.mission.stations
    untold: set[int] = set()
    if forecast.yields.outlook is not None:
        unknown = plan.passes.scheduled & ~np.isfinite(forecast.yields.outlook.clear_probability)
        untold.update(forecast.passes.station[unknown].tolist())
    for ends in (windows.station, windows.partner):
        untold.update(
            index
            for index in ends[plan.windows.scheduled].tolist()
            if stations[index].climate is None and stations[index].clouds is None
        )
    return [stations[index].site.name for index in sorted(untold)]
