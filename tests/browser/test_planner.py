"""What planners do, on months of complaints with holes in the coverage."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from playwright.sync_api import expect

from heatmaps.simulation import load_region, simulate, write

from .conftest import HOSTILE, PINNED, PROJECT, SCREENSHOTS, poison_territories, run

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

DAYS = 120


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("planner")
    url, now = f"sqlite:///{folder}/heatmaps.db", datetime.now(UTC)
    until = now.replace(minute=0, second=0, microsecond=0) if SCREENSHOTS else PINNED
    write(simulate(load_region(PROJECT / "data" / "spb"), until, seed=1, days=DAYS), folder)
    poison_territories(folder / "territories.geojson")
    poison_sites(folder / "sites.csv")
    for command in (
        ("db", "upgrade"),
        ("territories", "load", "territories.geojson"),
        ("gazetteer", "load", "gazetteer.csv"),
        ("subscribers", "load", "subscribers.csv"),
        ("sites", "load", "sites.csv"),
        ("coverage", "load", "coverage.geojson"),
        ("ingest", "complaints.csv"),
        ("gaps", "--as-of", until.isoformat()),
    ):
        run(url, folder, *command)
    return serve(url)


def poison_sites(path: Path) -> None:
    """Name every site by an attack."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        if not SCREENSHOTS:
            row["name"] = HOSTILE[number % len(HOSTILE)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def open_planner(page: Page, address: str, more: str = "") -> None:
    page.goto(f"{address}/planner{more}")
    badges(page).first.wait_for()


def rows(page: Page):
    return page.get_by_role("listbox", name="Пробелы покрытия по порядку").get_by_role("option")


def badges(page: Page):
    return page.frame_locator("iframe").locator(".spot-badge span")


def selected_badge(page: Page):
    return page.frame_locator("iframe").locator(".spot-badge.selected span")


def heading(page: Page):
    return page.locator(".heading h2")


def test_list_and_map_are_in_step_and_a_gap_is_told_in_full(page, address, picture):
    open_planner(page, address)
    expect(rows(page).nth(2)).to_be_visible()
    expect(badges(page)).to_have_count(rows(page).count())
    rows(page).nth(1).click()
    expect(selected_badge(page)).to_have_text("2")
    expect(heading(page)).to_contain_text("№")
    second = heading(page).inner_text()
    expect(page.get_by_text("Ближайшие базовые станции")).to_be_visible()
    weeks = -(-DAYS // 7)  # the first in part
    expect(page.locator(".curve .bars > i")).to_have_count(weeks)
    picture("planner.png")

    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    frame.evaluate("map.setZoom(11, {animate: false});1")
    badges(page).filter(has_text="1").first.click()
    expect(rows(page).first).to_have_attribute("aria-selected", "true")
    expect(heading(page)).not_to_have_text(second)
    assert "gap=" in page.url


def test_filters_narrow_list_and_map_and_say_so_when_nothing_is_left(page, address):
    open_planner(page, address)
    before = rows(page).count()
    page.get_by_role("combobox", name="Технология").click()
    page.get_by_role("option", name="2G", exact=True).click()
    expect(page.get_by_text("не подходит ни один пробел")).to_be_visible()
    expect(badges(page)).to_have_count(0)
    page.get_by_role("combobox", name="Технология").click()
    page.get_by_role("option", name="4G", exact=True).click()
    expect(rows(page).first).to_be_visible()
    assert 0 < rows(page).count() <= before
    expect(rows(page).first).to_contain_text("4G")


def test_the_files_are_one_click_away(page, address, tmp_path):
    open_planner(page, address)
    expect(page.get_by_text("Все пробелы файлом")).to_be_visible()
    paths = {}
    for suffix in ("csv", "xlsx", "geojson", "gpkg", "parquet"):
        with page.expect_download() as got:
            page.get_by_role("button", name=suffix, exact=True).click()
        paths[suffix] = tmp_path / got.value.suggested_filename
        got.value.save_as(paths[suffix])
        assert paths[suffix].suffix == f".{suffix}"
    frame = gpd.read_file(paths["gpkg"], layer="coverage_gaps")
    assert len(frame) == rows(page).count()
    assert frame.crs.to_epsg() == 4326


def test_a_link_opens_a_gap_and_hostile_names_show_as_they_are(page, address):
    open_planner(page, address, "?gap=1")
    expect(heading(page)).to_contain_text("№")
    if not SCREENSHOTS:
        told = page.locator("[data-testid=stMain]").inner_text()
        assert any(attack in told for attack in HOSTILE)
