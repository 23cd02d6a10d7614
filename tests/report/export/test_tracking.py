"""Tracks beside skyfield, which shares no code with ours, and beside the series of a plan."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import CubicSpline
from skyfield.api import EarthSatellite, load, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.forecast.obstacles import NAMES
from satqkd.forecast.stream import forecast
from satqkd.network.hand_over import hand_over
from satqkd.network.tracking import Sampling, tracking
from satqkd.passes.mount import Mount
from satqkd.report.export.csv import to_csv
from satqkd.report.export.handed import Issue
from satqkd.report.export.tracking import track_files
from satqkd.report.tables.series import SERIES_COLUMNS, series_report
from satqkd.report.tables.tracking import TRACKING_COLUMNS

ROOT = Path(__file__).parents[3]
KEY = "micius-lijiang-1964"


def table(given, place=0, arm=0, **options) -> pd.DataFrame:
    """A track as pandas reads it."""
    found = tracking(given, given.contacts[place], arm, sampling=Sampling(**options))
    text = to_csv(TRACKING_COLUMNS, found)
    return pd.read_csv(io.StringIO(text), parse_dates=["utc"], keep_default_na=True)


@pytest.fixture(scope="module")
def lijiang(micius):
    return hand_over(micius, wanted=KEY)


@pytest.fixture(scope="module")
def track(lijiang):
    return table(lijiang)


@pytest.fixture(scope="module")
def sky(track, lijiang):
    """Satellite, station, Sun and Moon by skyfield at the instants of the track."""
    lines = (ROOT / "data" / "tle" / "micius.tle").read_text("ascii").splitlines()
    number = int(lijiang.mission.spacecraft[0].satellite.sources[
        lijiang.contacts[0].source].source.rpartition(":")[2])  # fmt: skip
    one, two = lines[number - 1 : number + 1] if lines[number - 1][0] == "1" else lines[
        number : number + 2]  # fmt: skip
    scale = load.timescale(builtin=True)
    at = scale.from_datetimes([t.to_pydatetime() for t in track["utc"]])
    site = lijiang.mission.stations[lijiang.contacts[0].stations[0]].site
    place = wgs84.latlon(site.latitude_deg, site.longitude_deg, site.height_m)
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    yield {
        "at": at,
        "satellite": EarthSatellite(one, two, ts=scale),
        "place": place,
        "kernel": kernel,
        "line": (EarthSatellite(one, two, ts=scale) - place).at(at),
    }
    kernel.close()


def test_it_points_where_skyfield_does(track, sky):
    """Within 4 arc seconds: polynomials are up to 7 m off SGP4, which are 3 at 500 km."""
    elevation, azimuth, distance = sky["line"].altaz()
    off_deg = (track["azimuth_deg"] - azimuth.degrees + 180.0) % 360.0 - 180.0
    assert np.abs(off_deg * np.cos(elevation.radians)).max() < 1.2e-3
    assert np.abs(track["elevation_deg"] - elevation.degrees).max() < 1.2e-3
    assert np.abs(track["range_km"] - distance.km).max() < 0.01
    assert np.abs(track["light_time_s"] - distance.km / 299_792.458).max() < 1e-7


def test_refraction_lifts_it_as_skyfield_says_and_in_its_own_columns_only(track, sky, lijiang):
    """Bennett's formula, of visible light: air bends the signal's 850 nm 1.5 % less."""
    height_m = lijiang.mission.stations[lijiang.contacts[0].stations[0]].site.height_m
    plain, _, _ = sky["line"].altaz()
    seen, _, _ = sky["line"].altaz(
        temperature_C=15.0 - 6.5e-3 * height_m,
        pressure_mbar=1_013.25 * (1.0 - 2.2558e-5 * height_m) ** 5.2559,
    )
    high = track["elevation_deg"] > 5.0
    lift = (track["apparent_elevation_deg"] - track["elevation_deg"])[high]
    ratio = lift / (seen.degrees - plain.degrees)[high]
    assert ratio.between(0.95, 1.01).all(), (ratio.min(), ratio.max())


def test_sun_moon_and_shadow_are_where_skyfield_has_them(track, sky):
    """Seen from the station, without light time to the satellite."""
    earth, at, place = sky["kernel"]["earth"], sky["at"], sky["place"]
    for name in ("sun", "moon"):
        body = (earth + place).at(at).observe(sky["kernel"][name]).apparent()
        apart = body.separation_from(sky["line"]).degrees
        assert np.abs(track[f"{name}_separation_deg"] - apart).max() < 0.02
    lit = sky["satellite"].at(at).is_sunlit(sky["kernel"])
    plain = (track["sunlit"] < 0.01) | (track["sunlit"] > 0.99)
    assert ((track["sunlit"] > 0.5)[plain] == lit[plain]).mean() > 0.97


def test_rates_are_the_slopes_of_the_angles(track):
    """Of a spline through the rows, away from its ends."""
    second = np.arange(len(track), dtype=float)
    inner = slice(5, -5)
    for angle, rate, within in (
        ("azimuth_deg", "azimuth_rate_deg_s", 1e-4),
        ("elevation_deg", "elevation_rate_deg_s", 1e-4),
        ("range_km", "range_rate_km_s", 1e-4),
    ):
        slope = CubicSpline(second, track[angle])(second, 1)
        assert np.abs(slope - track[rate])[inner].max() < within, angle
    beta = track["range_rate_km_s"] / 299_792.458
    nu_hz = 299_792_458.0 / 848.6e-9
    assert np.abs(track["doppler_hz"] + nu_hz * beta).max() < 5e5


def test_it_agrees_with_the_series_at_common_instants(track, micius):
    """To the last digit but one of either; the mission's step is a second, so they have many."""
    found = forecast(micius)
    index = found.contact_key.index(KEY)
    report = series_report(found.with_series(np.array([index]), every=True))
    text = to_csv(SERIES_COLUMNS, report)
    series = pd.read_csv(io.StringIO(text), parse_dates=["utc"])
    both = track.merge(series, on="utc", suffixes=("", "_series"))
    assert len(both) > 300
    for name in ("elevation_deg", "apparent_elevation_deg", "tracking_elevation_deg",
                 "polarisation_angle_deg", "point_ahead_arcsec", "sun_separation_deg",
                 "moon_separation_deg"):  # fmt: skip
        assert np.abs(both[name] - both[f"{name}_series"]).max() < 1.1e-3, name
    turn = (both["azimuth_deg"] - both["azimuth_deg_series"] + 180.0) % 360.0 - 180.0
    assert np.abs(turn).max() < 1e-3


