"""Why a pass cannot give key."""

from __future__ import annotations

import numpy as np

from satqkd.key.result import KeyResult
from satqkd.mission.mission import Mission
from satqkd.passes.table import PassTable, Tracks
from satqkd.units import FloatArray


def reject_reasons(
    mission: Mission,
    passes: PassTable,
    tracks: Tracks,
    usable_s: FloatArray,
    keys: KeyResult,
) -> tuple[str | None, ...]:
    """Name the first obstacle of each pass: too low, daylight, out of range, no key.

    Parameters
    ----------
    mission
        Its limits.
    passes, tracks
        The passes and their series.
    usable_s
        Usable part of each pass. [s]
    keys
        What each pass would give.

    Returns
    -------
    tuple
        One sentence a pass, with the number that fell short; None where key can be made.
    """
    if len(passes) == 0:
        return ()
    limits = mission.limits
    starts = tracks.starts[:-1]
    lowest_sun = np.minimum.reduceat(tracks.sun_elevation_deg, starts)
    nearest_km = np.minimum.reduceat(tracks.range_m, starts) / 1e3
    range_km = np.inf if limits.max_range_m is None else limits.max_range_m / 1e3

    def reason(i: int) -> str | None:
        if passes.max_elevation_deg[i] < limits.min_elevation_deg:
            return (
                f"too low: culminates at {passes.max_elevation_deg[i]:.1f}°, "
                f"limit {limits.min_elevation_deg:g}°"
            )
        if lowest_sun[i] >= limits.max_sun_elevation_deg:
            return f"daylight: Sun at {lowest_sun[i]:.1f}°, limit {limits.max_sun_elevation_deg:g}°"
        if nearest_km[i] > range_km:
            return f"out of range: comes to {nearest_km[i]:.0f} km, limit {range_km:g} km"
        if usable_s[i] <= 0.0:
            return "never dark, high and near at the same time"
        if keys.secure_bits[i] == 0:
            return f"no key: {keys.why_zero[i]}"
        return None

    return tuple(reason(i) for i in range(len(passes)))
