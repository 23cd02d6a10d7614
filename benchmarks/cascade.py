"""What Cascade tells, how many rounds it takes, and how fast it is.

    python benchmarks/cascade.py                     # 1,000 frames of 65,536 bits a point
    python benchmarks/cascade.py --frames 20000 --qbers 0.02

f is the leak over Shannon's limit with its standard error. "pass 1" is by how many standard
deviations the leak of the first pass lies beside n/k (1 + P_odd log2 k). Speeds are of both ends
together, per second of CPU of one core, medians over blocks of 16 frames: a busy machine slows them
by its caches. In one process the books of both ends are kept once; "two ends" are apart, in Python.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import threading
import time

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.native import path_taken
from satqkd.distil.reconcile.cascade import CASCADE, CASCADE_FAST, Cascade
from satqkd.distil.reconcile.measure import measure, two_strings
from satqkd.distil.stream import stream

QBERS = (0.005, 0.0075, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06)
FRAME = 65536


def first_pass(engine: Cascade, qber: float, frames: int) -> float:
    """Deviations between the leak of the first pass and its expectation."""
    level = engine.levels(qber, frame_bits=FRAME)[0]
    odd = (1 - (1 - 2 * qber) ** (1 << level)) / 2
    blocks, told = frames * (FRAME >> level), 0
    for seed in stream(1, count=frames).tolist():
        alice, bob = two_strings(FRAME, qber=qber, seed=seed)
        run = engine.run(alice, bob, qber=qber, seed=seed)
        told += int(run.exchange.alice.bits[: level + 1].sum())
    deviation = level * math.sqrt(blocks * odd * (1 - odd))
    return (told - blocks * (1 + odd * level)) / deviation


def speed(engine: Cascade, qber: float, blocks: int) -> float:
    """Mbit of both ends' strings a second of CPU, in one process."""
    took = []
    for seed in range(blocks):
        alice, bob = two_strings(16 * FRAME, qber=qber, seed=seed)
        start = time.process_time()
        engine.run(alice, bob, qber=qber, seed=seed)
        took.append(time.process_time() - start)
    return 16 * FRAME / statistics.median(took) / 1e6


def speed_of_two_ends(engine: Cascade, qber: float, frames: int) -> float:
    """The same with two ends apart."""
    alice, bob = two_strings(frames * FRAME, qber=qber, seed=1)
    start = time.process_time()
    hers, his = engine.alice(alice, qber=qber, seed=1), engine.bob(bob, qber=qber, seed=1)
    exchange(hers, his, stage="reconcile")
    return frames * FRAME / (time.process_time() - start) / 1e6


def cores_of_two_threads(engine: Cascade, qber: float) -> float:
    """CPU over wall time of two threads with 512 frames each: up to 2 where both cores are free."""
    strings = two_strings(512 * FRAME, qber=qber, seed=1)
    threads = [
        threading.Thread(target=engine.run, args=strings, kwargs={"qber": qber, "seed": seed})
        for seed in range(2)
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.process_time() - cpu) / (time.perf_counter() - wall)


def odd_errors(engine: Cascade, frames: int) -> None:
    """Errors that are not memoryless, or not as many as expected."""
    print("\nerrors otherwise                          f of h(mean Q)   failed")
    rng = np.random.default_rng(1)
    kinds = {
        "0.5 to 4 % along the frame": lambda: rng.random(FRAME) < np.linspace(0.005, 0.04, FRAME),
        "bursts of 32, 2 % in all": lambda: bursts(rng),
    }
    for name, errors in kinds.items():
        leak, count, failed = 0, 0, 0
        for seed in range(frames):
            bob, differs = Bits.pack(rng.random(FRAME) < 0.5), Bits.pack(errors())
            alice = Bits(words=bob.words ^ differs.words, size=FRAME)
            run = engine.run(alice, bob, qber=0.02, seed=seed)
            leak += run.exchange.alice.total_bits
            count += int(differs.unpacked().sum())
            failed += not run.bits.equals(alice)
        q = count / (frames * FRAME)
        limit = frames * FRAME * -(q * math.log2(q) + (1 - q) * math.log2(1 - q))
        print(f"{name:42s}{leak / limit:8.3f} {failed:12d} of {frames}")
    for true in (0.015, 0.025, 0.03, 0.04):
        got = measure(engine, frame_bits=FRAME, qber=true, frames=frames, expected=0.02)
        print(f"{true:.1%}, where 2 % are expected{got.efficiency:24.3f} {got.failed.sum():12d}")


def bursts(rng: np.random.Generator) -> np.ndarray:
    """Every second bit of 32 in a row, on average, 82 times."""
    errors = np.zeros(FRAME, dtype=bool)
    for start in rng.integers(0, FRAME - 32, 82):
        errors[start : start + 32] |= rng.random(32) < 0.5
    return errors


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--qbers", type=float, nargs="+", default=QBERS)
    options = parser.parse_args()
    print(f"path: {path_taken()}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("engine        QBER   blocks    f                rounds  most  failed     pass 1  Mbit/s")
    for engine in (CASCADE, CASCADE_FAST):
        for qber in options.qbers:
            got = measure(engine, frame_bits=FRAME, qber=qber, frames=options.frames)
            levels = ",".join(str(each) for each in engine.levels(qber, frame_bits=FRAME))
            print(
                f"{engine.name:12s} {qber:6.2%} {levels:>8s} {got.efficiency:8.4f} "
                f"+- {got.standard_error:.4f} {got.rounds.mean():8.0f} {got.rounds.max():5d} "
                f"{got.failed.sum():3d} of {options.frames} "
                f"{first_pass(engine, qber, min(options.frames, 300)):+6.2f} "
                f"{speed(engine, qber, 25):7.0f}",
                flush=True,
            )
        print(
            f"{engine.name}, two ends in Python, 2 %: "
            f"{speed_of_two_ends(engine, 0.02, 1):.2f} Mbit/s of 1 frame, "
            f"{speed_of_two_ends(engine, 0.02, 16):.2f} of 16"
        )
    print(f"cores that two threads keep busy: {cores_of_two_threads(CASCADE, 0.02):.2f}")
    odd_errors(CASCADE, min(options.frames, 200))


if __name__ == "__main__":
    main()
