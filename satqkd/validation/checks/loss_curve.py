"""Checks of the loss along a flown pass, from what is published about its link."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import numpy as np

from satqkd.config.parts import preset_values
from satqkd.link.air.atmosphere import Air
from satqkd.link.beam.beams import Beam
from satqkd.link.beam.pointing import Pointing
from satqkd.link.budget import Link, budget
from satqkd.link.scene import Scene
from satqkd.link.turbulence.fibre_coupling import Coupling
from satqkd.link.turbulence.profile import Turbulence
from satqkd.passes.station import Station
from satqkd.units import FloatArray, loss_db
from satqkd.validation.checks.clicks import detector
from satqkd.validation.checks.orbit import Seen, overpass
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownLoss:
    """Loss at one range of a pass, with the interval between all stated ranges' ends."""

    payload: str
    terminal: str
    elements: str
    station: Station
    near: datetime
    range_m: float

    def figures(self) -> Mapping[str, Value]:
        """Losses in decibels: to the detectors' input, and their efficiency included."""
        link = _link(self.payload, self.terminal)
        scene = _scene(self.elements, self.station, self.near, np.array([self.range_m]))
        middle, best, worst = (
            budget(scene, one).total_db.item() for one in (link, link.best(), link.worst())
        )
        seen_db = float(loss_db(detector(self.terminal).efficiency))
        return {
            "loss": middle,
            "loss, interval": (best, worst),
            "loss with detectors, interval": (best + seen_db, worst + seen_db),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Steepness:
    """How much faster the loss of a pass grows than that of a beam that only spreads."""

    payload: str
    terminal: str
    elements: str
    station: Station
    near: datetime
    from_range_m: float
    to_range_m: float
    air: Air | None = None
    """In place of the payload's."""
    beam: Beam | None = None
    """In place of the payload's."""
    pointing: Pointing | None = None
    """In place of the payload's."""
    coupling: Coupling | None = None
    """A fibre behind the terminal's telescope."""
    turbulence: Turbulence | None = None
    """What blurs the spot on it."""

    def figures(self) -> Mapping[str, Value]:
        """Growth of the loss over that of the squared range, both in decibels."""
        ends_m = np.array([self.from_range_m, self.to_range_m])
        scene = _scene(self.elements, self.station, self.near, ends_m)
        link = self._link()
        spreading_db = 20.0 * math.log10(self.to_range_m / self.from_range_m)
        middle, clear, hazy = (
            float(np.diff(budget(scene, one).total_db).item()) / spreading_db
            for one in (link, link.best(), link.worst())
        )
        return {"steepness": middle, "steepness, interval": (clear, hazy)}

    def _link(self) -> Link:
        printed = _link(self.payload, self.terminal)
        stated = printed.transmitter
        return replace(
            printed,
            transmitter=replace(
                stated,
                beam=self.beam or stated.beam,
                pointing=self.pointing or stated.pointing,
            ),
            receiver=replace(printed.receiver, coupling=self.coupling),
            atmosphere=self.air or printed.atmosphere,
            turbulence=self.turbulence,
        )


def _link(payload: str, terminal: str) -> Link:
    flying, standing = (preset_values(name).content.value for name in (payload, terminal))
    return Link(
        transmitter=flying.transmitter, receiver=standing.receiver, atmosphere=flying.atmosphere
    )


def _scene(elements: str, station: Station, near: datetime, range_m: FloatArray) -> Scene:
    """See the satellite at some ranges, its elevation the mean of rising and setting."""
    tracks = _seen(elements, station, near).tracks
    top = int(np.argmin(tracks.range_m))
    rising, setting = slice(top, None, -1), slice(top, None)
    elevation_deg = [
        np.interp(range_m, tracks.range_m[branch], tracks.elevation_deg[branch])
        for branch in (rising, setting)
    ]
    return Scene.dark(range_m, np.mean(elevation_deg, axis=0), site_height_m=station.height_m)


@cache
def _seen(elements: str, station: Station, near: datetime) -> Seen:
    return overpass(elements, station, near)
