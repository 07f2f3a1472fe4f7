"""The whole app in a real browser: a store filled by our own commands, a server, a page.

Texts that attack stand in every field a stranger may fill.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import pytest
from playwright.sync_api import expect, sync_playwright
from typer.testing import CliRunner

from heatmaps.cli.main import app as commands
from heatmaps.desk.lifecycle import Change
from heatmaps.desk.words import Cause, Status
from heatmaps.region.grid import cell_of
from heatmaps.simulation import load_region, simulate, write
from heatmaps.store import desk
from heatmaps.store.engine import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from heatmaps.desk.card import SpotCard
    from heatmaps.store.engine import Store

PROJECT = Path(__file__).parents[2]
IMAGES = PROJECT / "docs" / "images"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_S = 60
PATIENCE_MS = 30_000  # of Playwright; a busy machine is slow, and only a failure waits so long
expect.set_options(PATIENCE_MS)
VIEWPORT = {"width": 1440, "height": 900}
PINNED, DAYS = datetime(2026, 3, 4, 15, tzinfo=UTC), 15
SCREENSHOTS = os.environ.get("HEATMAPS_SCREENSHOTS") == "1"
"""Pictures for the README are of clean texts and of a region that is alive now."""

HOSTILE = (
    "<img src=x onerror=\"hacked('img')\">",
    "</script><script>hacked('script')</script>",
    "${hacked('literal')}",
    "`;hacked('backtick');`",
    "';hacked('quote');//\"",
    "![x](http://hostile.invalid/x.png) [y](javascript:hacked('link'))",
    "{{ hacked('jinja') }} {% raw %} :material/home: $x^2$",
)
UNREAD = ("name", "owner", "transferred_to", "serving_cell", "brand")


@dataclass(frozen=True)
class Filled:
    """A filled store: its most urgent new spot and the address of a house in that spot alone."""

    url: str
    spot_id: int
    address: str
    attacks: tuple[str, ...] = HOSTILE


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A store after the whole journey, engineers included: simulate, load, take in, play."""
    folder = tmp_path_factory.mktemp("app")
    url, now = f"sqlite:///{folder}/heatmaps.db", datetime.now(UTC)
    until = now.replace(minute=0, second=0, microsecond=0) if SCREENSHOTS else PINNED
    days = 42 if SCREENSHOTS else DAYS
    write(simulate(load_region(PROJECT / "data" / "spb"), until, seed=1, days=days), folder)
    truth = read_table(folder / "truth.csv")
    poison_complaints(folder / "complaints.csv", truth, until - timedelta(days=4))
    poison_territories(folder / "territories.geojson")
    for command in (
        ("db", "upgrade"),
        ("territories", "load", "territories.geojson"),
        ("gazetteer", "load", "gazetteer.csv"),
        ("subscribers", "load", "subscribers.csv"),
        ("ingest", "complaints.csv"),
        ("simulate", str(folder), "--play", "--until", until.isoformat()),
    ):
        run(url, folder, *command)
    with contextlib.closing(open_store(url)) as store:
        cards = open_cards(store)
        first = next(card for card in cards if card.work.status is Status.NEW)
        others = [card for card in cards if card is not first]
        work_with_hostile_words(store, others, now)
    return Filled(url, first.spot_id, address_in(first, others, truth))


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def poison_complaints(path: Path, truth: list[dict[str, str]], since: datetime) -> None:
    """Fill every text of the latest complaints with attacks.

    They keep their place: true coordinates stand beside the hostile address.
    """
    rows, attacks = read_table(path), itertools.cycle(HOSTILE)
    places = {row["external_id"]: row for row in truth}
    for row in rows:
        row.update(dict.fromkeys(UNREAD, ""))
        if SCREENSHOTS or datetime.fromisoformat(row["created_at"]) < since:
            continue
        place = places[row["external_id"]]
        row |= {"lat": place["lat"], "lon": place["lon"], "accuracy_m": "20"}
        row |= {field: next(attacks) for field in (*UNREAD, "address", "city", "contact", "text")}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def poison_territories(path: Path) -> None:
    """Name every territory by an attack."""
    told = json.loads(path.read_text(encoding="utf-8"))
    for feature, attack in zip(told["features"], itertools.cycle(HOSTILE), strict=False):
        if not SCREENSHOTS:
            feature["properties"]["name"] = attack
    path.write_text(json.dumps(told), encoding="utf-8")


