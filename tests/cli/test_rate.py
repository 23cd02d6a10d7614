"""``satqkd rate`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from satqkd.cli import rate


def test_prints_conditions_table_and_reach_in_an_empty_folder(satqkd, tmp_path):
    """Without any file; exit code 0."""
    answer = satqkd("rate", "--step", "20", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    for words in ("detector efficiency 80 %", "up to the detectors' input", "plob", "tgw", "bb84"):
        assert words in answer.stdout
    assert "twin-field-sns: key at 80 dB and beyond, above the PLOB bound from" in answer.stdout


def test_json_and_csv_hold_the_protocols_asked_for(satqkd, tmp_path):
    """And the last loss of the range."""
    words = ("rate", "MDI", "mdi", "single-photon", "--from", "2", "--to", "2.3", "--step", "0.1")

    told = json.loads(satqkd(*words, "--json", cwd=tmp_path).stdout)
    csv = satqkd(*words, "--csv", cwd=tmp_path)

    assert [row["loss_db"] for row in told["rates"]] == [2.0, 2.1, 2.2, 2.3]
    assert csv.stdout.splitlines()[0].split(",")[4:] == ["mdi", "single_photon"]
    assert "misalignment 1.5 %" in csv.stderr


def test_options_change_conditions_and_rates(satqkd, tmp_path):
    """Each of them by name."""
    plain, changed = (
        json.loads(
            satqkd(
                "rate", "bb84-two-decoys", "--from", "20", "--to", "20", *more, "--json",
                cwd=tmp_path,
            ).stdout
        )
        for more in (
            (),
            (
                "--detector-efficiency", "0.5", "--dark-probability", "1e-6", "--misalignment",
                "0.02", "--ec-efficiency", "1.2", "--block", "1e10",
            ),
        )
    )  # fmt: skip

    assert changed["conditions"] == {
        "detector_efficiency": 0.5,
        "dark_probability": 1e-6,
        "misalignment": 0.02,
        "ec_efficiency": 1.2,
        "block_pulses": 1e10,
        "epsilon_sec": 1e-10,
        "epsilon_cor": 1e-15,
    }
    rate = "bb84_two_decoys"
    assert 0.0 < changed["rates"][0][rate] < plain["rates"][0][rate]


def test_writes_a_folder(satqkd, tmp_path):
    """Table, JSON and picture."""
    answer = satqkd("rate", "mdi", "--step", "10", "--out", "rates", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    files = {path.name: path for path in (tmp_path / "rates").iterdir()}
    assert set(files) >= {"rates.csv", "rates.json", "rates.png"}
    assert files["rates.png"].read_bytes().startswith(b"\x89PNG")
    assert json.loads(files["rates.json"].read_text("utf-8"))["reach_db"] == {"mdi": 80.0}


def test_no_key_anywhere_gives_exit_code_1(satqkd, tmp_path):
    """The answer is no, and is printed."""
    answer = satqkd("rate", "single-photon", "--from", "60", "--to", "60", cwd=tmp_path)

    assert answer.returncode == 1
    assert "single-photon: no key at any of these losses" in answer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bb84-two-decoy",), "no protocol is called 'bb84-two-decoy'\n  fix: write bb84-two-d"),
        (("nonsense",), "fix: write one of bb84-no-decoy, "),
        (("--from", "30", "--to", "20"), "--from 30 --to 20: no range of losses"),
        (("--to", "nan"), "no range of losses"),
        (("--step", "0"), "--step: 0 dB does not make"),
        (("--step", "1e-9"), "--step: 1e-09 dB does not make"),
        (("--block", "5"), "--block: must lie in [10000, 1e+18], got 5"),
        (("--dark-probability", "-1"), "--dark-probability: must lie in [0, 0.5], got -1"),
        (("twin-field-cal", "--block", "1e9"), "fix: leave out --block"),
        (("--csv", "--json"), "--json and --csv do not go together"),
    ],
)
def test_what_makes_no_sense_is_refused(satqkd, tmp_path, words, said):
    """Exit code 2 and how to mend it."""
    answer = satqkd("rate", *words, cwd=tmp_path)

    assert answer.returncode == 2
    assert said in answer.stderr
    assert "fix:" in answer.stderr


def test_a_table_loads_no_package_for_pictures(tmp_path):
    """Only --out pays for matplotlib."""
    heavy = ("astropy", "highspy", "matplotlib", "pandas", "scipy.signal", "scipy.stats")
    code = (
        "import sys\n"
        "from satqkd.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    print([m for m in {heavy} if m in sys.modules], file=sys.stderr)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code, "rate", "--step", "20"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    assert answer.stderr.splitlines()[-1] == "[]"


def test_a_reader_who_stops_early_loses_no_file(monkeypatch, tmp_path):
    """Files are written before anything is shown, as 'rate --out rates | head' needs."""

    def closed(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(rate, "_show", closed)

    with pytest.raises(BrokenPipeError):
        rate.command(
            ["single-photon"], least_db=0.0, most_db=1.0, step_db=1.0, out=tmp_path / "rates"
        )
    assert {path.name for path in (tmp_path / "rates").iterdir()} >= set(rate.FILES)


def test_no_line_is_wider_than_the_terminal(monkeypatch, capsys):
    """Conditions and reach are wrapped between words."""
    monkeypatch.setenv("COLUMNS", "60")

    rate.command(["single-photon"], least_db=0.0, most_db=1.0, step_db=1.0)

    said = capsys.readouterr().out
    assert "detector efficiency 80 %" in said
    assert max(map(len, said.splitlines())) <= 60
