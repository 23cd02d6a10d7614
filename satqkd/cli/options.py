"""Options that several subcommands share, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.shown import warnings_told
from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission, SetValue
    from satqkd.weather.clear_sky import Draws

LONGEST_DAYS = 3660.0
"""Longest window a command takes; elements are guesses long before. [d]"""

GRAZING_HEIGHT_KM = 100.0
"""Lowest line of sight where nothing else is said. [km]"""

HIGHEST_GRAZING_KM = 1_000.0
"""Highest limit that the search takes. [km]"""

MissionFile = Annotated[
    Path, typer.Option("--mission", "-m", help="Satellites, limits, protocol, demands (YAML).")
]
StationsFile = Annotated[
    Path, typer.Option("--stations", "-s", help="Ground stations and their terminals (YAML).")
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Put this value in place of what the files say, such as "
        "'stations.Graz.min_elevation=15 deg'; may be repeated.",
        show_default=False,
    ),
]
Start = Annotated[
    str | None,
    typer.Option(
        help="Begin here instead: ISO 8601 with a zone, such as 2016-12-19T00:00:00Z; a date for "
        "its 00:00 UTC; now, or +7d, -12h, +90min from now."
    ),
]
Days = Annotated[float | None, typer.Option(help="Look so many days of 86,400 s ahead instead.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="INSTANT",
        help="Take this for now instead of the clock: ISO 8601 with a zone, such as "
        "2016-12-22T12:40Z; a date for its 00:00 UTC; +7d, -12h from the clock.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output instead.")]
Every = Annotated[
    bool,
    typer.Option(
        "--all", help="Tell every mistake, also many with one cause; else 15 lines a file."
    ),
]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV on standard output instead.")]
Own = tuple[str, str, object] | tuple[str, str, object, str]
"""An option of one command for a value of the mission file, see :func:`read_mission`."""
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAMES",
        help="Show these columns in this order, on the terminal, in CSV and in JSON: names with "
        "commas between; 'help' lists all.",
        show_default=False,
    ),
]
Local = Annotated[
    bool,
    typer.Option(
        "--local",
        help="Show times on the clock of the station, or of this computer where the station gives "
        "no timezone; CSV and JSON stay in UTC.",
    ),
]
Station = Annotated[list[str] | None, typer.Option(help="Show only this station; may be repeated.")]
Satellite = Annotated[
    list[str] | None,
    typer.Option(help="Show only this satellite or constellation; may be repeated."),
]
Together = Annotated[
    str | None,
    typer.Option(
        metavar="STATION,STATION",
        help="List instead when these stations see the same satellite at once.",
    ),
]
KeysTogether = Annotated[
    bool,
    typer.Option(
        "--together",
        help="List instead the key of stations with a satellite between them, as the mission's "
        "'together' says.",
    ),
]
OverGround = Annotated[
    bool,
    typer.Option(
        "--links",
        help="List instead the key of the mission's terrestrial links, session by session; "
        "with --together only of two links with a node between. In a mission without "
        "satellites this is so anyway.",
    ),
]
Block = Annotated[
    str | None,
    typer.Option(
        metavar="pass|night|3 d|week|until 1 Mbit|BITS",
        help="List instead blocks of passes of one satellite over one station: each pass, "
        "those of a night, of some days, of seven days, until their key reaches an amount, or "
        "until so many sifted bits are there; with "
        "--together of windows of one satellite and two stations; of terrestrial links of "
        "their sessions.",
    ),
]
Optimise = Annotated[
    str | None,
    typer.Option(
        metavar="pass|satellite",
        help="List instead the intensities, probabilities and basis bias that leave most key, "
        "and how far to dim a source without decoys: of each pass (with --together: window of "
        "two stations; of a terrestrial link: session), or one setting a satellite, or link, "
        "for the whole time.",
    ),
]
Clicks = Annotated[
    bool,
    typer.Option(
        "--counts",
        help="List instead the counts of each pass after sifting, by intensity. With --csv a file "
        "for 'opening_counts' of a mission: put what was measured in place of what is expected, "
        "and leave out what was not flown.",
    ),
]
WhenUsable = Annotated[
    bool,
    typer.Option(
        "--availability",
        help="List instead when the key of each pass can be used, as 'distillation' says.",
    ),
]
Between = Annotated[
    bool,
    typer.Option("--between-satellites", help="List instead when satellites see each other."),
]
GrazingHeight = Annotated[
    float | None,
    typer.Option(
        metavar="KM",
        help="With --between-satellites: no line of sight comes lower than this above the "
        f"ellipsoid, 0 to {HIGHEST_GRAZING_KM:g}; {GRAZING_HEIGHT_KM:g} if not given.",
        show_default=False,
    ),
]
Geometry = Annotated[
    bool,
    typer.Option(
        "--geometry", help="Only rise, culmination and set: no link, no key, many times faster."
    ),
]

Samples = Annotated[
    int,
    typer.Option(
        metavar="N",
        help="Realisations of weather, air and pointing drawn for expected key, P10, P50 and P90; "
        "0 draws none.",
    ),
]
Seed = Annotated[
    int, typer.Option(metavar="N", help="Of the random generator: same seed, same bytes.")
]

Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        metavar="N",
        help="Processes that share the work; the answer is the same for any number.",
    ),
]

JOBS, MOST_JOBS = 1, 256
"""Processes where not said otherwise, and the most."""
SAMPLES, MOST_SAMPLES = 200, 100_000
SEED = 1
"""Realisations drawn where not given, the most that can be asked for, and the seed."""

MISSION = Path("mission.yaml")
STATIONS = Path("stations.yaml")


def one_format(*, json: bool, csv: bool) -> None:
    """Refuse to print two formats on one standard output."""
    if json and csv:
        raise SatqkdError("--json and --csv do not go together\n  fix: leave out one of them")


def draws_of(samples: int, seed: int) -> Draws | None:
    """Return how to draw; None for no samples."""
    from satqkd.weather.clear_sky import Draws

    if not 0 <= samples <= MOST_SAMPLES:
        raise SatqkdError(
            f"--samples: {samples} is no number of realisations\n"
            f"  fix: write a number from 0 to {MOST_SAMPLES:,}"
        )
    if seed < 0:
        raise SatqkdError(f"--seed: {seed} is below 0\n  fix: write a whole number from 0 on")
    return Draws(samples=samples, seed=seed) if samples else None


def jobs_of(jobs: int) -> int:
    """Return how many processes are to share the work; before any library of numbers is loaded."""
    from satqkd.processes import one_thread_each

    if not 1 <= jobs <= MOST_JOBS:
        raise SatqkdError(
            f"--jobs: {jobs} is no number of processes\n  fix: write a number from 1 to {MOST_JOBS}"
        )
    one_thread_each()
    return jobs


def grazing_km(given: float | None, *, between: bool) -> float:
    """Return the grazing height to search with. [km]

    Raises
    ------
    SatqkdError
        If it is given but not asked for, or is no height the search takes.
    """
    if given is None:
        return GRAZING_HEIGHT_KM
    if not between:
        raise SatqkdError(
            "--grazing-height means nothing without --between-satellites\n"
            "  fix: add --between-satellites, or leave it out"
        )
    if not 0.0 <= given <= HIGHEST_GRAZING_KM:
        raise SatqkdError(
            f"--grazing-height: {given:g} km is no height of a line of sight\n"
            f"  fix: write a number of kilometres from 0 to {HIGHEST_GRAZING_KM:g}"
        )
    return given


def read_mission(
    mission: Path,
    stations: Path,
    start: str | None,
    days: float | None,
    changes: Sequence[str] | None,
    own: Sequence[Own] = (),
    *,
    now: datetime | None = None,
) -> Mission:
    """Load a mission with the window and the values the command line asks for.

    Parameters
    ----------
    mission, stations, start, days, changes
        As the options of every command say.
    own
        Options of a command for values of the mission file: name, path in the file, what is given,
        None for nothing, and what was typed where that differs.
    now
        What ``--now`` says; None for the clock.

    Raises
    ------
    InputError
        With every mistake in the files.
    SatqkdError
        If the options themselves are wrong, or the files are not there.
    """
    with warnings_told():
        return load_asked(mission, stations, start, days, changes, own, now=now)


def load_asked(
    mission: Path,
    stations: Path,
    start: str | None,
    days: float | None,
    changes: Sequence[str] | None,
    own: Sequence[Own] = (),
    *,
    now: datetime | None = None,
) -> Mission:
    """Load as :func:`read_mission` does, and leave warnings to the caller."""
    from satqkd.config.load import load_mission

    both_there(mission, stations)
    values = set_values_of(
        changes or (), [("--start", "start", start), ("--days", "duration", days), *own]
    )
    return load_mission(
        mission,
        stations,
        start=None if start is None else instant_of("--start", start, now=now or now_of(None)),
        duration_s=None if days is None else _duration_s(days),
        set_values=values,
    )


def set_values_of(changes: Sequence[str], own: Sequence[Own] = ()) -> tuple[SetValue, ...]:
    """Return what --set and a command's own options put in place of what the files say.

    Raises
    ------
    SatqkdError
        If one is no change of a value, or two do not go together.
    """
    from satqkd.mission.mission import SetValue

    values = []
    for change in changes:
        path, equals, value = (part.strip() for part in change.partition("="))
        if not equals or not path:
            raise SatqkdError(
                f"--set: {change!r} is no change of a value\n"
                "  fix: write PATH=VALUE, such as 'limits.min_elevation=15 deg'"
            )
        values.append(SetValue(path=path, value=value, by="--set"))
    for option, path, given, *typed in own:
        if given is None:
            continue
        if any(one.path == path for one in values):
            raise SatqkdError(f"{option} and --set {path} do not go together\n  fix: keep one")
        if option not in {"--start", "--days"}:
            told = str(typed[0]) if typed else f"{option} {given}"
            values.append(SetValue(path=path, value=str(given), by=option, typed=told))
    return tuple(values)


def both_there(mission: Path, stations: Path) -> None:
    """Raise :class:`SatqkdError` unless both files of a mission are there."""
    missing = [str(path) for path in (mission, stations) if not path.exists()]
    if missing:
        raise SatqkdError(
            f"{' and '.join(missing)}: not found in {Path.cwd()}\n"
            "  fix: name the files with --mission and --stations, or begin with "
            "'satqkd preset copy micius-2016-campaign'"
        )


def now_of(given: str | None) -> datetime:
    """Return what ``--now`` says; without it what the clock says.

    Raises
    ------
    SatqkdError
        If it is no instant.
    """
    clock = datetime.now(UTC)
    return clock if given is None else instant_of("--now", given, now=clock)


def clock_of(given: str | None) -> Callable[[], datetime] | None:
    """Return what reads the clock, for what takes longer than a moment; None with ``--now``."""
    return None if given is not None else lambda: datetime.now(UTC)


def instant_of(option: str, text: str, *, now: datetime) -> datetime:
    """Read an instant of an option or argument; ``now`` is what is called so, or counted from.

    Raises
    ------
    SatqkdError
        If it is no instant.
    """
    from satqkd.config.instant import parse_when
    from satqkd.config.mistake import Mistake

    try:
        return parse_when(text, now=now)
    except Mistake as mistake:
        raise SatqkdError(f"{option}: {mistake.message}\n  fix: {mistake.fix}") from mistake


def _duration_s(days: float) -> float:
    if not 0.0 < days <= LONGEST_DAYS:
        raise SatqkdError(
            f"--days: {days:g} is no sensible length\n"
            f"  fix: write a number above 0 and up to {LONGEST_DAYS:g}"
        )
    return days * DAY_S
