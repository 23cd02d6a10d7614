"""What an imperfect wavefront costs."""

from __future__ import annotations

import math


def strehl_loss_db(wavefront_error_rms: float) -> float:
    r"""Loss of the beam's bright core to the errors of the wavefront.

    .. math:: S = \exp\left(-(2 \pi \sigma)^2\right)

    Parameters
    ----------
    wavefront_error_rms
        Root mean square error over the exit pupil :math:`\sigma`, in waves of the signal.

    Returns
    -------
    float
        Loss. [dB]

    Notes
    -----
    The light is not gone but scattered around the core; the part of the halo that still falls
    into the receiver is left out. It is the smaller, the finer the structure of the error: focus
    or astigmatism only widen the core, and a receiver not small against it loses less than this.

    References
    ----------
    .. [1] V. N. Mahajan, *J. Opt. Soc. Am.* 73, 860 (1983): within 10 % of the exact peak down to
       a Strehl ratio of 0.3; recalled.

    Examples
    --------
    A fourteenth of a wave, Maréchal's limit:

    >>> round(strehl_loss_db(1 / 14), 2)
    0.87
    """
    return 10.0 * (2.0 * math.pi * wavefront_error_rms) ** 2 / math.log(10.0)
