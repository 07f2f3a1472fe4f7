"""The address box and the map in a real browser, without a store."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Frame, Page

pytestmark = pytest.mark.browser

PIECES = Path(__file__).with_name("pieces")
PROJECT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_S = 30


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    options = ["--server.headless=true", "--browser.gatherUsageStats=false"]
    command = [sys.executable, "-m", "streamlit", "run", str(PIECES / "app.py"), *options]
    server = subprocess.Popen(  # noqa: S603 — our own app by our own interpreter
        [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=PIECES,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    try:
        _wait_for(port)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    pytest.fail(f"nothing answers on port {port}")


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """One browser for all tests, so that Streamlit's own scripts load once."""
    if not CHROMIUM.exists():
        message = f"{CHROMIUM} is missing; `make test` installs it as root on Debian and Ubuntu"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_context(viewport={"width": 1400, "height": 1000})
        browser.close()


@pytest.fixture
def page(address: str, context: BrowserContext) -> Iterator[Page]:
    """A page of its own session; afterwards nothing was hacked, broken or asked of other hosts."""
    opened = context.new_page()
    opened.add_init_script("window.hacks = []; window.hacked = (how) => hacks.push(how)")
    requested: list[str] = []
    broken: list[str] = []
    opened.on("request", lambda request: requested.append(request.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.goto(address)
    badges(opened).first.wait_for(timeout=START_S * 1000)
    yield opened
    hacks = [frame.evaluate("window.hacks") for frame in opened.frames]
    opened.close()
    assert hacks == [[] for _ in hacks]
    assert [url for url in requested if not url.startswith((address, "blob:", "data:"))] == []
    assert broken == []


def badges(page: Page):
    return page.frame_locator("iframe").locator(".spot-badge span")


def map_frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def box(page: Page):
    return page.get_by_label("Адрес клиента")


def test_suggestions_come_while_typing_without_a_rerun(page):
    box(page).press_sequentially("Больш")
    expect(page.get_by_role("option")).to_have_count(3)
    expect(page.get_by_role("option").first).to_have_text("Большой проспект, 18дом")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("runs=1 ")).to_be_visible()


def test_arrows_and_enter_choose_and_the_map_goes_there(page):
    box(page).press_sequentially("больш")
    expect(page.get_by_role("option")).to_have_count(3)
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        box(page).press(key)
    expect(page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    box(page).press("Enter")
    expect(page.get_by_text("entered=Большой проспект, 20")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(0)
    map_frame(page).wait_for_function("map.getZoom() === 14")


def test_the_mouse_chooses_and_hostile_suggestions_are_text(page):
    box(page).press_sequentially("большая")
    page.get_by_role("option").click()
    expect(page.get_by_text("entered=Большая <img src=x onerror=hacked(1)>")).to_be_visible()


def test_enter_without_a_choice_takes_the_text_and_escape_empties(page):
    box(page).press_sequentially("Невский 1, r c")
    box(page).press("Enter")
    expect(page.get_by_text("runs=2 entered=Невский 1, r c")).to_be_visible()
    box(page).press("Escape")
    expect(box(page)).to_have_value("")
    box(page).press("Enter")
    expect(page.get_by_text("runs=2 ")).to_be_visible()


def test_a_click_on_a_badge_and_in_an_outline_both_find_the_spot(page):
    badges(page).filter(has_text="320").click()
    expect(page.get_by_text("selected=5 ")).to_be_visible()
    map_frame(page).evaluate("map.setView([59.94, 30.3], 15, {animate: false})")
    inside = map_frame(page).evaluate("map.latLngToContainerPoint([59.9405, 30.3045])")
    page.locator("iframe").click(position={"x": inside["x"], "y": inside["y"]})
    expect(page.get_by_text("selected=2 ")).to_be_visible()
    expect(page.get_by_text("runs=1 ")).to_be_visible()
    expect(page.frame_locator("iframe").locator(".spot-badge.selected")).to_have_count(1)


def test_a_filter_changes_the_spots_and_keeps_map_and_zoom(page):
    frame = map_frame(page)
    frame.evaluate("map.setView([59.95, 30.4], 13, {animate: false}); window.sameMap = true")
    page.get_by_text("urgent").click()
    expect(page.get_by_text("shown=4")).to_be_visible()
    expect(badges(page)).to_have_count(4)
    assert frame.evaluate("[map.getZoom(), window.sameMap]") == [13, True]
    expect(page.get_by_text("runs=1 ")).to_be_visible()


def test_hostile_labels_show_as_they_are(page):
    for badge in badges(page).all():
        badge.hover()
    badges(page).filter(has_text="10").first.hover()
    label = page.frame_locator("iframe").locator(".spot-label").first
    expect(label).to_contain_text("<img src=x onerror=")
