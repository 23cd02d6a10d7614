"""Make twin_field.json: clicks and keys of twin-field protocols to 40 digits.

    python tests/reference/make_twin_field.py

Nothing of satqkd is used. Clicks are integrals over the phase of what two threshold detectors see;
the key of sending-or-not-sending follows X.-B. Wang et al., *Phys. Rev. A* 98, 062323 (2018), its
failures M. Tomamichel et al., *Nat. Commun.* 3, 634 (2012), its fluctuations H.-L. Yin et al.,
*Sci. Rep.* 10, 14312 (2020); the other protocol M. Curty et al., *npj Quantum Inf.* 5, 64 (2019).
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from mpmath import (
    besseli,
    binomial,
    cos,
    erf,
    exp,
    factorial,
    ln,
    log,
    mp,
    mpf,
    nstr,
    pi,
    quad,
    sqrt,
)

mp.dps = 40

MU = (mpf(0), mpf("0.03"), mpf("0.483"), mpf("0.494"))
P = (mpf("0.675"), mpf("0.063"), mpf("0.209"), mpf("0.053"))
F, EPS_SEC, EPS_COR = mpf("1.16"), mpf("4.7e-9"), mpf("1e-10")
CUT = 8


def entropy(x):
    return mpf(0) if x in {0, 1} else -x * log(x, 2) - (1 - x) * log(1 - x, 2)


def one_click(a, b, p):
    return 2 * (1 - p) * exp(-(a + b) / 2) * besseli(0, sqrt(a * b)) - 2 * (1 - p) ** 2 * exp(
        -(a + b)
    )


def ports(a, b, p, *, e, variance, half):
    """Integrate over the phase's density: a uniform slice blurred by a normal error."""
    s, x = (a + b) / 2, (1 - 2 * e) * sqrt(a * b)

    def mean(sign):
        if variance == 0:
            if half == 0:
                return exp(sign * x)
            return quad(lambda u: exp(sign * x * cos(u)), [0, half]) / half
        root = sqrt(2 * variance)
        end = half + 14 * sqrt(variance)
        inner = [max(half - 14 * sqrt(variance), mpf(0)), half, end]
        edges = sorted({mpf(0), *inner, end / 3, 2 * end / 3})

        def density(u):
            if half == 0:
                return exp(-(u**2) / (2 * variance)) / sqrt(2 * pi * variance)
            return (erf((u + half) / root) - erf((u - half) / root)) / (4 * half)

        # the normal tail left out is below 1e-42
        return 2 * quad(lambda u: density(u) * exp(sign * x * cos(u)), edges)

    return [(1 - p) * exp(-s) * (mean(sign) - (1 - p) * exp(-s)) for sign in (1, -1)]


def expectation(n, beta):
    low = n - beta / 2 - sqrt(2 * beta * n + beta**2 / 4)
    return max(low, mpf(0)), n + beta + sqrt(2 * beta * n + beta**2)


def observed(n, beta):
    low = n - sqrt(2 * beta * n)
    return max(low, mpf(0)), n + beta / 2 + sqrt(2 * beta * n + beta**2 / 4)


def share(part, whole, unknown=0):
    return part / whole if whole > 0 else mpf(unknown)


def sending_or_not(a, b, p, *, e, half, pulses, endless):
    part = EPS_SEC / 12  # 9 on clicks and photons, 2 for smoothing, 1 for privacy amplification
    beta, gamma = ln(1 / part), ln(3 / part**2)
    bound = (lambda n: (n, n)) if endless else (lambda n: expectation(n, beta))
    wrongs = (lambda n: (n, n)) if endless else (lambda n: expectation(n, gamma + ln(2)))
    limit = (lambda n: (n, n)) if endless else (lambda n: observed(n, beta))
    count = lambda i, j: pulses * P[i] * P[j] * one_click(MU[i] * a, MU[j] * b, p)  # noqa: E731

    def rate(i, j):
        low, high = bound(count(i, j))
        return low / (pulses * P[i] * P[j]), min(high / (pulses * P[i] * P[j]), mpf(1))

    x, y = MU[1], MU[2]
    yields = []
    for weak, strong in (((1, 0), (2, 0)), ((0, 1), (0, 2))):
        value = y**2 * exp(x) * rate(*weak)[0] - x**2 * exp(y) * rate(*strong)[1]
        value = (value - (y**2 - x**2) * rate(0, 0)[1]) / (x * y * (y - x))
        yields.append(min(max(value, mpf(0)), mpf(1)))
    s1 = sum(yields) / 2
    pairs = pulses * P[1] ** 2 * 2 * half / pi
    wrong = ports(x * a, x * b, p, e=e, variance=mpf(0), half=half)[1]
    seen = min(wrongs(pairs * wrong)[1] / pairs, mpf(1))
    error = share(max(seen - exp(-2 * x) * rate(0, 0)[0] / 2, 0), 2 * x * exp(-2 * x) * s1, 1)
    error = min(error, mpf("0.5"))
    only_a, only_b = (count(2, 0) + count(3, 0)), (count(0, 2) + count(0, 3))
    both = sum(count(i, j) for i in (2, 3) for j in (2, 3))
    none = count(0, 0)
    alone = pulses * P[0] * (P[2] * y * exp(-y) + P[3] * MU[3] * exp(-MU[3]))
    u = [min(limit(alone * s)[0], n) for s, n in zip(yields, (only_a, only_b), strict=True)]
    zeros, ones = only_b + both, only_a + none
    made = min(zeros, ones)
    cc, ww = made * only_b * only_a / (zeros * ones), made * both * none / (zeros * ones)
    n1 = limit(made * u[0] * u[1] / (zeros * ones))[0]
    if endless:
        phase = 2 * error * (1 - error)
    else:
        size = ln(1 + only_a + only_b + both + none)
        untagged = u[0] + u[1]
        errors = observed(alone * sum(yields) * error, gamma + ln(2))[1]
        most = expectation(errors, gamma + ln(4) + 3 * size)[1]
        single = min(share(most, untagged, mpf("0.5")), mpf("0.5"))
        odd = observed(2 * single * (1 - single) * n1, gamma + ln(4) + 4 * size)[1]
        phase = min(share(odd, n1, mpf("0.5")), mpf("0.5"))
    leak = F * (cc + ww) * entropy(share(ww, cc + ww))
    length = n1 * (1 - entropy(phase)) - leak
    if not endless:
        length -= log(2 / EPS_COR, 2) + 2 * log(1 / (2 * part), 2)
    raw = only_a + only_b + both + none
    return {
        "raw": raw,
        "raw_qber": share(both + none, raw),
        "yield_a": yields[0],
        "yield_b": yields[1],
        "single_error": error,
        "survivors": cc + ww,
        "qber": share(ww, cc + ww),
        "untagged": n1,
        "phase_error": phase,
        "length": length,
    }


