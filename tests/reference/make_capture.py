"""Make capture.json: mean captures of beams by annuli, by brute quadrature.

    python tests/reference/make_capture.py

Nothing of satqkd is used. The irradiance (a Gaussian, or the squared Fraunhofer integral of a
truncated, obscured Gaussian pupil) is summed over the annulus in polar coordinates about the
receiver for every offset, then over two Gaussian axes of jitter about the bias. Every case is
computed twice, the second time with half as many nodes again, and both must agree to 1e-6.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import j0

Profile = Callable[[np.ndarray], np.ndarray]


def legendre(low: float, high: float, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    x, w = np.polynomial.legendre.leggauss(nodes)
    return 0.5 * (high - low) * (x + 1.0) + low, 0.5 * (high - low) * w


def gaussian(case: dict[str, float]) -> Profile:
    exit_rad = 0.5 * case["tx_aperture_m"] / case["range_m"]
    w2 = exit_rad**2 + (0.5 * case["divergence_rad"]) ** 2
    return lambda angle: 2.0 / (math.pi * w2) * np.exp(-2.0 * angle**2 / w2)


def diffracted(case: dict[str, float], widest: float, nodes: int) -> Profile:
    radius = 0.5 * case["tx_aperture_m"]
    r, w = legendre(case["tx_obscuration"] * radius, radius, nodes)
    field = np.exp(-((2.0 * r / case["beam_diameter_m"]) ** 2))
    power = 2.0 * math.pi * np.sum(w * r * field**2)
    unit = case["wavelength_m"] / case["tx_aperture_m"]
    angles = np.linspace(0.0, widest, max(400, int(60 * widest / unit)))
    phase = 2.0 * math.pi / case["wavelength_m"] * np.outer(angles, r)
    amplitude = 2.0 * math.pi / case["wavelength_m"] * (j0(phase) @ (w * r * field))
    spline = CubicSpline(angles, amplitude)
    return lambda angle: spline(angle) ** 2 / power


def mean_capture(case: dict[str, float], more: float) -> float:
    outer = 0.5 * case["rx_aperture_m"] / case["range_m"]
    bias, sigma = case["bias_rad"], case["jitter_rad"]
    farthest = bias + 9.0 * math.sqrt(2.0) * sigma
    if "divergence_rad" in case:
        profile = gaussian(case)
    else:
        profile = diffracted(case, 1.01 * (farthest + outer), int(200 * more))

    rho, w_rho = legendre(case["obscuration"] * outer, outer, int(80 * more))
    turns = int(120 * more)
    phi = (np.arange(turns) + 0.5) * math.pi / turns

    def at_offset(r: float) -> float:
        far = np.sqrt(r**2 + rho[:, None] ** 2 - 2.0 * r * rho[:, None] * np.cos(phi))
        return float(w_rho * rho @ profile(far).sum(axis=1) * 2.0 * math.pi / turns)

    if sigma == 0.0:
        return at_offset(bias)
    offsets = np.linspace(0.0, farthest, int(600 * more))
    kept = CubicSpline(offsets, [at_offset(r) for r in offsets])
    axis = np.linspace(-9.0, 9.0, int(300 * more))
    weight = np.exp(-0.5 * axis**2)
    weight /= weight.sum()
    r = np.hypot(bias + sigma * axis[:, None], sigma * axis)
    return float(weight @ kept(r) @ weight)


def cases() -> list[dict[str, float]]:
    draw = random.Random(4)  # noqa: S311 -- cases, not secrets
    rows = []
    for index in range(48):
        tx = draw.choice([0.08, 0.2, 0.3, 0.5])
        wavelength = draw.choice([785e-9, 848.6e-9, 1550e-9])
        row = {
            "range_m": 10.0 ** draw.uniform(5.4, 7.6),
            "tx_aperture_m": tx,
            "wavelength_m": wavelength,
            "rx_aperture_m": draw.choice([0.28, 0.6, 1.0, 2.5]),
            "obscuration": draw.choice([0.0, 0.25, 0.45]),
        }
        if index % 2:
            half = 0.5 * draw.choice([4e-6, 10e-6, 60e-6])
            row["divergence_rad"] = 2.0 * half
            if index % 8 == 1:  # along the ground, where the receiver may be wider than the beam
                row["range_m"] = 10.0 ** draw.uniform(3.0, 4.7)
                half = math.hypot(half, 0.5 * tx / row["range_m"])
        else:
            half = wavelength / tx
            row["beam_diameter_m"] = tx / draw.choice([0.3, 0.9, 1.12, 1.6, 2.2])
            row["tx_obscuration"] = draw.choice([0.0, 0.2, 0.4])
        row["bias_rad"] = half * draw.choice([0.0, draw.uniform(0.1, 1.2)])
        row["jitter_rad"] = half * draw.choice([0.0, draw.uniform(0.05, 0.6)])
        rows.append(row)
    return rows


def main() -> None:
    rows = cases()
    for row in rows:
        rough, fine = mean_capture(row, 1.0), mean_capture(row, 1.5)
        if abs(rough / fine - 1.0) > 1e-6:
            raise ArithmeticError(f"not converged: {rough} {fine} {row}")
        row["capture"] = fine
    text = json.dumps(rows, indent=1) + "\n"
    Path(__file__).with_name("capture.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
