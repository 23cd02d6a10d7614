"""Bits that no few units know, and linear steps on them that no few units can falsify.

A string is the sum (modulo 2) of shares. Sifting, syndromes and Toeplitz hashing are linear, so
each unit applies them to its copies of the shares; what is announced or delivered is the sum of
the majority of each share's copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError
from satqkd.key.post_processing.malicious_devices import MaliciousDevices
from satqkd.units import BoolArray, IntArray

BitArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BitShares:
    """One string of bits, shared among the units of one end."""

    devices: MaliciousDevices
    """Who holds which share."""
    copies: BitArray
    """0 or 1, shape (shares, copies, bits): row c of a share is that of its c-th holder."""

    @property
    def bits(self) -> int:
        """Length of the string. [bit]"""
        return int(self.copies.shape[-1])


def split(
    bits: BitArray, *, devices: MaliciousDevices, generator: np.random.Generator
) -> BitShares:
    """Split a string: all shares but the last are random, the last makes their sum the string.

    Parameters
    ----------
    bits
        0 or 1, shape (bits,).
    devices
        Who is to hold the shares.
    generator
        Randomness of the module.

    Returns
    -------
    BitShares
        With all copies alike.

    Examples
    --------
    >>> units = MaliciousDevices(units=4, corrupted_units=1)
    >>> secret = np.array([1, 0, 1], dtype=np.uint8)
    >>> shared = split(secret, devices=units, generator=np.random.default_rng(1))
    >>> shared.copies.shape, reconstruct(shared).tolist()
    ((4, 3, 3), [1, 0, 1])
    """
    random = generator.integers(0, 2, (devices.shares - 1, bits.size), dtype=np.uint8)
    last = np.bitwise_xor.reduce(np.vstack([bits, random]), axis=0)
    shares = np.vstack([random, last])[:, np.newaxis]
    return BitShares(devices=devices, copies=np.repeat(shares, devices.copies, axis=1))


def known_shares(devices: MaliciousDevices, *, units: Iterable[int]) -> BoolArray:
    """Whether a group of units knows each share, shape (shares,)."""
    return np.asarray(np.isin(devices.holders, list(units)).any(axis=1))


def tampered(
    shared: BitShares, *, units: Iterable[int], generator: np.random.Generator
) -> BitShares:
    """Replace all copies of some units by random bits."""
    lie = generator.integers(0, 2, shared.copies.shape, dtype=np.uint8)
    theirs = np.isin(shared.devices.holders, list(units))
    return replace(shared, copies=np.where(theirs[..., np.newaxis], lie, shared.copies))


def disputed(shared: BitShares) -> IntArray:
    """Shares whose holders, comparing, find their copies to differ."""
    return np.flatnonzero((shared.copies != shared.copies[:, :1]).any(axis=(1, 2)))


def settled(shared: BitShares) -> BitShares:
    """Replace all copies of disputed shares by the public majority of their holders.

    No secret is lost: the module or a holder, which know the share, is corrupted already.

    References
    ----------
    .. [1] M. Curty and H.-K. Lo, *npj Quantum Inf.* 5, 14 (2019) (recalled).
    """
    agreed = np.repeat(_agreed(shared)[:, np.newaxis], shared.devices.copies, axis=1)
    return replace(shared, copies=agreed)


def reconstruct(shared: BitShares) -> BitArray:
    """Return the sum of the majority copies of all shares.

    References
    ----------
    .. [1] M. Curty and H.-K. Lo, *npj Quantum Inf.* 5, 14 (2019) (recalled).
    """
    return np.asarray(np.bitwise_xor.reduce(_agreed(shared), axis=0))


def kept(shared: BitShares, *, mask: BoolArray) -> BitShares:
    """Keep the bits of a public mask, as sifting does."""
    return replace(shared, copies=shared.copies[..., mask])


def joined(parts: Sequence[BitShares]) -> BitShares:
    """Put strings after each other, such as the keys of several pairs of modules."""
    if any(part.devices != parts[0].devices for part in parts):
        raise NonPhysicalError("parts", "must be shared among the same units")
    return replace(parts[0], copies=np.concatenate([part.copies for part in parts], axis=-1))


def added(shared: BitShares, *, public: BitArray) -> BitShares:
    """Add public bits to the string, as error correction does: to its first share only."""
    copies = shared.copies.copy()
    copies[0] ^= public
    return replace(shared, copies=copies)


def syndrome(shared: BitShares, *, matrix: BitArray) -> BitShares:
    """Multiply by a public matrix of 0 and 1, shape (parities, bits)."""
    parities = np.tensordot(shared.copies.astype(np.int64), matrix.astype(np.int64), (-1, -1))
    return replace(shared, copies=(parities & 1).astype(np.uint8))


def toeplitz_hash(shared: BitShares, *, seed: BitArray) -> BitShares:
    r"""Shorten the string by a public Toeplitz matrix, as privacy amplification does.

    .. math:: y_i = \sum_j s_{i - j + n - 1}\, x_j \bmod 2

    Parameters
    ----------
    shared
        String :math:`x` of :math:`n` bits.
    seed
        :math:`s`, as many bits as the string and the result have together, less one.

    Returns
    -------
    BitShares
        Of the result.

    Notes
    -----
    A convolution by Fourier transforms, exact up to some 1e8 bits.

    References
    ----------
    .. [1] H. Krawczyk, "LFSR-based hashing and authentication", *CRYPTO '94*, 129 (1994).
    """
    n = shared.bits
    if seed.size < n:
        raise NonPhysicalError(
            "seed", f"must be at least as long as the string ({n} bits), got {seed.size}"
        )
    length = seed.size + n - 1
    waves = np.fft.rfft(shared.copies, length) * np.fft.rfft(seed, length)
    sums = np.fft.irfft(waves, length)[..., n - 1 : seed.size]
    return replace(shared, copies=(np.rint(sums).astype(np.int64) & 1).astype(np.uint8))


def _agreed(shared: BitShares) -> BitArray:
    ones = shared.copies.sum(axis=1, dtype=np.int64)
    return np.asarray(2 * ones > shared.devices.copies, dtype=np.uint8)
