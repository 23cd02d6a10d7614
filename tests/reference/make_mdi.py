"""Make mdi.json: measurement-device-independent keys to 40 digits, written from the papers.

    python tests/reference/make_mdi.py

Gains: X. Ma and M. Razavi, *Phys. Rev. A* 86, 062319 (2012), with the product of both powers under
the Bessel functions times the overlap of the modes. Yield and error of single photons: not their
formula but the coefficient of one photon each in the gains. Four intensities: Y.-H. Zhou, Z.-W. Yu
and X.-B. Wang, *Phys. Rev. A* 93, 042324 (2016), joint Chernoff bounds written out, and the worst
noise searched for, step by step, instead of solved for.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from mpmath import diff, exp, hyp0f1, log, mp, mpf, nstr, sqrt

mp.dps = 100
HALF = mpf(1) / 2
PAIRS = ("oo", "ox", "xo", "oy", "yo", "xx", "yy")
EPS_SEC, EC = mpf("1e-10"), mpf("1.16")

INFINITE = [
    (la, lb, ma, mb, dark, error, overlap)
    for la, lb in ((0, 0), (5, 12), (18.39, 18.39), (30, 22), (45, 45), (100, 100))
    for ma, mb, dark, error, overlap in (
        (0.3, 0.3, 3.01e-6, 0.015, 1.0),
        (0.5, 0.1, 1e-8, 0.0, 0.94),
        (0.05, 0.7, 0.0, 0.005, 0.8),
        (0.3, 0.3, 0.0, 0.0, 1.0),
        (0.2, 0.2, 1e-4, 0.03, 0.0),
        (1.0, 0.9, 1e-7, 0.01, 0.98),
    )
]
SETTINGS = (
    # (x, y, z) of both, (p_x, p_y, p_z) of both, visibility, error x, error z, dark, Bell states
    ((0.05, 0.2, 0.4), (0.05, 0.2, 0.4), (0.3, 0.1, 0.5), 0.47, 0.005, 0.005, 4e-8, 2),
    ((0.04, 0.17, 0.6), (0.04, 0.17, 0.6), (0.14, 0.03, 0.81), 0.46, 0.015, 0.015, 4e-8, 1),
    ((0.03, 0.2, 0.3), (0.1, 0.35, 0.5), (0.3, 0.1, 0.5), 0.5, 0.0, 0.0, 0.0, 2),
    ((0.1, 0.35, 0.5), (0.03, 0.2, 0.3), (0.25, 0.2, 0.45), 0.48, 0.01, 0.0, 1e-6, 2),
    ((0.05, 0.25, 0.4), (0.05, 0.2, 0.4), (0.3, 0.1, 0.5), 0.4, 0.03, 0.02, 1e-7, 2),
    ((0.02, 0.5, 0.7), (0.02, 0.5, 0.7), (0.4, 0.3, 0.2), 0.5, 0.0, 0.001, 1e-9, 1),
    # More pairs than sifted bits could be had at the least noise.
    ((0.031, 0.125, 0.25), (0.031, 0.125, 0.25), (0.32, 0.32, 0.32), 0.5, 0.0, 0.0, 0.0, 1),
)
CHANNELS = (
    # loss of both arms to a click in dB, pairs of pulses
    (0.0, 0.0, 1e12),
    (8.0, 10.0, 1e10),
    (11.0, 11.0, 1e11),
    (14.0, 14.0, 1e12),
    (14.0, 14.0, 1e16),
    (20.0, 18.0, 1e14),
    (30.0, 30.0, 1e22),
    (12.0, 12.0, 1e6),
    (100.0, 100.0, 1e22),
)


def bessel(square):
    """I_0(z) of z**2, analytic where the root is not."""
    return hyp0f1(1, square / 4)


def gains_z(a, b, p, e, overlap):
    s, quiet = a + b, (1 - p) ** 2
    right = 2 * quiet * exp(-s / 2) * (1 - (1 - p) * exp(-a / 2)) * (1 - (1 - p) * exp(-b / 2))
    wrong = 2 * p * quiet * exp(-s / 2) * (bessel(overlap * a * b) - (1 - p) * exp(-s / 2))
    return right + wrong, e * right + (1 - e) * wrong


def gains_x(a, b, p, e, overlap):
    y = (1 - p) * exp(-(a + b) / 4)
    once, twice = bessel(overlap * a * b / 4), bessel(overlap * a * b)
    gain = 2 * y**2 * (1 + 2 * y**2 - 4 * y * once + twice)
    return gain, HALF * gain - 2 * (HALF - e) * y**2 * (twice - 1)


def entropy(x):
    return mpf(0) if x <= 0 or x >= 1 else -x * log(x, 2) - (1 - x) * log(1 - x, 2)


def infinite(inputs):
    la, lb, ma, mb, p, e, overlap = (mpf(v) for v in inputs)
    eta_a, eta_b = 10 ** (-la / 10), 10 ** (-lb / 10)
    gain_z, wrong_z = gains_z(eta_a * ma, eta_b * mb, p, e, overlap)
    gain_x, wrong_x = gains_x(eta_a * ma, eta_b * mb, p, e, overlap)

    def one_each(which):
        return diff(
            lambda u, v: exp(u + v) * gains_x(eta_a * u, eta_b * v, p, e, overlap)[which],
            (mpf(0), mpf(0)),
            (1, 1),
        )

    single = one_each(0)
    phase_error = one_each(1) / single
    rate = ma * mb * exp(-ma - mb) * single * (1 - entropy(phase_error))
    rate -= EC * gain_z * entropy(wrong_z / gain_z)
    return {
        "gain_z": gain_z,
        "qber_z": wrong_z / gain_z,
        "gain_x": gain_x,
        "qber_x": wrong_x / gain_x,
        "single_photon_yield": single,
        "phase_error": phase_error,
        "rate": max(rate, mpf(0)),
    }


def lower(n, beta):
    return max(n - beta / 2 - sqrt(2 * beta * n + beta**2 / 4), mpf(0))


def upper(n, beta):
    return n + beta + sqrt(2 * beta * n + beta**2)


def joint(terms, beta, bound):
    """Bound of a sum of weight times count: common weight first, then what the heavier have."""
    terms = sorted(terms, key=lambda term: term[0])
    weights = [mpf(0)] + [w for w, _ in terms]
    return sum(
        (after - before) * bound(sum(n for _, n in terms[i:]), beta)
        for i, (before, after) in enumerate(pairwise(weights))
    )


def poisson(mean):
    return exp(-mean), mean * exp(-mean), mean**2 * exp(-mean) / 2


class Sender:
    def __init__(self, intensities, probabilities):
        self.mean = dict(zip("oxyz", (mpf(0), *map(mpf, intensities)), strict=True))
        p = [mpf(v) for v in probabilities]
        self.p = dict(zip("oxyz", (1 - sum(p), *p), strict=True))


def four(setting, channel):
    mean_a, mean_b, probabilities, visibility, error_x, error_z, dark, states = setting
    a, b = Sender(mean_a, probabilities), Sender(mean_b, probabilities)
    eta_a, eta_b = (10 ** (-mpf(loss) / 10) for loss in channel[:2])
    N, overlap = mpf(channel[2]), 2 * mpf(visibility)
    p = mpf(dark)

    def told(pair, model, error):
        sent = N * a.p[pair[0]] * b.p[pair[1]] * states / 2
        light = eta_a * a.mean[pair[0]], eta_b * b.mean[pair[1]]
        gain, wrong = model(*light, p, mpf(error), overlap)
        return sent * gain, sent * wrong

    seen = {pair: told(pair, gains_x, error_x) for pair in PAIRS}
    key, key_errors = told("zz", gains_z, error_z)
    part = EPS_SEC / 15  # 12 on pairs, 2 for smoothing, 1 for privacy amplification
    beta, gamma = -log(part), -log(part**2 / 2)
    return {
        "check": [seen[pair][0] for pair in PAIRS],
        "check_errors": seen["xx"][1],
        "key": key,
        "key_errors": key_errors,
        **distil(a, b, seen, key, (beta, gamma)),
    }


def distil(a, b, seen, sifted, logs):
    beta, gamma = logs
    n, wrong = {pair: told for pair, (told, _) in seen.items()}, seen["xx"][1]

    def term(pair, weight):
        return weight / (a.p[pair[0]] * b.p[pair[1]]), n[pair]

    flip = a.mean["y"] / a.mean["x"] < b.mean["y"] / b.mean["x"]
    one, two = (b, a) if flip else (a, b)

    def pair(letters):
        return letters[::-1] if flip else letters

    a0, a1, _ = poisson(one.mean["x"])
    c0, c1, _ = poisson(one.mean["y"])
    b0, b1, b2 = poisson(two.mean["x"])
    d0, d1, d2 = poisson(two.mean["y"])
    plus = [
        term(pair("xx"), c1 * d2),
        term(pair("oy"), a1 * b2 * c0),
        term(pair("yo"), a1 * b2 * d0),
    ]
    minus = [term(pair("yy"), a1 * b2), term(pair("oo"), a1 * b2 * c0 * d0)]
    noise = [term(pair("ox"), a0), term(pair("xo"), b0)]
    dark = [term("oo", a0 * b0)]
    low = max(joint(noise, beta, lower) - joint(dark, beta, upper), mpf(0))
    high = joint(noise, beta, upper) - joint(dark, beta, lower)
    scale = a1 * c1 * (b1 * d2 - d1 * b2)
    key = a.p["z"] * b.p["z"] * poisson(a.mean["z"])[1] * poisson(b.mean["z"])[1]
    pairs = key * (joint(plus, beta, lower) - joint(minus, beta, upper)) / scale
    slope = key * c1 * d2 / scale
    errors = key * upper(wrong, gamma) / (a.p["x"] * b.p["x"]) / (a1 * b1)
    error_slope = key / (2 * a1 * b1)
    # A number of pairs above that of sifted bits is none.
    size = (sqrt(2 * beta) + sqrt(2 * beta + 4 * sifted)) ** 2 / 4
    least = max(low, (pairs - size) / slope)
    most = max(min(high, errors / error_slope), least)

    def real(H):
        x, m = max(pairs - slope * H, mpf(0)), max(errors - error_slope * H, mpf(0))
        most = m + gamma / 2 + sqrt(2 * gamma * m + gamma**2 / 4)
        return max(x - sqrt(2 * beta * x), mpf(0)), most

    def private(H):
        x, m = real(H)
        return x * (1 - entropy(m / x)) if x > 2 * m else mpf(0)

    x, m = real(worst(private, least, most))
    return {
        "noise_low": low,
        "noise_high": high,
        "expected_at_low": pairs - slope * low,
        "errors_at_low": errors - error_slope * low,
        "pairs": x,
        "phase_errors": m,
        "private": min(private(least), private(most), x * (1 - entropy(m / x)) if x > 2 * m else 0),
    }


def worst(function, low, high, cells=60, cuts=200):
    grid = [low + (high - low) * i / cells for i in range(cells + 1)]
    best = min(range(cells + 1), key=lambda i: function(grid[i]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, cells)]
    for _ in range(cuts):
        third = (high - low) / 3
        if function(low + third) < function(high - third):
            high -= third
        else:
            low += third
    return (low + high) / 2


def text(value):
    if isinstance(value, dict):
        return {name: text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [text(part) for part in value]
    return nstr(mpf(value), 40)


def main():
    reference = {
        "infinite": [{"inputs": list(case), **text(infinite(case))} for case in INFINITE],
        "four": [
            {"setting": list(s), "channel": list(c), **text(four(s, c))}
            for s in SETTINGS
            for c in CHANNELS
        ],
    }
    path = Path(__file__).with_name("mdi.json")
    path.write_text(json.dumps(reference, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
