"""Results of studies that were never run: a formula at each point."""

from __future__ import annotations

from itertools import product

import numpy as np

from satqkd.study.results import Months, Output, Results
from satqkd.study.variable import Axis

KEY = Output(
    name="key_day_mean", unit="bit/d", column="key_day_mean_bit_d",
    text="key a day, of all stations together, mean over the realisations",
)  # fmt: skip
LOW = Output(name="key_day_p10", unit="bit/d", text="10th percentile", column="key_day_p10_bit_d")
HIGH = Output(name="key_day_p90", unit="bit/d", text="90th percentile", column="key_day_p90_bit_d")
COST = Output(name="cost", unit="", text="cost", column="cost")


def axis(name, levels, *, unit="", numeric=True, log=False):
    """Return a variable."""
    return Axis(name=name, title=name, unit=unit, numeric=numeric, levels=tuple(levels), log=log)


def made(
    axes, rows, value, *, status=(), measures=(KEY, LOW, HIGH, COST), months=(), manifest=None
):
    """Return results whose rows are texts of levels, with what ``value`` makes of their numbers."""
    rows = [tuple(row) for row in rows]
    state = list(status) or ["done"] * len(rows)
    told = [value(*map(number, row)) for row in rows]
    numbers = {
        one.name: np.array([number(row[place]) for row in rows])
        for place, one in enumerate(axes)
        if one.numeric
    }
    for place, one in enumerate(measures):
        numbers[one.name] = np.array(
            [values[place] if s == "done" else np.nan
             for values, s in zip(told, state, strict=True)], dtype=np.float64
        )  # fmt: skip
    names = [f"p{place}" for place in range(len(rows))]
    return Results(
        name="A made study",
        question="What does it <depend> on?",
        variables=tuple(axes),
        measures=tuple(measures),
        point=tuple(names),
        repeat=np.ones(len(rows), dtype=np.int64),
        texts={
            one.name: tuple(row[place].split()[0] if one.numeric else row[place] for row in rows)
            for place, one in enumerate(axes)
        },
        numbers=numbers,
        status=tuple(state),
        reason=tuple("" if one == "done" else "a reason" for one in state),
        months=Months(
            point=tuple(names[place] for place in range(len(rows)) for _ in months),
            repeat=np.ones(len(rows) * len(months), dtype=np.int64),
            month=tuple(months) * len(rows),
            key_bits=1e3 * np.arange(len(rows) * len(months), dtype=np.float64),
        ),
        manifest=manifest or {"sample": "grid", "seed": 1, "code": "0.1.0+0", "file": "name: x\n"},
    )


def number(text):
    """Return the number of a level; NaN of a name."""
    try:
        return float(text.split()[0])
    except ValueError:
        return np.nan


APERTURE = axis("aperture", ["40 mm", "80 mm", "160 mm"], unit="mm", log=True)
KEPT = axis("kept", ["1", "2", "3", "4"])


def grid(**more):
    """Return a grid of two variables: key is the square of one times the other."""
    rows = list(product(APERTURE.levels, KEPT.levels))
    return made([APERTURE, KEPT], rows, formula, **more)


def formula(aperture, kept):
    """Return key, its percentiles, and cost."""
    key = aperture**2 * kept
    return key, 0.5 * key, 1.5 * key, kept * (aperture / 80.0) ** 3
