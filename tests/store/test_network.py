from datetime import UTC, datetime, timedelta

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely

from heatmaps.region.events import EventKind, NetworkEvent
from heatmaps.region.grid import cell_of
from heatmaps.region.sites import nearest_m
from heatmaps.region.territories import Territory
from heatmaps.store import bulk
from heatmaps.store.events import events_near, save_events
from heatmaps.store.network import (
    COVERAGE_CELL,
    SECTOR,
    coverage_of,
    load_sectors,
    nearest_sectors,
)
from heatmaps.store.region import Saved, save_territories
from heatmaps.store.tables import CoverageArea
from heatmaps.store.types import to_microseconds

LAT, LON = 59.9386, 30.3141
NORTH_M = 111_195.0
"""Metres of a degree of latitude."""


def put_sectors(connection, rows):
    """Write sectors given as (id, metres north of the middle, technology, status)."""
    lat = np.array([LAT + metres / NORTH_M for _, metres, _, _ in rows])
    lon = np.full(len(rows), LON)
    columns = {
        "sector_id": [row[0] for row in rows],
        "site_id": [row[0][:-1] for row in rows],
        "name": [None] * len(rows),
        "technology": [row[2] for row in rows],
        "band": [None] * len(rows),
        "azimuth": np.full(len(rows), np.nan),
        "status": [row[3] for row in rows],
        "lat": lat,
        "lon": lon,
        "cell": [cell_of(*pair) for pair in zip(lat.tolist(), lon.tolist(), strict=True)],
        "point": shapely.to_wkb(shapely.points(lon, lat)),
        "loaded_at": np.full(len(rows), to_microseconds(NOW)),
    }
    bulk.insert_columns(connection, SECTOR, columns)


SECTORS = [
    ("a1", 400, "4g", "active"),
    ("a2", 400, "2g", "active"),
    ("b1", 3_000, "4g", "active"),
    ("c1", 50, "5g", "planned"),
    ("d1", 60_000, "4g", "active"),
]


@pytest.mark.parametrize(
    ("within_m", "ids"),
    [
        (10, []),
        (60, ["c1"]),
        (500, ["c1", "a1", "a2"]),
        (3_100, ["c1", "a1", "a2", "b1"]),
        (70_000, ["c1", "a1", "a2", "b1", "d1"]),
        (20_000_000, ["c1", "a1", "a2", "b1", "d1"]),
    ],
)
def test_nearest_sectors_come_by_distance(store, within_m, ids):
    with store.writing() as connection:
        put_sectors(connection, SECTORS)
        near = nearest_sectors(connection, LAT, LON, within_m)
    assert [sector.sector_id for sector in near] == ids
    away = {row[0]: row[1] for row in SECTORS}
    for sector in near:
        assert sector.distance_m == pytest.approx(away[sector.sector_id], rel=1e-4)
        assert sector.azimuth is None


def test_sectors_come_back_as_they_were(store):
    with store.writing() as connection:
        assert not len(load_sectors(connection))
        put_sectors(connection, SECTORS)
        sectors = load_sectors(connection)
    assert sectors.sector_id == ["a1", "a2", "b1", "c1", "d1"]
    assert sectors.serving().tolist() == [True, True, True, False, True]
    away = nearest_m(sectors, np.array([LAT, np.nan]), np.array([LON, LON]))
    assert away[0] == pytest.approx(400, rel=1e-4)
    assert np.isnan(away[1])


def put_coverage(connection, technology, cells):
    area = {"id": bulk.next_id(connection, CoverageArea.__table__), "technology": technology,
            "name": None, "content_hash": 0, "shape": _SHAPE}  # fmt: skip
    columns = {name: [value] for name, value in area.items()}
    bulk.insert_columns(connection, CoverageArea.__table__, columns)
    packed = {"cell": np.array(cells, dtype=np.int64), "technology": [technology] * len(cells)}
    bulk.insert_columns(connection, COVERAGE_CELL, packed)


_SHAPE = bytes.fromhex("010600000000000000")  # an empty MULTIPOLYGON


@pytest.mark.parametrize("many", [1, 60_000])
def test_coverage_is_told_by_technology(store, many):
    here = cell_of(LAT, LON)
    block = h3.cell_to_parent(here, 7)
    beside = h3.grid_ring(h3.cell_to_parent(here, 6), 2)[0]
    far = h3.cell_to_center_child(beside, 9)
    with store.writing() as connection:
        assert coverage_of(connection, np.array([here])) == {}
        put_coverage(connection, "4g", [block, far])
        put_coverage(connection, "5g", [here])
        asked = np.array([here, far, h3.grid_ring(far, 1)[0], block, far] * many)
        found = coverage_of(connection, asked)
    assert list(found) == ["4g", "5g"]
    assert found["4g"][:5].tolist() == [True, True, False, True, True]
    middle = h3.cell_to_center_child(block, 9) == here
    assert found["5g"][:5].tolist() == [True, False, False, middle, False]
    assert all(len(column) == len(asked) for column in found.values())


def event(event_id, starts_h=-1, ends_h=2, kind=EventKind.PLANNED_WORK, **place):
    ends = None if ends_h is None else NOW + timedelta(hours=ends_h)
    where = place or {"lat": LAT, "lon": LON, "radius_m": 500.0}
    return NetworkEvent(event_id, kind, NOW + timedelta(hours=starts_h), ends, **where)


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SQUARE = shapely.MultiPolygon([shapely.box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)])
TOWN = Territory("t", "Город", None, 0, "Europe/Moscow", shapely.to_wkb(SQUARE))


@pytest.mark.parametrize(
    ("known", "holds"),
    [
        (event("e"), True),
        (event("e", -5, -1), False),
        (event("e", -5, 0), False),
        (event("e", 3, 5), True),
        (event("e", 7, 8), False),
        (event("e", -5, None, EventKind.OUTAGE), True),
        (event("e", lat=LAT + 400 / NORTH_M, lon=LON, radius_m=500.0), True),
        (event("e", lat=LAT + 600 / NORTH_M, lon=LON, radius_m=500.0), False),
        (event("e", territory_id="t"), True),
        (event("e", territory_id="elsewhere"), False),
        (event("e", site_id="a"), True),
        (event("e", site_id="b"), False),
    ],
)
def test_an_event_holds_at_a_place_now_or_soon(store, known, holds):
    with store.writing() as connection:
        save_territories(connection, [TOWN])
        put_sectors(connection, SECTORS)
        assert save_events(connection, [known], NOW) == Saved(1, 0, 0)
        assert save_events(connection, [known], NOW) == Saved(0, 0, 1)
        found = events_near(connection, NOW, NOW + timedelta(hours=6), (LAT, LON))
        away = events_near(connection, NOW, NOW + timedelta(hours=6), (LAT + 1, LON + 1))
    assert found == ([known] if holds else [])
    assert away == []


def test_a_wide_place_is_touched_by_what_is_beside_it(store):
    beside = event("e", lat=LAT + 900 / NORTH_M, lon=LON, radius_m=500.0)
    with store.writing() as connection:
        save_events(connection, [beside, event("f", site_id="b")], NOW)
        put_sectors(connection, SECTORS)
        until = NOW + timedelta(hours=1)
        assert events_near(connection, NOW, until, (LAT, LON)) == []
        near = events_near(connection, NOW, until, (LAT, LON), reach_m=450.0)
        wide = events_near(connection, NOW, until, (LAT, LON), reach_m=2_000.0)
    assert [each.event_id for each in near] == ["e"]
    assert [each.event_id for each in wide] == ["e", "f"]
