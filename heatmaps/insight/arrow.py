"""Sheets as Arrow tables, from which every format is written column by column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from heatmaps.insight.sheets import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.insight.sheets import Column, Sheet, Values

GEOMETRY = "geometry"
COORDINATE_DIGITS = 7
"""Decimals of a degree in text: about a centimetre, as RFC 7946 advises."""

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.FLAG: pa.bool_(),
    Kind.MOMENT: pa.timestamp("us", "UTC"),
}

# Neither XML 1.0 nor C strings can hold these; a lone surrogate is no character at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNWRITABLE_IN_ARROW = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{fffe}\x{ffff}]"
_PICTURES = 0x2400
_DELETE = 0x7F


def table_of(sheet: Sheet) -> pa.Table:
    """Give the sheet's columns, without shapes; each field's metadata holds what it says."""
    arrays = [array_of(column) for column in sheet.columns]
    fields = [
        pa.field(column.name, array.type, metadata={"description": column.says})
        for column, array in zip(sheet.columns, arrays, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def array_of(column: Column) -> pa.Array:
    """Give a column's values in the type of its kind; ValueError where a number is infinite.

    Characters that no table can hold are replaced by ones that can be seen: ␀ for NUL.
    """
    kind = column.type
    if kind is Kind.TEXT:
        return _texts(column.values)
    array = _plain(column.values, TYPES[kind])
    if kind is Kind.NUMBER and pc.any(pc.is_inf(array)).as_py():
        message = f"column {column.name} holds an infinite number"
        raise ValueError(message)
    return array


def visible(text: str) -> str:
    """Give the text with what cannot be written replaced: control characters by their pictures."""
    return _UNWRITABLE.sub(_picture, text)


def iso_texts(moments: pa.Array) -> pa.Array:
    """Give moments as ISO 8601 with offset, fractions of a second only where there are any."""
    written = pc.strftime(moments, format="%Y-%m-%dT%H:%M:%S+00:00")
    return pc.replace_substring_regex(written, r"\.0+\+", "+")


def with_iso_times(table: pa.Table) -> pa.Table:
    """Give the table with its moments as text."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(place, field.name, iso_texts(table.column(place)))
    return table


def wkt_column(sheet: Sheet) -> list[str | None] | None:
    """Give the shapes as text, for formats that have only text.

    None where there are none or where the sheet's own `lat` and `lon` already say the place.
    """
    names = {column.name for column in sheet.columns}
    if sheet.shapes is None or {"lat", "lon"} <= names:
        return None
    texts: list[str | None] = shapely.to_wkt(
        sheet.shapes, rounding_precision=COORDINATE_DIGITS
    ).tolist()
    return texts


def wkb_column(shapes: NDArray[np.object_]) -> tuple[pa.Array, list[str]]:
    """Give the shapes as WKB and the types that occur, in one layer's terms.

    Polygons beside multipolygons become multipolygons, so that a layer has one type.
    """
    kinds = _types(shapes)
    if kinds == ["MultiPolygon", "Polygon"]:
        shapes = np.array([_as_multi(shape) for shape in shapes], dtype=object)
        kinds = ["MultiPolygon"]
    return pa.array(shapely.to_wkb(shapes).tolist(), pa.binary()), kinds


def _types(shapes: NDArray[np.object_]) -> list[str]:
    return sorted({shape.geom_type for shape in shapes if shape is not None})


def _as_multi(shape: Any) -> Any:  # noqa: ANN401 - any geometry of shapely
    if shape is None or shape.geom_type == "MultiPolygon":
        return shape
    return shapely.multipolygons([shape])


def _plain(values: Values, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks().cast(kind)
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":  # has no zone, is UTC here
        return pa.array(values.astype("datetime64[us]")).cast(kind)
    return pa.array(values, kind, from_pandas=True)


def _texts(values: Values) -> pa.Array:
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        values = [v if v is None or type(v) is str else str(v) for v in values]
    try:
        array = _plain(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([text and visible(str(text)) for text in values], pa.string())
    if pc.any(pc.match_substring_regex(array, _UNWRITABLE_IN_ARROW)).as_py():
        return pa.array([text and visible(text) for text in array.to_pylist()], pa.string())
    return array


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == _DELETE:
        return "\u2421"
    return chr(_PICTURES + code) if code < _DELETE else "\ufffd"
