"""Make tagged_key.json: keys without decoys and with known yields, to 40 digits.

    python tests/reference/make_tagged_key.py

All pulses of several photons tagged: D. Gottesman et al., *Quantum Inf. Comput.* 4, 325 (2004);
known yields: H.-K. Lo, X. Ma and K. Chen, *Phys. Rev. Lett.* 94, 230504 (2005). Chance: the
Chernoff bound O ln(O/E) - O + E = ln(1/eps) for what is observed, and
E - O + O ln(O/E) = ln(1/eps) for what was expected (Z. Zhang et al., *Phys. Rev. A* 95, 012333,
2017), both solved by bisection. Phase error and both ways to count: of make_key_bounds.py.
"""

from __future__ import annotations

import json
from itertools import product
from math import expm1
from pathlib import Path

from make_key_bounds import (
    COUNTINGS,
    EC_EFFICIENCY,
    EPS_COR,
    EPS_SEC,
    entropy,
    seven_digits,
    shares,
)
from mpmath import exp as mexp
from mpmath import ln, log, mpf, nstr

TERMS = 21
CLASSICAL = {"none": 2, "infinite": 4}
LOSSES_DB = (0, 10, 20, 30, 60, 200)
PULSES = (1e4, 1e7, 1e10, 1e14, 1e22)
LIGHT = (
    *((0.002, None), (0.1, None), (0.3, None), (0.6, None), (0.9, None)),
    *((0.7, 0.0), (0.7, 0.005), (0.1, 0.02)),
)
"""Mean photon number; g2, or None for laser light."""
COUNTS = (0.0, 1e-3, 0.5, 3.0, 20.0, 23.9, 60.0, 1e3, 1e6, 1e12, 1e22)


def bisect(rises, low, high):
    for _ in range(400):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) else (middle, high)
    return (low + high) / 2


def observed(expected, beta):
    """Least and most that is observed of an expectation."""
    if expected == 0:
        return mpf(0), mpf(0)

    def excess(z):
        return z * ln(z) - z + 1 - beta / expected

    top = 2 + 4 * beta / expected
    most = bisect(lambda z: excess(z) > 0, mpf(1), top)
    least = mpf(0) if beta >= expected else bisect(lambda z: excess(z) < 0, mpf("1e-60"), mpf(1))
    return expected * least, expected * most


def expected(count, beta):
    """Least and most that may have been expected of a count."""
    if count == 0:
        return mpf(0), beta

    def excess(x):
        return x - 1 - ln(x) - beta / count

    most = bisect(lambda x: excess(x) > 0, mpf(1), 3 + 3 * beta / count)
    least = mexp(-bisect(lambda y: excess(mexp(-y)) > 0, mpf(0), 2 + beta / count))
    return count * least, count * most


def sizes(light):
    mu, g2 = light
    if g2 is None:
        return mpf(mu), 1 - (1 + mpf(mu)) * mexp(-mpf(mu))
    return mpf(mu), mpf(g2) * mpf(mu) ** 2 / 2


def simulate(light, loss_db, setting):
    pulses, error, background, p_key = setting
    mu, g2 = light
    eta = 10 ** (-loss_db / 10)
    signal = -expm1(-eta * mu) if g2 is None else eta * mu - g2 * mu**2 / 2 * eta**2
    click = background + (1 - background) * signal
    wrong = min(background / 2 + error * signal, click / 2)
    yield1 = background + (1 - background) * eta
    case = {"N": pulses * p_key**2, "C": pulses * (1 - p_key) ** 2}
    case |= {"n": case["N"] * click, "m": case["N"] * wrong}
    case |= {"c": case["C"] * click, "w": case["C"] * wrong}
    case |= {"y0": background, "y1": yield1, "e1": min(background / 2 + error * eta, yield1 / 2)}
    return {name: seven_digits(x) for name, x in case.items()}


def tagged(light, case, beta):
    _, several = sizes(light)
    s1 = max(case["n"] - observed(case["N"] * several, beta)[1], mpf(0))
    c1 = max(case["c"] - observed(case["C"] * several, beta)[1], mpf(0))
    return mpf(0), s1, c1, case["w"]


def known(light, case, beta):
    mu, _ = sizes(light)
    empty, one = mexp(-mu), mu * mexp(-mu)
    s0 = observed(case["N"] * empty * case["y0"], beta)[0]
    s1 = observed(case["N"] * one * case["y1"], beta)[0]
    c1 = observed(case["C"] * one * case["y1"], beta)[0]
    v1 = observed(case["C"] * one * case["e1"], beta)[1]
    return s0, s1, c1, min(v1, case["w"])


def key(name, counting, light, numbers):
    eps, eps_phase, cost, sampled = shares(counting, TERMS, CLASSICAL[name])
    analysis = {"none": tagged, "infinite": known}[name]
    case = {name: mpf(x) for name, x in numbers.items()}
    s0, s1, c1, v1 = analysis(light, case, ln(1 / eps))
    s1 = min(s1, case["n"])
    s0 = min(s0, case["n"] - s1)
    phi = sampled(eps_phase, v1, c1, s1)
    leak = EC_EFFICIENCY * case["n"] * entropy(case["m"] / case["n"]) if case["n"] else mpf(0)
    cost += log(2 / EPS_COR, 2)
    length = s0 + s1 * (1 - entropy(phi)) - leak - cost
    return {"s0": s0, "s1": s1, "c1": c1, "phi": phi, "leak": leak, "length": length}


def cases():
    for i, (light, loss_db) in enumerate(product(LIGHT, LOSSES_DB)):
        setting = (
            PULSES[i % 5],
            (0.0, 0.01, 0.04)[i % 3],
            (0.0, 1e-8, 1e-6, 1e-4)[i % 4],
            (0.5, 0.9)[i % 2],
        )
        numbers = simulate(light, loss_db, setting)
        for name, counting in product(CLASSICAL, COUNTINGS):
            if name == "none" or light[1] is None:
                result = {k: nstr(x, 20) for k, x in key(name, counting, light, numbers).items()}
                yield {
                    "decoys": name,
                    "counting": counting,
                    "mu": light[0],
                    "g2": light[1],
                    **numbers,
                    **result,
                }


def bounds():
    beta = ln(TERMS / EPS_SEC)
    for count in COUNTS:
        low, high = expected(mpf(count), beta)
        least, most = observed(mpf(count), beta)
        row = {"expected_low": low, "expected_high": high}
        row |= {"observed_low": least, "observed_high": most}
        yield {"count": count, **{name: nstr(x, 20) for name, x in row.items()}}


def main():
    some = ",\n".join(json.dumps(row) for row in bounds())
    rows = ",\n".join(json.dumps(case) for case in cases())
    text = f'{{"bounds": [\n{some}\n],\n"cases": [\n{rows}\n]}}\n'
    Path(__file__).with_name("tagged_key.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
