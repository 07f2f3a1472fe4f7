"""Only the normal form without flat leaves the house."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.geocoding.normal_form import street_key
from heatmaps.geocoding.online.question import FLAT_TAIL, KnownNames, question

KNOWN = KnownNames.of(
    ["Химки", "г. Пермь", "Волгоград"], map(street_key, ["улица Ленина", "Ополченская улица"])
)

PRIVATE = (
    "Иванов", "Мария", "Петровна", "916", "1234567", "8-905", "кв", "квартира", "подъезд", "этаж",
    "домофон", "77", "@",
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "city", "asked"),
    [
        ("ул Мира 5 кв 77", "Химки", "химки, улица мира, 5"),
        ("г Химки, ул Мира, д. 5 корп 2, подъезд 3, этаж 9, домофон 77К", None,
         "химки, улица мира, 5 к2"),
        ("Иванов Иван, ул Мира 5", "Химки", "химки, улица мира, 5"),
        ("ул Мира 5 тел 89161234567 Иванов", "Химки", "химки, улица мира, 5"),
        ("ул Мира, 5, Мария Петровна 8-905-111-22-33", "Химки", "химки, улица мира, 5"),
        ("Химки, улица Ленина, 5-77", None, "химки, улица ленина, 5"),
        ("Химки, улица Мира, 49/1-77", None, "химки, улица мира, 49/1"),
        ("Ополченская 5", "Волгоград", "волгоград, ополченская, 5"),
        ("Ленина 5", "Пермь", "пермь, ленина, 5"),
        ("деревня Исаково, 2", None, "деревня исаково, 2"),
        ("Московская обл, г Неведомск, ул Мира 5", None,
         "московская область, неведомск, улица мира, 5"),
    ],
)  # fmt: skip
def test_what_is_sent(address: str, city: str | None, asked: str) -> None:
    made = question(address, city, None, KNOWN)
    assert made is not None
    assert made.text == asked
    assert not any(word.lower() in made.text for word in PRIVATE if word != "кв" or "кв " in asked)


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("Ленина 5", None),  # no settlement: an answer would be a guess
        ("Иванов Иван 5", "Химки"),  # a name that is no known street
        ("Иванов Иван", "Химки"),
        ("тест", "Химки"),
        ("-", None),
        ("", None),
        ("г Химки", None),  # a settlement alone is known to us or to nobody
        ("89161234567", "Химки"),
    ],
)
def test_what_is_never_asked(address: str, city: str | None) -> None:
    assert question(address, city, None, KNOWN) is None


SURNAMES = ("сидоров", "петров", "иванов", "мария", "анна", "4510", "123456", "916", "1234")


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("ул Мира 5", "Сидорова Мария Ивановна"),
        ("ул Мира 5", "Химки, Сидорова Мария +7 916 123-45-67"),
        ("ул Мира 5", "Химки; 4510 123456"),
        ("ул Мира 5", "Сидорова"),
        ("ул Мира 5", "г. Сидорова"),
        ("село Иваново Петрова А.А., 5", None),
        ("село Петрова А.А., 5", None),
        ("село Иваново Петрова А.А., ул Мира 5", "Химки"),
        ("деревня Сидорова Мария, 5", None),
        ("Сидорова Анна область, деревня Исаково, 5", None),
        ("улица Петрова Мария Ивановна 5", "Химки"),
        ("улица Петрова Марии Ивановны, 5", "Химки"),
        ("улица Петров Иван Ильич, 5", "Химки"),
        ("улица Ленина Сидорова Анна, 5", "Химки"),
        ("ул 4510123456, 5", "Химки"),
        ("ул Мира 4510 123456", "Химки"),
        ("ул Мира 12345/6", "Химки"),
        ("ул Мира 5/123456", "Химки"),
        ("деревня Исаково-4510, 5", None),
        ("Химки, улица Сидоров Жомарт Ахметулы, 5", None),
        ("Khimki, ulitsa Sidorova Anna Petrovna 5", "Химки"),
    ],
)
def test_people_and_long_numbers_stay_here(address: str, city: str | None) -> None:
    made = question(address, city, None, KNOWN)
    assert made is None or not [word for word in SURNAMES if word in made.text]


@pytest.mark.parametrize(
    ("address", "city", "default", "asked"),
    [
        ("ул Мира 5", "г Химки", None, "химки, улица мира, 5"),
        ("ул Мира 5", "Неведомск", "Неведомск", "неведомск, улица мира, 5"),
        ("ул Мира 5", "Неведомск", "Химки", None),
        ("ул Льва Николаевича Толстого 5", "Химки", None, None),
        ("ул Льва Толстого 5", "Химки", None, "химки, улица льва толстого, 5"),
        ("ул Кирпичная Гора 5", "Химки", None, "химки, улица кирпичная гора, 5"),
        ("ул Героев Советского Союза 5", "Химки", None, "химки, улица героев советского союза, 5"),
        ("деревня Ново-Исаково, 2", None, None, "деревня ново исаково, 2"),
        ("г Химки, улица Мира, 1234", None, None, "химки, улица мира, 1234"),
    ],
)
def test_only_known_cities_of_a_column_are_sent(
    address: str, city: str | None, default: str | None, asked: str | None
) -> None:
    made = question(address, city, default, KNOWN)
    assert (made and made.text) == asked


def test_a_known_name_with_a_patronymic_is_sent() -> None:
    street = street_key("улица Алексея Николаевича Толстого")
    known = KnownNames.of(["Химки"], [street])
    made = question("ул Алексея Николаевича Толстого 5", "Химки", None, known)
    assert made is not None
    assert "николаевича" in made.text


def test_the_default_city_is_asked_where_none_is_named() -> None:
    made = question("Ленина 5", None, "Пермь", KNOWN)
    assert made is not None
    assert made.text == "пермь, ленина, 5"


def test_a_flat_held_back_is_told() -> None:
    made = question("Химки, улица Мира, 5-77", None, None, KNOWN)
    assert made is not None
    assert made.changes == (FLAT_TAIL,)


@settings(max_examples=50)
@given(st.text("абвгдеиклмнопрстфя", min_size=5, max_size=9), st.sampled_from(["ов", "ин", "ко"]))
def test_no_unknown_bare_name_is_sent(stem: str, ending: str) -> None:
    name = f"{stem}{ending} Мария".title()
    made = question(f"{name}, ул Мира, 5", "Химки", None, KNOWN)
    assert made is None or not {*name.lower().split()} & {*made.text.replace(",", "").split()}


def test_fingerprints_differ_by_provider_and_text() -> None:
    one, other = (question(f"Химки, ул Мира, {n}", None, None, KNOWN) for n in (5, 7))
    assert one is not None
    assert other is not None
    prints = {one.fingerprint("a"), one.fingerprint("b"), other.fingerprint("a")}
    assert len(prints) == 3
    assert not any("мира" in each for each in prints)


def test_the_reading_that_we_understood_is_asked() -> None:
    typed = "[bvrb, ek vbhf 5"  # «химки, ул мира 5» without switching the keyboard
    made = question(typed, None, None, KNOWN, "химки, улица мира, 5")
    assert made is not None
    assert made.text == "химки, улица мира, 5"
    assert question(typed, None, None, KNOWN, "bvrb, ek vbhf, 5") is None
