"""A station's clicks are read whole and exactly, or refused in words that say where and why."""

from __future__ import annotations

import os
import struct
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satqkd.calibration import click_npz
from satqkd.calibration.click_log import read_click_log
from satqkd.distil.click_log import NumberedClicks
from satqkd.distil.sent import EverySent, SomeSent
from satqkd.distil.tags import Tags
from satqkd.errors import InputError, SatqkdError

Columns = dict[str, Any]


def _tagged() -> Columns:
    return {
        "time_ps": np.array([-5, 70, 70, 900], dtype=np.int64),
        "detector": np.array([0, 3, 2, 1], dtype=np.uint8),
        "detector_basis": np.array([0, 0, 1, 1], dtype=np.uint8),
        "detector_bit": np.array([0, 1, 0, 1], dtype=np.uint8),
        **_sent(6),
        "pulse_rate_hz": 1e8,
        "pulses": 6,
    }


def _sent(many: int) -> Columns:
    return {
        "sent_bit": np.arange(many) % 2 == 1,
        "sent_basis": (np.arange(many) % 3 == 0).astype(np.int16),
        "sent_intensity": (np.arange(many) % 4).astype(np.uint8),
    }


def _numbered() -> Columns:
    return {
        "pulse": np.array([0, 2, 2, 5], dtype=">i8"),
        "basis": np.array([1, 0, 0, 1], dtype=np.uint8),
        "bit": np.array([True, False, True, True]),
        "sent_pulse": np.array([0, 1, 2, 5], dtype=np.uint64),
        **_sent(4),
        "pulses": 6,
    }


def _npz(folder: Path, columns: Columns) -> Path:
    path = folder / "log.npz"
    np.savez_compressed(path, allow_pickle=True, **columns)
    return path


def _parquet(folder: Path, columns: Columns, **metadata: str) -> Path:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = folder / "log.parquet"
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path)
    return path


def _rows() -> Columns:
    rows = {"pulse": [0, 2, 2, 5], "basis": [1, 0, 0, 1], "bit": [True, False, True, True]}
    sent = {"sent_bit": [0, 1, 1, 0], "sent_basis": [1, 0, 0, 1], "sent_intensity": [0, 1, 1, 2]}
    return rows | sent


def _refusal(path: Path, **more: int) -> str:
    with pytest.raises(InputError) as caught:
        read_click_log(path, **more)
    assert all(finding.fix for finding in caught.value.findings)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_tags_come_as_they_were_saved(tmp_path: Path) -> None:
    log = read_click_log(_npz(tmp_path, _tagged()))
    assert isinstance(log.received, Tags)
    assert isinstance(log.sent, EverySent)
    assert log.received.time_ps.tolist() == [-5, 70, 70, 900]
    assert log.received.time_ps.dtype == np.int64
    assert log.received.detector.tolist() == [0, 3, 2, 1]
    assert log.received.detector_basis.tolist() == [0, 0, 1, 1]
    assert log.received.detector_bit.tolist() == [0, 1, 0, 1]
    assert log.sent.bit.tolist() == [0, 1, 0, 1, 0, 1]
    assert log.sent.basis.tolist() == [1, 0, 0, 1, 0, 0]
    assert log.sent.intensity.tolist() == [0, 1, 2, 3, 0, 1]
    assert (log.pulses, log.pulse_rate_hz) == (6, 1e8)


def test_numbered_clicks_come_as_they_were_saved(tmp_path: Path) -> None:
    log = read_click_log(_npz(tmp_path, _numbered()))
    assert isinstance(log.received, NumberedClicks)
    assert isinstance(log.sent, SomeSent)
    assert log.received.pulse.tolist() == [0, 2, 2, 5]
    assert log.received.basis.tolist() == [1, 0, 0, 1]
    assert log.received.bit.tolist() == [1, 0, 1, 1]
    assert log.sent.pulse.tolist() == [0, 1, 2, 5]
    assert (log.pulses, log.pulse_rate_hz) == (6, None)


def test_a_table_has_a_row_a_click_and_what_was_sent_once(tmp_path: Path) -> None:
    log = read_click_log(_parquet(tmp_path, _rows(), pulses="6", pulse_rate_hz="1e8", pandas="x"))
    assert isinstance(log.received, NumberedClicks)
    assert isinstance(log.sent, SomeSent)
    assert log.received.pulse.tolist() == [0, 2, 2, 5]
    assert log.received.bit.tolist() == [1, 0, 1, 1]
    assert log.sent.pulse.tolist() == [0, 2, 5]
    assert log.sent.bit.tolist() == [0, 1, 0]
    assert log.sent.intensity.tolist() == [0, 1, 2]
    assert (log.pulses, log.pulse_rate_hz) == (6, 1e8)


