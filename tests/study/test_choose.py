"""A few of many, one by one: against every choice there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from made_study import KEY, axis, made

from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdError
from satqkd.study.choose import candidates_of, choose
from satqkd.study.read_study import load_study


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sites")
    copy_preset("twenty-sites", folder)
    return load_study(folder / "study.yaml")


def work_out(value, asked=None):
    """Return what works out points by a formula over the names that they keep."""

    def work(points):
        kept = [point.levels[0].keep.names for point in points]
        if asked is not None:
            asked.append(len(kept))
        values = iter([value(names) for names in kept])
        places = [axis("places", [], numeric=False)]
        rows = [(" ".join(names),) for names in kept]
        return made(places, rows, lambda _: (next(values),), measures=(KEY,))

    return work


def test_what_adds_up_is_chosen_as_well_as_it_can_be(sites):
    worth = {one.keep.names[0]: (7 * n) % 20 for n, one in enumerate(candidates_of(sites))}

    found = choose(
        sites, 3, work_out(lambda names: sum(worth[one] for one in names)), measure="key_day_mean"
    )

    best = max(combinations(worth.values(), 3), key=sum)
    assert found[-1].value == sum(best)
    assert sum(one.gain for one in found) == sum(best)
    assert [one.gain for one in found] == sorted((one.gain for one in found), reverse=True)
    assert found[0].runner_up_value == sorted(worth.values())[-2]


def test_what_overlaps_is_chosen_for_what_it_adds(sites):
    """Each place sees some of ten things: the second taken adds most, and is not second best."""
    names = [one.keep.names[0] for one in candidates_of(sites)]
    sees = dict.fromkeys(names, frozenset())
    sees |= {names[0]: {1, 2, 3, 4}, names[1]: {1, 2, 3}, names[2]: {5}}

    found = choose(
        sites, 2, work_out(lambda kept: len(set().union(*(sees[one] for one in kept)))),
        measure="key_day_mean",
    )  # fmt: skip

    assert [one.taken for one in found] == [names[0], names[2]]
    assert [one.gain for one in found] == [4.0, 1.0]


def test_rounds_ask_for_all_points_so_far_so_that_the_folder_keeps_them(sites):
    asked: list[int] = []

    choose(sites, 2, work_out(len, asked), measure="key_day_mean")

    assert asked == [20, 39]


@pytest.mark.parametrize(
    ("take", "measure", "words"),
    [(0, "key_day_mean", "--take"), (21, "key_day_mean", "--take"), (1, "key", "--measure")],
)
def test_what_cannot_be_chosen_is_refused(sites, take, measure, words):
    with pytest.raises(SatqkdError, match=words):
        choose(sites, take, work_out(len), measure=measure)


def test_a_study_of_something_else_is_refused(small):
    with pytest.raises(SatqkdError, match="keeps one name"):
        candidates_of(load_study(small / "study.yaml"))


def test_a_candidate_that_fails_is_told_with_its_own_reason(sites):
    def work(points):
        found = work_out(len)(points)
        values = found.numbers["key_day_mean"].copy()
        values[3] = float("nan")
        reasons = ["of another"] * len(points)
        reasons[3] = "its own"
        return replace(found, numbers={"key_day_mean": values}, reason=tuple(reasons))

    fourth = candidates_of(sites)[3].text
    with pytest.raises(SatqkdError, match=f"{fourth}: came to nothing: its own\n  fix: "):
        choose(sites, 1, work, measure="key_day_mean")
