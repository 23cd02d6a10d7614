from __future__ import annotations

import numpy as np
import pytest

from satqkd.key.asymptotic.bb84 import infinite_decoy_rate


@pytest.mark.parametrize(
    ("loss_db", "published"), [(0.0, 0.0239287290), (10.0, 0.00237785685), (25.0, 6.89513969e-5)]
)
def test_reproduces_tno_key_rates(loss_db, published):
    """Come out as tno.quantum.communication.qkd_key_rate 2.0.4, fully asymptotic BB84."""
    rate = infinite_decoy_rate(
        0.1 * 10 ** (-loss_db / 10), intensity=0.5, dark_probability=1e-6, intrinsic_error=0.01
    )

    # Nine digits were printed.
    assert float(rate) == pytest.approx(published, rel=1e-8)


def test_rate_stays_finite_and_falls_with_loss():
    """From no loss to 200 dB, also without noise, no rate is negative or rises."""
    eta = 10.0 ** (-np.linspace(0, 20, 401))
    for dark, error in ((0.0, 0.0), (1e-6, 0.01), (1e-3, 0.2)):
        rate = infinite_decoy_rate(
            eta, intensity=0.5, dark_probability=dark, intrinsic_error=error, ec_efficiency=1.16
        )

        assert np.isfinite(rate).all()
        assert (rate >= 0).all()
        assert (np.diff(rate) <= 0).all()


def test_rate_lies_below_the_repeaterless_bound():
    """No point-to-point link beats -log2(1 - η) bit per pulse."""
    eta = 10.0 ** (-np.linspace(0.01, 10, 200))
    rate = infinite_decoy_rate(eta, intensity=0.9, dark_probability=0.0, intrinsic_error=0.0)

    assert (rate < -np.log1p(-eta) / np.log(2)).all()
