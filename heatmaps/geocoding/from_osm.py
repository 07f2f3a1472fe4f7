"""Read a gazetteer from an OpenStreetMap extract."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import osmium
import shapely

from heatmaps.geocoding.assembly import Assembly
from heatmaps.geocoding.in_memory import read_whole
from heatmaps.geocoding.normal_form import settlement_kind
from heatmaps.geocoding.osm_file import OsmFile
from heatmaps.geocoding.osm_places import SETTLEMENT_KINDS, FoundArea, FoundPlace, PlaceFinder
from heatmaps.geocoding.reading import PART, Points, ReadReport, check_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Gazetteer, Settlements
    from heatmaps.geocoding.reading import Counts, Part

OSM_SUFFIXES = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm")
OTHER_NAMES = (
    "official_name", "short_name", "alt_name", "old_name", "int_name", "loc_name",
    "name:ru", "name:kk", "name:be", "name:en",
)  # fmt: skip
"""Tags that hold further names of a place or a street, several parted by ``;``."""


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


@dataclass(slots=True)
class _Roads:
    """Points of named roads, a list each."""

    name: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)


def read_osm(path: Path) -> tuple[Gazetteer, ReadReport]:
    """Give the gazetteer in an OSM file and what was done with its addressed objects.

    Houses come from ``addr:housenumber`` with ``addr:street`` or ``addr:place``, streets from
    named highways, settlements from ``addr:city``, the boundary around the house, or the nearest
    place. Where the extract shows no settlement at all, its most common ``addr:city`` stands in;
    what then has none is left out. Raises FileError.
    """
    return read_whole(path, OsmReader(path))


class OsmReader:
    """Reads an OSM file by parts: roads and buildings, then addressed relations, then nodes.

    A building comes before a shop in it. Raises FileError.
    """

    def __init__(self, path: Path) -> None:
        check_file(path, OSM_SUFFIXES)
        self._file = OsmFile(path)
        places, cities = self._survey()
        self._relations, self._unplaced = _Addressed(), self._addressed_relations
        self._finder = PlaceFinder(places, self._areas(), cities)
        self._assembly = Assembly(self._finder.known)

    @property
    def counts(self) -> Counts:
        """Give what became of the addressed objects."""
        return self._assembly.counts

    def settlements(self) -> Settlements:
        """Give every settlement known."""
        return self._assembly.settlements()

    def settled(self) -> NDArray[np.bool_]:
        """Tell of each settlement whether anything stands in it."""
        return self._assembly.settled()

    def parts(self) -> Iterator[Part]:
        """Give the file's roads and houses by parts."""
        self._leave_out("no_position", self._unplaced)
        yield from self._ways()
        yield self._houses(self._relations)
        found = _Addressed()
        for node in self._file.nodes():
            at = node.location
            if not at.valid():
                self._leave_out("no_position", 1)
                continue
            found.add(f"n{node.id}", node.tags, at.lat, at.lon)
            if len(found.number) == PART:
                yield self._houses(found)
                found = _Addressed()
        yield self._houses(found)

    def _survey(self) -> tuple[list[FoundPlace], Counter[str]]:
        """Give the place nodes, and how often each ``addr:city`` is named."""
        places: list[FoundPlace] = []
        cities = Counter[str]()
        self._addressed_relations = 0
        for thing in self._file.survey():
            tags = thing.tags
            if "addr:housenumber" in tags:
                cities[tags.get("addr:city") or ""] += 1
                self._addressed_relations += thing.is_relation()
            if thing.is_node() and tags.get("place") in SETTLEMENT_KINDS and "name" in tags:
                at = thing.location
                if at.valid():
                    place = FoundPlace(
                        tags["name"], tags["place"], at.lat, at.lon, other_names(tags),
                        status_of(tags),
                    )  # fmt: skip
                    places.append(place)
        return places, cities

    def _areas(self) -> list[FoundArea]:
        """Give places and boundaries; houses drawn as relations are put aside."""
        wkb = osmium.geom.WKBFactory()
        areas: list[FoundArea] = []
        for area in self._file.areas():
            tags = area.tags
            is_house = "addr:housenumber" in tags and not area.from_way()
            is_place = _is_place(tags)
            shape = _shape(area, wkb) if is_house or is_place else None
            if shape is None:
                continue
            if is_house:
                self._unplaced -= 1
                middle = shapely.centroid(shape)
                self._relations.add(f"r{area.orig_id()}", tags, middle.y, middle.x)
            if is_place:
                kind, level = tags.get("place", ""), tags.get("admin_level", "")
                areas.append(
                    FoundArea(tags["name"], kind, level, shape, other_names(tags), status_of(tags))
                )
        return areas

    def _ways(self) -> Iterator[Part]:
        found, roads = _Addressed(), _Roads()
        for way in self._file.ways():
            self._take_way(way, found, roads)
            if len(found.number) == PART:
                yield self._houses(found)
                found = _Addressed()
            if len(roads.name) >= PART:
                yield self._on_roads(roads)
                roads = _Roads()
        yield self._on_roads(roads)
        yield self._houses(found)

    def _take_way(self, way: Any, found: _Addressed, roads: _Roads) -> None:  # noqa: ANN401, pyosmium has no types
        tags = way.tags
        is_house, is_road = "addr:housenumber" in tags, "highway" in tags and "name" in tags
        if not is_house and not is_road:
            return
        at = [(n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
        if is_house and not at:
            self._leave_out("no_position", 1)
        elif is_house:
            middle = shapely.MultiPoint(at).convex_hull.centroid
            found.add(f"w{way.id}", tags, middle.y, middle.x)
        if is_road:
            roads.name += [tags["name"]] * len(at)
            roads.aliases += [other_names(tags)] * len(at)
            roads.lon += [lon for lon, _ in at]
            roads.lat += [lat for _, lat in at]

    def _leave_out(self, reason: str, count: int) -> None:
        self.counts.rows += count
        self.counts.left_out[reason] += count

    def _houses(self, found: _Addressed) -> Part:
        """Give the houses that have a settlement; no street where their place is the settlement."""
        where = self._finder.find(found.city, found.lat, found.lon)
        self.counts.assumed += where.assumed
        self.counts.assumed_settlement = self.counts.assumed_settlement or where.assumed_settlement
        points = Points()
        for i, place in enumerate(where.place.tolist()):
            street = found.street[i] or found.place[i]
            if not street:
                self._leave_out("no_street", 1)
            elif place < 0:
                self._leave_out("no_settlement", 1)
            else:
                own = not found.street[i] and self._finder.is_named(place, street)
                points.add(
                    place,
                    "" if own else street,
                    found.number[i],
                    lat=found.lat[i],
                    lon=found.lon[i],
                    postcode=found.postcode[i],
                    source="osm",
                    source_id=found.source_id[i],
                )
        return self._assembly.houses(points)

    def _on_roads(self, roads: _Roads) -> Part:
        where = self._finder.find([""] * len(roads.name), roads.lat, roads.lon)
        points = Points()
        for i, place in enumerate(where.place.tolist()):
            if place >= 0:
                points.add(place, roads.name[i], "", lat=roads.lat[i], lon=roads.lon[i],
                           aliases=roads.aliases[i])  # fmt: skip
        return self._assembly.roads(points)


def other_names(tags: Any) -> str:  # noqa: ANN401, pyosmium has no types
    """Give the further names in an object's tags, each on a line."""
    told = [tags[key] for key in OTHER_NAMES if key in tags]
    names = {name.strip() for value in told for name in value.split(";")}
    return "\n".join(sorted(names - {"", tags.get("name", "")}))


def status_of(tags: Any) -> str:  # noqa: ANN401, pyosmium has no types
    """Give the kind of settlement that tags beside its name tell, in normal form or empty."""
    told = tags.get("name:prefix") or tags.get("official_status") or ""
    return settlement_kind(f"{told.rpartition(':')[2]} {tags['name']}") if told else ""


def _is_place(tags: Any) -> bool:  # noqa: ANN401, pyosmium has no types
    is_settlement = tags.get("place") in SETTLEMENT_KINDS
    return "name" in tags and (is_settlement or tags.get("boundary") == "administrative")


def _shape(area: Any, wkb: Any) -> shapely.Geometry | None:  # noqa: ANN401, pyosmium has no types
    """Give an area as a valid multipolygon, or None where its drawing is broken beyond repair."""
    try:
        shape = shapely.make_valid(shapely.from_wkb(wkb.create_multipolygon(area)))
    except RuntimeError:  # pyosmium's for an area without rings
        return None
    polygons = [p for p in shapely.get_parts(shapely.get_parts(shape)) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons) if polygons else None
