"""``satqkd devices`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    *("astropy", "highspy", "matplotlib", "pandas", "scipy", "satqkd.forecast"),
    *("satqkd.passes.find", "satqkd.passes.timebase"),
)


def test_prints_key_holders_and_cost_in_an_empty_folder(satqkd, tmp_path):
    """Two pairs and four units, one of each corrupted."""
    answer = satqkd("devices", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    for words in (
        "pooled key: 1,000,000 bit, 50 % of the 2,000,000 bit of all pairs",
        "shares each key is split into: 4; units that hold each: 3",
        "2, 3, 4",
        "all that travels",
    ):
        assert words in answer.stdout


def test_json_counts_shares_holders_and_bits(satqkd, tmp_path):
    """Worked by hand: 4 shares with 3 copies each, so each raw bit is sent 12 times."""
    words = ("--key-bits", "100", "--sifted-bits", "400", "--public-bits", "50")

    told = json.loads(satqkd("devices", *words, "--json", cwd=tmp_path).stdout)

    assert (told["pooled_bits"], told["pooled_share"]) == (100, 0.5)
    assert (told["shares"], told["copies"]) == (4, 3)
    assert told["holders"] == [[2, 3, 4], [1, 3, 4], [1, 2, 4], [1, 2, 3]]
    assert told["communication"] == {
        "sharing_bits": 12 * 800,
        "checking_bits": 24 * 800,
        "announcing_bits": 36 * 100,
        "delivery_bits": 12 * 100,
        "random_bits": 3 * 800,
        "total_bits": 12 * 800 + 24 * 800 + 36 * 100 + 12 * 100,
    }


def test_nobody_corrupted_needs_no_shares(satqkd, tmp_path):
    """One pair and one unit keep all, and send only what they have to."""
    words = ("--modules", "1", "--corrupted-modules", "0", "--units", "1", "--corrupted-units", "0")

    told = json.loads(satqkd("devices", *words, "--json", cwd=tmp_path).stdout)
    shown = satqkd("devices", *words, cwd=tmp_path)

    assert told["pooled_share"] == 1.0
    assert told["holders"] == [[1]]
    assert told["communication"]["random_bits"] == told["communication"]["checking_bits"] == 0
    assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--units", "3"), "fix: write 4 or more"),
        (("--units", "6", "--corrupted-units", "2"), "fix: write 7 or more"),
        (("--corrupted-modules", "2"), "--corrupted-modules: 2 of 2 pairs leave no key"),
        (("--corrupted-modules", "-1"), "from 0 to 1"),
        (("--corrupted-units", "-1"), "must not be negative"),
        (("--modules", "0"), "from 1 to 1,000"),
        (("--units", "100", "--corrupted-units", "33"), "shares of every bit"),
        (("--key-bits", "-5"), "--key-bits: -5 is no number of bits"),
        (("--sifted-bits", "10"), "cannot make a key"),
    ],
)
def test_what_cannot_be_is_refused(satqkd, tmp_path, words, said):
    """Exit code 2, the option and how to mend it, and nothing on standard output."""
    answer = satqkd("devices", *words, cwd=tmp_path)

    assert answer.returncode == 2
    assert said in answer.stderr
    assert "fix:" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


def test_no_key_is_the_answer_no(satqkd, tmp_path):
    """Exit code 1."""
    assert satqkd("devices", "--key-bits", "0", cwd=tmp_path).returncode == 1


def test_start_up_is_light(tmp_path):
    """It needs neither passes nor links, and loads none."""
    code = (
        "import sys\n"
        "from satqkd.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code, "devices"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    assert answer.stderr.splitlines()[-1] == "[]"
