"""What no protocol without a repeater can beat, per use of the channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray


def plob_bound(transmittance: npt.ArrayLike) -> FloatArray:
    r"""Secret-key capacity of a channel that loses light and does nothing else.

    .. math:: K \le -\log_2(1 - \eta)

    Parameters
    ----------
    transmittance
        Power ratio :math:`\eta` from one user to the other, 0…1; through a node in the middle
        the product of both arms.

    Returns
    -------
    FloatArray
        Secret bits per use, 1.44 η where η is small; infinite without loss. [bit]

    References
    ----------
    .. [1] S. Pirandola, R. Laurenza, C. Ottaviani and L. Banchi, "Fundamental limits of
       repeaterless quantum communications", *Nat. Commun.* 8, 15043 (2017).

    Examples
    --------
    >>> f"{float(plob_bound(10**-6.7)):.4e}"
    '2.8786e-07'
    """
    return _bits(-_log_of_lost(transmittance))


def tgw_bound(transmittance: npt.ArrayLike) -> FloatArray:
    r"""An earlier, looser bound that several experiments are drawn against.

    .. math:: K \le \log_2 \frac{1 + \eta}{1 - \eta}

    Parameters
    ----------
    transmittance
        As of :func:`plob_bound`.

    Returns
    -------
    FloatArray
        Secret bits per use, twice the other bound where η is small. [bit]

    References
    ----------
    .. [1] M. Takeoka, S. Guha and M. M. Wilde, "Fundamental rate-loss tradeoff for optical
       quantum key distribution", *Nat. Commun.* 5, 5235 (2014).
    """
    eta = np.asarray(transmittance, dtype=np.float64)
    return _bits(np.log1p(eta) - _log_of_lost(eta))


def node_bound(transmittance_a: npt.ArrayLike, transmittance_b: npt.ArrayLike) -> FloatArray:
    r"""Secret-key capacity with one node in the middle: that of the worse arm.

    .. math:: K \le -\log_2\left(1 - \min(\eta_a, \eta_b)\right)

    Parameters
    ----------
    transmittance_a, transmittance_b
        Power ratios from each user to the node, 0…1.

    Returns
    -------
    FloatArray
        Secret bits per use; twin-field protocols beat :func:`plob_bound`, but never this. [bit]

    References
    ----------
    .. [1] S. Pirandola, "End-to-end capacities of a quantum communication network", *Commun.
       Phys.* 2, 51 (2019).
    """
    return plob_bound(np.minimum(transmittance_a, transmittance_b))


def _log_of_lost(transmittance: npt.ArrayLike) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log1p(-np.asarray(transmittance, dtype=np.float64)))


def _bits(nats: FloatArray) -> FloatArray:
    return np.asarray(nats / np.log(2.0))
