"""Consolidated predictions of the laser-ranging service (CPF, version 2), a satellite and day each.

The label is the station's own: targets of the service are in its list, with numbers that satellites
without a retro-reflector do not have.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import numpy as np

from satqkd.elements.satellite import SYNTHETIC_FROM
from satqkd.network.hand_over import HandOver
from satqkd.network.orbit_tables import STEP_S, OrbitTable, days, orbit_table, stretches
from satqkd.report.export.handed import ExportFile, Issue, LeftOut, Made, satellite_slugs

SOURCE: Final = "SQK"
"""Who made the prediction."""

NO_SIC: Final = "9999"
"""Number of a target that is in no list of the laser-ranging service (assumed)."""

LONGEST_NAME: Final = 10
"""Longest name of a target. [letters]"""

UNKNOWN: Final = "0000000"
"""Designator of an object of which none is known."""


def cpf_files(given: HandOver, issue: Issue) -> Made:
    """Return a prediction for each satellite and UTC day with a contact, and each element set."""
    names = satellite_slugs(given.mission, longest=LONGEST_NAME)
    files: list[ExportFile] = []
    left: dict[LeftOut, None] = {}
    every = stretches(given)
    for stretch in every:
        satellite = given.mission.spacecraft[stretch.satellite].satellite
        if satellite.norad_id > SYNTHETIC_FROM:
            why = "a design: it has no catalogue number, and nothing flies there"
            left[LeftOut(what=satellite.name, files="cpf", why=why)] = None
            continue
        for day, number, part in days(given, stretch, every):
            table = orbit_table(given, part)
            if crosses_leap_second(given, table):
                why = "its table runs across a leap second, which its records cannot say safely"
                what = f"{satellite.name} on {day:%Y-%m-%d}"
                left[LeftOut(what=what, files="cpf", why=why)] = None
                continue
            files.append(
                ExportFile(
                    name=f"{names[stretch.satellite]}_cpf_{day:%y%m%d}_{day:%j}{number:02d}.sqk",
                    content=prediction(
                        given,
                        table,
                        target=names[stretch.satellite],
                        number=number,
                        day=day,
                        issued=issue.issued,
                    ),
                    about={
                        "format": "CPF 2.00 (ILRS)",
                        "satellite": satellite.name,
                        "frame": "Earth-fixed (ITRF)",
                        "elements": satellite.sources[part.source].source,
                    },
                )
            )
    return files, list(left)


def prediction(
    given: HandOver,
    table: OrbitTable,
    *,
    target: str,
    number: int,
    day: datetime,
    issued: datetime,
) -> bytes:
    """Write one prediction.

    Parameters
    ----------
    given
        Holds the satellite and the time.
    table
        Its states, with records beyond both ends.
    target
        Name of the satellite, up to ten letters.
    number
        Which prediction of the day it is, from 1 on.
    day
        The day.
    issued
        When what it says was known.

    References
    ----------
    .. [1] R. L. Ricklefs, *Consolidated Laser Ranging Prediction Format*, version 2.00 (2018),
       ILRS: columns recalled, and held against the reader and writer of Orekit.
    """
    satellite = given.mission.spacecraft[table.stretch.satellite].satellite
    first, last = given.timebase.utc_of(
        np.array([np.ceil(table.stretch.start_s), np.floor(table.stretch.end_s)]), digits=0
    )
    made = issued.astimezone(UTC)
    day_number = f"{int(f'{day:%j}'):3d} {number:2d}"
    identity = f"{designator(satellite.cospar_id):>8} {NO_SIC:>4} {satellite.norad_id:>8d}"
    lines = [
        f"H1 CPF  2  {SOURCE} {_spaced(made, 4)}  {day_number} {target:<10} {'SATQKD':<10}",
        f"H2 {identity} {_spaced(first, 6)} {_spaced(last, 6)} {STEP_S:5.0f} 1 0  0 0 0  1",
        "H9",
    ]
    instants = given.timebase.instants(table.time_s, digits=6)
    for date, tick, position, velocity in zip(
        instants.day.tolist(),
        instants.tick.tolist(),
        table.position_m.T.tolist(),
        table.velocity_m_s.T.tolist(),
        strict=True,
    ):
        x, y, z = position
        u, v, w = velocity
        lines += [
            f"10 0 {date:5d} {tick * 1e-6:13.6f}  0 {x:17.3f} {y:17.3f} {z:17.3f}",
            f"20 0 {u:19.6f} {v:19.6f} {w:19.6f}",
        ]
    return ("\n".join([*lines, "99"]) + "\n").encode("ascii")


def _spaced(moment: datetime, parts: int) -> str:
    """Write year, month, day, hour, minute, second, or the first of these, in fixed columns."""
    every = (
        f"{moment.year:4d}",
        *(
            f"{part:2d}"
            for part in (moment.month, moment.day, moment.hour, moment.minute, moment.second)
        ),
    )
    return " ".join(every[:parts])


def designator(cospar_id: str) -> str:
    """Write an international designator in figures; zeros where none is known.

    Examples
    --------
    >>> designator("2016-051A"), designator("1998-067AB"), designator("QSS-2")
    ('1605101', '9806728', '0000000')
    """
    found = re.fullmatch(r"\d\d(\d\d)-(\d{3})([A-Z]{1,2})", cospar_id)
    if found is None:
        return UNKNOWN
    piece = 0
    for letter in found[3]:
        piece = 26 * piece + ord(letter) - ord("A") + 1
    return f"{found[1]}{found[2]}{piece:02d}" if piece <= 99 else UNKNOWN


def crosses_leap_second(given: HandOver, table: OrbitTable) -> bool:
    """Tell whether UTC gains or loses a second between the first record and the last."""
    first, last = given.timebase.utc_of(table.time_s[[0, -1]], digits=0)
    elapsed_s = float(table.time_s[-1] - table.time_s[0])
    return abs((last - first).total_seconds() - elapsed_s) > 0.5
