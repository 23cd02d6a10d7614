"""Checks of a whole published pass, from orbit elements to key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from satqkd.config.load import load_mission
from satqkd.config.parts import preset_values
from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import forecast
from satqkd.link.budget import Link
from satqkd.mission.mission import Mission, Payload
from satqkd.validation.checks.clicks import matching, signal_clicks
from satqkd.validation.claim import Value

AROUND_S = 3_600.0
"""The mission begins so long before the time named and ends as long after it. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPass:
    """One pass of the packaged campaign, forecast as ``satqkd forecast`` does it."""

    payload: str
    """Preset of the payload."""
    terminal: str
    """Preset the station has to use."""
    station: str
    """Name of a station of the packaged campaign."""
    near: datetime
    """A time within an hour of the pass."""

    def figures(self) -> Mapping[str, Value]:
        """Clicks and bits, with intervals over every range a preset states; QBER in percent."""
        mission = self._mission()
        link = mission.ends(0, 0).link
        nominal = forecast(mission)
        low, high = (
            self._clicks(forecast(_over(mission, end))) for end in (link.worst(), link.best())
        )
        clicks, sifted = self._clicks(nominal)
        return {
            "signal clicks": clicks,
            "signal clicks, interval": (low[0], high[0]),
            "sifted bits": sifted,
            "sifted bits, interval": (low[1], high[1]),
            "QBER": 100.0 * float(nominal.yields.collected.qber[0]),
            "final key": float(nominal.yields.keys.secure_bits[0]),
        }

    def _mission(self) -> Mission:
        flown = campaign()
        (ground,) = (s for s in flown.stations if s.site.name == self.station)
        terminal = preset_values(self.terminal).content.value
        window = replace(
            flown,
            start=self.near - timedelta(seconds=AROUND_S),
            duration_s=2.0 * AROUND_S,
            stations=(replace(ground, terminal=terminal),),
            demands=(),
        )
        return _flying(window, preset_values(self.payload).content.value)

    def _clicks(self, result: Forecast) -> tuple[float, float]:
        """Signal-state clicks before sifting, and those in matching bases."""
        if len(result) != 1:
            raise SatqkdError(f"{len(result)} passes around {self.near}, not one")
        both = matching(self.payload, self.terminal)
        clicks = signal_clicks(result.yields.collected, both)
        return clicks, both * clicks


def _flying(mission: Mission, payload: Payload) -> Mission:
    """Return the mission with another payload on its satellite."""
    (craft,) = mission.spacecraft
    return replace(mission, spacecraft=(replace(craft, payload=payload),))


def _over(mission: Mission, link: Link) -> Mission:
    """Return the mission with another link."""
    payload = replace(
        mission.spacecraft[0].payload, transmitter=link.transmitter, atmosphere=link.atmosphere
    )
    return _flying(mission, payload)


@cache
def campaign() -> Mission:
    """Load the packaged campaign, whose files may lie in an archive."""
    with TemporaryDirectory(prefix="satqkd-") as folder:
        copy_preset("micius-2016-campaign", Path(folder))
        return load_mission(Path(folder, "mission.yaml"), Path(folder, "stations.yaml"))
