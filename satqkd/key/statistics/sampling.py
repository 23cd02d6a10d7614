"""From the errors of a random sample to the errors of what was not looked at."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from satqkd.units import FloatArray

_LN_2: Final = math.log(2.0)
_LN_TWO_PI: Final = math.log(2.0 * math.pi)


def unseen_error_fraction(
    errors: FloatArray, *, sample: FloatArray, rest: FloatArray, log_term: float
) -> FloatArray:
    r"""Upper bound on the error fraction of the events outside a random sample.

    .. math:: \phi = \lambda + \max(\gamma_{\mathrm{large}}, \gamma_{\mathrm{small}}),
              \qquad \lambda = \max(k, 1) / c

    With :math:`u = (c+d)/(cd)`, :math:`w = \lambda(1-\lambda)`, :math:`L = \ln(u/w) +
    2\ln(1/\epsilon)`, :math:`G = u (L - \ln 2\pi)` and :math:`r = \max(c, d)/(c+d)`:

    .. math::
        \gamma_{\mathrm{large}} &= \frac{\sqrt{u w L}}{\ln 2} \\
        \gamma_{\mathrm{small}} &= \frac{(1-2\lambda) r G + \sqrt{r^2 G^2 + 4 w G}}
                                        {2 + 2 r^2 G}

    Parameters
    ----------
    errors
        Errors in the sample :math:`k`.
    sample
        Events in the sample :math:`c`.
    rest
        Events outside it :math:`d`.
    log_term
        Natural logarithm of one over the failure probability :math:`\epsilon`.

    Returns
    -------
    FloatArray
        Fraction, at most 0.5; 0.5 where the sample holds less than one event.

    Notes
    -----
    :math:`\gamma_{\mathrm{large}}` expands the entropy to second order and vanishes with the
    errors: alone it makes key out of no test data. :math:`\gamma_{\mathrm{small}}` keeps the
    skew of few errors. It is the larger of the two below some 60 errors, the smaller above, where
    it alone would fail as often as :math:`\epsilon^{0.84}`: only the larger of both holds. An
    error-free sample counts as one with one error. The factor :math:`1/\ln 2` that
    :math:`\gamma_{\mathrm{large}}` has too much lets it fail no more often than some
    :math:`\epsilon^{2.08}`;
    :func:`~satqkd.key.statistics.hypergeometric.hypergeometric_error_fraction` is as tight at every
    size.

    References
    ----------
    .. [1] C.-H. F. Fung, X. Ma and H. F. Chau, *Phys. Rev. A* 81, 012318 (2010), and C. C. W.
       Lim et al., *Phys. Rev. A* 89, 022307 (2014), eq. 5.
    .. [2] H.-L. Yin et al., *Sci. Rep.* 10, 14312 (2020), eq. 7.

    Examples
    --------
    A flawless sample of 1000 bounds little, one of a million much:

    >>> c = np.array([1e3, 1e6])
    >>> [f"{float(x):.2g}" for x in unseen_error_fraction(
    ...     np.zeros(2), sample=c, rest=np.array([1e7, 1e7]), log_term=23.8)]
    ['0.046', '4.8e-05']
    """
    c = np.maximum(sample, 1.0)
    d = np.maximum(rest, 1.0)
    fraction = np.minimum(np.maximum(errors, 1.0) / c, 0.5)
    spread = 1.0 / c + 1.0 / d
    variance = fraction * (1.0 - fraction)
    log = np.maximum(np.log(spread / variance) + 2.0 * log_term, 0.0)
    large = np.sqrt(spread * variance * log) / _LN_2
    small = _small_sample(fraction, variance, spread * np.maximum(log - _LN_TWO_PI, 0.0), c, d)
    bound = np.minimum(fraction + np.maximum(large, small), 0.5)
    return np.where(sample < 1.0, 0.5, bound)


def serfling_error_fraction(
    errors: FloatArray, *, sample: FloatArray, rest: FloatArray, log_term: float
) -> FloatArray:
    r"""Upper bound on the error fraction outside a random sample, whatever the error fraction.

    .. math:: \phi = \frac{k}{c} + \sqrt{\frac{(c+d)(c+1)}{2\, d\, c^2} \ln\frac{1}{\epsilon}}

    Parameters
    ----------
    errors, sample, rest, log_term
        As in :func:`unseen_error_fraction`.

    Returns
    -------
    FloatArray
        Fraction, at most 0.5; 0.5 where the sample holds less than one event.

    References
    ----------
    .. [1] M. Tomamichel, C. C. W. Lim, N. Gisin and R. Renner, "Tight finite-key analysis for
       quantum cryptography", *Nat. Commun.* 3, 634 (2012), eq. 2 with the failure probability
       squared; R. J. Serfling, *Ann. Stat.* 2, 39 (1974), corollary 1.1.
    """
    c, d = np.maximum(sample, 1.0), np.maximum(rest, 1.0)
    reach = np.sqrt((c + d) / d * (c + 1.0) / c / c * (0.5 * log_term))
    return np.where(sample < 1.0, 0.5, np.minimum(errors / c + reach, 0.5))


def _small_sample(
    fraction: FloatArray, variance: FloatArray, G: FloatArray, c: FloatArray, d: FloatArray
) -> FloatArray:
    r = np.maximum(c, d) / (c + d)
    rG = r * G
    top = (1.0 - 2.0 * fraction) * rG + np.sqrt(rG * rG + 4.0 * variance * G)
    return np.asarray(top / (2.0 + 2.0 * r * rG))
