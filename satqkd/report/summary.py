"""A plan in a few lines."""

from __future__ import annotations

from satqkd.forecast.plan import Plan
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
    lines = [
        f"{flown} of {len(status)} passes scheduled {window_text(plan.forecast.mission)}",
        f"{key:,} secret bits, {delivered:,} delivered between {pairs} pairs of stations",
        f"schedule {solution.status}, gap {100 * solution.gap:.3g} %",
    ]
    if rejected:
        lines.append(f"{len(rejected)} rejected: {reasons_text(rejected)}")
    lines.append("clear sky assumed: weather is not counted")
    return lines
