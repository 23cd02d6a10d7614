"""SGP4, in batches, with nothing taken on trust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.elements.satellite import ElementSet
from satqkd.units import BoolArray, FloatArray, IntArray

FAILURES: Final = {
    1: "the mean eccentricity leaves the range 0 to 1",
    2: "the mean motion is below 0",
    3: "the eccentricity leaves the range 0 to 1",
    4: "the orbit is no ellipse any more",
    6: "the orbit has sunk into the ground",
}
"""What SGP4's error codes mean [AIAA 2006-6753]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """Positions and velocities in TEME, the frame of SGP4."""

    position_m: FloatArray
    """Shape (3, n). [m]"""
    velocity_m_s: FloatArray
    """Shape (3, n). [m/s]"""
    good: BoolArray
    """Where SGP4 reported no error and every number is finite; shape (n,)."""
    error_code: IntArray
    """SGP4's error code; 0 where it reported none; shape (n,)."""


def propagate(element_set: ElementSet, since_epoch_s: FloatArray) -> Motion:
    """Run SGP4 for one element set at many times.

    Parameters
    ----------
    element_set
        Elements to propagate.
    since_epoch_s
        SI seconds from the epoch of the elements, shape (n,). [s]

    Returns
    -------
    Motion
        One column a time. Columns that are not ``good`` hold no usable numbers: SGP4 can return NaN
        with error code 0, so both are looked at.

    References
    ----------
    .. [1] D. A. Vallado, P. Crawford, R. Hujsak and T. S. Kelso, "Revisiting Spacetrack Report
       #3", AIAA 2006-6753, through the ``sgp4`` package's compiled batch call.
    """
    satrec = element_set.satrec
    times_s = np.ascontiguousarray(since_epoch_s, dtype=np.float64)
    whole = np.full(times_s.shape, satrec.jdsatepoch)
    error, position_km, velocity_km_s = satrec.sgp4_array(
        whole, satrec.jdsatepochF + times_s / DAY_S
    )
    finite = np.isfinite(position_km).all(axis=1) & np.isfinite(velocity_km_s).all(axis=1)
    return Motion(
        position_m=np.ascontiguousarray(position_km.T) * 1e3,
        velocity_m_s=np.ascontiguousarray(velocity_km_s.T) * 1e3,
        good=(error == 0) & finite,
        error_code=error.astype(np.int64),
    )


def failure_text(error_code: int) -> str:
    """Say what an SGP4 error code means; code 0 stands for numbers that are not finite."""
    if error_code == 0:
        return "positions are not finite numbers"
    return FAILURES.get(error_code, f"error {error_code}")
