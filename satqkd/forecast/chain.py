"""What one link yields: losses, light, counts and key of all its passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.count import Rates, click_rates, integrate_counts
from satqkd.clicks.counts import Counts
from satqkd.key.result import KeyResult
from satqkd.link.budget import Budget, Link, budget
from satqkd.link.night_sky import sky_photon_rate_hz
from satqkd.mission.mission import Mission
from satqkd.passes.table import Tracks
from satqkd.units import BoolArray, FloatArray, transmittance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinkYield:
    """Series and blocks of one satellite over one station."""

    budget: Budget
    signal_rate_hz: FloatArray
    background_rate_hz: FloatArray
    qber: FloatArray
    counts: Counts
    keys: KeyResult
    keys_low: KeyResult
    keys_high: KeyResult
    ranged: BoolArray
    """Whether anybody stated a range that ``keys_low`` and ``keys_high`` could walk; per pass."""


def link_yield(
    mission: Mission, *, spacecraft: int, station: int, tracks: Tracks, usable: BoolArray
) -> LinkYield:
    """Follow the passes of one link from geometry to key.

    Parameters
    ----------
    mission
        Holds the two ends and the protocol.
    spacecraft, station
        Which link, by index.
    tracks
        Series of its passes.
    usable
        Samples that may carry key.

    Returns
    -------
    LinkYield
        ``keys_low`` and ``keys_high`` take every stated range at its worst and best end at once:
        limits of what is known, not a standard deviation.
    """
    ends = mission.ends(spacecraft, station)
    link, source, detector = ends.link, ends.source, ends.detector
    ground = mission.stations[station]
    sky_hz = sky_photon_rate_hz(
        ground.night_radiance_w_m2_sr_m,
        receiver=link.receiver,
        wavelength_m=link.transmitter.wavelength_m,
    )
    background_hz = sky_hz * detector.efficiency / detector.detectors
    weight_s = np.where(usable, tracks.weight_s, 0.0)

    def rates(of: Link) -> Rates:
        losses = budget(tracks.range_m, tracks.elevation_deg, of)
        return click_rates(
            transmittance(losses.total_db),
            background_rate_hz=np.full_like(weight_s, background_hz),
            source=source,
            detector=detector,
        )

    def counted(clicks: Rates) -> Counts:
        return integrate_counts(
            clicks, weight_s=weight_s, starts=tracks.starts, source=source, detector=detector
        )

    nominal = rates(link)
    counts = counted(nominal)
    return LinkYield(
        budget=budget(tracks.range_m, tracks.elevation_deg, link),
        signal_rate_hz=nominal.click_rate_hz - nominal.background_rate_hz,
        background_rate_hz=nominal.background_rate_hz,
        qber=nominal.qber,
        counts=counts,
        keys=mission.protocol.key(counts),
        keys_low=mission.protocol.key(counted(rates(link.worst()))),
        keys_high=mission.protocol.key(counted(rates(link.best()))),
        ranged=np.full(len(tracks), link.best() != link.worst()),
    )
