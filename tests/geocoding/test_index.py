from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heatmaps.errors import UsageError
from heatmaps.geocoding.gazetteer import (
    empty_gazetteer,
    house_keys,
    settlement_keys,
    street_keys,
)
from heatmaps.geocoding.house_table import HouseTable
from heatmaps.geocoding.index import build_index, pack_gazetteer
from heatmaps.geocoding.matching import Matching
from heatmaps.geocoding.normal_form import readings
from heatmaps.geocoding.places import Places
from heatmaps.geocoding.result import Level
from heatmaps.geocoding.street_table import StreetTable
from heatmaps.geocoding.town_table import TownTable
from heatmaps.geocoding.towns_named import TownsNamed

H, N, S, T, A, X = (
    Level.HOUSE,
    Level.NEAR,
    Level.STREET,
    Level.SETTLEMENT,
    Level.AMBIGUOUS,
    Level.NONE,
)


@pytest.mark.parametrize(
    ("query", "level", "matched"),
    [
        ("г.Москва ул Ленина д.5 корп 2 стр.1", H, "Москва, улица Ленина, 5 к2 с1"),
        ("Москва, Ленина 7 кв 12", H, "Москва, улица Ленина, 7"),
        ("ленина ул., 7, москва", H, "Москва, улица Ленина, 7"),
        ("Москва Ленина 7", H, "Москва, улица Ленина, 7"),
        ("Mocквa, улица Ленина, 9-а", H, "Москва, улица Ленина, 9А"),
        ("Москва1-й Басманный пер.,д.6", H, "Москва, 1-й Басманный переулок, 6"),
        ("Москва, Басманный 1-ый пер 6", H, "Москва, 1-й Басманный переулок, 6"),
        ("Москва, 25 Октября 5", H, "Москва, улица 25 Октября, 5"),
        ("Москва, Садовая – Кудринская 9", H, "Москва, Садовая-Кудринская улица, 9"),
        ("Москва, ул. Ореховый бульвар 22Д", H, "Москва, Ореховый бульвар, 22Д"),
        ("МОСКВА УЛ КОРОЛЕВА 12", H, "Москва, улица Королёва, 12"),
        ("г. Москва, г. Троицк, Сиреневый б-р 15", H, "Троицк, Сиреневый бульвар, 15"),
        ("ул Московская 6, Тверь", H, "Тверь, Московская улица, 6"),
        ("Химки, 1-я Советская 7", H, "Химки, 1-я Советская улица, 7"),
        ("Химки, Советская 7", H, "Химки, Советская улица, 7"),
        ("Химки, 2-я Советская 7", T, "Химки"),
        ("Зеленоград корп 1144", H, "Зеленоград, к1144"),
        ("Московская область, д. Исаково, 2", H, "Московская область, Исаково, 2"),
        ("СПб 7 линия ВО 34", H, "Санкт-Петербург, 7-я линия В.О., 34"),
        ("СПб, 7 линия 34", H, "Санкт-Петербург, 7-я линия В.О., 34"),
        ("СПб, Бол. пр. В.О., 77", H, "Санкт-Петербург, Большой проспект В.О., 77/17 литА"),
        ("СПб, Купчино, наб. Мойки 12", H, "Санкт-Петербург, набережная реки Мойки, 12"),
        ("Hauptstr. 2, 80331 München", H, "München, Hauptstraße, 2"),
        ("Москва, Ленина", S, "Москва, улица Ленина"),
        ("Москва, Ленина 700", S, "Москва, улица Ленина"),
        ("Москва", T, "Москва"),
        ("Москва, Неведомая 5", T, "Москва"),
        ("Пермь, Ленина 7", X, ""),
        ("Исаково, 2", A, ""),
        ("Ленина 5к2", A, ""),
        ("Москва, пр. Мира 10", A, ""),
        ("СПб, Большой проспект 77", A, ""),
    ],
)  # fmt: skip
def test_query(index, query, level, matched):
    found = index.geocode(query)
    assert (found.level, found.matched) == (level, matched)


