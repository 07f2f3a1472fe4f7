import pytest
from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from heatmaps.errors import ConfigError, RuleError, StoreError
    from heatmaps.ui.faults import fault_display
    from heatmaps.ui.locale import translator

    show = fault_display(translator("ru"))
    private = "Тайная улица, 7"
    faults = (
        StoreError("No <b>store</b>."),
        ConfigError("x"),
        RuleError("x", "closed"),
        KeyError(private),
    )
    st.session_state["handled"] = [show(fault) for fault in faults]


@pytest.fixture(scope="module")
def app():
    return AppTest.from_function(page).run()


def test_errors_of_ours_are_told_in_the_language_and_folded_away_for_the_administrator(app):
    store, config, rule = (element.value for element in app.html)
    assert "Нет связи с хранилищем" in store
    assert "<details><summary>Для администратора</summary>" in store
    assert "No &lt;b&gt;store&lt;/b&gt;." in store
    assert "Приложение настроено неверно" in config
    assert "Не получилось" in rule


def test_other_errors_say_nothing_of_themselves(app):
    (other,) = (error.value for error in app.error)
    assert other.startswith("Страница не открылась")
    assert "Тайная" not in other
    assert app.session_state["handled"] == [True] * 4
