"""Messages that are written are read back to the last bit."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.elements.library import read_elements
from satqkd.elements.omm import parse_omm
from satqkd.elements.omm_write import write_omm_json

DATA = Path(__file__).parents[2] / "data" / "tle" / "micius.tle"
INNER = (
    "no_kozai", "ecco", "inclo", "nodeo", "argpo", "mo", "bstar", "ndot", "nddot", "jdsatepoch",
    "jdsatepochF", "elnum", "revnum", "classification", "intldesg", "ephtype",
)  # fmt: skip

names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
angles = st.floats(0, 360)
records = st.fixed_dictionaries(
    {
        "OBJECT_NAME": names,
        "OBJECT_ID": st.sampled_from(["2016-051A", "1957-001ABC", ""]),
        "EPOCH": st.datetimes()
        .filter(lambda t: 1957 <= t.year <= 2199)
        .map(lambda t: t.isoformat()),
        "MEAN_MOTION": st.floats(0.03, 16.5),
        "ECCENTRICITY": st.floats(0, 0.01),
        "INCLINATION": st.floats(0, 180),
        "RA_OF_ASC_NODE": angles,
        "ARG_OF_PERICENTER": angles,
        "MEAN_ANOMALY": st.floats(-360, 360),
        "NORAD_CAT_ID": st.integers(0, 999_999_999),
        "ELEMENT_SET_NO": st.integers(0, 9999),
        "REV_AT_EPOCH": st.integers(0, 99_999),
        "CLASSIFICATION_TYPE": st.sampled_from("UCS"),
        "BSTAR": st.floats(-0.01, 0.01),
        "MEAN_MOTION_DOT": st.floats(-1, 1),
        "MEAN_MOTION_DDOT": st.floats(-1, 1),
    }
)


def inner(element_set):
    return [getattr(element_set.satrec, name) for name in INNER]


@given(st.lists(records, min_size=1, max_size=3))
def test_what_is_written_is_read_back(some):
    """Every number that SGP4 works with is the same float again."""
    first = parse_omm(json.dumps(some), file="f")
    again = parse_omm(write_omm_json(first), file="f")

    for one, other in zip(first, again, strict=True):
        assert (one.name, one.norad_id, one.cospar_id, one.epoch) == (
            other.name, other.norad_id, other.cospar_id, other.epoch,
        )  # fmt: skip
        assert inner(one) == inner(other)


def test_tles_become_messages_with_the_same_digits():
    """The shipped sets keep their digits and, to the last bit, what SGP4 makes of them."""
    sets = read_elements(DATA)
    text = write_omm_json(sets)
    record = next(one for one in json.loads(text) if one["EPOCH"].startswith("2016-12-19"))

    assert [inner(one) for one in parse_omm(text, file="f")] == [inner(one) for one in sets]
    assert {
        "OBJECT_NAME": "MICIUS",
        "OBJECT_ID": "2016-051A",
        "EPOCH": "2016-12-19T13:39:33.153408",
        "MEAN_MOTION": 15.23916091,
        "ECCENTRICITY": 0.0013349,
        "INCLINATION": 97.3698,
        "RA_OF_ASC_NODE": 268.1064,
        "ARG_OF_PERICENTER": 175.8929,
        "MEAN_ANOMALY": 309.019,
        "NORAD_CAT_ID": 41731,
        "MEAN_MOTION_DOT": 3.84e-6,
        "REF_FRAME": "TEME",
    }.items() <= record.items()
    assert record["BSTAR"] == pytest.approx(1.8801e-5, rel=2e-16)  # read as 0.18801 times 10⁻⁴


def test_a_record_a_line():
    """Lines tell where a set came from, so each has its own."""
    sets = read_elements(DATA)

    again = parse_omm(write_omm_json(sets), file="f")
    assert [one.source for one in again] == [f"f:{i}" for i in range(2, len(sets) + 2)]


def test_nothing_written_is_an_empty_list():
    """No sets make a list without records."""
    assert write_omm_json([]) == "[]\n"
