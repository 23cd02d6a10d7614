"""Consolidated predictions beside Orekit, and read by a reader of their columns alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from satqkd.elements.cpf import parse_cpf
from satqkd.network.hand_over import hand_over
from satqkd.network.orbit_tables import days, orbit_table, stretches
from satqkd.passes.states import states_itrf
from satqkd.report.export.cpf import cpf_files, crosses_leap_second, prediction
from satqkd.report.export.handed import Issue

OREKIT = json.loads(
    Path(__file__).parents[2].joinpath("reference", "cpf_by_orekit.json").read_text("utf-8")
)
MJD_ZERO = datetime(1858, 11, 17, tzinfo=UTC)


def columns(line: str, *widths: tuple[int, int]) -> list[str]:
    """Fields of a line by their first and last column, counted from 1."""
    return [line[first - 1 : last] for first, last in widths]


def records(content: bytes, kind: str) -> list[list[str]]:
    return [line.split() for line in content.decode("ascii").splitlines() if line.startswith(kind)]


@pytest.fixture(scope="module")
def file(night, issue):
    (one,), left = cpf_files(night, issue)
    assert left == []
    return one


@pytest.fixture(scope="module")
def read(file, night):
    """Times in mission seconds and positions, by a reader that knows the columns only."""
    rows = records(file.content, "10")
    at = [
        night.timebase.seconds(MJD_ZERO + timedelta(days=int(row[2]), seconds=float(row[3])))
        for row in rows
    ]
    assert {row[1] for row in rows} == {"0"}
    assert {row[4] for row in rows} == {"0"}
    return np.array(at), np.array([[float(one) for one in row[5:]] for row in rows])


def through_ten(read, second_s):
    """Polynomial of ninth order through the ten records around an instant, as stations have it."""
    times, positions = read
    first = int(np.searchsorted(times, second_s, side="right")) - 5
    assert 0 <= first <= times.size - 10, "too few records on one side"
    near = slice(first, first + 10)
    return BarycentricInterpolator(times[near] - second_s, positions[near])(0.0)


def test_between_its_records_a_polynomial_of_ninth_order_is_where_the_elements_say(read, night):
    """Within a millimetre and its rounding, from the first second of the day to the last."""
    source = night.mission.spacecraft[0].satellite.sources[night.contacts[0].source]
    instants = np.array([0.0, 29.7, 31.0, 17_000.25, 62_813.4, 86_369.9, 86_400.0])
    ours, _ = states_itrf(source, night.timebase, instants)
    theirs = np.array([through_ten(read, one) for one in instants]).T
    assert np.abs(ours - theirs).max() < 2e-3


def test_orekit_reads_the_same_header_and_interpolates_to_the_same_places(file, night):
    """It asks for ten records around each instant; within 0.1 m is asked for."""
    assert OREKIT["frame"] == "CIO/2010-based ITRF accurate EOP"
    source = night.mission.spacecraft[0].satellite.sources[night.contacts[0].source]
    at_s, theirs = [], []
    for record, late_s, *position in OREKIT["positions_m"]:
        at_s.append(night.timebase.seconds(datetime.fromisoformat(record)) + late_s)
        theirs.append(position)
    ours, _ = states_itrf(source, night.timebase, np.array(at_s))
    assert np.abs(ours.T - np.array(theirs)).max() < 2e-3
    assert len(at_s) > 100
    head = file.content.decode("ascii").splitlines()
    assert head[0].split()[10] == OREKIT["target"]
    assert head[1].split()[1] == OREKIT["ilrs_id"]
    assert head[1].split()[3] == OREKIT["norad_id"]
    assert OREKIT["start"] == "2016-12-22T00:00:00.000"
    assert OREKIT["records"] == len(records(file.content, "10"))


def test_the_header_stands_in_its_columns(file):
    """Those that the service's checks count."""
    one, two, end, *_ = file.content.decode("ascii").splitlines()
    assert columns(one, (1, 2), (4, 6), (8, 9), (12, 14)) == ["H1", "CPF", " 2", "SQK"]
    assert columns(one, (16, 19), (21, 22), (24, 25), (27, 28)) == ["2016", "12", "19", "13"]
    assert one[29:].split() == ["357", "1", "micius", "SATQKD"]
    assert columns(two, (1, 2), (4, 11), (13, 16), (18, 25), (27, 45), (47, 65), (67, 71)) == [
        "H2", " 1605101", "9999", "   41731", "2016 12 22  0  0  0", "2016 12 23  0  0  0", "   60",
    ]  # fmt: skip
    assert two[71:].split() == ["1", "0", "0", "0", "0", "1"]
    assert end == "H9"
    assert file.content.endswith(b"\n99\n")
    assert file.name == "micius_cpf_161222_35701.sqk"


