"""Checks of the keys that many passes leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from satqkd.config.parts import preset_values
from satqkd.elements.synthetic import Orbit, synthetic_satellites
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import forecast
from satqkd.link.background.sky_light import SkyLight
from satqkd.mission.mission import GroundStation, Mission, Spacecraft
from satqkd.passes.station import Station
from satqkd.validation.checks.clicks import source
from satqkd.validation.checks.flown import campaign
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysOfPasses:
    """Keys of all passes of some weeks over some stations, under skies without clouds."""

    payload: str
    terminal: str
    stations: tuple[Station, ...]
    night_radiance_w_m2_sr_m: float
    """Of the sky over every station. [W/(m² sr m)]"""
    start: datetime
    duration_s: float
    max_range_m: float | None = None
    """No key is sent beyond; None for no limit. [m]"""
    orbit: Orbit | None = None
    """A design in place of the elements of Micius."""

    def figures(self) -> Mapping[str, Value]:
        """Keys in kilobits; passes with key are those that leave some with the nominal values."""
        found = forecast(self._mission())
        with_key = found.yields.keys.secure_bits > 0
        usable = found.yields.usable_s > 0.0
        best = int(np.argmax(found.yields.keys.secure_bits))
        return {
            "passes with key": float(np.count_nonzero(with_key)),
            "usable passes": float(np.count_nonzero(usable)),
            "mean key of passes with key": _kilobits(found, with_key)[0],
            "mean key of passes with key, interval": _kilobits(found, with_key)[1:],
            "mean key of usable passes": _kilobits(found, usable)[0],
            "best key": _kilobits(found, best)[0],
            "best key, interval": _kilobits(found, best)[1:],
        }

    def _mission(self) -> Mission:
        terminal = preset_values(self.terminal).content.value
        sky = SkyLight(night_radiance_w_m2_sr_m=self.night_radiance_w_m2_sr_m)
        flown = campaign()
        return replace(
            flown,
            start=self.start,
            duration_s=self.duration_s,
            spacecraft=(self._spacecraft(flown),),
            stations=tuple(
                GroundStation(
                    site=site,
                    terminal=terminal,
                    terminal_name=self.terminal,
                    atmosphere=None,
                    sky=sky,
                )
                for site in self.stations
            ),
            limits=replace(flown.limits, max_range_m=self.max_range_m),
            demands=(),
        )

    def _spacecraft(self, flown: Mission) -> Spacecraft:
        (craft,) = flown.spacecraft
        satellite = craft.satellite
        if self.orbit is not None:
            (satellite,) = synthetic_satellites(self.orbit, name="Design", epoch=self.start)
        payload = preset_values(self.payload).content.value
        return Spacecraft(satellite=satellite, payload=payload, payload_name=self.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotonsSent:
    """Photons that leave a packaged payload in signal pulses."""

    payload: str

    def figures(self) -> Mapping[str, Value]:
        """Mean number a pulse of any intensity, and millions a second."""
        sent = source(self.payload)
        share = sent.probabilities[0] * sent.intensities[0]
        return {
            "signal photons a pulse": share,
            "signal photons a second": 1e-6 * sent.pulse_rate_hz * share,
        }


def _kilobits(found: Forecast, passes: np.ndarray | int) -> tuple[float, float, float]:
    """Mean key over some passes: nominal, every stated range at its worst end, at its best."""
    nominal, low, high = (
        1e-3 * float(np.mean(keys.secure_bits[passes]))
        for keys in (found.yields.keys, found.yields.keys_low, found.yields.keys_high)
    )
    return nominal, low, high
