"""Take the pictures of the desk: ``python docs/pictures/desk.py``, by hand, when pages change.

Needs what 'make' sets up, and Chromium. The mission is the shipped week in a folder of its own,
with key blocks closed each night, and with example values of what pairs hold and use; the ledger
says that three nights were flown as planned.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from satqkd.network.ledger import (
    ContactFlown,
    Event,
    KeyDelivered,
    KeyMade,
    KeyRelayed,
    KeyShared,
    KeySpent,
    Ledger,
    Pair,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NOW = "2016-12-22T12:40Z"
BEGUN = datetime(2016, 12, 18, 12, tzinfo=UTC)
USE_BITS_DAY = 150_000
OPENING_BITS = {"Jinan": 630_000, "Lijiang": 500_000}
"""Key of each pair with this station when the week begins; of others 360 kbit."""
EPSILON = 1e-9
"""Of a block; an example. [probability]"""
WIDTH = 1280
COLOURS = 256
LARGEST = 250_000
"""Of a picture. [B]"""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def satqkd(folder: Path, *words: str) -> None:
    """Run a command in a folder."""
    subprocess.run([sys.executable, "-m", "satqkd", *words], cwd=folder, check=True, timeout=600)


def mission(folder: Path) -> None:
    """Copy the shipped week, with a ledger, blocks of a night, and use of each pair."""
    text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
    text = text.replace("weight: 1}", "weight: 1, use: 150 kbit/d}")
    text += "\nledger: ops.sqlite\nblocks: night\n"
    (folder / "mission.yaml").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "stations.yaml", folder)
    shutil.copytree(ROOT / "data", folder / "data")


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    """Read a table of the plan."""
    with (folder / "plan" / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def book(folder: Path, at: datetime, events: list[Event]) -> None:
    """Book events at an instant."""
    with Ledger.open(folder / "ops.sqlite", author="an example", now=at) as ledger:
        ledger.append_all(events)


def flown(folder: Path, begin: datetime, end: datetime) -> Iterator[Event]:
    """Yield what a night books that goes as planned."""
    for row in rows(folder, "passes.csv"):
        if row["status"] == "scheduled" and begin <= of(row["set_utc"]) < end:
            yield ContactFlown(contact_key=row["contact_key"])
    for row in rows(folder, "blocks.csv"):
        if row["closes_utc"] and begin <= of(row["closes_utc"]) < end:
            yield KeyMade(
                block=f"{row['station_a']}-{row['closes_utc'][:10]}",
                maker=row["satellite"], station=row["station_a"], bits=int(row["block_bits"]),
                epsilon=EPSILON, made_at=of(row["closes_utc"]),
                contacts=tuple(row["contacts"].split(";")),
            )  # fmt: skip
    for row in rows(folder, "deliveries.csv"):
        if begin <= of(row["delivered_utc"]) < end:
            pair, bits = pair_of(row), int(row["given_bits"])
            yield KeyRelayed(satellite=row["satellite"], pair=pair, bits=bits)
            yield KeyDelivered(pair=pair, bits=bits)


def of(text: str) -> datetime:
    """Read an instant of a table."""
    return datetime.fromisoformat(text)


def pair_of(row: dict[str, str]) -> Pair:
    """Return the pair of a row."""
    return Pair(station_a=row["station_a"], station_b=row["station_b"])


def kept(folder: Path) -> None:
    """Book what pairs held, three nights, and what was used each half day."""
    pairs = [pair_of(row) for row in rows(folder, "keys.csv") if row["kind"] != "pool"]
    opening: list[Event] = []
    for pair in pairs:
        names = {pair.station_a, pair.station_b}
        bits = next((n for name, n in OPENING_BITS.items() if name in names), 360_000)
        opening.append(
            KeyMade(
                block=f"before-{pair.station_a}-{pair.station_b}", maker="Micius",
                station=pair.station_a, partner=pair.station_b, bits=bits, epsilon=EPSILON,
                made_at=BEGUN,
            )
        )  # fmt: skip
        opening.append(KeyShared(pair=pair, bits=bits))
    book(folder, BEGUN + timedelta(minutes=1), opening)
    spent: list[Event] = [KeySpent(pair=one, bits=USE_BITS_DAY // 2) for one in pairs]
    day = datetime(2016, 12, 19, tzinfo=UTC)
    for night in range(3):
        begin, end = day + timedelta(days=night), day + timedelta(days=night + 1)
        book(folder, begin + timedelta(hours=12), spent)
        book(folder, end, [*flown(folder, begin, end), *spent])


@contextmanager
def desk(folder: Path) -> Iterator[str]:
    """Run the desk, and return the address that it prints."""
    words = [sys.executable, "-m", "satqkd", "desk", "--no-open", "--now", NOW]
    own = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert own.stdout is not None
        yield own.stdout.readline().strip()
    finally:
        own.terminate()
        own.wait()


def taken(page: Page, name: str, height: int) -> None:
    """Take the head of a page, with so few colours that it stays small."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.evaluate("scrollTo(0, 0)")
    own = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = own.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    place = HERE / f"desk-{name}.png"
    few.save(place, optimize=True)
    size = place.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{place.name}: {size} B, more than {LARGEST}: show less of the page")
    print(f"{place.name}: {size} B")


def drafted(page: Page, origin: str) -> None:
    """Take a station out until Christmas Eve, plan again, and wait for the answer."""
    page.goto(f"{origin}/draft?station=Lijiang")
    form = page.locator("form[action='/draft/outage']")
    form.locator("[name=station]").select_option("Lijiang")
    form.locator("[name=from]").fill("2016-12-22T12:40Z")
    form.locator("[name=to]").fill("2016-12-24T00:00Z")
    form.locator("[name=why]").fill("dome sticks")
    form.locator("button").click()
    page.goto(f"{origin}/draft")
    page.locator("form[action='/replan'] button").first.click()
    page.wait_for_url("**/draft*", timeout=300_000)


def pictures(page: Page, address: str) -> None:
    """Take all of them."""
    origin = address.split("/?", 1)[0]
    page.goto(address)
    taken(page, "tonight", 1500)
    first = page.locator("[data-href]").first.get_attribute("data-href")
    for name, path, height in (
        ("week", "/week", 1250), ("losses", "/losses", 1300), ("pairs", "/pairs", 1150),
        ("pass", str(first), 1500),
    ):  # fmt: skip
        page.goto(f"{origin}{path}")
        if name == "pairs":
            page.locator("form[action='/ahead'] button").click()
            page.wait_for_url("**/pairs*", timeout=120_000)
        taken(page, name, height)
    drafted(page, origin)
    taken(page, "compare", 1300)


def main() -> None:
    """Make the mission, run the desk, take the pictures."""
    found = next((one for name in CHROMIUM if (one := shutil.which(name)) is not None), None)
    if found is None:
        raise SystemExit("no Chromium here (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        mission(folder)
        satqkd(folder, "plan", "--now", f"{BEGUN:%Y-%m-%dT%H:%MZ}", "--pictures", "none",
               "--what-if")  # fmt: skip
        kept(folder)
        with desk(folder) as address, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=found, args=list(QUIET))
            page = browser.new_page(color_scheme="light", viewport={"width": WIDTH, "height": 900})
            pictures(page, address)
            browser.close()


if __name__ == "__main__":
    main()
