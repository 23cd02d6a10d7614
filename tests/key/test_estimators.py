from __future__ import annotations

from satqkd.key.estimators import ESTIMATORS


def test_every_estimator_works_with_its_defaults(block):
    """Each name makes an estimator that answers for every block."""
    for estimator in ESTIMATORS.values():
        assert len(estimator().key(block([1e-2, 1e-3]))) == 2
