"""A study is worked out once, row by row, and goes on wherever it was stopped."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from satqkd.config.preset import copy_preset
from satqkd.config.quantity import parse_quantity
from satqkd.errors import InputError, OutputError, SatqkdError
from satqkd.study import engine, rows_file, runner, units
from satqkd.study.engine import run_study
from satqkd.study.explain import explain
from satqkd.study.origin import mission_of, origin_of
from satqkd.study.point import points_at
from satqkd.study.read_study import load_study
from satqkd.study.results import Results
from satqkd.study.runner import InProcess
from satqkd.study.standing import changed_since, standing_of
from satqkd.study.store import Asked

from .conftest import STUDY


@pytest.fixture
def counted(monkeypatch) -> Counter[str]:
    """Count the jobs that are worked out."""
    found: Counter[str] = Counter()
    real = runner.worked

    def worked(shared, jobs):
        found.update(job.key for job in jobs)
        return real(shared, jobs)

    monkeypatch.setattr(runner, "worked", worked)
    return found


def asked_of(path: Path) -> Asked:
    return Asked.of(load_study(path))


def bytes_of(folder: Path) -> dict[str, bytes]:
    """All files that are the same for the same study."""
    files = [*folder.glob("*.csv"), folder / "study.json", *folder.glob("points/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_study_is_worked_out_once(small, counted):
    found = engine.study(small / "study.yaml", workers=0)
    assert found.status == ("done",) * 4
    assert set(counted.values()) == {1}
    assert (found.numbers["key_day_mean"] > 0).all()
    assert found.numbers["cost"].tolist() == [3.0, 6.0, 3.5, 7.0]
    first = bytes_of(small / "study-results")
    engine.study(small / "study.yaml", workers=0)
    assert set(counted.values()) == {1}
    assert bytes_of(small / "study-results") == first


def test_equal_points_are_worked_out_once(small, counted):
    study = load_study(small / "study.yaml")
    points = list(points_at(study.variables, [[0.0, 0.0], [0.9, 0.0], [0.0, 0.2]]))
    found = engine.study(study, to=small / "own", workers=0, points=points)
    assert counted.total() == 2
    assert len(found) == 3
    assert found.point[0] == found.point[2]
    assert found.numbers["key_day_mean"][0] == found.numbers["key_day_mean"][2]


def test_repetitions_have_skies_of_their_own(study_of):
    text = STUDY.replace("_mean", "_p50").replace("realisations: 20", "realisations: 3\nrepeat: 4")
    found = engine.study(study_of(text), workers=0)
    assert found.repeat.tolist() == [1, 2, 3, 4] * 4
    assert len(set(found.numbers["key_day_p50"][4:8].tolist())) > 1
    points, means = found.mean_of("key_day_p50")
    assert len(points) == 4
    assert means[0] == pytest.approx(found.numbers["key_day_p50"][:4].mean())


class StoppedError(BaseException):
    """As a signal's SystemExit, whenever it comes."""


@pytest.mark.parametrize("after", [1, 3])
def test_a_run_that_is_stopped_goes_on_with_what_is_left(small, counted, after):
    whole = engine.study(small / "study.yaml", to=small / "whole", workers=0)
    counted.clear()

    def stop(standing):
        if standing.done == after:
            raise StoppedError

    asked = asked_of(small / "study.yaml")
    with pytest.raises(StoppedError):
        run_study(asked, small / "part", InProcess, tell=stop)
    assert Results.read(small / "part").status.count("left") == 4 - after
    run_study(asked, small / "part", InProcess)
    assert set(counted.values()) == {1}
    assert bytes_of(small / "part") == bytes_of(small / "whole")
    assert len(whole) == 4


