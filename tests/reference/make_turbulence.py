"""Make turbulence.json: turbulence along a path, by quadrature that shares nothing with satqkd.

    python tests/reference/make_turbulence.py

Path integrals by mpmath over the Hufnagel–Valley profile up to 60 km. Aperture averaging in real
space (irradiance covariance of a plane wave, by 1F1, against the distribution of distances in an
annulus), whole telescopes in the spectrum of spatial frequencies with the height inside. Uplinks
and fibres by double or triple integrals over the aperture. Formulas: L. C. Andrews and
R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd ed., SPIE, 2005; Y. Dikmelik and
F. M. Davidson, *Applied Optics* 44, 4946 (2005).
"""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from mpmath import exp, gamma, hyp1f1, mp, mpc, mpf, pi, quad, re, sin, sqrt
from scipy.integrate import quad as squad
from scipy.special import j0, j1

mp.dps = 25
TOP = 60000
BREAKS = [0, 1, 30, 200, 700, 2000, 5000, 8000, 11000, 15000, 20000, 27000, 38000, TOP]


def cn2(h, ground, wind, site):
    z = h + site
    return (
        mpf("0.00594") * (mpf(wind) / 27) ** 2 * (z * mpf("1e-5")) ** 10 * exp(-z / 1000)
        + mpf("2.7e-16") * exp(-z / 1500)
        + mpf(ground) * exp(-h / 100)
    )


def bufton(z, ground):
    return ground + 30 * exp(-(((z - 9400) / mpf(4800)) ** 2))


def over_heights(f):
    return quad(f, [mpf(x) for x in BREAKS])


def path_case(elevation, wavelength, *, site, ground, wind, height, rate):
    sec = 1 / sin(mpf(elevation) * pi / 180)
    length = height * sec
    k = 2 * pi / mpf(wavelength)

    def moment(weight):
        return over_heights(lambda h: cn2(h, ground, wind, site) * weight(h))

    third = mpf(1) / 3
    near = lambda h: 1 - h * sec / length  # noqa: E731
    speed = moment(lambda h: (bufton(h + site, mpf("2.8")) + rate * h * sec) ** (5 * third))
    values = {
        "fried_m": (mpf("0.423") * k**2 * sec * moment(lambda _: 1)) ** mpf("-0.6"),
        "spherical_fried_m": (mpf("0.423") * k**2 * sec * moment(lambda h: near(h) ** (5 * third)))
        ** mpf("-0.6"),
        "isoplanatic_rad": (
            mpf("2.914") * k**2 * sec ** (8 * third) * moment(lambda h: h ** (5 * third))
        )
        ** mpf("-0.6"),
        "greenwood_hz": (mpf("0.102") * k**2 * sec * speed) ** mpf("0.6"),
        "rytov": rytov(k, sec) * moment(lambda h: h ** (mpf(5) / 6)),
        "uplink_rytov": rytov(k, sec) * moment(lambda h: (h * near(h)) ** (mpf(5) / 6)),
    }
    given = {
        "elevation_deg": elevation,
        "wavelength_m": wavelength,
        "site_height_m": site,
        "ground_cn2_m23": ground,
        "high_wind_m_s": wind,
        "range_m": float(length),
        "angular_rate_rad_s": rate,
    }
    return given | {name: float(value) for name, value in values.items()}


def rytov(k, sec):
    return mpf("2.253") * k ** (mpf(7) / 6) * sec ** (mpf(11) / 6)


def paths():
    airs = [(1.7e-14, 21), (1e-15, 10), (1e-13, 30)]
    places = [(0, 500e3, 0.015), (2500, 1200e3, 0.003), (300, 35786e3, 0.0)]
    for elevation, wavelength in product((90, 45, 20, 10), (500e-9, 850e-9, 1550e-9)):
        for (ground, wind), (site, height, rate) in zip(airs, places, strict=True):
            place = {"site": site, "height": height, "rate": rate}
            yield path_case(elevation, wavelength, ground=ground, wind=wind, **place)


def covariance(b):
    """Irradiance covariance at distance b Fresnel lengths, up to a constant."""
    s = mpf(b) ** 2 / 4
    still = s ** (mpf(5) / 6) / gamma(mpf(11) / 6)
    return still - re(mpc(0, -1) ** (mpf(5) / 6) * hyp1f1(-mpf(5) / 6, 1, mpc(0, -1) * s))


def lens(x, a, b):
    if x >= a + b:
        return 0.0
    if x <= abs(a - b):
        return np.pi * min(a, b) ** 2
    kite = (a + b - x) * (x + a - b) * (x - a + b) * (x + a + b)
    return (
        a * a * np.arccos((x * x + a * a - b * b) / (2 * x * a))
        + b * b * np.arccos((x * x + b * b - a * a) / (2 * x * b))
        - 0.5 * np.sqrt(kite)
    )


