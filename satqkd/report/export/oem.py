"""Orbit ephemeris messages (CCSDS OEM), Earth-fixed and in the frame of SGP4."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from satqkd.network.hand_over import HandOver
from satqkd.network.orbit_tables import OrbitTable, Stretch, orbit_table, stretches
from satqkd.report.export.handed import (
    ExportFile,
    Issue,
    Made,
    file_name,
    satellite_slugs,
    utc_text,
)
from satqkd.report.export.printable import visible
from satqkd.units import FloatArray

States = tuple[FloatArray, FloatArray]

FRAMES: Final[dict[str, tuple[str, Callable[[HandOver, OrbitTable], States]]]] = {
    "itrf": ("ITRF2014", lambda _, table: (table.position_m, table.velocity_m_s)),
    "teme": ("TEME", lambda given, table: table.teme(given)),
}
"""Ending of a file's name, what the frame is called, and its states. The realisations of ITRF are
within centimetres of each other, and elements within kilometres of the satellite."""


def oem_files(given: HandOver, issue: Issue) -> Made:
    """Return two messages for each satellite, one a frame."""
    names = satellite_slugs(given.mission)
    every = stretches(given)
    files = []
    for craft in sorted({one.satellite for one in every}):
        own = [one for one in every if one.satellite == craft]
        for ending, (frame, _) in FRAMES.items():
            files.append(
                ExportFile(
                    name=file_name(names[craft], ending, issue.plan_id, ending="oem"),
                    content=message(given, own, ending, issue),
                    about={
                        "format": "OEM 2.0, KVN (CCSDS 502.0-B)",
                        "satellite": given.mission.spacecraft[craft].satellite.name,
                        "frame": frame,
                    },
                )
            )
    return files, ()


def message(given: HandOver, own: Sequence[Stretch], frame: str, issue: Issue) -> Iterator[bytes]:
    """Write a message, one segment a stretch; spans that may be used join without a gap.

    Parameters
    ----------
    given
        Holds the satellite and the time.
    own
        Stretches of one satellite.
    frame
        One of :data:`FRAMES`.
    issue
        When what it says was known.

    References
    ----------
    .. [1] CCSDS 502.0-B-3, *Orbit Data Messages*, 2023, section 5 (recalled).
    """
    yield (
        "CCSDS_OEM_VERS = 2.0\n"
        f"CREATION_DATE = {utc_text(issue.issued).rstrip('Z')}\n"
        "ORIGINATOR = SATQKD\n"
    ).encode("ascii")
    name, states = FRAMES[frame]
    for stretch in own:
        table = orbit_table(given, stretch, ends=True)
        satellite = given.mission.spacecraft[stretch.satellite].satellite
        source = satellite.sources[stretch.source]
        start, stop, *usable = _instants(
            given, [*table.time_s[[0, -1]], table.stretch.start_s, table.stretch.end_s]
        )
        yield (
            "\nMETA_START\n"
            f"OBJECT_NAME = {_plain(satellite.name)}\n"
            f"OBJECT_ID = {_plain(satellite.cospar_id or str(satellite.norad_id))}\n"
            "CENTER_NAME = EARTH\n"
            f"REF_FRAME = {name}\n"
            "TIME_SYSTEM = UTC\n"
            f"START_TIME = {start}\n"
            f"USEABLE_START_TIME = {usable[0]}\n"
            f"USEABLE_STOP_TIME = {usable[1]}\n"
            f"STOP_TIME = {stop}\n"
            "INTERPOLATION = LAGRANGE\n"
            "INTERPOLATION_DEGREE = 9\n"
            "META_STOP\n"
            f"COMMENT From {_plain(source.motion)}, {_plain(source.source)}\n"
        ).encode()
        position, velocity = states(given, table)
        values = np.concatenate([position, velocity]).T * 1e-3
        for epoch, row in zip(_instants(given, table.time_s), values.tolist(), strict=True):
            yield (f"{epoch} " + " ".join(f"{one:.9f}" for one in row) + "\n").encode("ascii")


def _instants(given: HandOver, seconds: Sequence[float] | FloatArray) -> list[str]:
    texts = given.timebase.iso(np.asarray(seconds, dtype=np.float64), digits=6)
    return [text.removesuffix("Z") for text in texts]


def _plain(text: str) -> str:
    """Write text that fits into the line of a keyword."""
    return " ".join(visible(text).split())