def test_a_full_disk_ends_the_run_and_loses_nothing(small, counted, monkeypatch):
    calls = []

    def full(handle):
        calls.append(handle)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    asked = asked_of(small / "study.yaml")
    with monkeypatch.context() as patch:
        patch.setattr(rows_file, "os", SimpleNamespace(fsync=full))
        with pytest.raises(OutputError, match="No space left on device\n  fix: make room"):
            run_study(asked, small / "part", InProcess)
    assert not list((small / "part").rglob("*.part"))
    assert Results.read(small / "part").status == ("done", "done", "left", "left")
    run_study(asked, small / "part", InProcess)
    assert [counted[job.key] for job in asked.jobs] == [1, 1, 2, 1]
    assert Results.read(small / "part").status == ("done",) * 4


def test_what_failed_is_told_and_tried_again_when_asked(small, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "satqkd.study.work.forecast_figures", lambda *_: (_ for _ in ()).throw(MemoryError("x"))
        )
        engine.study(small / "study.yaml", workers=0)
    standing = standing_of(small / "study-results")
    assert (standing.done, standing.failed, standing.left) == (0, 4, 0)
    ((reason, count),) = standing.reasons
    assert reason.startswith("a defect of satqkd: MemoryError: x (")
    assert count == 4
    assert engine.study(small / "study.yaml", workers=0).status == ("failed",) * 4
    run_study(asked_of(small / "study.yaml"), small / "study-results", InProcess, again=True)
    assert Results.read(small / "study-results").status == ("done",) * 4


def test_a_folder_of_another_study_is_refused_or_taken_over(study_of, small, counted):
    engine.study(small / "study.yaml", workers=0)
    wider = study_of(STUDY.replace("25 cm", "25 cm, 30 cm"))
    with pytest.raises(SatqkdError, match=r"holds another study: variables, points differ\n  fix"):
        engine.study(wider, workers=0)
    assert len(engine.study(wider, workers=0, extend=True)) == 6
    assert set(counted.values()) == {1}
    words = study_of(STUDY.replace("25 cm", "25 cm, 30 cm").replace("Apertures", "Telescopes"))
    assert engine.study(words, workers=0).name == "Telescopes"
    assert set(counted.values()) == {1}


def test_a_folder_of_another_version_is_refused(small):
    engine.study(small / "study.yaml", workers=0)
    path = small / "study-results" / "study.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**plain, "code": "0.0.9+0"}), encoding="utf-8")
    with pytest.raises(SatqkdError, match=r"was worked out by satqkd 0\.0\.9\+0, this is"):
        engine.study(small / "study.yaml", workers=0)


def test_a_folder_with_something_else_is_refused(small):
    with pytest.raises(SatqkdError, match="holds something else than a study"):
        engine.study(small / "study.yaml", to=small, workers=0)


def test_two_runs_in_one_folder_are_refused(small):
    asked = asked_of(small / "study.yaml")

    def second(_):
        with pytest.raises(SatqkdError, match="another run is at work in this folder"):
            run_study(asked, small / "one", InProcess)
        assert standing_of(small / "one").at_work

    run_study(asked, small / "one", InProcess, tell=second)
    assert not standing_of(small / "one").at_work


def test_a_damaged_row_is_told(small):
    engine.study(small / "study.yaml", workers=0)
    path = next(iter((small / "study-results" / "points").iterdir()))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="is not as it was written\n  fix: remove it"):
        engine.study(small / "study.yaml", workers=0)
    path.unlink()
    assert engine.study(small / "study.yaml", workers=0).status == ("done",) * 4


def test_what_is_half_written_is_cleared_away(small):
    points = small / "study-results" / "points"
    engine.study(small / "study.yaml", workers=0)
    (points / "x.parquet.part").write_bytes(b"half")
    engine.study(small / "study.yaml", workers=0)
    assert len(list(points.iterdir())) == 4


def test_the_study_of_a_folder_is_found_where_it_was(small, monkeypatch):
    engine.study(small / "study.yaml", to=small / "far" / "results", workers=0)
    assert origin_of(small / "far" / "results") == small / "study.yaml"
    monkeypatch.chdir(small)
    assert origin_of(Path("far/results")).resolve() == small / "study.yaml"
    (small / "study.yaml").unlink()
    with pytest.raises(SatqkdError, match="is not there any more"):
        origin_of(small / "far" / "results")