@pytest.mark.parametrize(
    ("number", "level", "matched", "confidence"),
    [
        ("7", H, "7", 1.0),
        ("5 к2", H, "5 к2 с1", 0.85),
        ("5/2", H, "5 к2 с1", 0.765),
        ("11 к2", H, "11/2", 0.9),
        ("11", H, "11/2", 0.9),
        ("15", H, "15 литА", 0.97),
        ("15А", H, "15 литА", 0.95),
        ("7 литБ", H, "7", 0.97),
        ("вл7", H, "7", 0.9),
        ("7-30", H, "7", 0.88),
        ("49/1-199", H, "49/1", 0.88),
        ("7 с3", H, "7", 0.85),
        ("9", N, "9А", 0.75),
        ("3", N, "5 к2 с1", 0.6),
        ("36", N, "32 к2", 0.6),
        ("8", S, "", 0.7),
    ],
)
def test_house_ladder(index, number, level, matched, confidence):
    found = index.geocode(f"Москва, улица Ленина, {number}")
    assert found.level == level
    assert found.matched == ", ".join(["Москва", "улица Ленина", *([matched] if matched else [])])
    assert found.confidence == pytest.approx(confidence)


def test_a_list_of_three_numbers_is_doubtful(index):
    found = index.geocode("Москва, улица Ленина, 32, 2, 323")
    assert found.matched.endswith("32 к2")
    assert found.confidence <= 0.85


def test_another_type_of_street_is_doubtful(index):
    found = index.geocode("СПб, Институтский пер 5")
    assert found.level == H
    assert found.confidence <= 0.8
    assert any(change.startswith("type:") for change in found.changes)


def test_ambiguous_gives_the_alternatives(index):
    found = index.geocode("Ленина 5к2")
    assert found.lat is None
    assert found.uncertainty_m is None
    labels = {a.label for a in found.alternatives}
    assert labels == {"Химки, улица Ленина, 5 к2", "Москва, улица Ленина, 5 к2 с1"}
    assert found.alternatives[0].label == "Химки, улица Ленина, 5 к2"


def test_where_the_city_comes_from(gazetteer, index):
    at_home = build_index(gazetteer, default_city="Химки")
    assert at_home.geocode("Ленина 5к2").matched == "Химки, улица Ленина, 5 к2"
    assert "default_city" in at_home.geocode("Ленина 5к2").changes
    assert at_home.geocode("Москва, Ленина 7").matched.startswith("Москва")
    assert at_home.geocode("Тюмень, Ленина 5к2").level == X
    assert index.geocode("Ленина 5к2", "г. Химки").matched == "Химки, улица Ленина, 5 к2"
    assert index.geocode("Тверь, Московская 6", "Москва").matched.startswith("Тверь")
    doubtful = index.geocode("Купчино, Ленина 7", "Москва")
    assert (doubtful.level, doubtful.confidence <= 0.8) == (H, True)
    with pytest.raises(UsageError, match="Default city 'Тюмень'"):
        build_index(gazetteer, default_city="Тюмень")


def test_uncertainty_follows_the_level(index):
    by_level = {
        index.geocode(q).level: index.geocode(q).uncertainty_m
        for q in ("Москва, Ленина 7", "Москва, Ленина 3", "Москва, Ленина", "Тверь")
    }
    assert by_level[H] == 20
    assert by_level[N] == 100
    assert by_level[S] == pytest.approx(334, abs=5)
    assert by_level[T] >= 1500


@pytest.mark.parametrize("query", ["", "-", "нет", "тест", "  ", "\0"])
def test_junk(index, query):
    found = index.geocode(query)
    assert (found.level, found.faults, found.lat) == (X, ("junk",), None)


@pytest.mark.parametrize(
    ("query", "level", "uncertainty"),
    [
        ("55.75 37.61", S, 556),
        ("55.751244, 37.618423", H, 20),
        ("55,7512; 37,6184", H, 20),
        ("-33.868 151.209", N, 56),
    ],
)
def test_coordinates_are_an_address(index, query, level, uncertainty):
    found = index.geocode(query)
    assert found.level == level
    assert found.uncertainty_m == pytest.approx(uncertainty, abs=1)
    assert abs(found.lat) > 30


def test_an_empty_gazetteer_finds_nothing():
    assert build_index(empty_gazetteer()).geocode("Москва, Ленина 5").level == X
    assert build_index(empty_gazetteer()).suggest("Ленина") == []


PIECES = [
    "Москва",
    "Химки",
    "СПб",
    "ул.",
    "Ленина",
    "Мира",
    "пр.",
    "7",
    "5к2",
    "кв 3",
    ",",
    "Тверь",
]


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join),
            st.sampled_from([None, "Москва", "Химки", "Пермь"]),
        ),
        max_size=8,
    )
)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_batch_equals_single(index, pairs):
    addresses, cities = [a for a, _ in pairs], [c for _, c in pairs]
    batch = index.geocode_batch(addresses, cities)
    assert batch == [index.geocode(a, c) for a, c in pairs]
    assert all((r.lat is None) == (r.level in {X, A}) for r in batch)
    assert all(0 <= r.confidence <= 1 for r in batch)


