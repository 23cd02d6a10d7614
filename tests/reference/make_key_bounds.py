"""Make key_bounds.json: finite keys of decoy BB84 to 40 digits, written from the papers.

    python tests/reference/make_key_bounds.py

Two decoys: C. C. W. Lim et al., *Phys. Rev. A* 89, 022307 (2014). One decoy: D. Rusca et al.,
*Appl. Phys. Lett.* 112, 171104 (2018). Fluctuations: Hoeffding as in these, or H.-L. Yin et al.,
*Sci. Rep.* 10, 14312 (2020). Errors of single photons are at most the errors seen.

As published every bound fails with an equal part; the phase error is the larger of the sampling
terms of Lim and of Yin, with at least one error in the sample. Rigorous: M. Tomamichel et al.,
*Nat. Commun.* 3, 634 (2012), ε_sec = m ε + 2 √p + ε with m bounds on photon numbers and p = ε²; the
phase error is that at which the hypergeometric tail is p, of factorials continued to real numbers.
"""

from __future__ import annotations

import json
from itertools import product
from math import exp
from pathlib import Path

from mpmath import erfc, findroot, ln, log, loggamma, mp, mpf, nstr, pi, sqrt
from mpmath import exp as mexp

mp.dps = 40

EPS_SEC, EPS_COR, EC_EFFICIENCY = mpf("1e-9"), mpf("1e-15"), mpf("1.16")
SCHEMES = {
    "two": ((0.6, 0.15, 0.01), (0.6, 0.3, 0.1), 21, 12),
    "one": ((0.5, 0.15), (0.7, 0.3), 19, 11),
}
LOSSES_DB = (10, 20, 30, 40, 50)
PULSES = (1e7, 1e8, 1e9, 1e10, 1e11, 1e12)
INTRINSIC_ERRORS = (0.005, 0.01, 0.02, 0.035, 0.05)
P_KEY_BASIS = (0.5, 0.7, 0.9)
BACKGROUND = (1e-8, 1e-7, 1e-6, 1e-5)
COUNTINGS = ("rigorous", "as-published")
SUMMED = 3000
"""Errors up to which the tail is added up. Beyond, the sum is that of a normal curve's tail with
two terms of Euler and Maclaurin, right to 1e-6 of itself, which is 1e-8 of the margin."""


def entropy(x):
    return mpf(0) if x in {0, 1} else -x * log(x, 2) - (1 - x) * log(1 - x, 2)


def hoeffding(observed, eps):
    delta = sqrt(sum(observed) / 2 * ln(1 / eps))
    return [n - delta for n in observed], [n + delta for n in observed]


def chernoff(observed, eps):
    beta = ln(1 / eps)
    lower = [n - beta / 2 - sqrt(2 * beta * n + beta**2 / 4) for n in observed]
    upper = [n + beta + sqrt(2 * beta * n + beta**2) for n in observed]
    return lower, upper


BOUNDS = {"hoeffding": hoeffding, "chernoff": chernoff}


class Source:
    def __init__(self, mu, p):
        self.mu, self.p = [mpf(x) for x in mu], [mpf(x) for x in p]
        pairs = list(zip(self.mu, self.p, strict=True))
        self.tau0 = sum(p * mexp(-m) for m, p in pairs)
        self.tau1 = sum(p * m * mexp(-m) for m, p in pairs)

    def scale(self, values):
        return [mexp(m) / p * v for m, p, v in zip(self.mu, self.p, values, strict=True)]

    def interval(self, observed, bound, eps):
        lower, upper = BOUNDS[bound](observed, eps)
        return self.scale(lower), self.scale(upper)


def lim(source, clicks, _errors, bound, eps):
    mu1, mu2, mu3 = source.mu
    lo, up = source.interval(clicks, bound, eps)
    s0 = max(source.tau0 * (mu2 * lo[2] - mu3 * up[1]) / (mu2 - mu3), mpf(0))
    bracket = lo[1] - up[2] - (mu2**2 - mu3**2) / mu1**2 * (up[0] - s0 / source.tau0)
    s1 = source.tau1 * mu1 * bracket / (mu1 * (mu2 - mu3) - mu2**2 + mu3**2)
    return s0, max(s1, mpf(0))


