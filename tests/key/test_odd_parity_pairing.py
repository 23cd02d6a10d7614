import numpy as np
import pytest

from satqkd.key.odd_parity_pairing import RawBits, pair_odd, paired_phase_error


def raw(only_a, only_b, both, neither):
    return RawBits(
        **{
            name: np.array([value], dtype=float)
            for name, value in locals().items()
            if name in {"only_a", "only_b", "both", "neither"}
        }
    )


def test_expected_survivors_are_those_of_real_bits():
    """Pairing drawn bits at random leaves the survivors and errors that are computed."""
    bits = raw(30_000, 24_000, 15_000, 600)
    paired = pair_odd(bits, single_photons_a=bits.only_a, single_photons_b=bits.only_b)
    draw = np.random.default_rng(1)
    ones = draw.permutation(np.r_[np.ones(30_000), np.zeros(600)])  # the first sender's bit
    zeros = draw.permutation(np.r_[np.zeros(24_000), np.ones(15_000)])
    pairs = min(ones.size, zeros.size)
    ones, zeros = ones[:pairs], zeros[:pairs]
    odd = ones != zeros
    wrong = odd & (ones == 0)
    # five standard deviations of the random pairing
    assert odd.sum() == pytest.approx(paired.survivors[0], abs=5 * np.sqrt(pairs / 4))
    expected = paired.survivors[0] * paired.qber[0]
    assert wrong.sum() == pytest.approx(expected, abs=5 * np.sqrt(expected))


def test_pairing_cuts_errors_to_their_product():
    """Equal halves of wrong bits, 28 % of all, leave E²/(E² + (1-E)²)."""
    paired = pair_odd(
        raw(36, 36, 14, 14), single_photons_a=np.array([20.0]), single_photons_b=np.array([20.0])
    )
    assert paired.qber[0] == pytest.approx(0.28**2 / (0.28**2 + 0.72**2))
    assert paired.untagged[0] == pytest.approx(50 * 0.4**2)


def test_no_bits_make_no_pairs():
    """Nothing in, nothing out, and no division by nothing."""
    zero = np.zeros(1)
    paired = pair_odd(raw(0, 0, 0, 0), single_photons_a=zero, single_photons_b=zero)
    assert paired.survivors[0] == paired.qber[0] == paired.untagged[0] == 0.0


def test_a_random_phase_stays_random():
    """Two bits of unknown phase have a parity of unknown phase."""
    assert paired_phase_error(np.array([0.0, 0.5])).tolist() == [0.0, 0.5]
