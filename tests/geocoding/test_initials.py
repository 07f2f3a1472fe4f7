"""Initials before a street's name tell namesakes apart, and who is meant."""

from __future__ import annotations

import pytest

from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.result import ACCEPTED, Level

ROWS = """city,street,house,lat,lon
Бобровск,улица Льва Толстого,8,53.20,45.00
Бобровск,улица Алексея Толстого,8,53.30,45.10
Бобровск,улица Карла Маркса,21,53.31,45.10
Бобровск,Большая Охотничья улица,8,53.30,45.20
Лесогорск,улица Льва Толстого,8,54.20,37.60
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("gazetteer") / "namesakes.csv"
    path.write_text(ROWS, encoding="utf-8")
    return build_index(read_csv(path)[0])


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("Бобровск, ул. К. Маркса, 21", "Бобровск, улица Карла Маркса, 21"),
        ("бобровск к.маркса 21", "Бобровск, улица Карла Маркса, 21"),
        ("Бобровск, А. Толстого 8", "Бобровск, улица Алексея Толстого, 8"),
        ("Бобровск, Л.Н. Толстого 8", "Бобровск, улица Льва Толстого, 8"),
        ("бобровск б. охотничья 8", "Бобровск, Большая Охотничья улица, 8"),
    ],
)
def test_an_initial_stands_for_the_name(index, query, matched):
    found = index.geocode(query)
    assert (found.level, found.matched) == (Level.HOUSE, matched)
    assert found.confidence >= ACCEPTED


def test_another_initial_leaves_doubt(index):
    written = index.geocode("Лесогорск, А. Толстого 8")
    bare = index.geocode("Лесогорск, Толстого 8")
    assert written.confidence < bare.confidence < ACCEPTED


def test_without_an_initial_namesakes_are_ambiguous(index):
    assert index.geocode("Бобровск, ул. Толстого 8").level is Level.AMBIGUOUS


TWINS = """city,street,house,lat,lon
Кременец,улица Ткачёва,5,53.01,45.01
Кременец,улица Юрия Ткачёва,5,53.02,45.02
Кременец,улица Лунина,7,53.03,45.03
Кременец,улица Льва Лунина,7,53.04,45.04
Кременец,улица Алексея Лунина,7,53.05,45.05
Кременец,улица Беспалова,5,53.06,45.06
Кременец,проспект Фатыха Беспалова,5,53.07,45.07
Кременец,улица Седова,3,53.08,45.08
Кременец,улица Маршала Седова,3,53.09,45.09
Кременец,улица Гнедича,73,53.10,45.10
Кременец,улица Магомеда Гнедича,74,53.11,45.11
Кременец,улица Орлова,9,53.12,45.12
Кременец,улица П. Бажова,9,53.13,45.13
Кременец,улица Петра Бажова,9,53.14,45.14
Кременец,улица И. Крамского,9,53.15,45.15
"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    path = tmp_path_factory.mktemp("gazetteer") / "twins.csv"
    path.write_text(TWINS, encoding="utf-8")
    return build_index(read_csv(path)[0])


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("Кременец, ул. Ю. Ткачёва, 5", "улица Юрия Ткачёва, 5"),
        ("Кременец Ю.Ткачева 5", "улица Юрия Ткачёва, 5"),
        ("Кременец, ул. Ю.А. Ткачёва, 5", "улица Юрия Ткачёва, 5"),
        ("Кременец, ул. Ткачёва, 5", "улица Ткачёва, 5"),
        ("Кременец, ул. Л. Лунина, 7", "улица Льва Лунина, 7"),
        ("Кременец, А. Лунина 7", "улица Алексея Лунина, 7"),
        ("Кременец, Ф. Беспалова 5", "проспект Фатыха Беспалова, 5"),
        ("Кременец, пр. Ф. Беспалова 5", "проспект Фатыха Беспалова, 5"),
        ("Кременец, М. Гнедича 74", "улица Магомеда Гнедича, 74"),
        ("Кременец, ул. В. Орлова, 9", "улица Орлова, 9"),
        ("Кременец, ул. П. Бажова, 9", "улица П. Бажова, 9"),
        ("Кременец, ул. Петра Бажова, 9", "улица Петра Бажова, 9"),
        ("Кременец, ул. Ивана Крамского, 9", "улица И. Крамского, 9"),
        ("Кременец, ул. И. Крамского, 9", "улица И. Крамского, 9"),
        ("Кременец, ул. Крамского, 9", "улица И. Крамского, 9"),
    ],
)
def test_initials_choose_among_streets_of_one_surname(twins, query, matched):
    found = twins.geocode(query)
    assert (found.level, found.matched) == (Level.HOUSE, f"Кременец, {matched}")
    assert found.confidence >= ACCEPTED


@pytest.mark.parametrize(
    "query",
    [
        "Кременец, ул. М. Седова, 3", "Кременец, ул. А. Крамского, 9",
        "Кременец, ул. Алексея Крамского, 9", "Кременец, М. Гнедича 73",
        "Кременец, ул. Ф. Беспалова, 5",
    ],
)  # fmt: skip
def test_initials_that_tell_nobody_are_not_taken_for_sure(twins, query):
    assert twins.geocode(query).confidence < ACCEPTED


def test_a_bare_surname_is_a_little_less_sure_with_initials(twins):
    sure = twins.geocode("Кременец, ул. Орлова, 9").confidence
    assert ACCEPTED <= twins.geocode("Кременец, ул. В. Орлова, 9").confidence < sure
