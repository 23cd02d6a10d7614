"""The verification set of SGP4's authors, through our own wrapper.

``SGP4-VER.TLE`` and ``tcppver.out`` ship inside the ``sgp4`` package; they belong to D. A. Vallado
et al., "Revisiting Spacetrack Report #3", AIAA 2006-6753. Line 2 of each set carries the times of
its rows behind column 69, so the lines are cut there. Our own reader takes 30 of the 33 sets; the
other three are wrong on purpose (``REFUSED``) and reach SGP4 by the package's lenient reader.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet
from satqkd.elements.tle import parse_tle
from satqkd.errors import InputError

POSITION_M = 1.2e-5
"""Half of the last printed digit is 5e-6 m; the rest is another compiler. The time is counted in
days, so that its rounding is added: it shows only 1280 days from the epoch (20413, 1.6e-4 m)."""
VELOCITY_M_S = 5.1e-7
"""Half of the last printed digit is 5e-7 m/s."""

REFUSED = {
    33333: ["2:27: eccentricity", "1:69: checksum", "2:69: checksum"],
    33334: ["2:53: mean motion", "1:69: checksum"],
    33335: ["1:69: checksum", "2:69: checksum"],
}
"""What our reader says of the sets that were made to fail."""

FAILURES = [
    (22312, 494.2028672, 1),
    (28350, 1560.0, 1),
    (28872, 55.0, 6),
    (29141, 440.0, 6),
    (33333, 25.0, 4),
    (33334, 0.0, 3),
    (20413, 1844345.0, 6),
]
"""Object, minute and SGP4's code of the first row that has no position. The codes are those the
``sgp4`` package asserts; decay shows as code 1 as well as 6."""

UNPRINTED = 33334
"""Fails at once: in its place the authors' program prints the row before it again."""


class Case(NamedTuple):
    number: int
    lines: tuple[str, str]
    minutes: tuple[float, float, float]
    rows: np.ndarray


def cases() -> list[Case]:
    """Pair each element set with its rows of the published output."""
    folder = files("sgp4")
    lines = folder.joinpath("SGP4-VER.TLE").read_text(encoding="ascii").splitlines()
    elements = [line for line in lines if line[:2] in {"1 ", "2 "}]
    blocks: list[tuple[int, list[list[float]]]] = []
    for line in folder.joinpath("tcppver.out").read_text(encoding="ascii").splitlines():
        words = line.split()
        if words[1:] == ["xx"]:
            blocks.append((int(words[0]), []))
        else:
            blocks[-1][1].append([float(word) for word in words[:7]])
    return [
        Case(
            number,
            (first[:69], second[:69]),
            tuple(float(word) for word in second[69:].split()),
            np.array(rows),
        )
        for (number, rows), first, second in zip(blocks, elements[::2], elements[1::2], strict=True)
    ]


CASES = cases()


def element_set(case: Case) -> ElementSet:
    """Read strictly where we can, leniently where the set is wrong on purpose."""
    if case.number not in REFUSED:
        return parse_tle("\n".join(case.lines), file="SGP4-VER.TLE")[0]
    return ElementSet(
        name=str(case.number),
        norad_id=case.number,
        cospar_id="",
        epoch=datetime(2000, 1, 1, tzinfo=UTC),
        source="SGP4-VER.TLE:1",
        satrec=Satrec.twoline2rv(*case.lines, WGS72),
    )


def asked_for(case: Case) -> np.ndarray:
    """Minutes that were asked for: 0, then from start to stop in steps."""
    start, stop, step = case.minutes
    times = np.arange(start, stop + 1e-6, step)
    if times[-1] < stop - 1e-6:
        times = np.append(times, stop)
    return times if start == 0.0 else np.insert(times, 0, 0.0)


def first_failure(case: Case) -> tuple[int, float, int] | None:
    """Object, minute and code of the first time without a position."""
    minutes = asked_for(case)
    motion = propagate(element_set(case), minutes * 60.0)
    bad = np.flatnonzero(~motion.good)
    if not bad.size:
        return None
    return case.number, float(minutes[bad[0]]), int(motion.error_code[bad[0]])


def test_the_set_is_whole():
    """33 sets and 667 rows, which with their headings are the 700 lines of the file."""
    assert len(CASES) == 33
    assert sum(len(case.rows) for case in CASES) == 667


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.number != UNPRINTED],
    ids=lambda case: f"{case.number}@{case.minutes[0]:g}",
)
def test_every_row_comes_out_as_published(case):
    """Position and velocity agree to the last digit that is printed."""
    minutes, position_km, velocity_km_s = case.rows[:, 0], case.rows[:, 1:4], case.rows[:, 4:7]
    motion = propagate(element_set(case), minutes * 60.0)

    clock_s = 2.0 * np.spacing(1.0 + np.abs(minutes) / 1440.0) * 86_400.0
    allowed_m = POSITION_M + clock_s * np.linalg.norm(velocity_km_s, axis=1) * 1e3
    assert motion.good.all()
    assert (np.abs(motion.position_m - position_km.T * 1e3) <= allowed_m).all()
    assert np.abs(motion.velocity_m_s - velocity_km_s.T * 1e3).max() <= VELOCITY_M_S


def test_errors_come_where_the_authors_program_stops():
    """The list of failing sets, each with its first bad minute and code, and no others."""
    found = [failure for case in CASES if (failure := first_failure(case))]

    assert found == [(number, pytest.approx(minute), code) for number, minute, code in FAILURES]


def test_a_set_that_stops_has_every_row_before_it():
    """Published rows end just before the first error, so nothing was left uncompared."""
    for case in CASES:
        failure = first_failure(case)
        minutes = asked_for(case)
        if failure and case.number != UNPRINTED:
            minutes = minutes[minutes < failure[1] - 1e-6]
        if case.number != UNPRINTED:
            assert minutes == pytest.approx(case.rows[:, 0], abs=1e-6)


def test_the_row_without_a_position_repeats_the_one_before():
    """Object 33334 fails at its epoch, and its printed numbers are those of 33333."""
    before, case = next(
        (one, two) for one, two in itertools.pairwise(CASES) if two.number == UNPRINTED
    )

    assert len(case.rows) == 1
    assert case.rows[0, 1:].tolist() == before.rows[-1, 1:].tolist()
    assert not propagate(element_set(case), np.zeros(1)).good[0]


@pytest.mark.parametrize("case", [c for c in CASES if c.number in REFUSED], ids=lambda c: c.number)
def test_sets_that_are_wrong_on_purpose_are_refused(case):
    """The strict reader tells every mistake of the three sets made to fail."""
    with pytest.raises(InputError) as caught:
        parse_tle("\n".join(case.lines), file="f")

    said = [f"{f.line}:{f.column}: {f.message}" for f in caught.value.findings]
    for start in REFUSED[case.number]:
        assert any(one.startswith(start) for one in said), said
    assert len(said) == len(REFUSED[case.number])
