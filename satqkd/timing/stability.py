"""How steady a clock comparison is: Allan deviations of a series, and turning one into another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError, require_positive
from satqkd.units import FloatArray, IntArray

_ROOT_3: Final = float(np.sqrt(3.0))


def tdev_from_mdev(mdev: npt.ArrayLike, *, tau_s: npt.ArrayLike) -> FloatArray:
    r"""Time deviation of a modified Allan deviation, :math:`\tau\,\mathrm{MDEV}/\sqrt 3`. [s]

    Parameters
    ----------
    mdev
        Modified Allan deviation, any shape.
    tau_s
        Averaging time, broadcast against it. [s]

    References
    ----------
    .. [1] W. J. Riley, *Handbook of Frequency Stability Analysis*, NIST SP 1065 (2008), sec. 5.2.

    Examples
    --------
    The "femtosecond" of Q. Shen et al., *Nature* 610, 661 (2022):

    >>> round(float(tdev_from_mdev(4e-19, tau_s=1e4)) * 1e15, 2)
    2.31
    """
    return np.asarray(mdev, dtype=np.float64) * np.asarray(tau_s, dtype=np.float64) / _ROOT_3


def mdev_from_tdev(tdev_s: npt.ArrayLike, *, tau_s: npt.ArrayLike) -> FloatArray:
    """Modified Allan deviation of a time deviation; see :func:`tdev_from_mdev`.

    By definition of the time deviation (Riley 2008, sec. 5.2.6).
    """
    return _ROOT_3 * np.asarray(tdev_s, dtype=np.float64) / np.asarray(tau_s, dtype=np.float64)


def white_phase_tdev_s(
    sigma_s: npt.ArrayLike, *, update_s: npt.ArrayLike, tau_s: npt.ArrayLike
) -> FloatArray:
    r"""Time deviation of updates with independent errors, :math:`\sigma\sqrt{\tau_0/\tau}`. [s]

    Parameters
    ----------
    sigma_s
        Error of one update, 1 σ. [s]
    update_s
        Time from update to update :math:`\tau_0`. [s]
    tau_s
        Averaging time :math:`\tau`. [s]

    Notes
    -----
    MDEV then falls as :math:`\tau^{-3/2}`, ADEV, :math:`\sqrt 3 \sigma/\tau`, as
    :math:`\tau^{-1}`.

    References
    ----------
    .. [1] W. J. Riley, NIST SP 1065 (2008), sec. 5.2.6.
    """
    share = np.asarray(update_s, dtype=np.float64) / np.asarray(tau_s, dtype=np.float64)
    return np.asarray(np.asarray(sigma_s) * np.sqrt(share))


def white_phase_adev(sigma_s: npt.ArrayLike, *, tau_s: npt.ArrayLike) -> FloatArray:
    r"""Allan deviation of updates with independent errors, :math:`\sqrt 3\,\sigma/\tau`.

    Parameters
    ----------
    sigma_s, tau_s
        See :func:`white_phase_tdev_s`.
    """
    return mdev_from_tdev(sigma_s, tau_s=tau_s)


def octaves(samples: int, *, intervals: int) -> IntArray:
    """Averaging factors 1, 2, 4 … that ``samples`` time errors hold ``intervals`` times.

    Parameters
    ----------
    samples
        Length of the series.
    intervals
        2 for :func:`allan_deviation`, 3 for :func:`modified_allan_deviation`.

    Examples
    --------
    >>> octaves(25, intervals=3).tolist()
    [1, 2, 4, 8]
    """
    most = _largest_factor(samples, intervals=intervals)
    return np.asarray(2 ** np.arange(most.bit_length()), dtype=np.int64)


def allan_deviation(
    error_s: FloatArray, *, interval_s: float, averaging: npt.ArrayLike
) -> FloatArray:
    r"""Overlapping Allan deviation of a series of time errors.

    .. math:: \sigma_y^2(m\tau_0) = \frac{1}{2 (m\tau_0)^2 (N-2m)}
              \sum_{i=1}^{N-2m} (x_{i+2m} - 2 x_{i+m} + x_i)^2

    Parameters
    ----------
    error_s
        Time errors :math:`x`, evenly spaced, last axis the series: shape (…, N). [s]
    interval_s
        Their spacing :math:`\tau_0`. [s]
    averaging
        Averaging factors :math:`m`, shape (k,), each below N/2.

    Returns
    -------
    FloatArray
        Shape (…, k).

    References
    ----------
    .. [1] W. J. Riley, *Handbook of Frequency Stability Analysis*, NIST SP 1065 (2008), eq. 11.

    Examples
    --------
    A clock that only runs at a wrong rate is perfectly stable:

    >>> allan_deviation(np.arange(9.0), interval_s=1.0, averaging=[1, 4]).tolist()
    [0.0, 0.0]
    """

    def deviation(x: FloatArray, m: int) -> FloatArray:
        bend = x[..., 2 * m :] - 2.0 * x[..., m:-m] + x[..., : -2 * m]
        return np.asarray(np.sqrt(0.5 * np.mean(bend**2, axis=-1)) / (m * interval_s))

    return _for_each(error_s, averaging, interval_s=interval_s, deviation=deviation, intervals=2)


def modified_allan_deviation(
    error_s: FloatArray, *, interval_s: float, averaging: npt.ArrayLike
) -> FloatArray:
    r"""Modified Allan deviation of a series of time errors.

    .. math:: \mathrm{Mod}\,\sigma_y^2(m\tau_0) = \frac{1}{2 m^4 \tau_0^2 (N-3m+1)}
              \sum_{j=1}^{N-3m+1} \left[\sum_{i=j}^{j+m-1} (x_{i+2m} - 2 x_{i+m} + x_i)\right]^2

    Parameters
    ----------
    error_s, interval_s
        As for :func:`allan_deviation`. [s]
    averaging
        Averaging factors :math:`m`, shape (k,), each at most N/3.

    Returns
    -------
    FloatArray
        Shape (…, k).

    Notes
    -----
    The inner sums are differences of one running sum, so a factor costs N operations; the straight
    line through the ends is taken out first, as it changes nothing but the rounding.

    References
    ----------
    .. [1] W. J. Riley, *Handbook of Frequency Stability Analysis*, NIST SP 1065 (2008), eq. 17.
    """

    def deviation(x: FloatArray, m: int) -> FloatArray:
        total = np.concatenate([np.zeros((*x.shape[:-1], 1)), np.cumsum(x, axis=-1)], axis=-1)
        mean = (total[..., m:] - total[..., :-m]) / m
        bend = mean[..., 2 * m :] - 2.0 * mean[..., m:-m] + mean[..., : -2 * m]
        return np.asarray(np.sqrt(0.5 * np.mean(bend**2, axis=-1)) / (m * interval_s))

    level = _without_line(np.asarray(error_s, dtype=np.float64))
    return _for_each(level, averaging, interval_s=interval_s, deviation=deviation, intervals=3)


def time_deviation_s(
    error_s: FloatArray, *, interval_s: float, averaging: npt.ArrayLike
) -> FloatArray:
    """Time deviation of a series of time errors, shape (…, k). [s]

    Parameters
    ----------
    error_s, interval_s, averaging
        As for :func:`modified_allan_deviation`, of which it is :func:`tdev_from_mdev`.

    References
    ----------
    .. [1] W. J. Riley, *Handbook of Frequency Stability Analysis*, NIST SP 1065 (2008), sec. 5.2.6.
    """
    mdev = modified_allan_deviation(error_s, interval_s=interval_s, averaging=averaging)
    return tdev_from_mdev(mdev, tau_s=np.asarray(averaging) * interval_s)


def _largest_factor(samples: int, *, intervals: int) -> int:
    """Two steps need one error beyond them; three averages of m errors need 3 m."""
    return max(samples - 1, 0) // 2 if intervals == 2 else samples // intervals


def _without_line(x: FloatArray) -> FloatArray:
    if x.shape[-1] < 2:
        return x
    slope = (x[..., -1:] - x[..., :1]) / (x.shape[-1] - 1)
    return np.asarray(x - x[..., :1] - slope * np.arange(x.shape[-1]))


def _for_each(
    x: FloatArray,
    averaging: npt.ArrayLike,
    *,
    interval_s: float,
    deviation: Callable[[FloatArray, int], FloatArray],
    intervals: int,
) -> FloatArray:
    """Deviation at every averaging factor, once they are known to fit the series."""
    require_positive("interval_s", interval_s)
    factors = np.atleast_1d(np.asarray(averaging, dtype=np.int64))
    most = _largest_factor(x.shape[-1], intervals=intervals)
    if factors.size and (factors.min() < 1 or factors.max() > most):
        raise NonPhysicalError(
            "averaging",
            f"must lie in [1, {most}] for a series of {x.shape[-1]} time errors, got "
            f"[{factors.min()}, {factors.max()}]: give a longer series",
        )
    series = np.asarray(x, dtype=np.float64)
    found = [deviation(series, int(m)) for m in factors]
    return np.stack(found, axis=-1) if found else np.zeros((*series.shape[:-1], 0))
