"""The daily round played through: planned again each day, knowing what was flown, or the sky."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.network.candidates import Candidates
from satqkd.network.outlook import drawn_weather
from satqkd.processes import in_order
from satqkd.schedule.amounts import Amounts, amounts_of
from satqkd.schedule.choose import choose
from satqkd.schedule.core_model import CoreModel, core_model
from satqkd.schedule.delivery import most_worth_bits
from satqkd.schedule.problem import Problem
from satqkd.schedule.realised import Realised, realise
from satqkd.units import BoolArray, FloatArray
from satqkd.weather.clear_sky import Draws

Policy = Literal["never", "as flown", "sky known"]
"""When a plan is changed: ``never``; ``as flown``, each noon with what the nights before left;
``sky known``, each noon with the sky of the coming night known too."""

POLICIES: Final[tuple[Policy, ...]] = ("never", "as flown", "sky known")
WORK: Final = 2_000
"""Numerical: iterations of each day's plan."""
GAP: Final = 1e-2
"""Numerical: distance to its bound that is near enough for a day's plan: realisations differ by
more."""
PLAYED_AT_ONCE: Final = 6
"""Numerical: realisations that are played one after the other, with what was learnt kept; others
begin afresh, so that it does not matter who plays them."""
NOON_S: Final = 0.5 * DAY_S
Done = Callable[[int, int], None]
"""Called with the number of realisations played through, and of all."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rehearsal:
    """What each policy leaves, in the same realisations."""

    policies: tuple[Policy, ...]
    realised: tuple[Realised, ...]
    """Of each policy."""
    problem: Problem
    draws: Draws

    def mean(self, which: int) -> tuple[float, float]:
        """Mean worth of a policy, and one standard error. [bit]"""
        return _mean(self.realised[which].worth)

    def gain(self, which: int) -> tuple[float, float]:
        """How much more it is worth than the first, and one standard error, paired. [bit]"""
        return _mean(self.realised[which].worth - self.realised[0].worth)

    def delivered(self, which: int) -> FloatArray:
        """Key between all pairs in each realisation. [bit]"""
        return np.asarray(self.realised[which].delivered.sum(axis=1))

    def chance_met(self, which: int) -> tuple[float | None, ...]:
        """How often each demand gets all it asks for; None for one that asks for no amount."""
        begin, found = 0, list[float | None]()
        for demand in self.problem.demands:
            asked = np.array([one.bits for one in demand.milestones], dtype=np.float64)
            reached = self.realised[which].reached[:, begin : begin + asked.size] >= asked
            begin += asked.size
            found.append(float(reached.all(axis=1).mean()) if asked.size else None)
        return tuple(found)


def _mean(bits: FloatArray) -> tuple[float, float]:
    count = bits.size
    error = float(bits.std(ddof=1) / np.sqrt(count)) if count > 1 else 0.0
    return float(bits.mean()), error


def noons_s(mission: Mission) -> FloatArray:
    """Instants at which plans are made again: noon at the stations' mean longitude. [s]"""
    longitude = np.deg2rad([ground.site.longitude_deg for ground in mission.stations])
    mean_deg = np.rad2deg(np.angle(np.exp(1j * longitude).mean()))
    begins_s = 3600.0 * mission.start.hour + 60.0 * mission.start.minute + mission.start.second
    first_s = (NOON_S - DAY_S * mean_deg / 360.0 - begins_s) % DAY_S
    return np.arange(first_s, mission.duration_s, DAY_S)


