"""Make stray_light.json: sky brightness evaluated apart from satqkd, in mpmath.

    python tests/reference/make_stray_light.py

Moonlight follows K. Krisciunas and B. E. Schaefer, PASP 103, 1033 (1991), equation by equation;
twilight the fit of F. Patat et al., A&A 455, 385 (2006) in V; the day sky is the integral over the
layers of a plane atmosphere that the closed form stands for.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from mpmath import cos, exp, log, mp, mpf, pi, quad, radians, sin, sqrt

mp.dps = 30


def airmass(zenith_deg):
    return 1 / sqrt(1 - mpf("0.96") * sin(radians(mpf(zenith_deg))) ** 2)


def moon_magnitude(alpha, rho, moon_zenith, zenith, k):
    """Equations 3, 15 to 20, then 1 for magnitudes."""
    i_star = mpf(10) ** (
        mpf("-0.4") * (mpf("3.84") + mpf("0.026") * alpha + mpf("4e-9") * alpha**4)
    )
    rayleigh = mpf(10) ** mpf("5.36") * (mpf("1.06") + cos(radians(mpf(rho))) ** 2)
    mie = mpf(10) ** (mpf("6.15") - mpf(rho) / 40) if rho >= 10 else mpf("6.2e7") / mpf(rho) ** 2
    down = mpf(10) ** (mpf("-0.4") * k * airmass(moon_zenith))
    up = 1 - mpf(10) ** (mpf("-0.4") * k * airmass(zenith))
    nanolambert = (rayleigh + mie) * i_star * down * up
    magnitude = (mpf("20.7233") - log(nanolambert / mpf("34.08"))) / mpf("0.92104")
    return nanolambert, magnitude


def moon_rows():
    cases = itertools.product((0, 30, 90, 150), (3, 20, 60, 120), (10, 60, 85), (0, 50, 75))
    rows = []
    for alpha, rho, moon_zenith, zenith in cases:
        for k in (mpf("0.172"), mpf("0.4")):
            nanolambert, magnitude = moon_magnitude(alpha, rho, moon_zenith, zenith, k)
            rows.append(
                {
                    "phase_deg": alpha,
                    "separation_deg": rho,
                    "moon_elevation_deg": 90 - moon_zenith,
                    "elevation_deg": 90 - zenith,
                    "extinction": float(k),
                    "nanolambert": float(nanolambert),
                    "magnitude": float(magnitude),
                }
            )
    return rows


def day_path(depth, view, sun):
    """Light scattered once down to the ground, per unit of scattering over depth."""
    return view * quad(lambda t: exp(-t * sun) * exp(-(depth - t) * view), [0, depth])


def day_rows():
    cases = itertools.product(("0.05", "0.3"), (1, 3), ("1.000000001", "3", "10", "38"))
    return [
        {
            "depth": float(depth),
            "view_airmass": float(view),
            "sun_airmass": float(sun),
            "path": float(day_path(mpf(depth), mpf(view), mpf(sun))),
        }
        for depth, view, sun in cases
    ]


def sphere(phase_deg):
    """Light of a matt sphere by its surface, per albedo, cross-section and irradiance. [1/sr]"""
    phase = radians(mpf(phase_deg))
    across = quad(lambda u: cos(u) * cos(u - phase), [phase - pi / 2, pi / 2])
    along = quad(lambda v: cos(v) ** 3, [-pi / 2, pi / 2])
    return across * along / pi / pi


def main() -> None:
    table = {
        "moon": moon_rows(),
        "day": day_rows(),
        "sphere": {str(phase): float(sphere(phase)) for phase in (0, 45, 90, 135)},
        "twilight_v": {
            str(down): float(
                mpf("11.84") + mpf("1.518") * (down - 5) - mpf("0.057") * (down - 5) ** 2
            )
            for down in (5, 7, 9, 11)
        },
    }
    text = json.dumps(table, indent=1) + "\n"
    Path(__file__).with_name("stray_light.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