def lim_errors(source, errors, bound, eps):
    lo, up = source.interval(errors, bound, eps)
    return source.tau1 * (up[1] - lo[2]) / (source.mu[1] - source.mu[2])


def rusca(source, clicks, errors, bound, eps):
    mu1, mu2 = source.mu
    lo, up = source.interval(clicks, bound, eps)
    _, wrong = source.interval(errors, bound, eps)
    s0 = max(source.tau0 / (mu1 - mu2) * (mu1 * lo[1] - mu2 * up[0]), mpf(0))
    delta = sqrt(sum(clicks) * ln(1 / eps) / 2)
    s0_upper = min(2 * (source.tau0 * m + delta) for m in wrong)
    bracket = lo[1] - mu2**2 / mu1**2 * up[0] - (mu1**2 - mu2**2) / mu1**2 * s0_upper / source.tau0
    return s0, max(source.tau1 * mu1 / (mu2 * (mu1 - mu2)) * bracket, mpf(0))


def rusca_errors(source, errors, bound, eps):
    lo, up = source.interval(errors, bound, eps)
    return source.tau1 / (source.mu[0] - source.mu[1]) * (up[0] - lo[1])


ANALYSES = {"two": (lim, lim_errors), "one": (rusca, rusca_errors)}


def lim_gamma(eps, b, c, d):
    inside = (c + d) / (c * d * (1 - b) * b) / eps**2
    return sqrt((c + d) * (1 - b) * b / (c * d * ln(2)) * log(inside, 2))


def yin_gamma(eps, lam, k, n):
    A = max(n, k)
    G = (n + k) / (n * k) * ln((n + k) / (2 * pi * n * k * lam * (1 - lam) * eps**2))
    top = (1 - 2 * lam) * A * G / (n + k)
    top += sqrt(A**2 * G**2 / (n + k) ** 2 + 4 * lam * (1 - lam) * G)
    return top / (2 + 2 * A**2 * G / (n + k) ** 2)


def choose(n, m):
    return loggamma(n + 1) - loggamma(m + 1) - loggamma(n - m + 1)


def ln_tail(k, sample, rest, unseen):
    """Logarithm of the chance of at most k errors in a sample, ``unseen`` outside it."""
    total = k + unseen
    last = choose(sample, k) + choose(rest, unseen) - choose(sample + rest, total)

    def ratio(j):
        return j * (rest - total + j) / ((sample - j + 1) * (total - j + 1))

    if k <= SUMMED:
        term, tail, j = mpf(1), mpf(1), k
        while j >= 1 and term > mpf("1e-20"):
            term, j = term * ratio(j), j - 1
            tail += term
        return last + ln(tail)
    bend = (1 / k + 1 / (rest - total + k) + 1 / (sample - k + 1) + 1 / (total - k + 1)) / 2
    fall = -ln(ratio(k)) - bend
    integral = sqrt(pi / bend) / 2 * mexp(fall**2 / (4 * bend)) * erfc(fall / (2 * sqrt(bend)))
    return last + ln(integral + mpf(1) / 2 + fall / 12)


def sampled_exactly(eps, errors, sample, rest):
    half = mpf(1) / 2
    if sample < 1 or errors >= sample / 2:
        return half
    d = max(rest, mpf(1))
    k = max(errors, mpf(0))
    low = k / sample + mpf("1e-9") * (half - k / sample)
    if ln_tail(k, sample, d, d / 2) > ln(eps):
        return half
    # The margin is nearly a root: it is sought along its square.
    high = half
    for _ in range(60):
        middle = k / sample + sqrt((low - k / sample) * (high - k / sample))
        if ln_tail(k, sample, d, d * middle) > ln(eps):
            low = middle
        else:
            high = middle
        if high - low < (high - k / sample) / 10:
            break
    return findroot(
        lambda x: ln_tail(k, sample, d, d * x) - ln(eps), (low, high), solver="anderson", tol=1e-20
    )


