from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.clicks.counts import Counts
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.authentication import Authentication
from satqkd.key.statistics.entropy import binary_entropy

SATQUMA = DecoyBB84(bound="chernoff", epsilon_counting="as-published")


def one_row(row, intensities, probabilities, names):
    """Make a block of a row of reference counts."""
    arrays = {field: np.array([row[name]]) for field, name in names.items()}
    return Counts(
        intensities=np.array(intensities),
        probabilities=np.array(probabilities),
        pulses=np.array([0.0]),
        **arrays,
    )


def satquma_blocks(reference):
    table = reference("satquma_counts.json")
    names = {n: n for n in ("key_clicks", "key_errors", "check_clicks", "check_errors")}
    for row in table["rows"]:
        yield row, one_row(row, table["intensities"], table["probabilities"], names)


class TestSatquma:
    """SatQuMA v2.0.0, example `input-noopt-readloss`, multiplicative Chernoff bound."""

    def test_key_lengths_agree(self, reference):
        """From its counts come its keys."""
        for row, counts in satquma_blocks(reference):
            (basis,) = SATQUMA.bases(counts)

            # The same algebra; its keys are printed to 0.1 bit.
            ours = max(basis.length_bits.item(), 0.0)
            assert ours == pytest.approx(row["satquma_key_bits"], rel=1e-6)

    def test_intermediate_numbers_agree(self, reference):
        """Each term of the first key is the one printed."""
        _, counts = next(satquma_blocks(reference))
        (basis,) = SATQUMA.bases(counts)
        result = SATQUMA.key(counts)

        ours = {
            "nX": result.sifted_bits.item(),
            "nZ": basis.check_clicks.item(),
            "QBER": result.qber.item(),
            "phiX": result.phase_error.item(),
            "sX1": result.single_photon_bits.item(),
            "sZ1": basis.check_single_photons.item(),
            "lambdaEC": result.leak_ec_bits.item(),
        }
        assert ours == pytest.approx(
            {
                "nX": 12_144_720.13,
                "nZ": 1_196_565.20,
                "QBER": 0.00151904,
                "phiX": 0.00460830,
                "sX1": 5_100_739.83,
                "sZ1": 482_714.55,
                "lambdaEC": 231_211.07,
            },
            rel=3e-6,  # QBER is printed to six digits
        )

    def test_too_many_errors_leave_no_key(self, reference):
        """At 5 % intrinsic error SatQuMA has no key, and neither have we, with a reason."""
        _, counts = list(satquma_blocks(reference))[-1]
        result = SATQUMA.key(counts)

        assert result.secure_bits.item() == 0
        assert result.why_zero == (
            "error correction would cost 4062692 bits, more than the 2972518 that are private",
        )


def test_agrees_with_forty_digits(reference):
    """Every term is that of an arbitrary-precision transcription of the papers."""
    table = reference("key_bounds.json")
    names = {"key_clicks": "n", "key_errors": "m", "check_clicks": "c", "check_errors": "w"}
    for case in table["cases"]:
        counts = one_row(case, **table["schemes"][case["scheme"]], names=names)
        protocol = DecoyBB84(bound=case["bound"], epsilon_counting=case["counting"])
        (basis,) = protocol.bases(counts)

        ours = {
            "s0": basis.vacuum_bits,
            "s1": basis.single_photon_bits,
            "c1": basis.check_single_photons,
            "leak": basis.leak_ec_bits,
        }
        if case["counting"] == "as-published":
            ours |= {"length": basis.length_bits}
            assert basis.phase_error.item() == pytest.approx(float(case["phi"]), rel=1e-9)
        # Differences of large numbers cost seven of the sixteen digits; near 0 a bit's thousandth.
        assert {name: x.item() for name, x in ours.items()} == pytest.approx(
            {name: float(case[name]) for name in ours}, rel=1e-9, abs=1e-3
        )
        if case["counting"] == "rigorous":
            assert_just_above(basis.phase_error.item(), case)
            private = basis.vacuum_bits + basis.single_photon_bits * (
                1.0 - binary_entropy(float(case["phi"]))
            )
            length = private.item() - basis.leak_ec_bits.item() - basis.cost_bits
            assert length == pytest.approx(float(case["length"]), rel=1e-9, abs=1e-3)


def assert_just_above(phase_error, case):
    """The exact bound, and the 0.1 to 1 % of its margin that two steps leave."""
    exact = float(case["phi"])
    if exact == 0.5:
        assert phase_error == 0.5
        return
    margin = exact - float(case["v1"]) / float(case["c1"])
    assert exact - 1e-12 <= phase_error <= exact + 0.01 * margin


