"""A plan in a few lines."""

from __future__ import annotations

import numpy as np

from satqkd.constants import DAY_S
from satqkd.forecast.plan import Plan
from satqkd.report.counted import counted
from satqkd.report.wording import nothing_scheduled, reasons_text, window_text


def plan_summary(plan: Plan) -> list[str]:
    """Say what is flown, what is delivered, what was left out and how good the plan is."""
    solution, status = plan.solution, plan.status
    flown = int(solution.chosen.sum())
    if flown == 0:
        return [nothing_scheduled(plan)]
    key = sum(int(bits) for bits in plan.problem.key_bits[solution.chosen])
    delivered = sum(delivery.bits for delivery in solution.deliveries)
    rejected = [r for r, s in zip(plan.reason, status, strict=True) if s == "rejected"]
    pairs = len({delivery.demand for delivery in solution.deliveries})
    between = counted(pairs, "pair")
    lines = [
        f"{flown} of {len(status)} passes scheduled {window_text(plan.forecast.mission)}",
        f"{key:,} secret bits, {delivered:,} delivered between {between} of stations",
        f"schedule {solution.status}, {_gap_text(solution.gap)}",
    ]
    if rejected:
        lines.append(f"{len(rejected)} rejected: {reasons_text(rejected)}")
    lines += [*weather(plan), *_staleness(plan)]
    if not plan.forecast.ranged.any():
        lines.append(
            "no ranges stated for this mission, so no low and high: add loss_range, …_range"
        )
    return lines


def _gap_text(gap: float) -> str:
    """Say how far from the best a schedule may be; below a millionth of a percent is rounding."""
    percent = 100.0 * gap
    return "gap below 1e-6 %" if 0.0 < percent < 1e-6 else f"gap {percent:.3g} %"


def weather(plan: Plan) -> list[str]:
    """Say what the weather makes of the scheduled passes, as far as anybody told it."""
    outlook = plan.forecast.outlook
    if outlook is None:
        return ["clear sky assumed: nothing was drawn"]
    flown = np.array([status == "scheduled" for status in plan.status], dtype=np.bool_)
    expected = float(outlook.expected_bits[flown].sum())
    lines = [f"{expected:,.0f} secret bits expected of them over weather, air and pointing"]
    unknown = flown & ~np.isfinite(outlook.clear_probability)
    if unknown.any():
        sites = [ground.site.name for ground in plan.forecast.mission.stations]
        names = [sites[index] for index in np.unique(plan.forecast.passes.station[unknown])]
        lines.append(f"clear sky assumed over {', '.join(names)}: no climate is told")
    return lines


def _staleness(plan: Plan) -> list[str]:
    """Say how many scheduled passes rest on elements older than the limit."""
    forecast = plan.forecast
    limit_s = forecast.mission.limits.max_element_age_s
    flown = np.array([status == "scheduled" for status in plan.status], dtype=np.bool_)
    stale = int((flown & (np.abs(forecast.passes.element_age_s) > limit_s)).sum())
    if stale == 0:
        return []
    scheduled = int(flown.sum())
    return [
        (
            f"{stale} of {scheduled} scheduled passes rest on elements more than "
            f"{limit_s / DAY_S:g} days from them: their times are not to be trusted"
        )
    ]
