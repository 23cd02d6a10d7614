"""The picture of a score shows every contact, and says so where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.calibration.score import FlownContact, Foreseen, score_of
from satqkd.report.pictures.score import score_picture
from satqkd.report.pictures.style import png


def contacts(count):
    members = np.linspace(0.0, 2e5, 101)
    return [
        FlownContact(
            contact_key=f"s-{number}", pass_id=f"s-{number}", satellite="S", station="Graz <b>",
            utc=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
            key_bits=4e4 * number,
            foreseen=Foreseen.of_members(
                members, bits=1e5, sifted_bits=1e6, qber=0.01, loss_db=30.0
            ),
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [2, 7, 40])
def test_every_contact_has_its_dot_and_bar(count):
    """Dots outside are of another shape; the running bias begins with the first key."""
    figure = score_picture(score_of(contacts(count)))
    above, below = figure.axes
    dots = [line for line in above.lines if line.get_marker() in {"o", "D"}]
    assert len(dots) == count
    outside = [line for line in dots if line.get_marker() == "D"]
    assert len(outside) == sum(not 2e4 <= 4e4 * number <= 1.8e5 for number in range(count))
    assert len(below.lines[0].get_xdata()) >= count - 1
    assert png(figure)[:4] == b"\x89PNG"


def test_nothing_to_draw_is_said():
    """A picture all the same."""
    figure = score_picture(score_of([]))
    assert "No contact" in "".join(text.get_text() for text in figure.texts)
