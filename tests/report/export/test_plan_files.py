"""A plan becomes a folder of files and one JSON document of the same content."""

import json

import pytest

from satqkd.report.export.folder import write_folder
from satqkd.report.export.plan_files import plan_files, plan_json


def test_the_folder_holds_three_tables_four_pictures_and_the_manifest(plan, tmp_path):
    """And may be written as it is, twice."""
    files = plan_files(plan, warnings=["old elements"])
    write_folder(tmp_path / "plan", files)
    write_folder(tmp_path / "plan", files)

    tables, pictures = ("passes", "series", "keys"), ("timeline", "sky", "loss", "key")
    names = {f"{t}.csv" for t in tables} | {f"{p}.png" for p in pictures} | {"plan.json"}
    assert {entry.name for entry in (tmp_path / "plan").iterdir()} == names


def test_the_same_plan_gives_the_same_folder(make_plan):
    """Byte for byte."""
    assert plan_files(make_plan()) == plan_files(make_plan())


@pytest.mark.parametrize("chosen", [None, ()])
def test_the_document_holds_the_same_rows_as_the_tables(make_plan, chosen):
    """Also when there is no pass at all."""
    plan = make_plan() if chosen is None else make_plan(chosen)
    document, files = json.loads(plan_json(plan)), plan_files(plan)

    for table in ("passes", "series", "keys"):
        assert len(document[table]) == files[f"{table}.csv"].count("\n") - 1
    assert document["plan"]["satqkd"]
