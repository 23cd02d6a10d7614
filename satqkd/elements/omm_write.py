"""Element sets as orbit mean-elements messages in JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from satqkd.elements.satellite import RAD_PER_DEG, REV_DAY_PER_RAD_MIN, ElementSet


def write_omm_json(element_sets: Iterable[ElementSet]) -> str:
    """Return element sets as a JSON list, one record a line.

    Parameters
    ----------
    element_sets
        In any order, which is kept.

    Returns
    -------
    str
        Keywords and numbers as CelesTrak writes them, then what they mean: frame, time system,
        theory, centre. Read again by :func:`satqkd.elements.omm.parse_omm` it gives the same
        elements to the last bit.
    """
    lines = [json.dumps(_fields(one), allow_nan=False) for one in element_sets]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _fields(element_set: ElementSet) -> dict[str, Any]:
    s = element_set.satrec
    return {
        "OBJECT_NAME": element_set.name,
        "OBJECT_ID": element_set.cospar_id,
        "EPOCH": element_set.epoch.replace(tzinfo=None).isoformat(timespec="microseconds"),
        "MEAN_MOTION": _per_day(s.no_kozai, 1.0),
        "ECCENTRICITY": s.ecco,
        "INCLINATION": _degrees(s.inclo),
        "RA_OF_ASC_NODE": _degrees(s.nodeo),
        "ARG_OF_PERICENTER": _degrees(s.argpo),
        "MEAN_ANOMALY": _degrees(s.mo),
        "EPHEMERIS_TYPE": int(s.ephtype),
        "CLASSIFICATION_TYPE": s.classification.strip() or "U",
        "NORAD_CAT_ID": element_set.norad_id,
        "ELEMENT_SET_NO": int(s.elnum),
        "REV_AT_EPOCH": int(s.revnum),
        "BSTAR": s.bstar,
        "MEAN_MOTION_DOT": _per_day(s.ndot, 1440.0),
        "MEAN_MOTION_DDOT": _per_day(s.nddot, 1440.0 * 1440.0),
        "CENTER_NAME": "EARTH",
        "REF_FRAME": "TEME",
        "TIME_SYSTEM": "UTC",
        "MEAN_ELEMENT_THEORY": "SGP4",
    }


def _degrees(radians: float) -> float:
    return _decimal(radians, lambda degrees: degrees * RAD_PER_DEG, radians / RAD_PER_DEG)


def _per_day(value: float, minutes: float) -> float:
    unit = REV_DAY_PER_RAD_MIN * minutes
    return _decimal(value, lambda revolutions: revolutions / unit, value * unit)


def _decimal(value: float, inward: Callable[[float], float], near: float) -> float:
    """Find the number that was read as ``value``: the shortest, else one that is exact."""
    for candidate in _candidates(near):
        if inward(candidate) == value:
            return candidate
    return near


def _candidates(near: float) -> Iterator[float]:
    for digits in range(1, 18):
        yield float(f"{near:.{digits}g}")
    above = below = near
    for _ in range(4):
        above, below = math.nextafter(above, math.inf), math.nextafter(below, -math.inf)
        yield above
        yield below
