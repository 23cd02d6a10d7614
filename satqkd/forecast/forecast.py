"""A forecast: contacts of a window, and what each gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from satqkd.forecast.arms import Sky, samples_along, see
from satqkd.forecast.contact_id import session_ids
from satqkd.forecast.follow import terrestrial_yields, yields_of
from satqkd.forecast.light import Part, PartArm
from satqkd.forecast.seen import Seen, seen_from
from satqkd.forecast.series import Series, sampled_parts, series_of
from satqkd.forecast.systems import Systems
from satqkd.forecast.terrestrial import TerrestrialLink, terrestrial_links
from satqkd.forecast.yields import Yields
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together
from satqkd.passes import night
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts
from satqkd.passes.find import chains_of
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.drawn import StationNumbers

Nights = tuple[tuple[tuple[float, float], ...], ...]
"""For each station, when it is dark: (start_s, end_s). [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """Where a contact runs over the sky of its first station; shape (n,)."""

    time_s: FloatArray
    """Mission seconds. [s]"""
    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    usable: BoolArray
    """Samples that no limit takes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """Contacts with equally many arms, what they look like, and what each gives."""

    mission: Mission
    timebase: Timebase
    bodies: Bodies
    """Sun and Moon over the mission's window."""
    nights: Nights
    """For each station, when it is dark enough: (start_s, end_s). [s]"""
    systems: Systems
    """Says what makes key of a contact."""
    pair: Together | None = None
    """The stations and the protocol of joint contacts; not applicable to others."""
    link: TerrestrialLink | None = None
    """What makes key over the ground; not applicable to contacts with a satellite."""
    contacts: Contacts
    pass_id: tuple[tuple[str, ...], ...]
    """For each arm the id of the pass behind every contact, for people; of a session its own."""
    contact_key: tuple[str, ...]
    """Name of every contact that survives new elements."""
    seen: tuple[Seen, ...]
    """What they look like from each station."""
    yields: Yields
    stopped: tuple[str, ...]
    """Satellites that could not be followed through the whole window, and why."""
    series: Series | None = None
    """Sample by sample; None where not kept."""

    def __len__(self) -> int:
        return len(self.contacts)

    @property
    def passes(self) -> PassTable:
        """The pass behind each contact at its first station."""
        return self.contacts.arms[0]

    @property
    def ids(self) -> tuple[str, ...]:
        """Id of that pass."""
        return self.pass_id[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """Ids of the passes of all arms."""
        return tuple(" + ".join(own) for own in zip(*self.pass_id, strict=True))

    @property
    def reason(self) -> tuple[str | None, ...]:
        """Why a contact gives no key, for people; None where it does."""
        return self.systems.reasons(self.yields)

    @property
    def sampled(self) -> Series:
        """The series, which have to be kept."""
        if self.series is None:
            raise ValueError("the series of this forecast were not kept: with_series() does")
        return self.series

    def take(self, index: IntArray) -> Forecast:
        """Return some of the contacts, without series."""
        return replace(
            self,
            contacts=self.contacts.take(index),
            pass_id=tuple(tuple(own[row] for row in index.tolist()) for own in self.pass_id),
            contact_key=tuple(self.contact_key[row] for row in index.tolist()),
            seen=tuple(own.take(index) for own in self.seen),
            yields=self.yields.take(index),
            series=None,
        )

    def with_series(self, index: IntArray | None = None, *, every: bool = False) -> Forecast:
        """Follow some contacts again, sample by sample.

        Parameters
        ----------
        index
            Which; None for all.
        every
            Whether also those that no sample of may carry key; what their series hold means
            nothing otherwise.
        """
        chosen = self if index is None else self.take(index)
        sky = chosen.sky()
        arms = see(self.mission, chosen.contacts, sky)
        series = series_of(
            self.mission, chosen.contacts, arms, sky, systems=self.systems, every=every
        )
        return replace(chosen, series=series)

    def received(self, index: IntArray) -> Iterator[Part[Any]]:
        """Follow the nodes of some contacts again, those of like ends together."""
        chosen = self.contacts.take(index)
        for part in self.systems.received(self.mission, chosen, self.sky):
            yield replace(part, contacts=index[part.contacts])

    def sampled_parts(self, index: IntArray) -> Iterator[Part[PartArm]]:
        """Follow all samples of some contacts again; each weighs what of its time is usable."""
        chosen = self.contacts.take(index)
        sky = self.take(index).sky()
        for part in sampled_parts(self.mission, chosen, see(self.mission, chosen, sky)):
            yield replace(part, contacts=index[part.contacts])

    def with_tracks(self, index: IntArray) -> tuple[Run, ...]:
        """Follow some contacts over the sky again, without light."""
        chosen = self.take(index)
        arms = see(self.mission, chosen.contacts, chosen.sky())
        first, *_ = sampled = samples_along(arms, step_s=self.mission.step_s)
        tracks = first.side.tracks
        usable = np.logical_and.reduce([one.usage.usable for one in sampled])
        return tuple(
            Run(
                time_s=tracks.time_s[here],
                azimuth_deg=tracks.azimuth_deg[here],
                elevation_deg=tracks.elevation_deg[here],
                usable=usable[here],
            )
            for here in map(tracks.pass_slice, range(index.size))
        )

    def sky(self) -> Sky:
        """Ephemerides of the satellites of these contacts."""
        crafts = [craft.satellite for craft in self.mission.spacecraft]
        chains = chains_of(
            crafts,
            np.unique(self.contacts.satellite).tolist(),
            self.timebase,
            duration_s=self.mission.duration_s,
        )
        return Sky(timebase=self.timebase, bodies=self.bodies, chains=chains)

    def in_order(self) -> Forecast:
        """Return passes ordered by satellite, station, rise."""
        table = self.passes
        return self.take(np.lexsort((table.rise_s, table.station, table.satellite)))

    @staticmethod
    def join(parts: Sequence[Forecast]) -> Forecast:
        """Put contacts with equally many arms below each other; at least one part is needed."""
        first = parts[0]
        if len(parts) == 1:
            return replace(first, series=None)
        arms, ids = range(len(first.seen)), range(len(first.pass_id))
        return replace(
            first,
            contacts=Contacts.join([part.contacts for part in parts]),
            pass_id=tuple(tuple(one for part in parts for one in part.pass_id[k]) for k in ids),
            contact_key=tuple(key for part in parts for key in part.contact_key),
            seen=tuple(Seen.join([part.seen[k] for part in parts]) for k in arms),
            yields=Yields.join([part.yields for part in parts]),
            stopped=tuple(dict.fromkeys(why for part in parts for why in part.stopped)),
            series=None,
        )


def follow(
    mission: Mission,
    contacts: Contacts,
    sky: Sky,
    *,
    systems: Systems,
    pass_id: tuple[tuple[str, ...], ...],
    contact_key: tuple[str, ...],
    nights: Nights = (),
    stopped: tuple[str, ...] = (),
    pair: Together | None = None,
    numbers: StationNumbers | None = None,
    series: bool = False,
    distil: bool = True,
) -> Forecast:
    """Follow contacts that were found, all of a mission's or some, through every later stage.

    Parameters
    ----------
    mission
        Satellites and stations; second 0 is the beginning of the window.
    contacts, pass_id, contact_key
        What to follow, and how it is called. One contact has no influence on another.
    sky
        Where everything is.
    systems
        Makes the key.
    nights, stopped, pair
        Handed on.
    numbers
        What is drawn of the stations, and how often; None leaves the outlook out.
    series
        Whether to keep the series of every sample as well.
    distil
        Whether to work out the key in the blocks that a satellite distils in flight too.

    Returns
    -------
    Forecast
        Key is counted per contact (one block each), from the mean of the gains along it, not
        from the gain at the mean loss.
    """
    arms = see(mission, contacts, sky)
    return Forecast(
        mission=mission,
        timebase=sky.timebase,
        bodies=sky.bodies,
        nights=nights,
        systems=systems,
        pair=pair,
        contacts=contacts,
        pass_id=pass_id,
        contact_key=contact_key,
        seen=tuple(seen_from(mission, arm, sky) for arm in arms),
        yields=yields_of(
            mission, sky.timebase, contacts, arms, systems=systems, numbers=numbers, distil=distil
        ),
        stopped=stopped,
        series=series_of(mission, contacts, arms, sky, systems=systems) if series else None,
    )


def follow_terrestrial(mission: Mission, link: TerrestrialLink, sky: Sky) -> Forecast:
    """Follow the sessions of a terrestrial link through the window of a mission."""
    contacts = link.contacts(mission.duration_s)
    every = [one.name for one in terrestrial_links(mission)]
    names = session_ids(link.name, contacts.start_s, sky.timebase, among=every)
    return Forecast(
        mission=mission,
        timebase=sky.timebase,
        bodies=sky.bodies,
        nights=(),
        systems=link,
        link=link,
        contacts=contacts,
        pass_id=(names,),
        contact_key=names,
        seen=(),
        yields=terrestrial_yields(contacts, link.part(contacts), link.system),
        stopped=(),
    )


def mission_nights(mission: Mission, bodies: Bodies) -> Nights:
    """When each station is dark enough for the mission."""
    return tuple(
        tuple(
            night.nights(
                station.site,
                bodies,
                duration_s=mission.duration_s,
                max_sun_elevation_deg=mission.limits.max_sun_elevation_deg,
            )
        )
        for station in mission.stations
    )
