"""Which settlement an OSM object stands in, when it does not say so itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.normal_form import names_settlement, settlement_key
from heatmaps.geocoding.reading import RADIUS_M, KnownPlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SETTLEMENT_KINDS = frozenset(RADIUS_M)
"""Values of OSM's ``place`` that are settlements; suburbs, islands and squares are not."""

_REGION_LEVEL = "4"
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place node; WGS 84 degrees."""

    name: str
    kind: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class FoundArea:
    """A place polygon or an administrative boundary; `shape` is longitude first."""

    name: str
    kind: str
    admin_level: str
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The position of each object's settlement in `PlaceFinder.known`, -1 where none is known.

    `assumed` counts the objects that were given `assumed_settlement` for want of any other.
    """

    place: NDArray[np.int32]
    assumed: int
    assumed_settlement: str


class PlaceFinder:
    """Knows the settlements of one extract.

    An administrative boundary is a settlement's only where a place node or an ``addr:city`` bears
    its name: most of them are districts.
    """

    def __init__(
        self, places: Sequence[FoundPlace], areas: Sequence[FoundArea], cities: Sequence[str]
    ) -> None:
        self.known: list[KnownPlace] = []
        self._position: dict[str, int] = {}
        self._cities = Counter(city for city in cities if city and names_settlement(city))
        for place in sorted(places, key=lambda p: -RADIUS_M[p.kind]):
            known = self.known[self._put(place.name)]
            if np.isnan(known.lat):
                known.kind, known.lat, known.lon = place.kind, place.lat, place.lon
        self._nodes = [p for p in self.known if p.kind]
        named = {*self._position, *map(settlement_key, self._cities)}
        self._areas = [
            area
            for area in sorted(areas, key=lambda a: shapely.area(a.shape))
            if area.kind in SETTLEMENT_KINDS or settlement_key(area.name) in named
        ]
        for area in self._areas:
            self._put_area(area)
        self._sees_places = bool(self.known)
        for city in self._cities:
            known = self.known[self._put(city)]
            if not known.kind and known.boundary is None:
                known.radius_m = RADIUS_M["city"]  # the extract may show a corner of it only
        self._regions = [a for a in areas if a.admin_level == _REGION_LEVEL]
        self._name_regions()

    def is_named(self, place: int, name: str) -> bool:
        """Tell whether `name` is that settlement's."""
        return settlement_key(self.known[place].name) == settlement_key(name)

    def find(
        self, cities: Sequence[str], lat: Sequence[float], lon: Sequence[float]
    ) -> Whereabouts:
        """Give the settlement of every object: its own city, the area around it, the nearest."""
        place = np.array([self._named(city) for city in cities], dtype=np.int32)
        at_lat, at_lon = np.array(lat, dtype=np.float64), np.array(lon, dtype=np.float64)
        self._fill_from_areas(place, at_lat, at_lon)
        self._fill_from_nearest(place, at_lat, at_lon)
        unknown = place < 0
        if self._sees_places or not self._cities or not unknown.any():
            return Whereabouts(place, 0, "")
        commonest = self._cities.most_common(1)[0][0]
        place[unknown] = self._named(commonest)
        return Whereabouts(place, int(unknown.sum()), commonest)

    def _put(self, name: str) -> int:
        key = settlement_key(name)
        if key not in self._position:
            self._position[key] = len(self.known)
            self.known.append(KnownPlace(name))
        return self._position[key]

    def _put_area(self, area: FoundArea) -> None:
        known = self.known[self._put(area.name)]
        if known.boundary is None:
            known.boundary = shapely.to_wkb(area.shape)
            known.kind = known.kind or area.kind
            west, south, east, north = shapely.bounds(area.shape)
            if np.isnan(known.lat):
                middle = shapely.point_on_surface(area.shape)
                known.lat, known.lon = middle.y, middle.x
            lat, lon = np.array([south, south, north, north]), np.array([west, east, west, east])
            known.radius_m = float(distance_m(lat, lon, known.lat, known.lon).max())

    def _name_regions(self) -> None:
        for known in self.known:
            at = shapely.Point(known.lon, known.lat) if known.kind else None
            for region in self._regions if at is not None else []:
                if settlement_key(region.name) != settlement_key(known.name) and shapely.covers(
                    region.shape, at
                ):
                    known.region = region.name

    def _named(self, city: str) -> int:
        if not city or not names_settlement(city):
            return -1
        return self._position.get(settlement_key(city), -1)

    def _fill_from_areas(
        self, place: NDArray[np.int32], lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> None:
        """Put the smallest area around each object that has no settlement yet."""
        rows = np.flatnonzero(place < 0)
        if not self._areas or not len(rows):
            return
        tree = shapely.STRtree([area.shape for area in self._areas])
        point, area = tree.query(shapely.points(lon[rows], lat[rows]), predicate="intersects")
        smallest = np.full(len(rows), len(self._areas))
        np.minimum.at(smallest, point, area)  # areas are sorted by size
        inside = smallest < len(self._areas)
        of_area = np.array([self._named_area(a) for a in self._areas], dtype=np.int32)
        place[rows[inside]] = of_area[smallest[inside]]

    def _named_area(self, area: FoundArea) -> int:
        return self._position[settlement_key(area.name)]

    def _fill_from_nearest(
        self, place: NDArray[np.int32], lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> None:
        """Put the place whose reach holds each object best: distance over the kind's radius."""
        if not self._nodes:
            return
        reach = np.array([RADIUS_M[p.kind] for p in self._nodes])[:, None]
        node_lat = np.array([p.lat for p in self._nodes])[:, None]
        node_lon = np.array([p.lon for p in self._nodes])[:, None]
        position = np.array([self._position[settlement_key(p.name)] for p in self._nodes])
        rows = np.flatnonzero(place < 0)
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            share = distance_m(node_lat, node_lon, lat[chunk], lon[chunk]) / reach
            best = share.argmin(axis=0)
            near = share[best, np.arange(len(chunk))] <= 1
            place[chunk[near]] = position[best[near]]
