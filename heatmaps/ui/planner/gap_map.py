"""Gaps on the map, over the holes of predicted coverage, complaints and sites."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import cell_of
from heatmaps.ui.map.drawing import MAX_CELLS, Drawing
from heatmaps.ui.map.shape import outline
from heatmaps.ui.map.text import MapHtml, map_bold, map_lines, map_text
from heatmaps.ui.planner.gap_words import COLOURS, gap_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.insight.gap import Gap
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.map.drawing import Json
    from heatmaps.ui.map.shape import Point
    from heatmaps.ui.planner.gap_board import Sites

MAX_GAPS = 400
"""Gaps that are drawn and listed at once, the worst first."""

MAX_SITES = 2000
HOLE_COLOUR = "#93a1b1"
_DIGITS = 5


def draw_gaps(
    gaps: Sequence[Gap], names: Mapping[str, str], _: Translator, *, selected: int | None
) -> Drawing:
    """Give the gaps as outlines in the colour of their class, their rank as badge."""
    drawn: list[Json] = [
        _gap(gap, names, _, chosen=gap.gap_id == selected) for gap in reversed(gaps[:MAX_GAPS])
    ]
    return Drawing("spots", drawn)


def draw_holes(cells: NDArray[np.int64], label: str) -> Drawing:
    """Give populated cells without predicted coverage, at most `MAX_CELLS` of them."""
    told, fill = map_text(label), MapHtml(HOLE_COLOUR)
    hexagons: list[Json] = [
        [[_rounded(corner) for corner in h3.cell_to_boundary(cell)], fill, told]
        for cell in cells[:MAX_CELLS].tolist()
    ]
    return Drawing("cells", hexagons)


def draw_sites(sites: Sites, near: Point | None) -> Drawing:
    """Give the active sites with their names, those nearest to a point where there are many."""
    order = np.arange(len(sites.name))
    if near is not None:
        east = (sites.lon - near[1]) * math.cos(math.radians(near[0]))
        order = np.argsort(np.hypot(sites.lat - near[0], east), kind="stable")
    drawn: list[Json] = [
        {
            "at": _rounded((float(sites.lat[row]), float(sites.lon[row]))),
            "label": map_text(sites.name[row]),
            "rays": [],
            "serving": True,
        }
        for row in order[:MAX_SITES].tolist()
    ]
    return Drawing("sites", drawn)


def gap_at(point: Point, gaps: Sequence[Gap]) -> int | None:
    """Give the number of the drawn gap that was clicked, None beside all of them."""
    shown = gaps[:MAX_GAPS]
    resolutions = {h3.get_resolution(gap.cells[0]) for gap in shown}
    under = {cell_of(*point, resolution) for resolution in resolutions}
    return next((gap.gap_id for gap in shown if not under.isdisjoint(gap.cells)), None)


def bounds_of_gaps(gaps: Sequence[Gap]) -> tuple[Point, Point] | None:
    """Give south-west and north-east of the gaps together, None where there are none."""
    points = [point for gap in gaps for polygon in outline(gap.cells) for point in polygon[0]]
    if not points:
        return None
    lats, lons = zip(*points, strict=True)
    return (min(lats), min(lons)), (max(lats), max(lons))


def widened(bounds: tuple[Point, Point] | None) -> tuple[Point, Point] | None:
    """Give bounds with as much again around them, so that a place is seen among others."""
    if bounds is None:
        return None
    (south, west), (north, east) = bounds
    up, across = north - south, east - west
    return (south - up, west - across), (north + up, east + across)


def _gap(gap: Gap, names: Mapping[str, str], _: Translator, *, chosen: bool) -> dict[str, Json]:
    fill, ink = COLOURS[gap.gap_class]
    title, *rest = [map_text(line) for line in gap_label(gap, names, _).splitlines()]
    return {
        "outline": outline(gap.cells),
        "badge": _badge(gap),
        "number": map_text(gap.rank),
        "fill": MapHtml(fill),
        "ink": MapHtml(ink),
        "look": MapHtml("open"),
        "selected": chosen,
        "label": map_lines([map_bold(title), *rest]),
    }


def _badge(gap: Gap) -> Point:
    """Give the middle of its most central cell."""

    def away(point: Point) -> float:
        east = (point[1] - gap.lon) * math.cos(math.radians(gap.lat))
        return math.hypot(point[0] - gap.lat, east)

    return _rounded(min((h3.cell_to_latlng(cell) for cell in gap.cells), key=away))


def _rounded(point: Point) -> Point:
    return round(point[0], _DIGITS), round(point[1], _DIGITS)
