"""Rows in one file: the file of each row counts, and is read where it says anything else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.yaml_nodes import read_text
from satqkd.errors import InputError
from satqkd.study import engine, store
from satqkd.study.fingerprint import _WORDS
from satqkd.study.rows_file import read_row, write_row
from satqkd.study.rows_together import TOGETHER, hash_of, read_together, together
from satqkd.study.work import Row

ROWS = (
    Row(name="a1", repeat=1, status="done", values=(1.5, 3.0), months=(("2023-03", 0.1),)),
    Row(name="a1", repeat=2, status="failed", reason="a defect: “x”\nof two lines"),
    Row(name="b2", repeat=1, status="done", values=(0.1 + 0.2,)),
)


@pytest.fixture
def read(monkeypatch) -> Counter[str]:
    """Count the rows that are read from their own files."""
    found: Counter[str] = Counter()

    def counted(path, data=None):
        found[path.name] += 1
        return read_row(path, data)

    monkeypatch.setattr(store, "read_row", counted)
    return found


def test_rows_come_back_as_they_were(tmp_path):
    known = {hash_of(write_row(tmp_path, row)): row for row in ROWS}
    assert {hash_of(path.read_bytes()) for path in tmp_path.iterdir()} == set(known)
    (tmp_path / TOGETHER).write_bytes(together(known))
    assert read_together(tmp_path / TOGETHER) == known
    assert [read_row(tmp_path / f"{row.key}.parquet") for row in ROWS] == list(ROWS)
    missing = replace(ROWS[0], values=(nan,))
    assert str(read_row(tmp_path / "a1-1.parquet", write_row(tmp_path, missing))) == str(missing)


def test_a_file_of_rows_that_is_damaged_tells_nothing_wrong(tmp_path):
    """Whichever byte: nothing, or what was written where the byte says nothing of rows."""
    known = {hash_of(b"%d" % n): row for n, row in enumerate(ROWS)}
    data = together(known)
    told = 0
    for place in range(0, len(data), 9):
        wrong = bytearray(data)
        wrong[place] ^= 0x55
        (tmp_path / TOGETHER).write_bytes(wrong)
        found = read_together(tmp_path / TOGETHER)
        assert found in ({}, known), place
        told += not found
    assert told > 40
    (tmp_path / TOGETHER).write_bytes(data[:100])
    assert read_together(tmp_path / TOGETHER) == {}
    assert read_together(tmp_path / "nothing") == {}


def test_what_is_done_is_read_once_more_only_where_its_file_is_another(small, read):
    first = engine.study(small / "study.yaml", workers=0)
    folder = small / "study-results"
    assert engine.study(small / "study.yaml", workers=0).status == first.status
    assert not read
    one, other = sorted((folder / "points").iterdir())[:2]
    changed = replace(read_row(one), values=(7.0, 8.0))
    write_row(folder / "points", changed)
    again = engine.study(small / "study.yaml", workers=0)
    assert read == {one.name: 1}
    assert again.numbers["cost"].max() == 8.0
    assert engine.study(small / "study.yaml", workers=0).numbers["cost"].max() == 8.0
    assert read == {one.name: 1}
    other.write_bytes(one.read_bytes())  # known, but another's
    with pytest.raises(InputError, match="is not as it was written\n  fix: remove it"):
        engine.study(small / "study.yaml", workers=0)


def test_without_that_file_rows_are_read_themselves(small, read):
    first = engine.study(small / "study.yaml", workers=0)
    before = (small / "study-results" / TOGETHER).read_bytes()
    (small / "study-results" / TOGETHER).unlink()
    again = engine.study(small / "study.yaml", workers=0)
    assert again.numbers["key_day_mean"].tolist() == first.numbers["key_day_mean"].tolist()
    assert set(read.values()) == {1}
    assert len(read) == 4
    assert (small / "study-results" / TOGETHER).read_bytes() == before


@given(st.text("aZé 09_./-:#", min_size=1, max_size=8).filter(_WORDS.fullmatch))
def test_words_are_what_yaml_reads_of_them(text):
    """So that values which are no more need no reading."""
    document = read_text(text, file="x")
    assert not document.findings
    assert document.value == text.strip()
