"""Key that terrestrial links make in the window of a mission: beside a plan, which leaves it be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.forecast.follow import terrestrial_yields
from satqkd.forecast.terrestrial import Terrestrial, TerrestrialLink, follow_session
from satqkd.forecast.terrestrial import terrestrial_links as links_of
from satqkd.mission.mission import Mission


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroundKey:
    """What one link, or two with a node between them, make in a window."""

    session: Terrestrial
    """One whole session."""
    sessions: int
    """How many the window has; the last may be cut short."""
    keyed: int
    """How many of them leave key."""
    secure_bits: int
    """Key of all of them, each a block of its own. [bit]"""

    @property
    def link(self) -> TerrestrialLink:
        """Who makes it."""
        return self.session.made_by


def ground_key(mission: Mission) -> tuple[GroundKey, ...]:
    """Return the key of each terrestrial link of a mission, those alone first.

    Nothing changes along a link: the first session stands for all whole ones, and the last is the
    one that the window may cut short.
    """
    return tuple(_of(link, mission.duration_s) for link in links_of(mission))


def _of(link: TerrestrialLink, window_s: float) -> GroundKey:
    contacts = link.contacts(window_s)
    ends = contacts.take(np.unique(np.array([0, len(contacts) - 1])))
    keys = terrestrial_yields(ends, link.part(ends), link.system).keys
    bits = [int(one) for one in keys.secure_bits]
    counts = [len(contacts) - 1, 1] if len(bits) > 1 else [1]
    return GroundKey(
        session=follow_session(link),
        sessions=len(contacts),
        keyed=sum(count for count, own in zip(counts, bits, strict=True) if own > 0),
        secure_bits=sum(count * own for count, own in zip(counts, bits, strict=True)),
    )