def transfer(x, eps):
    """Overlap of an annulus of diameter 1 with itself, moved by x, over its area."""
    both = 2 * lens(x, 0.5, eps / 2) if eps else 0.0
    inner = lens(x, eps / 2, eps / 2) if eps else 0.0
    return (lens(x, 0.5, 0.5) - both + inner) / (np.pi / 4 * (1 - eps**2))


def averaging(size, eps):
    def integrand(x):
        return x * transfer(x, eps) * float(covariance(size * x))

    edges = sorted({0, eps, (1 - eps) / 2, (1 + eps) / 2, 1} | set(np.geomspace(0.1, 10, 9) / size))
    edges = [x for x in edges if x <= 1]
    total = sum(squad(integrand, a, b, limit=200, epsrel=1e-7)[0] for a, b in pairwise(edges))
    area = squad(
        lambda x: x * transfer(x, eps),
        0,
        1,
        points=sorted({eps, (1 - eps) / 2, (1 + eps) / 2} - {0, 1}),
        limit=200,
    )[0]
    return total / area / float(covariance(0))


def averagings():
    for size, eps in product((0.1, 0.7, 2, 5, 12, 40), (0.0, 0.3, 0.6)):
        yield {"size": size, "obscuration": eps, "factor": averaging(size, eps)}


def profile(h):
    h = np.asarray(h)
    return (
        0.00594 * (21 / 27) ** 2 * (1e-5 * h) ** 10 * np.exp(-h / 1000)
        + 2.7e-16 * np.exp(-h / 1500)
        + 1.7e-14 * np.exp(-h / 100)
    )


def fine_heights():
    low, high = np.linspace(305, 20000, 3940), np.linspace(20025, TOP, 1600)
    edges = np.concatenate([[0.0], np.geomspace(0.1, 300, 300), low, high])
    h = 0.5 * (edges[1:] + edges[:-1])
    return h, profile(h) * np.diff(edges)


def telescope(diameter, eps, elevation, wavelength):
    """Variance of the power in weak turbulence, then saturated as that of a point is."""
    sec, k = 1 / np.sin(np.radians(elevation)), 2 * np.pi / wavelength
    h, layers = fine_heights()
    kappa = np.exp(np.arange(np.log(0.02), np.log(4e3), 3e-4))
    s = kappa * diameter / 2
    hole = eps * j1(eps * s) / s if eps else 0.0
    window = (2 * (j1(s) / s - hole) / (1 - eps**2)) ** 2
    wave = np.concatenate(
        [
            (1 - np.cos(np.multiply.outer(part**2 / k, h * sec))) @ layers
            for part in np.array_split(kappa, 60)
        ]
    )
    weak = 8 * np.pi**2 * 0.0330054 * k**2 * sec * np.sum(kappa ** (-5 / 3) * window * wave * 3e-4)
    strength = weak**1.2
    return np.expm1(
        0.49 * weak / (1 + 1.11 * strength) ** (7 / 6)
        + 0.51 * weak / (1 + 0.69 * strength) ** (5 / 6)
    )


def telescopes():
    for diameter, eps in ((0.1, 0.0), (0.4, 0.35), (1.2, 0.25)):
        for elevation, wavelength in ((90, 850e-9), (30, 1550e-9), (15, 780e-9)):
            value = telescope(diameter, eps, elevation, wavelength)
            yield {
                "aperture_m": diameter,
                "obscuration": eps,
                "elevation_deg": elevation,
                "wavelength_m": wavelength,
                "variance": float(value),
            }


def uplink(radius, elevation, wavelength, height):
    """On-axis index of a collimated beam, from the spectrum."""
    sec, k = 1 / np.sin(np.radians(elevation)), 2 * np.pi / wavelength
    length = height * sec
    h, layers = fine_heights()
    xi = 1 - h * sec / length
    lam0 = 2 * length / (k * radius**2)
    lam, theta = lam0 / (1 + lam0**2), 1 / (1 + lam0**2)
    phase = length * xi * (1 - (1 - theta) * xi) / k
    damp = lam * length * xi**2 / k
    kappa = np.exp(np.arange(np.log(0.02), np.log(2e4), 1e-3))
    total = 0.0
    for part in np.array_split(kappa, 60):
        square = part[:, None] ** 2
        inner = np.exp(-square * damp) * (1 - np.cos(square * phase))
        total += np.sum(part ** (-5 / 3) * (inner @ layers) * 1e-3)
    return 8 * np.pi**2 * 0.0330054 * k**2 * sec * total


