"""A reviewer's first minute, by keyboard, on addresses that attack."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from heatmaps.simulation import load_region, simulate, write

from .conftest import HOSTILE, PINNED, PROJECT, SCREENSHOTS, run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ME = "Анна Орлова" if SCREENSHOTS else f"Анна {HOSTILE[0]}"
DAYS = 14 if SCREENSHOTS else 7


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("reviewer")
    url = f"sqlite:///{folder}/heatmaps.db"
    until = datetime.now(UTC) if SCREENSHOTS else PINNED
    until = until.replace(minute=0, second=0, microsecond=0)
    write(simulate(load_region(PROJECT / "data" / "spb"), until, seed=1, days=DAYS), folder)
    doubt_addresses(folder / "complaints.csv", folder / "gazetteer.csv", until)
    for command in (
        ("db", "upgrade"),
        ("territories", "load", "territories.geojson"),
        ("gazetteer", "load", "gazetteer.csv"),
        ("ingest", "complaints.csv"),
    ):
        run(url, folder, *command)
    return serve(url)


def doubt_addresses(path: Path, gazetteer: Path, until: datetime) -> None:
    """Add an unknown house of a known street, often complained of, and hostile addresses."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with gazetteer.open(encoding="utf-8", newline="") as file:
        house = next(row for row in csv.DictReader(file) if row["house"].isdigit())
    unknown = f"{house['city']}, {house['street']}, {int(house['house']) + 1}Ю"
    hostile = [] if SCREENSHOTS else [f"улица {attack}, 5" for attack in HOSTILE]
    blank = dict.fromkeys(rows[0], "")
    at = (until - timedelta(hours=2)).isoformat()
    rows += [
        {**blank, "external_id": f"doubt-{number}", "created_at": at, "address": text,
         "topic": "no_service"}
        for number, text in enumerate([unknown] * 30 + hostile)
    ]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, blank)
        writer.writeheader()
        writer.writerows(rows)


def waiting(page: Page):
    return page.get_by_role("listbox", name="Сомнительные адреса").get_by_role("option")


def places(page: Page):
    return page.get_by_role("listbox", name="Где это?").get_by_role("option")


def heading(page: Page):
    return page.locator(".review h2")


def test_addresses_are_decided_by_keyboard_on_the_map_and_undone(page, address, picture):
    page.goto(f"{address}/reviewer")
    expect(heading(page)).to_be_visible()
    page.get_by_role("textbox", name="Кто вы").fill(ME)
    page.get_by_role("textbox", name="Кто вы").press("Enter")
    expect(waiting(page).first).to_be_visible()
    first, count = heading(page).inner_text(), waiting(page).count()
    assert first.endswith(("ю", "Ю"))
    heading(page).click()
    page.keyboard.press("2")
    expect(places(page).nth(1)).to_have_attribute("aria-selected", "true")
    badge = page.frame_locator("iframe").locator(".spot-badge.selected span")
    expect(badge).to_have_text("2")
    picture("reviewer.png")
    expect(page.get_by_role("button", name="Поставить: 2")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(heading(page)).not_to_have_text(first)
    expect(waiting(page)).to_have_count(count - 1)

    second = heading(page).inner_text()
    page.locator("iframe").click(position={"x": 40, "y": 300})
    expect(page.get_by_text("Точка на карте")).to_be_visible()
    page.keyboard.press("PageDown")
    expect(heading(page)).not_to_have_text(second)
    third = heading(page).inner_text()
    page.keyboard.press("Delete")
    expect(heading(page)).not_to_have_text(third)
    expect(page.locator(".decision").first).to_contain_text("не адрес")
    page.get_by_role("button", name="Отменить").nth(1).click()
    expect(heading(page)).to_have_text(first)
    expect(waiting(page)).to_have_count(count - 1)


def test_nobody_decides_without_a_name_and_another_address_can_be_found(page, address):
    page.goto(f"{address}/reviewer")
    expect(heading(page)).to_be_visible()
    box = page.get_by_role("combobox", name="Другой адрес")
    box.press_sequentially("Средний", delay=20)
    page.locator("#suggestions").get_by_role("option").first.wait_for()
    before = places(page).count()
    box.press("ArrowDown")
    box.press("Enter")
    expect(places(page)).to_have_count(before + 1)
    first = heading(page).inner_text()
    page.get_by_role("button", name="Поставить").click()
    expect(page.get_by_text("сначала укажите слева, кто вы")).to_be_visible()
    expect(heading(page)).to_have_text(first)
