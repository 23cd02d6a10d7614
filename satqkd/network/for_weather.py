"""A plan for the mean over the weather: several are made, all are judged, the best is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.network.candidates import Candidates
from satqkd.network.known_sky import KnownSky, known_sky
from satqkd.network.outlook import PlanOutlook, drawn_weather
from satqkd.schedule.amounts import Amounts, amounts_of
from satqkd.schedule.by_satellite import Told
from satqkd.schedule.delivery import deliver, most_worth_bits, worth_bits
from satqkd.schedule.effort import Effort
from satqkd.schedule.polish import without_spoilers
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.sample_average import better_on_average, mean_worth
from satqkd.schedule.solve import solve
from satqkd.units import BoolArray, FloatArray
from satqkd.weather.clear_sky import Draws

MILD: Final = 0.25
"""Exponent of the chance of a clear sky that counts are weighted with: of 0.25, 0.5 and 1 the best
on constellations of 6 and 20 small satellites (measured here, by a prototype)."""
FULL: Final = 1.0
"""The same where each contact is a block of its own: pools are then the sums of mean keys."""
SAMPLED_CONTACTS: Final = 1000
"""Numerical: contacts up to which a plan is improved on a sample of the weather."""
SAMPLES: Final = 400
"""Numerical: realisations of that sample; 4 x 100 were enough for one satellite in a prototype."""
TRIES: Final = 3000
"""Numerical: changes of contacts that are tried."""
TEMPERED: Final = "tempered by the chance of a clear sky"
"""How the plan is made whose clicks count less where it is often cloudy."""
ON_A_SAMPLE: Final = "improved on a sample of the weather"
"""How the one plan is made that depends on the seed."""
OTHER_SEED: Final = 1 << 32
"""Added to the seed for the sample, so that plans are judged by realisations they never saw."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """Plans that were made, and what the same realisations make of each."""

    names: tuple[str, ...]
    """How each was made; the first one for a clear sky."""
    mean_worth_bits: tuple[float, ...]
    """Mean over the weather of what each is worth, as the planner counts. [bit]"""
    best: int
    """Which was taken."""
    gain_bits: float
    """How much more the one taken is worth than the first, on average. [bit]"""
    gain_error_bits: float
    """One standard error of that, over realisations of both. [bit]"""
    solution: Solution
    """The one taken; its worth and its bound are those of a clear sky."""
    outlook: PlanOutlook
    """What the weather makes of it."""
    known: KnownSky | None
    """What knowing the sky would be worth; None where that was not worked out."""
    why_not_known: str
    """Why not, in words; empty where it was."""

    @property
    def sampled(self) -> bool:
        """Whether one of them was made on a sample of the weather, and so depends on the seed."""
        return ON_A_SAMPLE in self.names

    @property
    def gain(self) -> float:
        """The same relative to the first; 0 where that is worth nothing on average."""
        first = self.mean_worth_bits[0]
        return self.gain_bits / first if first > 0 else 0.0


def planned_for_weather(
    candidates: Candidates,
    clear: Solution,
    effort: Effort,
    draws: Draws,
    *,
    told: Told | None = None,
) -> Judged:
    """Make plans in several ways and take the one with the best mean over the weather.

    Parameters
    ----------
    candidates
        What to choose from.
    clear
        The plan for a clear sky.
    effort
        How long the planner tries, for each of the plans.
    draws
        The realisations that plans are judged by.
    told
        As for :func:`satqkd.schedule.solve.solve`.

    Notes
    -----
    Beside the plan for a clear sky there is one with clicks worth less where it is often cloudy
    and, up to :data:`SAMPLED_CONTACTS` contacts, the better of them changed contact by contact
    while its mean over a sample rises. All are judged by the same realisations, none of which was
    in the sample; the first of equals is taken. What keeping contacts of the plan in force is worth
    counts beside that mean, whatever the weather.
    """
    problem = candidates.problem
    made: dict[str, BoolArray] = {"for a clear sky": clear.chosen}
    amounts = amounts_of(problem, most_worth_bits(problem))
    stopped = clear.status == "stopped"
    cloudy = bool((candidates.clear_probability < 1.0).any())
    try:
        if not stopped and cloudy:
            exponent = FULL if all(one == "pass" for one in candidates.gathers) else MILD
            tempered = solve(candidates.tempered(exponent), effort, told=told)
            made[TEMPERED] = tempered.chosen
            if problem.waits_freely:
                made[TEMPERED] = without_spoilers(problem, tempered.chosen)
            stopped = tempered.status == "stopped"
            small = len(problem) <= SAMPLED_CONTACTS
            if small and not stopped and amounts is None and not _dear(problem):
                made[ON_A_SAMPLE] = _improved(candidates, list(made.values()), draws)
    except KeyboardInterrupt:
        stopped = True
    if stopped or (cloudy and clear.status != "nothing to schedule"):
        # what is proven of a clear sky is not what was asked for
        clear = replace(clear, status="stopped" if stopped else "chosen for the weather")
    names, plans = tuple(made), list(made.values())
    why_not = _why_not_known(candidates, clear, amounts)
    some = np.any(plans, axis=0) if why_not else np.ones(len(problem), dtype=np.bool_)
    weather = drawn_weather(candidates, some, draws)
    realised = [weather.of(candidates, chosen) for chosen in plans]
    means = [float(one.worth.mean()) for one in realised]
    ranks = [
        mean
        + float(problem.keeping_bits[chosen].sum())
        + (0.0 if amounts is None else float(amounts.worths(one.reached).mean()))
        for mean, one, chosen in zip(means, realised, plans, strict=True)
    ]
    best = int(np.argmax(ranks))
    gain: FloatArray = realised[best].worth - realised[0].worth
    known = None
    if not why_not:
        known = known_sky(
            problem, plans[best], realised[best].worth, weather.clear, effort, told=told
        )
        why_not = "" if known is not None else "stopped by Ctrl-C"
    return Judged(
        names=names,
        mean_worth_bits=tuple(means),
        best=best,
        gain_bits=float(gain.mean()),
        gain_error_bits=float(gain.std() / np.sqrt(gain.size)),
        solution=clear if best == 0 else _under_a_clear_sky(problem, plans[best], clear, amounts),
        outlook=PlanOutlook.of(problem, realised[best], weather, plans[best]),
        known=known,
        why_not_known=why_not,
    )


def _why_not_known(candidates: Candidates, clear: Solution, amounts: Amounts | None) -> str:
    """Say why it is not worked out what knowing the sky is worth; empty where it is."""
    problem = candidates.problem
    reasons = (
        (not (candidates.clear_probability < 1.0).any(), "no cloud is ever told of"),
        (clear.status == "stopped", "stopped by Ctrl-C"),
        (amounts is not None, "amounts come before what it is counted in, weighted bits"),
        (_dear(problem), "keys of some blocks take too long"),
        (len(problem) > SAMPLED_CONTACTS, f"more than {SAMPLED_CONTACTS:,} contacts"),
        # a block of the contacts that are clear is key sooner than the block as it is planned
        (not problem.waits_freely, "with max_age or a key_store it would prove nothing"),
    )
    return next((why for applies, why in reasons if applies), "")


def _improved(candidates: Candidates, plans: list[BoolArray], draws: Draws) -> BoolArray:
    """Change the better of some plans while its mean over a sample of the weather rises."""
    problem = candidates.problem
    every = np.ones(len(problem), dtype=np.bool_)
    other = replace(draws, samples=SAMPLES, seed=draws.seed + OTHER_SEED)
    clear = drawn_weather(candidates, every, other).clear
    start = max(
        plans,
        key=lambda chosen: (
            mean_worth(problem, chosen, clear) + float(problem.keeping_bits[chosen].sum())
        ),
    )
    return better_on_average(problem, start, clear, tries=TRIES)


def _dear(problem: Problem) -> bool:
    """Whether the keys of some blocks take long to work out."""
    dear = None if problem.blocks is None else problem.blocks.dear
    return dear is not None and bool(dear.any())


def _under_a_clear_sky(
    problem: Problem, chosen: BoolArray, clear: Solution, amounts: Amounts | None
) -> Solution:
    """Return what a plan is worth under a clear sky; the bound of the best one holds for it."""
    deliveries, _ = deliver(problem, chosen, amounts)
    objective = worth_bits(problem, chosen, deliveries)
    return Solution(
        chosen=chosen,
        deliveries=deliveries,
        objective=objective,
        bound=max(clear.bound, objective),
        status=clear.status,
        sampled=clear.sampled,
    )
