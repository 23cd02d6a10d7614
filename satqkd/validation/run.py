"""Published figures beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from satqkd.config.mistake import did_you_mean
from satqkd.errors import SatqkdError, WrongTypeError
from satqkd.processes import in_order
from satqkd.validation.case import Case, Outcome, Point
from satqkd.validation.claim import Value, ratio, width
from satqkd.validation.read import read_cases


def run_cases(ids: Sequence[str] | None = None, *, jobs: int = 1) -> tuple[Outcome, ...]:
    """Compute every figure of some cases.

    Parameters
    ----------
    ids
        Such as ``O-1``, in any case of letters; all cases when None or empty.
    jobs
        Processes that share the cases.

    Returns
    -------
    tuple of Outcome
        One a published value, in the order of the cases.

    Raises
    ------
    SatqkdError
        If an id is not known.
    WrongTypeError
        For a text in place of a list.
    """
    if isinstance(ids, str):
        raise WrongTypeError(f"validate takes a list of ids\n  fix: write [{ids!r}]")
    cases = {case.id: case for case in read_cases()}
    chosen = list(dict.fromkeys(_named(name, cases) for name in ids)) if ids else list(cases)
    some = [cases[name] for name in chosen]
    shared = [one for case in some for run in case.runs for one in (case, *run.points)]
    return tuple(in_order(outcomes, some, jobs=jobs, shared=shared))


def outcomes(case: Case) -> Iterator[Outcome]:
    """Compute every figure of one case."""
    for run in case.runs:
        figures = run.check.figures()
        for point in run.points:
            claim, ours = point.figure.claim, _figure(point, figures)
            verdict = claim.judge(ours, point.published)
            yield Outcome(
                case=case,
                of=point,
                published=verdict.published_text,
                ours=ours,
                ours_text=verdict.ours_text,
                deviation=verdict.deviation,
                deviation_text=verdict.deviation_text,
                claimed=claim.text(),
                within=verdict.within,
                ratio=ratio(ours, float(point.published), unit=point.figure.unit)
                if isinstance(ours, float)
                else None,
                width=width(*ours, unit=point.figure.unit) if isinstance(ours, tuple) else None,
            )


def _figure(point: Point, figures: Mapping[str, Value]) -> Value:
    name = point.figure.name
    if name not in figures:
        raise SatqkdError(
            f"{point.name}: the check computes no {name!r}\n  fix: {did_you_mean(name, figures)}"
        )
    return figures[name]


def _named(written: str, cases: dict[str, Case]) -> str:
    folded = {name.casefold(): name for name in cases}
    if written.casefold() not in folded:
        family = written.strip().partition("-")[0].casefold()
        alike = [name for name in cases if name.partition("-")[0].casefold() == family]
        fix = (
            did_you_mean(written, alike)
            if alike
            else "'satqkd validate' without an id shows all; their ids begin with "
            + ", ".join(dict.fromkeys(f"{name.partition('-')[0]}-" for name in cases))
        )
        raise SatqkdError(f"there is no validation case {written!r}\n  fix: {fix}")
    return folded[written.casefold()]
