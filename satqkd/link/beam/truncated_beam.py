"""The beam of a real telescope: a Gaussian cut by the aperture and by the secondary mirror."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive
from satqkd.link.beam.capture import LEAST_CAPTURE, fade_radius_m
from satqkd.link.beam.strehl import strehl_loss_db
from satqkd.units import FloatArray

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline, RectBivariateSpline

_KNOTS_PER_DECADE: Final = 64
"""Numerical: knots of the spline over the size, in each factor of ten."""
_BIAS_STEP: Final = 1.0 / 16.0
"""Numerical: distance of its knots over the bias. [λ/D]"""
_NODES: Final = 24
"""Numerical: Gauss–Legendre points of a piece."""
_LARGEST: Final = 300.0
"""Numerical: larger receivers count as this one. [λ/D]"""
_LARGEST_BIAS: Final = 32.0
"""Numerical: larger biases count as this one. [λ/D]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedBeam:
    """A Gaussian beam that fills its telescope, spread by diffraction alone.

    The beam is focused on the receiver; from a hundredth of :math:`D^2 / λ` on that is no
    different from a collimated one at ten times that distance.
    """

    beam_diameter_m: float
    """1/e² intensity diameter at the exit aperture, before it is cut. [m]"""
    obscuration: float = 0.0
    """Diameter of the transmitter's secondary over that of its primary."""
    wavefront_error_rms: float = 0.0
    """Root mean square over the exit pupil, in waves of the signal."""

    def __post_init__(self) -> None:
        require_positive("beam_diameter_m", self.beam_diameter_m)
        self._check_obscuration()
        require_not_negative("wavefront_error_rms", self.wavefront_error_rms)

    def _check_obscuration(self) -> None:
        require_not_negative("obscuration", self.obscuration)
        if self.obscuration >= 1.0:
            raise NonPhysicalError("obscuration", "must be below 1: nothing would get through")

    def sent_radius_m(self, *, tx_aperture_m: float) -> float:
        """1/e² intensity radius, or that of the aperture where it is narrower. [m]"""
        return 0.5 * min(tx_aperture_m, self.beam_diameter_m)

    def truncation_db(self, *, tx_aperture_m: float) -> float:
        """See :func:`truncation_loss_db`.

        After Klein and Degnan 1974.
        """
        ratio = tx_aperture_m / self.beam_diameter_m
        return truncation_loss_db(ratio, obscuration=self.obscuration)

    def wavefront_db(self) -> float:
        """See :func:`satqkd.link.beam.strehl.strehl_loss_db`."""
        return strehl_loss_db(self.wavefront_error_rms)

    def far_field_rad(self, *, tx_aperture_m: float, wavelength_m: float) -> float:
        """Full 1/e² angle of the Gaussian as curved on its axis as this beam. [rad]

        Derived here from the far field of Klein and Degnan 1974.
        """
        ratio = tx_aperture_m / self.beam_diameter_m
        return core_divergence(ratio, obscuration=self.obscuration) * wavelength_m / tx_aperture_m

    def capture(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
        bias_rad: npt.ArrayLike = 0.0,
        jitter_rad: float = 0.0,
    ) -> FloatArray:
        """Mean share of what leaves the aperture that the receiver catches; see :func:`caught`.

        The far field is that of Klein and Degnan 1974.
        """
        unit_rad = wavelength_m / tx_aperture_m
        size = np.asarray(0.5 * rx_aperture_m / (range_m * unit_rad))
        return caught(
            size,
            ratio=tx_aperture_m / self.beam_diameter_m,
            obscurations=(self.obscuration, obscuration),
            bias=np.asarray(bias_rad, dtype=np.float64) / unit_rad,
            jitter=jitter_rad / unit_rad,
        )

    def fade_half_angle_rad(
        self,
        range_m: FloatArray,
        *,
        tx_aperture_m: float,
        wavelength_m: float,
        rx_aperture_m: float,
        obscuration: float = 0.0,
    ) -> FloatArray:
        """Angle at which this transmittance would be 1/e², were it Gaussian. [rad]

        Derived here, from :func:`satqkd.link.beam.capture.fade_radius_m`.
        """
        divergence_rad = self.far_field_rad(tx_aperture_m=tx_aperture_m, wavelength_m=wavelength_m)
        radius_m = fade_radius_m(
            0.5 * divergence_rad * range_m, rx_aperture_m=rx_aperture_m, obscuration=obscuration
        )
        return radius_m / range_m


