"""What agents and engineers do, on a store filled through the whole journey."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from heatmaps.desk.lifecycle import Change
from heatmaps.desk.words import Status
from heatmaps.store import desk
from heatmaps.store.engine import open_store, upgrade_store
from heatmaps.store.policies import seed_policy

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

pytestmark = pytest.mark.browser

NOTES_STATES = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  window.states = [];
  const note = () => states.push(app.dataset.testScriptState);
  new MutationObserver(note).observe(app, {attributeFilter: ["data-test-script-state"]});
}"""
ME = "Пётр Ильин"
WORDS = "Заменили блок питания <img src=x onerror=\"hacked('done')\">"


@pytest.fixture(scope="module")
def address(serve, filled) -> str:
    return serve(filled.url)


def open_agent(page: Page, address: str) -> None:
    page.goto(address)
    badges(page).first.wait_for()


def box(page: Page):
    return page.get_by_label("Адрес клиента")


def suggestions(page: Page):
    return page.locator("#suggestions").get_by_role("option")


def badges(page: Page):
    return page.frame_locator("iframe").locator(".spot-badge span")


def verdict(page: Page):
    return page.locator(".verdict h2")


def selected_row(page: Page):
    return page.get_by_role("listbox", name="Пятна по приоритету").locator("[aria-selected=true]")


def map_frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def test_a_caller_is_answered_and_told_of_the_end_when_an_engineer_resolves(
    page, address, filled, picture
):
    open_agent(page, address)
    expect(page.get_by_text("Жалобы на этих страницах смоделированы")).to_be_visible()
    typed = filled.address
    box(page).press_sequentially(typed, delay=5)
    suggestions(page).filter(has_text=typed).first.click()
    expect(verdict(page)).to_be_visible()
    assert verdict(page).inner_text() in {"Ведутся работы", "Срок прошёл, работы идут"}
    expect(page.get_by_text(f"№\N{NO-BREAK SPACE}{filled.spot_id},")).to_be_visible()
    expect(page.locator("blockquote")).to_contain_text("работ")
    expect(selected_row(page)).to_contain_text(f"№\N{NO-BREAK SPACE}{filled.spot_id}")
    picture("agent.png")

    page.get_by_role("link", name="Пятна в работе").click()
    number = f"№\N{NO-BREAK SPACE}{filled.spot_id}"
    expect(page.get_by_label("Кто вы")).to_be_visible()  # the other page's rows look alike
    rows = page.get_by_role("listbox", name="Пятна по приоритету").get_by_role("option")
    rows.filter(has_text=number).first.click()
    expect(page.locator(".heading h2")).to_contain_text(f"{number} ")
    page.get_by_role("button", name="Принять").click()
    expect(page.locator(".notice.bad")).to_contain_text("укажите слева, кто вы")
    page.get_by_label("Кто вы").fill(ME)
    page.get_by_role("button", name="Принять").click()
    expect(page.get_by_test_id("stToast").first).to_contain_text("Записано")
    expect(page.locator(".notice")).to_have_count(0)
    page.get_by_role("combobox", name="Причина").click()
    page.get_by_role("option", name="электропитание").click()
    expect(page.get_by_role("button", name="Сохранить")).to_be_enabled()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator(".heading")).to_contain_text("причина: электропитание")
    picture("engineer.png")
    page.get_by_label("Что сделано или почему отклонено").fill(WORDS)
    page.get_by_role("button", name="Решено").click()
    expect(page.locator(".heading .mark")).to_have_text("решено")
    expect(page.locator(".history li").first).to_contain_text(WORDS)

    page.get_by_role("link", name="Проверка адреса").click()
    badges(page).first.wait_for()
    box(page).fill(typed)
    box(page).press("Enter")
    expect(verdict(page)).to_have_text("Работы завершены")
    expect(page.locator(".facts")).to_contain_text(WORDS)


def test_map_and_list_are_in_step_and_a_filter_keeps_the_view(page, address):
    open_agent(page, address)
    rows = page.get_by_role("listbox", name="Пятна по приоритету").get_by_role("option")
    expect(rows.nth(1)).to_be_visible()
    number = rows.nth(1).locator(".badge").inner_text()
    map_frame(page).evaluate("window.sameMap = true; map.setZoom(9, {animate: false});1")
    badges(page).filter(has_text=number).first.click()
    expect(selected_row(page).locator(".badge")).to_have_text(number)
    assert map_frame(page).evaluate("map.getZoom()") == 9

    rows.first.click()
    map_frame(page).wait_for_function("map.getZoom() > 9")
    first = rows.first.locator(".badge").inner_text()
    chosen = page.frame_locator("iframe").locator(".spot-badge.selected span")
    expect(chosen).to_have_text(first)
    rows.first.press("ArrowDown")
    expect(chosen).to_have_text(number)

    view = map_frame(page).evaluate("[map.getZoom(), map.getCenter().lat, window.sameMap]")
    titles = rows.locator(".title").all_inner_texts()
    topic = min(titles, key=titles.count)
    page.get_by_role("combobox", name="Тема").click()
    page.get_by_role("option", name=topic, exact=True).last.click()
    assert titles.count(topic) < len(titles), "nothing to filter"
    expect(rows).to_have_count(titles.count(topic))
    expect(badges(page)).to_have_count(titles.count(topic))
    after = map_frame(page).evaluate("[map.getZoom(), map.getCenter().lat, window.sameMap]")
    assert after == view