def test_pulses_may_be_stated_beside_a_file_but_not_otherwise(tmp_path: Path) -> None:
    assert read_click_log(_parquet(tmp_path, _rows()), pulses=7).pulses == 7
    assert "has no pulses" in _refusal(_parquet(tmp_path, _rows()))
    path = _npz(tmp_path, _tagged())
    assert read_click_log(path, pulses=6).pulses == 6
    assert "says that 6 pulses were sent, and 7 are stated" in _refusal(path, pulses=7)


def _without(name: str) -> Callable[[Columns], object]:
    return lambda own: own.pop(name)


def _with(**values: Any) -> Callable[[Columns], object]:
    return lambda own: own.update(values)


TAGGED = [
    (_with(times_ps=np.array([1])), "'times_ps' is no column of a click log", "write 'time_ps'"),
    (_with(colour=np.array([1])), "'colour' is no column", "use one of: basis, bit, detector"),
    (_without("time_ps"), "has no time_ps", "add what is missing"),
    (_without("sent_basis"), "has no sent_basis", "add what is missing"),
    (_without("pulse_rate_hz"), "has no pulse_rate_hz", "add what is missing"),
    (_with(pulse=np.array([1])), "holds clicks twice, by times and by pulses", "keep time_ps"),
    (
        _with(time_ps=np.array([-5.0, 70, np.nan, 900])),
        "time_ps: is of float64, not of whole numbers",
        "save it as int64",
    ),
    (_with(time_ps=np.array([0, 70, 69, 900])), "is 69 at place 2, after 70", "sort the rows"),
    (_with(time_ps=np.array([0, 1, 2, 1 << 63], np.uint64)), f"is {1 << 63} at place 3", "from"),
    (_with(time_ps=np.array([["1"]])), "time_ps: is of <U1", "save it as int64"),
    (_with(time_ps=np.array([None] * 4)), "is of Python objects, which are not opened", "int64"),
    (_with(time_ps=np.zeros((2, 2), np.int64)), "has the shape (2, 2)", "reshape it"),
    (_with(pulses=np.array([6])), "pulses: has the shape (1,), and one number is due", "reshape"),
    (_with(pulses=0), "pulses: is 0", "1 or more"),
    (_with(pulses=6.0), "pulses: is of float64", "save it as"),
    (_with(pulses=7), "holds 6 pulses, and pulses says 7", "add sent_pulse"),
    (_with(pulse_rate_hz=np.nan), "pulse_rate_hz: is nan", "such as 1e8"),
    (_with(pulse_rate_hz=-1e8), "pulse_rate_hz: is -1e+08", "such as 1e8"),
    (_with(pulse_rate_hz=1e8 + 0j), "pulse_rate_hz: is of complex128, not of a number", "float64"),
    (_with(detector=np.array([0, -1, 2, 1])), "detector: is -1 at place 1", "from 0 to 255"),
    (_with(detector=np.array([0, 4, 2, 1])), "names detector 4, and 4 are described", "describe"),
    (_with(detector=np.array([0, 1])), "different lengths: time_ps 4, detector 2", "each row"),
    (_with(detector_bit=np.array([0, 1])), "lengths: detector_basis 4, detector_bit 2", "each row"),
    (_with(detector_bit=np.array([0, 1, 2, 1])), "detector_bit: is 2 at place 2", "from 0 to 1"),
    (_with(sent_intensity=np.full(6, 8)), "sent_intensity: is 8 at place 0", "from 0 to 7"),
    (_with(sent_pulse=np.arange(5)), "lengths: sent_pulse 5, sent_bit 6", "each row"),
    (
        _with(time_ps=np.zeros(0, np.int64), detector=np.zeros(0, np.uint8)),
        "holds no clicks",
        "give a log with clicks in it",
    ),
]


@pytest.mark.parametrize(("change", "message", "fix"), TAGGED)
def test_what_is_wrong_with_tags_is_said(
    change: Callable[[Columns], object], message: str, fix: str, tmp_path: Path
) -> None:
    columns = _tagged()
    change(columns)
    said = _refusal(_npz(tmp_path, columns))
    assert message in said
    assert fix in said.split("fix:", 1)[1]


NUMBERED = [
    (_with(pulse=np.array([0, 2, 1, 5])), "pulse: is 1 at place 2, after 2", "not falling"),
    (_with(pulse=np.array([0, 2, 2, 6])), "names pulse 6, and 6 were sent", "count pulses from 0"),
    (_with(pulse=np.array([-1, 2, 2, 5])), "pulse: is -1 at place 0", "whole numbers from 0"),
    (_with(sent_pulse=np.array([0, 1, 1, 5])), "sent_pulse: is 1 at place 2, after 1", "rising"),
    (_with(sent_pulse=np.array([0, 1, 2, 9])), "names pulse 9, and 6 were sent", "count pulses"),
    (_with(bit=np.array([0, 1])), "lengths: pulse 4, basis 4, bit 2", "give all of each row"),
    (_without("sent_pulse"), "holds 4 pulses, and pulses says 6", "add sent_pulse"),
]