def truncation_loss_db(ratio: float, *, obscuration: float = 0.0) -> float:
    r"""Power of a Gaussian beam that aperture and secondary cut off.

    .. math:: T = e^{-2 \epsilon^2 \alpha^2} - e^{-2 \alpha^2}

    Parameters
    ----------
    ratio
        Diameter of the aperture over the 1/e² diameter of the beam :math:`\alpha`.
    obscuration
        Diameter of the secondary over that of the aperture :math:`\epsilon`.

    Returns
    -------
    float
        Loss. [dB]

    References
    ----------
    .. [1] B. J. Klein and J. J. Degnan, "Optical antenna gain. 1: Transmitting antennas",
       *Appl. Opt.* 13, 2134 (1974).

    Examples
    --------
    The ratio with the brightest far field of an aperture without a secondary:

    >>> round(truncation_loss_db(1.12), 2)
    0.37
    """
    outer = 2.0 * ratio**2
    passed = -math.expm1(-outer * (1.0 - obscuration**2)) * math.exp(-outer * obscuration**2)
    return -10.0 * math.log10(max(passed, LEAST_CAPTURE))


def on_axis_efficiency(ratio: float, *, obscuration: float = 0.0) -> float:
    r"""On-axis far field over that of the whole power spread evenly over the aperture.

    .. math:: g = \frac{2}{\alpha^2}
                  \left(e^{-\alpha^2} - e^{-\epsilon^2 \alpha^2}\right)^2

    so that the antenna's gain is :math:`g\,(\pi D / \lambda)^2`, the power cut off included.

    Parameters
    ----------
    ratio, obscuration
        See :func:`truncation_loss_db`.

    References
    ----------
    .. [1] B. J. Klein and J. J. Degnan, *Appl. Opt.* 13, 2134 (1974): greatest at
       :math:`\alpha \approx 1.12 - 1.30 \epsilon^2 + 2.12 \epsilon^4`.

    Examples
    --------
    >>> round(on_axis_efficiency(1.12), 4)
    0.8145
    """
    x = ratio**2
    field = -math.expm1(-x * (1.0 - obscuration**2)) * math.exp(-x * obscuration**2)
    return 2.0 / x * field**2


def core_divergence(ratio: float, *, obscuration: float = 0.0) -> float:
    r"""Full 1/e² angle of the Gaussian as curved on its axis as the far field. [λ/D]

    .. math:: \theta = \frac{4}{\pi} \sqrt{\frac{M_0}{M_2}} \frac{\lambda}{D}, \qquad
              M_n = \int_\epsilon^1 e^{-\alpha^2 r^2} r^{n+1}\, dr

    Parameters
    ----------
    ratio, obscuration
        See :func:`truncation_loss_db`.

    References
    ----------
    .. [1] Expansion of the Fraunhofer integral to the second order in the angle.

    Examples
    --------
    An evenly illuminated aperture:

    >>> round(core_divergence(1e-3), 3)
    1.801
    """
    from scipy.special import gammainc  # noqa: PLC0415 -- only truncated beams pay for the import

    x = ratio**2 * np.array([1.0, obscuration**2])
    even, curved = (float(-np.diff(gammainc(order, x))[0]) for order in (1, 2))
    return 4.0 / math.pi * ratio * math.sqrt(even / curved)