def test_five_records_lie_beyond_either_end(read):
    """A minute apart, on whole minutes."""
    times, _ = read
    assert (times < 0.0).sum() >= 5
    assert (times > 86_400.0).sum() >= 5
    assert set(np.diff(times).round(6)) == {60.0}
    assert times[0] % 60.0 == 0.0


def test_velocities_are_the_slopes_of_the_positions(file, read):
    """Against the turning Earth."""
    rows = records(file.content, "20")
    times, _ = read
    assert len(rows) == times.size
    place = 700
    slope = (through_ten(read, times[place] + 0.5) - through_ten(read, times[place] - 0.5)) / 1.0
    assert [float(one) for one in rows[place][2:]] == pytest.approx(slope.tolist(), abs=2e-2)


def test_our_own_reader_takes_it(file):
    """As it takes those of others, without a warning."""
    (found,) = parse_cpf(file.content.decode("ascii"), file=file.name)
    assert (found.norad_id, found.cospar_id, found.name) == (41731, "2016-051A", "micius")


def test_a_day_with_two_element_sets_has_two_predictions(micius):
    """A prediction never mixes them: the second of the day has another number and begins there."""
    first = micius.start - timedelta(days=3)
    mission = replace(micius, start=first, duration_s=86_400.0)
    given = hand_over(mission, wanted="micius-jinan-1910")
    other = hand_over(mission, wanted="micius-lijiang-1918")
    both = replace(given, contacts=(*given.contacts, *other.contacts))
    assert len({one.source for one in both.contacts}) == 2
    files, _ = cpf_files(both, Issue(issued=first))
    assert [one.name[-6:] for one in files] == ["01.sqk", "02.sqk"]
    ends = [one.content.decode("ascii").splitlines()[1].split()[10:16] for one in files]
    begins = [one.content.decode("ascii").splitlines()[1].split()[4:10] for one in files]
    assert ends[0] == begins[1]
    change = both.timebase.seconds(datetime(*map(int, ends[0]), tzinfo=UTC))
    for contact in both.contacts:
        assert not contact.start_s <= change <= contact.end_s
    one, two = (own.passes[0] for own in both.contacts)
    assert change == pytest.approx(0.5 * (one.set_s[0] + two.rise_s[0]), abs=0.5), "half-way"


def test_its_header_promises_whole_seconds_within(night, issue):
    """Of a stretch that begins and ends between two seconds the first and last whole ones."""
    (stretch,) = stretches(night)
    table = orbit_table(night, replace(stretch, start_s=600.25, end_s=1200.75))
    content = prediction(
        night, table, target="x", number=1, day=issue.issued, issued=issue.issued
    ).decode("ascii")
    assert content.splitlines()[1].split()[4:16] == [
        "2016", "12", "22", "0", "10", "1", "2016", "12", "22", "0", "20", "0",
    ]  # fmt: skip


def test_a_day_with_a_leap_second_is_left_out_and_named(micius):
    """2016-12-31 had one; elements of the 25th still tell where it was."""
    mission = replace(micius, start=datetime(2016, 12, 31, tzinfo=UTC), duration_s=86_400.0)
    table = hand_over(mission, wanted="micius-ngari-2094")
    files, left = cpf_files(table, Issue(issued=mission.start))
    assert files == []
    (told,) = left
    assert told.what == "Micius on 2016-12-31"
    assert "leap second" in told.why


def test_a_design_is_left_out_and_named(joint):
    """Nothing flies there that a station could range."""
    files, left = cpf_files(joint, Issue(issued=joint.mission.start))
    assert files == []
    assert [(one.what, one.files) for one in left] == [("Node (synthetic)", "cpf")]


def test_only_days_with_contacts_have_predictions(night):
    """The stretch is that of the day; a table of it runs across no leap second."""
    (stretch,) = stretches(night)
    ((day, number, part),) = list(days(night, stretch, [stretch]))
    assert (day, number) == (datetime(2016, 12, 22, tzinfo=UTC), 1)
    assert (part.start_s, part.end_s) == (0.0, 86_400.0)
    assert not crosses_leap_second(night, orbit_table(night, part))