def test_one_decoy_vector(block):
    """A one-decoy block has the events that an earlier program of our own found."""
    counts = block(pulses=1e12, intensities=(0.5, 0.15), probabilities=(0.7, 0.3), p_key_basis=0.9)
    result = DecoyBB84(epsilon_counting="as-published").key(counts)

    assert result.sifted_bits.item() == pytest.approx(319_957_371, rel=2e-9)
    assert result.qber.item() == pytest.approx(0.01012405, rel=1e-6)
    assert result.single_photon_bits.item() == pytest.approx(186_565_520, rel=3e-9)
    # That program did not cap the single-photon errors at the errors seen.
    assert result.secure_bits.item() > 126_201_879


def test_finite_key_cost():
    """2 log₂ of half of 15e9 and log₂ 2e15; on both bases one and two bits more each.

    As published 256.567, and one and six more.
    """
    empty = Counts(
        intensities=np.array([0.6, 0.1, 0.0]),
        probabilities=np.array([0.7, 0.2, 0.1]),
        pulses=np.zeros(1),
        **{
            name: np.zeros((1, 3))
            for name in ("key_clicks", "key_errors", "check_clicks", "check_errors")
        },
    )
    (one,) = DecoyBB84().bases(empty)
    both = DecoyBB84(key_bases="both").bases(empty)

    assert one.cost_bits == pytest.approx(2 * math.log2(7.5e9) + math.log2(2e15), abs=1e-9)
    assert [basis.cost_bits for basis in both] == pytest.approx([one.cost_bits + 3.0] * 2)

    (one,) = DecoyBB84(epsilon_counting="as-published").bases(empty)
    both = DecoyBB84(epsilon_counting="as-published", key_bases="both").bases(empty)

    assert one.cost_bits == pytest.approx(256.567, abs=1e-3)
    assert [basis.cost_bits for basis in both] == pytest.approx([one.cost_bits + 7.0] * 2)


@pytest.mark.parametrize("bound", ["hoeffding", "chernoff"])
def test_published_micius_pass_lies_inside_its_band(bound):
    """Counts printed for 2016-12-19 (Liao et al., Nature 549, 43) give 0.30 to 0.50 Mbit.

    3,551,136 clicks are taken for the signal state's and 1,671,072 for what sifting leaves of
    them; the decoy's follow from its intensity and probability, those of empty pulses from dark
    clicks alone. The 300,939 bits flown lie below: error correction there cost more.
    """
    signal = 3_551_136
    sifted = 1_671_072 / signal
    dark = 0.25 * 273.0 * 1e8 * 4 * 25.0 * 2e-9
    clicks = np.array([[signal, signal * (0.25 * 0.1) / (0.5 * 0.8), dark]]) * sifted / 2
    errors = clicks * [0.011, 0.011, 0.5]
    counts = Counts(
        intensities=np.array([0.8, 0.1, 0.0]),
        probabilities=np.array([0.5, 0.25, 0.25]),
        pulses=np.array([273e8]),
        key_clicks=clicks,
        key_errors=errors,
        check_clicks=clicks,
        check_errors=errors,
    )

    result = DecoyBB84(bound=bound, key_bases="both").key(counts)

    assert 300_939 < result.secure_bits.item() < 500_000


class TestReasons:
    """A zero says why, in numbers."""

    def test_no_clicks(self, block):
        """Nothing sent, nothing found."""
        result = DecoyBB84().key(block(pulses=0.0))

        assert result.why_zero == ("no clicks",)

    def test_no_check_events(self, block):
        """A vanishing share of check-basis counts makes no key, however many there are others."""
        result = DecoyBB84().key(block(pulses=1e12, p_key_basis=1.0 - 1e-9))

        assert result.secure_bits.item() == 0
        assert result.why_zero[0].startswith("no usable check-basis events bound the phase error")

    def test_no_check_events_without_any_error(self, block):
        """Also an error-free block needs test data."""
        result = DecoyBB84(bound="chernoff").key(
            block(1.0, pulses=1e14, p_key_basis=1.0, background=0.0, intrinsic_error=0.0)
        )

        assert result.secure_bits.item() == 0

    def test_phase_error(self, block):
        """Bits that are wrong half of the time are nobody's secret."""
        result = DecoyBB84().key(block(1e-3, pulses=1e12, intrinsic_error=0.5))

        assert result.why_zero[0].startswith("phase error bound reaches 50 % (")

    def test_leak(self, block):
        """Errors that cost more than there is are set against it."""
        result = DecoyBB84().key(block(pulses=1e12, intrinsic_error=0.06))

        assert result.why_zero[0].startswith("error correction would cost ")

    def test_single_photons(self, block):
        """A key basis too seldom used shows none."""
        result = DecoyBB84().key(block(1e-3, pulses=3e8, p_key_basis=0.01))

        assert result.why_zero[0].startswith("no single photon can be proven among ")

    def test_key_needs_no_reason(self, block):
        """Reasons and bits exclude each other."""
        result = DecoyBB84().key(block(10.0 ** -np.linspace(0, 8, 81)))

        assert [bits == 0 for bits in result.secure_bits] == [
            r is not None for r in result.why_zero
        ]


