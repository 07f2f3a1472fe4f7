"""Spots, complaints and cells written from both stores and read back."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas
import h3.api.basic_int as h3
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from batches import at_given_points, batch

from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Work
from heatmaps.desk.words import Status
from heatmaps.insight.period import Period
from heatmaps.insight.writers import SUFFIXES, write_sheets
from heatmaps.region.grid import cell_of, from_text, parent, to_text
from heatmaps.spots.record import DetectedSpot, Exposure, Signal
from heatmaps.store import complaints, region, spots
from heatmaps.store.policies import seed_policy
from pipelines.export_cells import cell_sheet, outlines
from pipelines.export_complaints import complaint_sheet
from pipelines.export_gaps import gap_sheets
from pipelines.export_spots import spot_sheet
from pipelines.read_kpi import kpi_sheets

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CENTRE = cell_of(59.94, 30.25)
NEXT = min(h3.grid_ring(CENTRE, 1))
SECRETS = {
    "name": "Секретова Анна", "contact": "+79995550123", "address": "Тайный переулок, 7",
    "city": "Скрытноград", "text": "никому не говорите", "owner": "agent.Petrova",
    "customer_id": "CUST-777001", "serving_cell": "SECTOR-9090", "ltv": 918273.0,
    "language": "kk",
}  # fmt: skip
DOCS = Path(__file__).parents[2] / "docs" / "exports.md"


def told(number: int, **fields) -> dict:
    lat, lon = h3.cell_to_latlng(fields.pop("at", CENTRE))
    return {
        "external_id": f"{number}", "created_at": AT + timedelta(hours=number),
        "lat": lat + 0.0003, "lon": lon + 0.0003, **fields,
    }  # fmt: skip


ROWS = (
    told(1, **SECRETS, topic="no_service", technology="4g", critical=True, flags=("fold_hour",)),
    told(2, customer_id="CUST-777001", topic="no_internet", closed_at=AT + timedelta(days=2)),
    told(3, at=NEXT, segment="vip", external_id="=1+1"),
    told(4, state="withdrawn"),
    {"external_id": "5", "created_at": AT + timedelta(hours=5)},
)


def spot(number: int, complaint_ids=()) -> SpotCase:
    seen = DetectedSpot(
        spot_id=number, opened_at=AT, topic="no_service", resolution=9, cells=(CENTRE, NEXT),
        cells_opened=(CENTRE,), window_h=6, observed=5, expected=0.25, score=9.5,
        recurrence_days=40.0, signal=Signal.ACTIVE, observed_last=5, expected_last=0.25,
        score_last=9.5, observed_peak=5, last_tick=AT, quiet_since=None,
        complaint_ids=complaint_ids, merged_into=None, parent_id=None,
    )  # fmt: skip
    return SpotCase(
        detected=seen,
        work=Work(spot_id=number, status=Status.NEW, status_at=AT, queue="q", eta=AT),
        at_opening=Facts(5, 900, 12.5, ()), now=Facts(5, 900, 12.5, ()),
        technology="4g", territory_id=None, lat=59.94, lon=30.25, policy_version=1,
    )  # fmt: skip


@pytest.fixture
def filled(store):
    """A store with complaints, subscribers in both cells, and two spots that count complaint 1."""
    every = batch(*ROWS)
    with store.writing() as connection:
        seed_policy(connection, AT)
        people = Exposure(np.array(sorted([CENTRE, NEXT])), np.array([300.0, 200.5]))
        region.save_exposure(connection, people)
        compared = complaints.compare(connection, every)
        located = at_given_points(every.take(compared.to_write))
        complaints.write(connection, every, compared, located, AT)
        spots.save_cases(connection, [], [spot(1, (1, 2)), spot(2, (1,))])
    return store


def written(sheet, folder: Path, suffix: str) -> Path:
    [path] = write_sheets([sheet], folder / f"t{suffix}")
    return path


def frame(path: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(path) if path.suffix == ".parquet" else geopandas.read_file(path)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Complaints


def test_every_complaint_is_told_once_with_its_spots(filled, tmp_path):
    found = rows(written(complaint_sheet(filled), tmp_path, ".csv"))
    assert [row["external_id"] for row in found] == ["1", "2", "'=1+1", "4", "5"]
    assert [row["spot_ids"] for row in found] == ["1 2", "1", "", "", ""]
    first, second, third, fourth, last = found
    assert first["created_at"] == "2026-11-20T13:00:00+00:00"
    assert first["technology"] == "4g"
    assert (first["critical"], third["critical"]) == ("true", "false")
    assert first["flags"] == "fold_hour"
    assert second["closed_at"] == "2026-11-22T12:00:00+00:00"
    assert third["segment"] == "vip"
    assert fourth["state"] == "withdrawn"
    assert (last["cell"], last["lat"], last["lon"], last["location_level"]) == ("", "", "", "none")


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".parquet"])
def test_complaints_stand_at_the_centres_of_their_cells(filled, tmp_path, suffix):
    found = frame(written(complaint_sheet(filled), tmp_path, suffix))
    assert found["complaint_id"].tolist() == [1, 2, 3, 4, 5]
    assert found["cell"].tolist()[:3] == [to_text(CENTRE), to_text(CENTRE), to_text(NEXT)]
    assert found.geometry.isna().tolist() == [False] * 4 + [True]
    for cell, lat, lon, point in list(
        zip(found["cell"], found["lat"], found["lon"], found.geometry, strict=True)
    )[:4]:
        centre = h3.cell_to_latlng(from_text(cell))
        assert (lat, lon) == pytest.approx(centre, abs=1e-6)
        assert (point.y, point.x) == pytest.approx((lat, lon), abs=1e-9)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_export_holds_anything_personal(filled, tmp_path, suffix):
    sheets = [complaint_sheet(filled), cell_sheet(filled)]
    for number, sheet in enumerate(sheets):
        [path] = write_sheets([sheet], tmp_path / f"{number}{suffix}")
        if suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            content = "\n".join(str(row) for each in book for row in each.values)  # noqa: PD011 - a workbook is no frame
        elif suffix == ".parquet":
            content = pd.read_parquet(path).to_csv()
        else:
            content = path.read_bytes().decode("utf-8", errors="replace")
        for secret in map(str, SECRETS.values()):
            if secret != SECRETS["language"]:
                assert secret not in content, secret
        names = set(re.findall(r"\w+", content.splitlines()[0])) if suffix == ".csv" else set()
        assert not names & set(SECRETS)
        house = h3.cell_to_latlng(CENTRE)[0] + 0.0003
        assert f"{house:.6f}"[:-1] not in content


def test_a_period_chooses_by_the_time_of_making(filled):
    hour = timedelta(hours=1)

    def chosen(period):
        return list(complaint_sheet(filled, period).columns[0].values.to_pylist())  # noqa: PD011 - no frame

    assert chosen((AT + 2 * hour, None)) == [2, 3, 4, 5]
    assert chosen((None, AT + 2 * hour)) == [1]
    assert chosen((AT + 2 * hour, AT + 3 * hour)) == [2]
    assert chosen((AT - hour, AT)) == []


# Cells


def test_cells_count_complaints_customers_and_topics(filled, tmp_path):
    found = {row["cell"]: row for row in rows(written(cell_sheet(filled), tmp_path, ".csv"))}
    assert set(found) == {to_text(CENTRE), to_text(NEXT)}
    centre, beside = found[to_text(CENTRE)], found[to_text(NEXT)]
    assert (centre["complaints"], centre["customers"]) == ("2", "1")
    assert (centre["topic_no_service"], centre["topic_no_internet"]) == ("1", "1")
    assert centre["first_at"] == "2026-11-20T13:00:00+00:00"
    assert centre["last_at"] == "2026-11-20T14:00:00+00:00"
    assert (beside["complaints"], beside["customers"]) == ("1", "1")
    assert {float(centre["subscribers"]), float(beside["subscribers"])} == {300.0, 200.5}
    for row in found.values():
        topics = sum(int(value) for name, value in row.items() if name.startswith("topic_"))
        assert topics == int(row["complaints"])


def test_cells_out_of_the_period_have_subscribers_only(filled, tmp_path):
    period = (AT + timedelta(days=9), None)
    for row in rows(written(cell_sheet(filled, period), tmp_path, ".csv")):
        assert (row["complaints"], row["customers"], row["first_at"]) == ("0", "0", "")
        assert float(row["subscribers"]) > 0


def test_a_coarse_cell_holds_the_subscribers_of_its_fine_ones(filled):
    coarse = batch(told(9))
    with filled.writing() as connection:
        compared = complaints.compare(connection, coarse)
        located = at_given_points(coarse.take(compared.to_write), resolution=6)
        complaints.write(connection, coarse, compared, located, AT)
    sheet = cell_sheet(filled)
    values = {column.name: list(column.values) for column in sheet.columns}
    at = values["cell"].index(to_text(parent(CENTRE, 6)))
    assert values["subscribers"][at] == 500.5
    assert (values["resolution"][at], values["complaints"][at]) == (6, 1)


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".parquet"])
def test_cells_are_drawn_as_their_outlines(filled, tmp_path, suffix):
    found = frame(written(cell_sheet(filled), tmp_path, suffix))
    assert found.crs.to_epsg() == 4326
    for cell, shape in zip(found["cell"], found.geometry, strict=True):
        assert shape.is_valid
        border = shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(from_text(cell))])
        assert shape.symmetric_difference(border).area < 1e-9


def test_pentagons_are_drawn_too():
    pentagon, hexagon = h3.get_pentagons(9)[0], CENTRE
    drawn = outlines(np.array([pentagon, hexagon]))
    assert [len(shape.exterior.coords) - 1 for shape in drawn] == [
        len(h3.cell_to_boundary(cell)) for cell in (pentagon, hexagon)
    ]


# Spots


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_spots_come_back_from_each_format(filled, tmp_path, suffix):
    with filled.reading() as connection:
        sheet = spot_sheet(spots.load_cases(connection))
    path = written(sheet, tmp_path, suffix)
    if suffix == ".csv":
        found = pd.read_csv(path)
        assert "geometry" not in found
    elif suffix == ".xlsx":
        found = pd.read_excel(path)
    else:
        found = frame(path)
        assert set(found.geom_type) == {"MultiPolygon"}
        zone = shapely.union_all(outlines(np.array([CENTRE, NEXT])))
        assert all(shape.symmetric_difference(zone).area < 1e-9 for shape in found.geometry)
    assert found["spot_id"].tolist() == [1, 2]
    assert found["cells"].tolist() == [to_text(CENTRE)] * 2
    assert found["cells_last"][0].split() == [to_text(cell) for cell in sorted([CENTRE, NEXT])]
    assert found["lat"].tolist() == [59.94] * 2
    eta = pd.to_datetime(found["eta"], utc=True)
    assert eta.tolist() == [pd.Timestamp(AT)] * 2
    assert pd.isna(found["resolved_at"]).all()


# What is empty


def test_an_empty_store_gives_columns_without_rows(store, tmp_path):
    for make in (complaint_sheet, cell_sheet):
        sheet = make(store)
        assert len(sheet) == 0
        for suffix in SUFFIXES:
            assert written(sheet, tmp_path / sheet.name, suffix).exists()
        assert not frame(tmp_path / sheet.name / "t.parquet").to_dict("records")
        info = pyogrio.read_info(tmp_path / sheet.name / "t.gpkg")
        assert list(info["fields"]) == [column.name for column in sheet.columns]


# What the columns mean


def described(sheet) -> str:
    """Give a sheet's columns as the table that the documentation holds."""
    lines = ["| column | kind | what it holds |", "| --- | --- | --- |"]
    lines += [f"| `{c.name}` | {c.type} | {c.says} |" for c in sheet.columns]
    return "\n".join(lines)


def test_the_documentation_names_every_column_as_the_code_does(store):
    week = Period(AT.date(), AT.date() + timedelta(days=7), UTC)
    sheets = [spot_sheet([]), complaint_sheet(store), cell_sheet(store), *gap_sheets(store),
              *kpi_sheets(store, week, AT)]  # fmt: skip
    told = DOCS.read_text(encoding="utf-8")
    for sheet in sheets:
        assert all(column.says for column in sheet.columns), sheet.name
        assert described(sheet) in told, f"docs/exports.md lacks:\n{described(sheet)}"
