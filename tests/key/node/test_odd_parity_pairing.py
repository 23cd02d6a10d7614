import numpy as np
import pytest

from satqkd.key.node.odd_parity_pairing import (
    RawBits,
    most_paired_phase_error,
    pair_odd,
    paired_phase_error,
)
from satqkd.key.statistics.concentration import chernoff_observed


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


def test_no_pair_of_like_qubits_errs_more_than_two_independent_bits():
    """Whatever the state, a singlet among unlike bits is at most as frequent as 2e(1-e)."""
    draw = np.random.default_rng(3)
    bloch = draw.normal(size=(3, 4000))
    bloch *= draw.uniform(0.0, 1.0, 4000) ** 0.2 / np.linalg.norm(bloch, axis=0)
    pauli = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    qubits = 0.5 * (np.eye(2) + np.einsum("in,iab->nab", bloch, pauli))
    pairs = np.einsum("nab,ncd->nacbd", qubits, qubits).reshape(-1, 4, 4)
    singlet = np.array([0.0, 1.0, -1.0, 0.0]) / np.sqrt(2.0)
    wrong = np.einsum("a,nab,b->n", singlet, pairs, singlet).real
    odd = (pairs[:, 1, 1] + pairs[:, 2, 2]).real
    x, z = bloch[0], bloch[2]

    assert wrong / odd == pytest.approx((1 - (bloch**2).sum(axis=0)) / (2 - 2 * z**2), rel=1e-9)
    assert (wrong / odd <= paired_phase_error(0.5 * (1.0 - x)) + 1e-12).all()


def paired_at_random(draw, *, singles, tagged, error, trials):
    """Surviving pairs of single photons, and their phase errors, of bits paired by their values.

    Phases are wrong by chance and stay so: a pair of unlike bits errs where one of its phases does.
    """
    size = singles + tagged
    pairs, odd = np.zeros(trials), np.zeros(trials)
    for trial in range(trials):
        wrong = np.concatenate([draw.random(singles) < error, np.zeros(tagged, dtype=bool)])
        single, bit = np.arange(size) < singles, draw.random(size) < 0.5
        zeros = draw.permutation(np.flatnonzero(~bit))
        ones = draw.permutation(np.flatnonzero(bit))
        made = min(zeros.size, ones.size)
        zeros, ones = zeros[:made], ones[:made]
        both = single[zeros] & single[ones]
        pairs[trial] = both.sum()
        odd[trial] = (both & (wrong[zeros] != wrong[ones])).sum()
    return pairs, odd


@pytest.mark.parametrize("error", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("epsilon", [0.5, 0.1])
def test_the_bound_holds_as_often_as_it_says(error, epsilon):
    """Failure probabilities large enough to be seen, and nothing charged for clever states."""
    draw, singles, tagged, trials = np.random.default_rng(7), 1500, 500, 300
    pairs, odd = paired_at_random(draw, singles=singles, tagged=tagged, error=error, trials=trials)
    bound = {"log_term": np.log(1.0 / epsilon)}
    most = most_paired_phase_error(
        np.full(trials, error),
        expected_photons=np.full(trials, float(singles)),
        single_photons=np.full(trials, float(singles)),
        pairs=pairs,
        raw_bits=np.zeros(trials),
        **bound,
    )
    least, _ = chernoff_observed(np.array([1000.0 * 0.75**2]), **bound)

    # Four standard deviations above the chance allowed.
    allowed = epsilon + 4 * np.sqrt(epsilon / trials)
    assert (odd > most * pairs).mean() <= allowed
    # How many zeros there are fluctuates here by chance too, by some 1 %.
    assert (pairs < 0.98 * least).mean() <= allowed
    assert odd.mean() / pairs.mean() == pytest.approx(paired_phase_error(error), rel=0.05)


def test_without_the_charge_the_bound_would_fail():
    """The simulation can tell: half of the error that is, and nearly every trial lies above."""
    draw = np.random.default_rng(8)
    pairs, odd = paired_at_random(draw, singles=1500, tagged=500, error=0.2, trials=50)
    most = most_paired_phase_error(
        np.full(50, 0.1),
        expected_photons=np.full(50, 1500.0),
        single_photons=np.full(50, 1500.0),
        pairs=pairs,
        raw_bits=np.zeros(50),
        log_term=np.log(2.0),
    )

    assert (odd > most * pairs).mean() > 0.9


class TestMostPairedPhaseError:
    """What pairing costs a finite block."""

    def bound(self, error, *, size=1e6, raw=None, expected=None, log_term=25.0):
        sizes = np.atleast_1d(np.asarray(size, dtype=float))
        error, sizes = np.broadcast_arrays(np.atleast_1d(np.asarray(error, dtype=float)), sizes)
        return most_paired_phase_error(
            error,
            expected_photons=sizes if expected is None else np.full(error.size, expected),
            single_photons=sizes,
            pairs=0.25 * sizes,
            raw_bits=1.5 * sizes if raw is None else np.full(error.size, raw),
            log_term=log_term,
        )

    def test_endless_blocks_pay_nothing(self):
        """From above, ever closer to 2e(1-e)."""
        bound = self.bound(0.1, size=10.0 ** np.arange(4, 21))

        assert (np.diff(bound) < 0).all()
        assert bound[-1] == pytest.approx(0.18, rel=1e-6)
        assert (bound > 0.18).all()

    def test_grows_with_the_logarithm_of_the_block(self):
        """More raw bits beside the same single photons leave more states to choose from."""
        excess = np.array([self.bound(0.1, raw=10.0**k)[0] - 0.18 for k in (6, 12, 24)])

        assert (np.diff(excess) > 0).all()
        assert excess[2] < 2.5 * excess[0]

    def test_rises_with_the_error_and_with_certainty(self):
        """And never above one half."""
        error = np.linspace(0.0, 0.5, 51)

        assert (np.diff(self.bound(error)) >= 0).all()
        assert (self.bound(error, log_term=40.0) >= self.bound(error)).all()
        assert self.bound(error)[-1] == 0.5
        assert 0.0 < self.bound(0.0)[0] < 0.01

    def test_errors_are_those_of_all_single_photons_expected(self):
        """Fewer of them than expected may hold all of the errors that were expected."""
        expected, least = 1e5, 1e5 - np.sqrt(2 * 25.0 * 1e5)
        bound = self.bound(0.1, size=least, expected=expected)

        assert bound == pytest.approx(self.bound(0.1 * expected / least, size=least), rel=1e-12)
        assert bound > 1.015 * self.bound(0.1, size=least)

    def test_nothing_known_is_one_half(self):
        """No single photons, no pairs: no bound, and no division by nothing."""
        assert self.bound(0.1, size=[0.0, 1.0, 30.0]).tolist() == [0.5, 0.5, 0.5]