def phase_error(eps, errors, sample, rest):
    half = mpf(1) / 2
    if sample < 1:
        return half
    b = max(errors, mpf(1)) / sample
    d = max(rest, mpf(1))
    if b >= half:
        return half
    return min(b + max(lim_gamma(eps, b, sample, d), yin_gamma(eps, b, sample, d)), half)


def shares(counting, published, classical):
    """Failure of a bound on photon numbers, of the phase error's, cost, and how that is bounded."""
    if counting == "rigorous":
        eps = EPS_SEC / (classical + 3)
        return eps, eps**2, 2 * log(1 / (2 * eps), 2), sampled_exactly
    eps = EPS_SEC / published
    return eps, eps, 6 * log(1 / eps, 2), phase_error


def key(scheme, bound, counting, counts):
    mu, p, published, classical = SCHEMES[scheme]
    eps, eps_phase, cost, sampled = shares(counting, published, classical)
    source = Source(mu, p)
    n, m, c, w = ([mpf(x) for x in counts[name]] for name in ("n", "m", "c", "w"))
    photons, errors = ANALYSES[scheme]
    s0, s1 = photons(source, n, m, bound, eps)
    _, c1 = photons(source, c, w, bound, eps)
    v1 = min(max(errors(source, w, bound, eps), mpf(0)), sum(w))
    phi = sampled(eps_phase, v1, c1, s1)
    leak = EC_EFFICIENCY * sum(n) * entropy(sum(m) / sum(n)) if sum(n) else mpf(0)
    cost += log(2 / EPS_COR, 2)
    length = s0 + s1 * (1 - entropy(phi)) - leak - cost
    return {"s0": s0, "s1": s1, "c1": c1, "v1": v1, "phi": phi, "leak": leak, "length": length}


def seven_digits(value):
    return float(f"{value:.7g}")


def simulate(scheme, setting):
    loss_db, pulses, intrinsic, background, p_key = setting
    mu, p, *_ = SCHEMES[scheme]
    signal = [1 - exp(-(10 ** (-loss_db / 10)) * m) for m in mu]
    clicks = [q * (background + (1 - background) * x) for q, x in zip(p, signal, strict=True)]
    wrong = [q * (background / 2 + intrinsic * x) for q, x in zip(p, signal, strict=True)]
    bases = {"n": (clicks, p_key), "m": (wrong, p_key), "c": (clicks, 1 - p_key)}
    bases["w"] = (wrong, 1 - p_key)
    return {k: [seven_digits(pulses * q * q * x) for x in v] for k, (v, q) in bases.items()}


def settings():
    for i, (loss_db, pulses) in enumerate(product(LOSSES_DB, PULSES)):
        yield loss_db, pulses, INTRINSIC_ERRORS[i % 5], BACKGROUND[i % 4], P_KEY_BASIS[i % 3]
    yield 35, 1e22, 0.01, 1e-7, 0.9
    yield 25, 1e10, 0.0, 0.0, 0.9
    yield 25, 3e8, 0.005, 1e-9, 0.98


def cases():
    for scheme, (mu, *_) in SCHEMES.items():
        blocks = [simulate(scheme, setting) for setting in settings()]
        blocks.append({name: [0.0] * len(mu) for name in "nmcw"})
        for bound, counting, counts in product(BOUNDS, COUNTINGS, blocks):
            result = {k: nstr(x, 20) for k, x in key(scheme, bound, counting, counts).items()}
            yield {"scheme": scheme, "bound": bound, "counting": counting, **counts, **result}


def main():
    schemes = {k: {"intensities": mu, "probabilities": p} for k, (mu, p, *_) in SCHEMES.items()}
    lines = ",\n".join(json.dumps(case) for case in cases())
    text = f'{{"schemes": {json.dumps(schemes)},\n"cases": [\n{lines}\n]}}\n'
    Path(__file__).with_name("key_bounds.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
