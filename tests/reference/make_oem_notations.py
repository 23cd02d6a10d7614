"""One orbit ephemeris message in both notations, the XML written by the ccsds-ndm package.

Needs ``ccsds-ndm==3.1.1`` (GPL, so no dependency of satqkd; install it elsewhere). Writes
``oem_notations.json``: the text as KVN, ccsds-ndm's XML of it and the states ccsds-ndm reads.
"""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from ccsds_ndm.mapping import NDMFileFormats
from ccsds_ndm.ndm_io import NdmIo

RADIUS_KM = 6_878.137
RATE_RAD_S = math.sqrt(398_600.4418 / RADIUS_KM**3)
TILT = math.radians(97.4)
START = datetime(2016, 12, 19)  # noqa: DTZ001 -- the message's own clock

HEADER = """\
CCSDS_OEM_VERS = 2.0
COMMENT a circular orbit, 500 km up
CREATION_DATE = 2016-12-18T12:00:00
ORIGINATOR = SATQKD

"""

METADATA = """\
META_START
OBJECT_NAME = CIRCLE
OBJECT_ID = 2016-051A
CENTER_NAME = EARTH
REF_FRAME = EME2000
TIME_SYSTEM = UTC
START_TIME = {0}
USEABLE_START_TIME = {1}
USEABLE_STOP_TIME = {2}
STOP_TIME = {3}
INTERPOLATION = HERMITE
INTERPOLATION_DEGREE = 7
META_STOP
"""


def row(minute: int) -> str:
    """The state after some minutes."""
    angle = RATE_RAD_S * 60.0 * minute
    along, across = math.cos(angle), math.sin(angle)
    place = [along, across * math.cos(TILT), across * math.sin(TILT)]
    speed = [-across, along * math.cos(TILT), along * math.sin(TILT)]
    position = " ".join(f"{RADIUS_KM * x:.9f}" for x in place)
    velocity = " ".join(f"{RADIUS_KM * RATE_RAD_S * x:.12f}" for x in speed)
    return f"{stamp(minute)} {position} {velocity}\n"


def stamp(minute: int) -> str:
    """The time after some minutes."""
    return (START + timedelta(minutes=minute)).isoformat(timespec="milliseconds")


def segment(first: int, last: int) -> str:
    """Metadata and a state a minute; two states at either end are not for use."""
    limits = [stamp(minute) for minute in (first, first + 2, last - 2, last)]
    rows = "".join(row(minute) for minute in range(first, last + 1))
    return METADATA.format(*limits) + rows + "\n"


def main() -> None:
    """Write the file beside this one."""
    kvn = HEADER + segment(0, 14) + segment(10, 24)
    message = NdmIo().from_string(kvn)
    states = [
        [[s.epoch, s.x.value, s.y.value, s.z.value, s.x_dot.value, s.y_dot.value, s.z_dot.value]
         for s in part.data.state_vector]
        for part in message.body.segment
    ]  # fmt: skip
    content = {
        "made_by": f"make_oem_notations.py with ccsds-ndm {version('ccsds-ndm')}",
        "kvn": kvn,
        "xml": NdmIo().to_string(message, NDMFileFormats.XML),
        "states": states,
    }
    path = Path(__file__).with_name("oem_notations.json")
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
