"""Clocks compared along the passes of a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.mission.clocks import ClockUse
from satqkd.mission.mission import Ends
from satqkd.passes.tracks import samples_of
from satqkd.timing.arriving import Arriving, KeyLink
from satqkd.timing.doppler import fractional_shift
from satqkd.timing.relativity import accumulated_s, clock_rate, inertial_velocity_m_s
from satqkd.timing.result import TimingResult
from satqkd.timing.series import TimingSeries
from satqkd.timing.two_way import sagnac_s
from satqkd.units import FloatArray, IntArray, transmittance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClockPasses:
    """The clocks of a mission along its passes; arrays of shape (passes,)."""

    use: ClockUse
    forecast: Forecast
    """The passes of satellites and stations that carry the clocks, without series."""
    result: TimingResult
    qber_bound: FloatArray
    """Upper bound on the error fraction of the time tags; infinite where none is seen."""
    mean_range_m: FloatArray
    """Mean distance while the link may be used; 0 where it never may. [m]"""
    mean_transmittance: FloatArray
    """Mean transmittance of each way in that time; 0 where it never may be used."""
    largest_sagnac_s: FloatArray
    """Largest part of the asymmetry that comes from the turning of the Earth. [s]"""
    relativity_rate: FloatArray
    """By how much the satellite's clock runs faster than the station's, mean from rise to set."""
    relativity_s: FloatArray
    """What that adds up to from rise to set. [s]"""
    largest_shift: FloatArray
    """Largest Doppler shift over frequency while the link may be used."""

    def __len__(self) -> int:
        return len(self.result)

    @staticmethod
    def join(parts: Sequence[ClockPasses]) -> ClockPasses:
        """Put passes of the same clocks together; at least one part is needed.

        Returns
        -------
        ClockPasses
            Ordered by satellite, station, rise.
        """
        forecast = Forecast.join([part.forecast for part in parts])
        table = forecast.passes
        order = np.lexsort((table.rise_s, table.station, table.satellite))
        return ClockPasses(
            use=parts[0].use,
            forecast=forecast.take(order),
            result=TimingResult.join([part.result for part in parts]).take(order),
            **{
                name: np.concatenate([getattr(part, name) for part in parts])[order]
                for name in (field.name for field in fields(ClockPasses))
                if name not in {"use", "forecast", "result"}
            },
        )


def clock_passes(forecast: Forecast, use: ClockUse) -> ClockPasses:
    """Compare clocks along every pass of the satellites and stations that carry them.

    Parameters
    ----------
    forecast
        Passes with their series: all, or a chunk of them. Only samples that may be used count.
    use
        The clocks.

    Notes
    -----
    What arrives is the key link's light: its sifted clicks, and its loss, unless the system states
    a loss of its own (:meth:`~satqkd.timing.clock_system.ClockSystem.way_db`).
    """
    chosen = _chosen(forecast, use)
    tracks = forecast.sampled.tracks.take(chosen)
    owner = np.repeat(chosen, np.diff(tracks.starts))
    one_way_s, rate = _sagnac_and_rate(forecast, owner, tracks.time_s)
    usable_s = forecast.sampled.usable_s[samples_of(forecast.sampled.tracks.starts, chosen)]
    series = TimingSeries.of_tracks(tracks, weight_s=usable_s, sagnac_s=one_way_s)
    own = forecast.take(chosen)
    links = _links(own)
    system, arriving = use.clock.system, _arriving(forecast, chosen, use, series, links)
    result = _explained(own, use, links, system.compare(series, arriving))
    gained_s = accumulated_s(series.time_s, rate=rate, starts=series.starts)[series.starts[1:] - 1]
    used_s = series.per_pass(series.weight_s)
    return ClockPasses(
        use=use,
        forecast=own,
        result=result,
        qber_bound=system.qber_bound(result.qber, events=result.events),
        mean_range_m=_over(series.per_pass(series.weight_s * series.range_m), used_s),
        mean_transmittance=_over(series.per_pass(series.weight_s * arriving.transmitted), used_s),
        largest_sagnac_s=series.largest(np.abs(2.0 * one_way_s)),
        relativity_rate=_over(gained_s, tracks.per_pass(tracks.weight_s)),
        relativity_s=gained_s,
        largest_shift=series.largest(np.abs(fractional_shift(series.range_rate_m_s))),
    )


def _over(values: FloatArray, length: FloatArray) -> FloatArray:
    """Divide; 0 where there is no length."""
    return np.divide(values, length, out=np.zeros_like(values), where=length > 0.0)


def _chosen(forecast: Forecast, use: ClockUse) -> IntArray:
    """Passes of the satellites and stations that carry the clocks, in order of the forecast."""
    passes = forecast.passes
    flown = np.isin(passes.satellite, use.spacecraft)
    return np.flatnonzero(flown & np.isin(passes.station, use.stations))


def _links(forecast: Forecast) -> list[Ends]:
    """Key link of each pass."""
    passes = forecast.passes
    pairs = list(zip(passes.satellite.tolist(), passes.station.tolist(), strict=True))
    ends = {pair: forecast.mission.ends(*pair) for pair in dict.fromkeys(pairs)}
    return [ends[pair] for pair in pairs]


def _sent(ends: Ends) -> KeyLink:
    return KeyLink(
        pulse_rate_hz=ends.source.pulse_rate_hz,
        wavelength_m=ends.link.transmitter.wavelength_m,
    )


def _matching(ends: Ends) -> float:
    """Probability that transmitter and receiver use the same basis."""
    sent, seen = ends.source.p_key_basis, ends.detector.p_key_basis
    return sent * seen + (1.0 - sent) * (1.0 - seen)


def _arriving(
    forecast: Forecast,
    chosen: IntArray,
    use: ClockUse,
    series: TimingSeries,
    links: Sequence[Ends],
) -> Arriving:
    """What arrives along the samples; nothing where the link may not be used."""
    sampled = forecast.sampled

    def along(values: FloatArray) -> FloatArray:
        taken = values[samples_of(sampled.tracks.starts, chosen)]
        return np.where(series.weight_s > 0.0, taken, 0.0)

    matching = np.array([_matching(ends) for ends in links])
    clicks_hz = along(sampled.rates["signal_rate_hz"] + sampled.rates["background_rate_hz"])
    sifted_hz = clicks_hz * np.repeat(matching, np.diff(series.starts))
    link_db = along(sampled.arms[0].budget.total_db)
    return Arriving(
        transmitted=transmittance(use.clock.system.way_db(series.range_m, link_db=link_db)),
        sifted_rate_hz=sifted_hz,
        error_rate_hz=along(sampled.rates["qber"]) * sifted_hz,
    )


def _explained(
    forecast: Forecast,
    use: ClockUse,
    links: Sequence[Ends],
    result: TimingResult,
) -> TimingResult:
    """Put better reasons, and take back comparisons with light the system cannot use."""
    unfit = [use.clock.system.unfit(_sent(ends)) for ends in links]
    reasons = [
        wrong or _idle(forecast, index, contact) or why
        for index, (wrong, contact, why) in enumerate(
            zip(unfit, result.contact_s.tolist(), result.why_not, strict=True)
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
    """Why a pass has no second that may be used; None where it has, or where it is not known."""
    if contact_s > 0.0 or forecast.yields.usable_s[index] > 0.0:
        return None
    return f"no usable contact: {forecast.yields.reason[index] or 'nothing of it may be used'}"


def _sagnac_and_rate(
    forecast: Forecast, owner: IntArray, time_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """One way's Sagnac time [s] and how much faster the satellite's clock runs, per sample."""
    one_way_s, rate = np.zeros(time_s.size), np.zeros(time_s.size)
    passes, chains = forecast.passes, forecast.sampled.sky.chains
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
