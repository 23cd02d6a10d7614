"""Clicks of two threshold detectors behind a beam splitter where two transmitters' light meets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray

_SERIES_BELOW = 1.0
"""Numerical: for smaller arguments I₀ − 1 is summed as a series, lest digits cancel."""
_MOST_HARMONICS = 60
"""Numerical: more terms than any series here needs."""


def one_click_probability(
    light_a: npt.ArrayLike, light_b: npt.ArrayLike, *, dark_probability: npt.ArrayLike
) -> FloatArray:
    r"""Probability that exactly one detector clicks, for light of random phase.

    .. math:: S = 2(1-p)\, e^{-(a+b)/2} I_0(\sqrt{ab}) - 2(1-p)^2 e^{-(a+b)}

    Parameters
    ----------
    light_a, light_b
        Mean photons :math:`a, b` of each transmitter's pulse that the detectors would count.
    dark_probability
        Probability :math:`p` that one detector clicks without light.

    Returns
    -------
    FloatArray
        Probability, shaped as the arguments broadcast.

    Notes
    -----
    Written so that nothing cancels for little light and nothing overflows for much.

    References
    ----------
    .. [1] X.-B. Wang, Z.-W. Yu and X.-L. Hu, "Twin-field quantum key distribution with large
       misalignment error", *Phys. Rev. A* 98, 062323 (2018), appendix.

    Examples
    --------
    >>> f"{float(one_click_probability(1e-3, 0.0, dark_probability=0.0)):.6e}"
    '9.992503e-04'
    """
    light = _Light(light_a, light_b, dark_probability)
    return np.asarray(2.0 * (light.bunched() + light.click) * light.silent)


def port_click_probabilities(
    light_a: npt.ArrayLike,
    light_b: npt.ArrayLike,
    *,
    dark_probability: npt.ArrayLike,
    misalignment: float = 0.0,
    phase_variance_rad2: npt.ArrayLike = 0.0,
    slice_half_width_rad: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    r"""Probability that only the right, and that only the wrong detector clicks.

    .. math:: P_\pm = (1-p)\, e^{-s} \left[ \langle e^{\pm x \cos\varphi} \rangle
              - (1-p) e^{-s} \right], \qquad s = \frac{a+b}{2}, \quad x = (1-2e)\sqrt{ab}

    The phase between both pulses, :math:`\varphi`, is uniform within the slice and has a normal
    error on top:

    .. math:: \langle e^{\pm x \cos\varphi} \rangle = I_0(x) + 2 \sum_{k \ge 1} (\pm 1)^k I_k(x)\,
              \frac{\sin k\Delta}{k\Delta}\, e^{-k^2 \sigma^2 / 2}

    Parameters
    ----------
    light_a, light_b, dark_probability
        As of :func:`one_click_probability`.
    misalignment
        Share :math:`e` of the light in the wrong port when phases and powers are equal.
    phase_variance_rad2
        Variance :math:`\sigma^2` of the phase error. [rad²]
    slice_half_width_rad
        How far the announced phases may differ, modulo π, :math:`\Delta`. [rad]

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`P_+` and :math:`P_-`.

    References
    ----------
    .. [1] M. Abramowitz and I. A. Stegun, *Handbook of Mathematical Functions*, 9.6.34 (the
       generating function of :math:`I_k`).

    Examples
    --------
    >>> right, wrong = port_click_probabilities(
    ...     1e-3, 1e-3, dark_probability=0.0, misalignment=0.05)
    >>> f"{float(wrong / (right + wrong)):.4f}"
    '0.0500'
    """
    from scipy.special import ive  # noqa: PLC0415 -- only twin-field links pay for the import

    light = _Light(light_a, light_b, dark_probability)
    base = light.click + light.bunched(1.0 - 2.0 * misalignment)
    right, wrong = base, base
    x = (1.0 - 2.0 * misalignment) * light.x
    scale = np.exp(x - light.half_sum)
    for k in range(1, _harmonics(float(np.max(x, initial=0.0))) + 1):
        kept = np.sinc(k * slice_half_width_rad / np.pi) * np.exp(
            -0.5 * k**2 * np.asarray(phase_variance_rad2, dtype=np.float64)
        )
        term = 2.0 * ive(k, x) * scale * kept
        right = right + term
        wrong = wrong + (-term if k % 2 else term)
    return (
        np.asarray(light.silent * np.maximum(right, 0.0)),
        np.asarray(light.silent * np.maximum(wrong, 0.0)),
    )


class _Light:
    """Terms both probabilities are made of."""

    def __init__(
        self, light_a: npt.ArrayLike, light_b: npt.ArrayLike, dark_probability: npt.ArrayLike
    ) -> None:
        a, b = np.asarray(light_a, dtype=np.float64), np.asarray(light_b, dtype=np.float64)
        dark = np.asarray(dark_probability, dtype=np.float64)
        self.half_sum = 0.5 * (a + b)
        self.x = np.sqrt(a) * np.sqrt(b)
        self.silent = 1.0 - dark
        self.empty = np.exp(-self.half_sum)
        self.click = self.empty * -np.expm1(np.log1p(-dark) - self.half_sum)

    def bunched(self, visibility: float = 1.0) -> FloatArray:
        """Return :math:`e^{-s} (I_0(x) - 1)` for interference of this visibility."""
        x = visibility * self.x
        most = float(np.max(x, initial=0.0))
        square = np.minimum(x, _SERIES_BELOW)
        square *= 0.25 * square
        series = np.zeros_like(square)
        for k in range(_harmonics(min(most, _SERIES_BELOW)), 0, -1):
            series += 1.0
            series *= square
            series /= k**2
        series *= self.empty
        if most < _SERIES_BELOW:
            return np.asarray(series)
        from scipy.special import i0e  # noqa: PLC0415 -- as above

        large = i0e(x) * np.exp(x - self.half_sum) - self.empty
        return np.where(x < _SERIES_BELOW, series, large)


def _harmonics(most: float) -> int:
    """How many terms leave out less than a double can tell."""
    from scipy.special import factorial  # noqa: PLC0415 -- only twin-field links pay for it

    k = np.arange(1, _MOST_HARMONICS + 1)
    small = (0.5 * most) ** k / factorial(k) < 1e-18 * min(1.0, max(most, 1e-30))
    return int(np.argmax(small)) + 1 if small.any() else _MOST_HARMONICS


def slice_share(half_width_rad: float) -> float:
    r"""Share of pulse pairs of random phases that fall into the slice, :math:`2\Delta/\pi`.

    The slice of :math:`|1 - |\cos\varphi|| < \Lambda` has :math:`\Delta = \arccos(1 - \Lambda)`.

    Derived here: the angle to either side of 0 and of π, four times Δ out of 2π.
    """
    return 2.0 * half_width_rad / np.pi
