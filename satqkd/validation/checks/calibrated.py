"""Check of what a calibration leaves between forecast and flown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from satqkd.calibration.calibrate import calibrate
from satqkd.calibration.flown import match
from satqkd.calibration.log import Log, LogRow
from satqkd.calibration.predict import predict
from satqkd.config.parts import preset_values
from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import forecast
from satqkd.mission.mission import Mission
from satqkd.units import FloatArray
from satqkd.validation.checks.clicks import LossAtRange, matching, signal_clicks
from satqkd.validation.checks.flown import AROUND_S, campaign
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedPass:
    """A flown loss curve: fitted to every other point of it, held against the rest.

    Each range is passed twice, rising and setting; both count as flown with the same loss.
    """

    payload: str
    """Preset of the payload."""
    terminal: str
    """Preset the station has to use."""
    station: str
    """Name of a station of the packaged campaign."""
    near: datetime
    """A time within an hour of the pass."""
    curve: tuple[LossAtRange, ...]
    fit: tuple[float, ...]
    """Places in the curve, from 1, of the points that the constants are fitted to."""
    sifted_fraction: float
    """Clicks in matching bases over all clicks, as flown."""

    def figures(self) -> Mapping[str, Value]:
        """Scatter of the other points, totals of the pass and rates at the ends of the curve."""
        mission = self._mission()
        before = forecast(mission, series=True)
        if len(before.passes) != 1:
            raise SatqkdError(f"{len(before.passes)} passes around {self.near}, not one")
        taken = [place + 1.0 in self.fit for place in range(len(self.curve))]
        fitted, rest = (
            _log(before, [p for p, used in zip(self.curve, taken, strict=True) if used is yes])
            for yes in (True, False)
        )
        calibrated = replace(mission, calibration=calibrate(mission, fitted).overlay)
        after = forecast(calibrated, series=True)
        clicks = signal_clicks(after.yields.collected, matching(self.payload, self.terminal))
        near, far = self._sifted_kbit_s(after)
        return {
            "rms of the points left out": _rms(calibrated, rest),
            "signal clicks": clicks,
            "sifted bits": self.sifted_fraction * clicks,
            "sifted rate, nearest": near,
            "sifted rate, farthest": far,
        }

    def _mission(self) -> Mission:
        flown = campaign()
        (craft,) = flown.spacecraft
        (ground,) = (s for s in flown.stations if s.site.name == self.station)
        payload, terminal = (preset_values(n).content.value for n in (self.payload, self.terminal))
        return replace(
            flown,
            start=self.near - timedelta(seconds=AROUND_S),
            duration_s=2.0 * AROUND_S,
            spacecraft=(replace(craft, payload=payload),),
            stations=(replace(ground, terminal=terminal),),
            demands=(),
        )

    def _sifted_kbit_s(self, result: Forecast) -> tuple[float, float]:
        """Rates of all intensities at the nearest and the farthest point. [kbit/s]"""
        rate_hz = (
            result.sampled.rates["signal_rate_hz"] + result.sampled.rates["background_rate_hz"]
        )
        kept = 1e-3 * matching(self.payload, self.terminal) * rate_hz
        ranges = [point.range_m for point in self.curve]
        at = [
            int(np.argmin(np.abs(result.sampled.tracks.range_m - of(ranges)))) for of in (min, max)
        ]
        return float(kept[at[0]]), float(kept[at[1]])


def _log(flown: Forecast, points: list[LossAtRange]) -> Log:
    """Write the points down as an operator would have recorded them."""
    rows = [
        LogRow(line=line, utc=flown.timebase.utc(second), loss_db=point.loss_db)
        for line, (second, point) in enumerate(_instants(flown, points), start=2)
    ]
    return Log(file="curve", sha256="", rows=tuple(rows))


def _instants(flown: Forecast, points: list[LossAtRange]) -> Iterator[tuple[float, LossAtRange]]:
    """Yield when the only pass is at each point's range; a nearer one is that of culmination."""
    range_m, time_s = flown.sampled.tracks.range_m, flown.sampled.tracks.time_s
    top = int(np.argmin(range_m))
    rising, setting = slice(top, None, -1), slice(top, None)
    for point in points:
        yield _when(point.range_m, range_m[rising], time_s[rising]), point
        if point.range_m > range_m[top]:
            yield _when(point.range_m, range_m[setting], time_s[setting]), point


def _when(at_m: float, range_m: FloatArray, time_s: FloatArray) -> float:
    return float(np.interp(at_m, range_m, time_s))


def _rms(calibrated: Mission, log: Log) -> float:
    """Flown minus forecast over the rows of a log, by the calibrated mission. [dB]"""
    (pair,) = match(calibrated, log).pairs
    model = predict(pair, calibrated.ends(pair.satellite, pair.station))
    flown = np.array([row.loss_db for row in pair.rows])
    return float(np.sqrt(np.mean((flown - model.loss_db) ** 2)))
