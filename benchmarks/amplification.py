"""Privacy amplification: every way to hash that this machine has, against scipy.fft.

    python benchmarks/amplification.py [LARGEST]        # LARGEST: 23 for 2^23 bits, the default

Random strings of 2^20, 2^23, ... bits become 0.5 as long. CPU time, medians of interleaved runs;
ways that take long run once. Mbit/s of the string that goes in, one end. scipy.fft multiplies a
Toeplitz matrix by real transforms of 64-bit floats, in one piece as short as it may be.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import scipy.fft
from side_by_side import medians, versions

from satqkd.distil.multiply_shift import has_gmpy2, middle_by_gmpy2, middle_by_python
from satqkd.distil.native import native
from satqkd.distil.randomness import simulated_randomness
from satqkd.distil.tag_hash import TagHash
from satqkd.distil.toeplitz import by_fourier, by_path

SHARE = 0.5
SLOW_MBIT_S = 30.0
"""A way slower than that runs once."""


def by_scipy(bits, *, seed, length):
    """One cyclic convolution as long as the seed: from n - 1 on nothing has come round."""
    n = len(bits)
    size = scipy.fft.next_fast_len(len(seed), real=True)
    waves = scipy.fft.rfft(seed.unpacked(), size) * scipy.fft.rfft(bits.unpacked(), size)
    return np.rint(scipy.fft.irfft(waves, size)[n - 1 : n - 1 + length]).astype(np.int64) & 1


def ways(n):
    """What there is to run on strings of n bits."""
    random = simulated_randomness(n)
    length = round(SHARE * n)
    bits, seed = random.bits(n), random.bits(n + length - 1)
    x, half_a = bits.to_bytes(), random.bits(n - 1).to_bytes()
    found = {}
    for path in native().toeplitz_paths() if native() else ():
        found[f"Toeplitz, {path}"] = lambda path=path: by_path(
            native(), path, bits, seed=seed, length=length
        )
    if has_gmpy2():
        found["multiply-shift, gmpy2"] = lambda: middle_by_gmpy2(x, half_a, n=n, length=length)
    found["multiply-shift, Python"] = lambda: middle_by_python(x, half_a, n=n, length=length)
    found["Toeplitz, numpy"] = lambda: by_fourier(bits, seed=seed, length=length)
    found["scipy.fft"] = lambda: by_scipy(bits, seed=seed, length=length)
    return found


def once(run):
    """CPU seconds of one run."""
    begin = time.process_time()
    run()
    return time.process_time() - begin


def taken(n):
    """CPU seconds of each way."""
    runs = ways(n)
    alone = {name: once(run) for name, run in runs.items()}
    quick = {name: run for name, run in runs.items() if n / alone[name] / 1e6 > SLOW_MBIT_S}
    return alone | medians(quick, 9 if n < 1 << 22 else 3)


def tags(n):
    """Mbit/s of the tag of a string, one end."""
    random = simulated_randomness(n)
    content = random.bits(n).to_bytes()
    hashing = TagHash.chosen(random.bits(TagHash.key_bits(50)), length=50)
    return n / medians({"tag": lambda: hashing.tag(content, bits=n)}, 7)["tag"] / 1e6


if __name__ == "__main__":
    print(versions("numpy", "scipy", "gmpy2"))
    for power in range(20, int(sys.argv[1] if sys.argv[1:] else 23) + 1, 3):
        seconds = taken(1 << power)
        peer = seconds["scipy.fft"]
        print(f"\n2^{power} bits to {SHARE:g} as many      Mbit/s   times scipy.fft")
        for name, each in seconds.items():
            speed = (1 << power) / each / 1e6
            print(f"{name:32} {speed:8.1f} {peer / each:10.1f}")
    print(f"\ntag of 2^20 bits: {tags(1 << 20):.0f} Mbit/s")
