"""Where key can lie: the pool of a satellite and a station, and a pair of stations."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import LedgerError
from satqkd.network.ledger.plain import require_name


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pool:
    """Key that one satellite and one station share."""

    satellite: str
    station: str

    def __post_init__(self) -> None:
        require_name("satellite", self.satellite)
        require_name("station", self.station)

    def __str__(self) -> str:
        return f"the pool of {self.satellite} and {self.station}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pair:
    """Two stations that share key; the same pair whichever is named first.

    Examples
    --------
    >>> Pair(station_a="Xinglong", station_b="Nanshan")
    Pair(station_a='Nanshan', station_b='Xinglong')
    """

    station_a: str
    """The one that comes first in the alphabet, whichever was given first."""
    station_b: str

    def __post_init__(self) -> None:
        require_name("station_a", self.station_a)
        require_name("station_b", self.station_b)
        if self.station_a == self.station_b:
            raise LedgerError(f"{self.station_a} is no pair with itself\n  fix: name two stations")
        first, last = sorted((self.station_a, self.station_b))
        object.__setattr__(self, "station_a", first)
        object.__setattr__(self, "station_b", last)

    def __str__(self) -> str:
        return f"{self.station_a} – {self.station_b}"


Place = Pool | Pair
