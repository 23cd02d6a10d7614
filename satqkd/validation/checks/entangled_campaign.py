"""Checks of entangled pairs from a satellite to two stations, from orbit elements to key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.together import JointKeys, all_together
from satqkd.units import FloatArray, loss_db
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class EntangledCampaign:
    """Common windows of a packaged mission, forecast as ``satqkd forecast --together`` does it."""

    mission: str
    """Preset with one pair of stations and one satellite."""
    duration_s: float
    """Its best windows that last so long together count, for all but the key. [s]"""

    def figures(self) -> Mapping[str, Value]:
        """Of the best windows length, losses, coincidences, errors; rate of all as one block."""
        keys = _followed(self.mission)
        best = self._best(keys)
        usable_s, sifted = keys.usable_s[best], keys.keys.sifted_bits[best]
        losses_db = [_losses_db(keys, window) for window in best[:1].tolist()]
        errors = float((keys.keys.qber[best] * sifted).sum())
        return {
            "window": float(usable_s[0]),
            "least loss": float(losses_db[0].min()),
            "most loss": float(losses_db[0].max()),
            "coincidences": 2.0 * float(sifted.sum() / usable_s.sum()),
            "error": 100.0 * errors / float(sifted.sum()),
            "key rate": float(keys.pooled_bits[0] / keys.usable_s.sum()),
            "seconds of key": float(keys.usable_s.sum()),
        }

    def _best(self, keys: JointKeys) -> np.ndarray:
        """Windows with most sifted bits, the best first, until they last long enough."""
        order = np.argsort(-keys.keys.sifted_bits, kind="stable")
        lasts_s = np.cumsum(keys.usable_s[order])
        return np.asarray(order[: int(np.searchsorted(lasts_s, self.duration_s)) + 1])


@cache
def _followed(name: str) -> JointKeys:
    """Forecast a packaged mission, whose files may lie in an archive."""
    with TemporaryDirectory(prefix="satqkd-") as folder:
        copy_preset(name, Path(folder))
        mission = load_mission(Path(folder, "mission.yaml"), Path(folder, "stations.yaml"))
        (keys,) = all_together(mission)
    return keys


def _losses_db(keys: JointKeys, window: int) -> FloatArray:
    """Losses of both links together along a window, up to the detectors. [dB]"""
    links = keys.links
    own = slice(int(links.starts[window]), int(links.starts[window + 1]))
    return loss_db(links.transmittance_a[own] * links.transmittance_b[own])
