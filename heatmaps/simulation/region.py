"""The region a simulation lives in: real houses, the people in them, and the subscribers they make.

A folder holds `gazetteer.csv.gz`, `buildings.csv.gz` (people and floors of buildings),
`population_h3r8.csv.gz` (people per H3 cell of resolution 8) and `districts.geojson`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import shapely

from heatmaps.errors import FileError
from heatmaps.region.grid import GRID_RESOLUTION, cell_of, parents

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

POPULATION_RESOLUTION = 8
# A large operator's share of all SIM cards, and the cards one resident of a large city holds.
MARKET_SHARE = 0.38
CARDS_PER_PERSON = 2.3
FLOOR_M2_PER_WORKER = 50.0
"""Floor of a building nobody lives in that stands for one person who works or studies there."""
REACH_M = 300.0
"""How far the nearest known address may be from a building whose people shall use it."""
METRES_PER_DEGREE = 111_195.0
"""Length of a degree of latitude on the sphere of radius 6,371 km."""
_RING_M = 250.0


@dataclass(frozen=True, slots=True)
class Houses:
    """Addressed houses as equally long columns.

    `lat`, `lon` are WGS 84 degrees, `east`, `north` metres on a plane about the region's middle
    (good to a metre over a city), `cell` the H3 cell of resolution 9 and `subscribers` who can
    complain from there, a fraction allowed.
    """

    city: tuple[str, ...]
    street: tuple[str, ...]
    house: tuple[str, ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]
    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]

    def within(self, house: int, radius_m: float) -> NDArray[np.int64]:
        """Give the positions of the houses at most `radius_m` metres from one of them."""
        away = np.hypot(self.east - self.east[house], self.north - self.north[house])
        return np.flatnonzero(away <= radius_m)

    def cells_within(self, house: int, radius_m: float) -> tuple[int, ...]:
        """Give the cells whose middle or one of whose houses lies within `radius_m` of a house."""
        here = float(self.lat[house]), float(self.lon[house])
        rings = math.ceil(radius_m / _RING_M) + 1
        middle = {
            cell
            for cell in h3.grid_disk(cell_of(*here, GRID_RESOLUTION), rings)
            if h3.great_circle_distance(here, h3.cell_to_latlng(cell), "m") <= radius_m
        }
        return tuple(sorted(middle | set(self.cell[self.within(house, radius_m)].tolist())))


@dataclass(frozen=True, slots=True)
class Region:
    """What is there before anybody complains.

    `cell` and `subscribers` are the exposure: H3 cells, of resolution 9 where people are known by
    building and 8 elsewhere, never one inside another. `gazetteer` and `territories` are the
    texts of the files the region was loaded from.
    """

    houses: Houses
    cell: NDArray[np.int64]
    subscribers: NDArray[np.int64]
    zone: ZoneInfo
    gazetteer: str
    territories: str


def load_region(folder: Path) -> Region:
    """Read a region's sample; FileError where a file is missing or not of its kind."""
    gazetteer = _text(folder / "gazetteer.csv.gz")
    territories = _text(folder / "districts.geojson")
    houses, exposed_at = _populated(
        _columns(gazetteer, folder / "gazetteer.csv.gz", "city street house lat lon"),
        _read(folder / "buildings.csv.gz", "lat lon people storeys footprint_m2"),
        _read(folder / "population_h3r8.csv.gz", "cell people"),
    )
    cell, position = np.unique(exposed_at, return_inverse=True)
    subscribers = np.rint(np.bincount(position, houses.subscribers)).astype(np.int64)
    return Region(
        houses=houses,
        cell=cell[subscribers > 0],
        subscribers=subscribers[subscribers > 0],
        zone=_zone(territories, folder / "districts.geojson"),
        gazetteer=gazetteer,
        territories=territories,
    )


