"""A folder of results is the old one or the new one, never something between."""

import errno
import fcntl
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import satqkd
from satqkd.errors import OutputError
from satqkd.report.export import atomic_swap as swap
from satqkd.report.export import folder
from satqkd.report.export.folder import check_folder, write_folder
from satqkd.report.export.manifest import manifest

OLD = {"passes.csv": "old\n", "key.png": b"old"}
NEW = {"passes.csv": "new\n", "series.csv": "new\n"}


def held(path):
    return {entry.name: entry.read_bytes() for entry in path.iterdir()}


def as_bytes(files):
    found = {k: v.encode() if isinstance(v, str) else v for k, v in files.items()}
    hashes = {k: hashlib.sha256(v).hexdigest() for k, v in found.items()}
    return {**found, "plan.json": manifest(hashes, {"satqkd": satqkd.__version__}).encode()}


def hidden(path):
    return [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".")]


def is_whole(path):
    manifest = json.loads((path / "plan.json").read_bytes())
    found = held(path)
    del found["plan.json"]
    return manifest["files"] == {k: hashlib.sha256(v).hexdigest() for k, v in found.items()}


class TestWriting:
    def test_a_new_folder_holds_exactly_the_files(self, tmp_path):
        """Nothing more, nothing left beside it."""
        write_folder(tmp_path / "plan", OLD)

        assert held(tmp_path / "plan") == as_bytes(OLD)
        assert hidden(tmp_path / "plan") == []

    def test_an_old_folder_is_replaced_whole(self, tmp_path):
        """A file that the new result lacks is gone."""
        write_folder(tmp_path / "plan", OLD)
        write_folder(tmp_path / "plan", NEW)

        assert held(tmp_path / "plan") == as_bytes(NEW)
        assert hidden(tmp_path / "plan") == []

    def test_an_empty_folder_may_be_filled(self, tmp_path):
        """The user made it for us."""
        (tmp_path / "plan").mkdir()
        write_folder(tmp_path / "plan", OLD)

        assert held(tmp_path / "plan") == as_bytes(OLD)

    def test_files_without_a_manifest_get_one(self, tmp_path):
        """So that the next run may replace the folder."""
        write_folder(tmp_path / "plan", {"loss.png": b"1"})
        write_folder(tmp_path / "plan", {"loss.png": b"2"})

        assert is_whole(tmp_path / "plan")

    def test_a_link_to_a_folder_stays_a_link(self, tmp_path):
        """What it points to is replaced."""
        write_folder(tmp_path / "real", OLD)
        (tmp_path / "link").symlink_to(tmp_path / "real")
        write_folder(tmp_path / "link", NEW)

        assert (tmp_path / "link").is_symlink()
        assert held(tmp_path / "real") == as_bytes(NEW)

    def test_permissions_of_the_old_folder_are_kept(self, tmp_path):
        """A folder shared with a group stays shared."""
        write_folder(tmp_path / "plan", OLD)
        (tmp_path / "plan").chmod(0o770)
        write_folder(tmp_path / "plan", NEW)

        assert (tmp_path / "plan").stat().st_mode & 0o777 == 0o770

    def test_the_manifest_is_written_last(self, tmp_path, monkeypatch):
        """A folder with a manifest has all its files."""
        written = []
        real = folder._write_flushed
        monkeypatch.setattr(
            folder,
            "_write_flushed",
            lambda path, data, **how: (written.append(path.name), real(path, data, **how))[1],
        )
        write_folder(tmp_path / "plan", OLD)

        assert written[-1] == "plan.json"

    @pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "a\x00b", "plan.json"])
    def test_file_names_cannot_leave_the_folder(self, tmp_path, name):
        """Nor be the manifest's; such a name is a defect of the caller."""
        with pytest.raises(ValueError, match="file name"):
            write_folder(tmp_path / "plan", {name: b""})

    def test_the_manifest_holds_what_the_caller_knows_of_the_files(self, tmp_path):
        """Beside their hashes."""
        write_folder(tmp_path / "plan", OLD, provenance={"satqkd": "0", "mission": "Ägir"})

        said = json.loads((tmp_path / "plan" / "plan.json").read_bytes())
        assert (said["satqkd"], said["mission"]) == ("0", "Ägir")
        assert is_whole(tmp_path / "plan")

    def test_a_file_may_come_in_pieces_or_write_itself(self, tmp_path):
        """Its hash is that of all of it."""

        def itself(file):
            file.write(b"b" * 70_000)
            assert file.tell() == 70_000
            file.write(memoryview(b"c"))

        write_folder(
            tmp_path / "plan", {"a.csv": (b"a%d\n" % row for row in range(3)), "b.parquet": itself}
        )

        files = {"a.csv": b"a0\na1\na2\n", "b.parquet": b"b" * 70_000 + b"c"}
        assert held(tmp_path / "plan") == as_bytes(files)

    def test_pieces_are_written_before_the_next_is_made(self, tmp_path):
        """No whole table is kept: what has been made is on its way to the disk."""
        seen = []

        def pieces():
            for _ in range(3):
                yield b"x" * 1_000_000
                (file,) = tmp_path.glob(".plan.tmp-*/big.csv")
                seen.append(file.stat().st_size)

        write_folder(tmp_path / "plan", {"big.csv": pieces()})

        assert seen == [1_000_000, 2_000_000, 3_000_000]


