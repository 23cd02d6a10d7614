"""Names for passes that people can read and machines can rely on."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.units import IntArray

_LONGEST = 40


def slug(name: str, *, otherwise: str) -> str:
    """Return ``name`` in the letters a–z, 0–9 and ``-``; ``otherwise`` when none is left.

    Examples
    --------
    >>> slug("Nanshan (1.2 m)", otherwise="station1")
    'nanshan-1-2-m'
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower())
    return words[:_LONGEST].strip("-") or otherwise


def pass_ids(forecast: Forecast) -> list[str]:
    """Return the id of every pass, such as ``micius-xinglong-20161219T1652``.

    Satellite, station and the minute of the culmination in UTC; where two passes would share
    an id the later ones, in order of rise, end in ``-2``, ``-3``, …

    Returns
    -------
    list[str]
        One id a pass, in the order of ``forecast.passes``, none twice.
    """
    mission, passes = forecast.mission, forecast.passes
    satellites = [
        slug(craft.satellite.name, otherwise=str(craft.satellite.norad_id))
        for craft in mission.spacecraft
    ]
    stations = [
        slug(ground.site.name, otherwise=f"station{number}")
        for number, ground in enumerate(mission.stations, start=1)
    ]
    minutes = [
        re.sub("[-:]", "", text[:16]) for text in forecast.timebase.iso(passes.culmination_s)
    ]
    ids = [""] * len(passes)
    seen: Counter[str] = Counter()
    for index in by_rise(forecast).tolist():
        satellite, station = passes.satellite[index], passes.station[index]
        name = f"{satellites[satellite]}-{stations[station]}-{minutes[index]}"
        seen[name] += 1
        ids[index] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return ids


def by_rise(forecast: Forecast) -> IntArray:
    """Indices of the passes in the order in which they rise."""
    passes = forecast.passes
    order = np.lexsort((passes.station, passes.satellite, passes.rise_s))
    return np.asarray(order, dtype=np.int64)
