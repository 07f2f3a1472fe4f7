"""Settlements, regions and districts that an address names, and what contradicts them."""

from __future__ import annotations

import pytest

from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.gazetteer import Gazetteer
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.result import ACCEPTED, Level

HEAD = "city,region,street,house,lat,lon\n"
ONE_TOWN = "Светлоозёрск,Вятский край,улица Ломовая,9,56.10,50.10\n"
TOWNS = f"""{ONE_TOWN}Светлоозёрск,Вятский край,улица Мира,9,56.11,50.11
Мшанец,Вятский край,улица Ткачей,5,57.10,51.10
Дубодел,Посурская область,улица Канатчиков,44,53.10,45.10
Дубодел,Посурская область,улица Мира,9,53.11,45.11
"""
UNTOLD = ONE_TOWN.replace("Вятский край", "")


def gazetteer_of(tmp_path, rows) -> Gazetteer:
    path = tmp_path / "g.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return read_csv(path)[0]


@pytest.mark.parametrize("default", [None, "Светлоозёрск"])
@pytest.mark.parametrize("rows", [ONE_TOWN, TOWNS, UNTOLD], ids=["one town", "several", "untold"])
@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("Ломовая 9", "Верхнекамск"),
        ("ул. Ломовая, 9", "г. Верхнекамск"),
        ("ул. Ломовая, 9", "Заозёрский край, Верхнекамск"),
        ("ул. Ломовая, 9", "с. Нижние Дворики"),
        ("ул. Ломовая, 9", "Заозёрская область"),
        ("Заозёрская область, ул. Ломовая, 9", None),
        ("Респ. Татарстан, ул. Ломовая, 9", None),
        ("Татарстан, ул. Ломовая, 9", None),
        ("Верхнекамск, ул. Ломовая, 9", None),
        ("дер. Гнилуши, ул. Ломовая, 9", None),
    ],
)
def test_a_place_that_is_not_there_is_not_replaced(tmp_path, rows, default, address, city):
    index = build_index(gazetteer_of(tmp_path, rows), default)
    found = index.geocode(address, city)
    assert found.confidence < ACCEPTED
    assert index.geocode_batch([address], [city]) == [found]
    if rows is not UNTOLD:
        assert found.level in {Level.NONE, Level.SETTLEMENT}
        assert "unknown_settlement" in found.faults


@pytest.mark.parametrize(
    ("address", "city", "default"),
    [
        ("Вятский край, ул. Ломовая, 9", None, None),
        ("Вятский край, ул. Ломовая, 9", None, "Светлоозёрск"),
        ("ул. Ломовая, 9", "Вятский край", None),
        ("ул. Ломовая, 9", "Вятский край, г. Светлоозёрск", None),
        ("Светлоозёрск, ул. Ломовая, 9", "Вятский край", None),
        ("Светлоозёрск, ул. Ломовая, 9", "Светлоозерск", None),
        ("Светлоозёрск, ул. Ломовая, 9", "Светлозёрск", None),
        ("ул. Ломовая, 9", None, None),
        ("ул. Ломовая, 9", None, "Светлоозёрск"),
        ("Ленинский район, ул. Ломовая, 9", None, "Светлоозёрск"),
    ],
)
def test_a_place_that_agrees_is_no_obstacle(tmp_path, address, city, default):
    found = build_index(gazetteer_of(tmp_path, TOWNS), default).geocode(address, city)
    assert (found.level, found.matched) == (Level.HOUSE, "Светлоозёрск, улица Ломовая, 9")
    assert found.confidence >= ACCEPTED


@pytest.mark.parametrize(
    ("address", "matched"),
    [
        ("Посурская область, ул. Мира, 9", "Дубодел, улица Мира, 9"),
        ("Вятский край, ул. Мира, 9", "Светлоозёрск, улица Мира, 9"),
        ("Вятский край, ул. Ткачей, 5", "Мшанец, улица Ткачей, 5"),
        ("Вятский край, ул. Ткчей, 5", "Мшанец, улица Ткачей, 5"),
        ("Посуская обл., ул. Канатчиков, 44", "Дубодел, улица Канатчиков, 44"),
    ],
)
def test_a_region_tells_where_to_look(tmp_path, address, matched):
    gazetteer = gazetteer_of(tmp_path, TOWNS)
    assert build_index(gazetteer).geocode(address).matched == matched
    assert build_index(gazetteer).geocode(address.partition(", ")[2]).level is not Level.NONE


@pytest.mark.parametrize("index_of", [None, "Мшанец"], ids=["no default", "default"])
@pytest.mark.parametrize("column", ["Дубодел", "Верхнекамск", "Посурская область"])
@pytest.mark.parametrize("address", ["Светлоозёрск, ул. Ломовая, 9", "Светлоозёрск Ломовая 9"])
def test_the_text_goes_before_the_column_but_not_silently(tmp_path, address, column, index_of):
    found = build_index(gazetteer_of(tmp_path, TOWNS), index_of).geocode(address, column)
    assert found.matched == "Светлоозёрск, улица Ломовая, 9"
    assert found.confidence < ACCEPTED
    said = (*found.faults, *found.changes)
    assert any(one.startswith(("city_contradicted", "region_contradicted")) for one in said)


