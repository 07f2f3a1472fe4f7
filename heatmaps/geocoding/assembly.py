"""From addressed points to parts of a gazetteer: what every reader does after reading."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.fingerprints import form_key
from heatmaps.geocoding.gazetteer import Settlements, distance_m, text_column
from heatmaps.geocoding.normal_form import normal_house, street_name
from heatmaps.geocoding.reading import (
    RADIUS_M,
    AliasRows,
    Counts,
    HouseRows,
    KnownPlace,
    Part,
    StreetRows,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Text
    from heatmaps.geocoding.reading import Points

MIN_STREET_M = 100.0
"""A street known by one point or house is no more certain than this."""

MIN_SETTLEMENT_M = 1_500.0
"""A settlement of unknown kind is no more certain than this."""


class Assembly:
    """Turns addressed points into parts, and remembers how far each settlement reaches.

    `counts` says what became of the points of houses; roads place streets and are not counted.
    """

    def __init__(self, places: list[KnownPlace]) -> None:
        self.places = places
        self.counts = Counts()
        self._box = _empty_boxes(len(places))
        self._settled = np.zeros(len(places), dtype=np.bool_)

    def houses(self, points: Points) -> Part:
        """Give the part of points that may be houses, their numbers in normal form."""
        return self._part(points, roads=False)

    def roads(self, points: Points) -> Part:
        """Give the part of points that lie on named roads."""
        return self._part(points, roads=True)

    def settled(self) -> NDArray[np.bool_]:
        """Tell of each settlement whether anything stands in it."""
        return self._settled

    def settlements(self) -> Settlements:
        """Give the settlements: where unset the middle of their points, and a radius around it.

        The radius holds the box around the points, and is no less than the kind of place says.
        """
        known = self.places
        lat, lon, _ = circles(*self._box)
        at_lat = np.array([p.lat for p in known], dtype=np.float64)
        at_lon = np.array([p.lon for p in known], dtype=np.float64)
        at_lat, at_lon = (
            np.where(np.isnan(at_lat), lat, at_lat),
            np.where(np.isnan(at_lon), lon, at_lon),
        )
        least = [p.radius_m or RADIUS_M.get(p.kind, MIN_SETTLEMENT_M) for p in known]
        reach = np.fmax(_farthest_corner(at_lat, at_lon, self._box), np.array(least))
        return Settlements(
            text_column([p.name for p in known]),
            text_column([p.status or p.kind for p in known]),
            text_column([p.region for p in known]),
            at_lat,
            at_lon,
            reach,
            text_column([p.boundary for p in known]),
            text_column([p.aliases for p in known]),
        )

    def _part(self, points: Points, *, roads: bool) -> Part:
        streets, houses = _StreetsMet(), list[int]()
        numbers: list[str] = []
        left_out = self.counts.left_out
        units = np.zeros(len(points.place), dtype=np.int64)
        used = np.zeros(len(points.place), dtype=np.bool_)
        rows = zip(points.place, points.street, points.number, points.aliases, strict=True)
        for row, (place, street, number, aliases) in enumerate(rows):
            key = _key(street) if street else ""
            normal = normal_house(number, street) if number else ""
            if number and not normal:
                left_out["bad_number"] += 1
            elif street and not key:
                left_out["bad_street"] += 1
            else:
                used[row] = True
                if street or normal:
                    units[row] = streets.put(
                        place, key, street, aliases, named=roads or bool(aliases)
                    )
                if normal:
                    houses.append(row)
                    numbers.append(normal)
        self._count(points, used, houses, roads=roads)
        lat, lon = np.array(points.lat, np.float64), np.array(points.lon, np.float64)
        return Part(
            streets.table(units[used], lat[used], lon[used]),
            streets.aliases(),
            _house_rows(points, units, houses, numbers),
        )

    def _count(
        self, points: Points, used: NDArray[np.bool_], houses: list[int], *, roads: bool
    ) -> None:
        place = np.array(points.place, dtype=np.intp)[used]
        self._settled[place] = True
        if roads:
            return
        lat = np.array(points.lat, dtype=np.float64)[used]
        lon = np.array(points.lon, dtype=np.float64)[used]
        _stretch(self._box, place, lat, lon)
        self.counts.rows += len(used)
        self.counts.houses += len(houses)
        self.counts.points += int(used.sum()) - len(houses)


class _StreetsMet:
    """The streets of one part, numbered as they are met."""

    def __init__(self) -> None:
        self._unit: dict[tuple[int, str], int] = {}
        self._name: list[str] = []
        self._named: list[bool] = []
        self._aliases: dict[tuple[int, str], tuple[int, str]] = {}

    def put(self, place: int, key: str, name: str, aliases: str, *, named: bool) -> int:
        """Give the unit of a street."""
        unit = self._unit.get((place, key))
        if unit is None:
            unit = self._unit[place, key] = unit_of(place, key)
            self._name.append(name)
            self._named.append(named)
        for alias in aliases.split("\n") if aliases else ():
            other = _key(alias)
            if other and other != key:
                self._aliases[unit, alias] = unit_of(place, other), alias
        return unit

    def table(
        self, unit: NDArray[np.int64], lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> StreetRows:
        """Give the streets with the box around the points that lie on each."""
        units = np.fromiter(self._unit.values(), np.int64, len(self._unit))
        order = np.argsort(units)
        on_street = np.isin(unit, units)
        found = order[np.searchsorted(units, unit[on_street], sorter=order)]
        box = _empty_boxes(len(units))
        _stretch(box, found, lat[on_street], lon[on_street])
        return StreetRows(
            units,
            np.array([place for place, _ in self._unit], dtype=np.int32),
            text_column([key for _, key in self._unit]),
            text_column(self._name),
            box[0],
            box[1],
            box[2],
            box[3],
            np.array(self._named, dtype=np.bool_),
        )

    def aliases(self) -> AliasRows:
        """Give the other names met."""
        return AliasRows(
            np.array([unit for unit, _ in self._aliases], dtype=np.int64),
            np.array([other for other, _ in self._aliases.values()], dtype=np.int64),
            text_column([alias for _, alias in self._aliases.values()]),
        )


def unit_of(place: int, street_key: str) -> int:
    """Give the fingerprint of a street in a file: its settlement's position and its key."""
    return form_key(f"{place}|{street_key}")


