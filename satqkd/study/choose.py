"""Which few of many: the best list of satellites or stations, found one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.study.point import Point
from satqkd.study.results import Results
from satqkd.study.study import Study
from satqkd.study.variable import Keep, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One round: what was taken, and what it brought."""

    round: int
    taken: str
    """Name of what was taken."""
    value: float
    """The measure with all that is taken so far."""
    gain: float
    """How much more that is than before."""
    runner_up: str
    """What would have been taken next best; empty where nothing else was left."""
    runner_up_value: float | None
    """The measure with that instead; None where nothing else was left."""


def candidates_of(study: Study) -> tuple[Level, ...]:
    """Return the candidates of a study: the values of its one variable, a name each.

    Raises
    ------
    SatqkdError
        If it varies anything else.
    """
    levels = study.variables[0].levels if len(study.variables) == 1 else ()
    if not levels or any(one.keep is None or len(one.keep.names) != 1 for one in levels):
        raise SatqkdError(
            "choose needs a study of one variable, which keeps one name in each of its values\n"
            "  fix: write it such as {name: places, keep: stations, values: [[Graz], [Matera]]}"
        )
    return levels


def choose(
    study: Study,
    take: int,
    work_out: Callable[[Sequence[Point]], Results],
    *,
    measure: str,
    tell: Callable[[Choice], None] = lambda _: None,
) -> tuple[Choice, ...]:
    """Take candidates one by one, each time the one with which the measure becomes largest.

    Of what adds up, as the mean key of stations that share no satellite's time, this finds the best
    choice there is. Of the rest it is greedy: what was taken stays, and the best few need not hold
    the best one. Where the gain of one never grows with what is there already, at least 63 % of the
    best are reached [1]_.

    Parameters
    ----------
    study
        One variable that keeps one name in each of its values.
    take
        How many.
    work_out
        Works out points, all those asked for so far, and returns their results in order.
    measure
        What is to be large.
    tell
        Called after each round.

    Raises
    ------
    SatqkdError
        If the study is none of that kind, or a candidate failed.

    References
    ----------
    .. [1] G. L. Nemhauser, L. A. Wolsey, M. L. Fisher, Math. Program. 14, 265 (1978).
    """
    candidates = candidates_of(study)
    if not 1 <= take <= len(candidates):
        raise SatqkdError(
            f"--take: {take} cannot be taken of {len(candidates)}\n"
            f"  fix: write 1 to {len(candidates)}"
        )
    if all(one.name != measure for one in study.measures):
        raise SatqkdError(
            f"--measure: {measure!r} is no measure of this study\n"
            f"  fix: write one of {', '.join(one.name for one in study.measures)}"
        )
    points: list[Point] = []
    taken: list[Level] = []
    found: list[Choice] = []
    before = 0.0
    for number in range(1, take + 1):
        left = [one for one in candidates if one not in taken]
        fresh = [Point(levels=(_together([*taken, one]),)) for one in left]
        points += fresh
        values = _values(work_out(points), len(points), len(fresh), measure, left)
        order = np.argsort(-values, kind="stable").tolist()
        best = order[0]
        taken.append(left[best])
        second = order[1] if len(order) > 1 else None
        found.append(
            Choice(
                round=number,
                taken=left[best].text,
                value=float(values[best]),
                gain=float(values[best]) - before,
                runner_up="" if second is None else left[second].text,
                runner_up_value=None if second is None else float(values[second]),
            )
        )
        before = float(values[best])
        tell(found[-1])
    return tuple(found)


def _together(levels: Sequence[Level]) -> Level:
    """Return the value that keeps all names of some."""
    first = levels[0].keep
    names = tuple(name for one in levels if one.keep is not None for name in one.keep.names)
    if first is None:
        raise TypeError("candidates keep names")
    keep: Keep = replace(first, names=tuple(sorted(names)))
    return Level(text=keep.text, number=None, keep=keep)


def _values(
    results: Results, points: int, fresh: int, measure: str, left: Sequence[Level]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the measure of the last points, the mean over their repetitions."""
    repeat = len(results) // points
    values = results.numbers[measure].reshape(points, repeat)[-fresh:].mean(axis=1)
    for place, one in enumerate(left):
        if not np.isfinite(values[place]):
            begin = (points - fresh + place) * repeat
            reasons = [text for text in results.reason[begin : begin + repeat] if text]
            why = reasons[0] if reasons else f"{measure} has no value"
            raise SatqkdError(
                f"{one.text}: came to nothing: {why}\n"
                "  fix: mend that, or leave it out of the study's values"
            )
    return np.asarray(values)
