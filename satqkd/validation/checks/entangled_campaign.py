"""Checks of entangled pairs from a satellite to two stations, from orbit elements to key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from satqkd.clicks.light import Light
from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import pooled_by_satellite
from satqkd.forecast.stream import Chosen, stream
from satqkd.key.post_processing.authentication import Authentication
from satqkd.units import FloatArray, loss_db
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class EntangledCampaign:
    """Common windows of a packaged mission, forecast as ``satqkd forecast --together`` does it."""

    mission: str
    """Preset with one pair of stations and one satellite."""
    duration_s: float
    """Its best windows that last so long together count. [s]"""
    epsilon_counting: str
    """How failures are counted in the finite key, of which no tags are paid."""

    def figures(self) -> Mapping[str, Value]:
        """Length, losses, coincidences, errors, key of the best windows; key and time of all."""
        keys = _followed(self.mission, self.epsilon_counting)
        best = self._best(keys)
        yields = keys.yields
        usable_s, sifted = yields.usable_s[best], yields.keys.sifted_bits[best]
        losses_db = [_losses_db(keys, window) for window in best[:1].tolist()]
        errors = float((yields.keys.qber[best] * sifted).sum())
        return {
            "window": float(usable_s[0]),
            "least loss": float(losses_db[0].min()),
            "most loss": float(losses_db[0].max()),
            "coincidences": 2.0 * float(sifted.sum() / usable_s.sum()),
            "error": 100.0 * errors / float(sifted.sum()),
            "key rate": _key_bits(keys.take(best)) / float(usable_s.sum()),
            "key of all windows": _key_bits(keys),
            "seconds of all windows": float(yields.usable_s.sum()),
        }

    def _best(self, keys: Forecast) -> np.ndarray:
        """Windows with most sifted bits, the best first, until they last long enough."""
        order = np.argsort(-keys.yields.keys.sifted_bits, kind="stable")
        lasts_s = np.cumsum(keys.yields.usable_s[order])
        return np.asarray(order[: int(np.searchsorted(lasts_s, self.duration_s)) + 1])


def _key_bits(keys: Forecast) -> float:
    """Key of all windows as one block. [bit]"""
    (pooled,) = pooled_by_satellite(keys).values()
    return float(pooled.secure_bits[0])


@cache
def _followed(name: str, epsilon_counting: str) -> Forecast:
    """Forecast a packaged mission, whose files may lie in an archive."""
    with TemporaryDirectory(prefix="satqkd-") as folder:
        copy_preset(name, Path(folder))
        mission = load_mission(Path(folder, "mission.yaml"), Path(folder, "stations.yaml"))
        mission = replace(
            mission,
            together=tuple(
                replace(pair, protocol=_counting(pair.protocol, epsilon_counting))
                for pair in mission.together
            ),
        )
        chosen = Chosen(
            satellites=range(len(mission.spacecraft)), stations=(), pairs=mission.together
        )
        return Forecast.join(list(stream(mission, chosen)))


def _losses_db(keys: Forecast, window: int) -> FloatArray:
    """Losses of both links together along a window, up to the detectors. [dB]"""
    light: Light = keys.yields.collected
    first, second = light.take(np.array([window])).arms
    return loss_db(first.transmittance * second.transmittance)


def _counting(protocol: Any, epsilon_counting: str) -> Any:
    return replace(
        protocol, epsilon_counting=epsilon_counting, authentication=Authentication(messages=0)
    )