@pytest.mark.parametrize("refuse", [check_folder, lambda path: write_folder(path, NEW)])
class TestRefusing:
    def test_a_folder_of_somebody_else_is_left_alone(self, tmp_path, refuse):
        """Not empty and no manifest of ours."""
        (tmp_path / "thesis.tex").write_text("years of work")

        with pytest.raises(OutputError, match="satqkd did not write it"):
            refuse(tmp_path)
        assert held(tmp_path) == {"thesis.tex": b"years of work"}

    @pytest.mark.parametrize("text", ["{}", "[]", "", "{", '{"satqkd": 1}', "[" * 100_000])
    def test_a_manifest_of_something_else_does_not_count(self, tmp_path, refuse, text):
        """Any JSON may be called plan.json."""
        (tmp_path / "plan.json").write_text(text)

        with pytest.raises(OutputError, match="satqkd did not write it"):
            refuse(tmp_path)

    def test_notes_put_into_our_folder_are_not_deleted(self, tmp_path, refuse):
        """The message names the file."""
        write_folder(tmp_path / "plan", OLD)
        (tmp_path / "plan" / "notes.txt").write_text("call Ngari")

        with pytest.raises(OutputError, match=r"holds 'notes\.txt', which satqkd did not write"):
            refuse(tmp_path / "plan")
        assert (tmp_path / "plan" / "notes.txt").exists()

    def test_a_file_in_the_way_is_not_replaced(self, tmp_path, refuse):
        """A path that is a file."""
        (tmp_path / "plan").write_text("mine")

        with pytest.raises(OutputError, match="is a file"):
            refuse(tmp_path / "plan")

    def test_a_missing_parent_is_said(self, tmp_path, refuse):
        """It may be a typing mistake, so it is not created."""
        with pytest.raises(OutputError, match="create it first"):
            refuse(tmp_path / "no" / "plan")

    def test_the_root_of_a_file_system_is_refused(self, refuse):
        """It cannot be swapped."""
        with pytest.raises(OutputError, match="mount point"):
            refuse(Path("/"))

    def test_a_read_only_parent_is_said_in_one_line(self, tmp_path, refuse, monkeypatch):
        """The operating system's words and what to do."""

        def refused(self, *_, **__):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

        monkeypatch.setattr(Path, "mkdir", refused)
        with pytest.raises(OutputError, match="Read-only file system") as caught:
            refuse(tmp_path / "plan")
        assert "\n" not in str(caught.value)

    def test_a_read_only_folder_is_refused(self, tmp_path, refuse, monkeypatch):
        """Someone protected it."""
        write_folder(tmp_path / "plan", OLD)
        monkeypatch.setattr(os, "access", lambda *_: False)

        with pytest.raises(OutputError, match="read-only"):
            refuse(tmp_path / "plan")

    def test_a_path_with_a_zero_byte_is_said(self, refuse):
        """No traceback for a path that cannot exist."""
        with pytest.raises(OutputError, match="no usable path"):
            refuse(Path("a\x00b"))


def test_checking_leaves_nothing_behind(tmp_path):
    """Neither the folder nor a trial of it."""
    check_folder(tmp_path / "plan")

    assert list(tmp_path.iterdir()) == []


def test_crumbs_of_file_managers_do_not_count(tmp_path):
    """Looking at the folder must not block the next run."""
    write_folder(tmp_path / "plan", OLD)
    (tmp_path / "plan" / ".DS_Store").write_bytes(b"")
    write_folder(tmp_path / "plan", NEW)

    assert held(tmp_path / "plan") == as_bytes(NEW)


