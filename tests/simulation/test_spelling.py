from __future__ import annotations

import re

import numpy as np
import pytest

from heatmaps.simulation.spelling import write_address, write_street

CITY = "Санкт-Петербург"
HOUSES = [
    ("Большой проспект В.О.", "34", "большой"),
    ("7-я линия В.О.", "34 литБ", "7"),
    ("Наличная улица", "36 к6", "наличная"),
    ("улица Беринга", "24 к1", "беринга"),
    ("проспект Крузенштерна", "18 с3", "крузенштерна"),
    ("набережная реки Смоленки", "3 к2 литА", "смоленки"),
    ("Александровский парк", "4 к6 литА", "александровский"),
    ("Средний проспект В.О.", "64/39", "средний"),
]


def spellings(street, house, flat=None, count=400):
    rng = np.random.default_rng(3)
    return [write_address(rng, CITY, street, house, flat) for _ in range(count)]


@pytest.mark.parametrize(("street", "house", "name"), HOUSES)
def test_every_spelling_names_street_and_house(street, house, name):
    digits = re.findall(r"\d+", house)
    written = spellings(street, house)
    whole = [w for w in written if name in w.address.lower()]
    assert len(whole) / len(written) > 0.97
    for spelling in written:
        found = re.findall(r"\d+", spelling.address)
        assert found[-len(digits) :] == digits


@pytest.mark.parametrize(("street", "house", "name"), HOUSES)
def test_one_house_is_spelt_in_many_ways(street, house, name):
    del name
    assert len({w.address for w in spellings(street, house)}) > 60


def test_the_city_stands_in_text_or_column_mostly():
    written = spellings("Наличная улица", "36 к6")
    in_column = [w.city == CITY for w in written]
    in_text = ["петербург" in w.address.lower() or "спб" in w.address.lower() for w in written]
    assert 0.4 < np.mean(in_column) < 0.7
    assert 0.4 < np.mean(in_text) < 0.6
    nowhere = [not (column or text) for column, text in zip(in_column, in_text, strict=True)]
    assert 0.0 < np.mean(nowhere) < 0.1


def test_forms_people_use_are_among_them():
    lines = {w.address.lower() for w in spellings("7-я линия В.О.", "34", count=2000)}
    assert any("7 линия во" in text for text in lines)
    assert any("7-я линия васильевского острова" in text for text in lines)
    assert any("в.о. 7" in text for text in lines)
    streets = {w.address for w in spellings("улица Беринга", "24 к1", count=2000)}
    assert any("Беринга ул" in text for text in streets)
    assert any("корп" in text for text in streets)
    assert any(text.isupper() for text in streets)
    assert any(text.islower() for text in streets)


def test_the_flat_comes_last():
    for spelling in spellings("улица Беринга", "24", flat=117):
        assert spelling.address.endswith("117")
        assert "кв" in spelling.address.lower()


def test_a_street_alone_has_no_house():
    rng = np.random.default_rng(3)
    for _ in range(50):
        assert not re.search(r"\d", write_street(rng, CITY, "Наличная улица").address)
