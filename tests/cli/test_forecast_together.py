"""``satqkd forecast --together``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satqkd.cli.app import asked_alone
from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdError

ROOT = Path(__file__).parents[2]


def run(*options, folder):
    files = ["-m", str(folder / "mission.yaml"), "-s", str(folder / "stations.yaml")]
    return CliRunner().invoke(
        asked_alone(["forecast"]), ["forecast", "--together", *files, *options]
    )


@pytest.fixture
def node(tmp_path):
    copy_preset("twin-field-node", tmp_path)
    return tmp_path


def test_each_window_is_a_row_of_each_protocol(node):
    """JSON holds all columns; a window gives twin-field key beyond the bound."""
    result = run("--json", "--days", "1", folder=node)
    rows = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {row["protocol"] for row in rows} == {"twin-field-uplinks.yaml", "mdi-uplinks.yaml"}
    assert max(row["over_plob"] or 0.0 for row in rows) > 1.0
    assert all((row["reason"] is None) == (row["secure_bits"] > 0) for row in rows)


def test_no_key_is_exit_code_1(node):
    """Two hours of daylight."""
    result = run("--days", "0.1", folder=node)
    assert result.exit_code == 1
    assert "no key in 1 window, and none as one block: nothing is usable" in " ".join(
        result.stdout.split()
    )


def test_a_mission_without_pairs_is_told_so():
    """The fix names the preset to begin with."""
    result = run(folder=ROOT)
    assert isinstance(result.exception, SatqkdError)
    assert "twin-field-node" in str(result.exception)


def test_weather_comes_from_samples_and_seed(node):
    """Same seed same bytes; no samples, no expected key."""
    first, again, other = (
        run("--json", "--days", "1", "--samples", "20", "--seed", seed, folder=node).stdout
        for seed in ("1", "1", "2")
    )
    (none,) = (run("--json", "--days", "1", "--samples", "0", folder=node).stdout,)
    drawn, left_out = json.loads(first), json.loads(none)

    assert first == again != other
    assert any(row["expected_secure_bits"] for row in drawn)
    assert {row["clear_probability"] for row in (*drawn, *left_out)} == {0.388}
    assert {row["expected_secure_bits"] for row in left_out} == {None}


@pytest.mark.parametrize("width", ["80", "100", "160"])
def test_the_screen_is_short(node, monkeypatch, width):
    """Daylight is counted, reasons are said once, and each pair has its sum in a line."""
    monkeypatch.setenv("COLUMNS", width)
    result = run("--days", "2", "--samples", "0", folder=node)

    assert result.exit_code == 0
    assert "Sun at" not in result.stdout
    assert "  4 rows: daylight at Xinglong and Jinan\n" in result.stdout
    assert result.stdout.count("no pair of single photons") == 2  # of the windows, of one block
    assert "twin-field-uplinks.yaml, Node (synthetic), Xinglong and Jinan: key in 2 of 5" in (
        result.stdout
    )
    assert "pooled" not in result.stdout


def test_key_of_all_windows_as_one_block_is_key(tmp_path):
    """Micius's pairs: none of a window, some of 42 nights, so the answer is yes."""
    copy_preset("micius-entanglement-campaign", tmp_path)
    result = run("--samples", "0", folder=tmp_path)

    assert result.exit_code == 0
    assert "no key in 98 windows alone, 112 bit as one block under clear skies" in " ".join(
        result.stdout.split()
    )


def test_windows_are_pooled_into_blocks(node):
    """Seven days as one block: more key than the windows apart, and later."""
    result = run("--block", "week", "--json", "--days", "4", folder=node)
    rows = json.loads(result.stdout)
    twin, mdi = rows

    assert result.exit_code == 0
    assert (twin["protocol"], mdi["protocol"]) == ("twin-field-uplinks.yaml", "mdi-uplinks.yaml")
    assert len(twin["window_starts"].split()) == twin["windows"] == 4
    assert twin["secure_bits"] > twin["separate_bits"] > 0
    assert twin["wait_h"] > 71.0
    assert twin["epsilon_separate"] == pytest.approx(4 * twin["epsilon"])
    assert mdi["reason"].startswith("no pair of single photons")
    assert mdi["epsilon_composed"] == 0.0


