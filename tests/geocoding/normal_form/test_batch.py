"""A batch is read as each of its addresses alone, and whatever is kept of it as if read anew."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.geocoding.normal_form import readings, readings_batch, segments
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.normal_form.segments import read_text
from heatmaps.geocoding.normal_form.sides import sides_of
from heatmaps.geocoding.normal_form.steps import clean

TEXT = """
ул. улица пр-т пер. д. дом кв корп к стр лит г. обл. Ленина Мира Б. 1-я 2-ой 7 линия мкр 5 5а
12/3 5к2с1 кА са к2 В.О. 8 Марта 25 лет , , , , , - / Москва СПб реки возле под 190000 (х) литА
км 12 А.С. XXII уч дробь 8 912 345-67-89 первая 05.02.2025 5/2/2025 нет & ; № ё и или не ой
точнее старый адрес самал-2 дом/2 Main vjcrdf НевскийПроспект 7-й 1905 года
"""
PIECES = TEXT.split()
TEXTS = st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join)
ALONE = [
    "Москва, ул. Мира, 5",
    "Москва, 2-й пер. Мира, д. 5 к2, кв. 7",
    "мира 5/2,Тверь",
    "32, 2, 323, Мира",
]
AS_ONE = [
    "Мира 5, точнее 7",
    "от Мира 5 до 7, Тверь",
    "ой, нет, Мира 5",
    "Мира (бывш. Ленина, 3), 5",
    "Мира;5, Тверь",
    "ленина 5 / мира 10, Тверь",
    "Самал-2, 58",
    "Ярославское шоссе, 12 км",
    "нет, Тверь",
]


@given(st.lists(st.tuples(TEXTS, st.sampled_from([None, "Тверь", "г. Москва"])), max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_batch_equals_its_addresses_read_anew(pairs):
    batch = readings_batch([text for text, _ in pairs], [city for _, city in pairs])
    for cached in vars(segments).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()
    assert batch == [readings(text, city) for text, city in pairs]


def test_a_batch_has_a_city_for_each_address():
    with pytest.raises(ValueError, match="shorter"):
        readings_batch(["Мира 5", "Мира 7"], [None])


@given(TEXTS)
@settings(max_examples=250, deadline=None)
def test_segments_say_what_the_whole_text_says(text):
    draft = clean(text, RUSSIAN)
    whole = sides_of(draft.tokens, RUSSIAN)
    read = read_text(text, RUSSIAN)
    assert _without_positions(read.sides) == _without_positions(whole)
    assert read[1:] == (draft.marks, draft.changes, draft.faults)


def _without_positions(sides):
    return sides._replace(house=sides.house._replace(start=0, end=0))


@pytest.mark.parametrize("text", [*ALONE, *AS_ONE])
def test_a_segment_is_read_alone_unless_a_step_sees_more_of_the_text(text):
    found = [segments._segment(written, RUSSIAN) for written in text.lower().split(",")]
    assert (None in found) == (text in AS_ONE)


def test_what_is_kept_of_segments_is_bounded():
    assert segments._segment.cache_info().maxsize == segments._SEGMENTS_KEPT