def test_rows_are_whole_fractions_of_a_second_from_before_the_rise_till_after_the_set(lijiang):
    """The odd instants of rise and set are none of them."""
    fine = table(lijiang, rate_hz=5, preroll_s=30.0, postroll_s=10.0)
    steps = fine["utc"].diff().dropna().unique()
    assert list(steps) == [np.timedelta64(200, "ms")]
    assert (fine["utc"].dt.microsecond % 200_000 == 0).all()
    one = lijiang.contacts[0].passes[0]
    rise, sets = lijiang.timebase.utc_of(np.array([one.rise_s[0], one.set_s[0]]))
    before = fine[fine["phase"] == "preroll"]["utc"]
    after = fine[fine["phase"] == "postroll"]["utc"]
    assert len(before) == 150
    assert before.max() < rise
    assert len(after) == 50
    assert after.min() > sets
    assert fine["mjd_utc"].iloc[0] == pytest.approx(
        (fine["utc"].iloc[0] - datetime(1858, 11, 17, tzinfo=UTC)).total_seconds() / 86_400.0,
        abs=1e-9,
    )


def test_a_long_preroll_ends_a_degree_below_the_horizon(lijiang):
    """Below that the horizon hides it and refraction is not known."""
    long = table(lijiang, preroll_s=3_600.0, postroll_s=3_600.0)
    assert -1.0 <= long["elevation_deg"].min() < -0.9
    assert long["phase"].iloc[0] == "preroll"
    assert long["phase"].iloc[-1] == "postroll"
    assert not long["apparent_elevation_deg"].isna().any()


def test_phases_follow_each_other(night):
    """Key only where the plan has it."""
    for place, contact in enumerate(night.contacts):
        rows = table(night, place)
        order = list(dict.fromkeys(rows["phase"]))
        assert order == [one for one in ("preroll", "acquire", "key", "key_no", "postroll")
                         if one in order]  # fmt: skip
        key = rows[rows["phase"] == "key"]["utc"]
        first, last = night.timebase.utc_of(np.array(contact.key_s))
        assert first <= key.min()
        assert key.max() <= last
        assert len(key) >= contact.key_s[1] - contact.key_s[0] - 1.0


def with_mount(micius, mount):
    """The campaign with a mount at every station."""
    stations = tuple(
        replace(one, terminal=replace(one.terminal, mount=mount)) for one in micius.stations
    )
    return replace(micius, stations=stations)


@pytest.mark.parametrize(
    ("cable", "first", "last"),
    [
        (None, 7.0, -153.0),  # no mount: from 0…360° on, over north and below 0
        ((-270.0, 270.0), 7.0, -153.0),
        ((0.0, 540.0), 367.0, 207.0),
        ((-540.0, -120.0), -353.0, -513.0),
    ],
)
def test_azimuths_stay_in_the_turn_of_the_cable(micius, cable, first, last):
    """This pass goes from north over west to the south-west, across the jump at north."""
    mission = micius if cable is None else with_mount(micius, Mount(azimuth_range_deg=cable))
    rows = table(hand_over(mission, wanted="micius-nanshan-1965"))
    assert rows["azimuth_deg"].iloc[[0, -1]].tolist() == pytest.approx([first, last], abs=1.0)
    assert rows["azimuth_deg"].diff().abs().max() < 5.0
    assert (rows["tracking_azimuth_deg"] - rows["azimuth_deg"]).abs().max() < 0.1
    if cable is None:
        assert rows["mount_azimuth_deg"].isna().all()
        return
    key = rows[rows["phase"] == "key"]
    assert key["azimuth_deg"].between(*cable).all()
    assert (rows["mount_azimuth_deg"] - rows["azimuth_deg"]).abs().max() < 1e-4
    assert set(rows["beyond"].dropna()) <= {"cable"}


