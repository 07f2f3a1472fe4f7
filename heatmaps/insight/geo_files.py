"""GeoJSON, GeoPackage and GeoParquet: shapes in WGS 84, the columns with what they hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS

from heatmaps.insight.arrow import GEOMETRY, table_of, with_iso_times, wkb_column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from heatmaps.insight.sheets import Sheet

WGS84 = "EPSG:4326"
GEOPARQUET = "1.1.0"

_GEOJSON = {"RFC7946": "YES", "AUTODETECT_JSON_STRINGS": "NO", "COORDINATE_PRECISION": "7"}


def write_geojson(sheet: Sheet, path: Path) -> None:
    """Write one sheet by RFC 7946: lon, lat; without shapes its features have none."""
    _write_layer(with_iso_times(table_of(sheet)), sheet, path, "GeoJSON", **_GEOJSON)


def write_gpkg(sheets: Sequence[Sheet], path: Path) -> None:
    """Write each sheet as a layer, without shapes as a table; GDAL and QGIS show the columns' say.

    Times are kept to the millisecond, as the format has it.
    """
    for sheet in sheets:
        table = table_of(sheet)
        fields = [
            f.with_metadata({"GDAL:OGR:comment": f.metadata[b"description"]}) for f in table.schema
        ]
        table = table.cast(pa.schema(fields))
        options = {"DESCRIPTION": sheet.says} if sheet.says else {}
        _write_layer(table, sheet, path, "GPKG", **options)


def write_parquet(sheet: Sheet, path: Path) -> None:
    """Write one sheet as GeoParquet, without shapes as plain Parquet."""
    table = table_of(sheet)
    if sheet.shapes is not None:
        wkb, kinds = wkb_column(sheet.shapes)
        told = {"description": "shape as WKB, WGS 84 degrees, x = longitude"}
        table = table.append_column(pa.field(GEOMETRY, pa.binary(), metadata=told), wkb)
        table = table.replace_schema_metadata({"geo": json.dumps(_geo(sheet, kinds))})
    pq.write_table(table, path, compression="zstd")


def _geo(sheet: Sheet, kinds: list[str]) -> dict[str, Any]:
    """Give the file's metadata by https://geoparquet.org/releases/v1.1.0."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": kinds,
        "crs": CRS.from_user_input(WGS84).to_json_dict(),
    }
    if kinds:
        column["bbox"] = shapely.total_bounds(sheet.shapes).tolist()
    return {"version": GEOPARQUET, "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _write_layer(table: pa.Table, sheet: Sheet, path: Path, driver: str, **options: str) -> None:
    placed: dict[str, Any] = {}
    if sheet.shapes is not None:
        wkb, kinds = wkb_column(sheet.shapes)
        table = table.append_column(GEOMETRY, wkb)
        placed = {
            "geometry_name": GEOMETRY,
            "geometry_type": kinds[0] if len(kinds) == 1 else "Unknown",
            "crs": WGS84,
        }
    pyogrio.write_arrow(
        table, path, layer=sheet.name, driver=driver, layer_options=options, **placed
    )
