"""How many photons a pulse of laser light holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray


def poissonian_multi_photon(intensity: npt.ArrayLike) -> FloatArray:
    r"""Probability of more than one photon, :math:`1 - (1+\mu) e^{-\mu}`.

    By definition of the Poisson distribution.
    """
    mu = np.asarray(intensity, dtype=np.float64)
    few = mu**2 * (0.5 - mu / 3.0 + mu**2 / 8.0 - mu**3 / 30.0)
    return np.where(mu < 1e-3, few, -np.expm1(-mu) - mu * np.exp(-mu))
