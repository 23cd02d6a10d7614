"""How long SGP4 can follow an object before it reports its decay."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.elements.mean_elements import SGP4_RADIUS_M
from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet
from satqkd.units import BoolArray, FloatArray

PROBE_S: Final = 225.0
"""Between probes: 24 on the lowest orbits. A perigee just between two of them is at most 45 km
lower than the lower of both, for any eccentricity. [s]"""

BLOCK_S: Final = 24 * PROBE_S
"""Interval that is searched second by second if one of its probes is low. [s]"""

LOW_M: Final = 60e3
"""Height, above SGP4's equator, of a probe below which its interval is searched whole. [m]"""

PERIODIC: Final = 0.02
"""Assumed: what the periodic pull of Sun and Moon adds to an eccentricity at most."""

_BLOCKS_AT_ONCE: Final = 1600
"""A hundred days of probes at a time."""


def failure_s(element_set: ElementSet, until_s: float) -> float | None:
    """Find the first whole second from the epoch on for which SGP4 gives no position.

    The drag terms of SGP4 are polynomials in time that turn over, and the ground is met at perigee
    first: after a decay there are positions again, on most of each orbit at first, later on all.

    Parameters
    ----------
    element_set
        Elements.
    until_s
        Where to stop, after or before the epoch: at the end of the interval of
        :data:`BLOCK_S` that holds it, so that the answer does not depend on it. [s]

    Returns
    -------
    float or None
        Seconds since the epoch, negative before it; None where it never fails. [s]

    References
    ----------
    .. [1] D. A. Vallado et al., AIAA 2006-6753: what SGP4 calls an error.
    """
    if until_s == 0.0 or _stays_up(element_set, until_s):
        return None
    forward, blocks = np.sign(until_s), int(np.ceil(abs(until_s) / BLOCK_S))
    per_block = round(BLOCK_S / PROBE_S)
    for begin in range(0, blocks, _BLOCKS_AT_ONCE):
        some = np.arange(begin, min(begin + _BLOCKS_AT_ONCE, blocks))
        first = some[0] * per_block
        probe_s = np.arange(first, (some[-1] + 1) * per_block + 1) * PROBE_S
        low = _low(element_set, forward * probe_s)
        suspect = np.logical_or.reduceat(low[:-1], (some - some[0]) * per_block)
        suspect |= low[per_block::per_block]
        for block in some[suspect].tolist():
            second_s = forward * np.arange(block * BLOCK_S, (block + 1) * BLOCK_S + 1.0)
            bad = ~propagate(element_set, second_s).good
            if bad.any():
                return float(second_s[np.argmax(bad)])
    return None


def _low(element_set: ElementSet, since_s: FloatArray) -> BoolArray:
    """Whether there is no position, or a low one."""
    motion = propagate(element_set, since_s)
    square_m2 = np.einsum("ij,ij->j", motion.position_m, motion.position_m)
    return np.asarray(~(motion.good & (square_m2 > (SGP4_RADIUS_M + LOW_M) ** 2)))


def _stays_up(element_set: ElementSet, until_s: float) -> bool:
    """Whether perigee stays high by SGP4's mean elements, without a look at every orbit.

    The root of the semi-major axis is a polynomial of the fourth degree; what each of its terms
    takes is added up, whatever its sign. The eccentricity changes evenly, but for small terms.
    """
    satrec = element_set.satrec
    share = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    elements = []
    for part in share.tolist():
        error, _, _ = satrec.sgp4_tsince(part * until_s / 60.0)
        if error:
            return False
        elements.append((satrec.am, satrec.em))
    axis, eccentricity = np.array(elements).T
    if not (np.isfinite(axis).all() and np.isfinite(eccentricity).all() and (axis > 0.0).all()):
        return False
    terms = np.linalg.solve(np.vander(share), np.sqrt(axis))
    lowest_axis = max(0.0, terms[-1] - np.abs(terms[:-1]).sum()) ** 2
    roundest, longest = eccentricity.min(), eccentricity.max()
    most = longest + 0.5 * (longest - roundest) + PERIODIC * (satrec.method == "d")
    return bool(lowest_axis * (1.0 - most) * SGP4_RADIUS_M > SGP4_RADIUS_M + 2.0 * LOW_M)
