"""Hashes of a few strings, bit by bit as their definitions are written; imports no satqkd.

    python tests/reference/make_hashes.py        # writes hashes.json beside this file

Strings, seeds and keys are numbers, their first bit counting 1; they come from SHA-256 of a label.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

SHAPES = ((1, 1), (2, 1), (7, 7), (8, 3), (63, 20), (64, 64), (65, 64), (130, 67), (1000, 333))
CONTENTS = (0, 1, 8, 55, 56, 57, 224, 225, 1000, 5000)
TAGS = (1, 50, 64, 80, 122)
PRIME = 2**61 - 1


def drawn(label: str, bits: int) -> int:
    """A number below 2^bits."""
    digest = b"".join(
        hashlib.sha256(f"{label} {i}".encode()).digest() for i in range(bits // 256 + 1)
    )
    return int.from_bytes(digest, "little") % 2**bits


def bit(number: int, place: int) -> int:
    """The bit that counts 2^place."""
    return number >> place & 1


def toeplitz(x: int, s: int, n: int, length: int) -> int:
    """y_i = sum over j of s_(i - j + n - 1) x_j."""
    return sum(
        (sum(bit(s, i - j + n - 1) * bit(x, j) for j in range(n)) % 2) << i for i in range(length)
    )


def multiply_shift(x: int, seed: int, n: int, length: int) -> int:
    """(a x mod 2^n) / 2^(n - l), the product by the method of school."""
    a = 2 * seed + 1
    product = sum((a << j) for j in range(n) if bit(x, j)) % 2**n
    return product // 2 ** (n - length)


def polynomial(x: int, n: int, point: int) -> int:
    """n r^k + m_1 r^(k-1) + ... + m_k, power by power."""
    k = -(-n // 56)
    symbols = [x >> 56 * i & (2**56 - 1) for i in range(k)]
    terms = [n * point**k] + [m * point ** (k - 1 - i) for i, m in enumerate(symbols)]
    return sum(terms) % PRIME


def tag(x: int, key: int, n: int, length: int) -> int:
    """Both values, 122 bits, times the matrix."""
    first, second = key % 2**61, key >> 61 & (2**61 - 1)
    both = polynomial(x, n, first) + (polynomial(x, n, second) << 61)
    return toeplitz(both, key >> 122, 122, length)


def hashes() -> dict[str, list[dict[str, object]]]:
    """All of them."""
    found: dict[str, list[dict[str, object]]] = {"toeplitz": [], "multiply-shift": [], "tag": []}
    for n, length in SHAPES:
        x = drawn(f"x {n}", n)
        for name, family, seed_bits in (
            ("toeplitz", toeplitz, n + length - 1),
            ("multiply-shift", multiply_shift, n - 1),
        ):
            seed = drawn(f"{name} {n} {length}", seed_bits)
            y = family(x, seed, n, length)
            found[name].append({"n": n, "l": length, "x": hex(x), "seed": hex(seed), "y": hex(y)})
    for n in CONTENTS:
        for length in TAGS:
            x, key = drawn(f"content {n}", n), drawn(f"key {n} {length}", 2 * 122 + length - 1)
            y = tag(x, key, n, length)
            found["tag"].append({"n": n, "l": length, "x": hex(x), "seed": hex(key), "y": hex(y)})
    return found


if __name__ == "__main__":
    out = Path(__file__).with_name("hashes.json")
    out.write_text(json.dumps(hashes(), indent=1) + "\n", encoding="utf-8")
