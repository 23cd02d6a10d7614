"""Standard output that cannot be written is one line and an exit code of its own."""

import os
import subprocess
import sys

import pytest

from satqkd.cli.exit_codes import DEFECT, NOT_WRITTEN, WRONG_INPUT

SATQKD = [sys.executable, "-m", "satqkd"]
WORDS = [
    ("passes", "--csv"),
    ("passes", "--json"),
    ("passes",),
    ("--help",),
]


def run(*words, cwd, stdout=subprocess.PIPE, code=None, **env):
    start = SATQKD if code is None else [sys.executable, "-c", code]
    return subprocess.run(
        [*start, *words],
        cwd=cwd,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "100", **env},
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("words", WORDS)
def test_a_full_disk_is_one_line_and_74(campaign, words):
    """1 would say that nothing is visible, a traceback that satqkd is broken."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
        done = run(*words, cwd=campaign, stdout=full)

    assert done.returncode == NOT_WRITTEN == 74
    assert done.stderr == b"standard output could not be written: No space left on device\n"


@pytest.mark.parametrize("words", WORDS[::2])
def test_a_reader_that_has_gone_is_one_line_and_74(campaign, words):
    """As with ``| head``."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(*words, cwd=campaign, stdout=writing)
    finally:
        os.close(writing)

    assert done.returncode == NOT_WRITTEN
    assert done.stderr == b"standard output could not be written: Broken pipe\n"


@pytest.mark.parametrize("words", WORDS[::2])
def test_an_output_that_was_closed_before_is_one_line_and_74(campaign, words):
    """Its number is not given to a file meanwhile."""
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&-', "sh", *SATQKD, *words],
        cwd=campaign,
        stderr=subprocess.PIPE,
        check=False,
    )

    assert done.returncode == NOT_WRITTEN
    assert done.stderr == b"standard output could not be written: Bad file descriptor\n"


def test_a_standard_error_that_cannot_be_written_is_74(campaign):
    """There is nowhere to say it."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [*SATQKD, "passes", "--days", "x"], cwd=campaign, stderr=full, check=False
        )

    assert done.returncode == NOT_WRITTEN


def test_a_closed_standard_error_does_not_matter_when_there_is_nothing_to_say(campaign):
    """The table comes."""
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" 2>&-', "sh", *SATQKD, "passes", "--csv"],
        cwd=campaign,
        stdout=subprocess.PIPE,
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout.startswith(b"pass_id,")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_characters_that_an_encoding_lacks_become_ascii(campaign, encoding):
    """A rule of a table keeps its width, letters are written out; the rest is as ever."""
    (campaign / "mission.yaml").write_text(
        (campaign / "mission.yaml").read_text(encoding="utf-8").replace("Micius", "墨子"),
        encoding="utf-8",
    )
    table = run("passes", cwd=campaign, PYTHONIOENCODING=encoding)
    rows = run("passes", "--csv", cwd=campaign, PYTHONIOENCODING=encoding)
    ever = run("passes", "--csv", cwd=campaign, PYTHONIOENCODING="utf-8")

    assert (table.returncode, rows.returncode) == (0, 0)
    shown, text = table.stdout.decode(encoding), rows.stdout.decode(encoding)
    assert "-----" in shown
    assert text == ever.stdout.decode().encode(encoding, "backslashreplace").decode(encoding)


def test_a_defect_is_not_the_answer_no(tmp_path):
    """Python would end with 1."""
    code = """
import sys
from satqkd.cli import app
def broken(app):
    raise RuntimeError("broken on purpose")
app.plain_command = broken
app.main()
"""
    done = run(cwd=tmp_path, code=code)

    assert done.returncode == DEFECT == 70
    assert done.stderr.startswith(b"Traceback")
    assert b"broken on purpose" in done.stderr


def test_a_wrong_option_is_still_2(campaign):
    """The door changes nothing else."""
    assert run("passes", "--dayz", "7", cwd=campaign).returncode == WRONG_INPUT
