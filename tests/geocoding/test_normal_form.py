from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.geocoding.normal_form import (
    NormalForm,
    cuttings,
    normal_house,
    normalise,
    numerals,
    settlement_key,
    steps,
    street_key,
)
from heatmaps.geocoding.normal_form.draft import Draft
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.normal_form.words import word_of

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
        (steps.unwrap, "ул &quot;Мира&quot;&nbsp;5", 'ул "Мира"\xa05'),
        (steps.fold_letters, "ПРОСПЕКТ Королёва, № 5", "проспект королева,   5"),
        (steps.fold_letters, "Мінск – Straße ５", "минск - strasse 5"),
        (steps.fold_letters, "Абай даңғылы, Қарағанды", "абай дангылы, караганды"),
        (steps.fold_letters, "Москва;ул.Мира|5", "москва,ул.мира,5"),
        (steps.fold_letters, "мо\u200bск\xadва́ 5️⃣", "москва 5"),
        (steps.find_numbered_date, "ленина, 05.02.2025", "ленина,  "),
        (steps.drop_remarks, "ленина (бывш. мира) 5", "ленина   5"),
        (steps.cut_second_address, "ленина 5 / мира 10", "ленина 5"),
        (steps.cut_second_address, "ленина 39\\1", "ленина 39/1"),
        (steps.blank_punctuation, "г.москва,д.5 «а»", "г.москва,д.5  а "),
        (steps.blank_punctuation, "садовая - кудринская 5 - 7", "садовая   кудринская 5-7"),
    ],
)
def test_step_over_the_text(step, before, after):
    draft = Draft(before)
    step(draft, RUSSIAN)
    assert draft.text == after


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        (steps.find_junk, "не указан", ""),
        (steps.find_junk, "тест 5", "тест 5"),
        (cuttings.drop_postcode, "190000 , москва", ", москва"),
        (cuttings.drop_telephone, "мира 5 тел 8 912 345-67-89", "мира 5"),
        (cuttings.drop_telephone, "мира 5 , 7 912 345 67 89", "мира 5 ,"),
        (cuttings.drop_telephone, "мира 7 , 89123456789", "мира 7 ,"),
        (cuttings.find_excel_date, "ленина , 05 фев", "ленина ,"),
        (cuttings.find_excel_date, "ленина фев 05", "ленина"),
        (cuttings.find_excel_date, "1 мая 5", "1 мая 5"),
        (numerals.read_ordinals, "1 ая линия 4я линия", "1-й линия 4-й линия"),
        (numerals.read_ordinals, "ленина 5я", "ленина 5я"),
        (numerals.read_spelled, "двадцать пятого октября", "25-й октября"),
        (numerals.read_spelled, "сорокалетия победы", "40 лет победы"),
        (numerals.join_kilometres, "киевское шоссе , 12 км , 5", "киевское шоссе километр12 , 5"),
        (numerals.join_kilometres, "47-й километр мкад", "километр47 мкад"),
        (cuttings.write_out_phrases, "большой в о 5", "большой васильевскогоострова 5"),
        (cuttings.write_out_phrases, "в городе в москве", "в городе город москва"),
        (cuttings.drop_notes, "ленина возле рынка , 5", "ленина , 5"),
        (cuttings.drop_notes, "жк заря ул мира 5", "ул мира 5"),
        (cuttings.drop_notes, "5 вход со двора", "5"),
        (cuttings.drop_flats, "д 5 кв 12 , 3 подъезд", "д 5"),
        (cuttings.drop_flats, "5 к4 под 3 эт 5 домофон 12", "5 к4"),
        (cuttings.drop_flats, "5 3 под 5 эт 12 кв", "5"),
        (cuttings.drop_flats, "офис 5 а , мира 7", "мира 7"),
        (cuttings.mark_initials, "ул а с пушкина", "ул а.с. пушкина"),
        (cuttings.mark_initials, "5 к с", "5 к с"),
        (steps.mark_house_parts, "5 корпус 2 лит а", "5 К2 ЛИТа"),
        (steps.mark_house_parts, "5 дробь 2", "5/2"),
    ],
)
def test_step_over_words(step, before, after):
    draft = Draft("", before.split())
    step(draft, RUSSIAN)
    assert " ".join(draft.tokens) == after


