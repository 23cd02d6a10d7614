"""The key that is left whatever intensities a source has, within what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from itertools import product
from typing import Any, Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.key.bb84.basis_key import BasisKey
from satqkd.units import BoolArray, FloatArray

_OF_ALL: Final = frozenset({"cost_bits", "decoys"})
"""Fields of a basis's key that are the same for every block."""


def least_key(analyse: Callable[[Counts], BasisKey], counts: Counts) -> BasisKey:
    r"""Return the least key of a basis among all intensities that are possible.

    .. math:: \ell = \min_{\mu'} \ell(\mu'), \qquad
              \mu'_k \in \{\mu_k (1 - \delta),\, \mu_k (1 + \delta)\}

    Parameters
    ----------
    analyse
        Makes key of counts whose intensities are exact.
    counts
        With :math:`\delta` as their ``intensity_uncertainty``.

    Returns
    -------
    BasisKey
        Of each block at the intensities that are worst for it, of at most 8 combinations; no single
        photons where some of them leave the decoys as bright as the signal.

    Notes
    -----
    A key's length is right for the intensities there really are, the same for the whole block, so
    the least over all that are possible is right. It lies at their ends: inside of the intervals
    the tests find none below.

    References
    ----------
    .. [1] X.-B. Wang, C.-Z. Peng, J. Zhang, L. Yang and J.-W. Pan, "General theory of decoy-state
       quantum cryptography with source errors", *Phys. Rev. A* 77, 042311 (2008) (recalled): worst
       cases of intensities; here of constant ones.
    """
    delta = counts.intensity_uncertainty
    if delta is None:
        return analyse(counts)
    ordered, each = np.ones(delta.size, dtype=bool), []
    for signs in product((-1.0, 1.0), repeat=counts.key_clicks.shape[-1]):
        factors = 1.0 + delta[:, np.newaxis] * np.array(signs)
        own = _ordered(counts.intensities * factors)
        ordered &= own
        each.append(analyse(counts.times_intensities(np.where(own[:, np.newaxis], factors, 1.0))))
    worst = np.argmin([one.length_bits for one in each], axis=0)[np.newaxis]

    def of_worst(name: str) -> Any:
        values = np.stack([getattr(one, name) for one in each])
        return np.take_along_axis(values, worst, axis=0)[0]

    arrays = [field.name for field in fields(BasisKey) if field.name not in _OF_ALL]
    key = replace(each[0], **{name: of_worst(name) for name in arrays})
    if ordered.all():
        return key
    return replace(
        key,
        vacuum_bits=np.where(ordered, key.vacuum_bits, 0.0),
        single_photon_bits=np.where(ordered, key.single_photon_bits, 0.0),
        check_single_photons=np.where(ordered, key.check_single_photons, 0.0),
        private_bits=np.where(ordered, key.private_bits, 0.0),
        phase_error=np.where(ordered, key.phase_error, 0.5),
    )


def _ordered(intensities: FloatArray) -> BoolArray:
    """Return whether each intensity is brighter than all that follow together, as bounds need."""
    after = np.cumsum(intensities[:, ::-1], axis=1)[:, ::-1] - intensities
    return np.asarray((intensities[:, :-1] > after[:, :-1]).all(axis=1))
