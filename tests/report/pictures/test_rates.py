"""The picture of rates against loss."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from satqkd.report.pictures.rates import rate_picture
from satqkd.report.pictures.style import house_style, png
from satqkd.study.rate_conditions import RateConditions
from satqkd.study.rates import PROTOCOLS, rate_curves

LOSS_DB = np.arange(0.0, 81.0, 4.0)


@pytest.fixture(scope="module")
def curves():
    """All protocols."""
    return rate_curves(LOSS_DB, conditions=RateConditions())


@pytest.fixture(scope="module")
def axes(curves):
    """The axes of their picture."""
    return rate_picture(curves).axes[0]


def test_every_curve_every_bound_and_every_point_is_drawn(curves, axes):
    """On a logarithmic axis, named beside it."""
    lines = axes.get_lines()
    drawn = {tuple(np.nan_to_num(line.get_ydata())) for line in lines}
    figure = axes.get_figure()
    named = [text.get_text() for text in figure.legends[0].get_texts()]

    assert axes.get_yscale() == "log"
    for rate in curves.rates.values():
        assert tuple(rate) in drawn
    for line, bound in zip(lines, (curves.plob, curves.tgw, curves.node), strict=False):
        places = np.searchsorted(line.get_xdata(), curves.loss_db)
        assert line.get_ydata()[places] == pytest.approx(np.minimum(bound, 10.0), rel=1e-12)
    assert set(named) >= {protocol.title for protocol in PROTOCOLS.values()}
    assert any(name.startswith("PLOB") for name in named)
    assert any(name.startswith("TGW") for name in named)
    assert (67.0,) in {tuple(np.atleast_1d(line.get_xdata())) for line in axes.get_lines()}


def test_every_text_lies_on_the_picture_and_apart_from_the_others(axes):
    """Nothing is cut off; legend, list of points and headline do not meet."""
    figure = axes.get_figure()
    with house_style():
        figure.draw_without_rendering()
    boxes = [figure.legends[0].get_window_extent()]
    boxes += [text.get_window_extent() for text in figure.texts if text.get_text()]
    boxes += [axes.xaxis.label.get_window_extent(), axes.yaxis.label.get_window_extent()]
    width, height = figure.bbox.width, figure.bbox.height

    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])


def test_the_headline_says_where_the_bound_is_beaten(axes):
    """Or that it is not."""
    title = axes.get_figure().texts[0].get_text()
    alone = rate_picture(rate_curves(LOSS_DB, names=["mdi"], conditions=RateConditions()))

    assert "twin-field beats the repeaterless bound from 36.7 dB" in title
    assert "none above the repeaterless bound" in alone.texts[0].get_text()


@pytest.mark.parametrize("step_db", [1.0, 8.0])
def test_bounds_begin_at_the_left_edge_however_coarse_the_losses(step_db):
    """And fall smoothly; the shading reaches as far."""
    losses = np.arange(0.0, 41.0, step_db)
    axes = rate_picture(rate_curves(losses, names=["mdi"], conditions=RateConditions())).axes[0]
    for line in axes.get_lines()[:3]:
        assert line.get_xdata()[0] == 0.0
        assert line.get_ydata()[0] > axes.get_ylim()[1]
        assert np.diff(line.get_xdata()).max() < 0.1
    (shade,) = axes.collections
    assert shade.get_paths()[0].vertices[:, 0].min() == 0.0


def test_no_key_is_a_sentence_and_not_an_empty_frame():
    """With the conditions under which there is none."""
    hopeless = replace(RateConditions(), misalignment=0.5)

    figure = rate_picture(rate_curves(LOSS_DB, names=["mdi"], conditions=hopeless))

    assert not figure.axes
    assert "misalignment 50 %" in " ".join(
        text.get_text().replace("\n", " ") for text in figure.texts
    )


def test_one_loss_alone_can_be_drawn():
    """An axis needs a width."""
    figure = rate_picture(rate_curves(np.array([20.0]), names=["mdi"], conditions=RateConditions()))

    assert png(figure).startswith(b"\x89PNG")


def test_the_same_picture_has_the_same_bytes(curves):
    """Whatever the user's own settings are."""
    first = png(rate_picture(curves))
    with mpl.rc_context({"font.size": 20.0, "text.parse_math": True}):
        second = png(rate_picture(curves))

    assert first == second