def test_many_slips_in_a_batch_are_mended_as_one_by_one(gazetteer, index):
    addresses = []
    for town, street, number in zip(
        gazetteer.settlements.name[gazetteer.houses.settlement],
        gazetteer.streets.name[gazetteer.houses.street],
        gazetteer.houses.number,
        strict=True,
    ):
        addresses += [
            f"{town}, {street[:at]}{street[at + 1 :]}, {number}" for at in range(0, len(street), 2)
        ]
        addresses.append(f"{town[:3]}{town[4:]}, {street}, {number}")
    nowhere = [None] * len(addresses)
    fresh = build_index(gazetteer).geocode_batch(addresses, nowhere)
    assert fresh == [index.geocode(address) for address in addresses]
    assert sum(found.level is H for found in fresh) > len(fresh) / 2


def test_what_is_plain_is_what_all_rungs_give(gazetteer):
    arrays = pack_gazetteer(gazetteer)
    towns, streets = TownTable(arrays, "Москва"), StreetTable(arrays)
    places = Places(towns, streets, HouseTable(arrays))
    matching = Matching(TownsNamed(towns), streets, places)
    addresses = [
        f"{town}, {street}, {number}"
        for town in ("Москва", "Химки", "СПб", "Московская область, Химки")
        for street in ("ул. Ленина", "Ленина", "Большой пр. В.О.", "Большой пр.", "пр. Мира")
        for number in ("7", "5к2", "5к2с1", "77", "10", "32, 2, 323", "7 и ул. Мира 10", "99")
    ]
    plain = [matching.plain(readings(address)) for address in addresses]
    best = [matching.best(address, readings(address))[1] for address in addresses]
    assert all(one in (None, other) for one, other in zip(plain, best, strict=True))
    assert any(plain)
    assert not all(plain)


def test_every_house_is_found_under_its_own_name(gazetteer, index):
    houses, names = gazetteer.houses, gazetteer.streets.name
    for i in range(len(houses)):
        town = houses.settlement[i]
        street = names[houses.street[i]] if houses.street[i] >= 0 else ""
        region = gazetteer.settlements.region[town]
        place = f"{region}, город {gazetteer.settlements.name[town]}"
        found = index.geocode(f"{place}, {street}, {houses.number[i]}")
        assert (found.level, found.confidence) == (H, 1.0)
        assert np.allclose((found.lat, found.lon), (houses.lat[i], houses.lon[i]))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Кор", "Москва, улица Королёва"),
        ("ул коро", "Москва, улица Королёва"),
        ("кудр", "Москва, Садовая-Кудринская улица"),
        ("большой пр в", "Санкт-Петербург, Большой проспект В.О."),
        ("Тверь, мос", "Тверь, Московская улица"),
        ("химки сов", "Химки, Советская улица"),
        ("Королёва 1", "Москва, улица Королёва, 12"),
        ("Москва, Ленина 5", "Москва, улица Ленина, 5 к2 с1"),
        ("химки ленина 5", "Химки, улица Ленина, 5 к2"),
    ],
)
def test_suggestion(index, typed, first):
    assert index.suggest(typed)[0].value == first


@given(st.text(alphabet="абвклмнорстуюя ,.1257МЛ-", max_size=12))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_suggestion_geocodes_to_its_own_place(index, text):
    suggestions = index.suggest(text, limit=5)
    assert len(suggestions) <= 5
    for one in suggestions:
        found = index.geocode(one.value)
        assert (found.level, found.lat, found.lon) == (one.level, one.lat, one.lon)


def test_the_key_of_an_answer_is_the_gazetteers(gazetteer, index):
    houses, names = house_keys(gazetteer), gazetteer.streets.name
    for i, key in enumerate(houses):
        place = index.place_of(key)
        town = gazetteer.houses.settlement[i]
        street = names[gazetteer.houses.street[i]] if gazetteer.houses.street[i] >= 0 else ""
        query = f"{gazetteer.settlements.region[town]}, город {gazetteer.settlements.name[town]}"
        found = index.geocode(f"{query}, {street}, {gazetteer.houses.number[i]}")
        assert (place.key, place.lat, place.lon) == (key, found.lat, found.lon)
        assert found.key == key
    for key in (*street_keys(gazetteer), *settlement_keys(gazetteer)):
        assert index.place_of(key).key == key
    assert index.place_of("нигде|") is None
    assert index.place_of("москва||улица:ленина|777") is None
