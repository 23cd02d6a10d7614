"""Finite keys of given counts: many blocks at once against one block at a time in numpy.

python benchmarks/key_bounds.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import math

import numpy as np
from side_by_side import medians, versions

from satqkd.clicks.counts import Counts
from satqkd.clicks.gains import click_and_error
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.authentication import Authentication
from satqkd.key.statistics.concentration import INTERVALS

BLOCKS = 8192
ALONE = 64
MU, P = np.array([0.6, 0.15, 0.0]), np.array([0.7, 0.2, 0.1])


def blocks():
    """Expected counts of blocks between 20 and 40 dB."""
    click, error = click_and_error(
        10.0 ** -np.linspace(2, 4, BLOCKS),
        intensity=MU[:, np.newaxis],
        background_probability=1e-7,
        intrinsic_error=0.01,
    )
    sent = 1e10 * P[:, np.newaxis]
    key_clicks, key_errors, check_clicks, check_errors = (
        np.ascontiguousarray((share * sent * each).T)
        for share in (0.81, 0.01)
        for each in (click, error)
    )
    return Counts(
        intensities=MU,
        probabilities=P,
        pulses=np.full(BLOCKS, 1e10),
        key_clicks=key_clicks,
        key_errors=key_errors,
        check_clicks=check_clicks,
        check_errors=check_errors,
    )


def entropy(x):
    """Binary entropy of one number. [bit]"""
    return 0.0 if x <= 0 or x >= 1 else -x * np.log2(x) - (1 - x) * np.log2(1 - x)


def alone(n, m, c, w):
    """Lim et al. 2014 for one block, as one writes it first."""
    log_term = math.log(21 / 1e-9)

    def bounds(values):
        """Hoeffding bounds on the counts that each intensity would give without statistics."""
        delta = np.sqrt(np.sum(values) * log_term / 2)
        return np.exp(MU) / P * (values - delta), np.exp(MU) / P * (values + delta)

    tau0, tau1 = np.sum(P * np.exp(-MU)), np.sum(P * MU * np.exp(-MU))

    def photons(values):
        """Lower bounds on the clicks of empty pulses and of single photons."""
        low, high = bounds(values)
        s0 = max(0.0, (MU[1] * low[2] - MU[2] * high[1]) / (MU[1] - MU[2]))
        squares = MU[1] ** 2 - MU[2] ** 2
        s1 = low[1] - high[2] - squares / MU[0] ** 2 * (high[0] - s0)
        return tau0 * s0, max(0.0, tau1 * MU[0] * s1 / (MU[0] * (MU[1] - MU[2]) - squares))

    s0, s1 = photons(n)
    _, c1 = photons(c)
    low, high = bounds(w)
    v1 = min(max(tau1 * (high[1] - low[2]) / (MU[1] - MU[2]), 0.0), np.sum(w))
    if c1 < 1:
        return 0.0
    b, d = min(max(v1, 1.0) / c1, 0.5), max(s1, 1.0)
    u, var = 1 / c1 + 1 / d, b * (1 - b)
    log = max(np.log(u / var) + 2 * log_term, 0.0)
    large = np.sqrt(u * var * log) / np.log(2)
    r, G = max(c1, d) / (c1 + d), u * max(log - np.log(2 * np.pi), 0.0)
    small = ((1 - 2 * b) * r * G + np.sqrt(r * r * G * G + 4 * var * G)) / (2 + 2 * r * r * G)
    phi = min(b + max(large, small), 0.5)
    cost = 6 * log_term / np.log(2) + np.log2(2 / 1e-15)
    leak = 1.16 * np.sum(n) * entropy(np.sum(m) / np.sum(n))
    length = s0 + s1 * (1 - entropy(phi)) - leak - cost
    return float(np.floor(max(length, 0.0))) if phi < 0.5 else 0.0


def main():
    """Time every bound for all blocks at once, and one block at a time; compare the keys."""
    print(versions("numpy"), "one thread, CPU time")
    counts = blocks()
    some = np.linspace(0, BLOCKS - 1, ALONE).astype(int)
    names = ("key_clicks", "key_errors", "check_clicks", "check_errors")
    rows = [[getattr(counts, name)[i] for name in names] for i in some]
    single = [counts.take(np.array([i])) for i in some]
    protocols = {bound: DecoyBB84(bound=bound) for bound in INTERVALS}
    taken = medians(
        {
            **{
                name: lambda p=p: [p.secure_bits(counts) for _ in range(20)]
                for name, p in protocols.items()
            },
            "same code, one": lambda: [protocols["hoeffding"].secure_bits(c) for c in single],
            "plain numpy, one": lambda: [alone(*row) for row in rows],
        },
        repeats=9,
    )
    per = {name: taken[name] / (20 * BLOCKS) for name in protocols}
    per |= {name: taken[name] / ALONE for name in taken if name not in protocols}
    for name, seconds in per.items():
        print(
            f"  {name:18} {1 / seconds:14,.0f} keys/s"
            f" {per['same code, one'] / seconds:9.1f}× {per['plain numpy, one'] / seconds:9.1f}×"
        )
    published = DecoyBB84(
        epsilon_counting="as-published", authentication=Authentication(messages=0)
    )
    ours = published.secure_bits(counts)[some]
    apart = max(abs(alone(*row) - bits) for row, bits in zip(rows, ours, strict=True))
    print(f"keys as published differ by at most {apart:.0f} bit, the largest is {ours.max()} bit")
    if apart > 1:
        raise SystemExit("the two disagree")


if __name__ == "__main__":
    main()