@pytest.mark.parametrize(
    ("written", "parted"),
    [
        ("москва1-й", "москва 1-й"),
        ("5корп2", "5 корп 2"),
        ("7к2с1", "7 к2 с1"),
        ("5литг26", "5 литг26"),
        ("1-ая", "1-й"),
        ("2ой", "2-й"),
        ("60-летия", "60 лет"),
        ("пр-т", "пр-т"),
        ("mocква", "москва"),
        ("xxii", "22-й"),
        ("12-патер", "12 патер"),
    ],
)
def test_word_is_taken_apart(written, parted):
    assert " ".join(word_of(written, RUSSIAN).tokens) == parted


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


@pytest.mark.parametrize(
    "personal",
    [
        "Петрова Мария Ивановна",
        "Мария Ивановна Петрова",
        "Григорьев Олег Кузьмич",
        "Алиев Мамед Гасан оглы",
        "Нурланова Айгуль Ермек кызы",
        "Сидорчук Анна Ильинична",
        "Petrov Ivan Ivanovich",
        "Петров И. И.",
        "абонент Сидоров",
        "ФИО: Сидоров Пётр",
        "ivanov.petr@mail.ru",
        "https://page.example/id77",
        "л/с 1234567",
        "л.с. 12345678",
        "лицевой счёт № 1234567890",
        "договор 4512-77",
        "паспорт 4510 123456",
        "тел. 5-12-34",
        "с 9:00 до 18:00",
        "с 10 утра",
        "уже 3 дня нет связи",
        "код домофона 45",
    ],
)
@pytest.mark.parametrize("joint", [", ", " "])
def test_nothing_of_persons_and_complaint_is_kept(personal, joint):
    form = normalise(f"Казань, ул. Баумана, 36{joint}{personal}")
    assert form.text == "казань, улица баумана, 36"
    assert set(form.changes) <= {"note_dropped", "lookalikes"}
    assert form.faults == ()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Петрова Мария Ивановна, Казань, ул. Баумана 36", "казань, улица баумана, 36"),
        ("г Казань Рахматуллина Алия Рашитовна ул Баумана 36", "казань, улица баумана, 36"),
        ("Иван Ильич Петров, Баумана 36", "баумана, 36"),
        ("Мария Ивановна Гагарина 36", "гагарина, 36"),
        ("деревня Дубровна, 5", "деревня дубровна, 5"),
        ("ул. Богдановича 5", "улица богдановича, 5"),
        ("Дубровна, ул. Мира 5", "дубровна, улица мира, 5"),
    ],
)
def test_persons_are_told_from_streets(query, text):
    assert normalise(query).text == text


WORDS = """
    ул. улица пр пр-т пер. б-р наб д. дом д кв корп к стр с лит вл г. г пос п обл. область р-н
    Ленина Мира Невский Большой Б. М. 1-я 2-ой 7 линия мкр 5 5а 12/3 5к2с1 кА В.О. ВО 8 Марта 25
    лет летия Октября набережная площадь аллея Москва СПб , , , - / реки возле этаж под 190000
    оглы улы Ивановна лс 1234567 утра дня А-82 11А 12/05 рядом напротив республики россия комплекс
    (корпус 2) г л 1905 (х) а б в № край республика ш x c 3 2 литА Main St Street rue de la
"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=9))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_normalising_twice_changes_nothing(words):
    form = normalise(" ".join(words))
    again = normalise(form.text)
    assert (again.text, again.house) == (form.text, form.house)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=9))
@settings(max_examples=300, deadline=None)
def test_any_words_give_a_normal_form(words):
    assert isinstance(normalise(" ".join(words)), NormalForm)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_normal_form(text):
    assert isinstance(normalise(text, city=text), NormalForm)
