"""Files and folders of element sets, and the satellites they make."""

import gzip
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from satqkd.elements import library
from satqkd.elements.library import group, nearest, read_elements, read_hashed
from satqkd.elements.tle import parse_tle
from satqkd.errors import InputError, SatqkdWarning

OLD = """\
1 41731U 16051A   16353.90152003  .00000364  00000-0  17957-4 0  9993
2 41731  97.3699 267.4500 0013200 178.5836 246.0824 15.23915303 19063
"""
NEW = """\
1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991
2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164
"""
NEW_OTHERWISE = """\
1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991
2 41731  97.3698 268.1064 0013350 175.8929 309.0190 15.23916091 19166
"""
TIANGONG = """\
1 41765U 16057A   18336.62979237  .00002898  00000-0  39285-4 0  9996
2 41765  42.7853  58.4157 0008242 337.7306 164.9140 15.60111034126320
"""
DATA = Path(__file__).parents[2] / "data" / "tle"


def refused(path):
    with pytest.raises(InputError) as caught:
        read_elements(path)
    return caught.value.findings


def the_finding(path):
    (finding,) = refused(path)
    return finding


def sets(text, file="f.tle"):
    return parse_tle(text, file=file)


class TestReadElements:
    def test_the_bytes_that_are_parsed_are_hashed(self, tmp_path, monkeypatch):
        """A file that changes behind the reader's back cannot have another's hash."""
        path = tmp_path / "f.tle"
        path.write_text("changed since", encoding="utf-8")
        monkeypatch.setattr(library, "_content", lambda _: NEW.encode())

        (read,), hashes, passed_over = read_hashed(path)

        assert read.norad_id == 41731
        assert not passed_over
        assert hashes == {str(path): hashlib.sha256(NEW.encode()).hexdigest()}

    def test_reads_the_shipped_folder(self):
        """The elements that come with satqkd can be read."""
        (micius,) = group(read_elements(DATA))

        assert (micius.name, micius.cospar_id) == ("MICIUS", "2016-051A")
        assert len(micius.element_sets) == 22

    def test_reads_a_file_of_any_name(self, tmp_path):
        """A file that is named is read, whatever it is called."""
        file = tmp_path / "elements.dat"
        file.write_text(OLD)

        assert [one.source for one in read_elements(file)] == [f"{file}:1"]

    def test_reads_folders_by_the_order_of_paths(self, tmp_path):
        """Element files of a folder tree are read in the order of their paths."""
        for name in ("b.TLE", "a/z.txt", "c.3le", "README.md", ".hidden", ".git/x.tle"):
            file = tmp_path / name
            file.parent.mkdir(exist_ok=True)
            file.write_text("words" if name in {"README.md", ".hidden"} else OLD)

        sources = [one.source for one in read_elements(tmp_path)]
        assert sources == [f"{tmp_path / name}:1" for name in ("a/z.txt", "b.TLE", "c.3le")]

    def test_mistakes_of_all_files_come_together(self, tmp_path):
        """One bad file does not hide another."""
        (tmp_path / "a.tle").write_text(OLD.replace("9993", "9994"))
        (tmp_path / "b.tle").write_text("No GP data found")
        (tmp_path / "c.tle").write_text(NEW)

        findings = refused(tmp_path)
        assert [(Path(f.file).name, f.line, f.column) for f in findings] == [
            ("a.tle", 1, 69),
            ("b.tle", 1, 0),
        ]

    def test_missing_path(self, tmp_path):
        """A path that is not there is told with its fix."""
        finding = the_finding(tmp_path / "none.tle")

        assert "no such file" in finding.message
        assert "correct the path" in finding.fix

    def test_path_that_no_system_has(self):
        """A path with a NUL in it is a finding too."""
        assert "cannot be read" in the_finding(Path("a\0b")).message

    def test_folder_without_element_files(self, tmp_path):
        """A folder that holds none is told what to put into it."""
        (tmp_path / "README.md").write_text("words")

        finding = the_finding(tmp_path)
        assert "no element file in this folder" in finding.message
        assert "*.tle" in finding.fix

    def test_files_are_read_by_what_they_hold(self, tmp_path):
        """Whatever they are called, also packed; what holds nothing is told with its reason."""
        (tmp_path / "in").mkdir()
        for name in ("a.tle", "README.md", "b.tle.bak", "in/c", "in/d.TLE"):
            (tmp_path / name).write_text(OLD if name != "README.md" else "# words\n")
        (tmp_path / "in" / "e.dat.gz").write_bytes(gzip.compress(NEW.encode()))
        (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
        (tmp_path / "f.zip").write_bytes(b"PK\x03\x04....")
        (tmp_path / "g").write_text("stk.v.11.0\nBEGIN Ephemeris\n")
        (tmp_path / ".old.tle").write_text(OLD)

        with pytest.warns(SatqkdWarning) as told:
            sources, hashes, passed_over = read_hashed(tmp_path)

        (one,) = told
        assert len(sources) == 5
        gz = tmp_path / "in" / "e.dat.gz"
        assert hashes[str(gz)] == hashlib.sha256(gz.read_bytes()).hexdigest()
        assert [(Path(one.path).name, one.why.split(":")[0]) for one in passed_over] == [
            (".old.tle", "is hidden, though it holds orbit data"),
            ("f.zip", "is packed (zip)"),
            ("g", "is an STK ephemeris (.e)"),
            ("photo.png", "holds no orbit data that is recognised"),
        ]
        assert str(one.message).startswith(f"{tmp_path}: passed over: .old.tle is hidden")

    def test_many_files_of_another_ending_are_counted(self, tmp_path):
        """And those that act on a terminal are made to show."""
        (tmp_path / "a.tle").write_text(OLD, encoding="utf-8")
        for number in range(7):
            (tmp_path / f"{number}\x1b.dat").touch()

        with pytest.warns(
            SatqkdWarning, match="0␛.dat is empty; 1␛.dat .*4␛.dat is empty; and 2 more"
        ):
            read_elements(tmp_path)

    def test_folder_called_like_a_file(self, tmp_path):
        """A folder named x.tle is told, inside another folder and by itself."""
        (tmp_path / "x.tle").mkdir()

        for path in (tmp_path, tmp_path / "x.tle"):
            finding = the_finding(path)
            assert finding.file == str(tmp_path / "x.tle")
            assert "this is a folder" in finding.message

    def test_dangling_link(self, tmp_path):
        """A link to nothing is told, not passed over."""
        (tmp_path / "x.tle").symlink_to(tmp_path / "nowhere")

        assert "no such file" in the_finding(tmp_path).message

    def test_pipe(self, tmp_path):
        """A pipe is refused instead of waited for."""
        os.mkfifo(tmp_path / "x.tle")

        assert "neither a file nor a folder" in the_finding(tmp_path).message

    def test_unreadable_file(self, tmp_path, monkeypatch):
        """A file that may not be read is told with the system's reason."""

        def denied(path):
            raise PermissionError(13, "Permission denied", str(path))

        (tmp_path / "x.tle").write_text(OLD)
        monkeypatch.setattr(Path, "open", lambda path, _mode: denied(path))

        finding = the_finding(tmp_path)
        assert "Permission denied" in finding.message
        assert "make it readable" in finding.fix

    def test_unreadable_folder(self, tmp_path, monkeypatch):
        """A folder that may not be listed is told, not passed over."""

        def denied(path):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(os, "scandir", denied)

        assert "Permission denied" in the_finding(tmp_path).message

    def test_bytes_that_are_not_utf_8(self, tmp_path):
        """A byte of another encoding is told with line and column."""
        file = tmp_path / "x.tle"
        file.write_bytes(b"# ok\n0 CAF\xe9\n" + OLD.encode())

        finding = the_finding(file)
        assert (finding.line, finding.column) == (2, 6)
        assert "byte 0xE9 is not UTF-8" in finding.message

    def test_utf_16(self, tmp_path):
        """A file saved as UTF-16 is recognised."""
        file = tmp_path / "x.tle"
        file.write_text(OLD, encoding="utf-16")

        finding = the_finding(file)
        assert (finding.line, finding.column) == (1, 1)
        assert "UTF-16" in finding.message


class TestGroup:
    def test_one_satellite_for_each_number(self):
        """Satellites are ordered by number, their sets by epoch."""
        micius, tiangong = group(sets(TIANGONG + NEW + OLD))

        assert (micius.norad_id, tiangong.norad_id) == (41731, 41765)
        assert [one.source for one in micius.element_sets] == ["f.tle:5", "f.tle:3"]

    def test_nothing_makes_no_satellite(self):
        """No element sets, no satellites."""
        assert group([]) == ()

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("QUESS\n" + NEW + "MICIUS\n" + OLD, "MICIUS"),
            ("QUESS\n" + NEW + OLD, "QUESS"),
            (NEW + OLD, "41731"),
        ],
    )
    def test_takes_the_last_given_name(self, text, name):
        """The name that was given last wins; a set without one does not unname."""
        assert group(sets(text))[0].name == name

    def test_keeps_a_repeated_set_once(self):
        """The same set in two files is one set, the first."""
        (micius,) = group([*sets(NEW, "a.tle"), *sets("MICIUS\n" + NEW, "b.tle")])

        assert [one.source for one in micius.element_sets] == ["a.tle:1"]
        assert micius.name == "MICIUS"

    def test_refuses_two_sets_for_one_epoch(self):
        """Two different sets for one epoch are told with both places."""
        with pytest.raises(InputError) as caught:
            group([*sets(NEW, "a.tle"), *sets("\n" + NEW_OTHERWISE, "b.tle")])

        (finding,) = caught.value.findings
        assert (finding.file, finding.line) == ("b.tle", 2)
        assert "2016-12-19T13:39:33.153408Z in a.tle:1" in finding.message
        assert "delete one" in finding.fix


class TestNearest:
    def test_takes_the_epoch_nearest_to_a_time(self):
        """Before, between and after the epochs the nearest one is used."""
        (micius,) = group(sets(OLD + NEW))
        old, new = micius.element_sets
        middle = old.epoch + (new.epoch - old.epoch) / 2

        assert nearest(micius, old.epoch - timedelta(days=9)) is old
        assert nearest(micius, middle - timedelta(seconds=1)) is old
        assert nearest(micius, middle + timedelta(seconds=1)) is new
        assert nearest(micius, new.epoch + timedelta(days=9)) is new
