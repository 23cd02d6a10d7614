"""What Orekit makes of a consolidated prediction of ours.

Needs ``orekit-jpype==13.1.9`` (with a Java of 11 or newer) and ``astropy-iers-data``; install them
elsewhere, they are no dependencies. Writes ``cpf_by_orekit.json``: the header as Orekit reads it,
and where Orekit's interpolation through ten records says the satellite is, at records and between.

    satqkd export micius-lijiang-1964 --cpf --out read
    python tests/reference/make_cpf_by_orekit.py read/micius_cpf_161222_35701.sqk
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import astropy_iers_data
import orekit_jpype

orekit_jpype.initVM()

from java.io import File  # noqa: E402 -- only there once the machine runs
from org.orekit.data import DataContext, DataSource, DirectoryCrawler  # noqa: E402
from org.orekit.files.ilrs import CPFParser  # noqa: E402
from org.orekit.frames import FramesFactory  # noqa: E402
from org.orekit.time import AbsoluteDate, TimeScalesFactory  # noqa: E402
from org.orekit.utils import IERSConventions  # noqa: E402

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
LATE_S = (0.0, 7.5, 30.0, 53.125)
"""So long after a record Orekit is asked. [s]"""


def data_folder(folder: Path) -> None:
    """Write the Earth's orientation and the leap seconds as Orekit reads them."""
    (folder / "finals2000A.all").write_bytes(Path(astropy_iers_data.IERS_A_FILE).read_bytes())
    lines = []
    for line in Path(astropy_iers_data.IERS_LEAP_SECOND_FILE).read_text("ascii").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            mjd, day, month, year, offset = line.split()
            lines.append(
                f" {year} {MONTHS[int(month) - 1]} {int(day):2d} =JD {float(mjd) + 2400000.5:9.1f}"
                f"  TAI-UTC= {float(offset):10.7f}       S + (MJD - 41317.) X 0.0      S"
            )
    (folder / "tai-utc.dat").write_text("\n".join(lines) + "\n", encoding="ascii")


def read(name: str) -> dict[str, object]:
    """Let Orekit read a file."""
    parsed = CPFParser().parse(DataSource(File(name)))
    header, utc = parsed.getHeader(), TimeScalesFactory.getUTC()
    itrf = FramesFactory.getITRF(IERSConventions.IERS_2010, False)  # noqa: FBT003
    satellites = parsed.getSatellites()
    (satellite,) = [satellites.get(key) for key in satellites.keySet()]
    propagator, nodes = satellite.getPropagator(), satellite.getSegments().get(0).getCoordinates()
    rows = []
    for place in [5, *range(25, nodes.size() - 26, 48), nodes.size() - 7]:
        record = nodes.get(place).getDate()
        for late_s in LATE_S:
            moment = AbsoluteDate(record, late_s)
            p = propagator.getPVCoordinates(moment, itrf).getPosition()
            position = [round(one, 4) for one in (p.getX(), p.getY(), p.getZ())]
            rows.append([str(record.toString(utc)) + "Z", late_s, *position])
    return {
        "made_by": f"make_cpf_by_orekit.py with orekit-jpype {version('orekit-jpype')}",
        "target": str(header.getName()),
        "norad_id": str(header.getNoradId()),
        "ilrs_id": str(header.getIlrsSatelliteId()),
        "start": str(header.getStartEpoch().toString(utc)),
        "end": str(header.getEndEpoch().toString(utc)),
        "step_s": int(header.getStep()),
        "frame": str(satellite.getFrame().getName()),
        "records": int(nodes.size()),
        "positions_m": rows,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        data_folder(Path(made))
        manager = DataContext.getDefault().getDataProvidersManager()
        manager.addProvider(DirectoryCrawler(File(made)))
        found = read(sys.argv[1])
    path = Path(__file__).with_name("cpf_by_orekit.json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
