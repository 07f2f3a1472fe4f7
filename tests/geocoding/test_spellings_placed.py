"""Addresses as people write them, each with the house of a gazetteer that it has to lead to."""

from __future__ import annotations

import pytest

from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.result import ACCEPTED, Level

STREETS = """
Беловодск | Российская улица | 24, 44
Беловодск | улица Казахстан | 6
Беловодск | улица И | 7
Беловодск | площадь Республики | 3
Беловодск | улица Мира | 10, 10 к1, 10 к2, 12
Суровый | улица Мира | 5
Суровый | Полевой проспект | 5
Заозёрное | улица Ясная | 5
Долговязский | проспект Рябинина | 5
Верхняя Калина | Полевая улица | 5
Горно-Заводский | Полевая улица | 5
Нижний Новгород | Полевая улица | 5
Южный Посад | Полевая улица | 5
Тёплые Ключи | Полевая улица | 5
Набережные Холмы | Полевая улица | 5
Калина | Полевая улица | 7
"""

PLACED = """
Беловодск Российская 24 | Российская улица, 24
Беловодск ул Российская 24 | Российская улица, 24
Россия, Беловодск, Российская ул., д. 44 | Российская улица, 44
Российская Федерация, Беловодск, ул. Российская 44 | Российская улица, 44
Республика Казахстан, Беловодск, ул. Казахстан, 6 | улица Казахстан, 6
Беловодск ул Казахстан 6 | улица Казахстан, 6
Беловодск, улица И, 7 | улица И, 7
Беловодск Республики 3 | площадь Республики, 3
Республика алаңы 3, Беловодск | площадь Республики, 3
Беловодск, Мира 10 (корпус 2) | улица Мира, 10 к2
Беловодск, Мира 10 [корп. №2, вход со двора] | улица Мира, 10 к2
Беловодск, Мира 10 (1-й корпус) | улица Мира, 10 к1
Беловодск, Мира 10 1 корпус | улица Мира, 10 к1
Беловодск, Мира, дом 10, второй корпус, кв. 5 | улица Мира, 10 к2
Беловодск, Мира 10 корпус первый | улица Мира, 10 к1
2-й корпус дома 10 по улице Мира, Беловодск | улица Мира, 10 к2
Беловодск, Мира 12-5 | улица Мира, 12
Суровый ул Мира 5 | Суровый, улица Мира, 5
Суровый улица Мира, д. 5 | Суровый, улица Мира, 5
Заозерное ул Ясная 5 | Заозёрное, улица Ясная, 5
Долговязский пр-т Рябинина 5 | Долговязский, проспект Рябинина, 5
Полевой проспект Суровый 5 | Суровый, Полевой проспект, 5
г. Н. Новгород, Полевая 5 | Нижний Новгород, Полевая улица, 5
Н. Новгород Полевая 5 | Нижний Новгород, Полевая улица, 5
В.Калина, Полевая ул. 5 | Верхняя Калина, Полевая улица, 5
В. Калина Полевая 5 | Верхняя Калина, Полевая улица, 5
Верх. Калина, ул. Полевая, 5 | Верхняя Калина, Полевая улица, 5
Г-Заводский, Полевая 5 | Горно-Заводский, Полевая улица, 5
Горно-Зав., Полевая 5 | Горно-Заводский, Полевая улица, 5
Ю.Посад, Полевая 5 | Южный Посад, Полевая улица, 5
г. Ю. Посад Полевая 5 | Южный Посад, Полевая улица, 5
Т.Ключи ул. Полевая 5 | Тёплые Ключи, Полевая улица, 5
Тепключи, Полевая 5 | Тёплые Ключи, Полевая улица, 5
Наб. Холмы, Полевая 5 | Набережные Холмы, Полевая улица, 5
"""

DOUBTED = """
Беловодск, ул. 44
ул. 44
Беловодск, улица Е, 24
Беловодск, Мира 10-2
Беловодск, Мира 10/2
"""


def _rows(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory):
    path = tmp_path_factory.mktemp("spellings") / "gazetteer.csv"
    lines = ["city,street,house,lat,lon"]
    towns: dict[str, int] = {}
    for i, row in enumerate(_rows(STREETS)):
        town, street, houses = (part.strip() for part in row.split("|"))
        north = 50 + towns.setdefault(town, len(towns)) / 2 + i / 500
        lines += (
            f"{town},{street},{house},{north:.4f},{40 + j / 500:.4f}"
            for j, house in enumerate(houses.split(", "))
        )
    path.write_text("\n".join(lines), encoding="utf-8")
    read, _ = read_csv(path)
    return build_index(read)


@pytest.mark.parametrize("line", _rows(PLACED))
def test_the_house_meant_is_found(gazetteer, line):
    query, matched = (part.strip() for part in line.split("|"))
    answer = gazetteer.geocode(query)
    assert (answer.level, f", {answer.matched}".endswith(f", {matched}")) == (Level.HOUSE, True)


@pytest.mark.parametrize("query", _rows(DOUBTED))
def test_what_says_too_little_is_not_taken_as_it_is(gazetteer, query):
    assert gazetteer.geocode(query).confidence < ACCEPTED
