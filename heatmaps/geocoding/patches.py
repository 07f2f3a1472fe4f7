"""The patches of ground on which a file's rows lie, counted by settlement."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from heatmaps.geocoding.gazetteer import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from numpy.typing import NDArray

_A_DEGREE = 20
_DEGREE_M = np.pi * EARTH_RADIUS_M / 180
_PATCH_M = _DEGREE_M / _A_DEGREE
"""How long a patch is from south to north; from west to east it is no longer."""

_SOUTH, _WEST, _NORTH, _EAST, _ROWS = range(5)

Spot = tuple[int, int]
"""Which twentieth of a degree of latitude and longitude."""


class Patch(NamedTuple):
    """The box around the rows of one spot, WGS 84 degrees, and how many they are."""

    south: float
    west: float
    north: float
    east: float
    rows: int

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the box, latitude and longitude."""
        return (self.south + self.north) / 2, (self.west + self.east) / 2


class Patches:
    """Counts rows by spot, so that memory follows the ground covered and not the rows."""

    def __init__(self) -> None:
        self._boxes: dict[Hashable, dict[Spot, list[float]]] = {}

    def add(self, settlement: Hashable, lat: float, lon: float) -> None:
        """Count a row in."""
        spots = self._boxes.get(settlement)
        if spots is None:
            spots = self._boxes[settlement] = {}
        at = spot_of(lat, lon)
        box = spots.get(at)
        if box is None:
            spots[at] = [lat, lon, lat, lon, 1]
            return
        if lat < box[_SOUTH]:
            box[_SOUTH] = lat
        elif lat > box[_NORTH]:
            box[_NORTH] = lat
        if lon < box[_WEST]:
            box[_WEST] = lon
        elif lon > box[_EAST]:
            box[_EAST] = lon
        box[_ROWS] += 1

    def of(self, settlement: Hashable) -> dict[Spot, Patch]:
        """Give the patches of a settlement."""
        boxes = self._boxes.get(settlement, {})
        return {
            at: Patch(south, west, north, east, int(rows))
            for at, (south, west, north, east, rows) in boxes.items()
        }


def spot_of(lat: float, lon: float) -> Spot:
    """Give the spot in which a point lies, WGS 84 degrees."""
    return floor(lat * _A_DEGREE), floor(lon * _A_DEGREE)


def linked(patches: list[Patch], gap_m: float) -> NDArray[np.int32]:
    """Give each patch the number of its group: of those no farther than a gap from the next."""
    if len(patches) == 1:
        return np.zeros(1, dtype=np.int32)
    box = _columns(patches)
    phi, lam = np.radians((box[0] + box[2]) / 2), np.radians((box[1] + box[3]) / 2)
    at = EARTH_RADIUS_M * np.column_stack(
        (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    )
    pairs = cKDTree(at).query_pairs(gap_m + 2 * _PATCH_M, output_type="ndarray")
    one, other = pairs[:, 0], pairs[:, 1]
    close = _gaps_m(box[:, one], box[:, other]) <= gap_m
    links = coo_array(
        (np.ones(int(close.sum()), np.int8), (one[close], other[close])), (len(patches),) * 2
    )
    groups: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return groups


def least_gap_m(some: Iterable[Patch], others: Iterable[Patch]) -> float:
    """Give the way in metres between the two nearest of some and other patches."""
    a, b = _columns(list(some)), _columns(list(others))
    return float(_gaps_m(a[:, :, None], b[:, None, :]).min())


def _columns(patches: list[Patch]) -> NDArray[np.float64]:
    return np.array([patch[:_ROWS] for patch in patches], dtype=np.float64).T


def _gaps_m(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the ways between boxes, rows south, west, north and east; short ones, as on a plane."""
    north = np.maximum(0, np.maximum(b[0] - a[2], a[0] - b[2]))
    east = np.maximum(0, np.maximum(b[1] - a[3], a[1] - b[3]))
    east = east * np.cos(np.radians((a[0] + b[0]) / 2))
    gaps: NDArray[np.float64] = _DEGREE_M * np.hypot(north, east)
    return gaps
