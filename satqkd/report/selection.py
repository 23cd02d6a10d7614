"""What a pass would gain if its weak instants were thrown away."""

from __future__ import annotations

import numpy as np

from satqkd.clicks.fading import fading_nodes
from satqkd.clicks.threshold import Selection, cells, select
from satqkd.forecast.forecast import Forecast
from satqkd.units import transmittance


def selection_of(forecast: Forecast, index: int) -> Selection:
    """Find the threshold that leaves most key of a pass with series, scintillation and all."""
    series, passes = forecast.sampled, forecast.passes
    (arm,), here = series.arms, series.tracks.pass_slice(index)
    ends = forecast.mission.ends(int(passes.satellite[index]), int(passes.station[index]))
    source, detector = ends.source, ends.detector
    stray_hz = np.sum([values[here] for values in arm.stray_hz.values()], axis=0)
    cut = cells(
        transmittance(arm.budget.total_db[here]),
        weight_s=series.usable_s[here],
        background_rate_hz=stray_hz * (detector.efficiency / detector.detectors),
        source=source,
        detector=detector,
        fading=fading_nodes(
            arm.budget.scintillation_variance[here],
            pointing_exponent=arm.budget.pointing_exponent[here],
        ),
    )
    key = forecast.mission.protocol.secure_bits
    return select(cut, source=source, detector=detector, key=key)


def selection_text(forecast: Forecast, index: int) -> str:
    """Say in a line what the threshold would bring; without a usable instant, why there is none."""
    if forecast.yields.usable_s[index] <= 0.0:
        return f"no usable instant: {forecast.reason[index]}"
    chosen = selection_of(forecast, index)
    # a series sums up second by second: what it gains is told on top of the key of the forecast
    every = int(forecast.yields.keys.secure_bits[index])
    if chosen.gain_bits <= 0:
        return (
            f"no weak instant is worth throwing away: {every:,} bits from all"
            if every
            else "no key, whichever weak instants are thrown away"
        )
    return (
        f"keeping only losses below {chosen.loss_db:.1f} dB ({100.0 * chosen.kept:.0f} % of the "
        f"usable time) would give {every + chosen.gain_bits:,} bits instead of "
        f"{every:,}, if chosen by a beacon and not by clicks"
    )
