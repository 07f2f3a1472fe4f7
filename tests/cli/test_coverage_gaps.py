"""Coverage gaps as planners get them: found by detection, exported, and read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

UNTIL = datetime(2026, 3, 1, 9, tzinfo=UTC)
CENTRE = h3.latlng_to_cell(59.94, 30.25, 9)
CELLS = sorted(h3.grid_disk(CENTRE, 5))
ORDER = [
    "gap_id", "cells", "class", "technology", "territory", "first_seen", "last_seen", "complaints",
    "customers_complained", "subscribers", "ltv_sum", "predicted_coverage", "nearest_site_m",
    "spots", "rank", "geometry",
]  # fmt: skip
HOSTILE = '=HYPERLINK("http://hostile.invalid")'


def complaints():
    """A quiet town of nine weeks, and one block that complains every other day."""
    rng = np.random.default_rng(5)
    quiet = [(float(day), int(rng.choice(CELLS))) for day in rng.uniform(1, 63, 120)]
    chronic = [(1.9 * n + 0.5, CENTRE) for n in range(33)]
    for n, (day, cell) in enumerate(sorted([*quiet, *chronic])):
        lat, lon = h3.cell_to_latlng(cell)
        yield {
            "external_id": f"x{n}", "customer_id": f"c{n}", "lat": lat, "lon": lon,
            "created_at": (UNTIL - timedelta(days=64 - day)).isoformat(), "topic": "no_internet",
            "technology": "4g", "ltv": 1000 + n, "name": "Секрет", "text": HOSTILE,
        }  # fmt: skip


def polygon(cells):
    ring = shapely.union_all([
        shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]) for cell in cells
    ])  # fmt: skip
    return shapely.geometry.mapping(ring)


def feature(shape, **properties):
    return {"type": "Feature", "properties": properties, "geometry": shape}


@pytest.fixture
def planned(fresh):
    """A store with a town, a network with a hole in 4G, and the complaints of nine weeks."""
    town = feature(polygon(h3.grid_disk(CENTRE, 8)), territory_id="T", name=HOSTILE,
                   parent_id=None, timezone="Europe/Moscow")  # fmt: skip
    covered = polygon(set(CELLS) - {CENTRE})
    fresh.file("t.geojson", json.dumps({"type": "FeatureCollection", "features": [town]}))
    fresh.file(
        "c.geojson",
        json.dumps({
            "type": "FeatureCollection",
            "features": [
                feature(covered, technology="4g"), feature(polygon(CELLS), technology="3g"),
            ],
        }),
    )  # fmt: skip
    lat, lon = h3.cell_to_latlng(h3.grid_ring(CENTRE, 4)[0])
    site = {"site_id": "S", "sector_id": "S1", "name": HOSTILE, "lat": lat, "lon": lon,
            "technology": "4g", "band": "1800", "azimuth": 90, "status": "active"}  # fmt: skip
    fresh.table("sites.csv", site)
    fresh.table("people.csv", *({"cell": f"{cell:x}", "subscribers": 400} for cell in CELLS))
    fresh.table("complaints.csv", *complaints())
    fresh("territories", "load", "t.geojson").done()
    fresh("subscribers", "load", "people.csv").done()
    fresh("ingest", "complaints.csv").done()
    return fresh


def with_network(shell):
    shell("coverage", "load", "c.geojson").done()
    shell("sites", "load", "sites.csv").done()


def exported(shell, name, *more):
    told = shell("export", "coverage-gaps", "--out", name, "--json", *more).done().json
    return shell.folder / name, told


def test_the_gap_is_found_once_and_said_of_in_every_format(planned):
    with_network(planned)
    told = planned("gaps", "--as-of", UNTIL.isoformat(), "--json").done().json
    assert told["gaps"] == 1
    assert told["period_days"] == 7
    before = planned.dump()
    planned("gaps", "--as-of", UNTIL.isoformat()).done()
    assert planned.dump() == before

    path, told = exported(planned, "gaps.csv")
    assert told["coverage_gaps"] == 1
    table = pd.read_csv(path)
    assert list(table.columns[: len(ORDER)]) == ORDER
    [gap] = table.to_dict("records")
    assert gap["cells"] == f"{CENTRE:x}"
    assert (gap["class"], gap["technology"], gap["territory"]) == ("no_coverage", "4g", "T")
    assert gap["predicted_coverage"] == "3g:1.00 4g:0.00"
    assert gap["customers_complained"] >= 33
    assert gap["subscribers"] == 400
    assert gap["expected"] < gap["complaints"] / 3
    assert 800 < gap["nearest_site_m"] < 2500
    assert gap["months"] == 3
    outline = shapely.from_wkt(gap["geometry"])
    assert outline.contains(shapely.Point(h3.cell_to_latlng(CENTRE)[::-1]))
    assert datetime.fromisoformat(gap["first_seen"]).utcoffset() is not None

    book = openpyxl.load_workbook(exported(planned, "gaps.xlsx")[0])
    assert [cell.value for cell in book["coverage_gaps"][1]][: len(ORDER)] == ORDER
    assert {"gap_cells", "gap_spots", "sectors"} <= set(book.sheetnames)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    frames = [
        gpd.read_file(exported(planned, "gaps.geojson")[0]),
        gpd.read_file(exported(planned, "gaps.gpkg")[0], layer="coverage_gaps"),
        gpd.read_parquet(exported(planned, "gaps.parquet")[0]),
    ]
    for frame in frames:
        assert frame.crs.to_epsg() == 4326
        assert frame.geometry.iloc[0].equals_exact(outline, 1e-6)
        assert list(frame["gap_id"]) == [gap["gap_id"]]
        assert set(ORDER) <= set(frame.columns)
    everything = b"".join(file.read_bytes() for file in planned.folder.glob("gaps.*"))
    assert "Секрет".encode() not in everything


def test_the_geopackage_holds_layers_with_described_columns(planned):
    with_network(planned)
    planned("gaps", "--as-of", UNTIL.isoformat()).done()
    path, _ = exported(planned, "gaps.gpkg")
    layers = {str(name): str(kind) for name, kind in pyogrio.list_layers(path)}
    assert layers["coverage_gaps"] == "MultiPolygon"
    assert layers["sectors"] == "Point"
    assert {"gap_cells", "gap_spots"} <= set(layers)
    said = planned_comments(path)
    assert "metres" in said["coverage_gaps", "nearest_site_m"]
    assert all(said["coverage_gaps", name] for name in ORDER if name != "geometry")


def planned_comments(path):
    import sqlite3

    rows = sqlite3.connect(path).execute(
        "SELECT table_name, column_name, description FROM gpkg_data_columns"
    )
    return {(table, column): description for table, column, description in rows}


def test_what_was_never_loaded_stays_empty(planned):
    planned("gaps", "--as-of", UNTIL.isoformat()).done()
    [gap] = pd.read_csv(exported(planned, "gaps.csv")[0]).to_dict("records")
    assert gap["class"] == "unexplained"
    assert pd.isna(gap["predicted_coverage"])
    assert pd.isna(gap["nearest_site_m"])


def test_a_dry_run_keeps_nothing_and_an_earlier_moment_is_refused(planned):
    before = planned.dump()
    told = planned("gaps", "--as-of", UNTIL.isoformat(), "--dry-run", "--json").done().json
    assert told["gaps"] == 1
    assert planned.dump() == before
    planned("gaps", "--as-of", UNTIL.isoformat()).done()
    earlier = (UNTIL - timedelta(days=3)).isoformat()
    planned("gaps", "--as-of", earlier).refused("2026-02-25", code=2)


def test_detection_looks_for_gaps_once_a_day(planned):
    fewer = planned("policy", "show").done().out
    quick = {
        "resolutions = [9, 8, 7]": "resolutions = [9]",
        "max_ring = 4": "max_ring = 0",
        "[1, 2, 3, 6, 12, 24, 48, 72, 120, 168]": "[1, 24]",
    }
    for key, value in quick.items():
        assert key in fewer
        fewer = fewer.replace(key, value, 1)
    planned("policy", "load", planned.file("quick.toml", fewer)).done()
    night = datetime(2026, 2, 28, 20, tzinfo=UTC)  # one hour before midnight in Moscow
    searched = []
    for hours in (0, 2, 4):
        planned("detect", "--as-of", (night + timedelta(hours=hours)).isoformat()).done()
        searched.append(planned.rows("SELECT until FROM gap_search"))
    assert searched[0] != searched[1] == searched[2]
    assert len(planned.rows("SELECT gap_id FROM coverage_gap WHERE gone_at IS NULL")) == 1


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "geojson", "gpkg", "parquet"])
def test_a_store_without_gaps_exports_an_empty_table(embedded, suffix):
    embedded("gaps").done()
    path, told = exported(embedded, f"none.{suffix}")
    assert told["coverage_gaps"] == 0
    if suffix == "csv":
        assert path.read_text().splitlines()[0].split(",")[: len(ORDER)] == ORDER
