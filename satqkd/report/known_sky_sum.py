"""What knowing the sky would bring, and how good a plan is on average, in words and figures."""

from __future__ import annotations

from typing import Any

from satqkd.network.for_weather import Judged
from satqkd.network.known_sky import KnownSky


def worth_of_knowing(judged: Judged) -> list[str]:
    """Say how much more a plan would bring that knew the sky of the whole window."""
    known = judged.known
    if known is None:
        if len(judged.names) == 1:
            return []
        return [f"what knowing the sky would bring is not worked out: {judged.why_not_known}"]
    (least, _), (most, error) = known.gain_bits, known.most_gain_bits
    if known.mean_bits >= 1.0:
        unit, scale, digits = "%", 100.0 / known.mean_bits, 1
    else:
        unit, scale, digits = "bit", 1.0, 0
    low, high, off = (f"{scale * bits:,.{digits}f}" for bits in (least, most, error))
    span = low if low == high else f"{low} to {high}"
    return [
        (
            f"knowing the sky of the whole window would bring {span} {unit} more "
            f"(± {off} {unit}, {len(known)} realisations)"
        )
    ]


def how_good_on_average(known: KnownSky) -> str:
    """Say how much better another plan could be on average: the bound is a mean of a sample."""
    bound, error = known.bound
    share = 100.0 * (bound - known.mean_bits) / max(bound, 1.0)
    off = 100.0 * error * known.mean_bits / max(bound, 1.0) ** 2
    return (
        f"gap {share:.1f} ± {off:.1f} % on average: statistical, against {len(known)} plans that "
        "know the sky"
    )


def known_sky_facts(judged: Judged) -> dict[str, Any]:
    """Collect the same, ready for JSON."""
    known = judged.known
    if known is None:
        return {"not_worked_out": judged.why_not_known}
    bound, error = known.bound
    return {
        "realisations": len(known),
        "gain_at_least_bits": _figures(known.gain_bits),
        "gain_at_most_bits": _figures(known.most_gain_bits),
        "mean_worth_at_most_bits": _figures((bound, error)),
        "rests_on": "a sample of realisations"
        + (", and of the subsets of large blocks" if known.sampled else ""),
    }


def _figures(known: tuple[float, float]) -> dict[str, float]:
    return {"mean": known[0], "standard_error": known[1]}
