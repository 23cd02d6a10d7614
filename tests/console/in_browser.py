"""A desk that listens, and a browser that looks at it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name)) is not None
    ),
    None,
)
"""A browser that is there already; none is downloaded."""
WITHOUT = (
    "no Chromium here: the desk is not looked at in a browser (Debian: apt-get install chromium)"
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
"""It asks nothing of any network by itself."""
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
"""Deque's axe-core (MPL 2.0), which finds what keeps people out."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(kw_only=True)
class Running:
    """A desk of a folder."""

    address: str
    """With its key."""
    process: subprocess.Popen[str]

    @property
    def origin(self) -> str:
        """Return where it listens."""
        return self.address.split("/?", 1)[0]

    def kill(self) -> None:
        """End it without a word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Running]:
    """Run ``satqkd desk`` in a folder, as a user does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "satqkd", "desk", "--no-open", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address
        yield Running(address=address, process=process)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Run Chromium without a window."""
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield made
        finally:
            made.close()


@dataclass(kw_only=True)
class Watched:
    """A page, what it asked for, and what its console said."""

    page: Page
    asked: list[str]
    said: list[str]


@contextmanager
def watched(by: Browser, address: str | None = None, **how: object) -> Iterator[Watched]:
    """Open a tab of its own that nothing is kept of; with an address, at that one."""
    context = by.new_context(**how)
    page = context.new_page()
    found = Watched(page=page, asked=[], said=[])
    page.on("request", lambda one: found.asked.append(one.url))
    page.on("console", lambda one: found.said.append(one.text))
    page.on("pageerror", lambda one: found.said.append(str(one)))
    page.on("dialog", lambda one: (found.said.append(one.message), one.dismiss()))
    try:
        if address is not None:
            page.goto(address)
        yield found
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, each with where."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", RULES)
    return [
        f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]
    ]


def beyond(page: Page) -> int:
    """Return how many pixels of a page lie beyond its right edge."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")