@pytest.mark.parametrize(("change", "message", "fix"), NUMBERED)
def test_what_is_wrong_with_numbered_clicks_is_said(
    change: Callable[[Columns], object], message: str, fix: str, tmp_path: Path
) -> None:
    columns = _numbered()
    change(columns)
    said = _refusal(_npz(tmp_path, columns))
    assert message in said
    assert fix in said.split("fix:", 1)[1]


TABLES = [
    (_with(Pulse=[1] * 4), "'Pulse' is no column of a click log", "write 'pulse'"),
    (_with(time_ps=[1] * 4), "'time_ps' is no column of a click log", "use one of: basis, bit"),
    (_without("bit"), "has no bit", "add what is missing"),
    (_with(bit=[0, None, 1, 1]), "bit: is empty in 1 rows", "fill it in every row"),
    (_with(bit=[0.0, 1.0, 1.0, 1.0]), "bit: is of double, not of whole numbers", "as integers"),
    (_with(bit=["0", "1", "1", "1"]), "bit: is of string", "as integers"),
    (_with(pulse=[0, 2, 1, 5]), "pulse: is 1 at place 2, after 2", "sort the rows"),
    (_with(sent_bit=[0, 1, 0, 0]), "differs between rows of pulse 2, at place 2", "sent once"),
    (lambda own: own.update({key: [] for key in own}), "is of null", "save it as integers"),
]


@pytest.mark.parametrize(("change", "message", "fix"), TABLES)
def test_what_is_wrong_with_a_table_is_said(
    change: Callable[[Columns], object], message: str, fix: str, tmp_path: Path
) -> None:
    columns = _rows()
    change(columns)
    said = _refusal(_parquet(tmp_path, columns, pulses="6"))
    assert message in said
    assert fix in said.split("fix:", 1)[1]


@pytest.mark.parametrize("written", ["6.0", "six", "-6", "9" * 30, ""])
def test_metadata_that_are_no_number_are_refused(written: str, tmp_path: Path) -> None:
    assert "pulses: " in _refusal(_parquet(tmp_path, _rows(), pulses=written))


def test_a_table_without_pyarrow_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SatqkdError, match=r"needs pyarrow[\s\S]*fix: pip install"):
        read_click_log(path)


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.npz").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "empty.npz").touch()
    (tmp_path / "log.csv").write_text("pulse")
    assert "a folder" in _refusal(tmp_path / "folder.npz")
    assert "neither a file nor a folder" in _refusal(tmp_path / "pipe.npz")
    assert "no such file" in _refusal(tmp_path / "none.npz")
    assert "is empty" in _refusal(tmp_path / "empty.npz")
    assert "is neither .npz nor .parquet" in _refusal(tmp_path / "log.csv")


def _zip(path: Path, entries: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def _npy(values: Any) -> bytes:
    stream = BytesIO()
    np.save(stream, values, allow_pickle=True)
    return stream.getvalue()


def test_an_archive_that_lies_about_its_arrays_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.npz"
    short = _npy(np.arange(4))[:-8]
    assert "pulse: holds 24 B, and its header says 32" in _refusal(_zip(path, [("pulse", short)]))
    huge = _npy(np.arange(4)).replace(b"(4,)", b"(9999999999999999,)", 1).replace(b" " * 15, b"", 1)
    assert "its header says 79999999999999992" in _refusal(_zip(path, [("pulse", huge)]))
    assert "is damaged" in _refusal(_zip(path, [("pulse", b"no array at all")]))
    assert "array of format (3, 0)" in _refusal(
        _zip(path, [("pulse", b"\x93NUMPY\x03\x00" + bytes(99))])
    )
    with pytest.warns(UserWarning, match="Duplicate name"):
        _zip(path, [("pulse", _npy([1])), ("pulse", _npy([2]))])
    assert "pulse: stands there twice" in _refusal(path)


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(click_npz, "MOST_UNPACKED", 1_000_000)
    path = _npz(tmp_path, {**_tagged(), "time_ps": np.zeros(200_000, dtype=np.int64)})
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(click_npz, "_array", pytest.fail)
    assert "unpacks to more than 1 MB" in _refusal(path)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, at + 12, 1 << 30)
    path.write_bytes(content)
    assert "lists more contents" in _refusal(path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), kind=st.sampled_from(["npz", "parquet"]))
def test_a_damaged_file_is_read_or_refused_and_ends_in_nothing_else(
    data: st.DataObject, kind: str, tmp_path: Path
) -> None:
    path = (
        _npz(tmp_path, _tagged())
        if kind == "npz"
        else _parquet(tmp_path, _rows(), pulses="6", pulse_rate_hz="1e8")
    )
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        log = read_click_log(path)
    except InputError as error:
        assert error.findings  # noqa: PT017 -- either end is right
    else:
        assert log.received.size >= 1