def caught(
    size: FloatArray,
    *,
    ratio: float,
    obscurations: tuple[float, float],
    bias: npt.ArrayLike = 0.0,
    jitter: float = 0.0,
) -> FloatArray:
    r"""Mean capture of a truncated beam by an annulus, all angles in units of :math:`\lambda/D`.

    .. math:: T = \int_0^1 H(x) \left[2 \pi p\, J_1(2 \pi p x)
                  - 2 \pi \epsilon p\, J_1(2 \pi \epsilon p x)\right]
                  e^{-2 \pi^2 \sigma^2 x^2} J_0(2 \pi b x)\, dx

    with :math:`H` the autocorrelation of the exit pupil, :func:`pupil_transfer`.

    Parameters
    ----------
    size
        Angular radius of the receiver as seen from the transmitter :math:`p`. [λ/D]
    ratio
        Diameter of the aperture over the 1/e² diameter of the beam.
    obscurations
        Diameter of the secondary over that of the primary, at transmitter and receiver.
    bias
        Constant pointing error :math:`b`, one number or shaped like ``size``. [λ/D]
    jitter
        Pointing error, 1 σ per axis :math:`\sigma`. [λ/D]

    Returns
    -------
    FloatArray
        Share of the power behind the transmitter's aperture, shaped like ``size``.

    Notes
    -----
    Computed on a grid of sizes (and of biases, where they differ from sample to sample) that is
    kept, and interpolated by cubics to 1e-4. Receivers above 300 λ/D, which catch all but a few
    mdB, count as this large; biases above 32 λ/D as this.

    References
    ----------
    .. [1] Parseval's theorem for Hankel transforms; J. W. Goodman, *Introduction to Fourier
       Optics*, 3rd ed., Roberts, 2005, sec. 6.4, for the transfer function.
    """
    log_size = np.log10(np.minimum(size, _LARGEST))
    if log_size.size == 0:
        return np.zeros_like(log_size)
    ends = (
        math.floor(4.0 * float(log_size.min())),
        max(math.ceil(4.0 * float(log_size.max())), math.floor(4.0 * float(log_size.min())) + 1),
    )
    bias = np.minimum(bias, _LARGEST_BIAS)
    pupil = (ratio, obscurations)
    if bias.ndim == 0:
        log_caught = _over_size(pupil, float(bias), jitter, ends)(log_size)
    else:
        widest = 2.0 ** math.ceil(math.log2(max(float(bias.max()), 0.5)))
        centred = _over_size(pupil, 0.0, jitter, ends)(log_size)
        kept = _over_size_and_bias(pupil, widest, jitter, ends).ev(log_size, bias)
        log_caught = centred + np.log10(np.maximum(kept, LEAST_CAPTURE))
    return np.asarray(np.maximum(10.0**log_caught, LEAST_CAPTURE))


Pupil = tuple[float, tuple[float, float]]
"""Truncation ratio, and the obscurations at transmitter and receiver."""


@lru_cache(maxsize=256)
def _over_size(pupil: Pupil, bias: float, jitter: float, ends: tuple[int, int]) -> CubicSpline:
    """Logarithm of the capture over that of the size; ``ends`` in quarters of a decade."""
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 -- only truncated beams pay

    log_size, mean = _grid(pupil, np.array([bias]), jitter, ends)
    return CubicSpline(log_size, np.log10(mean[:, 0]))


@lru_cache(maxsize=64)
def _over_size_and_bias(
    pupil: Pupil, widest: float, jitter: float, ends: tuple[int, int]
) -> RectBivariateSpline:
    """Capture over that of a centred beam, over the logarithm of the size and the bias."""
    from scipy.interpolate import RectBivariateSpline  # noqa: PLC0415 -- only truncated beams pay

    biases = np.linspace(0.0, widest, math.ceil(widest / _BIAS_STEP) + 1)
    log_size, mean = _grid(pupil, biases, jitter, ends)
    return RectBivariateSpline(log_size, biases, mean / mean[:, :1])


