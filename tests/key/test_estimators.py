from __future__ import annotations

from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.estimators import ESTIMATORS


def test_every_estimator_works_with_its_defaults(block):
    """Each name makes an estimator that answers for every block."""
    for name, estimator in ESTIMATORS.items():
        sent = {"intensities": (0.1,), "probabilities": (1.0,)} if name == "bb84" else {}
        choice = {"of": (DecoyBB84(), DecoyBB84(key_bases="both"))} if name == "best-of" else {}
        assert len(estimator(**choice).key(block([1e-2, 1e-3], **sent))) == 2
