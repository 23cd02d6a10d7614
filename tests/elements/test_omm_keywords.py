"""Every keyword of a message is accounted for: used, known to be of no use, or named."""

from __future__ import annotations

import json
import warnings

import pytest

from satqkd.elements.omm import parse_omm
from satqkd.errors import SatqkdWarning

RECORD = {
    "OBJECT_NAME": "PROBE", "NORAD_CAT_ID": 90044, "EPOCH": "2026-05-11T06:00:00",
    "MEAN_MOTION": 14.9, "ECCENTRICITY": 0.0012, "INCLINATION": 82.1, "RA_OF_ASC_NODE": 210.0,
    "ARG_OF_PERICENTER": 80.0, "MEAN_ANOMALY": 280.0, "BSTAR": 4.5e-5,
}  # fmt: skip


def told(**more):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SatqkdWarning)
        parse_omm(json.dumps([RECORD | more, RECORD | more]), file="p.json")
    return [str(one.message) for one in caught]


@pytest.mark.parametrize("keyword", ["BTERM", "AGOM"])
def test_drag_of_another_theory_is_told_once(keyword):
    """Beside BSTAR it contradicts the theory that is named; a zero says nothing."""
    (message,) = told(**{keyword: 0.0123})

    assert message.startswith(f"p.json:1: {keyword} = 0.0123 belongs to SGP4-XP")
    assert not told(**{keyword: 0.0})


def test_keywords_that_are_not_known_are_named():
    """Once a file; those of the standard and of the services that hand out elements are known."""
    (message,) = told(ARGP_RATE=1, RMS=0.2, TLE_LINE0="0 PROBE", CX_X=1.0, USER_DEFINED_X="y")

    assert "keywords that are not known are passed over: ARGP_RATE" in message
    assert "RMS" not in message
