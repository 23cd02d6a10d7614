"""The door for files: whatever stands there ends in one sentence."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from satqkd.elements.input_file import InputFileError, read_content, read_head, text_of


def refused(call, *args, **kwargs):
    with pytest.raises(InputFileError) as caught:
        call(*args, **kwargs)
    return caught.value.finding


class TestContent:
    def test_a_file_is_read_whole_up_to_the_cap(self, tmp_path):
        """One byte more is refused."""
        path = tmp_path / "f"
        path.write_bytes(b"x" * 100)

        assert read_content(path, most_bytes=100) == b"x" * 100
        assert "larger than 99 B" in refused(read_content, path, most_bytes=99).message

    def test_what_is_no_file(self, tmp_path):
        """A pipe, a device and a folder are told at once; nothing is waited for."""
        os.mkfifo(tmp_path / "pipe")

        for path in (tmp_path / "pipe", Path("/dev/zero")):
            assert (
                "neither a file nor a folder" in refused(read_content, path, most_bytes=9).message
            )
            assert "neither a file" in refused(read_head, path).message
        assert "this is a folder" in refused(read_content, tmp_path, most_bytes=9).message
        assert "no such file" in refused(read_content, tmp_path / "x", most_bytes=9).message
        assert "cannot be read" in refused(read_content, tmp_path / "a\0b", most_bytes=9).message


class TestText:
    def test_line_ends_and_marks(self):
        """Old Macs' and Windows' lines, a byte-order mark."""
        data = "\ufeffone\rtwo\r\nthree\n".encode()

        assert text_of(data, file="f", most_bytes=99) == "one\ntwo\nthree\n"

    def test_gzip_is_opened(self):
        """Also in several members, as logs are packed day by day."""
        data = gzip.compress(b"one\n") + gzip.compress(b"two\n")

        assert text_of(data, file="f", most_bytes=8) == "one\ntwo\n"

    def test_a_bomb_is_not_unpacked(self):
        """Beyond the cap nothing is."""
        data = gzip.compress(b"0" * 50_000_000)

        assert len(data) < 100_000
        assert "larger than 1 MB" in refused(text_of, data, file="f", most_bytes=1_000_000).message

    @pytest.mark.parametrize("end", [5, 15, -3])
    def test_damaged_gzip(self, end):
        """Cut anywhere it is refused, never read in part."""
        data = gzip.compress(bytes(range(97, 122)) * 9)[:end]

        assert "gzip" in refused(text_of, data, file="f", most_bytes=999).message

    @pytest.mark.parametrize(("start", "kind"), [(b"PK\x03\x04", "zip"), (b"\xfd7zXZ\x00", "xz")])
    def test_other_packing_is_named(self, start, kind):
        """With what to do."""
        finding = refused(text_of, start + b"....", file="f", most_bytes=99)

        assert f"packed ({kind})" in finding.message
        assert "unpack it" in finding.fix

    def test_other_encodings(self):
        """Line and column of the byte."""
        finding = refused(text_of, b"a\nb\xe9", file="f", most_bytes=99)

        assert (finding.line, finding.column) == (2, 2)