def test_a_slow_axis_is_flagged_and_stays_within_its_rate(micius):
    """The keyhole: 1.2°/s is needed near the culmination at 69°, half of that is there."""
    mount = Mount(azimuth_range_deg=(-270.0, 270.0), max_azimuth_rate_deg_s=0.6)
    rows = table(hand_over(with_mount(micius, mount), wanted=KEY))
    slow = rows["keyhole"]
    assert slow.any()
    assert rows["azimuth_rate_deg_s"].abs().max() > 0.8
    assert rows["mount_azimuth_deg"].diff().abs().max() <= 0.6 + 1e-3
    apart = (rows["mount_azimuth_deg"] - rows["azimuth_deg"]).abs()
    assert apart[~slow].max() < 1e-4
    assert apart[slow].max() > 1.0
    assert set(rows["beyond"][slow]) == {"keyhole"}
    assert not (rows["phase"][slow] == "key").any()


@pytest.mark.parametrize("rate_hz", [1, 50])
def test_the_keyhole_is_where_the_forecast_has_it(micius, rate_hz):
    """As many seconds, and between the same two instants, to what the rows leave."""
    mission = with_mount(micius, Mount(max_azimuth_rate_deg_s=0.8, acquisition_s=10.0))
    found = forecast(mission)
    lost_s = found.seen[0].lost_s[NAMES.index("keyhole")]
    before = [NAMES.index(name) for name in ("low", "daylight", "range")]
    counted = 0
    for row in np.flatnonzero(lost_s > 0.0).tolist():
        given = hand_over(mission, wanted=found.contact_key[row])
        rows = tracking(given, contact := given.contacts[0], 0, sampling=Sampling(rate_hz=rate_hz))
        cells, usage = contact.arms[0].cells, contact.arms[0].usage
        taken = np.flatnonzero(usage.obstacle == NAMES.index("keyhole"))
        begin_s, end_s = cells.begin_s[taken[0]], cells.end_s[taken[-1]]
        assert end_s - begin_s == pytest.approx(lost_s[row], abs=1e-9)
        if np.isin(usage.obstacle[[taken[0] - 1, taken[-1] + 1]], before).any():
            continue  # there the earlier limit takes what the axis loses as well
        slow = rows.track.time_s[rows.keyhole]
        assert begin_s - 0.005 <= slow[0] <= begin_s + 1.0 / rate_hz + 0.005
        assert end_s - 1.0 / rate_hz - 0.005 <= slow[-1] <= end_s + 0.005
        assert slow.size / rate_hz == pytest.approx(lost_s[row], abs=1.0 / rate_hz + 0.005)
        counted += 1
    assert counted >= 2


def test_the_mount_is_where_the_forecast_has_it(micius):
    """In the same turn and way, at the samples that make key."""
    mount = Mount(
        azimuth_range_deg=(-200.0, 400.0), max_azimuth_rate_deg_s=0.6, max_elevation_deg=120.0,
        flip=True, acquisition_s=10.0,
    )  # fmt: skip
    mission = with_mount(micius, mount)
    rows = table(hand_over(mission, wanted=KEY))
    found = forecast(mission)
    index = found.contact_key.index(KEY)
    report = series_report(found.with_series(np.array([index]), every=True))
    series = pd.read_csv(io.StringIO(to_csv(SERIES_COLUMNS, report)), parse_dates=["utc"])
    both = rows.merge(series[series["usable"]], on="utc", suffixes=("", "_series"))
    assert len(both) > 60
    for axis in ("mount_azimuth_deg", "mount_elevation_deg"):
        assert (both[axis] - both[f"{axis}_series"]).abs().max() < 1e-3


def test_a_joint_contact_has_a_track_for_each_telescope(joint):
    """Each from its own rise to its own set; key at the same instants in both."""
    made, left = track_files(joint, Issue(issued=datetime(2026, 1, 1, tzinfo=UTC)))
    assert left == ()
    assert [one.about["station"] for one in made] == ["Xinglong", "Jinan"]
    assert all(one.name.isascii() and one.name.endswith(".csv") for one in made)
    tracks = [pd.read_csv(io.BytesIO(b"".join(one.content))) for one in made]
    keys = [set(one["utc"][one["phase"] == "key"]) for one in tracks]
    assert keys[0] == keys[1]
    assert (tracks[0]["azimuth_deg"] - tracks[1]["azimuth_deg"]).abs().max() > 0.5


def test_the_file_begins_with_its_header_and_holds_no_comment(night, issue):
    """What a controller reads line by line."""
    made, _ = track_files(night, issue)
    text = b"".join(made[0].content).decode("ascii")
    header, first, *_ = text.splitlines()
    assert header.split(",") == [one.name for one in TRACKING_COLUMNS]
    assert first.startswith("2016-12-22T")
    assert "\r" not in text
    assert "#" not in text