def circles(
    south: NDArray[np.float64],
    west: NDArray[np.float64],
    north: NDArray[np.float64],
    east: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the middle of boxes as latitudes and longitudes, and the radius that holds each, in m.

    Boxes that hold nothing give NaN.
    """
    boxes = np.array([south, west, north, east])
    boxes = np.where(np.isfinite(boxes), boxes, np.nan)
    lat, lon = (boxes[0] + boxes[2]) / 2, (boxes[1] + boxes[3]) / 2
    return lat, lon, _farthest_corner(lat, lon, boxes)


def _empty_boxes(count: int) -> NDArray[np.float64]:
    """Give boxes that hold nothing, as rows south, west, north, east."""
    boxes = np.empty((4, count))
    boxes[:2], boxes[2:] = np.inf, -np.inf
    return boxes


def _stretch(
    boxes: NDArray[np.float64],
    group: NDArray[np.intp],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
) -> None:
    """Stretch each group's box over its points."""
    for low, high, values in ((0, 2, lat), (1, 3, lon)):
        np.minimum.at(boxes[low], group, values)
        np.maximum.at(boxes[high], group, values)


def _farthest_corner(
    lat: NDArray[np.float64], lon: NDArray[np.float64], boxes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give how far from each point, in metres, its box reaches; NaN where it holds nothing."""
    boxes = np.where(np.isfinite(boxes), boxes, np.nan)
    corners = [distance_m(lat, lon, boxes[y], boxes[x]) for y in (0, 2) for x in (1, 3)]
    return np.asarray(np.max(corners, axis=0), dtype=np.float64)


@lru_cache(maxsize=65_536)
def _key(street: str) -> str:
    name = street_name(street)
    return name.key if name else ""


def _house_rows(
    points: Points, units: NDArray[np.int64], rows: list[int], numbers: list[str]
) -> HouseRows:
    def text(column: list[str]) -> Text:
        return text_column([column[row] for row in rows])

    return HouseRows(
        units[rows],
        text_column(numbers),
        np.array(points.lat, dtype=np.float64)[rows],
        np.array(points.lon, dtype=np.float64)[rows],
        text(points.postcode),
        text(points.source),
        text(points.source_id),
    )
