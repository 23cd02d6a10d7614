"""``satqkd passes``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from satqkd.cli.asked import Asked, one_of
from satqkd.cli.chosen import chosen_of, group, no_pass
from satqkd.cli.forecast_listings import pass_listing
from satqkd.cli.listing import FEW_SATELLITES, Listing, each, over_stations, print_listing
from satqkd.cli.local_time import station_zones
from satqkd.cli.options import (
    JOBS,
    MISSION,
    STATIONS,
    Between,
    Columns,
    Csv,
    Days,
    Geometry,
    GrazingHeight,
    Jobs,
    Json,
    Local,
    MissionFile,
    Satellite,
    Set,
    Start,
    Station,
    StationsFile,
    Together,
    grazing_km,
    jobs_of,
    read_mission,
)
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.stream import Chosen
    from satqkd.forecast.views import View
    from satqkd.mission.mission import Mission
    from satqkd.report.tables.sightings import SightingReport
    from satqkd.report.tables.sights import SightReport

COLUMNS = (
    "rise_utc",
    "max_elevation_deg",
    "station",
    "satellite",
    "usable_s",
    "reason",
    "cut",
    "set_utc",
    "pass_id",
    "culmination_utc",
    "min_range_km",
    "culmination_range_km",
    "duration_s",
    "culmination_azimuth_deg",
    "rise_azimuth_deg",
    "set_azimuth_deg",
    "sun_elevation_max_deg",
    "culmination_local",
    "sunlit_fraction",
    "moon_separation_min_deg",
    "elements_age_h",
)


def command(
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    station: Station = None,
    satellite: Satellite = None,
    start: Start = None,
    days: Days = None,
    together: Together = None,
    between: Between = False,
    grazing_height: GrazingHeight = None,
    geometry: Geometry = False,
    jobs: Jobs = JOBS,
    columns: Columns = None,
    local: Local = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List who sees whom, and when: every pass above the stations' lowest elevation.

    The terminal shows the columns that fit, of the first 1,000 passes; --csv and --json write all
    of them, satellite by satellite, while they are worked out. 'usable' is the time the pass is
    dark, high and near enough by the mission's limits.
    """
    asked = Asked(json=json, csv=csv, columns=columns, local=local)
    jobs_of(jobs)
    _one_table(station, together=together, between=between, geometry=geometry)
    for other, given in (
        ("--together", together is not None),
        ("--between-satellites", between),
        ("--geometry", geometry),
    ):
        one_of({"--jobs": jobs > 1, other: given})
    grazing_height_km = grazing_km(grazing_height, between=between)
    value = read_mission(mission, stations, start, days, changes)
    if together is not None:
        print_listing(_together(value, together, satellite), asked)
    elif between:
        print_listing(_between(value, satellite, grazing_height_km), asked)
    elif geometry:
        print_listing(_geometry(value, chosen_of(value, station, satellite)), asked)
    else:
        chosen = chosen_of(value, station, satellite)
        listing = pass_listing(value, chosen, names=COLUMNS, key_wanted=False, jobs=jobs)
        print_listing(listing, asked)


def _geometry(mission: Mission, chosen: Chosen) -> Listing[SightingReport]:
    """List passes without following any light."""
    from satqkd.report.tables.sightings import (
        SIGHTING_COLUMNS,
        SIGHTING_SCREEN_COLUMNS,
        sighting_reports,
    )

    return Listing(
        columns=SIGHTING_COLUMNS,
        screen=SIGHTING_SCREEN_COLUMNS,
        names=COLUMNS,
        order_by="rise_utc",
        zones=station_zones(mission),
        sources=each(lambda progress: sighting_reports(mission, chosen, progress=progress)),
        nothing=no_pass(mission),
        searched=over_stations("passes", len(chosen.satellites), len(chosen.stations)),
    )


def _together(mission: Mission, text: str, satellite: Sequence[str] | None) -> Listing[View]:
    """List when several stations see a satellite at once."""
    from satqkd.forecast.views import views
    from satqkd.report.tables.joint import joint_columns, joint_screen

    own = group(text, [ground.site.name for ground in mission.stations])
    names = [mission.stations[index].site.name for index in own]
    satellites = chosen_of(mission, None, satellite).satellites
    return Listing(
        columns=joint_columns(names),
        names=joint_screen(names),
        order_by="start_utc",
        zones={name: zone for name, zone in station_zones(mission).items() if name == names[0]},
        sources=each(lambda progress: views(mission, satellites, own, progress=progress)),
        nothing=f"{' and '.join(names)} see no satellite at once in this window",
        searched=over_stations("joint windows", len(satellites), len(own)),
    )


def _between(
    mission: Mission, satellite: Sequence[str] | None, grazing_height_km: float
) -> Listing[SightReport]:
    """List when satellites see each other."""
    from satqkd.report.tables.sights import SIGHT_COLUMNS, SIGHT_SCREEN, sight_reports

    satellites = chosen_of(mission, None, satellite).satellites
    if len(satellites) < 2:
        raise SatqkdError(
            f"--between-satellites needs two or more satellites, not {len(satellites)}\n"
            "  fix: give the mission two or more, and name two or more with --satellite, or none"
        )
    many = len(satellites) > FEW_SATELLITES
    return Listing(
        columns=SIGHT_COLUMNS,
        names=SIGHT_SCREEN,
        order_by="start_utc",
        sources=each(
            lambda progress: sight_reports(
                mission, satellites, grazing_height_m=1e3 * grazing_height_km, progress=progress
            )
        ),
        nothing="no satellite sees another in this window",
        searched=f"windows between {len(satellites):,} satellites" if many else None,
    )


def _one_table(
    station: Sequence[str] | None, *, together: str | None, between: bool, geometry: bool
) -> None:
    """Refuse options that ask for different tables."""
    asked = {
        "--together": together is not None,
        "--between-satellites": between,
        "--geometry": geometry,
    }
    clash = [name for name, given in asked.items() if given]
    if station and (together is not None or between):
        clash.append("--station")
    if len(clash) > 1:
        raise SatqkdError(f"{' and '.join(clash)} do not go together\n  fix: leave out one of them")
