"""What holds of every text that somebody may call an address."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.geocoding.normal_form import normalise, readings
from heatmaps.geocoding.normal_form.steps import LONGEST
from heatmaps.geocoding.normal_form.words import word_of

TEXT = """
ул. улица пр-т пер. б-р д. дом кв корп к стр с лит г. г пос п обл. р-н Ленина Мира Б. М. 1-я
2-ой 7 линия мкр 5 5а 12/3 5к2с1 кА В.О. 8 Марта 25 лет Октября набережная Москва СПб , , - /
реки возле этаж под 190000 (х) край шоссе литА Main Street rue de la км 12 А.С. XXII II weg
Hauptstr. ulitsa Lenina dom ktybyf vjcrdf көшесі үй уч дробь метро 8 912 345-67-89 первая
двадцать 1ая ая Нижний домофон 05.фев мая округ Platz Park Road 5th bis & ; \\ « № – \u200b ё і
"""
PIECES = TEXT.split()


@given(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join))
@settings(max_examples=250, deadline=None)
def test_any_text_is_read_at_all_and_its_first_reading_is_its_normal_form(text):
    form = normalise(text, "Москва")
    assert readings(text, "Москва")[0] == form
    assert bool(form.house) != ("no_house" in form.faults) or "junk" in form.faults


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_characters_are_read(text):
    assert readings(text, text)[0] == normalise(text, text)


@given(st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_case_and_spaces_say_nothing(text):
    assert normalise(f"  {text.upper()}  ").text == normalise(text).text


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        ",",
        "-",
        "д ",
        " от 1",
        " и 1",
        "1о",
        "<p ",
        '"a":',
        "5/",
        "ул. Ленина ",
        "(",
        "а-",
        "&",
        "a b ",
    ],
)
def test_hostile_lengths_cost_nothing(piece):
    text = piece * (1_000_000 // len(piece))
    started = process_time()
    form = normalise(text)
    assert process_time() - started < 1
    assert "too_long" in form.faults or "junk" in form.faults
    assert len(form.text) <= 2 * LONGEST


def test_memory_of_words_is_bounded():
    assert word_of.cache_info().maxsize is not None


@pytest.mark.parametrize("text", ["оглы 5", "кызы", "Мира 5, оглы", "Уфа, улы, 5", "сын 5"])
def test_a_patronymic_without_a_name_is_no_obstacle(text):
    assert normalise(normalise(text).text).text == normalise(text).text
