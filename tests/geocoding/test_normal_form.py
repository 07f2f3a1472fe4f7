from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.geocoding.normal_form import (
    NormalForm,
    normal_house,
    normalise,
    settlement_key,
    steps,
    street_key,
)
from heatmaps.geocoding.normal_form.draft import Draft
from heatmaps.geocoding.normal_form.russian import RUSSIAN

EXAMPLES = Path(__file__).parents[1] / "examples" / "addresses_first.csv"


def examples() -> list[dict[str, str]]:
    with EXAMPLES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", examples(), ids=lambda row: row["query"])
def test_example(row):
    form = normalise(row["query"])
    found = (form.settlement or "", form.street.text, form.house)
    assert found == (row["settlement"], row["street"], row["house"])


@pytest.mark.parametrize("row", examples(), ids=lambda row: row["query"])
def test_an_example_normalised_twice_changes_nothing(row):
    text = normalise(row["query"]).text
    assert normalise(text).text == text


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        (steps.fold_unicode, "ПРОСПЕКТ Королёва, № 5", "проспект королева,   5"),
        (steps.fold_unicode, "Мінск – Straße ５", "минск - strasse 5"),
        (steps.fold_unicode, "Москва;ул.Мира|5", "москва,ул.мира,5"),
        (steps.find_junk, "не указан", ""),
        (steps.find_junk, " -- ", ""),
        (steps.find_junk, "нетесова 5", "нетесова 5"),
        (steps.mend_lookalikes, "mocквa 5c", "москва 5с"),
        (steps.mend_lookalikes, "кафе wi-fi", "кафе wi-fi"),
        (steps.find_excel_date, "ленина, 05.фев", "ленина"),
        (steps.drop_brackets, "ленина (бывш. мира) 5", "ленина   5"),
        (steps.cut_second_address, "ленина 5 / мира 10", "ленина 5"),
        (steps.cut_second_address, "ленина 39\\1", "ленина 39/1"),
        (steps.blank_punctuation, "г.москва,д.5 «а»", "г москва, д 5 а"),
        (steps.blank_punctuation, "садовая - кудринская 5 - 7", "садовая кудринская 5-7"),
        (steps.drop_postcode, "190000, москва", ", москва"),
        (steps.read_ordinals, "1-ая, 2ой, 3 -ья, 4-я", "1-й, 2-й, 3 -ья, 4-й"),
        (steps.read_ordinals, "ленина 5я", "ленина 5я"),
        (steps.part_glued, "москва1-й 5корп2 7к2с1", "москва 1-й 5 корп 2 7 к2 с1"),
        (steps.part_glued, "5 литг26", "5 литг26"),
        (steps.write_out_phrases, "восьмого марта 60-летия", "8 марта 60 лет"),
        (steps.drop_notes, "ленина возле рынка, 5", "ленина  , 5"),
        (steps.drop_flats, "д 5 кв 12, 3 подъезд", "д 5"),
    ],
)
def test_step(step, before, after):
    draft = Draft(before)
    step(draft, RUSSIAN)
    assert draft.text == after


@pytest.mark.parametrize(
    "same",
    [
        ["Ленина ул", "ул. Ленина", "улица Ленина", "УЛИЦА ЛЕНИНА", "ул Ленина"],
        ["7-я линия В.О.", "7 линия ВО", "7-ая линия Васильевского острова", "линия 7-я в.о."],
        ["Б. Пушкарская ул.", "Большая Пушкарская улица", "ул. Пушкарская Большая"],
        ["наб. р. Мойки", "набережная реки Мойки", "Мойки наб."],
        ["пр-т Мира", "проспект Мира", "Мира пр-кт", "просп. Мира"],
        ["1-й Басманный пер.", "Басманный 1-ый переулок", "Первый Басманный переулок"],
        ["ул. им. Ленина", "улица имени Ленина", "улица Ленина"],
        ["улица 50-летия Октября", "ул. 50 лет Октября"],
        ["улица Академика Королёва", "ул. Ак. Королева", "ул акад. Королева"],
    ],
)
def test_one_street_has_one_key(same):
    assert len({street_key(name) for name in same}) == 1


def test_streets_that_differ_keep_apart():
    names = ["1-я Советская улица", "7-я Советская улица", "Советская улица", "Советский переулок"]
    names += ["проспект Мира", "проезд Мира", "улица 8 Марта", "улица 9 Марта"]
    names += ["Большой проспект В.О.", "Большой проспект П.С."]
    assert len({street_key(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("42к1", "42 к1"),
        ("д. 1, к. 1", "1 к1"),
        ("5а стр.8", "5А с8"),
        ("4 Лит Т", "4 литТ"),
        ("29 к4 литГ1", "29 к4 литГ1"),
        ("21А кА", "21А кА"),
        ("13-15/50 литВ", "13-15/50 литВ"),
        ("6/6 с3-4-5", "6/6 с3-4-5"),
        ("1/2/10 с2", "1/2/10 с2"),
        ("вл.4", "вл4"),
        ("в27А", "вл27А"),
        ("5 стр 1 корп 2", "5 к2 с1"),
        ("4bis", "4 bis"),
        ("1;3;5", "1"),
        ("нет", ""),
    ],
)
def test_house_number(written, normal):
    assert normal_house(written) == normal
    assert normal_house(normal) == normal


def test_the_script_of_the_street_decides_on_letters_that_look_alike():
    assert normal_house("10/16 c1", "улица Мира") == "10/16 с1"
    assert normal_house("4B", "Baker Street") == "4B"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("г. Москва", "москва"),
        ("СПб", "санкт петербург"),
        ("Санкт-Петербург", "санкт петербург"),
        ("д. Исаково", "исаково"),
        ("Мінск", "минск"),
        ("München", "munchen"),
    ],
)
def test_settlement_key(written, key):
    assert settlement_key(written) == key


def test_the_city_column_stands_behind_the_city_in_the_address():
    form = normalise("г. Тверь, Московская 6", city="Москва")
    assert [place.name for place in form.places] == ["тверь", "москва"]
    assert form.places_named == 1
    assert normalise("Московская 6", city="г. Москва").settlement == "москва"


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("", "junk"),
        ("-", "junk"),
        ("Ленина возле Пятёрочки", "no_house"),
        ("Ленина 05.фев", "excel_date"),
        ("Ленина 5 / Мира 10", "several_addresses"),
        ("д. Исаково, 2", "no_street"),
    ],
)
def test_fault(query, fault):
    assert fault in normalise(query).faults


def test_nothing_of_flat_and_telephone_is_kept():
    text = normalise("ул. Ленина 5, кв. 77, тел. 8 912 345-67-89, домофон 77к1234").text
    assert text == "улица ленина, 5"


WORDS = """
    ул. улица пр пр-т пер. б-р наб д. дом д кв корп к стр с лит вл г. г пос п обл. область р-н
    Ленина Мира Невский Большой Б. М. 1-я 2-ой 7 линия мкр 5 5а 12/3 5к2с1 кА В.О. ВО 8 Марта 25
    лет летия Октября набережная площадь аллея Москва СПб , , , - / реки возле этаж под 190000
    (х) а б в № край республика ш x c 3 2 литА Main St Street rue de la
"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=9))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_normalising_twice_changes_nothing(words):
    form = normalise(" ".join(words))
    again = normalise(form.text)
    assert (again.text, again.house) == (form.text, form.house)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_normal_form(text):
    assert isinstance(normalise(text, city=text), NormalForm)
