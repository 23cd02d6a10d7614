"""Clocks compared along the passes of a forecast."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.mission.clocks import ClockUse
from satqkd.passes.tracks import samples_of
from satqkd.timing.doppler import fractional_shift
from satqkd.timing.frequency_transfer import FrequencyTransfer
from satqkd.timing.relativity import accumulated_s, clock_rate, inertial_velocity_m_s
from satqkd.timing.result import TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.single_photon_time_transfer import SinglePhotonTiming
from satqkd.timing.two_way import sagnac_s
from satqkd.units import FloatArray, IntArray, transmittance

SAME_WAVELENGTH = 0.01
"""A link's loss is taken for combs whose wavelength differs by at most this fraction; assumed."""

SAME_RATE = 1e-6
"""Pulse rates that differ by at most this fraction are the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClockPasses:
    """The clocks of a mission along its passes; arrays of shape (passes,)."""

    use: ClockUse
    forecast: Forecast
    passes: IntArray
    """Indices of the passes in the forecast."""
    result: TimingResult
    qber_bound: FloatArray
    """Upper bound on the error fraction of the time tags; infinite where nobody looks."""
    largest_sagnac_s: FloatArray
    """Largest part of the asymmetry that comes from the turning of the Earth. [s]"""
    relativity_rate: FloatArray
    """By how much the satellite's clock runs faster than the station's, mean from rise to set."""
    relativity_s: FloatArray
    """What that adds up to from rise to set. [s]"""
    largest_shift: FloatArray
    """Largest Doppler shift over frequency while the link may be used."""


def clock_passes(forecast: Forecast, use: ClockUse) -> ClockPasses:
    """Compare clocks along every pass of the satellites and stations that carry them.

    Parameters
    ----------
    forecast
        Passes with their series, searched; only samples that may be used count.
    use
        The clocks.

    Notes
    -----
    Single photons are the link's own sifted clicks. Combs take the link's loss, which has to be
    one at their wavelength; :class:`FrequencyTransfer` knows its own from the distance.
    """
    chosen = _chosen(forecast, use)
    tracks = forecast.sampled.tracks.take(chosen)
    owner = np.repeat(chosen, np.diff(tracks.starts))
    one_way_s, rate = _sagnac_and_rate(forecast, owner, tracks.time_s)
    usable = forecast.sampled.usable[samples_of(forecast.sampled.tracks.starts, chosen)]
    series = TimingSeries.of_tracks(
        tracks, weight_s=np.where(usable, tracks.weight_s, 0.0), sagnac_s=one_way_s
    )
    result = _explained(forecast, use, chosen, _compared(forecast, use, chosen, series))
    bound = np.full(chosen.size, np.inf)
    if isinstance(use.clock.system, SinglePhotonTiming):
        bound = use.clock.system.qber_bound(result.qber, events=result.events)
    gained_s = accumulated_s(series.time_s, rate=rate, starts=series.starts)[series.starts[1:] - 1]
    length_s = tracks.per_pass(tracks.weight_s)
    return ClockPasses(
        use=use,
        forecast=forecast,
        passes=chosen,
        result=result,
        qber_bound=bound,
        largest_sagnac_s=series.largest(np.abs(2.0 * one_way_s)),
        relativity_rate=np.divide(
            gained_s, length_s, out=np.zeros_like(gained_s), where=length_s > 0.0
        ),
        relativity_s=gained_s,
        largest_shift=series.largest(np.abs(fractional_shift(series.range_rate_m_s))),
    )


def _chosen(forecast: Forecast, use: ClockUse) -> IntArray:
    """Passes of the satellites and stations that carry the clocks, in order of the forecast."""
    passes = forecast.passes
    flown = np.isin(passes.satellite, use.spacecraft)
    return np.flatnonzero(flown & np.isin(passes.station, use.stations))


def _along(
    forecast: Forecast, chosen: IntArray, series: TimingSeries, values: FloatArray
) -> FloatArray:
    """Take a series of the forecast; 0 where the link may not be used and it means nothing."""
    taken = values[samples_of(forecast.sampled.tracks.starts, chosen)]
    return np.where(series.weight_s > 0.0, taken, 0.0)


def _compared(
    forecast: Forecast, use: ClockUse, chosen: IntArray, series: TimingSeries
) -> TimingResult:
    """Compare the clocks with whatever light their system takes."""
    system = use.clock.system
    if isinstance(system, SinglePhotonTiming):
        clicks_hz = (
            forecast.sampled.rates["signal_rate_hz"] + forecast.sampled.rates["background_rate_hz"]
        )
        sifted_hz = _along(forecast, chosen, series, clicks_hz) * _matching(forecast, chosen)
        qber = _along(forecast, chosen, series, forecast.sampled.rates["qber"])
        return system.timing(series, sifted_rate_hz=sifted_hz, error_rate_hz=qber * sifted_hz)
    if isinstance(system, FrequencyTransfer):
        through = transmittance(system.loss_db(series.range_m))
        return system.combs.timing(series, transmitted=through)
    loss_db = _along(forecast, chosen, series, forecast.sampled.arms[0].budget.total_db)
    return system.timing(series, transmitted=transmittance(loss_db))


def _matching(forecast: Forecast, chosen: IntArray) -> FloatArray:
    """Probability that sender and receiver use the same basis, for each sample."""
    mission, passes = forecast.mission, forecast.passes
    pairs = np.stack([passes.satellite[chosen], passes.station[chosen]], axis=1)
    shares = np.ones(chosen.size)
    for satellite, station in np.unique(pairs, axis=0).tolist():
        ends = mission.ends(satellite, station)
        sent, seen = ends.source.p_key_basis, ends.detector.p_key_basis
        own = (pairs == (satellite, station)).all(axis=1)
        shares[own] = sent * seen + (1.0 - sent) * (1.0 - seen)
    return np.repeat(shares, np.diff(forecast.sampled.tracks.starts)[chosen])


def _explained(
    forecast: Forecast, use: ClockUse, chosen: IntArray, result: TimingResult
) -> TimingResult:
    """Put better reasons, and take back comparisons with light the system cannot use."""
    unfit = [_unfit(forecast, use, index) for index in chosen.tolist()]
    reasons = [
        wrong or _idle(forecast, index, contact) or why
        for wrong, index, contact, why in zip(
            unfit, chosen.tolist(), result.contact_s.tolist(), result.why_not, strict=True
        )
    ]
    fits = np.array([wrong is None for wrong in unfit], dtype=np.float64)
    fine = np.array([why is None for why in reasons], dtype=np.bool_)
    return replace(
        result,
        offset_uncertainty_s=np.where(fine, result.offset_uncertainty_s, np.inf),
        statistical_s=np.where(fine, result.statistical_s, np.inf),
        frequency_uncertainty=np.where(fine, result.frequency_uncertainty, np.inf),
        precision_s=np.where(fine[:, None], result.precision_s, np.inf),
        data_rate_hz=fits * result.data_rate_hz,
        events=fits * result.events,
        why_not=tuple(reasons),
    )


def _idle(forecast: Forecast, index: int, contact_s: float) -> str | None:
    """Why a pass has no second that may be used; None where it has, or where nobody knows."""
    if contact_s > 0.0 or forecast.yields.usable_s[index] > 0.0:
        return None
    return f"no usable contact: {forecast.yields.reason[index] or 'nothing of it may be used'}"


def _unfit(forecast: Forecast, use: ClockUse, index: int) -> str | None:
    """Why the link's light is not the system's; None where it is."""
    system, passes = use.clock.system, forecast.passes
    if isinstance(system, FrequencyTransfer):
        return None
    ends = forecast.mission.ends(int(passes.satellite[index]), int(passes.station[index]))
    if isinstance(system, SinglePhotonTiming):
        sent_hz = ends.source.pulse_rate_hz
        if abs(sent_hz / system.pulse_rate_hz - 1.0) <= SAME_RATE:
            return None
        return (
            f"the link sends {1e-6 * sent_hz:g} MHz, the time tags are of "
            f"{1e-6 * system.pulse_rate_hz:g} MHz"
        )
    link_m = ends.link.transmitter.wavelength_m
    if abs(link_m / system.wavelength_m - 1.0) <= SAME_WAVELENGTH:
        return None
    return (
        f"the link's loss is that of {1e9 * link_m:g} nm, the combs send "
        f"{1e9 * system.wavelength_m:g} nm"
    )


def _sagnac_and_rate(
    forecast: Forecast, owner: IntArray, time_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """One way's Sagnac time [s] and how much faster the satellite's clock runs, per sample."""
    one_way_s, rate = np.zeros(time_s.size), np.zeros(time_s.size)
    passes, chains = forecast.passes, forecast.sky().chains
    keys = np.stack(
        [passes.satellite[owner], passes.element_set[owner], passes.station[owner]], axis=1
    )
    for craft, element_set, station in np.unique(keys, axis=0).tolist():
        own = np.flatnonzero((keys == (craft, element_set, station)).all(axis=1))
        chain = chains[craft, element_set]
        position_m, velocity_m_s = chain.state(*chain.locate(time_s[own]))
        place_m = forecast.mission.stations[station].site.itrf_m()[:, None]
        one_way_s[own] = sagnac_s(place_m, satellite_m=position_m)
        rate[own] = _rate(position_m, velocity_m_s) - _rate(place_m, np.zeros((3, 1)))
    return one_way_s, rate


def _rate(position_m: FloatArray, velocity_m_s: FloatArray) -> FloatArray:
    inertial = inertial_velocity_m_s(position_m, velocity_m_s=velocity_m_s)
    return clock_rate(position_m, velocity_m_s=inertial)
