"""Read a gazetteer from an OpenStreetMap extract."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import osmium
import shapely

from heatmaps.errors import FileError
from heatmaps.geocoding.assembly import assemble
from heatmaps.geocoding.osm_places import (
    SETTLEMENT_KINDS,
    FoundArea,
    FoundPlace,
    PlaceFinder,
    Whereabouts,
)
from heatmaps.geocoding.reading import Points, ReadReport, check_file

if TYPE_CHECKING:
    from pathlib import Path

    from heatmaps.geocoding.gazetteer import Gazetteer

OSM_SUFFIXES = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm")
_KEYS = ("addr:housenumber", "highway", "place", "boundary")


@dataclass(slots=True)
class _Addressed:
    """Addressed objects, a list each: their tags and where they are."""

    source_id: list[str] = field(default_factory=list)
    number: list[str] = field(default_factory=list)
    street: list[str] = field(default_factory=list)
    place: list[str] = field(default_factory=list)
    city: list[str] = field(default_factory=list)
    postcode: list[str] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)

    def add(self, source_id: str, tags: Any, lat: float, lon: float) -> None:  # noqa: ANN401, pyosmium has no types
        self.source_id.append(source_id)
        self.number.append(tags["addr:housenumber"])
        self.street.append(tags.get("addr:street") or "")
        self.place.append(tags.get("addr:place") or "")
        self.city.append(tags.get("addr:city") or "")
        self.postcode.append(tags.get("addr:postcode") or "")
        self.lat.append(lat)
        self.lon.append(lon)

    def extend(self, other: _Addressed) -> None:
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))


@dataclass(slots=True)
class _Found:
    """What one pass over the file collects."""

    buildings: _Addressed = field(default_factory=_Addressed)
    nodes: _Addressed = field(default_factory=_Addressed)
    road: list[str] = field(default_factory=list)
    road_lat: list[float] = field(default_factory=list)
    road_lon: list[float] = field(default_factory=list)
    places: list[FoundPlace] = field(default_factory=list)
    areas: list[FoundArea] = field(default_factory=list)
    without_position: int = 0


def read_osm(path: Path) -> tuple[Gazetteer, ReadReport]:
    """Give the gazetteer in an OSM file and what was done with its addressed objects.

    Houses come from ``addr:housenumber`` with ``addr:street`` or ``addr:place``, streets from
    named highways, settlements from ``addr:city``, the boundary around the house, or the nearest
    place. Where the extract shows no settlement at all, its most common ``addr:city`` stands in;
    what then has none is left out. Raises FileError.
    """
    check_file(path, OSM_SUFFIXES)
    found = _collect(path)
    houses = found.buildings  # before nodes: a building comes before a shop in it
    houses.extend(found.nodes)
    finder = PlaceFinder(found.places, found.areas, houses.city)
    of_house = finder.find(houses.city, houses.lat, houses.lon)
    of_road = finder.find([""] * len(found.road), found.road_lat, found.road_lon)
    left_out = Counter(no_position=found.without_position)
    points = _house_points(houses, of_house, finder, left_out)
    roads = _road_points(found, of_road)
    gazetteer, report = assemble(path, finder.known, points, left_out, roads)
    return gazetteer, replace(
        report, assumed=of_house.assumed, assumed_settlement=of_house.assumed_settlement
    )


def _house_points(
    houses: _Addressed, where: Whereabouts, finder: PlaceFinder, left_out: Counter[str]
) -> Points:
    """Give the houses that have a settlement, and a street unless their place is the settlement."""
    points = Points()
    for i, place in enumerate(where.place):
        street = houses.street[i] or houses.place[i]
        if not street:
            left_out["no_street"] += 1
        elif place < 0:
            left_out["no_settlement"] += 1
        else:
            own = not houses.street[i] and finder.is_named(place, street)
            points.add(
                place,
                "" if own else street,
                houses.number[i],
                lat=houses.lat[i],
                lon=houses.lon[i],
                postcode=houses.postcode[i],
                source="osm",
                source_id=houses.source_id[i],
            )
    return points


def _road_points(found: _Found, where: Whereabouts) -> Points:
    roads = Points()
    for i, place in enumerate(where.place):
        if place >= 0:
            roads.add(place, found.road[i], "", lat=found.road_lat[i], lon=found.road_lon[i])
    return roads


def _collect(path: Path) -> _Found:
    found = _Found()
    wkb = osmium.geom.WKBFactory()
    relations = Counter[str]()
    try:
        objects: Any = (
            osmium.FileProcessor(str(path))
            .with_locations()
            .with_areas(osmium.filter.KeyFilter(*_KEYS))
            .with_filter(osmium.filter.KeyFilter(*_KEYS))
        )
        for thing in objects:
            if thing.is_node():
                _take_node(found, thing)
            elif thing.is_way():
                _take_way(found, thing)
            elif thing.is_area():
                relations["placed"] += _take_area(found, thing, wkb)
            else:
                relations["addressed"] += "addr:housenumber" in thing.tags
    except RuntimeError as error:
        message = f"{path} cannot be read as OSM data ({error}); fetch it again."
        raise FileError(message) from error
    found.without_position += relations["addressed"] - relations["placed"]
    return found


def _take_node(found: _Found, node: Any) -> None:  # noqa: ANN401
    tags, at = node.tags, node.location
    if not at.valid():
        found.without_position += "addr:housenumber" in tags
        return
    if "addr:housenumber" in tags:
        found.nodes.add(f"n{node.id}", tags, at.lat, at.lon)
    if tags.get("place") in SETTLEMENT_KINDS and "name" in tags:
        found.places.append(FoundPlace(tags["name"], tags["place"], at.lat, at.lon))


def _take_way(found: _Found, way: Any) -> None:  # noqa: ANN401
    tags = way.tags
    is_house, is_road = "addr:housenumber" in tags, "highway" in tags and "name" in tags
    if not is_house and not is_road:
        return
    at = [(n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
    if is_house and not at:
        found.without_position += 1
    elif is_house:
        middle = shapely.MultiPoint(at).convex_hull.centroid
        found.buildings.add(f"w{way.id}", tags, middle.y, middle.x)
    if is_road:
        found.road += [tags["name"]] * len(at)
        found.road_lon += [lon for lon, _ in at]
        found.road_lat += [lat for _, lat in at]


def _take_area(found: _Found, area: Any, wkb: Any) -> bool:  # noqa: ANN401
    """Take a boundary, or a house drawn as a relation; tell whether it was such a house."""
    tags = area.tags
    is_house = "addr:housenumber" in tags and not area.from_way()
    is_place = tags.get("place") in SETTLEMENT_KINDS or tags.get("boundary") == "administrative"
    is_place = is_place and "name" in tags
    if not is_house and not is_place:
        return False
    shape = shapely.from_wkb(wkb.create_multipolygon(area))
    if is_house:
        middle = shapely.centroid(shape)
        found.buildings.add(f"r{area.orig_id()}", tags, middle.y, middle.x)
    if is_place:
        found.areas.append(
            FoundArea(tags["name"], tags.get("place", ""), tags.get("admin_level", ""), shape)
        )
    return is_house
