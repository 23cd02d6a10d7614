"""Best intensities, probabilities and basis bias of passes: ours, scipy's SLSQP, and evolution.

SLSQP starts from the middle of the same bounds and sees the very same objective, one pass at a
time, with a Python call for each evaluation; differential evolution says how good the key is.

    python benchmarks/optimise.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import warnings

import numpy as np
from scipy.optimize import differential_evolution, minimize
from side_by_side import medians, table, versions

from satqkd.clicks.detector import Detector
from satqkd.clicks.pass_clicks import pass_clicks
from satqkd.clicks.source import DecoySource
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.optimise import objective_of, optimise

SAMPLES = 100


def some_passes(count, seed=1):
    """Passes with 24 to 44 dB at their best and 10 dB more at their ends."""
    rng = np.random.default_rng(seed)
    loss_db = rng.uniform(24, 44, count)[:, np.newaxis] + 10 * np.linspace(-1, 1, SAMPLES) ** 2
    return pass_clicks(
        10 ** (-0.1 * loss_db).ravel(),
        background_rate_hz=np.repeat(10 ** rng.uniform(1, 3, count), SAMPLES),
        source=DecoySource(
            pulse_rate_hz=1e8,
            intensities=(0.8, 0.1, 0.0),
            probabilities=(0.5, 0.25, 0.25),
            p_key_basis=0.5,
            intrinsic_error=0.01,
        ),
        detector=Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=2e-9),
        weight_s=np.full(count * SAMPLES, 4.0),
        starts=SAMPLES * np.arange(count + 1),
    )


def by_slsqp(passes, protocol):
    """Optimise each pass with scipy's SLSQP."""
    found = []
    for i in range(len(passes)):
        score, size = objective_of(passes.take(slice(i, i + 1)), protocol=protocol, decoys=2)
        scale = max(float(passes.coefficients[1, i]), 1.0)

        def negative(x, score=score, scale=scale):
            """What SLSQP makes least: the score of one set of coordinates, near 1."""
            return -float(score(x[:, np.newaxis, np.newaxis])[0, 0]) / scale

        best = minimize(negative, np.zeros(size), method="SLSQP", bounds=[(-6, 6)] * size)
        found.append(-best.fun * scale)
    return np.array(found)


def by_evolution(passes, protocol):
    """Optimise each pass with differential evolution."""
    found = []
    for i in range(len(passes)):
        score, size = objective_of(passes.take(slice(i, i + 1)), protocol=protocol, decoys=2)
        best = differential_evolution(
            lambda x, score=score: -score(x.reshape(x.shape[0], -1, 1))[:, 0],
            [(-6, 6)] * size,
            vectorized=True,
            updating="deferred",
            seed=2,
            popsize=30,
            maxiter=300,
            tol=1e-10,
            polish=False,
        )
        found.append(-best.fun)
    return np.array(found)


def main():
    """Print how far and how fast each comes."""
    parser = argparse.ArgumentParser(description="Optimise settings of passes.")
    parser.add_argument("--passes", type=int, default=2000)
    parser.add_argument("--peers", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(versions("numpy", "scipy"), "one thread, CPU time")
    many = some_passes(options.passes, seed=options.seed)
    few = some_passes(options.peers, seed=options.seed + 1)
    for bases, rounded in (("one", 1), ("both", 2)):
        protocol = DecoyBB84(key_bases=bases)
        rows = medians(
            {
                "satqkd": lambda p=protocol: optimise(many, protocol=p, decoys=2),
                "scipy SLSQP": lambda p=protocol: by_slsqp(few, p),
            },
            options.repeats,
        )
        rows = {"satqkd": rows["satqkd"] / len(many), "scipy SLSQP": rows["scipy SLSQP"] / len(few)}
        print(f"\nkey from {bases}: {len(many)} passes, SLSQP {len(few)}")
        table(rows, ours="satqkd", unit_s=1.0, unit="pass")
        ours = optimise(few, protocol=protocol, decoys=2).secure_bits
        slsqp, best = by_slsqp(few, protocol), by_evolution(few, protocol)
        keyed = best > 1e3
        share = (ours + rounded)[keyed] / best[keyed]  # A basis makes whole bits.
        print(
            f"  of the key of differential evolution ({keyed.sum()} passes): "
            f"ours at least {share.min():.6f}, "
            f"in sum {ours.sum() / np.maximum(best, 0).sum():.6f}; "
            f"SLSQP at least {(slsqp[keyed] / best[keyed]).min():.4f}, "
            f"in sum {np.maximum(slsqp, 0).sum() / np.maximum(best, 0).sum():.6f}"
        )


if __name__ == "__main__":
    main()
