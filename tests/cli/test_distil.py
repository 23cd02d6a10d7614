"""``satqkd distil`` from a pass to two files of key."""

from __future__ import annotations

import base64
import csv
import io
import json
import stat

import pytest

GOOD = "micius-xinglong-20161219T1652"
WINDOW = ("--start", "2016-12-19T12:00:00Z", "--days", "0.5")


@pytest.fixture
def distil(satqkd, campaign):
    """Distil a pass of the shipped campaign."""

    def run(*arguments, env=None):
        return satqkd("distil", GOOD, *WINDOW, *arguments, cwd=campaign, env=env)

    return run


def _rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def _key(path):
    """Bits, block by block, and the marked first line."""
    first, *blocks = path.read_text(encoding="ascii").split("\nblock: ")
    for block in blocks:
        lines = block.splitlines()
        # 160 bits for the tags of a later block stand beside the key, not in it.
        assert len(base64.b64decode(lines[3].removeprefix("for_tags: "))) == 20
        content = base64.b64decode("".join(lines[4:]))
        yield int(lines[1].removeprefix("bits: ")), content, first.splitlines()[0]


def test_a_pass_becomes_two_equal_files_that_say_they_are_simulated(distil, campaign):
    """Tables, transcript and keys fit each other; the same bytes every time."""
    done = distil("--seed", "3", "--out", "made", "--json")
    assert done.returncode == 0, done.stderr
    assert distil("--seed", "2", "--out", "again").returncode == 0
    assert distil("--seed", "3", "--out", "again").returncode == 0  # its own folder is replaced
    made, told = campaign / "made", json.loads(done.stdout)
    for name in (path.name for path in made.iterdir()):
        assert (made / name).read_bytes() == (campaign / "again" / name).read_bytes(), name
    alice, bob = made / "alice.key", made / "bob.key"
    assert alice.read_bytes() == bob.read_bytes()
    assert {stat.S_IMODE(own.stat().st_mode) for own in (alice, bob)} == {0o600}
    (bits, content, first), *others = _key(alice)
    assert not others
    assert first == "SIMULATED KEY: whoever has the seed has it; it protects nothing"
    (block,) = _rows(made / "distilled.csv")
    assert bits == int(block["distilled_bits"]) == int(block["proven_bits"])
    assert len(content) == -(-bits // 8)
    assert told["simulated"] is True
    assert told["distilled_bits"] == bits
    low, high = told["foretold"]["interval_bits"]
    # Of the seeds that could stand here 5 in 100 would leave the interval.
    assert low <= bits <= high
    assert json.loads((made / "distil.json").read_text())["files"]["alice.key"] == "private"
    leak = sum(
        sum(record["bits"])
        for record in map(json.loads, (made / "transcript.jsonl").read_text().splitlines())
        if (record["stage"], record["speaker"]) == ("reconcile", "alice")
    )
    assert leak == int(block["reconcile_leak_bits"])
    for row in _rows(made / "counted.csv"):
        assert abs(float(row["clicks_off_sigma"])) < 4.5


def test_what_is_printed_fits_a_terminal_and_says_what_it_is(distil):
    """At 80 columns."""
    done = distil(env={"COLUMNS": "80"})
    assert done.returncode == 0, done.stderr
    assert "distilled from simulated clicks, seed 1, with cascade" in " ".join(done.stdout.split())
    assert "whoever has the seed has them" in " ".join(done.stdout.split())
    assert "engines, at a round trip of 5 ms" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_engine_is_the_one_that_leaves_most_key_in_time(distil):
    """Round trips decide: with long ones and little time the one with fewer rounds."""
    quick = distil("--round-trip", "100", "--within", "35", "--json")
    assert json.loads(quick.stdout)["engine"] == "cascade-fast"
    assert json.loads(distil("--json").stdout)["engine"] == "cascade"
    named = distil("--reconcile", "cascade-fast", "--hash", "toeplitz", "--json")
    told = json.loads(named.stdout)
    assert told["engine"] == "cascade-fast"
    assert told["blocks"][0]["hash_family"] == "toeplitz"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--reconcile", "turbo"), "no engine is called 'turbo'"),
        (("--hash", "md5"), "no family is called 'md5'"),
        (("--round-trip", "-1"), "--round-trip"),
    ],
)
def test_what_there_is_not_is_refused(distil, arguments, said):
    """With exit code 2, and what there is."""
    done = distil(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_block_without_key_says_why_and_no_key_is_spoken_of(satqkd, campaign):
    """However narrow the terminal is; exit code 1."""
    poor = ("micius-jinan-20161219T1653", *WINDOW)
    done = satqkd("distil", *poor, cwd=campaign, env={"COLUMNS": "80"})
    printed = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "block 0 gives no key: error correction would cost" in printed
    assert "both ends hold" not in printed
    assert "these keys" not in printed


def test_a_file_of_another_kind_is_no_pass(satqkd, campaign):
    """The hint is about files then, not about passes."""
    done = satqkd("distil", "mission.yaml", cwd=campaign)
    assert done.returncode == 2
    assert "mission.yaml: is no log by its name" in done.stderr
    assert ".npz or .parquet" in done.stderr


def test_a_terrestrial_link_is_named_as_one(satqkd, tmp_path):
    """And what can be distilled."""
    assert satqkd("preset", "copy", "fibre-115mb-2023", ".", cwd=tmp_path).returncode == 0
    done = satqkd("distil", "10 km", cwd=tmp_path)
    assert done.returncode == 2
    assert "'10 km' is a terrestrial link, and passes are distilled" in done.stderr


def test_what_is_not_authenticated_says_so(distil):
    """Where the mission pays for tags elsewhere."""
    done = distil("--set", "protocol.authentication={messages: 0}")
    assert done.returncode == 0, done.stderr
    assert "no tag was made of what was said" in done.stdout


def test_a_pass_that_cannot_carry_key_is_refused(satqkd, campaign):
    """And says why."""
    listed = satqkd("forecast", *WINDOW, "--json", cwd=campaign)
    hidden = [row for row in json.loads(listed.stdout) if not row["usable_s"]]
    done = satqkd("distil", hidden[0]["pass_id"], *WINDOW, cwd=campaign)
    assert done.returncode == 2
    assert "nothing to distil" in done.stderr
