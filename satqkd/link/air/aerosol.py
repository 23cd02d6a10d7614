"""Haze and dust: how much light they take, from what is measured at a station."""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from satqkd.link.air.molecules import rayleigh_optical_depth
from satqkd.passes.refraction import SEA_LEVEL_HPA, standard_air
from satqkd.units import FloatArray

REFERENCE_M: Final = 550e-9
"""Wavelength that visibility and aerosol optical depth are stated at. [m]"""

CONTRAST: Final = 3.912
"""ln 50: at its visual range a black object keeps 2 % contrast (H. Koschmieder, 1924)."""

MOLECULAR_HEIGHT_M: Final = 8_435.0
"""Scale height of the standard atmosphere's pressure at sea level, R T / (M g). [m]"""

AEROSOL_HEIGHT_M: Final = 1_500.0
"""Scale height of haze over the ground. Assumed; 1.2 km in clear air (L. Elterman, 1964, recalled)
to 2 km over well-mixed plains. [m]"""

WATER_COLUMN_M: Final = 0.015
"""Precipitable water over a mid-latitude site. Assumed; 0.005 in winter to 0.05 in the tropics.
[m]"""

VisibilityModel = Literal["kim", "kruse"]
"""Whose exponent carries visibility to other wavelengths."""


def visibility_exponent(visibility_m: float, *, model: VisibilityModel = "kim") -> float:
    r"""Exponent q of the extinction's fall with wavelength, :math:`\lambda^{-q}`.

    Parameters
    ----------
    visibility_m
        Visual range at 550 nm. [m]
    model
        ``kim``, with fog that is grey below 500 m, or ``kruse``; they differ below 6 km.

    Returns
    -------
    float
        1.6 above 50 km, 1.3 above 6 km; below, 0.585 V^(1/3) (Kruse) or 0.16 V + 0.34 to 1 km,
        V - 0.5 to 0.5 km, then 0 (Kim), V in kilometres.

    References
    ----------
    .. [1] P. W. Kruse, L. D. McGlauchlin and R. B. McQuistan, *Elements of Infrared Technology*
       (Wiley, 1962).
    .. [2] I. I. Kim, B. McArthur and E. Korevaar, "Comparison of laser beam propagation at 785 nm
       and 1550 nm in fog and haze", *Proc. SPIE* 4214, 26 (2001).

    Examples
    --------
    >>> visibility_exponent(23e3), round(visibility_exponent(1e3), 2)
    (1.3, 0.5)
    """
    visibility_km = 1e-3 * visibility_m
    if visibility_km > 50.0:
        return 1.6
    if visibility_km > 6.0:
        return 1.3
    if model == "kruse":
        return float(0.585 * visibility_km ** (1.0 / 3.0))
    if visibility_km > 1.0:
        return 0.16 * visibility_km + 0.34
    return max(visibility_km - 0.5, 0.0)


def ground_extinction_per_m(
    visibility_m: float, *, wavelength_m: float, model: VisibilityModel = "kim"
) -> float:
    r"""Extinction of all that dims the view along the ground.

    .. math:: \beta = \frac{3.912}{V} \left(\frac{550\,\mathrm{nm}}{\lambda}\right)^q

    Parameters
    ----------
    visibility_m
        Visual range V at 550 nm, for 2 % contrast. [m]
    wavelength_m
        Of the light. [m]
    model
        Whose q: :func:`visibility_exponent`.

    Returns
    -------
    float
        [1/m]

    References
    ----------
    .. [1] H. Koschmieder, *Beitr. Phys. freien Atmos.* 12, 33 (1924), for the contrast (recalled).
    .. [2] P. W. Kruse, L. D. McGlauchlin and R. B. McQuistan, *Elements of Infrared Technology*
       (Wiley, 1962), and I. I. Kim, B. McArthur and E. Korevaar, *Proc. SPIE* 4214, 26 (2001), for
       the colour.

    Examples
    --------
    >>> round(4343 * ground_extinction_per_m(10e3, wavelength_m=850e-9), 2)  # dB/km
    0.96
    """
    exponent = visibility_exponent(visibility_m, model=model)
    return float(CONTRAST / visibility_m * (REFERENCE_M / wavelength_m) ** exponent)


