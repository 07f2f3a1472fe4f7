"""What managers do, on a region whose engineers have worked for weeks."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from playwright.sync_api import expect

from .conftest import DAYS, PINNED, SCREENSHOTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WHOLE_PAGE = {"width": 1440, "height": 1200}


THEN = f"?period=custom&days={PINNED - timedelta(days=DAYS):%F}_{PINNED:%F}"
"""The days of the store; for the picture it is alive now, so there the usual ones will do."""


@pytest.fixture(scope="module")
def address(serve, filled) -> str:
    return serve(filled.url)


def open_manager(page: Page, address: str) -> None:
    page.goto(f"{address}/manager{'' if SCREENSHOTS else THEN}")
    rows(page).first.wait_for()


def rows(page: Page):
    return page.get_by_role("grid").locator("tbody tr")


def sum_of(page: Page) -> list[int]:
    page.locator(".sum .line").wait_for()
    numbers = page.locator(".sum .line b").all_inner_texts()
    return [int(re.sub(r"\D", "", number)) for number in numbers]


def test_figures_add_up_and_each_opens_its_definition(page, address, picture):
    page.set_viewport_size(WHOLE_PAGE)
    open_manager(page, address)
    expect(page.locator("canvas, .vega-embed svg").nth(1)).to_be_visible()
    opened, *fates = sum_of(page)
    assert opened == sum(fates) > 0
    rows(page).nth(min(8, rows(page).count() - 1)).click()
    expect(page.locator(".st-key-story .history li").last).to_contain_text("пятно открыто")
    picture("manager.png")
    page.get_by_role("button", name="Решено за сутки из открытых").click()
    expect(page.locator(".definition").first).to_contain_text("в течение 24 часов")


def test_a_choice_stands_in_the_url_and_lasts(page, address):
    open_manager(page, address)
    page.get_by_role("radio", name="Квартал").click()
    expect(page).to_have_url(re.compile("period=quarter"))
    page.get_by_role("combobox", name="Все темы").click()
    page.get_by_role("option", name="нет связи").click()
    expect(page).to_have_url(re.compile("only-topic=no_service"))
    page.get_by_role("link", name="Проверка адреса").click()
    expect(page.get_by_label("Адрес клиента")).to_be_visible()
    page.get_by_role("link", name="Сроки и итоги").click()
    expect(page).to_have_url(re.compile("period=quarter&only-topic=no_service"))
    expect(page.get_by_role("radio", name="Квартал")).to_be_checked()
    opened, *fates = sum_of(page)
    assert opened == sum(fates)


def test_timelines_are_sorted_by_a_click_on_a_head(page, address):
    open_manager(page, address)
    people = rows(page).locator("td:nth-child(7)")
    heads = page.get_by_role("columnheader", name="Жалобы")
    heads.first.click()
    falling = [int(number) for number in people.all_inner_texts()]
    assert falling == sorted(falling, reverse=True)
    heads.first.press("Enter")
    assert [int(number) for number in people.all_inner_texts()] == falling[::-1]


def test_the_workbook_holds_the_figures_and_their_spots(page, address):
    open_manager(page, address)
    opened, *_ = sum_of(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    assert book["kpi"].max_row > opened > 0
    assert {"timelines", "backlog", "flow", "legs", "curve"} <= set(book.sheetnames)