def uplinks():
    for radius, elevation, wavelength in product((0.05, 0.15), (90, 30), (850e-9, 1550e-9)):
        value = uplink(radius, elevation, wavelength, 600e3)
        yield {
            "beam_radius_m": radius,
            "elevation_deg": elevation,
            "wavelength_m": wavelength,
            "range_m": 600e3 / np.sin(np.radians(elevation)),
            "variance": float(value),
        }


def strehl(width):
    def integrand(t):
        return 2 * t * exp(-t * t - mpf("3.44") * (sqrt(2) * mpf(width) * t) ** (mpf(5) / 3))

    return quad(integrand, [0, mpf("0.01"), mpf("0.1"), 1, 3, 8])


def strehls():
    for width in (0.01, 0.1, 0.5, 1, 3, 20):
        value = strehl(width)
        yield {"width": width, "strehl": float(value)}


def correlation(angle, radius):
    """Tilt at two angles: the spectrum of gradients under the beam's amplitude."""
    h, layers = fine_heights()
    u = np.exp(np.arange(-40.0, np.log(8.0), 4e-3))
    weight = u ** (1 / 3) * np.exp(-(u**2) / 2)
    shifted = sum(
        layers[part] @ (j0(np.multiply.outer(h[part] * angle / radius, u)) @ weight)
        for part in np.array_split(np.arange(h.size), 20)
    )
    return shifted / layers.sum() / weight.sum()


def correlations():
    for angle, radius in product((5e-6, 20e-6, 60e-6), (0.03, 0.15)):
        yield {
            "angle_rad": angle,
            "beam_radius_m": radius,
            "correlation": correlation(angle, radius),
        }


def fibre(diameters, eps):
    """Double integral over the pupil in polar coordinates."""
    trial = np.linspace(0.6, 1.3, 70001)
    beta = trial[np.argmax((np.exp(-((trial * eps) ** 2)) - np.exp(-(trial**2))) / trial)]
    x, w = np.polynomial.legendre.leggauss(160)
    r = eps + (1 - eps) * (x + 1) / 2
    dr = (1 - eps) / 2 * w * r * np.exp(-(beta**2) * r**2)
    t = (x + 1) / 2
    phi, dphi = np.pi * t**2, np.pi * t * w
    coupled = 0.0
    for radius, weight in zip(r, dr, strict=True):
        gap = np.sqrt(
            np.maximum(radius**2 + r[:, None] ** 2 - 2 * radius * r[:, None] * np.cos(phi), 0)
        )
        mutual = np.exp(-3.44 * (diameters * gap / 2) ** (5 / 3)) @ dphi
        coupled += weight * (mutual @ dr)
    return coupled / (np.pi * dr.sum() ** 2), 8 * beta**2 * dr.sum() ** 2 / (1 - eps**2)


def fibres():
    for diameters, eps in product((0.1, 0.5, 1, 2, 5, 12), (0.0, 0.3)):
        strehl, calm = fibre(diameters, eps)
        yield {"diameters": diameters, "obscuration": eps, "strehl": strehl, "calm": calm}


def encircled(diameters, core, eps):
    """The point spread function by quadrature, then what lies in the disc."""
    x = (np.arange(6000) + 0.5) / 6000
    otf = np.array([transfer(v, eps) for v in x]) * np.exp(-3.44 * (diameters * x) ** (5 / 3))
    nodes, weights = np.polynomial.legendre.leggauss(200)
    a, da = core / 4 * (nodes + 1), core / 4 * weights
    spread = j0(2 * np.pi * np.multiply.outer(a, x)) @ (otf * x) / 6000 * 2 * np.pi
    return float(np.sum(2 * np.pi * a * spread * da))


def encircleds():
    for diameters, core, eps in product((0.3, 2, 10), (1, 4, 15), (0.0, 0.4)):
        value = encircled(diameters, core, eps)
        yield {"diameters": diameters, "core_size": core, "obscuration": eps, "energy": value}


def main():
    parts = {
        "paths": paths,
        "averagings": averagings,
        "telescopes": telescopes,
        "uplinks": uplinks,
        "strehls": strehls,
        "correlations": correlations,
        "fibres": fibres,
        "encircled": encircleds,
    }
    blocks = []
    for name, cases in parts.items():
        lines = ",\n".join(json.dumps(case) for case in cases())
        blocks.append(f'"{name}": [\n{lines}\n]')
    text = "{\n" + ",\n".join(blocks) + "\n}\n"
    Path(__file__).with_name("turbulence.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
