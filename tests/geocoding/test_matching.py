"""Streets and settlements that are written otherwise than the gazetteer has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.gazetteer import text_column
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.result import ACCEPTED, Level

H, T, A, X = Level.HOUSE, Level.SETTLEMENT, Level.AMBIGUOUS, Level.NONE

ROWS = """city,region,street,house,lat,lon
Вязники,Владимирская область,Гончарная улица,12,56.24,42.10
Вязники,Владимирская область,улица Академика Вавилова,3,56.25,42.11
Вязники,Владимирская область,улица Карла Маркса,8,56.26,42.12
Вязники,Владимирская область,Большая Слободская улица,4,56.27,42.13
Вязники,Владимирская область,1-я Полевая улица,9,56.28,42.14
Вязники,Владимирская область,улица 8 Марта,15,56.29,42.15
Вязники,Владимирская область,улица Маршала Конева,5,56.30,42.16
Вязники,Владимирская область,улица Партизана Конева,5,56.31,42.17
Вязники,Владимирская область,Минская улица,7,56.32,42.18
Вязники,Владимирская область,Финская улица,7,56.33,42.19
Вязники,Владимирская область,улица Чехова,2,56.34,42.20
Вязники,Владимирская область,улица Чехова,4,56.34,42.21
Вязники,Владимирская область,переулок Чехова,2,56.35,42.21
Вязники,Владимирская область,переулок Чехова,6,56.36,42.22
Вязники,Владимирская область,Старопетергофский проспект,20,56.37,42.23
Вязники,Владимирская область,улица Жуковского,11,56.38,42.24
Ярцево,Смоленская область,Гончарная улица,12,55.06,32.69
Омск,Омская область,Яблоневая улица,1,54.98,73.36
Полевской,Свердловская область,Яблоневая улица,1,56.44,60.18
Полевской,Челябинская область,Рудничная улица,1,55.00,61.00
"""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory):
    path = tmp_path_factory.mktemp("gazetteer") / "towns.csv"
    path.write_text(ROWS, encoding="utf-8")
    return read_csv(path)[0]


@pytest.fixture(scope="module")
def index(gazetteer):
    return build_index(gazetteer)


@pytest.mark.parametrize(
    ("query", "matched", "change", "accepted"),
    [
        ("Вязники, Гчонарная улица, 12", "Гончарная улица, 12", "typo:Гчонарная→Гончарная", True),
        ("Вязники, Гончрная 12", "Гончарная улица, 12", "typo:Гончрная→Гончарная", True),
        ("Вязники, ул. Гочнаная, 12", "Гончарная улица, 12", "typo:Гочнаная→Гончарная", True),
        ("Вязники, ул Вавилова 3", "улица Академика Вавилова, 3", "word_missing:академика", False),
        ("Вязники, ул Вавлова 3", "улица Академика Вавилова, 3", "word_missing:академика", False),
        ("Вязники, Маркса Карла 8", "улица Карла Маркса, 8", "type_missing", True),
        ("Вязники, ул Маркса 8", "улица Карла Маркса, 8", "word_missing:карла", False),
        ("Вязники, Слободская 4", "Большая Слободская улица, 4", "word_missing:большой", False),
        ("Вязники, Болшая Слободская 4", "Большая Слободская улица, 4", "type_missing", True),
        ("Вязники, пер. Чехова 6", "переулок Чехова, 6", None, True),
        ("Вязники, Чехова 4", "улица Чехова, 4", "type_presumed:улица", False),
        ("Вязники, Чехова 6", "переулок Чехова, 6", "type_missing", False),
        ("Вязники, Старо Петергофский 20", "Старопетергофский проспект, 20", None, True),
        ("Вязнки, Гончарная 12", "Гончарная улица, 12", "city_typo:Вязнки→Вязники", True),
        ("Vyazniki, ulitsa Zhukovskogo, 11", "улица Жуковского, 11", None, None),
        ("Vjazniki, ulica Zhukovskogo, 11", "улица Жуковского, 11", None, None),
        ("Viazniki, ul. Zukovskogo, 11", "улица Жуковского, 11", None, None),
    ],
)  # fmt: skip
def test_written_otherwise(index, query, matched, change, accepted):
    found = index.geocode(query)
    assert (found.level, found.matched) == (H, f"Вязники, {matched}")
    if change is not None:
        assert change in found.changes
    if accepted is not None:
        assert (found.confidence >= ACCEPTED) == accepted


@pytest.mark.parametrize(
    ("query", "level"),
    [
        ("Вязники, 2-я Полевая 9", T),
        ("Вязники, Полевая 9", T),
        ("Вязники, ул 9 Марта 15", T),
        ("Вязники, ул. Прибрежная 5", T),
        ("Вязники, Винская 7", A),
        ("Вязники, ул Конева 5", A),
        ("Вязники, Чехова 2", A),
        ("Гончарная 12", A),
        ("Яблоневая 1", A),
        ("Томск, Яблоневая 1", X),
        ("Тобольск, Яблоневая 1", X),
        ("Полевской, Яблоневая 5000", Level.STREET),
    ],
)
def test_is_never_guessed(index, query, level):
    found = index.geocode(query)
    assert found.level == level
    assert level is not A or (found.lat is None and len(found.alternatives) > 1)


def test_a_city_unknown_is_not_replaced_by_the_default(gazetteer):
    at_home = build_index(gazetteer, "Вязники")
    assert at_home.geocode("Гончарная 12").level == H
    assert at_home.geocode("г. Тобольск, Гончарная 12").level == X
    assert at_home.geocode("Тобольск, Гончарная 12").level == X
    assert at_home.geocode("Тобольск Гончарная 12").level != H


def test_the_region_tells_namesakes_apart(index):
    assert index.geocode("Свердловская область, Полевской, Яблоневая 1").matched.startswith("Св")
    contradicted = index.geocode("Тверская область, Вязники, Гончарная 12")
    assert contradicted.confidence < ACCEPTED
    assert any(change.startswith("region_contradicted") for change in contradicted.changes)


def test_a_digit_is_never_a_slip(index):
    for number in range(2, 10):
        assert index.geocode(f"Вязники, {number}-я Полевая улица, 9").level == T


def test_another_name_of_a_street_or_town_is_as_good(gazetteer):
    streets, towns = gazetteer.streets, gazetteer.settlements
    street_names = ["Kurskaya Street\nКурская улица" if n == "Минская улица" else ""
                    for n in streets.name]  # fmt: skip
    town_names = ["Vyazniki\nМстера" if n == "Вязники" else "" for n in towns.name]
    index = build_index(
        replace(
            gazetteer,
            streets=replace(streets, aliases=text_column(street_names)),
            settlements=replace(towns, aliases=text_column(town_names)),
        )
    )
    for query in ("Мстера, Курская 7", "Вязники, Курская улица 7", "Мстера, ул Минская 7"):
        found = index.geocode(query)
        assert (found.level, found.matched) == (H, "Вязники, Минская улица, 7")
        assert found.confidence >= ACCEPTED


def test_a_latin_gazetteer_answers_cyrillic(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_text(
        "city,street,house,lat,lon\nNovi Sad,Bulevar Jovana Dučića,5,45.2,19.8\n"
        "Novi Sad,Kosovska ulica,7,45.3,19.9\n",
        encoding="utf-8",
    )
    found = build_index(read_csv(path)[0]).geocode("Нови Сад, Косовска 7")
    assert (found.level, found.matched) == (H, "Novi Sad, Kosovska ulica, 7")


def test_houses_beside_are_told(tmp_path):
    path = tmp_path / "houses.csv"
    rows = [f"Тверь,улица Мира,{n},56.{i:02d},35.9" for i, n in enumerate(("5 к1", "5 к2", "7"))]
    path.write_text("\n".join(["city,street,house,lat,lon", *rows]), encoding="utf-8")
    index = build_index(read_csv(path)[0])
    near = index.geocode("Тверь, улица Мира, 5")
    assert (near.level, near.matched) == (Level.NEAR, "Тверь, улица Мира, 5 к1")
    assert [a.label for a in near.alternatives] == ["Тверь, улица Мира, 5 к2"]
    assert not index.geocode("Тверь, улица Мира, 5 к1").alternatives


def test_runners_up_are_told(index):
    found = index.geocode("Вязники, Чехова 6")
    assert [a.label for a in found.alternatives] == ["Вязники, улица Чехова, 4"]
    both = ["Вязники, переулок Чехова, 2", "Вязники, улица Чехова, 2"]
    assert [a.label for a in index.geocode("Вязники, Чехова 2").alternatives] == both
    for query in ("Гончарная 12", "Вязники, Винская 7", "Чехова 2"):
        labels = [a.label for a in index.geocode(query).alternatives]
        assert len(labels) == len(set(labels)) <= 5


@pytest.mark.parametrize("typed", ["Гочнар", "гончарая", "Ujyxfhyfz", "Вязники, Гочнарная 1"])
def test_suggestions_bear_slips_and_the_wrong_layout(index, typed):
    assert any("Гончарная улица" in one.value for one in index.suggest(typed))


@pytest.mark.parametrize(
    ("street", "query", "sure"),
    [
        ("Ткацкий проспект", "Ткацкая, 5", False),
        ("Ткацкий проспект", "ткацкая 5 кв 3", False),
        ("Ткацкий проспект", "Ткацкя 5", False),
        ("Канатный переулок", "Канатная, 5", False),
        ("Заречное шоссе", "Заречная 5", False),
        ("Ткацкий проспект", "Ткацкий 5", True),
        ("Ткацкий проспект", "Таткций 5", None),
        ("Ткацкий проспект", "Ткаций 5", True),
        ("Чеботарский проспект", "проспект Чеботарская 5", True),
        ("Ткацкий проспект", "ул. Ткацкая 5", False),
    ],
)
def test_an_adjective_of_another_gender_leaves_doubt(tmp_path, street, query, sure):
    path = tmp_path / "g.csv"
    rows = f"Бор,{street},5,56.1,44.1\nБор,улица Нахимова,5,56.2,44.1\n"
    path.write_text(f"city,street,house,lat,lon\n{rows}", encoding="utf-8")
    found = build_index(read_csv(path)[0]).geocode(f"Бор, {query}")
    assert found.matched in {f"Бор, {street}, 5", "Бор"}
    assert sure is None or (found.confidence >= ACCEPTED) is sure


PARTICLES = """city,region,street,house,lat,lon
Череповецк,Республика Татарстан,проспект Ткачей,49,59.1,37.9
Елец-на-Дону,Республика Татарстан,улица Ткачей,49,47.2,39.7
"""


@pytest.mark.parametrize(
    ("query", "sure"),
    [
        ("Череповецк 30 лет Ткачей 49", False),
        ("Череповецк 9 Ткачей 49", False),
        ("Череповецк 2-я Ткачей 49", False),
        ("Череповецк Яр Ткачей 49", False),
        ("Череповцк 30 Ткачей 49", False),
        ("Череповецк Ткачей 49", True),
        ("Елец нв Дону Ткачей 49", True),
        ("Елец ан Дону, Ткачей 49", True),
        ("Череповецк РТ Ткачей 49", True),
    ],
)
def test_a_short_word_beside_a_city_is_no_slip_in_its_name(tmp_path, query, sure):
    path = tmp_path / "g.csv"
    path.write_text(PARTICLES, encoding="utf-8")
    found = build_index(read_csv(path)[0]).geocode(query)
    assert (found.confidence >= ACCEPTED) is sure


QUARTERS = """city,street,house,lat,lon
Бор,улица Бытковка,8,56.1,44.1
Бор,40-й квартал,3,56.2,44.1
Бор,Ткацкий квартал,3,56.3,44.1
Бор,микрорайон Дубравка,3,56.4,44.1
Бор,5-й комплекс,12,56.5,44.1
Бор,5-й комплекс,7,56.5,44.2
"""


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("Бор, мкр Бытковка, 8", "Бор"),
        ("Бор, ул. Дубравка, 3", "Бор"),
        ("Бор, мкр 40, 3", "Бор"),
        ("Бор, мкр Ткацкий, 3", "Бор, Ткацкий квартал, 3"),
        ("Бор 7 комплекс 5", "Бор"),
        ("Бор 5 комплекс 7", "Бор, 5-й комплекс, 7"),
        ("Бор Бытковка 8", "Бор, улица Бытковка, 8"),
        ("Бор Дубравка 3", "Бор, микрорайон Дубравка, 3"),
    ],
)
def test_a_quarter_is_no_street_of_its_name(tmp_path, query, matched):
    path = tmp_path / "g.csv"
    path.write_text(QUARTERS, encoding="utf-8")
    assert build_index(read_csv(path)[0]).geocode(query).matched == matched


@pytest.mark.parametrize(
    ("street", "written", "sure"),
    [
        ("Рябиновая улица", "Рубиновая", False),
        ("улица Воронова", "Воронина", False),
        ("улица Воронова", "Воронина ул.", False),
        ("Лётная улица", "Летняя", False),
        ("Тополиная улица", "Тополиня", True),
        ("Рябиновая улица", "Рябиновой", None),
        ("улица Воронова", "Варонова", True),
        ("улица Варонава", "Воронова", True),
        ("улица Брындзова", "Брынзова", True),
    ],
)
def test_a_name_of_many_streets_is_no_slip_in_the_only_one_known(tmp_path, street, written, sure):
    path = tmp_path / "g.csv"
    rows = f"Крутояр,{street},5,56.1,44.1\nКрутояр,улица Нахимова,5,56.2,44.1\n"
    path.write_text(f"city,street,house,lat,lon\n{rows}", encoding="utf-8")
    found = build_index(read_csv(path)[0]).geocode(f"Крутояр, {written}, 5")
    assert sure is None or (found.confidence >= ACCEPTED) is sure


def test_a_large_city_is_no_slip_in_anothers_name(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text(
        "city,street,house,lat,lon\nСаратав,улица Ломовая,5,56.1,44.1\n", encoding="utf-8"
    )
    index = build_index(read_csv(path)[0])
    assert index.geocode("Саратов, ул. Ломовая, 5").confidence < ACCEPTED
    assert index.geocode("Саратва, ул. Ломовая, 5").confidence >= ACCEPTED


def test_a_postal_district_is_no_part_of_a_citys_name(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text(
        "city,street,house,lat,lon\nOldbury,Weaver Street,49,51.5,-0.1\n", encoding="utf-8"
    )
    found = build_index(read_csv(path)[0]).geocode("49 Weaver Street, Oldbury NW1")
    assert (found.level, found.matched) == (H, "Oldbury, Weaver Street, 49")
