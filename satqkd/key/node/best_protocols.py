"""Settings of a protocol with a node between two arms that leave most key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from satqkd.clicks.light import Light
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.best_settings import STEPS, Best, Setting, best_over_settings
from satqkd.key.result import TwoArmEstimator
from satqkd.units import FloatArray, IntArray

_FINE: Final = (*STEPS, 0.005, 0.0025)
_COARSE: Final = (0.16, 0.08, 0.04)
"""How far to step, in shares of the range of an unknown's logarithm; coarse where contacts are
lengthened."""
_LONGER: Final = (64.0, 16.0, 4.0)
"""Factors by which contacts without a key are lengthened, so that there is something to climb;
where the first gives none, there is none."""


def best_protocols(
    protocol: TwoArmEstimator,
    light: Light,
    *,
    two_arms: Callable[[Light], TwoArms],
    group: IntArray,
) -> list[TwoArmEstimator]:
    """Return the protocol with the settings that leave most key, one for each group.

    Parameters
    ----------
    protocol
        As stated: the first to be tried.
    light
        Of both arms; an interval is a block.
    two_arms
        Makes arms of light.
    group
        For each interval the number of the group that shares its setting, rising from 0. The sum
        of its keys decides.
    """
    space, stated = protocol.space, protocol.settings
    bounds = tuple(
        (min(low, own), max(high, own))
        for (low, high), own in zip(space.bounds, stated, strict=True)
    )

    def best(
        some: IntArray, starts: Sequence[Setting], steps: Sequence[float], factor: float = 1.0
    ) -> Best:
        """Search for some of the groups, all intervals ``factor`` times as long."""
        kept = np.flatnonzero(np.isin(group, some))
        place, own = np.searchsorted(some, group[kept]), light.take(kept)
        arms = two_arms(replace(own, weight_s=factor * own.weight_s))

        def bits(values: Setting) -> FloatArray | None:
            changed = protocol.set_to(values)
            if changed is None:
                return None
            every = changed.secure_bits(arms)
            sums = np.zeros(some.size)
            np.add.at(sums, place, every)
            return sums

        return best_over_settings(bits, bounds=bounds, starts=starts, steps=steps)

    starts: list[Setting] = [stated, *space.starts]
    every = np.arange(int(group.max(initial=-1)) + 1)
    if every.size == 0:
        return []
    found = best(every, starts, _FINE)
    settings = list(found.settings)
    dark = np.flatnonzero(found.rates <= 0.0)
    some = dark
    for factor in _LONGER:
        if some.size == 0:
            break
        longer = best(some, starts, _COARSE, factor)
        some = some[longer.rates > 0.0]
        starts = [*dict.fromkeys(longer.settings), *starts]
    if some.size:
        again = best(some, starts, _FINE)
        for number, values in zip(some.tolist(), again.settings, strict=True):
            settings[number] = values
    return [protocol.set_to(values) or protocol for values in settings]
