"""The land of a trial: a city, towns around it and villages between, as populated cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import GRID_RESOLUTION, cell_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CITY, TOWN, VILLAGE = 0, 1, 2

KM_PER_DEGREE = 111.195
"""Length of a degree of latitude on the sphere of radius 6,371 km."""
_CELL_KM = 0.35
"""Between the middles of two neighbouring cells of resolution 9."""
_SHARES = {CITY: (0.40, 0.65), TOWN: (0.20, 0.30)}
"""Of a region's subscribers; the rest live in villages."""
_PER_CELL = {CITY: 420.0, TOWN: 150.0, VILLAGE: 45.0}
"""Mean subscribers of one operator in a populated cell of 0.1 km2."""
_EMPTY = 1.5
"""So many cells hold a settlement's one populated cell: water, parks, industry."""
_TOWN_SUBSCRIBERS = (6_000.0, 40_000.0)
_VILLAGE_SUBSCRIBERS = 140.0
_KM2_PER_SUBSCRIBER = 0.03
"""The land of a region of a million reaches about 100 km from its city."""


@dataclass(frozen=True, slots=True)
class Land:
    """Populated H3 cells of resolution 9, sorted, as equally long columns.

    `subscribers` who live there, a fraction allowed; `kind` one of `CITY`, `TOWN`, `VILLAGE`;
    `settlement` a number equal within one settlement; `east`, `north` kilometres from the middle
    of the region.
    """

    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]
    kind: NDArray[np.int8]
    settlement: NDArray[np.int32]
    east: NDArray[np.float64]
    north: NDArray[np.float64]

    def away(self, place: int) -> NDArray[np.float64]:
        """Give how many kilometres each cell lies from one of them."""
        return np.asarray(np.hypot(self.east - self.east[place], self.north - self.north[place]))

    def find(self, cells: NDArray[np.int64]) -> NDArray[np.intp]:
        """Give where each cell stands in the columns, -1 where it is none of them."""
        return rows_of(self.cell, cells)


def rows_of(among: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.intp]:
    """Give where each wanted cell stands among sorted ones, -1 where it is none of them."""
    place = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    return np.where(among[place] == wanted, place, -1)


def draw_land(rng: np.random.Generator, subscribers: float) -> Land:
    """Draw a land of about so many subscribers, somewhere between 44 and 62 degrees north."""
    middle = float(rng.uniform(44, 62)), float(rng.uniform(28, 100))
    reach_km = float(np.sqrt(subscribers * _KM2_PER_SUBSCRIBER / np.pi))
    drawn = [
        _settled(rng, kind, number, size, at)
        for number, (kind, size, at) in enumerate(_settlements(rng, subscribers, middle, reach_km))
    ]
    cell, people, kind, settlement = (np.concatenate(column) for column in zip(*drawn, strict=True))
    cell, first = np.unique(cell, return_index=True)  # where two overlap, the earlier stands
    at = np.array([h3.cell_to_latlng(one) for one in cell.tolist()])
    east = (at[:, 1] - middle[1]) * KM_PER_DEGREE * np.cos(np.radians(at[:, 0]))
    north = (at[:, 0] - middle[0]) * KM_PER_DEGREE
    return Land(cell, people[first], kind[first], settlement[first], east, north)


def _settlements(
    rng: np.random.Generator, subscribers: float, middle: tuple[float, float], reach_km: float
) -> Iterator[tuple[int, float, tuple[float, float]]]:
    """Give kind, subscribers and place of each settlement, the city first."""
    city, towns = (subscribers * float(rng.uniform(*_SHARES[kind])) for kind in (CITY, TOWN))
    yield CITY, city, middle
    left = towns
    while left > 0:
        size = min(float(np.exp(rng.uniform(*np.log(_TOWN_SUBSCRIBERS)))), left)
        yield TOWN, size, _somewhere(rng, middle, reach_km)
        left -= size
    left = subscribers - city - towns
    while left > 0:
        size = min(float(rng.lognormal(np.log(_VILLAGE_SUBSCRIBERS), 0.8)), left)
        yield VILLAGE, size, _somewhere(rng, middle, reach_km)
        left -= size


def _somewhere(
    rng: np.random.Generator, middle: tuple[float, float], reach_km: float
) -> tuple[float, float]:
    """Give a point of the land, latitude and longitude, evenly drawn from its disk."""
    away, bearing = reach_km * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
    lat = middle[0] + away * np.cos(bearing) / KM_PER_DEGREE
    return lat, middle[1] + away * np.sin(bearing) / KM_PER_DEGREE / np.cos(np.radians(lat))


def _settled(
    rng: np.random.Generator, kind: int, number: int, size: float, at: tuple[float, float]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int8], NDArray[np.int32]]:
    """Spread a settlement's subscribers over cells, densest in its middle."""
    count = max(1, round(size / _PER_CELL[kind]))
    rings = int(np.ceil(np.sqrt(_EMPTY * count / 3)))
    middle = cell_of(*at, GRID_RESOLUTION)
    around = np.array(h3.grid_disk(middle, rings), dtype=np.int64)
    away = np.array([h3.grid_distance(middle, one) for one in around.tolist()]) * _CELL_KM
    density = np.exp(-away / max(rings * _CELL_KM, _CELL_KM)) * rng.gamma(2.0, 0.5, len(around))
    kept = np.argsort(-density, kind="stable")[:count]
    people = size * density[kept] / density[kept].sum()
    kinds = np.full(len(kept), kind, dtype=np.int8)
    return around[kept], people, kinds, np.full(len(kept), number, dtype=np.int32)
