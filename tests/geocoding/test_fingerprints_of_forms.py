"""By which text addresses wait together, and how it is found again by its fingerprint."""

from __future__ import annotations

import pytest

from heatmaps.geocoding.fingerprints import form_key, form_keys, form_of_key, shared_form
from heatmaps.geocoding.normal_form import normalise
from heatmaps.geocoding.result import GeocodeResult, Level


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("Москва, Петрова Мария, ул. Ленина 8", "москва, улица ленина, 8"),
        ("Петров, Москва, ул. Ленина 8", "москва, улица ленина, 8"),
        ("Москва, Петрова Мария, ул. Ленина", "москва, петрова мария, улица ленина"),
        ("Москва, деревня Дальняя, ул. Ленина 8", "москва, деревня дальняя, улица ленина, 8"),
        ("Химки, Москва, ул. Ленина 8", None),
        ("Московская область, Химки, ул. Ленина 8", None),
        ("Москва, ул. Ленина 8", None),
    ],
    ids=["between", "before", "no-house", "village", "two-cities", "region", "plain"],
)
def test_words_of_no_place_are_left_out_where_street_and_house_remain(index, address, shared):
    answer = index.geocode(address)
    text = shared_form(answer)
    assert text == (shared or answer.normal_form)
    assert normalise(text).text == text
    again = index.geocode(text)
    assert text in {again.normal_form, shared_form(again)}, "a decision on it answers for it"
    assert form_keys([answer]) == [form_key(text)]
    assert form_of_key(answer.normal_form, form_key(text)) == text


def test_a_fingerprint_of_another_text_gives_the_whole_form():
    whole = "москва, петров, улица ленина, 8"
    assert form_of_key(whole, form_key("другое")) == whole
    assert form_of_key("москва", form_key("другое")) == "москва"
    assert form_keys([None, GeocodeResult(Level.NONE)]) == [None, None]
