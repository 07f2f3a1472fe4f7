from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.simulation.dirty_addresses import NO_HOUSE, Kind, Sampler
from heatmaps.simulation.dirty_addresses.alphabets import (
    SCHEMES,
    has_cyrillic,
    on_wrong_layout,
    transliterated,
    with_look_alikes,
    without_accents,
)
from heatmaps.simulation.dirty_addresses.streets import words_of
from heatmaps.simulation.dirty_addresses.typing_errors import can_be_mistyped, mistyped
from heatmaps.simulation.many_cities import blown_up
from heatmaps.simulation.russian_names import cities, streets

SEED = 5
COUNT = 60
ROWS = """city,region,street,house,lat,lon
Гатчина,,улица Чкалова,5 к2 с1,59.5700,30.1000
Гатчина,,улица Чкалова,7,59.5710,30.1000
Гатчина,,проспект Мира,10,59.5720,30.1000
Гатчина,,проезд Мира,10,59.5730,30.1000
Гатчина,,Соборная улица,вл5 с3,59.5740,30.1000
Выборг,,улица Чкалова,7,60.7100,28.7500
Выборг,,улица Чкалова,14 литА,60.7110,28.7500
Выборг,,Крепостная улица,11/2,60.7120,28.7500
Marburg,,Königstraße,2,50.8000,8.7700
Marburg,,Universitätsstraße,12a,50.8010,8.7700
"""


def _gazetteer(folder):
    path = folder / "towns.csv"
    path.write_text(ROWS, encoding="utf-8")
    return read_csv(path)[0]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return _gazetteer(tmp_path_factory.mktemp("dirty"))


@pytest.fixture(scope="module")
def many(small):
    return blown_up(small, 4000, SEED)


@pytest.fixture(scope="module")
def drawn(many):
    sampler = Sampler(many, SEED)
    return {kind: sampler.draw(kind, COUNT) for kind in Kind}


