import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.joint_fading import joint_fading
from satqkd.errors import NonPhysicalError


def mean(fading, value):
    return (fading.weight * value).sum(axis=0)


def test_steady_arms_are_one_pair():
    """Nothing fluctuates: the means, all of the time."""
    fading = joint_fading(np.array([0.1, 0.2]), 0.3)
    assert fading.transmittance_a.tolist() == [[0.1, 0.2]]
    assert fading.weight.tolist() == [[1.0, 1.0]]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_first_moments_are_those_of_independent_arms(va, vb):
    """Means, variances and the mean of the product come out of the nodes."""
    fading = joint_fading(0.1, 0.02, variance_a=va, variance_b=vb)
    a, b = fading.transmittance_a / 0.1, fading.transmittance_b / 0.02
    # 6 nodes of log-normals of variance 1: a b is off by 1e-5, a² by 1e-4
    assert mean(fading, a) == pytest.approx(1.0, rel=1e-6)
    assert mean(fading, b) == pytest.approx(1.0, rel=1e-6)
    assert mean(fading, a * b) == pytest.approx(1.0, rel=2e-5)
    assert mean(fading, a * a) == pytest.approx(1.0 + va, rel=1e-3)


def test_dropped_slots_are_those_of_drawn_pairs():
    """The share kept and what remains agree with a million drawn pairs."""
    va, vb, least = 1.3, 0.4, 0.333
    draw = np.random.default_rng(3)
    a, b = (
        m * np.exp(np.sqrt(np.log1p(v)) * draw.standard_normal(1_000_000) - 0.5 * np.log1p(v))
        for m, v in ((2e-3, va), (1e-3, vb))
    )
    kept = np.minimum(a, b) >= least * np.maximum(a, b)
    fading = joint_fading(2e-3, 1e-3, variance_a=va, variance_b=vb, least_balance=least)
    # five standard errors of the draw
    assert fading.weight.sum() == pytest.approx(kept.mean(), abs=2.5e-3)
    assert mean(fading, fading.transmittance_a) == pytest.approx((a * kept).mean(), rel=7e-3)
    beat = np.sqrt(fading.transmittance_a * fading.transmittance_b)
    assert mean(fading, beat) == pytest.approx((np.sqrt(a * b) * kept).mean(), rel=5e-3)


def test_steady_arms_are_kept_or_not():
    """Without fluctuation a ratio within the limit is kept always, one beyond it never."""
    fading = joint_fading(np.array([1.0, 1.0]), np.array([0.5, 0.2]), least_balance=0.3)
    assert fading.weight.sum(axis=0) == pytest.approx([1.0, 0.0], abs=1e-8)


@pytest.mark.parametrize("least", [0.0, 0.3])
def test_no_samples_are_no_pairs(least):
    """A window that no limit leaves anything of has an empty series."""
    fading = joint_fading(np.zeros(0), np.zeros(0), variance_a=np.zeros(0), least_balance=least)
    assert fading.weight.shape[1:] == fading.transmittance_a.shape[1:] == (0,)


def test_a_dark_arm_is_never_balanced():
    """An arm without light has no share in the time, and nothing is NaN."""
    fading = joint_fading(1e-3, 0.0, variance_a=0.2, variance_b=0.2, least_balance=0.1)
    assert fading.weight.sum() == 0.0
    assert np.isfinite(fading.transmittance_a).all()


def test_a_negative_variance_is_refused():
    """Variances below 0 do not exist."""
    with pytest.raises(NonPhysicalError, match="variance"):
        joint_fading(0.1, 0.1, variance_a=-0.1)
