"""Windows and epochs that time cannot be counted in, with the place that says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from satqkd.config.files import MissionFile
from satqkd.config.yaml_nodes import Document
from satqkd.elements.satellite import Satellite
from satqkd.errors import Finding

UTC_BEGAN: Final = datetime(1972, 1, 1, tzinfo=UTC)
"""Before, UTC had no leap seconds but a rate of its own (ITU-R TF.460; recalled)."""


def check_window(
    layout: MissionFile, document: Document, *, start: datetime | None, duration_s: float | None
) -> Iterator[Finding]:
    """Yield what is wrong with a window that the mission file states.

    Parameters
    ----------
    layout, document
        The mission file.
    start, duration_s
        What stands in place of what it says; that is not looked at here.
    """
    if not layout.satellites or start is not None:
        return
    begin = layout.start.astimezone(UTC)
    if begin < UTC_BEGAN:
        message = f"{begin:%Y-%m-%d} lies before 1972-01-01, when UTC began"
        yield document.finding(("start",), message, "choose a later instant")
    elif duration_s is None and begin.year + layout.duration_s / 31_557_600.0 > _LOOK_FROM:
        from satqkd.passes.bodies import COVERED  # noqa: PLC0415 -- hardly any window needs it

        if begin >= COVERED[1] or (COVERED[1] - begin) < timedelta(seconds=layout.duration_s):
            message = (
                f"the window ends after {COVERED[1]:%Y-%m-%d}, as far as Sun and Moon are known"
            )
            key = "start" if begin >= COVERED[1] else "duration"
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
