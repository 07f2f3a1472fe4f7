"""What is left of an address that its writer took back."""

from __future__ import annotations

import pytest

from heatmaps.geocoding.normal_form import normalise


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Пермь, точнее Киров, Московская 52", "киров, московская, 52"),
        ("Тула, Мира 8 (бывший адрес), сейчас Лесная 28", "тула, лесная, 28"),
        ("Тула, Мира 11 (исправлено на 23)", "тула, мира, 23"),
        ("Тула, Мира 12, не 27", "тула, мира, 12"),
        ("не Москва а Химки, Московская 21", "химки, московская, 21"),
        ("Тула, проспект.. то есть улица Шевченко 37", "тула, улица шевченко, 37"),
        ("Тула, Мира 24 вернее 295", "тула, мира, 295"),
        ("к2 д 45 Мира, ой нет, 45 корпус 1 Тула", "тула, мира, 45 к1"),
    ],
)
def test_what_was_meant_in_the_end_is_kept(query, text):
    form = normalise(query)
    assert (form.text, form.changes) == (text, ("corrected",))


@pytest.mark.parametrize("query", ["Тула, Мира 5, вернее", "Тула, улица Точная 5", "не знаю"])
def test_a_word_that_corrects_nothing_changes_nothing(query):
    assert "corrected" not in normalise(query).changes
