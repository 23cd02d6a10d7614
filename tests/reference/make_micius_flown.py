"""Fit the two constants of the preset ``micius-2017-flown`` to the loss flown on 2016-12-19.

    .venv/bin/python tests/reference/make_micius_flown.py

writes ``micius_flown.json`` beside this file. The model is

    loss = flat-top divergence + 16 % optics + pointing + airmass x zenith loss

with pointing and zenith loss free, fitted by least squares in dB to twelve points. Ranges become
elevations through the real pass (SGP4 and skyfield), rising and setting branch averaged.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from skyfield.api import EarthSatellite, load, wgs84

from satqkd.link.air.atmosphere import airmass
from satqkd.link.beam.beams import flat_top_loss_db
from satqkd.units import loss_db, transmittance

# Space-track elements of that evening, as in OpenSATQKD (github.com/fjlc-73/OpenSATQKD,
# commit baba93b, micius_data/micius19dec16.json), and the station of the pass, same file.
LINE_1 = "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991"
LINE_2 = "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164"
XINGLONG = {"latitude_degrees": 40.39586667, "longitude_degrees": 117.5774583, "elevation_m": 893.0}

# Loss from the satellite's exit to the detectors' input, Liao et al., Nature 549, 43 (2017),
# digitised in github.com/baidu/QCompute (commit 58165c2), micius2017_link_efficiency.csv;
# mean transmittance over +-25 km, then in dB. [km]: [dB]
FLOWN_DB = {
    645: 29.97,
    700: 30.87,
    750: 31.22,
    800: 31.18,
    850: 32.05,
    900: 32.65,
    950: 32.84,
    1000: 33.95,
    1050: 34.90,
    1100: 36.53,
    1150: 37.80,
    1200: 38.50,
}
APERTURES_M = {"tx_aperture_m": 0.3, "rx_aperture_m": 1.0}
DIVERGENCE_RAD = 10e-6
OPTICS = 0.16


@cache
def geometry() -> tuple[np.ndarray, np.ndarray]:
    """Range [m] and elevation [deg] of the pass at each tenth of a second."""
    scale = load.timescale(builtin=True)
    times = scale.utc(2016, 12, 19, 16, 48, np.arange(0.0, 520.0, 0.1))
    seen = EarthSatellite(LINE_1, LINE_2, "Micius", scale) - wgs84.latlon(**XINGLONG)
    elevation, _, distance = seen.at(times).altaz()
    return distance.m, elevation.degrees


def elevations_deg(range_m: np.ndarray) -> np.ndarray:
    """Elevation at a range while rising and while setting; (2, n). [deg]"""
    track_m, track_deg = geometry()
    top = int(np.argmin(track_m))
    rising = np.interp(range_m, track_m[top::-1], track_deg[top::-1])
    setting = np.interp(range_m, track_m[top:], track_deg[top:])
    return np.array([rising, setting])


def fit() -> dict[str, object]:
    """Pointing and zenith loss with their standard errors."""
    range_m = 1e3 * np.array(list(FLOWN_DB), dtype=np.float64)
    elevation = elevations_deg(range_m)
    mass = airmass(elevation).mean(axis=0)
    known = flat_top_loss_db(range_m, divergence_rad=DIVERGENCE_RAD, **APERTURES_M)
    rest = np.array(list(FLOWN_DB.values())) - known - loss_db(OPTICS)
    design = np.column_stack([np.ones_like(mass), mass])
    (pointing, zenith), *_ = np.linalg.lstsq(design, rest, rcond=None)
    residual = rest - design @ [pointing, zenith]
    variance = residual @ residual / (rest.size - 2)
    error = np.sqrt(np.diag(variance * np.linalg.inv(design.T @ design)))
    return {
        "pointing_db": float(pointing),
        "pointing_error_db": float(error[0]),
        "zenith_db": float(zenith),
        "zenith_error_db": float(error[1]),
        "zenith_transmittance": float(transmittance(zenith)),
        "zenith_transmittance_range": [
            float(transmittance(zenith + sign * 2.0 * error[1])) for sign in (1, -1)
        ],
        "pointing_range_db": [
            float(max(0.0, pointing + sign * 2.0 * error[0])) for sign in (-1, 1)
        ],
        "residual_sd_db": float(np.sqrt(variance)),
        "elevation_deg": [float(x) for x in elevation.mean(axis=0)],
        "airmass": [float(x) for x in mass],
        "residual_db": [float(x) for x in residual],
    }


if __name__ == "__main__":
    target = Path(__file__).with_name("micius_flown.json")
    target.write_text(json.dumps(fit(), indent=2) + "\n", encoding="utf-8")
