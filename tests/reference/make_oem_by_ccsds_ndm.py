"""What ccsds-ndm reads of orbit ephemeris messages of ours.

Needs ``ccsds-ndm==3.1.1`` (GPL, so no dependency of satqkd; install it elsewhere). Writes
``oem_by_ccsds_ndm.json``: metadata and every twentieth state of both frames.

    satqkd export micius-lijiang-1964 --oem --out read
    python tests/reference/make_oem_by_ccsds_ndm.py read/micius-{itrf,teme}.oem
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

from ccsds_ndm.ndm_io import NdmIo


def read(path: Path) -> dict[str, object]:
    """Let ccsds-ndm read a message of one segment."""
    (segment,) = NdmIo().from_path(path).body.segment
    meta, lines = segment.metadata, segment.data.state_vector
    states = [
        [
            one.epoch,
            *(float(part.value) for part in (one.x, one.y, one.z)),
            *(float(part.value) for part in (one.x_dot, one.y_dot, one.z_dot)),
        ]
        for one in lines[::20]
    ]
    return {
        "object_name": meta.object_name,
        "object_id": meta.object_id,
        "center_name": meta.center_name,
        "ref_frame": meta.ref_frame,
        "time_system": meta.time_system,
        "useable": [meta.useable_start_time, meta.useable_stop_time],
        "interpolation": [meta.interpolation, int(meta.interpolation_degree)],
        "states": len(lines),
        "states_km": states,
    }


if __name__ == "__main__":
    found = {
        "made_by": f"make_oem_by_ccsds_ndm.py with ccsds-ndm {version('ccsds-ndm')}",
        **{
            name: read(Path(file))
            for name, file in zip(("itrf", "teme"), sys.argv[1:3], strict=True)
        },
    }
    path = Path(__file__).with_name("oem_by_ccsds_ndm.json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
