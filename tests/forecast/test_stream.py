"""Contacts a chunk at a time: the same, however they are divided."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from satqkd.forecast import light
from satqkd.forecast import stream as module
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, forecast, stream
from satqkd.passes import chunks
from satqkd.weather.clear_sky import Draws

DRAWS = Draws(samples=10, seed=2)


def arrays(value, path=""):
    """Every array of a value made of values, by its place."""
    if isinstance(value, np.ndarray):
        yield path, value
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from arrays(one, f"{path}[{place}]")
    elif is_dataclass(value) and not path.endswith(("mission", "systems")):
        for field in fields(value):
            yield from arrays(getattr(value, field.name), f"{path}.{field.name}")


def same(one, other):
    """Whatever two forecasts hold of their contacts is the same.

    Whole numbers exactly, of these passes all else, too. The node's uplinks have truncated beams,
    whose grid reaches as far as the samples of a part do: cubics over it differ by 4e-11 of the
    light. 1e-9 of the largest value of a column is allowed there.
    """
    for name in ("pass_id", "contact_key"):
        assert getattr(one, name) == getattr(other, name)
    assert one.yields.obstacle == other.yields.obstacle
    for name in ("contacts", "seen", "yields"):
        mine, theirs = (dict(arrays(getattr(each, name), name)) for each in (one, other))
        assert mine.keys() == theirs.keys()
        for place, values in mine.items():
            if place.startswith("contacts.rows"):  # of the table of one search
                continue
            if one.pair is None or values.dtype.kind != "f":
                np.testing.assert_array_equal(values, theirs[place], err_msg=place)
                continue
            finite = np.abs(values[np.isfinite(values)])
            np.testing.assert_allclose(
                values, theirs[place], rtol=0.0, atol=1e-9 * finite.max(initial=1e-6), err_msg=place
            )


@pytest.fixture(scope="module", params=["passes", "joint contacts"])
def asked(request, shipped):
    """A mission, and what of it: passes of two satellites, or joint contacts of one."""
    if request.param == "passes":
        mission = shipped("jinan-1-constellation", days=1)
        return mission, Chosen(satellites=[0, 2], stations=[0, 1, 3])
    mission = shipped("twin-field-node", days=3)
    return mission, Chosen(satellites=[0], stations=(), pairs=mission.together[:1])


def test_many_chunks_give_the_same_as_one(asked, monkeypatch):
    """Nothing of a contact depends on what it is followed with."""
    mission, chosen = asked
    (whole,) = stream(mission, chosen, draws=DRAWS)
    monkeypatch.setattr(module, "SAMPLES_AT_ONCE", 800)
    many = list(stream(mission, chosen, draws=DRAWS))

    assert len(many) > 5
    assert whole.yields.keys.secure_bits.max() > 0
    same(Forecast.join(many), whole)


def test_small_parts_give_the_same_as_large_ones(asked, monkeypatch):
    """Neither does it depend on what fits the cache."""
    mission, chosen = asked
    (large,) = stream(mission, chosen, draws=DRAWS)
    monkeypatch.setattr(light, "SAMPLES_AT_ONCE", 300)
    (small,) = stream(mission, chosen, draws=DRAWS)

    same(small, large)


def test_satellites_one_by_one_give_the_same_as_all(shipped, monkeypatch):
    """Ids and keys included: a search of few knows of the others."""
    mission = shipped("jinan-1-constellation", days=1)
    whole = forecast(mission, draws=DRAWS)
    monkeypatch.setattr(chunks, "SATELLITE_DAYS_AT_ONCE", 1.0)

    same(forecast(mission, draws=DRAWS), whole)


def test_every_kind_is_told_even_where_there_is_none(shipped):
    """Passes and each pair have a forecast without contacts, so that tables have columns."""
    mission = replace(shipped("twin-field-node", days=1), duration_s=60.0)
    empty = list(stream(mission, draws=DRAWS))

    assert [one.pair for one in empty] == [None, *mission.together]
    for one in empty:
        assert len(one) == len(one.yields) == len(one.yields.keys) == 0
        assert len(one.seen) == (1 if one.pair is None else 2)


def test_nobody_asked_for_is_an_empty_forecast(shipped):
    """No satellite, no pass, no search."""
    mission = shipped("twin-field-node", days=1)
    found = forecast(mission, Chosen(satellites=[], stations=[0]))

    assert len(found) == len(found.yields) == 0


def test_progress_reaches_all_satellites(shipped, monkeypatch):
    """However few are searched at once."""
    mission = shipped("jinan-1-constellation", days=1)
    monkeypatch.setattr(chunks, "SATELLITE_DAYS_AT_ONCE", 3.0)
    told = []

    forecast(mission, progress=lambda done, of: told.append((done, of)))

    assert told == [(3, 4), (4, 4)]
