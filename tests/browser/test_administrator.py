"""What an administrator does before saving a change, on a region with hostile words."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import SCREENSHOTS

pytestmark = pytest.mark.browser

TRIAL_MS = 300_000


@pytest.fixture(scope="module")
def address(serve, filled) -> str:
    return serve(filled.url)


def test_a_change_is_told_tried_on_history_and_taken_back(page, address, picture):
    page.goto(f"{address}/administrator")
    editor = page.locator(".st-key-policy-editor textarea")
    expect(editor).to_be_visible()
    ruling = editor.input_value()
    editor.fill(ruling.replace("mass = 1.0", "mass = -1.0", 1))
    page.get_by_role("heading", name="Что меняется").click()
    expect(page.get_by_text("priority.segment.mass = -1.0: нужно не меньше 0.")).to_be_visible()
    editor.fill(ruling.replace("mass = 1.0", "mass = 4.0", 1))
    page.get_by_role("button", name="Проверить на истории").click()
    expect(page.get_by_role("button", name="Прервать")).to_be_visible()
    expect(page.locator(".changes code")).to_have_text("priority.segment.mass")
    if SCREENSHOTS:  # what comes of it is tested without a browser
        expect(page.get_by_text("Очередь в последний час")).to_be_visible(timeout=TRIAL_MS)
        editor.evaluate("text => text.scrollTo(0, 0)")
        picture("administrator.png")
    else:
        page.get_by_role("button", name="Прервать").click()
        expect(page.get_by_text("На истории ещё не проверено")).to_be_visible()
    page.get_by_role("button", name="Сбросить").click()
    expect(editor).to_have_value(ruling)
    expect(page.get_by_text("Пока ничего: правьте текст")).to_be_visible()
