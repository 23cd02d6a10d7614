"""A desk of one small plan, asked in process."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from satqkd.cli.app import app as command_line
from satqkd.console.app import desk_app
from satqkd.console.desk import Desk
from satqkd.console.memory import Reader

sys.path.insert(0, str(Path(__file__).parent))

from acts_mission import bare, begun

ROOT = Path(__file__).parents[2]
PORT = 8790
HOST = f"http://127.0.0.1:{PORT}"
NOW = datetime(2016, 12, 19, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def mission_folder(tmp_path_factory):
    """The shipped mission with a plan of its first day, made once; to be read only."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "data", folder / "data")
    words = ["plan", "--out", str(folder / "plan"), "--pictures", "none", "--days", "1"]
    named = ["--mission", str(folder / "mission.yaml"), "--stations", str(folder / "stations.yaml")]
    assert CliRunner().invoke(command_line, [*words, *named], catch_exceptions=False).exit_code == 0
    return folder


@pytest.fixture
def desk_of():
    """Return how a desk of a mission's folder is made."""

    def made(folder, *, now=NOW, plan="plan", mission_name=None, read_only=""):
        ledger = folder / "ledger.sqlite"
        return Desk(
            plan=folder / plan,
            mission=folder / "mission.yaml",
            stations=folder / "stations.yaml",
            mission_name=mission_name,
            ledger=ledger,
            clock=lambda: now,
            read_only=read_only,
            reader=Reader(path=ledger),
        )

    return made


@pytest.fixture
def browser_of():
    """Return how a browser that has shown the key is made."""

    def made(desk, *, more=()):
        client = TestClient(desk_app(desk, port=PORT, more=more), base_url=HOST)
        assert client.get(f"/?key={desk.secrets.key}").status_code in {200, 409}
        return client

    return made


@pytest.fixture
def browser(mission_folder, desk_of, browser_of):
    """A browser at the desk of the small plan, on the first day at noon."""
    return browser_of(desk_of(mission_folder))


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """A mission of two nights with a plan in force, made once; to be copied, not to be changed."""
    folder = bare(tmp_path_factory.mktemp("first") / "mission", ledger=True)
    begun(folder)
    return folder
