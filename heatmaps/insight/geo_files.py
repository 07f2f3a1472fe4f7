"""GeoJSON, GeoPackage and GeoParquet: shapes in WGS 84, the columns with what they hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS

from heatmaps.insight.arrow import GEOMETRY, table_of, with_iso_times, wkb_column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from heatmaps.insight.sheets import Sheet

WGS84 = "EPSG:4326"
GEOPARQUET = "1.1.0"

_GEOJSON = {"RFC7946": "YES", "AUTODETECT_JSON_STRINGS": "NO", "COORDINATE_PRECISION": "7"}


def write_geojson(sheet: Sheet, path: Path) -> None:
    """Write one sheet by RFC 7946: lon, lat; without shapes its features have none."""
    shapes = np.full(len(sheet), None) if sheet.shapes is None else sheet.shapes
    table = with_iso_times(table_of(sheet))
    _write_layer(table, shapes, path, driver="GeoJSON", layer=sheet.name, layer_options=_GEOJSON)


def write_gpkg(sheets: Sequence[Sheet], path: Path) -> None:
    """Write each sheet as a layer, without shapes as a table; GDAL and QGIS show the columns' say.

    Times are kept to the millisecond, as the format has it.
    """
    for sheet in sheets:
        table = _to_milliseconds(table_of(sheet))
        fields = [
            f.with_metadata({"GDAL:OGR:comment": f.metadata[b"description"]}) for f in table.schema
        ]
        table = table.cast(pa.schema(fields))
        options = {"DESCRIPTION": sheet.says} if sheet.says else {}
        _write_layer(
            table, sheet.shapes, path, driver="GPKG", layer=sheet.name, layer_options=options
        )


def write_parquet(sheet: Sheet, path: Path) -> None:
    """Write one sheet as GeoParquet, without shapes as plain Parquet."""
    table = table_of(sheet)
    if sheet.shapes is not None:
        wkb, kinds = wkb_column(sheet.shapes)
        told = {"description": "shape as WKB, WGS 84 degrees, x = longitude"}
        table = table.append_column(pa.field(GEOMETRY, pa.binary(), metadata=told), wkb)
        table = table.replace_schema_metadata({"geo": json.dumps(_geo(sheet, kinds))})
    pq.write_table(table, path, compression="zstd")


def _to_milliseconds(table: pa.Table) -> pa.Table:
    """Give the moments as exactly as a GeoPackage holds them; GDAL would round up to second 60."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            exact = pc.floor_temporal(table.column(place), unit="millisecond")
            table = table.set_column(place, field, exact)
    return table


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


def _write_layer(
    table: pa.Table,
    shapes: NDArray[np.object_] | None,
    path: Path,
    **layer: Any,  # noqa: ANN401 - what pyogrio takes
) -> None:
    if shapes is not None:
        wkb, kinds = wkb_column(shapes)
        table = table.append_column(GEOMETRY, wkb)
        kind = kinds[0] if len(kinds) == 1 else "Unknown"
        layer |= {"geometry_name": GEOMETRY, "geometry_type": kind, "crs": WGS84}
    pyogrio.write_arrow(table, path, **layer)
