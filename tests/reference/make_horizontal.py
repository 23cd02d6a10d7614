"""Make horizontal.json: a level path of 7.1 km at 1550 nm by direct quadrature with SciPy.

    python tests/reference/make_horizontal.py

Nothing of satqkd is imported. Scintillation is the double integral of Kolmogorov's spectrum
0.033 Cn² κ^(-11/3) over the path and over κ (L. C. Andrews and R. L. Phillips, *Laser Beam
Propagation through Random Media*, 2nd ed., SPIE, 2005, ch. 8 and 10), for a plane wave, a
spherical one and a beam, at a point and in an annulus. The mean power in the annulus is that of
the extended Huygens–Fresnel principle: the transform of the calm beam times that of the blur of a
point source.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
from scipy.integrate import quad
from scipy.special import j1

LENGTH_M, WAVELENGTH_M = 7_100.0, 1550e-9
K = 2.0 * math.pi / WAVELENGTH_M
APERTURE_M, OBSCURATION = 0.1, 0.3
SENT_M = 0.04
SPECTRUM = 0.033_005_4
CN2 = (1e-16, 1e-15, 1e-14)
HALF_ANGLES = {"collimated": WAVELENGTH_M / (math.pi * SENT_M), "wide": 60e-6}


def arriving_m(half_rad: float) -> float:
    """1/e² radius of a beam that leaves 8 cm wide and spreads by an angle."""
    return math.hypot(SENT_M, half_rad * LENGTH_M)


def parameters(half_rad: float) -> tuple[float, float]:
    """Λ and Θ where the beam arrives: complex beam parameter through free space."""
    sent = 2.0 * LENGTH_M / (K * SENT_M**2)
    theta = math.sqrt((arriving_m(half_rad) / SENT_M) ** 2 - sent**2)
    inverse = 1.0 / complex(theta, sent)  # 1 − L/F + i Λ0, whose inverse is Θ − iΛ
    return -inverse.imag, inverse.real


def point_index(cn2: float, diffraction: float, curvature: float) -> float:
    """Index on the axis, weak turbulence."""

    def layer(xi: float) -> float:
        spread = diffraction * LENGTH_M * xi**2 / K
        bend = LENGTH_M * xi * (1.0 - (1.0 - curvature) * xi) / K
        edge = 20.0 / bend
        near = quad(
            lambda t: 6.0 * t**5 * t**-11 * math.exp(-spread * t**6)
            * 2.0 * math.sin(0.5 * bend * t**6) ** 2,
            0.0, edge ** (1.0 / 6.0), limit=400,
        )[0]  # fmt: skip
        steady = quad(
            lambda s: math.exp(s - 11.0 / 6.0 * s - spread * math.exp(s)),
            math.log(edge), math.log(edge) + 60.0, limit=400,
        )[0]  # fmt: skip
        wave = quad(
            lambda u: u ** (-11.0 / 6.0) * math.exp(-spread * u),
            edge, math.inf, weight="cos", wvar=bend, limit=400,
        )[0]  # fmt: skip
        return 0.5 * (near + steady - wave)

    path = quad(lambda s: 3.0 * s**2 * layer(s**3), 1e-4, 1.0 - 1e-9, limit=200, epsrel=1e-6)[0]
    return 8.0 * math.pi**2 * K**2 * SPECTRUM * cn2 * LENGTH_M * path


def averaging(curvature: float) -> float:
    """Variance in the annulus over that at a point, of a wave without an edge."""

    def power(kappa: np.ndarray, factor: float) -> np.ndarray:
        outer = 0.5 * kappa * APERTURE_M * factor
        inner = OBSCURATION * outer
        filtered = 2.0 * (j1(outer) / outer - OBSCURATION**2 * j1(inner) / inner)
        return (filtered / (1.0 - OBSCURATION**2)) ** 2

    node, weight = np.polynomial.legendre.leggauss(4000)
    log_kappa = np.linspace(math.log(1e-2), math.log(3e4), 41)
    half = 0.5 * np.diff(log_kappa)[:, None]
    kappa = np.exp(log_kappa[:-1, None] + half * (1.0 + node)).ravel()
    step = (half * weight).ravel() * kappa

    def layer(xi: float, *, point: bool) -> float:
        factor = 1.0 - (1.0 - curvature) * xi
        bend = LENGTH_M * xi * factor / K
        values = kappa ** (-8.0 / 3.0) * 2.0 * np.sin(0.5 * bend * kappa**2) ** 2
        return float((values if point else values * power(kappa, factor)) @ step)

    def path(*, point: bool) -> float:
        return quad(
            lambda s: 3.0 * s**2 * layer(s**3, point=point), 0.01, 1.0 - 1e-6,
            limit=60, epsrel=1e-5,
        )[0]  # fmt: skip

    return path(point=False) / path(point=True)


def fried_m(cn2: float) -> float:
    """Fried parameter of a point source: its structure function is 6.88 (ρ/r0)^(5/3)."""
    path = quad(lambda z: (z / LENGTH_M) ** (5.0 / 3.0), 0.0, LENGTH_M)[0]
    return (2.914 / 6.884 * K**2 * cn2 * path) ** -0.6


def captured(cn2: float, half_rad: float) -> float:
    """Mean share of a Gaussian beam in the annulus."""
    radius_m, r0_m = arriving_m(half_rad), fried_m(cn2)
    outer = 0.5 * APERTURE_M
    inner = OBSCURATION * outer

    def integrand(kappa: float) -> float:
        blur = 3.442 * (kappa * LENGTH_M / K / r0_m) ** (5.0 / 3.0)
        annulus = outer * j1(kappa * outer) - inner * j1(kappa * inner)
        return math.exp(-((kappa * radius_m) ** 2) / 8.0 - blur) * annulus

    return quad(integrand, 0.0, 60.0 / radius_m, limit=1000)[0]


def main() -> None:
    """Write the file beside this one."""
    plane, spherical = (0.0, 1.0), (0.0, 0.0)
    waves = {"plane": plane, "spherical": spherical}
    waves |= {name: parameters(half) for name, half in HALF_ANGLES.items()}
    unit = {name: point_index(1.0, *wave) for name, wave in waves.items()}
    reference = {
        "length_m": LENGTH_M,
        "wavelength_m": WAVELENGTH_M,
        "aperture_m": APERTURE_M,
        "obscuration": OBSCURATION,
        "sent_radius_m": SENT_M,
        "half_angles_rad": HALF_ANGLES,
        "index_over_cn2": unit,
        "averaging": {"plane": averaging(1.0), "spherical": averaging(0.0)},
        "cases": [
            {"cn2_m23": cn2, "r0_m": fried_m(cn2), "beam": name, "captured": captured(cn2, half)}
            for cn2 in CN2
            for name, half in HALF_ANGLES.items()
        ],
    }
    path = Path(__file__).with_suffix("").with_name("horizontal.json")
    path.write_text(json.dumps(reference, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
