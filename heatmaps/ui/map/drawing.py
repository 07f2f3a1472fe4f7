"""What is drawn on the base map: plain records that `map.js` turns into Leaflet layers.

Each drawing names a function of `map.js` and the data it takes: numbers, our own constants, and
text that has passed `map_text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import h3.api.basic_int as h3
import numpy as np

from heatmaps.desk.words import CLOSED_STATUSES, Status
from heatmaps.region.grid import parents, resolution_of
from heatmaps.spots.record import Signal
from heatmaps.ui.map.colour import (
    CLASS_COLOURS,
    CLASS_INKS,
    COUNT_BREAKS,
    PRIORITY_BREAKS,
    class_of,
)
from heatmaps.ui.map.shape import badge_points, drawing_rank, outline
from heatmaps.ui.map.text import MapHtml, map_bold, map_lines, map_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.ui.map.shape import Point, SpotShape

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | MapHtml | float | bool | None"

MAX_CELLS = 5000
"""Hexagons that a browser without a graphics card still draws at once in about 0.2 s."""

_CHILDREN = 7  # of an H3 cell, nearly everywhere
_STREET_ZOOM = 14
_NEIGHBOURHOOD_ZOOM = 15
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Drawing:
    """One call of a function in `map.js`."""

    function: str
    data: Json


def draw_spots(
    shapes: Sequence[SpotShape],
    *,
    selected: int | None = None,
    breaks: Sequence[float] = PRIORITY_BREAKS,
) -> Drawing:
    """Give the spots as outlines with badges, what is open and urgent on top.

    Fill is the class of priority, the badge its number; a quiet spot is dashed, a solved one
    hollow with a tick, a closed one hollow and grey; `selected` has a broad border. The lines of
    a label become its tooltip.
    """
    badges = dict(zip(shapes, badge_points(shapes), strict=True))
    return Drawing(
        "spots",
        [
            _spot(shape, badges[shape], breaks, selected=shape.spot_id == selected)
            for shape in sorted(shapes, key=drawing_rank)
        ],
    )


def draw_cells(
    cells: NDArray[np.int64],
    counts: NDArray[np.int64],
    *,
    breaks: Sequence[float] = COUNT_BREAKS,
    limit: int = MAX_CELLS,
) -> Drawing:
    """Give complaints per H3 cell as hexagons with their number as tooltip.

    Where there are more than `limit` cells they are added up in their parents, coarser and
    coarser, until they fit. Colour is the class of the count per area of the finest cell given,
    so that rolling up does not darken the map.
    """
    kept, sums = coarsened(cells, counts, limit)
    steps = resolution_of(cells).max(initial=0) - resolution_of(kept)
    density = sums / float(_CHILDREN) ** steps
    return Drawing(
        "cells",
        [
            [_hexagon(cell), CLASS_COLOURS[class_of(per_cell, breaks)], count]
            for cell, per_cell, count in zip(
                kept.tolist(), density.tolist(), sums.tolist(), strict=True
            )
        ],
    )


def coarsened(
    cells: NDArray[np.int64], counts: NDArray[np.int64], limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give distinct cells, ascending, and their counts, rolled up until at most `limit` remain."""
    kept, position = np.unique(cells, return_inverse=True)
    sums = np.bincount(position, weights=counts, minlength=kept.size).astype(np.int64)
    finest = int(resolution_of(kept).max(initial=0))
    if kept.size <= limit or finest == 0:
        return kept, sums
    fine = resolution_of(kept) == finest
    rolled = kept.copy()
    rolled[fine] = parents(kept[fine], finest - 1)
    return coarsened(rolled, sums, limit)


def draw_address(point: Point, uncertainty_m: float, label: str) -> Drawing:
    """Give the marker of an address and the circle, radius in metres, that holds the true place."""
    return Drawing(
        "address", {"at": _rounded(point), "radius": uncertainty_m, "label": tooltip(label)}
    )


def look_at_point(point: Point, zoom: int = _STREET_ZOOM, *, asked: int = 0) -> Drawing:
    """Move the map to a point once; raise `asked` to move it there again."""
    return Drawing("look", {"at": _rounded(point), "zoom": zoom, "asked": asked})


def look_at_bounds(
    bounds: tuple[Point, Point], *, asked: int = 0, closest: int = _NEIGHBOURHOOD_ZOOM
) -> Drawing:
    """Fit the map to south-west and north-east once; raise `asked` to fit it again.

    It never goes closer than the zoom `closest`.
    """
    corners = [_rounded(bounds[0]), _rounded(bounds[1])]
    return Drawing("look", {"bounds": corners, "asked": asked, "closest": closest})


def _hexagon(cell: int) -> list[Point]:
    return [_rounded(corner) for corner in h3.cell_to_boundary(cell)]


def _spot(
    shape: SpotShape, badge: Point, breaks: Sequence[float], *, selected: bool
) -> dict[str, Json]:
    level = class_of(shape.priority, breaks)
    return {
        "outline": outline(shape.cells),
        "badge": badge,
        "number": map_text(round(shape.priority)),
        "fill": MapHtml(CLASS_COLOURS[level]),
        "ink": MapHtml(CLASS_INKS[level]),
        "look": MapHtml(look_of(shape)),
        "selected": selected,
        "label": tooltip(shape.label),
    }


def look_of(shape: SpotShape) -> str:
    """Give how a spot is drawn: open, quiet, solved or closed."""
    if shape.status in (Status.RESOLVED, Status.CONFIRMED):
        return "solved"
    if shape.status in CLOSED_STATUSES:
        return "closed"
    return "open" if shape.signal is Signal.ACTIVE else "quiet"


def tooltip(label: str) -> MapHtml:
    """Set the first line of a label in bold, the others below it."""
    title, *rest = [map_text(line) for line in label.splitlines()] or [map_text("")]
    return map_lines([map_bold(title), *rest])


def _rounded(point: Point) -> Point:
    return round(point[0], _DIGITS), round(point[1], _DIGITS)
