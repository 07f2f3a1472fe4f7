"""The administrator's page inside a Streamlit script, on a store without any history."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from heatmaps.errors import PolicyError
from heatmaps.policy import PACKAGED_POLICY, parse_policy
from heatmaps.store.policies import current_policy, policy_versions, save_policy
from heatmaps.ui.administrator.fault_words import fault_in_words
from heatmaps.ui.locale import LOCALES, translator

NOW = datetime.now(UTC).replace(microsecond=0)
PACKAGED = PACKAGED_POLICY.read_text(encoding="utf-8")
STRICT = PACKAGED.replace("min_customers = 3 ", "min_customers = 5 ", 1)
ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""The queries are tested on both stores beside the store; the page adds nothing to them."""

FAULTS = {
    "vip = -1": "priority.segment.vip = -1: нужно не меньше 0.",
    "vip = 1e9": "priority.segment.vip = 1000000000.0: можно не больше 1000000.",
    "vip = nan": "priority.segment.vip = NaN: нужно число.",
    'vip = "many"': 'priority.segment.vip = "many": нужно число.',
    "vip = 2020-01-01": "priority.segment.vip",
    "vipp = 2.5": "Такого поля нет: priority.segment.vipp",
    "vip 2.5": "столбец 5: это не TOML",
    "vip = '''": "Текст — не TOML",
    "vip = 2.5\nwhale = 3": "Такого поля нет: priority.segment.whale",
    "": "priority: не подходит (no weight for vip",
}


@pytest.fixture
def page(page_of):
    """Give the page over the store, as it opens."""
    return shown(page_of("administrator").run())


def shown(page):
    assert not page.exception
    return page


def told(page) -> str:
    return " ".join(one.value for one in page.html)


def edit(page, text):
    return shown(page.text_area[0].set_value(text).run())


def press(page, key):
    return shown(page.button(key=key).click().run())


def name(page):
    return shown(page.text_input[0].set_value("Анна Орлова").run())


def versions(store):
    with store.reading() as connection:
        return policy_versions(connection)


@ON_SQLITE
def test_the_editor_holds_the_ruling_policy_and_a_change_is_told_by_field(page):
    assert page.text_area[0].value == PACKAGED
    assert "Пока ничего" in told(page)
    assert "<code>detection.min_customers</code>" in told(edit(page, STRICT))
    assert "только пояснения" in told(edit(page, PACKAGED + "# why\n"))


@ON_SQLITE
def test_a_wrong_text_is_told_and_not_saved(page, store):
    wrong = edit(name(page), PACKAGED.replace("vip = 2.5", "vip = -1", 1))
    assert FAULTS["vip = -1"] in told(wrong)
    assert "этот текст не может действовать" in told(press(wrong, "policy-save"))
    assert len(versions(store)) == 1


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("wrong", FAULTS)
def test_each_fault_of_a_policy_is_one_sentence_of_the_language(wrong, locale):
    with pytest.raises(PolicyError) as fault:
        parse_policy(PACKAGED.replace("vip = 2.5", wrong, 1), "x")
    said = fault_in_words(fault.value, translator(locale))
    assert "{" not in said
    assert said.endswith((".", "?"))
    assert locale != "ru" or FAULTS[wrong] in said


@ON_SQLITE
def test_a_change_is_saved_under_a_name_and_the_page_goes_back_on_it(page, store):
    edited = edit(page, STRICT)
    assert "сначала укажите слева, кто вы" in told(press(edited, "policy-save"))
    assert len(versions(store)) == 1
    press(name(edited), "policy-save")
    assert (versions(store)[-1].by, versions(store)[-1].version) == ("Анна Орлова", 2)
    listed = shown(page.segmented_control(key="policy-view").set_value("versions").run())
    assert "detection.min_customers: 3 → 5" in told(listed)
    back = press(listed, "policy-back-1")
    assert [one.version for one in versions(store)] == [1, 2, 3]
    assert back.text_area[0].value == PACKAGED


@ON_SQLITE
def test_a_version_is_taken_to_the_editor_without_ruling(page, store):
    press(edit(name(page), STRICT), "policy-save")
    shown(page.segmented_control(key="policy-view").set_value("versions").run())
    taken = press(page, "policy-edit-1")
    assert taken.text_area[0].value == PACKAGED
    assert "<code>detection.min_customers</code>" in told(taken)
    assert len(versions(store)) == 2
    assert press(taken, "policy-discard").text_area[0].value == STRICT


@ON_SQLITE
def test_nobody_saves_over_what_another_saved_meanwhile(page, store):
    edited = edit(name(page), STRICT)
    other = PACKAGED.replace("vip = 2.5", "vip = 3.5", 1)
    with store.writing() as connection:
        save_policy(connection, other, "other.toml", NOW, by="Пётр")
    refused = press(edited, "policy-save")
    assert "тем временем сохранили другую версию" in told(refused)
    assert "priority.segment.vip" in told(refused)
    assert refused.text_area[0].value == STRICT
    press(refused, "policy-save")  # having seen what differs now
    with store.reading() as connection:
        assert current_policy(connection).body == STRICT


@ON_SQLITE
def test_an_untouched_text_follows_what_another_saved(page, store):
    with store.writing() as connection:
        save_policy(connection, STRICT.replace("\n", "\r\n"), "windows.toml", NOW)
    assert shown(page.run()).text_area[0].value == STRICT


@ON_SQLITE
def test_trying_without_history_says_so(page):
    tried = press(edit(page, STRICT), "policy-check")
    tried.session_state["policy-running"].beside.wait()
    assert "Проверять пока не на чем" in told(shown(tried.run()))
    assert "policy-running" not in press(tried, "policy-check").session_state


@ON_SQLITE
def test_a_trial_that_dies_is_told(page):
    tried = press(edit(page, STRICT), "policy-check")
    tried.session_state["policy-running"].beside.stop()
    assert "Проверка оборвалась" in told(shown(tried.run()))
