"""Make extinction.json: airmass and optical depths to 25 digits, written from the papers.

    python tests/reference/make_extinction.py

Airmass: F. Kasten and A. T. Young, *Appl. Opt.* 28, 4735 (1989), eq. 3; K. A. Pickering, *DIO* 12,
1 (2002). Scattering by molecules: not the fit that satqkd uses but what it was fitted to, B. A.
Bodhaine et al., *J. Atmos. Oceanic Technol.* 16, 1854 (1999), from the refractive index and the
depolarisation of air, at 45 degrees and 360 ppm of carbon dioxide. Haze: the extinction at the
ground of Kruse (1962) or Kim (2001) less that of the molecules, integrated upwards. Turbidity: P.
Ineichen, *Sol. Energy* 82, 1095 (2008), in the direction printed.
"""

from __future__ import annotations

import json
from pathlib import Path

from mpmath import cbrt, exp, inf, ln, mp, mpf, nstr, pi, quad, radians, sin

mp.dps = 30

ELEVATIONS = ("0", "0.5", "1", "3", "5", "7.5", "10", "15", "20", "30", "45", "60", "75", "90")
WAVELENGTHS_NM = ("405", "532", "550", "633", "785", "848.6", "850", "1064", "1310", "1550")
VISIBILITIES_KM = ("0.2", "0.5", "0.8", "1", "3", "5.9", "6.1", "23", "49", "51", "100")
HEIGHTS_M = ("0", "890", "3233", "5000")
TURBIDITIES = (("0.05", "0.5"), ("0.1", "1.5"), ("0.3", "3"), ("0.6", "5"))
CO2 = mpf("360e-6")
HAZE_KM = mpf("1.5")


def kasten_young(elevation):
    return 1 / (
        sin(radians(elevation)) + mpf("0.50572") * (elevation + mpf("6.07995")) ** mpf("-1.6364")
    )


def pickering(elevation):
    lifted = elevation + 244 / (165 + 47 * elevation ** mpf("1.1"))
    return 1 / sin(radians(lifted))


def refractive_index(um):
    """Peck and Reeder, at 300 ppm and then at CO2."""
    square = um**-2
    at_300 = (
        mpf("8060.51")
        + 2480990 / (mpf("132.274") - square)
        + mpf("17455.7") / (mpf("39.32957") - square)
    ) * mpf("1e-8")
    return 1 + at_300 * (1 + mpf("0.54") * (CO2 - mpf("0.0003")))


def depolarisation(um):
    nitrogen = mpf("1.034") + mpf("3.17e-4") / um**2
    oxygen = mpf("1.096") + mpf("1.385e-3") / um**2 + mpf("1.448e-4") / um**4
    parts = (mpf("78.084"), mpf("20.946"), mpf("0.934"), 100 * CO2)
    factors = (nitrogen, oxygen, mpf(1), mpf("1.15"))
    return sum(p * f for p, f in zip(parts, factors, strict=True)) / sum(parts)


def rayleigh(um, pressure_share):
    """Cross section times molecules over a square centimetre."""
    n2 = refractive_index(um) ** 2
    density = mpf("2.546899e19")
    section = 24 * pi**3 * (n2 - 1) ** 2 / ((um * mpf("1e-4")) ** 4 * density**2 * (n2 + 2) ** 2)
    mass = mpf("15.0556") * CO2 + mpf("28.9595")
    height = mpf("5517.56")
    gravity = (
        mpf("980.616")
        - mpf("3.085462e-4") * height
        + mpf("7.254e-11") * height**2
        - mpf("1.517e-17") * height**3
    )
    column = pressure_share * 1013250 * mpf("6.0221367e23") / (mass * gravity)
    return section * depolarisation(um) * column


def pressure_share(height_m):
    """Standard atmosphere: lapse of 6.5 K/km from 288.15 K."""
    return (1 - mpf("0.0065") * height_m / mpf("288.15")) ** mpf("5.25588")


def exponent(km, model):
    if km > 50:
        return mpf("1.6")
    if km > 6:
        return mpf("1.3")
    if model == "kruse":
        return mpf("0.585") * cbrt(km)
    if km > 1:
        return mpf("0.16") * km + mpf("0.34")
    return km - mpf("0.5") if km > mpf("0.5") else mpf(0)


def haze(km, um, height_m, model):
    temperature = mpf("288.15") - mpf("0.0065") * height_m
    air_km = mpf("8.314462618") * temperature / (mpf("0.0289644") * mpf("9.80665")) / 1000
    molecules = rayleigh(mpf("0.55"), pressure_share(height_m)) / air_km
    ground = (ln(50) / km - molecules) * (mpf("0.55") / um) ** exponent(km, model)
    return quad(lambda h: ground * exp(-h / HAZE_KM), [0, 1, 5, inf])


def turbidity(depth, water_cm, height_m):
    ratio = 1 / pressure_share(height_m)
    return (
        mpf("3.91") * exp(mpf("0.689") * ratio) * depth
        + mpf("0.376") * ln(water_cm)
        + 2
        + mpf("0.54") * ratio
        - mpf("0.5") * ratio**2
        + mpf("0.16") * ratio**3
    )


def number(value):
    return float(nstr(value, 25))


def tables():
    return {
        "airmass": [
            {
                "elevation_deg": float(text),
                "kasten_young": number(kasten_young(mpf(text))),
                "pickering": number(pickering(mpf(text))),
            }
            for text in ELEVATIONS
        ],
        "rayleigh": [
            {
                "wavelength_nm": float(nm),
                "height_m": float(height),
                "optical_depth": number(rayleigh(mpf(nm) / 1000, pressure_share(mpf(height)))),
            }
            for nm in WAVELENGTHS_NM
            for height in HEIGHTS_M
        ],
        "visibility": [
            {
                "visibility_km": float(km),
                "wavelength_nm": float(nm),
                "height_m": float(height),
                "model": model,
                "optical_depth": number(haze(mpf(km), mpf(nm) / 1000, mpf(height), model)),
            }
            for km in VISIBILITIES_KM
            for nm in ("532", "848.6", "1550")
            for height in ("0", "3233")
            for model in ("kim", "kruse")
        ],
        "turbidity": [
            {
                "aerosol_optical_depth": float(depth),
                "water_cm": float(water),
                "height_m": float(height),
                "linke_turbidity": number(turbidity(mpf(depth), mpf(water), mpf(height))),
            }
            for depth, water in TURBIDITIES
            for height in HEIGHTS_M
        ],
    }


if __name__ == "__main__":
    path = Path(__file__).parent / "extinction.json"
    path.write_text(json.dumps(tables(), indent=1) + "\n", encoding="utf-8")
