"""The map of the places an address may mean, numbered as beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.geocoding.aliases import POINT_M
from heatmaps.geocoding.result import Level
from heatmaps.ui.board import ground
from heatmaps.ui.map.drawing import Drawing, look_at_bounds, look_at_point, tooltip
from heatmaps.ui.map.show import show_map
from heatmaps.ui.map.text import map_text
from heatmaps.ui.reviewer.choice import point_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.candidates import Candidate
    from heatmaps.ui.map.drawing import Json
    from heatmaps.ui.map.shape import Point
    from heatmaps.ui.reviewer.choice import Choice

HEIGHT_PX = 430
_DIGITS = 5
_HOUSE_ZOOM = 17
_WIDE = frozenset({Level.SETTLEMENT, Level.REGION})


def show_candidate_map(choice: Choice, asked: int) -> bool:
    """Show the places; a click picks one or puts a point. Tells whether there was one.

    `asked` counts the addresses shown: with each the map moves once, and never by itself.
    """
    found = choice.sought
    look = _look(choice.offered if found is None else [found], asked)
    drawings = [draw_candidates(choice), look]
    clicked = show_map(
        ground().base, [each for each in drawings if each is not None], key="review-map",
        height=HEIGHT_PX,
    )  # fmt: skip
    if clicked is not None:
        point_at(choice, clicked)
    return clicked is not None


def draw_candidates(choice: Choice) -> Drawing:
    """Give the places with their numbers, the one in mind with the circle that holds it."""
    drawn: list[Json] = [
        _mark((place.lat, place.lon), place.uncertainty_m, position, choice, place.label)
        for position, place in enumerate(choice.places)
    ]
    if choice.point is not None:
        label = "{:.5f}, {:.5f}".format(*choice.point)
        drawn.append(_mark(choice.point, POINT_M, len(choice.places), choice, label))
    return Drawing("candidates", drawn)


def bounds_of_places(places: Sequence[Candidate]) -> tuple[Point, Point] | None:
    """Give south-west and north-east of the places; towns count only where nothing finer does."""
    fine = [place for place in places if place.level not in _WIDE] or list(places)
    if not fine:
        return None
    lats, lons = [place.lat for place in fine], [place.lon for place in fine]
    return (min(lats), min(lons)), (max(lats), max(lons))


def _look(places: Sequence[Candidate], asked: int) -> Drawing | None:
    bounds = bounds_of_places(places)
    if bounds is None:
        return None
    if bounds[0] == bounds[1]:
        zoom = 12 if all(place.level in _WIDE for place in places) else _HOUSE_ZOOM
        return look_at_point(bounds[0], zoom, asked=asked)
    return look_at_bounds(bounds, asked=asked, closest=_HOUSE_ZOOM)


def _mark(
    point: Point, radius_m: float, position: int, choice: Choice, label: str
) -> dict[str, Json]:
    return {
        "at": (round(point[0], _DIGITS), round(point[1], _DIGITS)),
        "number": map_text(position + 1),
        "radius": radius_m,
        "selected": choice.picked == position,
        "label": tooltip(label),
    }
