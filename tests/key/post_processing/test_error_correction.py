from __future__ import annotations

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.error_correction import (
    EfficiencyTable,
    FiniteLengthCode,
    StatedEfficiency,
)
from satqkd.key.post_processing.leakage import leak_bits, one_way_limit_bits

TABLE = EfficiencyTable(
    qbers=(0.01, 0.03), block_bits=(1e4, 1e6), efficiencies=((1.4, 1.2), (1.2, 1.1))
)


def f(qber, bits):
    return TABLE.efficiency(np.array([qber]), sifted_bits=np.array([bits])).item()


def test_a_table_gives_its_own_values_at_its_nodes():
    """Each entry is met, and beyond the ends the last one stays."""
    assert [f(0.01, 1e4), f(0.03, 1e4), f(0.01, 1e6), f(0.03, 1e6)] == pytest.approx(
        [1.4, 1.2, 1.2, 1.1]
    )
    assert [f(0.0, 0.0), f(0.4, 1e20)] == pytest.approx([1.4, 1.1])


def test_a_table_is_interpolated_along_the_logarithm_of_the_length():
    """Halfway between is the mean."""
    assert f(0.02, 1e5) == pytest.approx(1.225)


def test_a_single_entry_is_a_stated_efficiency():
    """One node along each axis serves for all."""
    one = EfficiencyTable(qbers=(0.02,), block_bits=(1e5,), efficiencies=((1.3,),))
    q, n = np.array([0.0, 0.02, 0.4]), np.array([0.0, 10.0, 1e9])

    assert one.leak_bits(q, sifted_bits=n) == pytest.approx(
        StatedEfficiency(ec_efficiency=1.3).leak_bits(q, sifted_bits=n)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"qbers": (0.03, 0.01)}, "qbers must rise"),
        ({"block_bits": ()}, "block_bits must rise"),
        ({"efficiencies": ((1.4,), (1.2,))}, "must be 2 rows"),
        ({"efficiencies": ((0.9, 1.2), (1.2, 1.1))}, "must lie in"),
    ],
)
def test_a_table_checks_itself(change, message):
    """Axes that do not rise, rows that do not fit and codes better than possible are refused."""
    fields = {n: getattr(TABLE, n) for n in ("qbers", "block_bits", "efficiencies")}
    with pytest.raises(NonPhysicalError, match=message):
        EfficiencyTable(**{**fields, **change})


def test_short_blocks_leak_what_their_length_makes_them():
    """The finite-length limit decides for short blocks, the stated efficiency for long ones."""
    code = FiniteLengthCode(ec_efficiency=1.1, failure_probability=1e-10)
    n = np.array([1e3, 1e9, 1e22])
    q = np.full(3, 0.02)
    leak = code.leak_bits(q, sifted_bits=n)

    limit = one_way_limit_bits(q[:1], sifted_bits=n[:1], failure_probability=1e-10)
    assert leak[0] == pytest.approx(limit.item())
    assert leak[1:] == pytest.approx(leak_bits(q[1:], sifted_bits=n[1:], ec_efficiency=1.1))


def test_the_limit_goes_over_to_its_expansion_without_a_step():
    """At 1e9 bits the binomial quantile and its expansion agree to a bit."""
    n = np.array([1e9 - 1.0, 1e9 + 1.0])
    bits = one_way_limit_bits(np.full(2, 0.02), sifted_bits=n, failure_probability=1e-10)

    # Two bits more cost 0.3, rounding the quantile up to 6.
    assert abs(np.diff(bits).item()) < 8.0


def test_no_block_leaks_more_than_it_holds_or_not_a_number():
    """From no bits to 1e22, from flawless to random."""
    q, n = np.meshgrid([0.0, 1e-15, 1e-9, 0.01, 0.3, 0.5], [0.0, 0.5, 1.0, 1e3, 1e9, 1e22])
    leak = FiniteLengthCode(ec_efficiency=1.0).leak_bits(q, sifted_bits=n)

    assert np.isfinite(leak).all()
    assert (leak >= 0).all()
    assert (leak <= n).all()


def test_a_protocol_uses_its_codes(block):
    """Worse codes leave less key; codes of the same efficiency the same."""
    counts = block(pulses=1e11)
    usual = DecoyBB84(ec_efficiency=1.16).key(counts)
    same = DecoyBB84(error_correction=StatedEfficiency(ec_efficiency=1.16)).key(counts)
    worse = DecoyBB84(error_correction=TABLE).key(counts)

    assert same.secure_bits.tolist() == usual.secure_bits.tolist()
    assert worse.secure_bits.item() < usual.secure_bits.item()
