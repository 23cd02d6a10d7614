"""How far the forecast is off, contact after contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from satqkd.report.counted import counted
from satqkd.report.html.axis import Axis, round_ticks
from satqkd.report.html.flown_log import RunningBias
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.svg import line, path, picture, px, text
from satqkd.report.html.tables import boxed
from satqkd.report.html.written import fixed, minus

WIDTH, HEIGHT = 380.0, 150.0
LEFT, TOP, FOOT = 40.0, 12.0, 22.0
MOST_ROWS: Final = 200


def bias_words(one: RunningBias) -> str:
    """Return a bias with its error.

    Examples
    --------
    >>> bias_words(RunningBias(mean=0.584, error=0.22, count=6))
    '+0.58 ± 0.22 dB'
    """
    sign = "+" if one.mean >= 0.0 else minus("-")
    error = "" if one.error is None else f" ± {fixed(one.error, 2)}"
    return f"{sign}{fixed(abs(one.mean), 2)}{error} {one.unit}"


def bias_box(biases: Sequence[RunningBias], *, name: str) -> Markup:
    """Say the running bias, and draw how it came about; of no contact, say so."""
    if not biases:
        return tag("p", "No bias yet: no contact has both a flown value and a forecast.",
                   class_="absent")  # fmt: skip
    last = biases[-1]
    side = "too low" if (last.mean > 0.0) != (last.quantity in {"loss", "qber"}) else "too high"
    if last.calibrate:
        said = f"More than 2 σ: the forecast is {side}. Calibrate."
    elif last.error is None:
        said = "One contact says nothing of the next."
    else:
        said = "Not beyond 2 σ over five contacts: no reason to calibrate."
    return joined(
        (
            tag("p", tag("strong", bias_words(last)), class_="big"),
            tag("p", f"of {last.quantity}, over {counted(last.count, 'contact')}. {said}"),
            _drawn(biases, name),
            _as_table(biases),
        )
    )


def _drawn(biases: Sequence[RunningBias], name: str) -> Markup:
    ends = [one.mean + side * (one.error or 0.0) for one in biases for side in (-1.0, 1.0)]
    marks = round_ticks(min([*ends, 0.0]), max([*ends, 0.0]), most=6)
    values = Axis(low=marks[0], high=marks[-1], begin=HEIGHT - FOOT, end=TOP)
    axis = Axis(low=0.0, high=len(biases) + 0.5, begin=LEFT, end=WIDTH)
    shapes = [
        shape
        for mark in marks
        for shape in (
            line(LEFT, values.at(mark), WIDTH, values.at(mark), "rule"),
            text(LEFT - 5, values.at(mark) + 4, fixed(mark, 1), "small", anchor="end"),
        )
    ]
    shapes.append(line(LEFT, values.at(0.0), WIDTH, values.at(0.0), "zero"))
    places = [(axis.at(number), one) for number, one in enumerate(biases, start=1)]
    for x, one in places:
        if one.error is not None:
            low, high = values.at(one.mean - one.error), values.at(one.mean + one.error)
            shapes.append(line(x, low, x, high, "whisker"))
    shapes.append(path([(x, values.at(one.mean)) for x, one in places], "way"))
    shapes += [
        tag("circle", cx=px(x), cy=px(values.at(one.mean)), r="3.5", class_="point")
        for x, one in places
    ]
    shapes.append(text(WIDTH, HEIGHT - 6, "contacts, first to last", "small", anchor="end"))
    return picture(
        *shapes,
        width=WIDTH,
        height=HEIGHT,
        name=name,
        title=f"Running bias of {biases[-1].quantity}, {biases[-1].unit}, with its standard error",
        told=f"After {counted(len(biases), 'contact')}: {bias_words(biases[-1])}.",
        class_="bias",
    )


def _as_table(biases: Sequence[RunningBias]) -> Markup:
    heads = ("Contacts", f"Bias, {biases[-1].unit}", "Error")
    rows = [
        tag(
            "tr",
            tag("th", str(one.count), scope="row", class_="n"),
            tag("td", fixed(one.mean, 2), class_="n", data_raw=f"{one.mean:.15g}"),
            tag("td", fixed(one.error, 2), class_="n"),
        )
        for one in biases[-MOST_ROWS:]
    ]
    caption = "Running bias after each contact"
    head = tag("tr", *(tag("th", word, scope="col") for word in heads))
    own = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows))
    return tag("details", tag("summary", "The same as a table"), boxed(own, caption))
