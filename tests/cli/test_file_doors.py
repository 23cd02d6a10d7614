"""What is no file ends in one line in every command that names one; nothing is waited for."""

from __future__ import annotations

import gzip
import os

import pytest


@pytest.mark.parametrize("what", ["fifo", "/dev/zero", "folder"])
@pytest.mark.parametrize("file", ["mission.yaml", "stations.yaml", "clouds.csv", "data/tle"])
def test_no_file(satqkd, campaign, file, what):
    """A pipe, a device without end, a folder."""
    path = campaign / file
    if file == "clouds.csv":
        stations = campaign / "stations.yaml"
        text = stations.read_text(encoding="utf-8")
        stations.write_text(text.replace("- name:", "- clouds: clouds.csv\n  name:", 1))
    if file == "data/tle":
        path = path / "x.tle"
    elif path.exists():
        path.unlink()
    if what == "fifo":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        path.symlink_to(what)

    done = satqkd("check", cwd=campaign)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "neither a file nor a folder" in done.stderr or "folder" in done.stderr


def test_packed_files_are_opened(satqkd, campaign):
    """A mission is read as if it were not packed."""
    before = satqkd("check", cwd=campaign)
    folder = campaign / "data" / "tle"
    tle = folder / "micius.tle"
    (folder / "micius.tle.gz").write_bytes(gzip.compress(tle.read_bytes()))
    tle.unlink()

    assert satqkd("check", cwd=campaign).stdout == before.stdout
