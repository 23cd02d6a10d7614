"""Windows and epochs that time cannot be counted in, with the place that says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from satqkd.config.files import MissionFile
from satqkd.config.yaml_nodes import Document
from satqkd.constants import DAY_S
from satqkd.elements.satellite import Satellite
from satqkd.errors import Finding

UTC_BEGAN: Final = datetime(1972, 1, 1, tzinfo=UTC)
"""Before, UTC had no leap seconds but a rate of its own (ITU-R TF.460; recalled)."""


def check_window(
    layout: MissionFile, document: Document, *, start: datetime | None, duration_s: float | None
) -> Iterator[Finding]:
    """Yield what is wrong with a window, at the key that states it or that something replaces.

    Parameters
    ----------
    layout, document
        The mission file.
    start, duration_s
        What stands in place of what it says; None for what it says.
    """
    if not layout.satellites:
        return
    begin = (layout.start if start is None else start).astimezone(UTC)
    length_s = layout.duration_s if duration_s is None else duration_s
    given = f"{begin:%Y-%m-%dT%H:%M:%SZ}, given in place of it, " if start is not None else ""
    if begin < UTC_BEGAN:
        message = f"{given or f'{begin:%Y-%m-%d} '}lies before 1972-01-01, when UTC began"
        yield document.finding(("start",), message, "choose a later instant")
    elif begin.year + length_s / 31_557_600.0 > _LOOK_FROM:
        from satqkd.passes.bodies import COVERED  # noqa: PLC0415 -- hardly any window needs it

        if begin < COVERED[1] and (COVERED[1] - begin).total_seconds() >= length_s:
            return
        known = f"{COVERED[1]:%Y-%m-%d}, as far as Sun and Moon are known"
        if begin >= COVERED[1] and start is not None:
            message = f"{given}lies after {known}"
        elif duration_s is not None:
            message = f"{length_s / DAY_S:g} d, given in place of it, end the window after {known}"
        else:
            message = f"the window ends after {known}"
            message += f", from {given.removesuffix(', ')}" if given else ""
        late = begin >= COVERED[1] or (start is not None and duration_s is None)
        key = "start" if late else "duration"
        yield document.finding((key,), message, "choose an earlier or a shorter one")


_LOOK_FROM: Final = 2050
"""Windows that end before are covered."""


def check_epochs(satellites: Iterable[Satellite]) -> Iterator[Finding]:
    """Yield element sets that the mission uses and that cannot be placed in time."""
    for satellite in satellites:
        for one in satellite.element_sets:
            if one.ages and one.epoch < UTC_BEGAN:
                file, _, line = one.source.rpartition(":")
                yield Finding(
                    file=file,
                    line=int(line),
                    message=f"the epoch of {satellite.name}, {one.epoch:%Y-%m-%d}, lies before "
                    "1972-01-01, when UTC began",
                    fix="correct the epoch, or take the set away",
                )
