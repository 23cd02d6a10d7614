"""Pages of the desk and the report: CPU time, bytes, first paint and memory, of the shipped week.

    python benchmarks/desk.py

Wanted, of a week with six stations: listening within 1 s, a page within 150 ms of the server and
painted within 1 s, with 120 kB at most; an act on the draft within 100 ms; the report within 1 s,
with 250 kB and 8 kB a sheet; 300 MB at most. Times of the server are medians of CPU time; listening
and paint are times on the wall, the first a median, the second the least of five.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from side_by_side import versions
from starlette.testclient import TestClient

from satqkd.console import posts
from satqkd.console.acting import acting_routes
from satqkd.console.app import desk_app
from satqkd.console.desk import Desk
from satqkd.console.memory import Reader
from satqkd.report.html.report import report_page
from satqkd.report.plan_folder import read_plan

ROOT = Path(__file__).parents[1]
NOW = datetime(2016, 12, 22, 12, 40, tzinfo=UTC)
PORT = 8790
TABS = ("/", "/week", "/losses", "/pairs", "/log", "/plans", "/export", "/draft")
LOG = "micius-lijiang-1964"
"""A scheduled contact of the night; and one that is not flown."""
LEFT = "micius-delingha-1934"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def made(folder: Path) -> None:
    """Plan the shipped week, with a ledger."""
    text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
    (folder / "mission.yaml").write_text(f"{text}\nledger: ops.sqlite\n", encoding="utf-8")
    shutil.copy(ROOT / "stations.yaml", folder)
    shutil.copytree(ROOT / "data", folder / "data")
    words = ["plan", "--pictures", "none", "--now", "2016-12-18T12:00Z", "--what-if"]
    run = [sys.executable, "-m", "satqkd", *words]
    subprocess.run(run, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=600)  # noqa: S603


def pages(folder: Path) -> None:
    """Say how long each page takes in process, and how large it is."""
    reader = Reader(path=folder / "ops.sqlite")
    desk = Desk(
        plan=folder / "plan", mission=folder / "mission.yaml", stations=folder / "stations.yaml",
        mission_name=None, ledger=reader.path, clock=lambda: NOW, clock_stands=True, reader=reader,
    )  # fmt: skip
    app = desk_app(desk, port=PORT, more=acting_routes(desk))
    browser = TestClient(app, base_url=f"http://127.0.0.1:{PORT}")
    browser.get(f"/?key={desk.secrets.key}")
    for path in (*TABS, f"/pass/{LOG}", f"/pass/{LEFT}", "/static/desk.css", "/static/desk.js"):
        size = len(browser.get(path).content)
        taken = [cpu_s(lambda path=path: browser.get(path)) for _ in range(7)]
        print(f"{path:28} {1e3 * statistics.median(taken):6.0f} ms {size / 1e3:7.1f} kB")
    page = browser.get(f"/pass/{LOG}").text
    form = re.search(r'action="/draft/pin".*?name="form" value="(\w+)"', page, re.DOTALL)
    taken = []
    for version in range(0, 10, 2):
        said = {"form": form[1] if form else "", "version": str(version), "contact_key": LOG}
        taken.append(cpu_s(lambda said=said: sent(browser, "/draft/pin", said)))
        sent(browser, "/draft/undo", {**said, "version": str(version + 1)})
    print(f"{'pin, a change of the draft':28} {1e3 * statistics.median(taken):6.0f} ms")


def sent(browser: TestClient, path: str, said: dict[str, str]) -> None:
    """Send a form, which must be taken."""
    origin = {"origin": f"http://127.0.0.1:{PORT}"}
    answer = browser.post(path, data=said, headers=origin, follow_redirects=False)
    if answer.status_code != 303:
        raise SystemExit(f"{path}: {answer.status_code}\n{answer.text}")


def cpu_s(work: object) -> float:
    """CPU time of a call. [s]"""
    begin = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - begin


def report(folder: Path) -> None:
    """Say how long the report takes, and how large it is."""
    plan = read_plan(folder / "plan")
    size = len(report_page(plan).encode())
    sheets = sum(row["status"] == "scheduled" for row in plan.passes)
    taken = [cpu_s(lambda: report_page(read_plan(folder / "plan"))) for _ in range(5)]
    print(f"{'report':28} {1e3 * statistics.median(taken):6.0f} ms {size / 1e3:7.1f} kB, "
          f"{sheets} sheets: at most {250 + 8 * sheets} kB")  # fmt: skip


def running(folder: Path) -> None:
    """Say how soon a desk listens, how soon a page is painted, and what memory it takes."""
    words = ["desk", "--no-open", "--port", str(PORT), "--now", NOW.isoformat()]
    begun, spent = [], []
    for place in range(5):
        begin = time.monotonic()
        own = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "satqkd", *words], cwd=folder, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            address = own.stdout.readline().strip() if own.stdout is not None else ""
            begun.append(time.monotonic() - begin)
            spent.append(spent_s(own.pid))
            if place == 4:
                painted(address)
                for line in Path(f"/proc/{own.pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM"):
                        print(f"{'memory at most':28} {int(line.split()[1]) / 1e3:6.0f} MB")
        finally:
            own.terminate()
            own.wait()
    print(f"{'to listening':28} {1e3 * statistics.median(begun):6.0f} ms, of it "
          f"{1e3 * statistics.median(spent):.0f} ms of CPU time")  # fmt: skip


def spent_s(pid: int) -> float:
    """CPU time that a process has taken so far. [s]"""
    own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(own[11]) + int(own[12])) / os.sysconf("SC_CLK_TCK")


def painted(address: str) -> None:
    """Look at the pages with Chromium, where there is one; else only ask for them."""
    origin = address.split("/?", maxsplit=1)[0]
    found = next((one for name in CHROMIUM if (one := shutil.which(name))), None)
    if found is None:
        print("no Chromium: first paint not measured")
        jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        for path in ("/", *TABS):
            jar.open(address if path == "/" else origin + path).read()
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        for path in (*TABS, f"/pass/{LOG}"):
            paint = []
            for _ in range(5):
                page.goto(origin + path)
                page.wait_for_load_state("networkidle")
                paint.append(page.evaluate("performance.getEntriesByType('paint')[0].startTime"))
            print(f"{'painted: ' + path:28} {min(paint):6.0f} ms")
        browser.close()


if __name__ == "__main__":
    print(versions("starlette", "uvicorn", "jinja2"), f"{os.cpu_count()} cores", posts.__name__)
    with tempfile.TemporaryDirectory() as place:
        made(Path(place))
        pages(Path(place))
        report(Path(place))
        running(Path(place))
