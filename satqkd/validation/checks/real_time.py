"""Checks of when key can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.availability import availability
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import forecast
from satqkd.link.budget import Link
from satqkd.mission.distillation import Distillation
from satqkd.mission.mission import Mission, Payload
from satqkd.validation.checks.campaign import KeysOfPasses
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInRealTime(KeysOfPasses):
    """Key of the best pass that can be used before the satellite sets."""

    blocks: tuple[float, ...] = ()
    """Other sizes that blocks may have, for the interval. [sifted bit]"""
    distillation: Distillation | None = None
    """In place of the payload's."""

    def figures(self) -> Mapping[str, Value]:
        """Kilobits; seconds before the satellite sets; when the first key is there."""
        mission = self._mission()
        how, link = self._how(mission), mission.ends(0, 0).link
        sizes = (how.block_sifted_bits, *self.blocks)
        nominal = _usable(forecast(mission), how)
        kilobits = [
            _usable(found, replace(how, block_sifted_bits=size)).kbit
            for found in (forecast(_with_link(mission, end)) for end in (link.worst(), link.best()))
            for size in sizes
        ]
        return {
            "key in real time": nominal.kbit,
            "key in real time, interval": (min(kilobits), max(kilobits)),
            "first key before set": nominal.first_s,
            "first key": "during the pass" if nominal.first_s > 0.0 else "after another contact",
        }

    def _how(self, mission: Mission) -> Distillation:
        how = self.distillation or mission.distilled(0)
        if how is None:
            raise TypeError(f"{self.payload} does not say how clicks become key")
        return how


@dataclass(frozen=True, slots=True, kw_only=True)
class _Usable:
    """Key of the pass that holds most as one block."""

    kbit: float
    """What of it can be used before the satellite sets. [kbit]"""
    first_s: float
    """How long before the satellite sets the first of it can be used; negative after. [s]"""


def _usable(found: Forecast, how: Distillation) -> _Usable:
    best = int(np.argmax(found.yields.keys.secure_bits))
    wanted = np.arange(len(found.passes)) == best
    mission = _with_payload(found.mission, distillation=how)
    made = availability(replace(found, mission=mission), wanted=wanted)
    bits = made.keys.secure_bits
    first_s = float(made.usable_s[bits > 0].min(initial=np.inf))
    return _Usable(
        kbit=1e-3 * float(bits[made.during].sum()),
        first_s=float(found.passes.set_s[best]) - first_s,
    )


def _with_payload(mission: Mission, **changes: object) -> Mission:
    (craft,) = mission.spacecraft
    payload: Payload = replace(craft.payload, **changes)  # type: ignore[arg-type]
    return replace(mission, spacecraft=(replace(craft, payload=payload),))


def _with_link(mission: Mission, link: Link) -> Mission:
    return _with_payload(mission, transmitter=link.transmitter, atmosphere=link.atmosphere)