def fock(m, n, a, b, p):
    total = p * (1 - a) ** m * (1 - b) ** n
    for k in range(m + 1):
        for j in range(n + 1):
            if k + j:
                of_a = binomial(m, k) * a**k * (1 - a) ** (m - k)
                of_b = binomial(n, j) * b**j * (1 - b) ** (n - j)
                total += of_a * of_b * binomial(k + j, k) / mpf(2) ** (k + j)
    return (1 - p) * total


def curty(a, b, p, *, mu, e, variance):
    right, wrong = ports(a * mu, b * mu, p, e=e, variance=variance, half=mpf(0))
    c = [exp(-mu / 2) * sqrt(mu**n / factorial(n)) for n in range(100)]
    total = mpf(0)
    for parity in (0, 1):
        amplitude = mpf(0)
        for m in range(parity, 100, 2):
            for n in range(parity, 100, 2):
                yes = fock(m, n, a, b, p) if m + n <= CUT else mpf(1)
                amplitude += c[m] * c[n] * sqrt(yes)
        total += amplitude**2
    gain = right + wrong
    phase = min(total / (gain / 2), mpf("0.5"))
    qber = wrong / gain
    return {
        "gain": gain,
        "qber": qber,
        "phase_error": phase,
        "bits": gain * (1 - entropy(phase) - F * entropy(qber)),
    }


def text(row):
    return {k: nstr(v, 20) if isinstance(v, mpf) else v for k, v in row.items()}


def click_rows(draw):
    for index in range(60):
        a = mpf(10) ** mpf(draw.uniform(-18, 0.7))
        b = mpf(0) if index % 10 == 9 else a * mpf(10) ** mpf(draw.uniform(-1, 1))
        p = mpf(draw.choice([0.0, 1e-9, 1e-6, 1e-3]))
        e = mpf(draw.choice([0.001, 0.05, 0.5]))
        variance = mpf(draw.choice([0.0, 0.01, 0.3, 4.0]))
        half = mpf(draw.choice([0.0, 0.2, 1.5]))
        right, wrong = ports(a, b, p, e=e, variance=variance, half=half)
        yield text({"a": a, "b": b, "p": p, "e": e, "variance": variance, "half": half,
                    "one": one_click(a, b, p), "right": right, "wrong": wrong})  # fmt: skip


def key_rows(draw):
    for index in range(48):
        loss = draw.uniform(0, 45) if index % 4 else draw.choice([0.0, 60.0, 100.0])
        a = mpf(10) ** (-mpf(loss) / 10)
        b = min(a * mpf(10) ** mpf(draw.choice([0, 0, draw.uniform(-0.5, 0.5)])), mpf(1))
        p = mpf(draw.choice([0.0, 1e-10, 4e-8, 1e-6]))
        e = mpf(draw.choice([0.0, 0.02, 0.05, 0.14]))
        half, pulses = mpf(draw.choice([0.1, 0.3])), mpf(10) ** draw.choice([8, 10, 12, 13, 17, 22])
        endless = index % 3 == 0
        terms = sending_or_not(a, b, p, e=e, half=half, pulses=pulses, endless=endless)
        yield text({"a": a, "b": b, "p": p, "e": e, "half": half, "pulses": pulses,
                    "endless": endless, **terms})  # fmt: skip


def curty_rows(draw):
    for index in range(36):
        a = mpf(10) ** (-mpf(draw.uniform(0, 50) if index % 6 else 100.0) / 10)
        b = min(a * mpf(10) ** mpf(draw.choice([0, draw.uniform(-0.5, 0.5)])), mpf(1))
        mu = mpf(10) ** mpf(draw.uniform(-3, -0.3))
        p = mpf(draw.choice([0.0, 1e-9, 1e-7, 1e-5]))
        e, variance = mpf(draw.choice([0.005, 0.03])), mpf(draw.choice([0.0, 0.05]))
        yield text({"a": a, "b": b, "mu": mu, "p": p, "e": e, "variance": variance,
                    **curty(a, b, p, mu=mu, e=e, variance=variance)})  # fmt: skip


def main() -> None:
    draw = random.Random(5)  # noqa: S311 -- cases, not secrets
    rows = {
        "clicks": list(click_rows(draw)),
        "sending_or_not_sending": list(key_rows(draw)),
        "curty_azuma_lo": list(curty_rows(draw)),
    }
    out = json.dumps(rows, indent=1) + "\n"
    Path(__file__).with_name("twin_field.json").write_text(out, encoding="utf-8")


if __name__ == "__main__":
    main()
