"""From addressed points to a gazetteer: what every reader does after reading."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.errors import FileError
from heatmaps.geocoding.gazetteer import (
    NO_STREET,
    Gazetteer,
    Houses,
    Settlements,
    Streets,
    distance_m,
    merge_duplicates,
    take,
    text_column,
)
from heatmaps.geocoding.normal_form import normal_house, settlement_key, street_name
from heatmaps.geocoding.reading import RADIUS_M, KnownPlace, Points, ReadReport

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from numpy.typing import NDArray

MIN_STREET_M = 100.0
"""A street known by one point or house is no more certain than this."""

MIN_SETTLEMENT_M = 1_500.0
"""A settlement of unknown kind is no more certain than this."""


def assemble(
    path: Path,
    places: list[KnownPlace],
    points: Points,
    left_out: Counter[str],
    roads: Points | None = None,
) -> tuple[Gazetteer, ReadReport]:
    """Give the gazetteer of the points, duplicates merged, and the report.

    `left_out` holds what the reader already refused; `roads` are points of named roads, which
    only place streets and are not counted as rows. Raises FileError where nothing is left.
    """
    rows = len(points.place) + left_out.total()
    streets = _StreetRows()
    houses = _house_rows(points, streets, left_out)
    usable = rows - left_out.total()
    if not usable:
        message = f"No row of {path} can be used ({_reasons(left_out)}); mend them and load again."
        raise FileError(message)
    if roads:
        _put_roads(roads, streets)
    used = np.array(sorted(streets.settled.union(streets.settlement)), dtype=np.intp)
    settlements = _settlement_table(places, points)
    gazetteer = Gazetteer(settlements, streets.table(), _house_table(houses, streets))
    merged = merge_duplicates(_only_used(gazetteer, used))
    left_out["duplicate"] += merged.duplicates
    report = ReadReport(
        rows,
        len(merged.gazetteer.houses),
        len(merged.gazetteer.streets),
        len(merged.gazetteer.settlements),
        usable - len(houses.place),
        {reason: count for reason, count in left_out.items() if count},
        merged.far_apart,
    )
    return merged.gazetteer, report


class _StreetRows:
    """Streets as they are met, with every point that lies on them.

    `settled` are the settlements that something stands in.
    """

    def __init__(self) -> None:
        self.position: dict[tuple[int, str], int] = {}
        self.settlement: list[int] = []
        self.name: list[str] = []
        self.aliases: list[str] = []
        self.of_point: list[int] = []
        self.lat: list[float] = []
        self.lon: list[float] = []
        self.of_house: list[int] = []
        self.settled: set[int] = set()

    def put(self, place: int, name: str, lat: float, lon: float) -> int:
        """Give the position of the street, noting that the point lies on it."""
        key = (place, street_name(name).key)
        if key not in self.position:
            self.position[key] = len(self.name)
            self.settlement.append(place)
            self.name.append(name)
            self.aliases.append("")
        position = self.position[key]
        self.of_point.append(position)
        self.lat.append(lat)
        self.lon.append(lon)
        return position

    def table(self) -> Streets:
        """Give the streets: middle of their points, and the radius that holds them all."""
        lat, lon, radius = _circles(
            np.array(self.of_point, dtype=np.intp),
            np.array(self.lat, dtype=np.float64),
            np.array(self.lon, dtype=np.float64),
            len(self.name),
        )
        return Streets(
            np.array(self.settlement, dtype=np.int32),
            text_column(self.name),
            lat,
            lon,
            np.maximum(radius, MIN_STREET_M),
            text_column(self.aliases),
        )


def _house_rows(points: Points, streets: _StreetRows, left_out: Counter[str]) -> Points:
    """Give the points that are houses, their numbers normal, and put every street met."""
    houses = Points()
    for i, (place, street, number) in enumerate(
        zip(points.place, points.street, points.number, strict=True)
    ):
        named = bool(street) and bool(street_name(street))
        normal = normal_house(number, street) if number else ""
        if number and not normal:
            left_out["bad_number"] += 1
        elif street and not named:
            left_out["bad_street"] += 1
        else:
            lat, lon = points.lat[i], points.lon[i]
            streets.settled.add(place)
            on_street = streets.put(place, street, lat, lon) if named else NO_STREET
            if normal:
                streets.of_house.append(on_street)
                houses.add(
                    place,
                    street,
                    normal,
                    lat=lat,
                    lon=lon,
                    postcode=points.postcode[i],
                    source=points.source[i],
                    source_id=points.source_id[i],
                )
    return houses


def _put_roads(roads: Points, streets: _StreetRows) -> None:
    for place, name, lat, lon in zip(roads.place, roads.street, roads.lat, roads.lon, strict=True):
        if street_name(name):
            streets.put(place, name, lat, lon)


def _house_table(houses: Points, streets: _StreetRows) -> Houses:
    return Houses(
        np.array(houses.place, dtype=np.int32),
        np.array(streets.of_house, dtype=np.int32),
        text_column(houses.number),
        np.array(houses.lat, dtype=np.float64),
        np.array(houses.lon, dtype=np.float64),
        text_column(houses.postcode),
        text_column(houses.source),
        text_column(houses.source_id),
    )


def _only_used(gazetteer: Gazetteer, used: NDArray[np.intp]) -> Gazetteer:
    """Leave out the settlements that nothing stands in."""
    position = np.zeros(len(gazetteer.settlements), dtype=np.int32)
    position[used] = np.arange(len(used))
    streets, houses = gazetteer.streets, gazetteer.houses
    return Gazetteer(
        take(gazetteer.settlements, used),
        replace(streets, settlement=position[streets.settlement]),
        replace(houses, settlement=position[houses.settlement]),
    )


def _settlement_table(places: list[KnownPlace], points: Points) -> Settlements:
    of_point = np.array(points.place, dtype=np.intp)
    lat, lon = np.array(points.lat, dtype=np.float64), np.array(points.lon, dtype=np.float64)
    middle_lat, middle_lon, _ = _circles(of_point, lat, lon, len(places))
    known_lat = np.array([p.lat for p in places], dtype=np.float64)
    known_lon = np.array([p.lon for p in places], dtype=np.float64)
    unset = np.isnan(known_lat)
    at_lat = np.where(unset, middle_lat, known_lat)
    at_lon = np.where(unset, middle_lon, known_lon)
    least = [p.radius_m or RADIUS_M.get(p.kind, MIN_SETTLEMENT_M) for p in places]
    reach = np.array(least, dtype=np.float64)
    np.maximum.at(reach, of_point, distance_m(lat, lon, at_lat[of_point], at_lon[of_point]))
    return Settlements(
        text_column([p.name for p in places]),
        text_column([p.kind for p in places]),
        text_column([p.region for p in places]),
        at_lat,
        at_lon,
        reach,
        text_column([p.boundary for p in places]),
        text_column([p.aliases for p in places]),
    )


def _circles(
    group: NDArray[np.intp],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    groups: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give latitude, longitude and radius in metres of a circle that holds each group's points.

    The centre is the middle of the group's box; groups without points get NaN and radius 0.
    """
    low = np.full((2, groups), np.inf)
    high = np.full((2, groups), -np.inf)
    for axis, values in enumerate((lat, lon)):
        np.minimum.at(low[axis], group, values)
        np.maximum.at(high[axis], group, values)
    low[~np.isfinite(low)] = np.nan
    middle = (low + np.where(np.isfinite(high), high, np.nan)) / 2
    radius = np.zeros(groups)
    np.maximum.at(radius, group, distance_m(lat, lon, middle[0][group], middle[1][group]))
    return middle[0], middle[1], radius


def place_positions(
    names: list[tuple[str, str]],
) -> tuple[list[KnownPlace], dict[tuple[str, str], int]]:
    """Give one place for every different (name, region), and the position of each.

    A name without a region is the one of that name that has a region, if there is only one.
    """
    places: list[KnownPlace] = []
    position: dict[tuple[str, str], int] = {}
    of_name: dict[str, list[int]] = {}
    of_key: dict[tuple[str, str], int] = {}
    for name, region in sorted(dict.fromkeys(names), key=lambda pair: not pair[1]):
        key = settlement_key(name), settlement_key(region) if region else ""
        namesakes = of_name.setdefault(key[0], [])
        if not region and len(namesakes) == 1:
            position[name, region] = namesakes[0]
            continue
        if key not in of_key:
            of_key[key] = len(places)
            namesakes.append(len(places))
            places.append(KnownPlace(name, region))
        position[name, region] = of_key[key]
    return places, position


def _reasons(left_out: Counter[str]) -> str:
    told = ", ".join(f"{reason}: {count}" for reason, count in left_out.items() if count)
    return told or "it holds no addresses"
