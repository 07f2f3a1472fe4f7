"""The address box and the map in a real browser, without a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

pytestmark = pytest.mark.browser

PIECES = Path(__file__).with_name("pieces")


@pytest.fixture(scope="module")
def address(serve) -> str:
    return serve("sqlite:///no-store-needed.db", PIECES / "app.py")


@pytest.fixture
def page(page: Page, address: str) -> Page:
    page.goto(address)
    badges(page).first.wait_for()
    return page


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
