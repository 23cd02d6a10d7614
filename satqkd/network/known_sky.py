"""What knowing the sky beforehand would be worth, and so how good any plan is on average."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.by_satellite import Told
from satqkd.schedule.choose import choose
from satqkd.schedule.core_model import core_model
from satqkd.schedule.effort import Effort
from satqkd.schedule.problem import Problem
from satqkd.units import BoolArray, FloatArray

MOST_REALISATIONS: Final = 80
"""Numerical: realisations that are planned for where contacts are few."""
LEAST_REALISATIONS: Final = 12
"""Numerical: the same where they are many: a mean of fewer has no error to speak of."""
CONTACTS_IN_ALL: Final = 4000
"""Numerical: contacts of all realisations together, as far as the least of them allow."""
WORK: Final = 500
"""Numerical: iterations of a plan of one realisation: its bound loosens the mean by less than the
realisations differ."""
GAP: Final = 1e-2
"""Numerical: distance to its bound that is near enough, for the same reason."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownSky:
    """Plans of realisations whose sky is known, beside one plan that is flown in all of them.

    Arrays of shape (realisations,); the realisations are some of those that plans are judged by.
    """

    taken_bits: FloatArray
    """What the plan that knows nothing is worth in each. [bit]"""
    planned_bits: FloatArray
    """What the plan is worth that is made of the contacts with a clear sky alone. [bit]"""
    bound_bits: FloatArray
    """What no plan of them is worth more than. [bit]"""
    mean_bits: float
    """Mean worth of the plan that knows nothing, over all realisations. [bit]"""
    mean_error_bits: float
    """One standard error of that. [bit]"""
    sampled: bool
    """Whether some bound rests on a sample of the subsets of a block."""

    def __len__(self) -> int:
        return int(self.taken_bits.size)

    @property
    def gain_bits(self) -> tuple[float, float]:
        """What knowing the sky brings at least, on average, and one standard error. [bit]"""
        return _mean(self.planned_bits - self.taken_bits)

    @property
    def most_gain_bits(self) -> tuple[float, float]:
        """What it brings at most, on average, and one standard error. [bit]"""
        return _mean(self.bound_bits - self.taken_bits)

    @property
    def bound(self) -> tuple[float, float]:
        r"""What no plan is worth more than on average, and one standard error. [bit]

        Derived here: in a realisation a plan is worth what its contacts with a clear sky are,
        which are a plan of them, so that no plan's mean exceeds the mean of the bounds. The
        plan's own mean, known from many more realisations, is the control variate:

        .. math:: \bar w + \frac 1 n \sum_r (B_r - w_r)
        """
        gain, error = self.most_gain_bits
        return self.mean_bits + gain, float(np.hypot(error, self.mean_error_bits))


def realisations_for(problem: Problem) -> int:
    """How many realisations of a problem are planned for."""
    count = CONTACTS_IN_ALL // max(1, len(problem))
    return max(LEAST_REALISATIONS, min(MOST_REALISATIONS, count))


def known_sky(
    problem: Problem,
    taken: BoolArray,
    worth_bits: FloatArray,
    clear: BoolArray,
    effort: Effort,
    *,
    told: Told | None = None,
) -> KnownSky | None:
    """Plan some realisations with the contacts that have a clear sky in each.

    Parameters
    ----------
    problem
        The contacts; no demand asks for an amount.
    taken, worth_bits
        A plan that knows nothing, and what it is worth in each realisation, shape
        (realisations,). [bit]
    clear
        Which contacts have a clear sky, shape (realisations, contacts).
    effort
        The planner's; its work is cut.
    told
        Called with the mean worth of the plan and the bound on any mean so far.

    Returns
    -------
    KnownSky | None
        Of the first realisations; None where Ctrl-C came before the second was planned.
    """
    gap = max(GAP, effort.gap)
    mean, error = _mean(worth_bits)
    planned: list[float] = []
    bounds: list[float] = []
    model = core_model(problem)

    def so_far() -> KnownSky:
        return KnownSky(
            taken_bits=worth_bits[: len(planned)],
            planned_bits=np.array(planned),
            bound_bits=np.array(bounds),
            mean_bits=mean,
            mean_error_bits=error,
            sampled=not model.keys.proven,
        )

    try:
        for sky in clear[: realisations_for(problem)]:
            pinned = problem.in_any_case & sky
            own = choose(
                replace(model, problem=replace(problem, pinned=pinned)),
                active=model.active & sky,
                start=taken & sky,
                work=WORK,
                relative_gap=gap,
            )
            # limits found for one sky hold for every other
            model = own.model
            bounds = [bound + own.missed for bound in bounds]
            # of what satellites hold before they fly the search knows nothing
            least = float(worth_bits[len(planned)])
            planned.append(max(own.worth, least))
            bounds.append(max(own.bound, least))
            if told is not None:
                told(mean, so_far().bound[0])
    except KeyboardInterrupt:
        pass
    return so_far() if len(planned) > 1 else None


def _mean(bits: FloatArray) -> tuple[float, float]:
    """Mean and one standard error of it, 0 for a single number. [bit]"""
    if bits.size < 2:
        return float(bits.mean()), 0.0
    return float(bits.mean()), float(bits.std(ddof=1) / np.sqrt(bits.size))