def run(url: str, folder: Path, *command: str) -> None:
    """Run a command of ours as users do."""
    words = [str(folder / word) if (folder / word).is_file() else word for word in command]
    done = CliRunner().invoke(commands, words, env={"HEATMAPS_DATABASE_URL": url})
    if done.exit_code:
        pytest.fail(f"heatmaps {' '.join(words)}: {done.output} {done.exception!r}")


def open_cards(store: Store) -> list[SpotCard]:
    with store.reading() as connection:
        return desk.open_cards(connection)


def work_with_hostile_words(store: Store, cards: list[SpotCard], now: datetime) -> None:
    """Let people with hostile names take the spots and say hostile things about them."""
    if SCREENSHOTS:
        return
    attacks = itertools.cycle(HOSTILE)
    with store.writing() as connection:
        for card, actor in zip(cards, attacks, strict=False):
            taken = Status.ACKNOWLEDGED if card.work.status is Status.NEW else None
            change = Change(taken, Cause.POWER, owner=actor, done=next(attacks))
            desk.change_work(connection, card.work, change, actor=actor, now=now)


def address_in(card: SpotCard, others: list[SpotCard], truth: list[dict[str, str]]) -> str:
    """Give the address of a house where somebody complained, in this spot and in no other."""
    resolution = h3.get_resolution(card.cells[0])
    elsewhere = {cell for other in others for cell in other.cells}
    for row in truth:
        cell = cell_of(float(row["lat"]), float(row["lon"]), resolution)
        if cell in card.cells and cell not in elsewhere:
            return f"{row['street']}, {row['house']}"
    pytest.fail(f"nobody complained in spot {card.spot_id} alone")


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Give a function that serves the app over a store, once, and says at which URL."""
    with contextlib.ExitStack() as servers:

        @cache
        def started(database_url: str, app: Path = PROJECT / "app.py") -> str:
            port = free_port()
            log = servers.enter_context((tmp_path_factory.mktemp("server") / "log").open("w"))
            settings = {
                "HEATMAPS_DATABASE_URL": database_url,
                "HEATMAPS_LOCALE": "ru",
                "PYTHONPATH": str(PROJECT),
                "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
                "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
                "STREAMLIT_SERVER_HEADLESS": "true",
                "STREAMLIT_SERVER_PORT": str(port),
            }
            server = subprocess.Popen(  # noqa: S603 - our own app by our own interpreter
                [sys.executable, "-m", "streamlit", "run", app.name],
                cwd=app.parent,
                env={**os.environ, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            servers.callback(server.wait, timeout=10)
            servers.callback(server.terminate)
            wait_for(port)
            return f"http://127.0.0.1:{port}"

        yield started


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail(f"nothing answers on port {port}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        message = f"{CHROMIUM} is missing; `make test` installs it as root on Debian and Ubuntu"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One for all tests of a module, so that Streamlit's own scripts load once."""
    made = chromium.new_context(viewport=VIEWPORT, locale="ru-RU")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of its own session; afterwards nothing was hacked, broken or asked of other hosts."""
    opened = context.new_page()
    opened.add_init_script("window.hacks = []; window.hacked = (how) => hacks.push(how)")
    requested: list[str] = []
    broken: list[str] = []
    opened.on("request", lambda request: requested.append(request.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    hacks = [frame.evaluate("window.hacks") for frame in opened.frames]
    opened.close()
    assert hacks == [[] for _ in hacks]
    ours = ("http://127.0.0.1:", "blob:", "data:", "about:")
    assert [url for url in requested if not url.startswith(ours)] == []
    assert broken == []


@pytest.fixture
def picture(page: Page) -> Callable[[str], None]:
    """Give a function that takes a picture for the README, where pictures are wanted."""

    def taken(name: str) -> None:
        if SCREENSHOTS:
            IMAGES.mkdir(parents=True, exist_ok=True)
            page.mouse.move(0, 0)
            page.wait_for_timeout(800)
            page.screenshot(path=IMAGES / name)

    return taken
