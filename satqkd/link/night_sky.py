"""Stray light from the sky behind the satellite."""

from __future__ import annotations

import math

from satqkd.constants import PLANCK_J_S, SPEED_OF_LIGHT_M_S
from satqkd.link.terminal import Receiver


def sky_photon_rate_hz(
    radiance_w_m2_sr_m: float, *, receiver: Receiver, wavelength_m: float
) -> float:
    r"""Photons per second that the sky puts before the detectors.

    .. math:: R = H\,\Omega\,A\,\Delta\lambda\,\frac{\lambda}{hc}\,\eta, \qquad
              \Omega = \frac{\pi}{4} \theta_{fov}^2, \quad
              A = \frac{\pi}{4} D_r^2 (1 - \epsilon^2)

    Parameters
    ----------
    radiance_w_m2_sr_m
        Spectral radiance of the sky :math:`H`. [W/(m² sr m)]; 1 W/(m² sr µm) is 1e6.
    receiver
        Telescope, filter, field of view and optical efficiency :math:`\eta`.
    wavelength_m
        Centre of the filter :math:`\lambda`. [m]

    Returns
    -------
    float
        Rate over all detectors, before their efficiency. [Hz]

    References
    ----------
    .. [1] E.-L. Miao et al., "Background noise of satellite-to-ground quantum key
       distribution", *New J. Phys.* 7, 215 (2005), eq. 1.
    """
    solid_angle_sr = 0.25 * math.pi * receiver.field_of_view_rad**2
    area_m2 = 0.25 * math.pi * receiver.aperture_m**2 * (1.0 - receiver.obscuration**2)
    power_w = radiance_w_m2_sr_m * solid_angle_sr * area_m2 * receiver.bandwidth_m
    photon_j = PLANCK_J_S * SPEED_OF_LIGHT_M_S / wavelength_m
    return power_w / photon_j * receiver.efficiency
