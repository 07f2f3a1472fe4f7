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
