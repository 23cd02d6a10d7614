"""What is not known exactly of source and detectors costs key."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.key.bb84.decoy_bb84 import DecoyBB84

SOURCES = (
    ((0.8, 0.1, 0.0), (0.5, 0.25, 0.25)),
    ((0.6, 0.15, 0.01), (0.6, 0.3, 0.1)),
    ((0.5, 0.15), (0.7, 0.3)),
    ((0.05,), (1.0,)),
)
ETA = np.geomspace(3e-4, 1e-1, 9)


def counts_of(block, source, **known):
    intensities, probabilities = source
    counts = block(
        ETA, pulses=1e11, intensities=intensities, probabilities=probabilities, p_key_basis=0.6
    )
    sent = {"key_pulses": 0.36 * counts.pulses, "check_pulses": 0.16 * counts.pulses}
    each = {name: np.full(ETA.size, value) for name, value in known.items()}
    return replace(counts, **sent, **each)


@pytest.mark.parametrize("source", SOURCES, ids=["micius", "two", "one", "none"])
@pytest.mark.parametrize("bound", ["hoeffding", "exact-chernoff"])
@pytest.mark.parametrize("delta", [0.01, 0.05, 0.1])
def test_no_intensity_that_is_possible_leaves_less_key(block, source, bound, delta):
    """Of 60 drawn inside the intervals none is worse than the worst of their ends."""
    protocol, rng = DecoyBB84(bound=bound), np.random.default_rng(5)
    (least,) = protocol.bases(counts_of(block, source, intensity_uncertainty=delta))
    exact = counts_of(block, source)
    for _ in range(60):
        factors = rng.uniform(1.0 - delta, 1.0 + delta, exact.key_clicks.shape)
        (basis,) = protocol.bases(exact.times_intensities(factors))

        assert (basis.length_bits >= least.length_bits - 1e-6).all()


def test_three_percent_cost_micius_eight(block):
    """Bounds of its intensities: 3 % cost 8 % of the key, 10 % cost 26 to 28."""
    protocol = DecoyBB84(key_bases="both")
    exact = protocol.secure_bits(counts_of(block, SOURCES[0]))[2]
    shares = [
        protocol.secure_bits(counts_of(block, SOURCES[0], intensity_uncertainty=delta))[2] / exact
        for delta in (0.03, 0.1)
    ]

    assert 1.0 - np.array(shares) == pytest.approx([0.08, 0.27], abs=0.02)


def test_a_decoy_that_may_be_the_signal_proves_nothing(block):
    """No key, and the reason says that no single photon was proven."""
    source = ((0.5, 0.4), (0.7, 0.3))
    result = DecoyBB84().key(counts_of(block, source, intensity_uncertainty=0.2))

    assert (result.secure_bits == 0).all()
    assert all(why is not None and "single photon" in why for why in result.why_zero)


@pytest.mark.parametrize("source", SOURCES, ids=["micius", "two", "one", "none"])
def test_more_mismatch_leaves_less_key(block, source):
    """Private bits fall at least by the share that a detector is worse; at 100 % none are left."""
    protocol = DecoyBB84()
    keys, private = [], []
    for share in (0.0, 0.01, 0.1, 0.5, 1.0):
        (basis,) = protocol.bases(counts_of(block, source, detector_mismatch=share))
        keys.append(basis.secure_bits)
        private.append(basis.private_bits - basis.vacuum_bits)

    assert (np.diff(keys, axis=0) <= 0).all()
    assert (private[2] <= 0.9 * private[0]).all()
    assert (keys[-1] == 0).all()


def test_what_is_not_known_stays_with_the_blocks(block):
    """Taken, swapped, mixed with other light: the key is as dear as before."""
    counts = counts_of(block, SOURCES[0], intensity_uncertainty=0.05, detector_mismatch=0.1)
    protocol, index = DecoyBB84(), np.array([3, 1])

    assert (protocol.secure_bits(counts.take(index)) == protocol.secure_bits(counts)[index]).all()
    assert counts.swapped().intensity_uncertainty is counts.intensity_uncertainty
    assert counts.swapped().detector_mismatch is counts.detector_mismatch
