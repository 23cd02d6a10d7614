"""The running score: what was forecast of contacts, held against what was flown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import numpy as np

from satqkd.calibration.crps import crps_of_members, crps_of_quantiles, share_interval
from satqkd.units import FloatArray

Quantity = Literal["key", "sifted", "clicks", "loss", "qber"]

QUANTITIES: Final[tuple[Quantity, ...]] = ("key", "sifted", "clicks", "loss", "qber")
"""What is scored; the first that there is leads."""

ENOUGH_CONTACTS: Final = 5
"""Fewer do not tell a bias from chance; a convention."""

BEYOND: Final = 2.0
"""Standard errors from which a bias proposes a calibration; a convention: of honest forecasts one
in twenty, of five contacts alone one in nine (Student's t)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foreseen:
    """What was forecast of a contact."""

    bits: float
    """Key under a clear sky. [bit]"""
    sifted_bits: float
    """Under a clear sky. [bit]"""
    qber: float
    """Of the sifted bits."""
    loss_db: float | None
    """Of the mean transmittance over the usable time; not applicable, so None, where nothing is
    usable. [dB]"""
    p10_bits: float | None = None
    """10th percentile of the key; None where no ensemble was drawn. [bit]"""
    p50_bits: float | None = None
    p90_bits: float | None = None
    mean_bits: float | None = None
    """Mean of all realisations; None where none was drawn. [bit]"""
    members: FloatArray | None = None
    """Key of every realisation, shape (n,); None where they were not kept. [bit]"""

    @staticmethod
    def of_members(
        members: FloatArray, *, bits: float, sifted_bits: float, qber: float, loss_db: float | None
    ) -> Foreseen:
        """Return a forecast with the percentiles and the mean of its realisations."""
        p10, p50, p90 = np.percentile(members, (10.0, 50.0, 90.0)).tolist()
        return Foreseen(
            bits=bits, sifted_bits=sifted_bits, qber=qber, loss_db=loss_db,
            p10_bits=p10, p50_bits=p50, p90_bits=p90,
            mean_bits=float(members.mean()), members=members,
        )  # fmt: skip

    @property
    def interval(self) -> tuple[float, float] | None:
        """P10 and P90; None where no ensemble was drawn. [bit]"""
        if self.p10_bits is None or self.p90_bits is None:
            return None
        return self.p10_bits, self.p90_bits

    def crps(self, flown_bits: float) -> float | None:
        """Return the continuous ranked probability score; None without an ensemble. [bit]"""
        if self.members is not None:
            return crps_of_members(self.members, flown_bits)
        if self.p10_bits is None or self.p50_bits is None or self.p90_bits is None:
            return None
        return crps_of_quantiles(self.p10_bits, self.p50_bits, self.p90_bits, flown_bits)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlownContact:
    """A contact that was flown, and what was forecast of it."""

    contact_key: str
    pass_id: str
    satellite: str
    station: str
    utc: datetime
    """Culmination; over the first station of a joint contact."""
    partner: str = ""
    """The second station of a joint contact; empty for a pass."""
    line: int = 0
    """Its first line in the log; 0 where it comes from none."""
    key_bits: float | None = None
    """Secret key really made; None where the log does not say. [bit]"""
    sifted_bits: float | None = None
    """None where the log does not say. [bit]"""
    foreseen: Foreseen | None = None
    """None where the log holds no totals of the contact: then it is not worked out."""
    clicks_db: float | None = None
    """Clicks of the log's instants over those forecast of them, mean; None where there are
    none. [dB]"""
    loss_db: float | None = None
    """Loss flown minus forecast, mean; None where not recorded. [dB]"""
    qber: float | None = None
    """Error fraction flown minus forecast, mean; None where not recorded."""

    @property
    def where(self) -> str:
        """Its station, or both."""
        return f"{self.station} + {self.partner}" if self.partner else self.station

    def difference(self, quantity: Quantity) -> float | None:
        """Return flown minus forecast; None where one of the two is missing or no key at all.

        Returns
        -------
        float or None
            Of key, sifted bits and clicks the decibels between them, of loss decibels, of the
            error a fraction.
        """
        if quantity == "clicks":
            return self.clicks_db
        if quantity == "loss":
            return self.loss_db
        if quantity == "qber":
            return self.qber
        if self.foreseen is None:
            return None
        if quantity == "key":
            return _decibels(self.key_bits, self.foreseen.bits)
        return _decibels(self.sifted_bits, self.foreseen.sifted_bits)

    @property
    def crps_bits(self) -> float | None:
        """Score of the key as a distribution; None without key or ensemble. [bit]"""
        if self.foreseen is None or self.key_bits is None:
            return None
        return self.foreseen.crps(self.key_bits)

    @property
    def inside(self) -> bool | None:
        """Whether the key lies from P10 to P90; None without key or ensemble."""
        if self.foreseen is None or self.key_bits is None or self.foreseen.interval is None:
            return None
        low, high = self.foreseen.interval
        return low <= self.key_bits <= high


def _decibels(flown: float | None, forecast: float) -> float | None:
    """Ratio of two amounts; None where one of them is none. [dB]"""
    if flown is None or flown <= 0.0 or forecast <= 0.0:
        return None
    return 10.0 * math.log10(flown / forecast)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """Flown minus forecast over some contacts, each counting once and for itself."""

    count: int
    """Contacts."""
    mean: float
    """dB, or a fraction."""
    scatter: float | None
    """Standard deviation about the mean; not applicable, so None, to a single contact."""

    @property
    def error(self) -> float | None:
        """Standard error of the mean, contacts taken as independent; None of a single one."""
        return None if self.scatter is None else self.scatter / math.sqrt(self.count)

    @property
    def calibrate(self) -> bool:
        """Whether it lies further from zero than chance takes it."""
        if self.error is None or self.count < ENOUGH_CONTACTS:
            return False
        return abs(self.mean) > BEYOND * self.error


def bias(differences: Sequence[float]) -> Bias:
    """Return the bias of some differences; at least one is needed."""
    values = np.asarray(differences, dtype=np.float64)
    scatter = float(values.std(ddof=1)) if values.size > 1 else None
    return Bias(count=values.size, mean=float(values.mean()), scatter=scatter)


def running(differences: Sequence[float]) -> list[Bias]:
    """Return the bias after the first, the second, … contact."""
    return [bias(differences[:count]) for count in range(1, len(differences) + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The key of contacts against its distribution."""

    count: int
    """Contacts with key, 0 bit included, and an ensemble."""
    inside: int
    """Of them those from P10 to P90."""
    crps_bits: float
    """Mean. [bit]"""
    point_bits: float
    """Mean distance of the key from the forecast under a clear sky: what that figure scores as a
    distribution of one value. [bit]"""

    @property
    def share(self) -> float:
        """Share inside."""
        return self.inside / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """What share is meant, with 95 % confidence."""
        return share_interval(self.inside, self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupScore:
    """The score of some contacts."""

    station: str | None
    """Whose contacts; None for those of all stations."""
    contacts: int
    biases: dict[Quantity, Bias]
    """Of what was recorded."""
    coverage: Coverage | None
    """None where no contact has both key and an ensemble."""
    keyless: int
    """Contacts whose key or whose forecast is 0: they have no decibels."""

    @property
    def calibrate(self) -> tuple[Quantity, ...]:
        """Quantities whose bias proposes a calibration."""
        return tuple(name for name, one in self.biases.items() if one.calibrate)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """Forecast against flown over the logs of a mission."""

    contacts: tuple[FlownContact, ...]
    """In the order of time."""
    whole: GroupScore
    stations: tuple[GroupScore, ...]
    """By name."""

    @property
    def leading(self) -> Quantity | None:
        """What the running bias is of: the first of :data:`QUANTITIES` that was recorded."""
        return next(iter(self.whole.biases), None)

    @property
    def running(self) -> list[Bias | None]:
        """The bias of :attr:`leading` after each contact; None before the first that has it."""
        if self.leading is None:
            return [None] * len(self.contacts)
        differences = [one.difference(self.leading) for one in self.contacts]
        known = [value for value in differences if value is not None]
        after = running(known)
        counts = np.cumsum([value is not None for value in differences]).tolist()
        return [after[count - 1] if count else None for count in counts]


def score_of(contacts: Iterable[FlownContact]) -> Score:
    """Hold what was forecast of contacts against what was flown.

    Parameters
    ----------
    contacts
        Each contact once.
    """
    ordered = tuple(sorted(contacts, key=lambda one: (one.utc, one.contact_key)))
    names = sorted({one.where for one in ordered})
    return Score(
        contacts=ordered,
        whole=_group(None, ordered),
        stations=tuple(
            _group(name, [one for one in ordered if one.where == name]) for name in names
        ),
    )


def _group(station: str | None, contacts: Sequence[FlownContact]) -> GroupScore:
    biases: dict[Quantity, Bias] = {}
    for name in QUANTITIES:
        known = [value for one in contacts if (value := one.difference(name)) is not None]
        if known:
            biases[name] = bias(known)
    keyless = [one for one in contacts if one.key_bits is not None and one.foreseen is not None]
    return GroupScore(
        station=station,
        contacts=len(contacts),
        biases=biases,
        coverage=_coverage(contacts),
        keyless=sum(one.difference("key") is None for one in keyless),
    )


def _coverage(contacts: Sequence[FlownContact]) -> Coverage | None:
    known = [
        (one.inside, crps, abs(one.key_bits - one.foreseen.bits))
        for one in contacts
        if one.foreseen is not None
        and one.key_bits is not None
        and (crps := one.crps_bits) is not None
    ]
    if not known:
        return None
    inside, scores, distances = zip(*known, strict=True)
    return Coverage(
        count=len(known),
        inside=sum(map(bool, inside)),
        crps_bits=float(np.mean(scores)),
        point_bits=float(np.mean(distances)),
    )