def _meant(gazetteer, row):
    houses = gazetteer.houses
    return (
        gazetteer.settlements.name[houses.settlement[row]],
        gazetteer.streets.name[houses.street[row]],
        houses.number[row],
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_seed_gives_the_same_queries_and_no_two_alike(many, drawn, kind):
    again = Sampler(many, SEED).draw(kind, COUNT)
    other = Sampler(many, SEED + 1).draw(kind, COUNT)
    assert again.text.tolist() == drawn[kind].text.tolist()
    assert again.house.tolist() == drawn[kind].house.tolist()
    assert other.text.tolist() != drawn[kind].text.tolist()
    pairs = list(zip(again.text, again.city, strict=True))
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_query_means_a_house_or_says_that_it_means_none(drawn, kind):
    assert ((drawn[kind].house != NO_HOUSE) == kind.means_a_house).all()


def test_a_clean_query_is_the_house_in_the_words_of_the_gazetteer(many, drawn):
    queries = drawn[Kind.CLEAN]
    assert len(queries) == COUNT
    for text, row in zip(queries.text, queries.house, strict=True):
        assert text == ", ".join(_meant(many, row))


@pytest.mark.parametrize(
    "kind", [Kind.ABBREVIATED, Kind.SWAPPED, Kind.CAPITALS, Kind.NO_TYPE, Kind.LOOK_ALIKE]
)
def test_the_numbers_of_the_house_stand_in_every_query_that_means_it(many, drawn, kind):
    for text, row in zip(drawn[kind].text, drawn[kind].house, strict=True):
        digits = [part for part in _meant(many, row)[2].split() if part.isdigit()]
        assert all(part in text for part in digits)


def test_capitals_are_capitals(drawn):
    assert all(text == text.upper() for text in drawn[Kind.CAPITALS].text)


def test_a_query_without_type_names_a_street_that_needs_none(many, drawn):
    queries = drawn[Kind.NO_TYPE]
    for text, row in zip(queries.text, queries.house, strict=True):
        assert not {"улица", "проспект", "переулок", "проезд"} & set(words_of(text))
        name = _meant(many, row)[1]
        assert set(words_of(name)) - set(words_of(text))


def test_streets_told_apart_by_their_type_alone_are_never_asked_without(small):
    sampler = Sampler(small, SEED)
    assert "Мира" not in " ".join(sampler.draw(Kind.NO_TYPE, COUNT).text)
    assert " пр. " not in " ".join(sampler.draw(Kind.ABBREVIATED, COUNT).text)


@pytest.mark.parametrize(("kind", "slips"), [(Kind.ONE_TYPO, 1), (Kind.TWO_TYPOS, 2)])
def test_slips_stand_in_one_word_and_make_no_other_street(many, drawn, kind, slips):
    queries = drawn[kind]
    assert len(queries) == COUNT
    for text, row in zip(queries.text, queries.house, strict=True):
        city, street, number = _meant(many, row)
        assert text.endswith(number)
        known = {*words_of(city), *words_of(street), *words_of(number)}
        strange = [word for word in words_of(text) if word not in known and len(word) > 3]
        assert len(strange) <= 1
        if strange:
            assert min(OSA.distance(strange[0], word) for word in known) <= slips
        here = many.streets.settlement == many.houses.settlement[row]
        others = {words_of(name) for name in many.streets.name[here]} - {words_of(street)}
        assert words_of(text.split(", ")[1]) not in others


@settings(max_examples=40)
@given(st.sampled_from(["Космонавтов", "Мира", "Hauptweg", "ЛЕСНАЯ"]), st.integers(0, 10**6))
def test_a_word_has_as_many_slips_as_asked(word, seed):
    rng = np.random.default_rng(seed)
    assert OSA.distance(word.casefold(), mistyped(rng, word).casefold()) == 1
    assert OSA.distance(word.casefold(), mistyped(rng, word, 2).casefold()) == 2


@pytest.mark.parametrize(
    ("word", "allowed"), [("Мира", True), ("Зоя", False), ("8-я", False), ("25", False)]
)
def test_digits_and_short_words_are_never_mistyped(word, allowed):
    assert can_be_mistyped(word) == allowed


@pytest.mark.parametrize(
    ("scheme", "written"),
    [
        ("iso9", "Ŝukinskaâ, Hvojnyj pr-d, Ènergetikov"),
        ("gost", "Shhukinskaya, Xvojny`j pr-d, E`nergetikov"),
        ("passport", "Shchukinskaia, Khvoinyi pr-d, Energetikov"),
        ("bgn", "Shchukinskaya, Khvoynyy pr-d, Energetikov"),
        ("road", "Shchukinskaya, Khvoynyy pr-d, Energetikov"),
        ("chat", "Schukinskaya, Hvoynyy pr-d, Energetikov"),
    ],
)
def test_every_scheme_writes_as_its_standard_says(scheme, written):
    assert transliterated("Щукинская, Хвойный пр-д, Энергетиков", scheme) == written


def test_ye_stands_where_a_syllable_begins_with_it():
    assert (
        transliterated("Елец, Андреева, Съездовская", "bgn") == "Yelets, Andreyeva, S”yezdovskaya"
    )


def test_transliterated_queries_hold_no_cyrillic_in_any_scheme(drawn):
    assert not any(has_cyrillic(text) for text in drawn[Kind.TRANSLITERATED].text)
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    assert not any(has_cyrillic(transliterated(letters, scheme)) for scheme in SCHEMES)


def test_the_wrong_layout_is_the_other_letter_of_the_same_key(drawn):
    assert on_wrong_layout("Москва, ленина 5") == "Vjcrdf? ktybyf 5"
    assert not any(has_cyrillic(text) for text in drawn[Kind.WRONG_LAYOUT].text)


def test_look_alikes_look_alike_and_are_there():
    rng = np.random.default_rng(SEED)
    text = with_look_alikes(rng, "Москва, Строителей, 5")
    assert text != "Москва, Строителей, 5"
    assert text.translate(str.maketrans("MockaCTpe", "МоскаСтре"))[:6] == "Москва"


@pytest.mark.parametrize(("spelled_out", "written"), [(True, "Muenchen"), (False, "Munchen")])
def test_accents_go_in_either_way(spelled_out, written):
    assert without_accents("München", spelled_out=spelled_out) == written


def test_a_latin_gazetteer_has_the_kinds_that_make_sense(small):
    latin = Sampler(small, SEED).draw(Kind.TRANSLITERATED, COUNT).text
    assert any("niversit" in text and text.isascii() for text in latin)
    layout = Sampler(small, SEED).draw(Kind.WRONG_LAYOUT, COUNT).text
    assert not any("Marburg" in text for text in layout)


def test_an_absent_street_is_one_the_city_does_not_have(many, drawn):
    queries = drawn[Kind.STREET_ABSENT]
    assert len(queries) == COUNT
    for text in queries.text:
        city, street, _ = text.split(", ")
        here = many.settlements.name[many.streets.settlement] == city
        assert here.any()
        assert street not in set(many.streets.name[here])


def test_an_absent_house_is_none_that_the_street_begins_with(many, drawn):
    written = {", ".join(_meant(many, row)) for row in range(len(many.houses))}
    for text in drawn[Kind.HOUSE_ABSENT].text:
        assert text.rsplit(", ")[-1].isdigit()
        assert text not in written


def test_where_several_cities_fit_each_has_that_house(small):
    queries = Sampler(small, SEED).draw(Kind.SEVERAL_FIT, COUNT)
    assert len(queries) > 0
    assert all("Чкалова" in text and text.endswith("7") for text in queries.text)


def test_a_query_without_city_may_mean_one_house_only(small):
    queries = Sampler(small, SEED).draw(Kind.NO_CITY, COUNT)
    assert len(queries) > 0
    assert not any("Чкалова" in text or "Мира" in text for text in queries.text)


def test_the_city_stands_in_its_column(many, drawn):
    queries = drawn[Kind.CITY_COLUMN]
    for text, city, row in zip(queries.text, queries.city, queries.house, strict=True):
        assert city == _meant(many, row)[0]
        assert city not in text


def test_a_blown_up_gazetteer_has_as_many_houses_each_in_its_own_place(many):
    assert len(many.houses) == 4000
    addresses = set(zip(many.houses.street, many.houses.number, strict=True))
    assert len(addresses) == 4000
    lat, lon = many.houses.lat, many.houses.lon
    assert distance_m(lat[1:], lon[1:], lat[:-1], lon[:-1]).min() > 50
    assert len(set(zip(lat, lon, strict=True))) == 4000


def test_a_blown_up_gazetteer_repeats_with_its_seed(small, many):
    again, other = blown_up(small, 4000, SEED), blown_up(small, 4000, SEED + 1)
    assert again.houses.number.tolist() == many.houses.number.tolist()
    assert again.streets.name.tolist() == many.streets.name.tolist()
    assert other.streets.name.tolist() != many.streets.name.tolist()


def test_names_of_cities_and_streets_stand_once():
    names = [name for name, region in cities(1000) if region]
    assert len(names) == len(set(names)) > 60
    assert len(streets()) == len(set(streets())) > 900
