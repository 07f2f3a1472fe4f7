"""What lies under everything else: outlines and names of territories, and where to look first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape as geometry_of

from heatmaps.ui.map.drawing import Drawing
from heatmaps.ui.map.text import map_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from heatmaps.ui.map.drawing import Json
    from heatmaps.ui.map.shape import Outline, Point

SIMPLIFIED_M = 50.0
"""Detail below this many metres is dropped from territories: nobody sees it, all would load it."""

_METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
_DIGITS = 4  # of a degree: about 11 metres, finer than the simplified border


@dataclass(frozen=True, slots=True)
class Territory:
    """A named area; `geometry` is a GeoJSON polygon or multipolygon, longitude first."""

    name: str
    geometry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TileSource:
    """A layer of street tiles: a URL with ``{z}``, ``{x}``, ``{y}`` and whom to credit."""

    url: str
    attribution: str


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Made once and shown often: equal base maps keep the map on the screen alive."""

    bounds: tuple[Point, Point]
    drawing: Drawing
    tiles: TileSource | None = None


def base_map(
    territories: Sequence[Territory],
    attribution: str,
    *,
    bounds: tuple[Point, Point] | None = None,
    tiles: TileSource | None = None,
    simplified_m: float = SIMPLIFIED_M,
) -> BaseMap:
    """Give the base map of territories, all of one level.

    `bounds`, south-west and north-east, are what is seen first; unset, all territories are.
    Borders that neighbours share are simplified together, so no gaps open between them. Over
    `tiles` territories are outlines without fill. ValueError where there are neither territories
    nor bounds.
    """
    shapes = shapely.force_2d(np.array([geometry_of(one.geometry) for one in territories]))
    if bounds is None:
        bounds = _extent(shapes)
    latitude = (bounds[0][0] + bounds[1][0]) / 2
    drawn: list[Json] = [
        {"name": map_text(one.name), "outline": _outline(shape), "middle": _middle(shape)}
        for one, shape in zip(territories, _simplified(shapes, latitude, simplified_m), strict=True)
    ]
    data: Json = {
        "territories": drawn,
        "bounds": bounds,
        "attribution": map_text(attribution),
        "filled": tiles is None,
    }
    return BaseMap(bounds, Drawing("base", data), tiles)


def _extent(shapes: NDArray[np.object_]) -> tuple[Point, Point]:
    if shapes.size == 0:
        message = "A base map needs territories or bounds; load some with `territories load`."
        raise ValueError(message)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    return _rounded(west, south), _rounded(east, north)


def _simplified(shapes: NDArray[np.object_], latitude: float, metres: float) -> NDArray[np.object_]:
    """Simplify in metres of a plane that is true at `latitude`."""
    scale = _METRES_PER_DEGREE * np.array([math.cos(math.radians(latitude)), 1.0])
    plane = shapely.transform(shapes, lambda points: points * scale)
    return shapely.transform(
        shapely.coverage_simplify(plane, metres), lambda points: points / scale
    )


def _outline(shape: BaseGeometry) -> Outline:
    return tuple(
        tuple(
            tuple(_rounded(lon, lat) for lon, lat in ring.coords)
            for ring in (polygon.exterior, *polygon.interiors)
        )
        for polygon in shapely.get_parts(shape)
    )


def _middle(shape: BaseGeometry) -> Point:
    """Give the point farthest from the border of the largest part."""
    largest = max(shapely.get_parts(shape), key=shapely.area)
    radius = shapely.maximum_inscribed_circle(largest)
    lon, lat = radius.coords[0]
    return _rounded(lon, lat)


def _rounded(lon: float, lat: float) -> Point:
    return round(lat, _DIGITS), round(lon, _DIGITS)
