"""Which settlement an OSM object stands in, when it does not say so itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from heatmaps.geocoding.gazetteer import EARTH_RADIUS_M, distance_m
from heatmaps.geocoding.identity import Described, identity_of, told_apart
from heatmaps.geocoding.normal_form import names_settlement, settlement_key, settlement_kind
from heatmaps.geocoding.reading import RADIUS_M, KnownPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

SETTLEMENT_KINDS = frozenset(RADIUS_M)
"""Values of OSM's ``place`` that are settlements; suburbs, islands and squares are not."""

_REGION_LEVEL = "4"
_DISTRICT_LEVEL = "6"
_TOWN_LEVELS = frozenset({"8", "9", "10"})
"""Boundaries of these levels are towns' and villages', those of broader ones districts'."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place node; WGS 84 degrees.

    `aliases` are other names, each on a line, and `status` the type word told beside the name, here
    and below.
    """

    name: str
    kind: str
    lat: float
    lon: float
    aliases: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class FoundArea:
    """A place polygon or an administrative boundary; `shape` is longitude first and valid."""

    name: str
    kind: str
    admin_level: str
    shape: shapely.Geometry
    aliases: str = ""
    status: str = ""


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

    Namesakes are told apart by their kind and their region, within one by their district, and
    within that by where they lie. An administrative boundary is a settlement's only where a place
    node or an ``addr:city`` bears its name: most of them are districts. `cities` counts the values
    of ``addr:city``.
    """

    def __init__(
        self,
        places: Sequence[FoundPlace],
        areas: Sequence[FoundArea],
        cities: Mapping[str, int],
    ) -> None:
        self.known: list[KnownPlace] = []
        self._of_name: dict[str, list[int]] = {}
        self._districts: list[str] = []
        self._cities = Counter({c: n for c, n in cities.items() if c and names_settlement(c)})
        self._put_nodes(sorted(places, key=lambda p: -RADIUS_M[p.kind]), areas)
        nodes = len(self.known)
        named = {*self._of_name, *map(settlement_key, self._cities)}
        self._areas = [
            area
            for area in sorted(areas, key=lambda a: shapely.area(a.shape))
            if area.kind in SETTLEMENT_KINDS or settlement_key(area.name) in named
        ]
        shapely.prepare([area.shape for area in self._areas])
        levels = _Regions(areas), _Regions(areas, _DISTRICT_LEVEL)
        of_area = [self._put_area(area, levels) for area in self._areas]
        self._areas = [area for area, at in zip(self._areas, of_area, strict=True) if at >= 0]
        self._of_area = np.array([at for at in of_area if at >= 0], dtype=np.int32)
        self._tree = shapely.STRtree([area.shape for area in self._areas])
        self._nearest = _Nearest(self.known[:nodes])
        self._sees_places = bool(self.known)
        self._of_alias = self._aliases()
        for city in self._cities:
            if not self._named(city):
                # the extract may show a corner of it only
                self._put(KnownPlace(city, radius_m=RADIUS_M["city"]))
        self._tell_apart()
        self._commonest = self._cities.most_common(1)[0][0] if self._cities else ""

    def is_named(self, place: int, name: str) -> bool:
        """Tell whether `name` is that settlement's."""
        return settlement_key(self.known[place].name) == settlement_key(name)

    def find(
        self, cities: Sequence[str], lat: Sequence[float], lon: Sequence[float]
    ) -> Whereabouts:
        """Give the settlement of every object: its own city, the area around it, the nearest."""
        at_lat, at_lon = np.array(lat, dtype=np.float64), np.array(lon, dtype=np.float64)
        place = self._from_names(cities, at_lat, at_lon)
        self._fill_from_areas(place, at_lat, at_lon)
        rows = np.flatnonzero(place < 0)
        place[rows] = self._nearest.find(at_lat[rows], at_lon[rows])
        unknown = place < 0
        if self._sees_places or not self._cities or not unknown.any():
            return Whereabouts(place, 0, "")
        place[unknown] = self._named(self._commonest)[0]
        return Whereabouts(place, int(unknown.sum()), self._commonest)

    def _put(self, place: KnownPlace, district: str = "") -> int:
        self._of_name.setdefault(settlement_key(place.name), []).append(len(self.known))
        self.known.append(place)
        self._districts.append(district)
        return len(self.known) - 1

    def _put_nodes(self, nodes: Sequence[FoundPlace], areas: Sequence[FoundArea]) -> None:
        """Put one settlement for every node, the largest first; one within it is drawn twice."""
        at = [shapely.Point(p.lon, p.lat) for p in nodes]
        names = [p.name for p in nodes]
        region = _Regions(areas).around(at, names)
        district = _Regions(areas, _DISTRICT_LEVEL).around(at, names)
        for node, around, inner in zip(nodes, region, district, strict=True):
            place = KnownPlace(
                node.name, around, node.kind, node.lat, node.lon, aliases=node.aliases,
                status=node.status,
            )  # fmt: skip
            if not any(self._apart_m(p, place) <= RADIUS_M[self.known[p].kind]
                       for p in self._like(place)):  # fmt: skip
                self._put(place, inner)

    def _put_area(self, area: FoundArea, levels: tuple[_Regions, _Regions]) -> int:
        """Give the settlement whose boundary an area is, a new one where no node lies in it.

        None, -1, where a district bears the name of a settlement elsewhere.
        """
        middle = shapely.point_on_surface(area.shape)
        region, district = (level.around([middle], [area.name])[0] for level in levels)
        place = KnownPlace(
            area.name, region, area.kind, middle.y, middle.x, aliases=area.aliases,
            status=area.status,
        )  # fmt: skip
        namesakes = self._like(place)
        position = next((p for p in namesakes if self._lies_in(self.known[p], area)), None)
        if position is None:
            reach_m = _reach_m(area, place)
            same = [p for p in namesakes if self.known[p].region == region]
            for p in same:
                if self._apart_m(p, place) <= reach_m + _radius_m(self.known[p]):
                    return p
            of_town = area.kind in SETTLEMENT_KINDS or area.admin_level in _TOWN_LEVELS
            if same and not of_town:
                return -1
            position = self._put(place, district)
        known = self.known[position]
        known.aliases = known.aliases or area.aliases
        known.status = known.status or area.status
        if known.boundary is None:
            known.boundary = shapely.to_wkb(area.shape)
            known.kind = known.kind or area.kind
            known.radius_m = _reach_m(area, known)
        return position

    def _like(self, place: KnownPlace) -> list[int]:
        """Give the settlements known by a name that are of no other kind."""
        namesakes = self._of_name.get(settlement_key(place.name), ())
        kind = _kind(place)
        return [p for p in namesakes if not kind or _kind(self.known[p]) in {"", kind}]

    def _apart_m(self, position: int, place: KnownPlace) -> float:
        known = self.known[position]
        apart = distance_m(np.array(known.lat), np.array(known.lon), place.lat, place.lon)
        return float(np.nan_to_num(apart, nan=np.inf))

    def _tell_apart(self) -> None:
        """Put behind the region of each settlement what tells it from its namesakes."""
        described = [
            Described(identity_of(p.name, p.status, p.region), p.region, district, p.lat, p.lon)
            for p, district in zip(self.known, self._districts, strict=True)
        ]
        for place, region in zip(self.known, told_apart(described), strict=True):
            place.region = region

    @staticmethod
    def _lies_in(place: KnownPlace, area: FoundArea) -> bool:
        return bool(shapely.covers(area.shape, shapely.Point(place.lon, place.lat)))

    def _aliases(self) -> dict[str, list[int]]:
        of_alias: dict[str, list[int]] = {}
        for position, place in enumerate(self.known):
            for alias in place.aliases.split("\n") if place.aliases else ():
                key = settlement_key(alias)
                if key and key not in self._of_name and position not in of_alias.get(key, ()):
                    of_alias.setdefault(key, []).append(position)
        return of_alias

    def _named(self, city: str) -> list[int]:
        """Give the settlements that bear a name, or failing those have it as another one."""
        if not city or not names_settlement(city):
            return []
        key, kind = settlement_key(city), settlement_kind(city)
        named = self._of_name.get(key) or self._of_alias.get(key, [])
        for fits in (kind, "") if kind else ():
            alike = [p for p in named if _kind(self.known[p]) == fits]
            if alike:
                return alike
        return named

    def _from_names(
        self, cities: Sequence[str], lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        """Give the settlement that each object names, of several the one it is nearest to."""
        candidates = {city: self._named(city) for city in set(cities)}
        place = np.array(
            [found[0] if (found := candidates[city]) else -1 for city in cities], dtype=np.int32
        )
        several = {city for city, found in candidates.items() if len(found) > 1}
        rows_of: dict[str, list[int]] = {}
        for row, city in enumerate(cities) if several else ():
            if city in several:
                rows_of.setdefault(city, []).append(row)
        for city, rows in rows_of.items():
            known = np.array(candidates[city])
            apart = [
                distance_m(lat[rows], lon[rows], self.known[p].lat, self.known[p].lon)
                for p in known.tolist()
            ]
            place[rows] = known[np.argmin(np.nan_to_num(apart, nan=np.inf), axis=0)]
        return place

    def _fill_from_areas(
        self, place: NDArray[np.int32], lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> None:
        """Put the smallest area around each object that has no settlement yet."""
        rows = np.flatnonzero(place < 0)
        if not self._areas or not len(rows):
            return
        points = shapely.points(lon[rows], lat[rows])
        point, area = self._tree.query(points, predicate="intersects")
        smallest = np.full(len(rows), len(self._areas))
        np.minimum.at(smallest, point, area)  # areas are sorted by size
        inside = smallest < len(self._areas)
        place[rows[inside]] = self._of_area[smallest[inside]]


def _kind(place: KnownPlace) -> str:
    return settlement_kind(place.name) or place.status


def _radius_m(place: KnownPlace) -> float:
    return place.radius_m or RADIUS_M.get(place.kind, 0.0)


def _reach_m(area: FoundArea, place: KnownPlace) -> float:
    """Give how far from a place an area reaches, in metres."""
    west, south, east, north = shapely.bounds(area.shape)
    lat, lon = np.array([south, south, north, north]), np.array([west, east, west, east])
    return float(distance_m(lat, lon, place.lat, place.lon).max())


class _Regions:
    """The administrative areas of one level, by what lies in them."""

    def __init__(self, areas: Iterable[FoundArea], level: str = _REGION_LEVEL) -> None:
        self._areas = [area for area in areas if area.admin_level == level]
        self._tree = shapely.STRtree([area.shape for area in self._areas])

    def around(self, points: Sequence[shapely.Geometry], names: Sequence[str]) -> list[str]:
        """Give the name of the area around each point, empty where none is or it is the place."""
        found = [""] * len(points)
        if not self._areas or not points:
            return found
        point, area = self._tree.query(np.array(points, dtype=object), predicate="covered_by")
        for row, position in sorted(zip(point.tolist(), area.tolist(), strict=True)):
            name = self._areas[position].name
            if settlement_key(name) != settlement_key(names[row]):
                found[row] = name
        return found


class _Nearest:
    """Place nodes by distance: of each kind the nearest, of these the one that reaches farthest."""

    def __init__(self, places: Sequence[KnownPlace]) -> None:
        self._kinds: list[tuple[float, NDArray[np.int32], cKDTree]] = []
        for kind, reach in RADIUS_M.items():
            rows = np.array([i for i, p in enumerate(places) if p.kind == kind], dtype=np.int32)
            if len(rows):
                lat = np.array([places[i].lat for i in rows.tolist()])
                lon = np.array([places[i].lon for i in rows.tolist()])
                self._kinds.append((reach, rows, cKDTree(_on_sphere(lat, lon))))

    def find(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.int32]:
        """Give the place whose reach holds each point best: distance over radius; -1 for none."""
        best = np.full(len(lat), -1, dtype=np.int32)
        least = np.ones(len(lat))
        at = _on_sphere(lat, lon)
        for reach, rows, tree in self._kinds if len(lat) else ():
            found = tree.query(at, distance_upper_bound=reach * 1.001)
            apart, nearest = np.asarray(found[0]), np.asarray(found[1])
            share = apart / reach
            better = share < least
            best[better], least[better] = rows[nearest[better]], share[better]
        return best


def _on_sphere(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give points in metres from the middle of the Earth, so that chords are distances."""
    phi, lam = np.radians(lat), np.radians(lon)
    unit = np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))
    return np.asarray(EARTH_RADIUS_M * unit, dtype=np.float64)
