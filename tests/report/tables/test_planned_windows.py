"""Windows of two stations in the tables, summary and pictures of a plan."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.network.plan import plan
from satqkd.report.export.plan_files import plan_files
from satqkd.report.export.series_files import series_choice
from satqkd.report.pictures.joint_loss import best_window
from satqkd.report.pictures.loss import loss
from satqkd.report.pictures.timeline import timeline
from satqkd.report.provenance import provenance
from satqkd.report.summary import plan_summary
from satqkd.report.tables.deliveries import key_report
from satqkd.report.tables.planned_windows import planned_windows


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two days of the shipped node, with a station nobody ever sees."""
    folder = tmp_path_factory.mktemp("node")
    copy_preset("twin-field-node", folder)
    stations = folder / "stations.yaml"
    text = stations.read_text(encoding="utf-8")
    pole = (
        "\n- name: Pole\n  latitude: 89.9 deg\n  longitude: 0 deg\n  height: 0 m\n"
        "  timezone: UTC\n  horizon: [[0 deg, 89 deg]]\n"
        "  terminal: uplink-terminal.yaml\n"
    )
    stations.write_text(text + pole, encoding="utf-8")
    mission = load_mission(folder / "mission.yaml", stations, duration_s=2 * 86_400.0)
    return plan(mission)


def test_the_folder_lists_every_window(made):
    """In order of time, those not flown with the reason."""
    rows = list(
        csv.DictReader(io.StringIO(plan_files(made, series_choice(0, "none"))["together.csv"]))
    )

    assert len(rows) == len(made.windows)
    assert [row["start_utc"] for row in rows] == sorted(row["start_utc"] for row in rows)
    assert {row["status"] for row in rows} == {"scheduled", "rejected"}
    assert all(bool(row["reason"]) == (row["status"] == "rejected") for row in rows)


def test_only_some_can_be_listed(made):
    """Those with one of the statuses asked for."""
    assert len(planned_windows(made, "scheduled").order) == made.windows.scheduled.sum()


def test_joint_keys_are_a_kind_of_their_own(made):
    """One row a satellite and pair, no pool."""
    rows = key_report(made)

    assert [row.kind for row in rows] == ["joint"]
    assert {rows[0].station_a, rows[0].station_b} == {"Xinglong", "Jinan"}
    assert rows[0].delivered_bits == made.windows.planned_bits[made.windows.scheduled].sum()
    assert rows[0].weight == 1.0


def test_the_summary_counts_windows_and_names_the_unseen(made):
    """Nobody looks for a station that is silently absent."""
    text = "\n".join(plan_summary(made))

    assert "2 of 10 windows of two stations scheduled" in text
    assert "unknown to the satellite" in text
    assert "no satellite clears the horizon of Pole in this window" in text
    assert provenance(made)["never_seen"] == {"stations": ["Pole"], "satellites": []}
    assert provenance(made)["windows_of_two_stations"] == {"rejected": 8, "scheduled": 2}


def test_the_timeline_draws_them_at_both_stations(made):
    """Hatched bars, with the key over each."""
    figure = timeline(made)
    hatched = [
        patch for axes in figure.axes for patch in axes.patches if patch.get_hatch() == "/////"
    ]
    plt.close(figure)

    assert len(hatched) == 2 * made.windows.scheduled.sum()


def test_every_block_of_windows_risks_its_own_epsilon(made):
    """That of its protocol, not that of the uplinks alone: both windows are one block."""
    told = provenance(made)["epsilon"]

    assert told["scheduled_blocks"] == 0
    assert [row["windows"] for row in told["scheduled_windows"]] == [1]
    assert made.windows.scheduled.sum() == 2
    assert told["all_scheduled"]["epsilon_sec"] == pytest.approx(1e-9)


def test_the_tables_hold_what_windows_need(made):
    """Where to point meanwhile, and what the plan counts on."""
    files = plan_files(made, series_choice(0, None))
    series = b"".join(files["series.csv"]).decode()
    pointed = {row["pass_id"] for row in csv.DictReader(io.StringIO(series))}
    rows = csv.DictReader(io.StringIO(files["together.csv"]))

    assert len(pointed) == 2 * made.windows.scheduled.sum()
    assert sum(int(row["planned_bits"]) for row in rows) == made.windows.planned_bits.sum()


def test_windows_not_flown_are_counted_by_what_was_decided(made):
    """Those that could be flown are given up, whatever key is planned for them; banned ones too."""
    windows = made.windows
    seen = [i for i, usable in enumerate(windows.usable.tolist()) if usable][:4]
    status, reason = ["scheduled"] * len(windows), [""] * len(windows)
    for place, what, why in zip(
        seen,
        ("candidate", "candidate", "rejected", "rejected"),
        ("clash: A serves B at 1", "clash: A serves C at 2", "no key: none", "banned: by it"),
        strict=True,
    ):
        status[place], reason[place] = what, why
    unseen = next(i for i, usable in enumerate(windows.usable.tolist()) if not usable)
    status[unseen], reason[unseen] = "rejected", "Pole: daylight: Sun at 3"
    bits = 0 * windows.planned_bits
    decided = replace(windows, status=tuple(status), reason=tuple(reason), planned_bits=bits)
    text = "\n".join(plan_summary(replace(made, windows=decided)))

    assert "2 windows given up: clash (2)" in text
    assert "3 windows rejected: banned (1), never usable at both (1), no key (1)" in text


def _shown(figure):
    """Every text of a picture."""
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]


def test_the_loss_of_the_best_contact_has_both_of_its_links(made):
    """A row of panels a station, both at the instant at which they lose least together."""
    figure = loss(made.forecast, plan=made)
    best = best_window(made)
    series = made.joint[0].with_series(np.array([best]), every=True).sampled
    each = np.stack([arm.budget.total_db for arm in series.arms])
    least = each.sum(axis=0)[series.usable].min()
    at = int(np.flatnonzero(series.usable & (each.sum(axis=0) == least))[0])

    assert made.windows.planned_bits[best] == made.windows.planned_bits.max()
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Xinglong, at the least loss", "Over the window",
        "Jinan, at the least loss", "Over the window",
    ]  # fmt: skip
    for panel, total_db in zip(figure.axes[::2], each[:, at], strict=True):
        assert f"{total_db:.1f} dB" in [text.get_text() for text in panel.texts]
    assert any(f"UTC: {least:.1f} dB of both" in text for text in _shown(figure))


def test_a_pass_alone_with_more_key_is_drawn_instead(made):
    """As where no joint contact is scheduled."""
    bits = made.passes.planned_bits.copy()
    status = list(made.passes.status)
    bits[0], status[0] = made.windows.planned_bits.max() + 1, "scheduled"
    richer = replace(made, passes=replace(made.passes, planned_bits=bits, status=tuple(status)))
    none = replace(made.windows, status=("candidate",) * len(made.windows))

    assert best_window(made) is not None
    assert best_window(richer) is None
    assert best_window(replace(made, windows=none)) is None
