"""The few constants in which sky and model differ, in coordinates a fit can walk in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

from satqkd.link.background.sky_light import SkyLight
from satqkd.link.stated import Stated
from satqkd.link.way import LinkDirection
from satqkd.mission.calibration import Correction, range_of
from satqkd.mission.mission import Ends

Kind = Literal["loss", "clicks", "qber"]
"""What can be recorded."""

Scale = Literal["plain", "log", "loss"]
"""Coordinate of a constant: itself, its decadic logarithm, or its loss in decibels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Name and unit of a constant in tables."""

    label: str
    unit: str
    per_unit: float
    """The constant in SI over the constant in ``unit``."""


WORDS: Final[Mapping[str, Words]] = {
    "zenith_transmittance": Words(label="zenith transmittance", unit="", per_unit=1.0),
    "aerosol_optical_depth": Words(label="aerosol optical depth", unit="", per_unit=1.0),
    "visibility_m": Words(label="visibility", unit="km", per_unit=1e3),
    "pointing_loss_db": Words(label="pointing loss", unit="dB", per_unit=1.0),
    "pointing_jitter_rad": Words(label="pointing jitter", unit="urad", per_unit=1e-6),
    "receiver_efficiency": Words(label="receiver efficiency", unit="%", per_unit=0.01),
    "intrinsic_error": Words(label="intrinsic error", unit="%", per_unit=0.01),
    "night_radiance_w_m2_sr_m": Words(label="night sky", unit="W m-2 sr-1 um-1", per_unit=1e6),
    "zenith_brightness": Words(label="night sky", unit="", per_unit=1.0),
    "city_radiance_w_m2_sr_m": Words(
        label="lamps on the ground", unit="W m-2 sr-1 um-1", per_unit=1e6
    ),
}
"""Each constant by the name of its field in :class:`satqkd.mission.calibration.Correction`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """One constant with its stated value."""

    name: str
    """Key of :data:`WORDS`."""
    stated: float
    stated_range: tuple[float, float] | None
    scale: Scale
    low: float
    """Lowest value a fit may find, in the coordinate."""
    high: float
    width: float
    """A plausible change, in the coordinate: data must resolve it to fit the constant."""
    by: tuple[Kind, ...]
    """Kinds of data that depend on it."""

    @property
    def words(self) -> Words:
        """Name and unit in tables."""
        return WORDS[self.name]

    @property
    def start(self) -> float:
        """Coordinate of the stated value, within the limits."""
        return min(max(self.coordinate(self.stated), self.low), self.high)

    def coordinate(self, value: float) -> float:
        """Return where a value lies."""
        if self.scale == "plain":
            return value
        logarithm = math.log10(value) if value > 0.0 else -math.inf
        return logarithm if self.scale == "log" else -10.0 * logarithm

    def value(self, coordinate: float) -> float:
        """Return the value at a coordinate."""
        if self.scale == "plain":
            return coordinate
        return float(10.0 ** (coordinate if self.scale == "log" else -0.1 * coordinate))

    def between(self, low: float, high: float) -> tuple[float, float]:
        """Values at two coordinates, in order, within the limits."""
        ends = [self.value(min(max(end, self.low), self.high)) for end in (low, high)]
        return min(ends), max(ends)

    @property
    def stated_width(self) -> float:
        """Length of the stated range in the coordinate; 0 for a value stated without one."""
        if self.stated_range is None:
            return 0.0
        low, high = (self.coordinate(end) for end in self.stated_range)
        return abs(high - low)


LOSS: Final[tuple[Kind, ...]] = ("loss", "clicks")
STRAY: Final[tuple[Kind, ...]] = ("clicks", "qber")
ERROR: Final[tuple[Kind, ...]] = ("qber",)


