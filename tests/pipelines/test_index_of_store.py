from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.snapshot import SUFFIX
from heatmaps.store.gazetteer import load_gazetteer
from pipelines.check_address import GeocoderOfStore
from pipelines.load_region import load_gazetteer_file

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADER = "city,street,house,lat,lon\n"
ROWS = "Кострома,Советская улица,1,57.76,40.92\nКострома,улица Ленина,5 к2,57.77,40.93\n"
QUERIES = [
    "Кострома, Советская 1", "Кострома, Совтеская 1", "Кострома, ул Ленина 5/2", "Ленина 5",
    "Kostroma, ulitsa Lenina, 5k2", "Кострома, Мира 1", "Галич, Мира 1",
]  # fmt: skip


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def load(store, tmp_path):
    def load(rows, hours=0):
        path = tmp_path / "gazetteer.csv"
        path.write_text(HEADER + rows, encoding="utf-8")
        return load_gazetteer_file(store, path, NOW + timedelta(hours=hours))

    return load


def answers(geocoder):
    return geocoder.current().geocode_batch(QUERIES, [None] * len(QUERIES))


def snapshots(cache):
    return sorted(cache.glob(f"*{SUFFIX}"))


def test_an_index_from_the_snapshot_answers_as_one_from_the_store(store, load, cache):
    load(ROWS)
    with store.reading() as connection:
        fresh = build_index(load_gazetteer(connection))
    expected = fresh.geocode_batch(QUERIES, [None] * len(QUERIES))
    assert {answer.level for answer in expected} >= {"house", "settlement", "none"}
    for _ in range(2):
        assert answers(GeocoderOfStore(store, None, cache)) == expected
        assert len(snapshots(cache)) == 1
    assert answers(GeocoderOfStore(store, None)) == expected


def test_only_a_fitting_snapshot_is_read(store, load, cache):
    load(ROWS)
    geocoder = GeocoderOfStore(store, None, cache)
    assert geocoder.current().geocode("Кострома, Мира 1").level == "settlement"
    before = snapshots(cache)
    load(f"{ROWS}Кострома,проспект Мира,1,57.78,40.94\n", hours=1)
    assert geocoder.current().geocode("Кострома, Мира 1").level == "house"
    assert GeocoderOfStore(store, None, cache).current().geocode("Кострома, Мира 1").lat == 57.78
    assert len(snapshots(cache)) == 1
    assert snapshots(cache) != before


def test_a_damaged_snapshot_is_made_anew(store, load, cache):
    load(ROWS)
    expected = answers(GeocoderOfStore(store, None, cache))
    (path,) = snapshots(cache)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert answers(GeocoderOfStore(store, None, cache)) == expected
    assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(store, load, tmp_path, caplog):
    load(ROWS)
    occupied = tmp_path / "occupied"
    occupied.write_text("no directory")
    geocoder = GeocoderOfStore(store, None, occupied)
    assert geocoder.current().geocode("Кострома, Советская 1").level == "house"
    geocoder.current()
    assert len(caplog.records) == 1
    assert "HEATMAPS_CACHE_DIR" in caplog.text