def test_the_sentence_changes_its_language_and_an_unknown_address_says_what_is_wrong(
    page, address, filled
):
    open_agent(page, address)
    box(page).fill(filled.address)
    box(page).press("Enter")
    expect(verdict(page)).to_be_visible()
    page.get_by_role("button", name="Қазақша").click()
    expect(page.locator("blockquote")).to_have_attribute("lang", "kk")
    box(page).fill("Москва, Тверская, 1")
    box(page).press("Enter")
    expect(verdict(page)).to_have_text("Адрес не найден")
    expect(page.locator(".wrong")).to_contain_text("Такого населённого пункта нет")
    expect(box(page)).to_have_value("Москва, Тверская, 1")


def test_addresses_stand_in_no_url(page, address, filled):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_agent(page, address)
    box(page).press_sequentially("Садовая")
    expect(suggestions(page).first).to_be_visible()
    box(page).press("Enter")
    expect(verdict(page)).to_be_visible()
    assert [url for url in asked if "suggest" in url]
    assert not [url for url in asked if "%D0" in url or "Садовая" in url]


def test_hostile_texts_show_as_they_are(page, address, filled):
    """The fixture `page` asserts afterwards that none of them ran or asked another host."""
    seen = ""
    page.goto(f"{address}/engineer")
    rows = page.get_by_role("listbox", name="Пятна по приоритету").get_by_role("option")
    rows.first.wait_for()
    for row in rows.all():
        row.click()
        expect(page.locator(".heading h2")).to_contain_text(row.locator(".title").inner_text())
        page.frame_locator("iframe").locator(".spot-badge.selected span").hover()
        seen += page.locator("[data-testid=stMain]").inner_text()
    assert [attack for attack in filled.attacks if attack not in seen] == []


def test_the_second_of_two_engineers_sees_what_the_first_did(page, address, filled):
    with closing(open_store(filled.url)) as store:
        with store.reading() as connection:
            spot = desk.open_cards(connection)[-1]
        page.goto(f"{address}/engineer?spot={spot.spot_id}")
        expect(page.get_by_role("button", name="Отложить")).to_be_enabled()
        page.locator("[data-test-script-state=notRunning]").wait_for()
        page.evaluate(NOTES_STATES)
        page.get_by_label("Кто вы").fill("Вторая")
        # Else the click would send the name, and renew the page before it.
        page.get_by_label("Кто вы").press("Enter")
        page.wait_for_function("states.includes('running') && states.at(-1) === 'notRunning'")
        with store.writing() as connection:
            change = Change(status=Status.IN_PROGRESS, owner="Первый")
            now = datetime.now(UTC)
            desk.change_work(connection, spot.work, change, actor="Первый", now=now)
        page.get_by_role("button", name="Отложить").click()
        expect(page.locator(".notice.bad")).to_contain_text("пятно изменилось")
        expect(page.locator(".notice.bad")).to_contain_text("Первый")
        expect(page.locator(".heading")).to_contain_text("ведёт Первый")
        with store.reading() as connection:
            assert desk.card(connection, spot.spot_id).work.status is Status.IN_PROGRESS


def test_without_a_store_everybody_is_told_so_until_there_is_one(page, serve, tmp_path):
    url = f"sqlite:///{tmp_path}/heatmaps.db"
    address = serve(url)
    page.goto(address)
    expect(page.get_by_text("Нет связи с хранилищем")).to_be_visible()
    assert status_of(f"{address}/readyz") == 503
    assert status_of(f"{address}/healthz") == 200
    assert status_of(f"{address}/api/v1/lookup", {"address": "Садовая, 1"}) == 503

    with closing(upgrade_store(url)) as store, store.writing() as connection:
        seed_policy(connection, datetime.now(UTC))
    page.goto(address)
    expect(page.get_by_text("Справочник адресов пуст")).to_be_visible()
    expect(page.get_by_text("Пятна ещё не рассчитаны")).to_be_visible()
    assert status_of(f"{address}/readyz") == 200
    page.get_by_role("link", name="Пятна в работе").click()
    expect(page.get_by_text("В этой очереди пятен нет.")).to_be_visible()
    page.goto(f"{address}/planner?gap=99")
    told = page.get_by_text("Без абонентов неизвестно, чего ждать от места")
    expect(told).to_be_visible()
    expect(page.get_by_text("Прогноз покрытия не загружен").first).to_be_visible()


def status_of(url: str, body: dict[str, str] | None = None) -> int:
    data = json.dumps(body).encode() if body else None
    request = Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.status
    except HTTPError as error:
        return error.code