def visibility_optical_depth(
    visibility_m: float,
    *,
    wavelength_m: float,
    site_height_m: float,
    scale_height_m: float = AEROSOL_HEIGHT_M,
    model: VisibilityModel = "kim",
) -> float:
    r"""Aerosol optical depth of the air over a place with a given visibility.

    .. math:: \tau = H \left[\frac{3.912}{V} - \beta_{mol}(550\,\mathrm{nm})\right]
              \left(\frac{550\,\mathrm{nm}}{\lambda}\right)^q

    Derived here: what :func:`ground_extinction_per_m` leaves after the molecules' share, integrated
    over air that thins exponentially with height.

    Parameters
    ----------
    visibility_m
        Visual range at the station itself. [m]
    wavelength_m
        Of the light. [m]
    site_height_m
        Height of the station above sea level, for its molecules :math:`\beta_{mol}`, which dim
        the view too and have a line of their own. [m]
    scale_height_m
        Height H over the station in which haze thins to 1/e. [m]
    model
        Whose q: :func:`visibility_exponent`.

    Returns
    -------
    float
        Optical depth at the zenith; 0 when molecules alone would dim the view as much.

    Notes
    -----
    The haze is taken to thin from the station's own ground upwards: a mountain station must state
    the visibility measured there, not the valley's. Layers aloft, dust and smoke, are left out.
    """
    molecules = float(rayleigh_optical_depth(REFERENCE_M, site_height_m=site_height_m))
    _, temperature_c = standard_air(site_height_m)
    height_m = MOLECULAR_HEIGHT_M * float(temperature_c + 273.15) / 288.15
    haze = ground_extinction_per_m(visibility_m, wavelength_m=REFERENCE_M) - molecules / height_m
    exponent = visibility_exponent(visibility_m, model=model)
    colour = (REFERENCE_M / wavelength_m) ** exponent
    return float(max(haze, 0.0) * scale_height_m * colour)


def angstrom_optical_depth(
    aerosol_optical_depth: npt.ArrayLike, *, wavelength_m: float, exponent: float
) -> FloatArray:
    r"""Aerosol optical depth at a wavelength from that at 550 nm.

    .. math:: \tau = \tau_{550} \left(\frac{550\,\mathrm{nm}}{\lambda}\right)^\alpha

    Parameters
    ----------
    aerosol_optical_depth
        Over the station, at 550 nm and the zenith, any shape.
    wavelength_m
        Of the light. [m]
    exponent
        Ångström's :math:`\alpha`.

    Returns
    -------
    FloatArray
        Optical depth at the zenith, same shape.

    References
    ----------
    .. [1] A. Ångström, "On the atmospheric transmission of Sun radiation and on dust in the air",
       *Geografiska Annaler* 11, 156 (1929).

    Examples
    --------
    >>> round(float(angstrom_optical_depth(0.2, wavelength_m=848.6e-9, exponent=1.3)), 3)
    0.114
    """
    colour = (REFERENCE_M / wavelength_m) ** exponent
    return np.asarray(np.asarray(aerosol_optical_depth, dtype=np.float64) * colour)


def linke_optical_depth(
    linke_turbidity: float, *, site_height_m: float, precipitable_water_m: float = WATER_COLUMN_M
) -> float:
    r"""Aerosol optical depth at 550 nm behind a Linke turbidity.

    .. math:: T_L = 3.91\,e^{0.689\,p_0/p}\,\tau_{550} + 0.376 \ln w
              + 2 + 0.54\frac{p_0}{p} - 0.5\left(\frac{p_0}{p}\right)^2
              + 0.16\left(\frac{p_0}{p}\right)^3

    solved for :math:`\tau_{550}`.

    Parameters
    ----------
    linke_turbidity
        Linke turbidity at airmass 2, as the maps give it, for the station's own height.
    site_height_m
        For the pressure p of the standard atmosphere. [m]
    precipitable_water_m
        Column of water w; the formula takes centimetres. [m]

    Returns
    -------
    float
        Optical depth at the zenith; 0 where the turbidity is less than clean air with this water
        has.

    Notes
    -----
    Fitted for urban aerosol, depths of 0…0.6, 0.2…10 cm of water and sites up to 7 km, to about
    0.12 units of turbidity: 0.015 of optical depth at sea level.

    References
    ----------
    .. [1] P. Ineichen, "Conversion function between the Linke turbidity and the atmospheric water
       vapor and aerosol content", *Solar Energy* 82, 1095 (2008).

    Examples
    --------
    >>> round(linke_optical_depth(3.5, site_height_m=0.0), 3)
    0.147
    """
    pressure_hpa, _ = standard_air(site_height_m)
    ratio = SEA_LEVEL_HPA / float(pressure_hpa)
    water = 0.376 * math.log(100.0 * precipitable_water_m)
    clean = 2.0 + 0.54 * ratio - 0.5 * ratio**2 + 0.16 * ratio**3
    return max(linke_turbidity - water - clean, 0.0) / (3.91 * math.exp(0.689 * ratio))
