"""From what geocoding found to the cell a complaint falls into."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.geocoding.gazetteer import distance_m, text_column
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.region.grid import GRID_RESOLUTION, cells_of, parents
from heatmaps.region.rounding import rounding_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Text

COARSEST_RESOLUTION = 5
DEFAULT_ACCURACY_M = 50.0
"""Accuracy of coordinates that come without one and are not visibly rounded."""

DISAGREE = "address_and_coordinates_disagree"
NO_RESOLUTION = -1
NO_CELL = 0

_FITS = math.sqrt(3) / 2
_FINEST_FIRST = tuple(range(GRID_RESOLUTION, COARSEST_RESOLUTION - 1, -1))
_REACH_M = np.array(
    [_FITS * h3.average_hexagon_edge_length(res, unit="m") for res in _FINEST_FIRST]
)
_RESOLUTIONS = np.array([*_FINEST_FIRST, NO_RESOLUTION], dtype=np.int8)


PROVIDER = "provider:"
"""Before the name of the online provider that placed an address."""


class Source(StrEnum):
    """What placed a complaint."""

    ADDRESS = "address"
    COORDINATES = "coordinates"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a complaint stands: WGS 84 degrees, radius in metres that holds the true place, cell.

    `cell` is the H3 cell at `resolution`, the finest that the uncertainty allows; both are None
    where there is no place or it is too uncertain for any.
    """

    level: Level
    lat: float | None
    lon: float | None
    uncertainty_m: float | None
    source: Source
    cell: int | None
    resolution: int | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Coordinates as a CRM gave them, WGS 84 degrees.

    Without `accuracy_m` they count as 50 m, or as coarse as their decimals say they are.
    """

    lat: float
    lon: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Locations:
    """Many locations, a column each; NaN, `NO_CELL` and `NO_RESOLUTION` where there is none.

    `disagree` tells where address and coordinates are farther apart than both circles reach.
    """

    level: Text
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    uncertainty_m: NDArray[np.float64]
    source: Text
    cell: NDArray[np.int64]
    resolution: NDArray[np.int8]
    disagree: NDArray[np.bool_]


def finest_resolution(uncertainty_m: float) -> int | None:
    """Give the finest H3 resolution, 9 down to 5, for a place known to within `uncertainty_m`.

    The circle of uncertainty must fit into a cell around its centre: its radius may not exceed
    the cell's inner radius, √3/2 of the mean edge (9: 173 m, 8: 460 m, 7: 1.2 km, 6: 3.2 km,
    5: 8.5 km; edges from https://h3geo.org/docs/core-library/restable). A place near a border may
    still belong next door, but never further away. None above the last: such a place would put a
    whole city's complaints into one cell that most of them did not come from.
    """
    resolution = int(finest_resolutions(np.array([uncertainty_m]))[0])
    return None if resolution == NO_RESOLUTION else resolution


def finest_resolutions(uncertainty_m: NDArray[np.float64]) -> NDArray[np.int8]:
    """Give `finest_resolution` of each, `NO_RESOLUTION` where there is none or it is NaN."""
    return _RESOLUTIONS[np.searchsorted(_REACH_M, uncertainty_m)]


def locate(result: GeocodeResult | None, coordinates: Coordinates | None = None) -> Location:
    """Give the location from an address's result, from coordinates, or from the surer of both."""
    given = coordinates
    columns = locate_batch(
        [result],
        np.array([given.lat if given else np.nan]),
        np.array([given.lon if given else np.nan]),
        np.array([np.nan if given is None or given.accuracy_m is None else given.accuracy_m]),
    )
    placed = bool(columns.source[0] != Source.NONE)
    in_cell = bool(columns.resolution[0] != NO_RESOLUTION)
    faults = result.faults if result else ()
    return Location(
        columns.level[0],
        float(columns.lat[0]) if placed else None,
        float(columns.lon[0]) if placed else None,
        float(columns.uncertainty_m[0]) if placed else None,
        columns.source[0],
        int(columns.cell[0]) if in_cell else None,
        int(columns.resolution[0]) if in_cell else None,
        (*faults, DISAGREE) if columns.disagree[0] else faults,
    )


def locate_batch(
    results: Sequence[GeocodeResult | None],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    accuracy_m: NDArray[np.float64],
) -> Locations:
    """Give the locations of many complaints, in their order, equal to `locate` of each.

    `lat`, `lon`, `accuracy_m` are what the CRM gave, NaN where it gave nothing. Of address and
    coordinates the smaller uncertainty wins, the address where they are equal.
    """
    found_lat, found_lon, found_m = _found(results)
    unsaid = np.maximum(DEFAULT_ACCURACY_M, rounding_m(lat, lon))
    accuracy = np.where(accuracy_m > 0, accuracy_m, unsaid)
    given_m = np.where(np.isnan(lat) | np.isnan(lon), np.nan, accuracy)
    has_address, has_point = ~np.isnan(found_m), ~np.isnan(given_m)
    by_point = has_point & ~(has_address & (found_m <= given_m))
    at_lat, at_lon = np.where(by_point, lat, found_lat), np.where(by_point, lon, found_lon)
    uncertainty = np.where(by_point, given_m, found_m)
    apart = distance_m(found_lat, found_lon, lat, lon)
    resolution = finest_resolutions(uncertainty)
    level = text_column([result.level if result else Level.NONE for result in results])
    level[by_point] = _levels(given_m[by_point])
    source = np.full(len(results), Source.NONE, dtype=object)
    source[has_address] = Source.ADDRESS
    source[by_point] = Source.COORDINATES
    return Locations(
        level,
        at_lat,
        at_lon,
        uncertainty,
        source,
        _cells(at_lat, at_lon, resolution),
        resolution,
        has_address & has_point & (apart > found_m + given_m),
    )


def _found(
    results: Sequence[GeocodeResult | None],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give latitude, longitude and uncertainty of each result, NaN where it has no place."""
    placed = [
        (r.lat, r.lon, r.uncertainty_m) if r is not None and r.lat is not None else (np.nan,) * 3
        for r in results
    ]
    columns = np.array(placed, dtype=np.float64).reshape(-1, 3)
    return columns[:, 0], columns[:, 1], columns[:, 2]


def _levels(accuracy_m: NDArray[np.float64]) -> Text:
    """Give the level that coordinates of an accuracy amount to: what holds a circle that large."""
    widest = np.array([DEFAULT_ACCURACY_M, *_REACH_M[[0, 1, -1]]])
    levels = [Level.HOUSE, Level.NEAR, Level.STREET, Level.SETTLEMENT, Level.REGION]
    return text_column(levels)[np.searchsorted(widest, accuracy_m)]


def _cells(
    lat: NDArray[np.float64], lon: NDArray[np.float64], resolution: NDArray[np.int8]
) -> NDArray[np.int64]:
    """Give the cell of each point at its resolution: the ancestor of its cell of the grid.

    H3's children do not fit their parents exactly, so a coarse cell asked for directly is another
    one for every fifteenth point, and a village would not lie where its houses and subscribers do.
    """
    cell = np.full(len(lat), NO_CELL, dtype=np.int64)
    placed = np.flatnonzero(resolution != NO_RESOLUTION)
    cell[placed] = cells_of(lat[placed], lon[placed])
    for coarser in sorted(set(resolution[placed].tolist())):
        rows = placed[resolution[placed] == coarser]
        cell[rows] = parents(cell[rows], coarser)
    return cell
