"""LDPC reconciliation: what it tells, how often frames fail, how fast, beside PyPI's ldpc.

python benchmarks/reconcile_ldpc.py [frames of 65,536 bits a point; 500]

Memoryless errors from a fixed seed; both ends in one process, CPU time of one core. A frame has
failed if it was told in full or differs at the end. PyPI's package may be missing.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time

import numpy as np
from side_by_side import medians, versions

from satqkd.distil.bits import Bits
from satqkd.distil.native import native, path_taken
from satqkd.distil.reconcile.ldpc import LDPC, LDPC_BLIND, Ldpc
from satqkd.distil.reconcile.ldpc_code import ldpc_code
from satqkd.distil.reconcile.ldpc_decoder import Frames, belief_of, decode_in_c, decode_in_python
from satqkd.key.post_processing.leakage import leak_bits, one_way_limit_bits

FAILURE = 1e-2


def limit(size, qber):
    """Shannon's. [bit]"""
    return float(leak_bits(np.array(qber), sifted_bits=np.array(float(size)), ec_efficiency=1.0))


def floor(size, qber):
    """What no one-way code of one frame that fails once in a hundred goes below, over Shannon's."""
    bits = one_way_limit_bits(
        np.array(qber), sifted_bits=np.array(float(size)), failure_probability=FAILURE
    )
    return float(bits) / limit(size, qber)


def strings(size, *, qber, seed):
    """Alice's bits and Bob's."""
    rng = np.random.default_rng(seed)
    alice = Bits.from_bytes(rng.bytes(size // 8), size=size)
    errors = Bits.pack(rng.random(size, dtype=np.float32) < qber)
    return alice, Bits(words=alice.words ^ errors.words, size=size)


def efficiencies(frames):
    """One line an engine, a frame length and an error fraction."""
    print(
        "engine          n     QBER  told first  f in all   floor  failed     asks  rounds  Mbit/s"
    )
    points = [(65_536, each) for each in (0.005, 0.01, 0.02, 0.03, 0.05, 0.08)]
    points += [(16_384, each) for each in (0.01, 0.02, 0.05)]
    for way in (LDPC, LDPC_BLIND):
        for bits, qber in points:
            one = Ldpc(
                name=way.name,
                frame_bits=bits,
                rate=way.rate,
                requests=way.requests,
                sweeps=way.sweeps,
            )
            line(one, frames=frames, qber=qber)


def line(way, *, frames, qber):
    """Let an engine correct frames as one string."""
    size = frames * 65_536
    alice, bob = strings(size, qber=qber, seed=int(1e4 * qber))
    plan = way.plan(size, qber=qber, seed=1)
    begin = time.process_time()
    found = way.run(alice, bob, qber=qber, seed=1)
    spent = time.process_time() - begin
    count = plan.deal.frames
    wrong = plan.deal.out(found.bits.words ^ alice.words, length=plan.frame_words).any(axis=1)
    said, at, asks = found.exchange.bob, 0, 0
    for length in said.bits.tolist():
        octets = np.frombuffer(said.content[at : at + -(-length // 8)], dtype=np.uint8)
        asks += int(np.unpackbits(octets, bitorder="little")[:count].sum())
        at += octets.size
    print(
        f"{way.name:11} {way.frame_bits:6} {100 * qber:6.1f} %"
        f" {plan.code.checks * count / limit(size, qber):10.3f}"
        f" {found.exchange.alice.total_bits / limit(size, qber):9.3f}"
        f" {floor(way.frame_bits, qber):8.3f}"
        f" {int((found.told | wrong).sum()):4}/{count:<5}"
        f" {asks / count:5.2f} {found.exchange.rounds:7} {size / spent / 1e6:7.1f}",
        flush=True,
    )


def puzzle(code, *, frames, qber):
    """Random errors, and what Bob knows about them."""
    bits = np.random.default_rng(3).random((frames, code.bits)) < qber
    errors = np.packbits(bits, axis=1, bitorder="little").view(np.uint64)
    nothing = np.zeros_like(errors)
    known = Frames(syndromes=code.syndromes(errors), known=nothing, value=nothing)
    return bits, errors, known


def decoders():
    """The same code and the same frames: the decoder's paths and a package."""
    code, qber = ldpc_code(rows=87, columns=512, lift=128), 0.02
    print(f"\nDecoder alone, n = 65,536, {code.checks} parities (f 1.202), QBER 2 %, 60 sweeps:")
    rows = {}

    def ours(name, frames, decode):
        """Median of five."""
        _, errors, known = puzzle(code, frames=frames, qber=qber)

        def run():
            return decode(frames=known, belief=belief_of(qber), sweeps=60, wanted=0)

        wrong = (run().errors != errors).any(axis=1).sum()
        rows[name] = (medians({name: run})[name] / frames, wrong, frames)

    if native() is not None:
        for name, narrow in (("C, widest lanes here", False), ("C, lanes of any processor", True)):
            ours(
                name,
                40,
                lambda narrow=narrow, **given: decode_in_c(
                    native(), code=code, narrow=narrow, **given
                ),
            )
    ours("numpy", 16, lambda **given: decode_in_python(code, **given))
    try:
        peer(code, qber, rows)
    except ImportError:
        print("  (PyPI's ldpc is not installed)")
    first = next(iter(rows.values()))[0]
    for name, (seconds, wrong, frames) in rows.items():
        print(
            f"  {name:28} {code.bits / seconds / 1e6:9.3f} Mbit/s"
            f" {seconds / first:9.1f}x  wrong {wrong}/{frames}"
        )


def peer(code, qber, rows):
    """PyPI's sum-product on the same matrix."""
    from ldpc import BpDecoder
    from scipy.sparse import csr_array, csr_matrix

    row = np.repeat(np.arange(code.rows), np.diff(code.starts))[:, np.newaxis]
    lane = np.arange(code.lift)
    check = (row * code.lift + lane).ravel()
    bit = code.column[:, np.newaxis].astype(np.int64) * code.lift
    bit = (bit + (lane + code.shift[:, np.newaxis].astype(np.int64)) % code.lift).ravel()
    ones = np.ones(check.size, dtype=np.uint8)
    matrix = csr_array((ones, (check, bit)), shape=(code.checks, code.bits))
    decoder = BpDecoder(
        csr_matrix(matrix),
        error_rate=qber,
        max_iter=60,
        bp_method="product_sum",
        schedule="parallel",
    )
    bits, _, _ = puzzle(code, frames=3, qber=qber)
    seconds, wrong = [], 0
    for each in bits:
        syndrome = np.asarray((matrix @ each.astype(np.uint8)) % 2, dtype=np.uint8)
        begin = time.process_time()
        found = decoder.decode(syndrome)
        seconds.append(time.process_time() - begin)
        wrong += int((found.astype(np.bool_) != each).any())
    rows["PyPI ldpc, product_sum"] = (float(np.median(seconds)), wrong, len(bits))


def main():
    """Print both tables."""
    print(f"{versions('numpy', 'ldpc')}; path: {path_taken()}")
    begin = time.process_time()
    ldpc_code.__wrapped__(rows=87, columns=512, lift=128)
    print(f"a code of 87 x 512 circulants: {time.process_time() - begin:.3f} s")
    efficiencies(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
    decoders()


if __name__ == "__main__":
    main()
