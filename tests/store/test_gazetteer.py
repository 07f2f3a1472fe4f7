from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from heatmaps.geocoding.gazetteer import (
    NO_STREET,
    Gazetteer,
    Houses,
    Settlements,
    Streets,
    text_column,
)
from heatmaps.store.gazetteer import data_version, load_gazetteer, save_gazetteer

AT = datetime(2026, 11, 20, tzinfo=UTC)


def sample() -> Gazetteer:
    return Gazetteer(
        Settlements(
            text_column(["Город", "Село"]), text_column(["city", "village"]),
            text_column(["Край", "Край"]), np.array([59.9, 59.5]), np.array([30.3, 30.9]),
            np.array([9000.0, 800.0]), text_column([None, None]), text_column(["Town\nСтолица", ""]),
        ),
        Streets(
            np.array([0, 0], dtype=np.int32), text_column(["улица Мира", "Садовая улица"]),
            np.array([59.91, 59.92]), np.array([30.31, 30.32]), np.array([400.0, 900.0]),
            text_column(["", "Старая улица"]),
        ),
        Houses(
            np.array([0, 0, 1], dtype=np.int32), np.array([0, 1, NO_STREET], dtype=np.int32),
            text_column(["5 к2", "5 к2", "7"]), np.array([59.911, 59.921, 59.501]),
            np.array([30.311, 30.321, 30.901]), text_column(["190000", None, None]),
            text_column(["osm", "osm", "csv"]), text_column(["w1", "n2", None]),
        ),
    )  # fmt: skip


def save(store, gazetteer, *, keep=True):
    with store.writing(keep=keep) as connection:
        return save_gazetteer(connection, gazetteer, file="a.csv", report={"rows": 3}, at=AT)


def loaded(store) -> Gazetteer:
    with store.reading() as connection:
        return load_gazetteer(connection)


def test_what_is_saved_comes_back(store):
    merge = save(store, sample())
    assert (merge.houses_added, merge.streets_added, merge.settlements_added) == (3, 2, 2)
    back = loaded(store)
    assert back.houses.number.tolist() == ["5 к2", "5 к2", "7"]
    assert back.houses.street.tolist() == [0, 1, NO_STREET]
    assert back.houses.settlement.tolist() == [0, 0, 1]
    assert back.houses.postcode.tolist() == ["190000", None, None]
    np.testing.assert_array_equal(back.houses.lat, sample().houses.lat)
    assert back.streets.name.tolist() == ["улица Мира", "Садовая улица"]
    assert back.settlements.region.tolist() == ["Край", "Край"]
    assert back.settlements.aliases.tolist() == ["Town\nСтолица", ""]
    assert back.streets.aliases.tolist() == ["", "Старая улица"]


def test_saving_twice_changes_nothing_and_makes_no_new_version(store):
    first = save(store, sample())
    again = save(store, sample())
    assert (again.houses_added, again.houses_moved, again.houses_unchanged) == (0, 0, 3)
    assert again.version == first.version


def test_a_moved_house_is_moved_and_counted(store):
    first = save(store, sample())
    houses = sample().houses
    lat = houses.lat.copy()
    lat[1] += 0.001
    again = save(store, replace(sample(), houses=replace(houses, lat=lat)))
    assert (again.houses_added, again.houses_moved, again.houses_unchanged) == (0, 1, 2)
    assert again.version == first.version + 1
    assert loaded(store).houses.lat.tolist() == lat.tolist()


def test_a_dry_run_counts_and_keeps_nothing(store):
    assert save(store, sample(), keep=False).houses_added == 3
    assert len(loaded(store).houses) == 0
    with store.reading() as connection:
        assert data_version(connection) == 0


def test_a_settlement_whose_file_names_no_region_is_the_known_one(store):
    save(store, sample())
    places = sample().settlements
    bare = replace(sample(), settlements=replace(places, region=text_column(["", ""])))
    merge = save(store, bare)
    assert (merge.settlements_added, merge.houses_added, merge.houses_unchanged) == (0, 0, 3)


def test_a_namesake_far_away_is_another_settlement(store):
    save(store, sample())
    places = sample().settlements
    elsewhere = replace(
        places, region=text_column(["", ""]), lat=places.lat + 5.0, lon=places.lon + 5.0
    )
    assert save(store, replace(sample(), settlements=elsewhere)).settlements_added == 2
