"""The normal distribution of our own, against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from satqkd.weather.normal import chance_below


def test_chances_are_scipys_from_one_tail_to_the_other() -> None:
    number = np.linspace(-37.0, 9.0, 4601).reshape(43, 107)

    assert chance_below(number) == pytest.approx(ndtr(number), rel=1e-13, abs=0.0)
    assert chance_below(np.array([-np.inf, np.inf])).tolist() == [0.0, 1.0]


def test_half_of_the_numbers_are_below_0_and_none_are_lost() -> None:
    assert chance_below(np.zeros(())) == 0.5
    assert chance_below(np.zeros((3, 0))).shape == (3, 0)
