"""A file is there whole, or as it was."""

from __future__ import annotations

import os
import stat

import pytest

from satqkd.elements import whole_file
from satqkd.elements.whole_file import temporary_file, write_whole
from satqkd.errors import OutputError


@pytest.mark.parametrize("replace", [False, True])
def test_a_new_file_holds_the_content_and_nothing_else_is_left(tmp_path, replace):
    """The temporary name is gone."""
    write_whole(tmp_path / "new.json", b"content", replace=replace)

    assert (tmp_path / "new.json").read_bytes() == b"content"
    assert [path.name for path in tmp_path.iterdir()] == ["new.json"]


def test_a_file_is_replaced_only_when_asked(tmp_path):
    """And the refusal says how to ask."""
    path = tmp_path / "old.json"
    path.write_bytes(b"old")

    with pytest.raises(OutputError, match=r"is there already\n  fix: .*--force"):
        write_whole(path, b"new", replace=False)
    assert path.read_bytes() == b"old"

    write_whole(path, b"new", replace=True)
    assert path.read_bytes() == b"new"


def test_what_appears_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    """The name is claimed, not merely looked at."""
    path = tmp_path / "raced.json"
    monkeypatch.setattr(whole_file, "check_place", lambda *_, **__: path.write_bytes(b"other"))

    with pytest.raises(OutputError, match="could not be written"):
        write_whole(path, b"mine", replace=False)

    assert path.read_bytes() == b"other"


@pytest.mark.parametrize("replace", [False, True])
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch, replace):
    """And no fragment beside it."""
    path = tmp_path / "a.json"
    if replace:
        path.write_bytes(b"old")
    before = sorted(one.name for one in tmp_path.iterdir())

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_whole(path, b"new", replace=replace)

    assert sorted(one.name for one in tmp_path.iterdir()) == before


@pytest.mark.parametrize("replace", [False, True])
def test_places_that_can_hold_no_file(tmp_path, replace):
    """A folder, and a folder that is not there."""
    with pytest.raises(OutputError, match="is no file"):
        write_whole(tmp_path, b"", replace=replace)
    with pytest.raises(OutputError, match="there is no folder"):
        write_whole(tmp_path / "none" / "a.json", b"", replace=replace)


def test_a_private_file_is_its_owners_alone_from_the_first_byte(tmp_path, monkeypatch):
    modes = []
    flushed = os.fsync

    def looked(handle):
        modes.append(stat.S_IMODE(os.fstat(handle).st_mode))
        flushed(handle)

    monkeypatch.setattr(os, "fsync", looked)
    with temporary_file(tmp_path, b"secret", private=True) as path:
        assert path.read_bytes() == b"secret"
    with temporary_file(tmp_path, b"plain"):
        pass

    mask = os.umask(0)
    os.umask(mask)
    assert modes == [0o600, 0o666 & ~mask]
