"""Make fading.json: clicks and margins of fading light to 12 digits, by quadrature with mpmath.

    python tests/reference/make_fading.py

Log-normal scintillation of mean 1 times the power law of a jittering Gaussian beam (A. A. Farid and
S. Hranilovic, *J. Lightwave Technol.* 25, 1702 (2007), eq. 11) over its mean. The inner integral
over the power law is an incomplete gamma function or a power, the outer one a quadrature.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

from mpmath import exp, findroot, gammainc, inf, linspace, log, log10, mp, mpf, npdf, quad, sqrt

mp.dps = 30

SCINTILLATION = ("0", "0.01", "0.1", "0.2", "0.5")
EXPONENTS = ("inf", "20", "4.34", "1.5")
PHOTONS = ("1e-5", "1e-3", "0.1", "1")
BEYOND = mpf("0.01")


def over_scintillation(function, variance):
    sigma = sqrt(log(1 + variance))
    if sigma == 0:
        return function(mpf(1))
    return quad(lambda z: npdf(z) * function(exp(sigma * z - sigma**2 / 2)), linspace(-12, 12, 13))


def click(photons, exponent):
    """Mean of 1 - exp(-x f) over the power law alone."""
    if exponent == inf:
        return 1 - exp(-photons)
    peak = photons * (exponent + 1) / exponent
    return 1 - exponent * gammainc(exponent, 0, peak) / peak**exponent


def below(level, variance, exponent):
    """Share of the time with f below a level, split where the integrand has its kink."""
    mean = exponent / (exponent + 1)
    sigma = sqrt(log(1 + variance))
    if sigma == 0:
        return (level * mean) ** exponent
    kink = (log(level * mean) + sigma**2 / 2) / sigma
    return quad(npdf, [-12, kink]) + quad(
        lambda z: npdf(z) * (level * mean / exp(sigma * z - sigma**2 / 2)) ** exponent,
        [kink, kink + 3, kink + 6, 12],
    )


def margin_db(variance, exponent):
    start = mpf(1) + 6 * sqrt(variance) + 20 / exponent
    return findroot(
        lambda m: log(below(10 ** (-m / 10), variance, exponent) / BEYOND),
        (start / 4, start),
        solver="anderson",
        tol=1e-18,
    )


def main() -> None:
    clicks, margins = [], []
    for v, g in product(SCINTILLATION, EXPONENTS):
        variance, exponent = mpf(v), mpf(g)
        pointing = 0 if exponent == inf else 1 / (exponent * (exponent + 2))
        fading = {
            "scintillation_variance": float(variance),
            "pointing_exponent": g,
            "variance": float((1 + variance) * (1 + pointing) - 1),
        }
        for x in PHOTONS:
            mean = over_scintillation(lambda f: click(mpf(x) * f, exponent), variance)  # noqa: B023
            clicks.append(fading | {"photons": float(x), "click": float(mean)})
        if exponent != inf:
            margins.append(fading | {"margin_db": float(margin_db(variance, exponent))})
    sigmas = [sqrt(log(1 + mpf(v))) for v in SCINTILLATION]
    normal = mpf("2.32634787404084110088560616334")
    for v, sigma in zip(SCINTILLATION, sigmas, strict=True):
        alone = 10 * (normal * sigma + sigma**2 / 2) * log10(mp.e)
        margins.append(
            {
                "scintillation_variance": float(v),
                "pointing_exponent": "inf",
                "variance": float(v),
                "margin_db": float(alone),
            }
        )
    text = json.dumps({"clicks": clicks, "margins": margins}, indent=1) + "\n"
    Path(__file__).with_name("fading.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
