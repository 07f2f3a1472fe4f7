"""Polygon files of any GDAL format: read, brought to WGS 84, and made valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

WGS_84 = "EPSG:4326"

_SHAPEFILE_NAME = 10
_PARQUET = {".parquet", ".geoparquet"}
_GLOBE = (-180.0, -90.0, 180.0, 90.0)
_OFFLINE = {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "GML_SKIP_RESOLVE_ELEMS": "ALL"}
_REFERENCES = (b"<OGRVRT", b"<OGRWFS", b"<OGRCSW", b"gdal_streamed_alg", b"<GDAL_")
_START = 4096
_SHOWN_LAYERS = 20


def read_polygons(
    path: Path, columns: Sequence[str], required: Sequence[str], layer: str | None = None
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read a layer of a file; give it in WGS 84 degrees, with notes on what was assumed.

    `columns` are found in any case, and cut to ten letters as a Shapefile has them. FileError where
    the file cannot be read, refers to other sources, has not one layer or no `layer`, lacks a
    `required` column, or names no coordinate system although its coordinates are no degrees.
    """
    notes: list[str] = []
    frame = _named(path, _frame(path, layer), columns, required)
    return _in_wgs_84(path, frame, notes), notes


def multipolygon(geometry: BaseGeometry | None) -> shapely.MultiPolygon | None:
    """Give a geometry's area as a valid MultiPolygon in the plane; None where it has none."""
    if geometry is None or geometry.is_empty:
        return None
    sound = shapely.make_valid(shapely.force_2d(geometry))
    parts = [part for part in shapely.get_parts(_flat(sound)) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts) if parts else None


def _flat(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Give the parts of a geometry, which `make_valid` may have wrapped in a collection."""
    if geometry.geom_type != "GeometryCollection":
        return [geometry]
    return [leaf for part in shapely.get_parts(geometry) for leaf in _flat(part)]


def _frame(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    """Read one layer of polygons of a file, opening no network address."""
    if not path.exists():
        message = f"File {path.absolute()} does not exist; check the path."
        raise FileError(message)
    _check_no_reference(path)
    import geopandas as gpd
    import pyogrio

    pyogrio.set_gdal_config_options(_OFFLINE)
    try:
        if path.suffix.lower() in _PARQUET and layer is None:
            frame = gpd.read_parquet(path)
        else:
            frame = gpd.read_file(path, layer=_layer(path, layer))
    except (RuntimeError, ValueError, OSError) as error:
        why = " ".join(str(error).split()).rstrip(".")
        message = f"File {path} cannot be read as polygons: {why}; export it as GeoPackage."
        raise FileError(message) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        message = f"File {path} holds a table without polygons; export it as GeoPackage."
        raise FileError(message)
    return frame


def _check_no_reference(path: Path) -> None:
    """Refuse files that make GDAL open other files or network addresses."""
    if not path.is_file():
        return
    with path.open("rb") as stored:
        start = stored.read(_START)
    if any(mark in start for mark in _REFERENCES):
        message = f"File {path} only refers to other sources; export the polygons themselves."
        raise FileError(message)


def _layer(path: Path, wanted: str | None) -> str:
    """Give the name of the layer to read. FileError where that is not clear."""
    import pyogrio

    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if wanted in layers or (wanted is None and len(layers) == 1):
        return wanted or layers[0]
    if not layers:
        message = "it has no layer of shapes"
        raise ValueError(message)
    named = f"{', '.join(layers[:_SHOWN_LAYERS])}{', …' if len(layers) > _SHOWN_LAYERS else ''}"
    if wanted is not None:
        message = f"File {path} has no layer {wanted!r} among {named}; give one of them as --layer."
    else:
        message = f"File {path} has {len(layers)} layers: {named}; choose one with --layer."
    raise FileError(message)


def _named(
    path: Path, frame: gpd.GeoDataFrame, columns: Sequence[str], required: Sequence[str]
) -> gpd.GeoDataFrame:
    """Give the frame under our column names: any case, cut to ten letters in a Shapefile."""
    ours = {name[:length]: name for name in columns for length in (_SHAPEFILE_NAME, len(name))}
    attributes = [name for name in frame.columns if name != frame.geometry.name]
    frame = frame.rename(
        columns={n: ours[n.casefold()] for n in attributes if n.casefold() in ours}
    )
    missing = [name for name in required if name not in frame.columns]
    if missing:
        message = (
            f"File {path} lacks the column {', '.join(missing)} among {', '.join(attributes)}; "
            "rename or add it."
        )
        raise FileError(message)
    return frame


def _in_wgs_84(path: Path, frame: gpd.GeoDataFrame, notes: list[str]) -> gpd.GeoDataFrame:
    if frame.crs is not None:
        return frame.to_crs(WGS_84)
    west, south, east, north = frame.total_bounds.tolist()
    fits = west >= _GLOBE[0] and south >= _GLOBE[1] and east <= _GLOBE[2] and north <= _GLOBE[3]
    if not fits:
        message = (
            f"File {path} names no coordinate system and its coordinates ({west:g}, {south:g} to "
            f"{east:g}, {north:g}) are no degrees; export it with its coordinate system."
        )
        raise FileError(message)
    notes.append("The file names no coordinate system; its coordinates are taken as WGS 84.")
    return frame.set_crs(WGS_84)
