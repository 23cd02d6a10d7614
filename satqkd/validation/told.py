"""The summary in words, for the terminal, the page and the README alike."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.validation.case import Outcome
from satqkd.validation.summary import NEARNESS, Counted, Summary, near


def sentences(told: Summary) -> list[str]:
    """Return how many figures there are of what, how near ours come and how wide intervals are."""
    first = (
        f"{len(told.independent)} independent published figures: measured, read or digitised, and "
        "no input fitted to them. Each counts once, by the farthest of its predictions; decibels "
        "count as the ratio they stand for."
    )
    near_them = f"Predicted, each count with those before it, {_nearness(told.independent)}."
    apart = (
        f"Counted apart: {len(told.recalled)} recalled figures, predicted "
        f"{_nearness(told.recalled)}; {told.programs} points that are output of other programs, "
        f"{told.fits} that an input was fitted to, {told.computed} that are of models or worked "
        "out by hand."
    )
    return [first, near_them, _intervals(told), apart]


def reasons(told: Summary) -> list[str]:
    """Return what is not reproduced, each with the reason, points of one reason together."""
    together: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in told.not_reproduced:
        key = f"{outcome.case.id} {outcome.of.figure.name}", outcome.of.not_reproduced
        together.setdefault(key, []).append(outcome)
    return [f"{name}{_which(own)}: {why}." for (name, why), own in together.items()]


def ratio_text(outcome: Outcome) -> str:
    """Return ours over published, such as ``1.20``; of decibels the ratio they stand for."""
    return "" if outcome.ratio is None else f"{outcome.ratio:.2f}"


def independent_table(told: Summary) -> str:
    """Return a Markdown table of the independent figures, each by its farthest prediction."""
    rows = [
        f"| {each.name} | {_with_unit(each.farthest.published, each.farthest)} "
        f"| {_with_unit(each.farthest.ours_text, each.farthest)} | {ratio_text(each.farthest)} "
        f"| {'within' if each.status == 'within' else f'**{each.status}**'} "
        f"| {each.farthest.case.assumed_inputs} |"
        for each in told.independent
    ]
    head = (
        "| figure | published | ours | ours/published | status | inputs assumed |\n"
        "|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows]) + "\n"


def summary_text(told: Summary) -> str:
    """Return the summary in Markdown: counts, the independent figures, what is not reproduced."""
    return "\n".join(
        [
            *(f"- {sentence}" for sentence in sentences(told)),
            "",
            independent_table(told),
            "Not reproduced:\n",
            *(f"- {reason}" for reason in reasons(told)),
        ]
    )


def _with_unit(text: str, outcome: Outcome) -> str:
    return f"{text} {outcome.unit}".rstrip()


def _which(outcomes: Sequence[Outcome]) -> str:
    if len(outcomes) == 1:
        (one,) = outcomes
        published, ours = (_with_unit(text, one) for text in (one.published, one.ours_text))
        return f" ({published} published, {ours} ours)"
    return f" ({len(outcomes)} runs)"


def _nearness(figures: Sequence[Counted]) -> str:
    """Return such as ``within 5 %: 3, within 30 %: 11, farther: 1, not reproduced: 2``."""
    counts = [f"within {name}: {near(figures, most)}" for most, name in NEARNESS]
    reproduced = sum(figure.status == "within" for figure in figures)
    rest = {
        "farther": reproduced - near(figures, NEARNESS[-1][0]),
        "not reproduced": sum(figure.status == "not reproduced" for figure in figures),
        "outside what is claimed": sum(figure.status == "outside" for figure in figures),
    }
    return ", ".join([*counts, *(f"{name}: {count}" for name, count in rest.items() if count)])


def _intervals(told: Summary) -> str:
    widths = ", ".join(f"{each.name} {_times(each.width)}" for each in told.intervals)
    holding = sum(each.holds for each in told.intervals)
    wide = sum(each.holds and not each.narrow for each in told.intervals)
    return (
        f"{len(told.intervals)} intervals around them, of which {holding} hold the published "
        f"figure. Their width, high end over low end: {widths}; median of those that hold "
        f"{_times(told.median_width)}. Too wide to say anything, and so not reproduced: {wide}."
    )


def _times(ratio: float) -> str:
    return f"× {ratio:.2g}"
