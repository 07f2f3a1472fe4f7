"""Addresses that no reading leads anywhere with, found by the names that the gazetteer knows."""

from __future__ import annotations

import pytest

from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.regions import names_region, region_words
from heatmaps.geocoding.result import ACCEPTED, Level
from heatmaps.geocoding.stems import stem, stems

ROWS = """city,region,street,house,lat,lon
Вязники,Владимирская область,Гончарная улица,12,56.24,42.10
Вязники,Владимирская область,Гончарная улица,14,56.241,42.10
Вязники,Владимирская область,проспект Октября,46,56.25,42.11
Вязники,Владимирская область,Невский проспект,5,56.26,42.12
Вязники,Владимирская область,микрорайон Самал-2,58,56.27,42.13
Вязники,Владимирская область,улица 8 Марта,15,56.28,42.14
Вязники,Владимирская область,Полевая улица,9,56.29,42.15
Лесной Городок,Московская область,Школьная улица,3,55.64,37.20
Сосновка-10,Московская область,,5,55.70,37.30
Санкт-Петербург,Санкт-Петербург,10-я линия В.О.,41,59.94,30.27
Санкт-Петербург,Санкт-Петербург,Наличная улица,21,59.95,30.23
Москва,Москва,Гончарная улица,12,55.74,37.65
Троицк,Москва,Центральная улица,8,55.48,37.30
Троицк,Челябинская область,Центральная улица,8,54.08,61.56
Октябрьский,Республика Башкортостан,улица Ленина,27,54.48,53.47
Октябрьский,Пермский край,улица Ленина,27,56.51,57.21
Ростов,Ярославская область,Ленинская улица,44,57.19,39.41
München,Bayern,Odeonsplatz,8,48.14,11.57
München,Bayern,Platzl,9,48.137,11.58
Омск,Омская область,Садовая улица,3,54.98,73.36
Зеленоград,Москва,,к601,55.99,37.20
Зеленоград,Москва,площадь Юности,2,55.98,37.21
Санкт-Петербург,Санкт-Петербург,7-я линия В.О.,12,59.94,30.28
Ростов-на-Дону,Ростовская область,7-я линия,12,47.23,39.76
London,England,Holborn,1,51.518,-0.111
London,England,Holborn Circus,1,51.517,-0.107
Springfield,Illinois,Main Street,1500,39.80,-89.64
Springfield,Massachusetts,Main Street,1500,42.10,-72.59
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("gazetteer") / "places.csv"
    path.write_text(ROWS, encoding="utf-8")
    return build_index(read_csv(path)[0])


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("работает Вязники пр.Октября 46 тоже плохо, 3 палки", "Вязники, проспект Октября, 46"),
        ("Абонент: «Ромашка», подключение - Вязники, Гончарная 12", "Вязники, Гончарная улица, 12"),
        ("в Вязниках на Невском проспекте 5", "Вязники, Невский проспект, 5"),
        ("Вязники, угловой дом на Гончарной, 12", "Вязники, Гончарная улица, 12"),
        ("Вязники, Самал-2, 58", "Вязники, микрорайон Самал-2, 58"),
        ("Вязники ул 8 Марта 15 звонить только вечером", "Вязники, улица 8 Марта, 15"),
        ("Васильевский остров, 10-я линия, дом 41", "Санкт-Петербург, 10-я линия В.О., 41"),
        ("на Наличной 21 в Питере", "Санкт-Петербург, Наличная улица, 21"),
        ("Сосновка 10 дом 5", "Сосновка-10, 5"),
        ("München, 9 Platzl", "München, Platzl, 9"),
        ("Munich, Odeonsplatz 8", "München, Odeonsplatz, 8"),
        ("no signal at 9 Platzl München since Monday", "München, Platzl, 9"),
    ],
)  # fmt: skip
def test_a_house_is_found_among_other_words(index, query, matched):
    found = index.geocode(query)
    assert (found.level, found.matched) == (Level.HOUSE, matched)


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("пос. Лесной Городок Одинцовский район", "Лесной Городок"),
        ("Вязники центр", "Вязники"),
        ("Вязники, ул. Прибрежная 5, не ловит", "Вязники"),
    ],
)
def test_a_settlement_is_found_among_other_words(index, query, matched):
    found = index.geocode(query)
    assert (found.level, found.matched) == (Level.SETTLEMENT, matched)


@pytest.mark.parametrize(
    "query",
    [
        "работает Вязники пр.Октября 46 дома тоже плохо, 3 палки",
        "Вязники, угловой дом на Гончарной, 12",
        "Вязники, пер. Гончарный 12",
        "Вязники Гончарная 12 или Полевая 9",
    ],
)
def test_what_was_not_read_leaves_doubt(index, query):
    assert index.geocode(query).confidence < ACCEPTED


@pytest.mark.parametrize(
    "query",
    [
        "Урюпинск, Гончарная 12",
        "г. Урюпинск, ул Полевая, 9",
        "Вязники, 2-я улица 8 Марта 15",
        "Вязники, Малая Полевая 9 корпус старый",
        "Старые Вязники, улица Полевая 9",
        "в нашем доме 9 нет связи",
    ],
)
def test_no_house_is_made_up(index, query):
    found = index.geocode(query)
    assert found.level is not Level.HOUSE or found.confidence < 0.7


def test_of_several_places_none_is_chosen(index):
    found = index.geocode("Гончарная 12")
    assert (found.level, found.lat) == (Level.AMBIGUOUS, None)


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("Омкс, Садовая 3", "Омск, Садовая улица, 3"),
        ("Рмск, Садовая 3", "Омск, Садовая улица, 3"),
        ("Орск, Садовая 3", ""),
        ("Томск, Садовая 3", ""),
        ("Омкс, Садовая 999", ""),
        ("Омкс, Небывалая 3", ""),
    ],
)
def test_a_short_name_of_a_town_is_mended_only_for_the_very_house(index, query, matched):
    found = index.geocode(query)
    assert found.matched == matched
    assert found.confidence < ACCEPTED


@pytest.mark.parametrize(
    ("query", "matched", "accepted"),
    [
        ("Зеленоград к601", "Зеленоград, к601", True),
        ("Зеленоград, 601", "Зеленоград, к601", True),
        ("Зеленоград, корпус 601", "Зеленоград, к601", True),
        ("Москва, Зеленоград, корпус 601", "Зеленоград, к601", True),
        ("Зеленоград 601-55", "Зеленоград, к601", False),
        ("Зеленоград, 16 мкр, корп. 601", "Зеленоград, к601", True),
    ],
)
def test_a_korpus_without_house_or_street(index, query, matched, accepted):
    found = index.geocode(query)
    assert (found.level, found.matched) == (Level.HOUSE, matched)
    assert (found.confidence >= ACCEPTED) == accepted


def test_what_the_writer_took_back_leaves_doubt(index):
    found = index.geocode("Вязники, Гончарная улица 14 (исправлено на 12)")
    assert found.matched == "Вязники, Гончарная улица, 12"
    assert "corrected" in found.changes
    assert found.confidence < ACCEPTED


def test_a_korpus_beside_the_one_asked_for_is_near(index):
    assert index.geocode("Зеленоград, к603").level is Level.NEAR
    assert index.geocode("Зеленоград, Небывалая 601").level is Level.SETTLEMENT


def test_a_part_of_town_left_out_does_not_tell_cities_apart(index):
    assert index.geocode("7 линия дом 12").level is Level.AMBIGUOUS


def test_a_street_without_type_goes_before_one_that_has_one(index):
    found = index.geocode("Holborn 1")
    assert (found.level, found.matched) == (Level.HOUSE, "London, Holborn, 1")


def test_a_range_that_is_not_known_is_no_sure_flat(index):
    assert index.geocode("Вязники, Полевая 9-11").confidence < ACCEPTED
    assert index.geocode("Вязники, Полевая 9-31").confidence >= ACCEPTED


@pytest.mark.parametrize(
    ("query", "region"),
    [
        ("Москва, Троицк, Центральная 8", "Москва"),
        ("Троицк Челябинская обл ул Центральная 8", "Челябинская область"),
        ("Башкортостан, Октябрьский, Ленина 27", "Республика Башкортостан"),
        ("г Октябрьский, Башкирия, ул Ленина 27", "Республика Башкортостан"),
        ("Октябрьский Пермского края, Ленина 27", "Пермский край"),
        ("1500 Main St, Springfield, MA", "Massachusetts"),
        ("1500 Main Street, Springfield, Illinois", "Illinois"),
    ],
)
def test_a_region_tells_namesakes_apart(index, query, region):
    found = index.geocode(query)
    assert found.level is Level.HOUSE
    assert found.matched.startswith(region)


def test_words_without_endings():
    assert stem("перми") == stem("пермь") == "перм"
    assert stems("большого невского") == stems("невский большой")
    assert stem("дом") == "дом"
    assert stem("platzl") == "platzl"


def test_a_region_by_any_of_its_names():
    assert region_words("башкирия") == region_words("республика башкортостан")
    assert region_words("московской области") == region_words("подмосковье")
    assert region_words("москва") != region_words("московская")
    assert names_region("татарстан")
    assert not names_region("вязники")
