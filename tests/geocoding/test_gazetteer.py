from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heatmaps.geocoding.gazetteer import (
    NO_STREET,
    Gazetteer,
    Houses,
    Settlements,
    Streets,
    empty_gazetteer,
    house_keys,
    merge_duplicates,
    settlement_keys,
    street_keys,
    text_column,
)


def positions(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@pytest.fixture
def gazetteer() -> Gazetteer:
    return Gazetteer(
        Settlements(
            text_column(["Орёл", "орел", "Заря"]),
            text_column(["city", "city", "village"]),
            text_column(["Орловская область", "Орловская область", ""]),
            numbers(52.97, 52.97, 53.0),
            numbers(36.06, 36.06, 36.1),
            numbers(9000.0, 8000.0, 500.0),
            text_column([None, None, b"wkb"]),
            text_column(["", "", "Dawn"]),
        ),
        Streets(
            positions(0, 1, 2),
            text_column(["Зелёная улица", "зеленая  УЛИЦА", "Зелёная улица"]),
            numbers(52.97, 52.98, 53.0),
            numbers(36.06, 36.06, 36.1),
            numbers(300.0, 400.0, 200.0),
            text_column(["", "", ""]),
        ),
        Houses(
            positions(0, 1, 1, 2, 2),
            positions(0, 1, 1, 2, NO_STREET),
            text_column(["1", "1", "2", "1", "1"]),
            numbers(52.970, 52.9701, 52.975, 53.0, 53.001),
            numbers(36.06, 36.06, 36.06, 36.1, 36.1),
            text_column(["302000", "", "", "", ""]),
            text_column(["osm"] * 5),
            text_column(["w1", "n2", "n3", "n4", "n5"]),
        ),
    )


def test_keys_are_the_normal_form(gazetteer):
    assert settlement_keys(gazetteer)[0] == settlement_keys(gazetteer)[1]
    assert street_keys(gazetteer)[0] == street_keys(gazetteer)[1]
    assert street_keys(gazetteer)[0] != street_keys(gazetteer)[2]
    assert len(set(house_keys(gazetteer))) == 4
    assert house_keys(gazetteer)[4].endswith("||1")


def test_merging_keeps_the_first_of_every_key(gazetteer):
    merged = merge_duplicates(gazetteer)
    assert list(merged.gazetteer.settlements.name) == ["Орёл", "Заря"]
    assert list(merged.gazetteer.houses.source_id) == ["w1", "n3", "n4", "n5"]
    assert list(merged.gazetteer.houses.street) == [0, 0, 1, NO_STREET]
    assert list(merged.gazetteer.streets.settlement) == [0, 1]
    assert (merged.duplicates, merged.far_apart) == (1, 0)
    assert list(house_keys(merged.gazetteer)) == list(dict.fromkeys(house_keys(gazetteer)))


def test_an_address_in_two_places_is_counted_and_not_averaged(gazetteer):
    houses = replace(gazetteer.houses, lat=numbers(52.97, 52.98, 52.975, 53.0, 53.001))
    merged = merge_duplicates(replace(gazetteer, houses=houses))
    assert merged.far_apart == 1
    assert merged.gazetteer.houses.lat[0] == 52.97


def test_an_empty_gazetteer_merges_to_itself():
    merged = merge_duplicates(empty_gazetteer())
    assert (len(merged.gazetteer.houses), merged.duplicates) == (0, 0)


def test_columns_that_do_not_fit_are_refused(gazetteer):
    with pytest.raises(ValueError, match="differ in length"):
        replace(gazetteer, houses=replace(gazetteer.houses, lat=numbers(1.0)))
    with pytest.raises(ValueError, match="house's street"):
        replace(gazetteer, houses=replace(gazetteer.houses, street=positions(0, 1, 9, 2, -1)))
