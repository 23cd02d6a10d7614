"""Settings of a protocol with a node between two arms that leave most key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from satqkd.clicks.light import Light
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.best_settings import Rates, Setting, best_over_settings, climbed
from satqkd.key.result import TwoArmEstimator
from satqkd.units import FloatArray, IntArray

_STEPS: Final = (0.16, 0.08)
"""How far to step from the starts, in shares of the range of an unknown's logarithm."""
_LENGTHS: Final = (1.0, 16.0, 4.0, 2.0, 1.4, 1.15, 1.0)
"""Factors by which contacts are lengthened, one after the other, where they leave no key: then
there is something to climb. Where 16 gives none, there is none."""


def best_protocols(
    protocol: TwoArmEstimator,
    light: Light,
    *,
    two_arms: Callable[[Light], TwoArms],
    group: IntArray,
) -> list[TwoArmEstimator]:
    """Return the protocol with the settings that leave most key, one for each group.

    Steps along the axes from the starts, for all groups at once; from the best of these a simplex
    climbs for each group.

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

    def keys_of(some: IntArray, factor: float) -> Rates:
        """Key of some groups with each of some settings, intervals ``factor`` times as long."""
        kept = np.flatnonzero(np.isin(group, some))
        own, place = light.take(kept), np.searchsorted(some, group[kept])
        arms = two_arms(replace(own, weight_s=factor * own.weight_s))

        def summed(bits: IntArray | None) -> FloatArray | None:
            if bits is None:
                return None
            sums = np.zeros(some.size)
            np.add.at(sums, place, bits)
            return sums

        return lambda settings: [summed(bits) for bits in protocol.bits_with(settings, arms)]

    some = np.arange(int(group.max(initial=-1)) + 1)
    found, starts = [stated] * some.size, (stated, *space.starts)
    for factor in _LENGTHS:
        if some.size == 0:
            break
        best = best_over_settings(keys_of(some, factor), bounds=bounds, starts=starts, steps=_STEPS)
        keyed = best.rates > 0.0
        for place in np.flatnonzero(keyed).tolist():
            own = some[[place]]
            found[int(own[0])] = climbed(
                partial(_of_one, keys_of(own, factor)),
                bounds=bounds,
                start=best.settings[place],
            )
        starts = tuple(dict.fromkeys((*starts, *(found[number] for number in some.tolist()))))
        some = some[~keyed if factor == 1.0 else keyed]
    return [protocol.set_to(values) or protocol for values in found]


def _of_one(rates: Rates, values: Setting) -> FloatArray | None:
    """Rates with one setting."""
    return rates([values])[0]
