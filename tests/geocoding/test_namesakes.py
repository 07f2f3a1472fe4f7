"""Settlements and streets that bear one name and are not one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heatmaps.geocoding.aliases import Aliases, Decision
from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.from_osm import read_osm
from heatmaps.geocoding.gazetteer import house_keys, settlement_keys, street_keys
from heatmaps.geocoding.identity import identity_of
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.normal_form import (
    NORM_VERSION,
    normalise,
    settlement_key,
    settlement_kind,
    street_key,
)
from heatmaps.geocoding.result import Level

HEAD = "city,region,district,street,house,lat,lon\n"
KINDS = tuple(
    row.replace("|", ",Самарская область,,")
    for row in (
        "село Ивановка|улица Мира,3,50,40", "деревня Ивановка|улица Мира,3,52,45",
        "деревня Ивановка|улица Мира,7,52,45.001", "Заречный|улица Мира,3,53,46",
        "посёлок Заречный|улица Мира,3,54,48", "СНТ Ромашка|,14,54.3,37.6",
        "ДНТ Ромашка|,14,54.5,37.6", "деревня Ромашка|,14,54.9,37.6",
        "Ивановка,Омская область,,улица Мира,3,56,60",
    )
)  # fmt: skip
UNTYPED = (
    "Бор,Край,,улица Мира,3,55,48", "Бор,Край,,улица Мира,3,56.5,49",
    "Бор,Край,,улица Ленина,5,56.5,49.003",
)  # fmt: skip
DISTRICTS = (
    "Бор,Край,Лесной район,улица Мира,3,55,48", "Бор,Край,Южный район,улица Мира,3,55.1,48.1",
)  # fmt: skip


def read(tmp_path, rows):
    path = tmp_path / "g.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return read_csv(path)


def asked(gazetteer, address, city=None):
    answer = build_index(gazetteer).geocode(address, city)
    return answer.level, answer.lat, answer.lon


@pytest.mark.parametrize(
    ("address", "lat"),
    [
        ("село Ивановка, ул. Мира, 3", 50), ("д. Ивановка, ул. Мира, 3", 52),
        ("деревня Ивановка Мира 3", 52), ("Самарская обл., с. Ивановка, ул. Мира, 3", 50),
        ("Омская обл., Ивановка, ул. Мира, 3", 56), ("посёлок Заречный, ул. Мира, 3", 54),
        ("г. Заречный, ул. Мира, д. 3", 53), ("СНТ Ромашка, 14", 54.3), ("ДНТ Ромашка, 14", 54.5),
        ("деревня Ромашка, 14", 54.9),
    ],
)  # fmt: skip
def test_a_settlement_is_known_by_its_kind(tmp_path, address, lat):
    gazetteer, report = read(tmp_path, KINDS)
    assert (report.houses, report.settlements) == (9, 8)
    assert asked(gazetteer, address)[:2] == (Level.HOUSE, lat)


def test_the_kind_may_stand_in_the_column(tmp_path):
    gazetteer, _ = read(tmp_path, KINDS)
    assert asked(gazetteer, "Мира 3", "деревня Ивановка")[1] == 52
    assert asked(gazetteer, "Ивановка, Мира 3", "деревня Ивановка")[1] == 52


@pytest.mark.parametrize(
    ("rows", "address", "labels"),
    [
        (KINDS, "Самарская область, Ивановка, улица Мира, 3",
         {"Самарская область, село Ивановка, улица Мира, 3",
          "Самарская область, деревня Ивановка, улица Мира, 3"}),
        (UNTYPED, "Бор, улица Мира, 3",
         {"Край, Бор (55.00° 48.00°), улица Мира, 3", "Край, Бор (56.50° 49.00°), улица Мира, 3"}),
        (DISTRICTS, "Бор, улица Мира, 3",
         {"Край, Лесной район, Бор, улица Мира, 3", "Край, Южный район, Бор, улица Мира, 3"}),
    ],
    ids=["kind", "point", "district"],
)  # fmt: skip
def test_namesakes_that_fit_alike_are_ambiguous_and_told_apart(tmp_path, rows, address, labels):
    gazetteer, report = read(tmp_path, rows)
    assert report.left_out == {}
    answer = build_index(gazetteer).geocode(address)
    assert answer.level is Level.AMBIGUOUS
    assert {other.label for other in answer.alternatives} == labels


def test_a_district_written_tells_namesakes_apart(tmp_path):
    gazetteer, _ = read(tmp_path, DISTRICTS)
    for district, lat in (("Лесной р-н", 55), ("Южный район", 55.1)):
        assert asked(gazetteer, f"Край, {district}, Бор, Мира 3")[:2] == (Level.HOUSE, lat)
        assert asked(gazetteer, f"ул. Мира, 3, с. Бор, {district}")[:2] == (Level.HOUSE, lat)


def test_what_only_one_namesake_has_is_found_there(tmp_path):
    gazetteer, _ = read(tmp_path, UNTYPED)
    assert asked(gazetteer, "Бор, улица Ленина, 5") == (Level.HOUSE, 56.5, 49.003)


@pytest.mark.parametrize(
    "rows",
    [
        ("г. Бор,Край,,улица Мира,3,55,48", "Бор,Край,,улица Мира,5,55,48", "Бор,,,Лесная,5,55,48"),
        ("Бор,Край,Лесной район,улица Мира,3,55,48", "Бор,Край,,улица Мира,5,55.01,48"),
        ("Бор,Край,Северный р-н,улица Мира,3,55,48", "Бор,Край,Южный р-н,улица Мира,5,55.02,48"),
        ("Казань,Край,,улица Мира,3,55,48", "Казань,Край,,улица Мира,5,55.8,48"),
        ("г Бор,Край,,улица Мира,3,55,48", "Бор г,Край,,улица Мира,5,55.3,48"),
        (*(f"Бор,Край,,улица Мира,{n},55,{48 + n / 1e3}" for n in range(1, 30)),
         "Бор,Край,,улица Мира,77,57,48"),
    ],
    ids=["kind untold", "district untold", "parts of town", "large city", "city", "misplaced"],
)  # fmt: skip
def test_rows_that_tell_more_or_less_of_one_settlement_stay_together(tmp_path, rows):
    gazetteer, report = read(tmp_path, rows)
    assert (report.settlements, report.houses) == (1, len(rows))
    assert len(set(settlement_keys(gazetteer))) == 1


def test_streets_that_differ_by_initials_are_different(tmp_path):
    names = ("улица Л. Толстого", "улица А. Толстого", "улица Толстого", "ул. Л.Н. Толстого")
    rows = [f"Калуга,Край,,{name},5,54.5,{36 + i / 100}" for i, name in enumerate(names)]
    gazetteer, report = read(tmp_path, [*rows, "Калуга,Край,,улица А. Толстого,9,54.6,36.4"])
    assert (report.streets, report.houses) == (4, 5)
    assert len(set(street_keys(gazetteer))) == 4
    for i, name in enumerate(names):
        assert asked(gazetteer, f"Калуга, {name}, 5") == (Level.HOUSE, 54.5, 36 + i / 100)
        key = street_keys(gazetteer)[i]
        assert build_index(gazetteer).place_of(key).matched == f"Калуга, {name}"
    assert asked(gazetteer, "Калуга, А.Толстого 9")[2] == 36.4


def test_a_bare_name_between_two_with_initials_is_ambiguous(tmp_path):
    names = ("улица Л. Толстого", "улица А. Толстого")
    rows = [f"Калуга,Край,,{name},5,54.5,{36 + i / 100}" for i, name in enumerate(names)]
    gazetteer, _ = read(tmp_path, rows)
    assert asked(gazetteer, "Калуга, улица Толстого, 5")[0] is Level.AMBIGUOUS


def test_addresses_that_mean_different_places_have_different_normal_forms():
    told = [
        "Калуга, ул. Л. Толстого, 5", "Калуга, ул. А. Толстого, 5", "Калуга, ул. Толстого, 5",
        "село Бор, ул. Мира, 3", "д. Бор, ул. Мира, 3", "Бор, ул. Мира, 3", "СНТ Бор, 3",
        "ДНТ Бор, 3", "Лесной р-н, Бор, ул. Мира, 3", "Южный р-н, Бор, ул. Мира, 3",
    ]  # fmt: skip
    texts = [normalise(address).text for address in told]
    assert len(set(texts)) == len(told)
    assert [normalise(text).text for text in texts] == texts


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("бор, улица мира, 3", "Лесной р-н, с. Бор, ул. Мира, 3"),
        ("калуга, улица толстого, 5", "Калуга, ул. А. Толстого, 5"),
    ],
)
def test_a_decision_made_before_forms_told_namesakes_apart_still_holds(before, now):
    form = normalise(now).text
    older = Decision(before, Level.NONE, norm_version=3)
    assert Aliases([older]).get(form) is older
    assert Aliases([replace(older, norm_version=NORM_VERSION)]).get(form) is None


def test_a_part_of_a_city_says_nothing_of_where_it_lies():
    plain = normalise("Москва, ул. Радио, 5").text
    assert normalise("Москва, Басманный район, ул. Радио, 5").text == plain


@pytest.mark.parametrize(
    "name", ["Ростов н/Д", "Ростов-на-Дону", "Ростов на Дону", "Ростов-н-Д", "г. Ростов-н/Д", "РнД"]
)
def test_a_town_on_a_river_has_one_name_however_short(name):
    assert settlement_key(name) == settlement_key("Ростов-на-Дону") != settlement_key("Ростов")
    places = normalise(f"{name}, ул. Мира, 5").places
    assert [place.name for place in places] == [settlement_key("Ростов-на-Дону")]


@pytest.mark.parametrize(
    ("written", "kind"),
    [("с. Бор", "село"), ("Бор, деревня", "деревня"), ("пгт Бор", "поселок"), ("Бор", ""),
     ("г. Бор", "город"), ("СНТ Бор", "товарищество"), ("ДНТ Бор", "днт"), ("York", "")],
)  # fmt: skip
def test_the_type_word_of_a_name_is_the_kind(written, kind):
    assert settlement_kind(written) == kind


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        (("Бор", "", ""), "бор|"), (("Бор", "village", "Край"), "бор|край"),
        (("с. Бор", "", "Край"), "бор|край, село"), (("Бор", "село", "Край"), "бор|край, село"),
        (("Бор", "", "Край, Лесной район"), "бор|край, лесной"),
        (("Бор", "", "Край, 55.00° -48.25°"), "бор|край, 55.00° -48.25°"),
    ],
)  # fmt: skip
def test_a_lasting_key_tells_what_the_columns_do(columns, key):
    assert identity_of(*columns).key == key


def test_initials_are_part_of_a_streets_lasting_key():
    assert street_key("улица Л. Толстого") == street_key("Л.Толстого ул.") == "улица:толстого л."


class Villages:
    """An OSM file of places and the houses around them."""

    def __init__(self):
        self.objects, self.last = [], 0

    def node(self, lat, lon, **tags):
        self.last += 1
        told = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
        self.objects.append(
            f'<node id="{self.last}" version="1" lat="{lat}" lon="{lon}">{told}</node>'
        )
        return self.last

    def village(self, lat, lon, name="Бор", **tags):
        self.node(lat, lon, place="village", name=name, **tags)
        for number in (1, 3):
            self.node(lat + number / 1e4, lon, addr__street="улица Мира", addr__housenumber=number)

    def read(self, tmp_path):
        path = tmp_path / "a.osm"
        path.write_text(f'<osm version="0.6">{"".join(self.objects)}</osm>', encoding="utf-8")
        return read_osm(path)


@pytest.mark.parametrize(
    ("tags", "first"),
    [
        (({"name__prefix": "село"}, {"name__prefix": "деревня"}), "село Бор"),
        (({"official_status": "ru:село"}, {"official_status": "ru:деревня"}), "село Бор"),
        (({}, {}), "Бор (53.00° 50.00°)"),
    ],
    ids=["prefix", "status", "point"],
)
def test_every_village_of_a_name_keeps_its_houses(tmp_path, tags, first):
    osm = Villages()
    osm.village(53.0, 50.0, **tags[0])
    osm.village(53.9, 51.8, **tags[1])
    gazetteer, report = osm.read(tmp_path)
    assert (report.houses, report.settlements, report.left_out) == (4, 2, {})
    assert len(set(house_keys(gazetteer))) == 4
    answer = build_index(gazetteer).geocode("Бор, ул. Мира, 3")
    assert answer.level is Level.AMBIGUOUS
    assert f"{first}, улица Мира, 3" in {other.label for other in answer.alternatives}
    if tags[0]:
        assert asked(gazetteer, "деревня Бор, ул Мира 3")[2] == 51.8


def test_a_house_that_names_its_village_with_the_kind_stands_in_that_one(tmp_path):
    osm = Villages()
    osm.village(53.0, 50.0, name__prefix="село")
    osm.village(53.02, 50.0, name__prefix="деревня")
    osm.node(53.001, 50.001, addr__street="улица Мира", addr__housenumber="9", addr__city="д. Бор")
    gazetteer, _ = osm.read(tmp_path)
    town = gazetteer.houses.settlement[list(gazetteer.houses.number).index("9")]
    assert gazetteer.settlements.kind[town] == "деревня"


def test_a_node_within_a_place_of_its_name_is_that_place(tmp_path):
    osm = Villages()
    osm.village(53.0, 50.0)
    osm.node(53.002, 50.0, place="hamlet", name="Бор")
    assert osm.read(tmp_path)[1].settlements == 1
