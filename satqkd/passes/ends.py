"""Whether a satellite can be followed at both ends of a window, without following all of it."""

from __future__ import annotations

from satqkd.elements.satellite import Satellite
from satqkd.errors import CoverageError, PropagationError
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.source_intervals import source_intervals, uncovered
from satqkd.passes.timebase import Timebase

PROBE_S = 60.0
"""So long a stretch is followed. [s]"""


def unfollowed(satellite: Satellite, timebase: Timebase, *, duration_s: float) -> list[str]:
    """Return why a satellite cannot be followed through the window; empty where it can.

    Parameters
    ----------
    satellite
        With its sources; each is tried at both ends of the interval it is used in.
    timebase, duration_s
        The window. [s]
    """
    why = uncovered(satellite, timebase, duration_s)
    for chosen, start_s, end_s in source_intervals(satellite, timebase, duration_s):
        source = satellite.sources[chosen]
        if not source.ages:
            continue
        length_s = min(PROBE_S, end_s - start_s)
        for begin_s in (start_s, end_s - length_s):
            try:
                chain = ephemeris(source, timebase, start_s=begin_s, end_s=begin_s + length_s)
            except (PropagationError, CoverageError) as error:
                why.append(str(error))
                break
            if chain.stopped:
                why.append(chain.stopped)
                break
    return why
