"""Where the rows of each settlement mostly lie, to tell a row with its coordinates swapped."""

from __future__ import annotations

from collections import Counter
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.normal_form import settlement_key

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from heatmaps.geocoding.gazetteer import Settlements

NEAR_M = 50_000.0
"""Read swapped, a row lies this near to its settlement's other rows or it was not swapped."""

FAR_M = 200_000.0
"""No row lies this far from its settlement's other rows for any other fault than of its own."""

_Bin = tuple[int, int]


class Whereabouts:
    """Counts the points of each settlement by degree, so that memory follows places, not rows."""

    def __init__(self) -> None:
        self._count: dict[Hashable, Counter[_Bin]] = {}
        self._sum: dict[tuple[Hashable, _Bin], tuple[float, float]] = {}
        self._main: dict[Hashable, tuple[_Bin, tuple[float, float]]] = {}

    def add(self, settlement: Hashable, lat: float, lon: float) -> None:
        """Count a point in."""
        at = floor(lat), floor(lon)
        self._count.setdefault(settlement, Counter())[at] += 1
        before = self._sum.get((settlement, at), (0.0, 0.0))
        self._sum[settlement, at] = before[0] + lat, before[1] + lon

    def swapped(self, settlement: Hashable, lat: float, lon: float) -> bool:
        """Tell whether a point counted in lies with its settlement only when read swapped.

        The settlement is where more of its points lie than around this one.
        """
        if len(self._count[settlement]) == 1:
            return False
        found = self._main.get(settlement)
        if found is None:
            found = self._main[settlement] = self._find(settlement)
        at, middle = found
        own = floor(lat), floor(lon)
        if own in _neighbours(at) or not looks_swapped((lat, lon), middle):
            return False
        return self._around(settlement, at) > self._around(settlement, own)

    def _find(self, settlement: Hashable) -> tuple[_Bin, tuple[float, float]]:
        """Give the degree around which most points lie, and their middle."""
        at = max(self._count[settlement], key=lambda one: (self._around(settlement, one), one))
        sums = [self._sum.get((settlement, one), (0.0, 0.0)) for one in _neighbours(at)]
        lat, lon = (
            sum(values) / self._around(settlement, at) for values in zip(*sums, strict=True)
        )
        return at, (lat, lon)

    def _around(self, settlement: Hashable, at: _Bin) -> int:
        count = self._count[settlement]
        return sum(count[one] for one in _neighbours(at))


def looks_swapped(point: tuple[float, float], middle: tuple[float, float]) -> bool:
    """Tell whether a point is far from a middle as it stands, but near when read swapped."""
    lat, lon = np.array(point), np.array(point[::-1])
    far, near = distance_m(lat, lon, *middle).tolist()
    return bool(far > FAR_M and near <= NEAR_M)


def swapped_settlements(rows: Settlements, known: Settlements) -> tuple[int, int]:
    """Give how many of the rows bear the name of a known one, and how many of these are swapped.

    One is swapped that lies far from all of its name, but near one of them when read swapped.
    """
    by_name: dict[str, list[int]] = {}
    for position, name in enumerate(known.name):
        by_name.setdefault(settlement_key(name), []).append(position)
    named = swapped = 0
    for row, name in enumerate(rows.name):
        others = by_name.get(settlement_key(name))
        if others is None:
            continue
        named += 1
        lat, lon = rows.lat[row : row + 1], rows.lon[row : row + 1]
        far = distance_m(lat, lon, known.lat[others], known.lon[others]) > FAR_M
        near = distance_m(lon, lat, known.lat[others], known.lon[others]) <= NEAR_M
        swapped += bool(far.all() and near.any())
    return named, swapped


def _neighbours(at: _Bin) -> Iterator[_Bin]:
    return ((at[0] + y, at[1] + x) for y in (-1, 0, 1) for x in (-1, 0, 1))
