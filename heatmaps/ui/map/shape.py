"""A spot as the map knows it: its outline, where its badge stands, which spot was clicked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import h3.api.basic_int as h3

from heatmaps.desk.words import OPEN_STATUSES
from heatmaps.region.grid import cell_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from heatmaps.desk.words import Status
    from heatmaps.spots.record import Signal

Point = tuple[float, float]
"""Latitude, longitude; WGS 84 degrees."""

Ring = tuple[Point, ...]
Outline = tuple[tuple[Ring, ...], ...]
"""Polygons of an outline; each is its outer ring and then its holes."""

_DIGITS = 5  # of a degree: about a metre
_BADGE_MATCH_DEGREES = 1e-7
_BADGE_STEP = 0.35  # of the way from a cell's middle to its corner
_BADGE_TURNS = 10


@dataclass(frozen=True, slots=True)
class SpotShape:
    """What the map shows of a spot.

    `lat`, `lon` is the spot's middle in WGS 84 degrees; `cells` its zone as H3 integers of one
    resolution; `label` the title of its tooltip, plain text of any origin.
    """

    spot_id: int
    lat: float
    lon: float
    cells: tuple[int, ...]
    priority: float
    status: Status
    signal: Signal
    label: str


@lru_cache(maxsize=4096)
def outline(cells: tuple[int, ...]) -> Outline:
    """Give the union of cells of one resolution as polygons; points are latitude, longitude."""
    shape = h3.cells_to_h3shape(cells, tight=False)
    return tuple(
        tuple(_rounded(ring) for ring in (polygon.outer, *polygon.holes)) for polygon in shape
    )


def badge_points(shapes: Sequence[SpotShape]) -> tuple[Point, ...]:
    """Give a point inside each shape, none of them twice, in the order of `shapes`.

    It is the middle of the spot's cell nearest to its centre; where that is taken by another
    spot it moves towards one of the cell's corners.
    """
    taken: set[Point] = set()
    points = []
    for shape in shapes:
        candidates = _candidates(shape)
        point = next((p for p in candidates if p not in taken), candidates[0])
        taken.add(point)
        points.append(point)
    return tuple(points)


def spot_at(point: Point, shapes: Sequence[SpotShape]) -> int | None:
    """Give the id of the spot that was clicked, None beside all of them.

    A click on a badge is exactly the badge's point. Elsewhere the cell under the click decides,
    and of several spots there the one that is drawn on top.
    """
    for shape, badge in zip(shapes, badge_points(shapes), strict=True):
        if max(abs(badge[0] - point[0]), abs(badge[1] - point[1])) < _BADGE_MATCH_DEGREES:
            return shape.spot_id
    resolutions = {h3.get_resolution(shape.cells[0]) for shape in shapes if shape.cells}
    under = {cell_of(*point, resolution) for resolution in resolutions}
    hit = [shape for shape in shapes if not under.isdisjoint(shape.cells)]
    return max(hit, key=drawing_rank).spot_id if hit else None


def drawing_rank(shape: SpotShape) -> tuple[bool, float, int]:
    """Give the order of drawing: what waits for somebody on top, the most urgent uppermost."""
    return shape.status in OPEN_STATUSES, shape.priority, shape.spot_id


def bounds_of(shapes: Iterable[SpotShape]) -> tuple[Point, Point] | None:
    """Give south-west and north-east of all shapes together, None where there are none."""
    points = [point for shape in shapes for polygon in outline(shape.cells) for point in polygon[0]]
    if not points:
        return None
    lats, lons = zip(*points, strict=True)
    return (min(lats), min(lons)), (max(lats), max(lons))


@lru_cache(maxsize=4096)
def _candidates(shape: SpotShape) -> tuple[Point, ...]:
    """Give the middle of the spot's most central cell, then points ever nearer around it."""
    nearest = min(shape.cells, key=lambda cell: _nearness(shape, h3.cell_to_latlng(cell)))
    middle = h3.cell_to_latlng(nearest)
    around = [
        _between(middle, corner, _BADGE_STEP / turn)
        for turn in range(1, _BADGE_TURNS)
        for corner in h3.cell_to_boundary(nearest)
    ]
    return _rounded([middle, *around])


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _nearness(shape: SpotShape, point: Point) -> tuple[float, Point]:
    east = (point[1] - shape.lon) * math.cos(math.radians(shape.lat))
    return math.hypot(point[0] - shape.lat, east), point


def _rounded(ring: Iterable[Point]) -> Ring:
    return tuple((round(lat, _DIGITS), round(lon, _DIGITS)) for lat, lon in ring)