def _populated(
    gazetteer: dict[str, list[str]], buildings: dict[str, list[str]], cells: dict[str, list[str]]
) -> tuple[Houses, NDArray[np.int64]]:
    """Give the houses and the cell each one's subscribers are counted in."""
    lat, lon = _floats(gazetteer["lat"]), _floats(gazetteer["lon"])
    middle = float(lat.mean()), float(lon.mean())
    east, north = plane(lat, lon, middle)
    fine = _cells_of(lat, lon)
    coarse = parents(fine, POPULATION_RESOLUTION)

    built_lat, built_lon = _floats(buildings["lat"]), _floats(buildings["lon"])
    people = _people_by_house(buildings, plane(built_lat, built_lon, middle), (east, north))
    by_building = np.isin(coarse, parents(_cells_of(built_lat, built_lon), POPULATION_RESOLUTION))
    people[~by_building] = _shared_out(coarse[~by_building], cells)

    houses = Houses(
        city=tuple(gazetteer["city"]),
        street=tuple(gazetteer["street"]),
        house=tuple(gazetteer["house"]),
        lat=lat,
        lon=lon,
        east=east,
        north=north,
        cell=fine,
        subscribers=people * MARKET_SHARE * CARDS_PER_PERSON,
    )
    return houses, np.where(by_building, fine, coarse)


def plane(
    lat: NDArray[np.float64], lon: NDArray[np.float64], middle: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give metres east and north of `middle` (latitude, longitude); equirectangular."""
    east = (lon - middle[1]) * METRES_PER_DEGREE * np.cos(np.radians(middle[0]))
    return east, (lat - middle[0]) * METRES_PER_DEGREE


def _people_by_house(
    buildings: dict[str, list[str]],
    built: tuple[NDArray[np.float64], NDArray[np.float64]],
    known: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Give the people of each house: who lives or works in the buildings nearest to it.

    People of a building without an address say the nearest one they know; those farther from
    any than `REACH_M` stay out, for they could not be told apart from a mistake.
    """
    residents = _floats(buildings["people"])
    floors = np.maximum(_floats(buildings["storeys"]), 1.0)
    workers = floors * _floats(buildings["footprint_m2"]) / FLOOR_M2_PER_WORKER
    people = np.where(residents > 0, residents, workers)
    houses = [shapely.Point(*point) for point in zip(*known, strict=True)]
    building, house = shapely.STRtree(houses).query_nearest(
        shapely.points(np.column_stack(built)), max_distance=REACH_M, all_matches=False
    )
    served = np.zeros(len(known[0]))
    np.add.at(served, house, people[building])
    return served


def _shared_out(coarse: NDArray[np.int64], cells: dict[str, list[str]]) -> NDArray[np.float64]:
    """Give each house an equal part of its cell's people, the same shape as `coarse`."""
    known = dict(zip((int(c, 16) for c in cells["cell"]), cells["people"], strict=True))
    unique, position, houses = np.unique(coarse, return_inverse=True, return_counts=True)
    people = _floats([known.get(int(cell), "0") for cell in unique])
    return (people / houses)[position]


def _cells_of(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.int64]:
    pairs = zip(lat.tolist(), lon.tolist(), strict=True)
    return np.array([cell_of(*pair) for pair in pairs], dtype=np.int64)


def _zone(territories: str, path: Path) -> ZoneInfo:
    for feature in json.loads(territories)["features"]:
        if feature["properties"]["parent_id"] is None:
            return ZoneInfo(feature["properties"]["timezone"])
    message = f"{path} has no territory without a parent; the region itself must be one."
    raise FileError(message)


def _read(path: Path, names: str) -> dict[str, list[str]]:
    return _columns(_text(path), path, names)


def _columns(text: str, path: Path, names: str) -> dict[str, list[str]]:
    rows = csv.reader(io.StringIO(text))
    header = next(rows, [])
    missing = [name for name in names.split() if name not in header]
    if missing:
        message = f"{path} lacks the columns {', '.join(missing)}; take the region's sample anew."
        raise FileError(message)
    columns = [list(column) for column in zip(*rows, strict=True)]
    return {name: columns[header.index(name)] for name in names.split()}


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{path} cannot be read ({reason}); give the folder of a region's sample."
        raise FileError(message) from error


def _floats(values: list[str]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)