def test_a_column_around_the_settlement_does_not_contradict(tmp_path):
    rows = "Крутояр,Край,улица Мира,{0},56.{0},50.0\n"
    town = "".join(rows.format(number) for number in (10, 15, 20))
    gazetteer = gazetteer_of(tmp_path, town + "Слободка,Край,улица Ткачей,5,56.14,50.0\n")
    found = build_index(gazetteer).geocode("Слободка, ул. Ткачей, 5", "Крутояр")
    assert found.confidence >= ACCEPTED
    assert not found.faults


def test_a_district_nobody_knows_leaves_doubt(tmp_path):
    index = build_index(gazetteer_of(tmp_path, TOWNS))
    found = index.geocode("Заозёрский р-н, ул. Ткачей, 5")
    assert found.matched == "Мшанец, улица Ткачей, 5"
    assert found.confidence < ACCEPTED <= index.geocode("ул. Ткачей, 5").confidence


def test_a_region_of_many_settlements_is_searched_as_a_whole(tmp_path):
    rows = [
        f"Выселки-{i} хутор,Вятский край,улица Мира,{i},5{i % 7}.0,4{i % 9}.0" for i in range(90)
    ]
    rows.append("Дубодел,Посурская область,улица Мира,7,53.1,45.1")
    rows.append("Мшанец,Вятский край,улица Канатчиков,7,54.1,45.1")
    index = build_index(gazetteer_of(tmp_path, "\n".join(rows) + "\n"))
    assert index.geocode("Посурская область, ул. Мира, 7").matched == "Дубодел, улица Мира, 7"
    assert index.geocode("Вятский край, ул. Мира, 7").level is Level.AMBIGUOUS
    assert index.geocode("Вятский край, ул. Канатчков, 7").matched == "Мшанец, улица Канатчиков, 7"
    assert index.geocode("Посурская область, ул. Канатчков, 7").level is Level.NONE


@pytest.mark.parametrize(("rows", "default"), [(ONE_TOWN, None), (TOWNS, "Светлоозёрск")])
@pytest.mark.parametrize(
    ("district", "sure"),
    [
        ("Пермский р-н", False), ("Кунгурский район", True), ("Челябинский район", False),
        ("Светлоозёрский район", True), ("Советский район", True), ("Кировский р-н", True),
    ],
)  # fmt: skip
def test_a_district_of_another_town_leaves_doubt(tmp_path, rows, default, district, sure):
    index = build_index(gazetteer_of(tmp_path, rows), default)
    found = index.geocode(f"{district}, ул. Ломовая, 9")
    assert found.matched == "Светлоозёрск, улица Ломовая, 9"
    assert (found.confidence >= ACCEPTED) is sure


def test_a_district_of_a_town_of_the_gazetteer_leaves_doubt(tmp_path):
    index = build_index(gazetteer_of(tmp_path, TOWNS), "Светлоозёрск")
    assert index.geocode("Дубодельский район, ул. Ломовая, 9").confidence < ACCEPTED


COUNTRIES = """Мшанец,Брестская область,улица Ломовая,9,52.1,23.7
Дубодел,Карагандинская область,улица Ткачей,5,49.8,73.1
Крутояр,Республика Татарстан,улица Канатчиков,7,55.8,49.1
"""


@pytest.mark.parametrize("default", [None, "Крутояр"])
@pytest.mark.parametrize(
    ("address", "matched"),
    [
        ("Казахстан, ул. Канатчиков, 7", ""), ("Беларусь ул Канатчиков 7", ""),
        ("Республика Беларусь, ул. Канатчиков, 7", ""), ("Белоруссия, Канатчиков 7", ""),
        ("Россия, ул. Канатчиков, 7", "Крутояр, улица Канатчиков, 7"),
        ("Российская Федерация, ул. Канатчиков, 7", "Крутояр, улица Канатчиков, 7"),
        ("Казахстан, Крутояр, ул. Канатчиков, 7", "Крутояр, улица Канатчиков, 7"),
        ("Беларусь, Мшанец, ул. Ломовая, 9", "Мшанец, улица Ломовая, 9"),
    ],
)  # fmt: skip
def test_a_country_is_not_left_without_a_city(tmp_path, default, address, matched):
    index = build_index(gazetteer_of(tmp_path, COUNTRIES), default)
    assert index.geocode(address).matched == matched


def test_a_country_tells_where_to_look(tmp_path):
    index = build_index(gazetteer_of(tmp_path, COUNTRIES))
    assert index.geocode("Беларусь, ул. Ломовая, 9").matched == "Мшанец, улица Ломовая, 9"
    assert index.geocode("Казахстан, ул. Ткачей, 5").matched == "Дубодел, улица Ткачей, 5"
    only = build_index(gazetteer_of(tmp_path, ONE_TOWN))
    assert only.geocode("Беларусь, ул. Ломовая, 9").confidence < ACCEPTED
    assert only.geocode("ул. Ломовая, 9", "Беларусь").confidence < ACCEPTED
    assert only.geocode("Россия, ул. Ломовая, 9").confidence >= ACCEPTED
