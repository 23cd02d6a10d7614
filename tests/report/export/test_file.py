"""One file, whole or not at all, and only where a file may be."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from satqkd.errors import OutputError
from satqkd.report.export.file import write_file


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Nothing else stays beside it."""
    place = tmp_path / "page.html"
    place.write_bytes(b"old")
    write_file(place, b"new")
    assert place.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [place]


def test_what_is_no_file_is_never_replaced_by_one(tmp_path: Path, monkeypatch) -> None:
    """A rename onto a device, a pipe or a socket would take it away from all that use it."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("folder").mkdir()
    with socket.socket(socket.AF_UNIX) as own:
        own.bind("socket")
        for name in ("pipe", "socket", "folder"):
            with pytest.raises(OutputError, match=rf"{name}: is a .*\n  fix: name a file"):
                write_file(Path(name), b"page")
    with pytest.raises(OutputError, match="its folder does not exist"):
        write_file(Path("none") / "page.html", b"page")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "pipe", "socket"]
    assert not Path("pipe").is_file()
