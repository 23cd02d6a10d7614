"""Instability of a clock comparison against averaging time, beside what was published of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.timing.stability import mdev_from_tdev
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPoint:
    """A published instability after one averaging time."""

    what: str
    """Distance, value and paper."""
    tau_s: float
    """Averaging time. [s]"""
    mdev: float
    """Modified Allan deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPrecision:
    """A published precision without its averaging time."""

    what: str
    """Value and paper."""
    tdev_s: float
    """[s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published of comparisons by one system."""

    points: tuple[PublishedPoint, ...] = ()
    """Those that the floors of the presets are set to meet."""
    precisions: tuple[PublishedPrecision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Instability of a comparison against averaging time; infinite where there is none."""

    name: str
    loss_db: float | None
    """Of one way; not applicable where a rate of clicks is stated instead. [dB]"""
    tau_s: FloatArray
    """Averaging times, shape (m,) like all below. [s]"""
    tdev_s: FloatArray
    """Time deviation. [s]"""
    limit_s: FloatArray
    """Time deviation from counting photons alone, without floors and the clocks' own noise. [s]"""
    why_not: str | None
    """Why there is none at any time."""
    published: Published
    """What was published of such systems."""
    orbit: bool = False
    """Whether it is a contact with a satellite in some orbit: its floor is that of the link on the
    ground, and its own is not known."""

    @property
    def drawn(self) -> bool:
        """Whether there is any."""
        return bool(np.isfinite(self.tdev_s).any())

    @property
    def mdev(self) -> FloatArray:
        """Modified Allan deviation."""
        return mdev_from_tdev(self.tdev_s, tau_s=self.tau_s)

    @property
    def limit_mdev(self) -> FloatArray:
        """Modified Allan deviation from counting photons alone."""
        return mdev_from_tdev(self.limit_s, tau_s=self.tau_s)