def test_blocks_end_with_their_sum(node):
    """On a terminal; reasons once, and each protocol in a line."""
    result = run("--block", "night", "--days", "2", folder=node)

    assert result.exit_code == 0
    assert "  2 rows: no pair of single photons can be proven" in result.stdout
    assert "twin-field-uplinks.yaml, Xinglong and Jinan: 2 blocks of 2 windows, 2 with key" in (
        " ".join(result.stdout.split())
    )


def test_blocks_nobody_fills_are_exit_code_1(node):
    """A size nobody reaches; without any usable window there is no row either."""
    assert run("--block", "1e15", "--days", "2", folder=node).exit_code == 1
    assert run("--block", "night", "--days", "0.1", folder=node).exit_code == 1


@pytest.mark.parametrize("grouping", ["pass", "satellite"])
def test_settings_that_leave_most_key_are_listed(node, grouping):
    """More twin-field key than with the settings of the file; MDI has none either way."""
    result = run("--optimise", grouping, "--days", "2", "--json", folder=node)
    rows = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {row["protocol"] for row in rows} == {"twin-field-uplinks.yaml", "mdi-uplinks.yaml"}
    field = [row for row in rows if row["protocol"] == "twin-field-uplinks.yaml"]
    assert [row["setting"] for row in field] == [f"best of the {grouping}"] * 2
    assert sum(row["gain_bits"] for row in field) > 0
    assert len({row["signal"] for row in field}) == (2 if grouping == "pass" else 1)
    for row in field:
        assert " + " in row["pass_id"]
        assert row["signal"] > row["decoy"] > row["weakest"] > 0.0
        assert row["p_signal"] + row["p_decoy"] + row["p_weakest"] < 1.0
        assert row["slice_half_width_rad"] > 0.0
        assert row["signal_b"] is None
        assert row["pair_rate_hz"] is None
    kept = [row for row in rows if row["protocol"] == "mdi-uplinks.yaml"]
    assert all((row["setting"], row["signal"]) == ("preset", 0.253) for row in kept)


def test_settings_are_summed_up_as_windows(node):
    """Not as passes."""
    shown = run("--optimise", "pass", "--days", "1", folder=node).stdout
    told = re.search(
        r"2 windows: settings as stated ([\d,]+) bit, optimised ([\d,]+) bit \(\+([\d.]+) %\)",
        " ".join(shown.split()),
    )
    assert told is not None
    stated, optimised = (int(bits.replace(",", "")) for bits in told.groups()[:2])
    assert stated == pytest.approx(550_000, rel=0.01)
    assert float(told[3]) == round(100.0 * (optimised / stated - 1.0), 1) > 0.0


def test_when_key_of_two_stations_can_be_used(node):
    """Blocks of a window queue for the downlink, on which the node announces its clicks."""
    own = run("--availability", "--days", "1", "--json", folder=node)
    assert isinstance(own.exception, SatqkdError)
    with (node / "mission.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "distillation: {after_contact: 6 h, block_sifted_bits: 1e6, uplink_rate: 1 Mbit/s, "
            "downlink_rate: 2 Mbit/s}\n"
        )
    result = run("--availability", "--days", "1", "--json", folder=node)
    rows = {row["protocol"]: row for row in json.loads(result.stdout)}
    row = rows["twin-field-uplinks.yaml"]
    assert result.exit_code == 0
    assert row["blocks"] > 1
    assert 0 < row["usable_during_window_bits"] < row["secure_bits"] < row["secure_bits_one_block"]
    assert row["all_usable_after_end_s"] == 6 * 3600
    assert rows["mdi-uplinks.yaml"]["secure_bits"] == 0
    assert 0 < rows["mdi-uplinks.yaml"]["downlink_kbit"] < row["downlink_kbit"]