def rehearse(
    mission: Mission,
    candidates: Candidates,
    chosen: BoolArray,
    draws: Draws,
    *,
    policies: Sequence[Policy] = POLICIES,
    done: Done | None = None,
    jobs: int = 1,
) -> Rehearsal:
    """Play policies through on fresh realisations of the weather.

    Parameters
    ----------
    mission
        Whose days are played through.
    candidates
        What is chosen from.
    chosen
        The plan that each begins with.
    draws
        How many realisations, and from which seed.
    policies
        Which.
    done
        Called after some realisations.
    jobs
        Processes that share the realisations; the answer is the same for any number.

    Raises
    ------
    SatqkdError
        Where no station gives any weather: there is nothing to react to.

    Notes
    -----
    A contact is clear or cloudy as a whole, as in the outlook of a plan. Each day's plan takes what
    was flown as it is, expects a clear sky of all that it does not know, and begins with the plan
    of the day before. What a planner learns of blocks it keeps for :data:`PLAYED_AT_ONCE`
    realisations.
    """
    if not (candidates.clear_probability < 1.0).any():
        raise SatqkdError(
            "no station gives a climate or a cloud forecast: every plan is flown as it is\n"
            "  fix: add 'climate' or 'clouds' to stations.yaml"
        )
    problem = candidates.problem
    every = np.ones(len(problem), dtype=np.bool_)
    weather = drawn_weather(candidates, every, draws)
    amounts = amounts_of(problem, most_worth_bits(problem))
    model, noons = replace(core_model(problem), amounts=amounts), noons_s(mission)
    count = len(weather.clear)

    def played(first: int) -> Iterator[BoolArray]:
        """Play some realisations, shape (policies, realisations, contacts)."""
        game = _Game(model=model, amounts=amounts, noons_s=noons)
        skies = weather.clear[first : first + PLAYED_AT_ONCE]
        flown = np.zeros((len(policies), *skies.shape), dtype=np.bool_)
        for number, sky in enumerate(skies):
            for place, policy in enumerate(policies):
                flown[place, number] = (
                    chosen
                    if policy == "never"
                    else game.played(chosen, sky, known=policy == "sky known")
                )
        yield flown

    def told(pieces: int) -> None:
        if done is not None:
            done(min(pieces * PLAYED_AT_ONCE, count), count)

    parts = list(in_order(played, range(0, count, PLAYED_AT_ONCE), jobs=jobs, done=told))
    flown = dict(zip(policies, np.concatenate(parts, axis=1), strict=True))
    return Rehearsal(
        policies=tuple(policies),
        realised=tuple(_realised(problem, flown[policy], weather.clear) for policy in policies),
        problem=problem,
        draws=weather.draws,
    )


class _Game:
    """A week that can be played again and again; what is learnt of its blocks is kept."""

    def __init__(self, *, model: CoreModel, amounts: Amounts | None, noons_s: FloatArray) -> None:
        self.model, self.amounts, self.noons_s = model, amounts, noons_s
        self.problem = model.problem

    def played(self, chosen: BoolArray, sky: BoolArray, *, known: bool) -> BoolArray:
        """Return what is flown in the end, contacts that were cloudy and gave nothing too."""
        problem = self.problem
        before = ~problem.occupies
        plan, tried = chosen.copy(), np.zeros(len(problem), dtype=np.bool_)
        for noon_s, next_s in zip(self.noons_s, [*self.noons_s[1:], np.inf], strict=True):
            begun = (problem.start_s < noon_s) & ~before
            tried |= plan & begun
            tonight = (problem.start_s < next_s) & ~begun
            hopeless = tonight & ~sky if known else np.zeros_like(sky)
            fixed = tried & sky
            active = self.model.active & (before | fixed | (~begun & ~hopeless))
            start = (plan & active) | fixed
            plan = self._again(fixed, active, start) | tried
        return plan | tried

    def _again(self, fixed: BoolArray, active: BoolArray, start: BoolArray) -> BoolArray:
        """Plan what lies ahead again, with what was flown as it is."""
        pinned = fixed | (self.problem.in_any_case & active)
        found = choose(
            replace(self.model, problem=replace(self.problem, pinned=pinned)),
            active=active | pinned,
            start=start,
            work=WORK,
            relative_gap=GAP if self.amounts is None else GAP / self.amounts.scale,
        )
        self.model = replace(found.model, problem=self.problem)
        return found.chosen


def _realised(problem: Problem, flown: BoolArray, clear: BoolArray) -> Realised:
    """Return what is left where another plan is flown in each realisation."""
    succeeds = flown & clear
    return realise(problem, np.asarray(flown.any(axis=0)), succeeds)
