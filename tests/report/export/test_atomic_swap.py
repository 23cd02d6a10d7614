"""Two folders change places in one step."""

import errno
import sys

import pytest

from satqkd.report.export import atomic_swap as swap
from satqkd.report.export.atomic_swap import exchange, put_in_place


@pytest.fixture
def two(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "who").write_text(name)
    return tmp_path / "a", tmp_path / "b"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="renameat2 is Linux's")
def test_an_exchange_swaps_what_two_names_mean(two):
    """Neither name is ever without a folder."""
    assert exchange(*two)
    assert [(path / "who").read_text() for path in two] == ["b", "a"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="renameat2 is Linux's")
def test_an_exchange_that_fails_raises(two, tmp_path):
    """A name that does not exist is an error, not a lack of support."""
    with pytest.raises(FileNotFoundError):
        exchange(two[0], tmp_path / "c")


def test_what_was_replaced_is_handed_back(two):
    """For the caller to remove."""
    replaced = put_in_place(*two)

    assert (two[1] / "who").read_text() == "a"
    assert (replaced / "who").read_text() == "b"


def test_an_endless_race_ends(two, monkeypatch):
    """Ten runs faster than this one are enough."""

    def always_late(*_):
        raise OSError(errno.ENOENT, "gone again")

    monkeypatch.setattr(swap, "exchange", always_late)
    with pytest.raises(OSError, match="another run"):
        put_in_place(*two)
