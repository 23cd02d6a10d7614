"""What one link yields: losses, light, counts and key of all its passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.count import integrate_counts
from satqkd.clicks.counts import Counts
from satqkd.clicks.gains import background_probability, error_gain, gain
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
    link = mission.link(spacecraft, station)
    source = mission.spacecraft[spacecraft].payload.source
    ground = mission.stations[station]
    detector = ground.terminal.detector
    sky_hz = sky_photon_rate_hz(
        ground.night_radiance_w_m2_sr_m,
        receiver=link.receiver,
        wavelength_m=link.transmitter.wavelength_m,
    )
    background_hz = sky_hz * detector.efficiency / detector.detectors
    weight_s = np.where(usable, tracks.weight_s, 0.0)

    def counted(losses: Budget) -> Counts:
        return integrate_counts(
            transmittance(losses.total_db),
            background_rate_hz=np.full_like(weight_s, background_hz),
            weight_s=weight_s,
            starts=tracks.starts,
            source=source,
            detector=detector,
        )

    def losses(of: Link) -> Budget:
        return budget(tracks.range_m, tracks.elevation_deg, of)

    nominal = losses(link)
    counts = counted(nominal)
    eta = transmittance(nominal.total_db) * detector.efficiency
    empty = background_probability(
        dark_rate_hz=detector.dark_rate_hz,
        background_rate_hz=background_hz,
        gate_s=detector.gate_s,
        detectors=detector.detectors,
    )
    clicks = errors = np.zeros_like(eta)
    for mu, p in zip(source.intensities, source.probabilities, strict=True):
        clicks = clicks + p * gain(eta, intensity=mu, background_probability=empty)
        errors = errors + p * error_gain(
            eta,
            intensity=mu,
            background_probability=empty,
            intrinsic_error=source.intrinsic_error,
        )
    return LinkYield(
        budget=nominal,
        signal_rate_hz=clicks * source.pulse_rate_hz,
        background_rate_hz=np.full_like(eta, float(empty) * source.pulse_rate_hz),
        qber=np.divide(errors, clicks, out=np.zeros_like(eta), where=clicks > 0),
        counts=counts,
        keys=mission.protocol.key(counts),
        keys_low=mission.protocol.key(counted(losses(link.worst()))),
        keys_high=mission.protocol.key(counted(losses(link.best()))),
    )