def constants_of(ends: Ends, kinds: AbstractSet[Kind]) -> tuple[Constant, ...]:
    """Return the constants of a link that some kinds of data depend on.

    Notes
    -----
    Air by Linke turbidity or by a table without aerosol has no constant of its own here: what
    differs there goes into pointing or receiver.
    """
    link = ends.link
    every = (
        *(_of_loss(link.atmosphere.constants()) if link.atmosphere is not None else ()),
        *_of_loss(link.transmitter.pointing.constants()),
        Constant(
            name="receiver_efficiency",
            stated=link.receiver.efficiency,
            stated_range=None,
            scale="loss",
            low=0.0,
            high=40.0,
            width=3.0,
            by=LOSS,
        ),
        _SKY[link.direction](ends.sky),
        Constant(
            name="intrinsic_error",
            stated=ends.source.intrinsic_error,
            stated_range=None,
            scale="plain",
            low=0.0,
            high=0.5,
            width=0.01,
            by=ERROR,
        ),
    )
    return tuple(constant for constant in every if not kinds.isdisjoint(constant.by))


def correction(
    satellite: str,
    station: str,
    values: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> Correction:
    """Return a correction that holds some constants, with ranges where models take them."""
    known = Correction.__dataclass_fields__
    limits = {range_of(name): limit for name, limit in (ranges or {}).items()}
    return Correction(
        satellite=satellite,
        station=station,
        **values,  # type: ignore[arg-type]
        **{name: limit for name, limit in limits.items() if name in known},  # type: ignore[arg-type]
    )


def corrected(ends: Ends, values: Mapping[str, float]) -> Ends:
    """Return the ends with other constants."""
    link, sky, source = correction("", "", values).corrected(ends.link, ends.sky, ends.source)
    return Ends(link=link, sky=sky, source=source, detector=ends.detector)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Where a fit looks for a constant."""

    scale: Scale
    low: float
    high: float
    width: float


_SEARCH: Final[Mapping[str, _Search]] = {
    "zenith_transmittance": _Search(scale="loss", low=0.0, high=30.0, width=1.0),
    "aerosol_optical_depth": _Search(scale="plain", low=0.0, high=5.0, width=0.2),
    "visibility_m": _Search(scale="log", low=math.log10(50.0), high=math.log10(300e3), width=0.5),
    "pointing_loss_db": _Search(scale="plain", low=0.0, high=40.0, width=3.0),
    "pointing_jitter_rad": _Search(scale="log", low=-8.0, high=-2.0, width=0.3),
}
"""The constants of air and pointing; see :class:`Constant`."""


def _of_loss(stated: Mapping[str, Stated]) -> Iterator[Constant]:
    """Yield constants of air or pointing."""
    for name, (value, limits) in stated.items():
        search = _SEARCH[name]
        yield Constant(
            name=name,
            stated=value,
            stated_range=limits,
            scale=search.scale,
            low=search.low,
            high=search.high,
            width=search.width,
            by=LOSS,
        )


def _zenith(sky: SkyLight) -> Constant | None:
    """Return the brightness of the zenith, where one is given."""
    if sky.zenith_brightness is None:
        return None
    return Constant(
        name="zenith_brightness",
        stated=sky.zenith_brightness,
        stated_range=None,
        scale="plain",
        low=5.0,
        high=30.0,
        width=2.5,
        by=STRAY,
    )


def _radiance(name: str, sky: SkyLight) -> Constant:
    stated = getattr(sky, f"{name}_w_m2_sr_m")
    return Constant(
        name=f"{name}_w_m2_sr_m",
        stated=stated,
        stated_range=getattr(sky, f"{name}_range_w_m2_sr_m"),
        scale="plain",
        low=0.0,
        high=1e9,
        width=max(9.0 * stated, 1.0),
        by=STRAY,
    )


_SKY: Final[Mapping[LinkDirection, Callable[[SkyLight], Constant]]] = {
    "downlink": lambda sky: _zenith(sky) or _radiance("night_radiance", sky),
    "uplink": lambda sky: _radiance("city_radiance", sky),
}
"""What is in the field of a receiver at the end of each way."""