class TestFailing:
    @pytest.mark.parametrize("fails", ["passes.csv", "plan.json"])
    def test_a_full_disk_keeps_the_old_result(self, tmp_path, monkeypatch, fails):
        """One line, no debris."""
        write_folder(tmp_path / "plan", OLD)
        real = folder._write_flushed

        def full(path, data, **how):
            if path.name == fails:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(path, data, **how)

        monkeypatch.setattr(folder, "_write_flushed", full)
        with pytest.raises(OutputError, match="No space left on device") as caught:
            write_folder(tmp_path / "plan", NEW)

        assert "\n" not in str(caught.value)
        assert held(tmp_path / "plan") == as_bytes(OLD)
        assert hidden(tmp_path / "plan") == []

    def test_a_limit_of_the_system_itself_keeps_the_old_result(self, tmp_path):
        """A real refusal by the kernel, not an invented one: no file may pass 4 kB."""
        write_folder(tmp_path / "plan", OLD)
        code = f"""
import resource
from pathlib import Path
from satqkd.errors import OutputError
from satqkd.report.export.folder import write_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_folder(Path({str(tmp_path / "plan")!r}), {{"passes.csv": b"x" * 10_000}})
except OutputError as error:
    print(error)
"""
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )

        assert "File too large" in done.stdout
        assert held(tmp_path / "plan") == as_bytes(OLD)
        assert hidden(tmp_path / "plan") == []

    def test_a_disk_that_fills_up_between_pieces_keeps_the_old_result(self, tmp_path):
        """The kernel refuses the second piece."""
        write_folder(tmp_path / "plan", OLD)
        code = f"""
import resource
from pathlib import Path
from satqkd.errors import OutputError
from satqkd.report.export.folder import write_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))
try:
    write_folder(Path({str(tmp_path / "plan")!r}), {{"a.csv": (b"x" * 9_000 for _ in range(9))}})
except OutputError as error:
    print(error)
"""
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )

        assert "File too large" in done.stdout
        assert held(tmp_path / "plan") == as_bytes(OLD)
        assert hidden(tmp_path / "plan") == []

    def test_an_error_in_the_middle_of_a_table_keeps_the_old_result(self, tmp_path):
        """A table that turns out to hold what no report may show."""
        write_folder(tmp_path / "plan", OLD)

        def pieces():
            yield b"fine"
            raise ValueError("column qber holds nan")

        with pytest.raises(ValueError, match="qber"):
            write_folder(tmp_path / "plan", {"a.csv": pieces()})

        assert held(tmp_path / "plan") == as_bytes(OLD)
        assert hidden(tmp_path / "plan") == []

    def test_an_interrupt_keeps_the_old_result(self, tmp_path, monkeypatch):
        """Ctrl-C while writing."""
        write_folder(tmp_path / "plan", OLD)

        def interrupted(*_, **_how):
            raise KeyboardInterrupt

        monkeypatch.setattr(folder, "_write_flushed", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_folder(tmp_path / "plan", NEW)

        assert held(tmp_path / "plan") == as_bytes(OLD)
        assert hidden(tmp_path / "plan") == []


class TestLeftovers:
    def test_those_of_killed_runs_are_swept(self, tmp_path):
        """Their locks died with them."""
        (tmp_path / ".plan.tmp-0123abcd").mkdir()
        (tmp_path / ".plan.tmp-0123abcd" / "passes.csv").write_text("half")
        write_folder(tmp_path / "plan", NEW)

        assert hidden(tmp_path / "plan") == []

    def test_those_of_running_ones_stay(self, tmp_path):
        """Two runs on one folder do not disturb each other."""
        busy = tmp_path / ".plan.tmp-0123abcd"
        busy.mkdir()
        handle = os.open(busy, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        write_folder(tmp_path / "plan", NEW)
        os.close(handle)

        assert busy.exists()

    def test_what_only_looks_alike_stays(self, tmp_path):
        """Names of others, files, links."""
        (tmp_path / ".plan.tmp-mine").mkdir()
        (tmp_path / ".plan.tmp-0123abcd").write_text("a file")
        (tmp_path / ".plan2.tmp-0123abcd").mkdir()
        write_folder(tmp_path / "plan", NEW)

        assert len(hidden(tmp_path / "plan")) == 3


class TestWithoutExchange:
    """File systems that cannot exchange get two renames."""

    @pytest.fixture(autouse=True)
    def _no_exchange(self, monkeypatch):
        monkeypatch.setattr(swap, "exchange", lambda *_: False)

    def test_the_folder_is_still_replaced(self, tmp_path):
        """And the old one removed."""
        write_folder(tmp_path / "plan", OLD)
        write_folder(tmp_path / "plan", NEW)

        assert held(tmp_path / "plan") == as_bytes(NEW)
        assert hidden(tmp_path / "plan") == []

    def test_a_run_killed_between_the_renames_is_healed_by_the_next(self, tmp_path):
        """The old folder comes back before anything else happens."""
        write_folder(tmp_path / "plan", OLD)
        (tmp_path / "plan").rename(tmp_path / ".plan.old-0123abcd")
        check_folder(tmp_path / "plan")

        assert held(tmp_path / "plan") == as_bytes(OLD)
        assert hidden(tmp_path / "plan") == []


WRITER = """
import sys
from pathlib import Path
from satqkd.report.export.folder import write_folder
target = Path(sys.argv[1])
print("ready", flush=True)
for number in range(100_000):
    text = f"{number}\\n" * 200
    write_folder(target, {f"{name}.csv": text for name in "abcdef"})
"""


def test_a_run_killed_at_any_moment_leaves_the_old_folder_or_the_new_one(tmp_path):
    """Nine runs that rewrite the folder all the time are killed at random moments."""
    target, chance = tmp_path / "plan", random.Random(7)  # noqa: S311  # not a secret
    write_folder(target, OLD)
    for _ in range(9):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE
        ) as writer:
            writer.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.08))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        assert is_whole(target)
        assert len({data for name, data in held(target).items() if name != "plan.json"}) <= 2
    check_folder(target)

    assert hidden(target) == []


def test_two_runs_on_one_folder_end_with_one_of_them(tmp_path):
    """Both finish, neither is mixed with the other."""
    target = tmp_path / "plan"
    code = WRITER.replace("100_000", "15")
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=-3) for _ in range(2)
    ]

    assert [run.wait(60) for run in runs] == [0, 0]
    assert is_whole(target)
    assert hidden(target) == []
