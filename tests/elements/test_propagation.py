"""What SGP4 answers is believed only where code and numbers both are good."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
import pytest
from sgp4.api import SGP4_ERRORS, WGS72, Satrec

from satqkd.elements.propagation import FAILURES, failure_text, propagate
from satqkd.elements.satellite import ElementSet


class Silent:
    """An SGP4 whose second position is not a number, without an error code."""

    jdsatepoch = 2_457_741.5
    jdsatepochF = 0.0  # noqa: N815  # as sgp4 calls it

    def sgp4_array(self, whole, fraction):
        del fraction
        position = np.full((whole.size, 3), 7_000.0)
        position[1] = np.nan
        return np.zeros(whole.size, dtype=np.uint8), position, np.full((whole.size, 3), 7.5)


def element_set(satrec) -> ElementSet:
    return ElementSet(
        name="X", norad_id=1, cospar_id="", epoch=datetime(2016, 12, 19, tzinfo=UTC),
        source="test:1", satrec=satrec,
    )  # fmt: skip


def test_nan_without_an_error_code_is_no_position():
    """Code 0 alone proves nothing, and the reason is told."""
    motion = propagate(element_set(Silent()), np.arange(3.0))

    assert motion.error_code.tolist() == [0, 0, 0]
    assert motion.good.tolist() == [True, False, True]
    assert failure_text(int(motion.error_code[1])) == "positions are not finite numbers"


@pytest.mark.parametrize(("eccentricity", "code"), [(0.05, 1), (0.0, 6)])
def test_a_decay_counts_whatever_its_code(eccentricity, code):
    """Falling objects end with code 1 (mean elements) as well as 6 (below the ground)."""
    satrec = Satrec()
    turns = 15.9 * 2.0 * np.pi / 1_440.0
    satrec.sgp4init(
        WGS72, "i", 1, 24_459.0, 0.01, 0.0, 0.0, eccentricity, 1.0, 1.7, 2.0, turns, 0.5
    )

    motion = propagate(element_set(satrec), np.arange(0.0, 30 * 86_400.0, 60.0))

    first = int(np.argmin(motion.good))
    assert first > 0
    assert motion.error_code[first] == code
    assert failure_text(code) == FAILURES[code]


@pytest.mark.parametrize("code", SGP4_ERRORS)
def test_failures_are_told_in_our_own_words(code):
    """No variable of SGP4's source is named to the user."""
    assert not re.search("mrt|nm is|pert", failure_text(code))