class TestBothBases:
    """Each basis makes key and tests the other."""

    def test_counts_what_either_basis_makes(self, block):
        """Bits, leak and clicks add up; each basis pays for half of the epsilons."""
        counts = block(pulses=1e12, p_key_basis=0.6)
        free = Authentication(messages=0)
        half = DecoyBB84(epsilon_sec=5e-10, epsilon_cor=5e-16, authentication=free)
        parts = [half.key(counts), half.key(counts.swapped())]
        both = DecoyBB84(key_bases="both", authentication=free).key(counts)

        for name in ("secure_bits", "sifted_bits", "leak_ec_bits", "single_photon_bits"):
            assert getattr(both, name) == pytest.approx(
                sum(getattr(part, name) for part in parts), rel=1e-12
            )
        assert both.phase_error.item() == max(part.phase_error.item() for part in parts)

    def test_a_hopeless_basis_does_not_eat_the_other_ones_key(self, block):
        """With next to no check clicks the key basis alone still delivers."""
        counts = block(pulses=1e12, p_key_basis=0.97)
        half = DecoyBB84(epsilon_sec=5e-10, epsilon_cor=5e-16)

        both = DecoyBB84(key_bases="both").key(counts).secure_bits.item()

        assert both >= half.key(counts).secure_bits.item() > 0


def test_errors_of_an_intensity_are_its_own(block):
    """Errors moved from the decoy to the signal change the key, though their total stays."""
    honest = block(pulses=1e14)
    moved = honest.check_errors.copy()
    moved[:, 0] += 0.5 * moved[:, 1]
    moved[:, 1] *= 0.5
    shared = Counts(
        intensities=honest.intensities,
        probabilities=honest.probabilities,
        pulses=honest.pulses,
        key_clicks=honest.key_clicks,
        key_errors=honest.key_errors,
        check_clicks=honest.check_clicks,
        check_errors=moved,
    )

    assert DecoyBB84().key(shared).phase_error < DecoyBB84().key(honest).phase_error


def test_intensities_may_differ_from_block_to_block(block):
    """A row of intensities a block gives what each block gives alone."""
    blocks = [
        block(pulses=1e11),
        block(pulses=1e11, intensities=(0.5, 0.2, 0.01), probabilities=(0.5, 0.3, 0.2)),
    ]
    fields = ("key_clicks", "key_errors", "check_clicks", "check_errors", "pulses")
    joined = Counts(
        intensities=np.array([b.intensities for b in blocks]),
        probabilities=np.array([b.probabilities for b in blocks]),
        **{name: np.concatenate([getattr(b, name) for b in blocks]) for name in fields},
    )

    together = DecoyBB84().key(joined).secure_bits

    assert together.tolist() == [DecoyBB84().key(b).secure_bits.item() for b in blocks]


def test_result_says_which_bounds_were_used(block):
    """The method names decoys, bound and bases."""
    assert DecoyBB84().key(block()).method == "two decoys, Hoeffding bound, key from one basis"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("epsilon_sec", 0.0, "must lie between 0 and 1"),
        ("epsilon_cor", 1.0, "must lie between 0 and 1"),
        ("epsilon_sec", math.nan, "must lie between 0 and 1"),
        ("ec_efficiency", 0.99, "must be at least 1"),
        ("ec_efficiency", math.inf, "must be a finite number"),
        ("bound", "serfling", "must be one of hoeffding, chernoff, exact-chernoff, got 'serfling'"),
        ("key_bases", "all", "must be one of one, both, got 'all'"),
    ],
)
def test_parameters_check_themselves(field, value, message):
    """A value outside physics is refused by name."""
    with pytest.raises(NonPhysicalError, match=message):
        DecoyBB84(**{field: value})


def test_four_intensities_are_refused():
    """No analysis is there for them."""
    counts = Counts(
        intensities=np.array([0.6, 0.3, 0.1, 0.0]),
        probabilities=np.full(4, 0.25),
        pulses=np.ones(1),
        key_clicks=np.ones((1, 4)),
        key_errors=np.zeros((1, 4)),
        check_clicks=np.ones((1, 4)),
        check_errors=np.zeros((1, 4)),
    )

    with pytest.raises(NonPhysicalError, match="must be one to three numbers, got 4"):
        DecoyBB84().key(counts)
