"""What a study varies: named values, each one or several settings of the mission's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from satqkd.config.axis import unit_suffix

KeptList = Literal["satellites", "stations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value set beside the mission's files."""

    path: str
    """As ``--set`` takes it; ``[*]`` stands for each item of a list."""
    value: str
    """In one line of YAML."""
    by: str
    """Where it is written, as ``study.yaml:12``: findings name it as their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """A part of a list of the mission that is kept."""

    list: KeptList
    first: int | None = None
    """How many, from the beginning; None where names are given."""
    names: tuple[str, ...] = ()
    by: str

    @property
    def text(self) -> str:
        """Say it in short."""
        return str(self.first) if self.first is not None else ", ".join(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One value of a variable."""

    text: str
    """As tables show it."""
    number: float | None
    """In the unit of the variable; None where it is no number."""
    settings: tuple[Setting, ...] = ()
    keep: Keep | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A variable as tables and pictures see it."""

    name: str
    """A word."""
    title: str
    """For people."""
    unit: str
    """Of its numbers, as the files write it; empty for none."""
    numeric: bool
    """Whether its values are numbers; else they are names."""
    levels: tuple[str, ...]
    """Texts of its values in their order; empty where any between two ends is taken."""
    log: bool = False
    """Whether its values are spread by factors."""

    @property
    def column(self) -> str:
        """Name of its column, which ends in the unit."""
        return self.name + unit_suffix(self.unit)

    @property
    def label(self) -> str:
        """Title with the unit, for the axis of a picture."""
        return f"{self.title} [{self.unit}]" if self.unit else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Two ends between which any number may be taken."""

    low: float
    high: float
    log: bool

    def at(self, share: float) -> float:
        """Return the number at a share of the way, 0 to 1, to twelve digits.

        Examples
        --------
        >>> Span(low=1.0, high=100.0, log=True).at(0.5), Span(low=0.0, high=2.0, log=False).at(0.5)
        (10.0, 1.0)
        """
        if self.log:
            number = float(self.low * np.power(self.high / self.low, share))
        else:
            number = self.low + (self.high - self.low) * share
        return float(f"{number:.12g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a value is put, and how it is written there."""

    paths: tuple[str, ...] = ()
    keep: KeptList | None = None
    written: str = "{}"
    unit: str = ""
    by: str

    def level(self, number: float) -> Level:
        """Return the value of a number."""
        if self.keep is not None:
            count = round(number)
            keep = Keep(list=self.keep, first=count, by=self.by)
            return Level(text=str(count), number=float(count), keep=keep)
        text = f"{number:.12g} {self.unit}".rstrip()
        value = self.written.replace("{}", text)
        settings = tuple(Setting(path=path, value=value, by=self.by) for path in self.paths)
        return Level(text=text, number=number, settings=settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One thing that is varied."""

    axis: Axis
    levels: tuple[Level, ...]
    """Its values in their order; empty where only a span is given."""
    span: Span | None = None
    """Not applicable, so None, where values are given one by one."""
    places: Places | None = None
    """Where a number of the span is put; not applicable without one."""

    @property
    def name(self) -> str:
        """A word."""
        return self.axis.name

    def at(self, share: float) -> Level:
        """Return the value at a share of the way from the first to the last, 0 to 1.

        Of values given one by one each has an equal part of the way.
        """
        if self.span is not None and self.places is not None:
            return self.places.level(self.span.at(share))
        return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