def test_changed_files_are_other_points(small, counted):
    engine.study(small / "study.yaml", workers=0)
    stations = small / "stations.yaml"
    stations.write_text(stations.read_text().replace("[60 %]", "[61 %]"), encoding="utf-8")
    with pytest.raises(SatqkdError, match=r"another study: stations\.yaml has changed\n"):
        engine.study(small / "study.yaml", workers=0)
    folder = small / "study-results"
    assert changed_since(folder, Results.read(folder).manifest) == "stations.yaml has changed"
    shutil.rmtree(small / "study-results")
    engine.study(small / "study.yaml", workers=0)
    assert counted.total() == 8


def test_a_changed_file_that_only_some_points_read_is_named(study_of, small):
    """Both payloads are in the provenance, not that of the mission as it stands alone."""
    for name in ("one", "two"):
        copy_preset("jinan-1", small / name)
        shutil.move(small / name / "jinan-1.yaml", small / f"{name}.yaml")
    values = "[one.yaml, two.yaml]"
    path = study_of(
        STUDY.replace("satellites[*].payload.transmitter.aperture", "satellites[*].payload")
        .replace("[200 mm, 25 cm]", values)
        .replace("kept * (1 + aperture / 100)", "kept")
    )
    engine.study(path, workers=0)
    folder = small / "study-results"
    told = Results.read(folder).manifest
    assert {"one.yaml", "two.yaml"} <= {one["file"] for one in told["inputs"]}
    assert changed_since(folder, told) == ""
    two = small / "two.yaml"
    two.write_text(two.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert changed_since(folder, told) == "two.yaml has changed"
    with pytest.raises(SatqkdError, match=r"another study: two\.yaml has changed\n"):
        engine.study(path, workers=0)


def test_a_study_made_in_code_says_so_and_its_mission_is_found(small):
    study = load_study(small / "study.yaml")
    engine.study(study, to=small / "made", workers=0)
    with pytest.raises(SatqkdError, match="was made without a file"):
        origin_of(small / "made")
    manifest = Results.read(small / "made").manifest
    assert mission_of(small / "made", manifest) is not None
    stations = small / "stations.yaml"
    stations.write_text(stations.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert mission_of(small / "made", manifest) is None


def test_it_is_said_what_a_study_takes(small, monkeypatch):
    asked = asked_of(small / "study.yaml")
    found = explain(asked, [], workers=2)
    assert (found.points, found.rows, found.left, found.units, found.divided) == (4, 4, 4, 4, 0)
    assert found.row_s > 0
    assert found.measured == 2
    assert found.seconds > found.row_s * 2
    assert found.memory_bytes > 10e6
    monkeypatch.setattr(units, "DAYS_AT_ONCE", 3.0)
    divided = explain(asked, [asked.jobs[0].key], workers=2)
    assert (divided.left, divided.units, divided.divided) == (3, 5, 2)  # two of two satellites
    everything = explain(asked, [job.key for job in asked.jobs], workers=2)
    assert everything.row_s is None
    assert everything.seconds == 0.0


def test_large_points_are_divided_and_come_to_the_same(small, monkeypatch):
    engine.study(small / "study.yaml", to=small / "whole", workers=0)
    monkeypatch.setattr(units, "DAYS_AT_ONCE", 3.0)
    engine.study(small / "study.yaml", to=small / "parts", workers=0)
    assert bytes_of(small / "whole") == bytes_of(small / "parts")


def test_the_unit_of_a_column_is_that_of_the_first_value(small):
    """Independent of the axis: by the reader of quantities."""
    axis = load_study(small / "study.yaml").variables[0]
    assert [level.number for level in axis.levels] == [
        parse_quantity(text, "m", "1 m") * 1e3 for text in ("200 mm", "25 cm")
    ]