def _grid(
    pupil: Pupil, bias: FloatArray, jitter: float, ends: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Knots of the logarithm of the size, and the captures at those and the given biases."""
    from scipy.special import j0, j1  # noqa: PLC0415 -- only truncated beams pay for the import

    quarter = _KNOTS_PER_DECADE // 4
    log_size = np.arange(quarter * ends[0], quarter * ends[1] + 1) / _KNOTS_PER_DECADE
    size = 2.0 * np.pi * 10.0 ** log_size[:, np.newaxis]
    ratio, (tx_obscuration, rx_obscuration) = pupil
    waves = 2 ** math.ceil(math.log2(max(1.0, float(size[-1, 0]) / 6.0, float(bias[-1]))))
    x, weight = transfer_nodes(tx_obscuration, panels=1 + waves // 6)
    weight = weight * pupil_transfer(x, ratio=ratio, obscuration=tx_obscuration)
    weight *= np.exp(-2.0 * (np.pi * jitter * x) ** 2)
    inner = rx_obscuration * size
    disc = size * j1(size * x) - inner * j1(inner * x)
    mean = disc @ (weight[:, np.newaxis] * j0(2.0 * np.pi * np.outer(x, bias)))
    return log_size, np.maximum(mean, LEAST_CAPTURE)


def transfer_nodes(obscuration: float, *, panels: int = 1) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights for integrals of :func:`pupil_transfer`, whose slope has jumps.

    Parameters
    ----------
    obscuration
        Diameter of the secondary over that of the primary.
    panels
        Gauss–Legendre rules between two jumps, one for every six periods of the integrand.

    Returns
    -------
    tuple of FloatArray
        Nodes between 0 and 1 and their weights.
    """
    inside = (obscuration, 0.5 * (1.0 - obscuration), 0.5 * (1.0 + obscuration))
    x, weight = _pieces(np.unique([0.0, *inside, 1.0])[np.newaxis], panels)
    return x[0], weight[0]


def _pieces(edges: FloatArray, panels: int) -> tuple[FloatArray, FloatArray]:
    """Gauss–Legendre between the edges of each row, dense where roots have their branch points."""
    node, part = np.polynomial.legendre.leggauss(_NODES)
    t = ((2.0 * np.arange(panels)[:, np.newaxis] + 1.0 + node) / panels - 1.0).ravel()
    weight = np.tile(part / panels, panels)
    place, density = 0.5 + 0.75 * t - 0.25 * t**3, 0.75 * (1.0 - t**2)
    begin, length = edges[:, :-1, np.newaxis], np.diff(edges)[..., np.newaxis]
    x, w = begin + length * place, length * (density * weight)
    return x.reshape(len(edges), -1), w.reshape(len(edges), -1)


def pupil_transfer(x: FloatArray, *, ratio: float, obscuration: float = 0.0) -> FloatArray:
    r"""Autocorrelation of a truncated, obscured Gaussian pupil.

    .. math:: H(x) = \frac{1}{N} e^{-2 \alpha^2 x^2}
                     \int 4 \arcsin(c)\, e^{-2 \alpha^2 \rho^2} \rho\, d\rho, \qquad
              c = \min\left(\frac{1 - \rho^2 - x^2}{2 \rho x},
                            \frac{\rho^2 + x^2 - \epsilon^2}{2 \rho x}, 1\right)

    where positive, in polar coordinates about the middle between both pupils; radii in units of
    the pupil's.

    Parameters
    ----------
    x
        Shift over the diameter, 0…1, shape (n,).
    ratio
        Diameter of the aperture over the 1/e² diameter of the beam :math:`\alpha`.
    obscuration
        Diameter of the secondary over that of the primary :math:`\epsilon`.

    Returns
    -------
    FloatArray
        1 for no shift, 0 for a whole diameter, shape (n,).

    References
    ----------
    .. [1] J. W. Goodman, *Introduction to Fourier Optics*, 3rd ed., Roberts, 2005, sec. 6.3: the
       transfer function of incoherent light is the autocorrelation of the pupil.

    Examples
    --------
    An evenly illuminated disc, (2/π)(arccos x − x √(1 − x²)):

    >>> pupil_transfer(np.array([0.0, 0.5, 1.0]), ratio=1e-3).round(6)
    array([1.      , 0.391002, 0.      ])
    """
    shift = np.maximum(np.asarray(x, dtype=np.float64), 1e-9)[:, np.newaxis]
    edge = _overlap_edges(shift, obscuration)
    radius, weight = _pieces(edge, 1)
    across = np.maximum(2.0 * radius * shift, 1e-300)
    outside = (1.0 - radius**2 - shift**2) / across
    hidden = (radius**2 + shift**2 - obscuration**2) / across
    cosine = np.clip(np.minimum(outside, hidden), 0.0, 1.0)
    bright = np.exp(-2.0 * ratio**2 * (radius**2 + shift**2))
    overlap = np.sum(weight * radius * bright * 4.0 * np.arcsin(cosine), axis=1)
    outer = 2.0 * ratio**2
    norm = -np.expm1(-outer * (1.0 - obscuration**2)) * np.exp(-outer * obscuration**2)
    return np.asarray(overlap * outer / (np.pi * norm))


def _overlap_edges(shift: FloatArray, obscuration: float) -> FloatArray:
    """Radii at which the arc that lies in both pupils changes its law, a sorted row each."""
    squares = (1.0 - shift**2, obscuration**2 - shift**2, 0.5 * (1.0 + obscuration**2) - shift**2)
    edges = [
        np.zeros_like(shift),
        1.0 - shift,
        np.abs(shift - obscuration),
        shift + obscuration,
        *(np.sqrt(np.maximum(square, 0.0)) for square in squares),
    ]
    last = np.sqrt(np.maximum(1.0 - shift**2, 0.0))
    return np.sort(np.clip(np.hstack(edges), 0.0, last), axis=1)
