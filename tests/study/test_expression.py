"""Expressions are arithmetic and nothing else."""

from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.mistake import Mistake
from satqkd.study.expression import Expression


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "().__class__", "[1, 2]", "a if b else c", "a < b",
        "lambda: 1", "a[0]", "f(1)", "max()", "max(*a)", "min(a, key=b)", "'a' + 'b'", "1j", "True",
        "a :=1", "", "a;b", "a\nb", "(" * 5000, "max",
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused(text):
    with pytest.raises(Mistake):
        Expression(text)


@given(
    a=st.floats(-1e3, 1e3),
    b=st.floats(-1e3, 1e3).filter(lambda b: abs(b) > 1e-3),
)
def test_it_counts_as_python_does(a, b):
    values = {"a": a, "b": b}
    found = Expression("-a / b + 2 * max(a, b, 3) ** 2 - sqrt(abs(a))")(values)
    assert found == -a / b + 2 * max(a, b, 3) ** 2 - math.sqrt(abs(a))


@pytest.mark.parametrize(
    "text", ["1 / a", "log(a)", "sqrt(a - 1)", "(a - 1) ** 0.5", "10.0 ** 400"]
)
def test_what_is_not_defined_is_no_number(text):
    assert math.isnan(Expression(text)({"a": 0.0}))


def test_it_goes_to_another_process():
    again = pickle.loads(pickle.dumps(Expression("2 * a")))  # noqa: S301 -- our own bytes
    assert again({"a": 2.0}) == 4.0
    assert again.names == ("a",)
