"""Where the nodes of an orbit lie, and how far its elements can be followed."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.elements.propagation import Motion, failure_text
from satqkd.elements.satellite import ElementSet
from satqkd.errors import PropagationError
from satqkd.passes.decay import failure_s
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

NODES_PER_ORBIT = 20
"""Nodes on a circular orbit, before they are refined."""


ROUND_NODES_PER_ORBIT = 15
"""Nodes on a low orbit of an eccentricity below 0.1, with velocities that fit the positions. Up to
0.02 the polynomials stay within 7 m of SGP4, or 1 ms of flight, and are 1 m off on average."""


PLAIN_PERIOD_S = 225.0 * 60.0
"""Below this period SGP4 leaves out the Sun and the Moon [AIAA 2006-6753]; such an orbit, if
nearly circular, needs no refinement of its nodes. [s]"""


def is_round(element_set: ElementSet) -> bool:
    """Whether an orbit is low and nearly circular, so that its nodes need no refinement."""
    return element_set.period_s < PLAIN_PERIOD_S and element_set.eccentricity < 0.1


BEYOND: Final = 2
"""Numerical: nodes of a round orbit beyond either end of what is asked, so that the ends have no
part in the polynomials within."""


def round_node_times(
    element_set: ElementSet, epoch_s: float, start_s: float, end_s: float
) -> FloatArray:
    """Even times on a round orbit, some beyond either end; the epoch is one of them. [s]

    By definition of even steps. Counted from the epoch, they are the same whatever is asked.
    """
    e = element_set.eccentricity
    crowding = np.sqrt((1.0 + e) / (1.0 - e))
    step_s = element_set.period_s / (ROUND_NODES_PER_ORBIT * crowding)
    first = np.floor((start_s - epoch_s) / step_s) - BEYOND
    last = np.ceil((end_s - epoch_s) / step_s) + BEYOND
    return np.asarray(epoch_s + step_s * np.arange(first, last + 1.0))


def node_times(element_set: ElementSet, epoch_s: float, start_s: float, end_s: float) -> FloatArray:
    """Times from exactly ``start_s`` to exactly ``end_s``. [s].

    Even in eccentric anomaly, by definition of Kepler's equation; those between the ends are the
    same whatever is asked.
    """
    e = min(element_set.eccentricity, 0.95)
    period_s = element_set.period_s
    crowding = np.sqrt((1.0 + e) / (1.0 - e))
    per_orbit = int(np.ceil(NODES_PER_ORBIT * crowding))
    perigee_s = epoch_s - float(element_set.satrec.mo) / (2.0 * np.pi) * period_s
    first = np.floor((start_s - perigee_s) / period_s - 0.5)
    last = np.ceil((end_s - perigee_s) / period_s + 0.5)
    anomaly = np.arange(first * per_orbit, last * per_orbit + 1) * (2.0 * np.pi / per_orbit)
    times = perigee_s + (anomaly - e * np.sin(anomaly)) * period_s / (2.0 * np.pi)
    margin_s = 0.1 * period_s / per_orbit
    inside = times[(times > start_s + margin_s) & (times < end_s - margin_s)]
    return np.concatenate([[start_s], inside, [end_s]])


def followed(
    element_set: ElementSet, timebase: Timebase, start_s: float, end_s: float
) -> tuple[float, float, str | None]:
    """Part of a window in which SGP4 has followed the object from the epoch on, and why no more.

    Positions behind an instant without one are invented; see :func:`failure_s`.
    """
    epoch_s = timebase.seconds(element_set.epoch)
    named = f"{element_set.name} ({element_set.source})"
    stopped = None
    if end_s > epoch_s and (fall_s := failure_s(element_set, end_s - epoch_s)) is not None:
        (when,) = timebase.iso(np.array([epoch_s + fall_s]), digits=0)
        if epoch_s + fall_s <= start_s + 1.0:
            raise PropagationError(f"{named}: decayed by {when}, before the window")
        if epoch_s + fall_s <= end_s:
            end_s = epoch_s + fall_s - 1.0
            stopped = f"{named}: decayed by {when}; no passes after that"
    if start_s < epoch_s and (rise_s := failure_s(element_set, start_s - epoch_s)) is not None:
        (when,) = timebase.iso(np.array([epoch_s + rise_s]), digits=0)
        why = f"{named}: its elements, followed back from their epoch, end in the ground at {when}"
        if epoch_s + rise_s >= end_s - 1.0:
            raise PropagationError(f"{why}, after the window; get elements of an earlier epoch")
        if epoch_s + rise_s >= start_s:
            start_s = epoch_s + rise_s + 1.0
            stopped = "; ".join(filter(None, [stopped, f"{why}; no passes before that"]))
    return start_s, end_s, stopped


def require_positions(
    element_set: ElementSet, timebase: Timebase, node_s: FloatArray, motion: Motion
) -> None:
    """Raise if SGP4 fails at a node for another reason than a decay."""
    if motion.good.all():
        return
    first = int(np.argmin(motion.good))
    (when,) = timebase.iso(node_s[first : first + 1], digits=0)
    raise PropagationError(
        f"{element_set.name} ({element_set.source}): SGP4 gives no position at {when}: "
        f"{failure_text(int(motion.error_code[first]))}"
    )
