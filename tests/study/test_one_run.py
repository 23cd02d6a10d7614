"""One run at a time, and a file system without locks keeps nobody from working."""

from __future__ import annotations

import errno

import pytest

from satqkd.errors import OutputError, SatqkdError
from satqkd.study import one_run
from satqkd.study.one_run import alone, at_work


def test_a_folder_is_held_while_a_run_is_at_work(tmp_path):
    assert not at_work(tmp_path)
    with alone(tmp_path):
        assert at_work(tmp_path)
        with pytest.raises(SatqkdError, match="another run is at work"), alone(tmp_path):
            pytest.fail("two runs at once")
    assert not at_work(tmp_path)


@pytest.mark.parametrize("answer", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_without_locks_a_run_works_all_the_same(tmp_path, monkeypatch, answer):
    def flock(*_):
        raise OSError(answer, "no locks here")

    monkeypatch.setattr(one_run.fcntl, "flock", flock)
    with alone(tmp_path):
        assert not at_work(tmp_path)


def test_without_such_locks_at_all_a_run_works_too(tmp_path, monkeypatch):
    monkeypatch.setattr(one_run, "fcntl", None)
    with alone(tmp_path):
        assert not at_work(tmp_path)


def test_a_folder_that_takes_no_file_is_told(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"), alone(tmp_path / "gone"):
        pytest.fail("nothing is held")
