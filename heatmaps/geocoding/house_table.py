"""All houses of a gazetteer in packed arrays, found by street and number."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatmaps.geocoding.gazetteer import NO_STREET
from heatmaps.geocoding.house_ladder import EXACT, Rung, likeness, parts_of

if TYPE_CHECKING:
    from heatmaps.geocoding.gazetteer import Houses

NEAR_NUMBERS = 4
"""A neighbour counts as near when its number differs by no more, on the same side of the road."""

SAME_NUMBER_SHARE = 0.75
NEIGHBOUR_SHARE = 0.6


class FoundHouse(NamedTuple):
    """A row of the table, how it answers the number asked, and rows that answer as well."""

    row: int
    rung: Rung
    near: bool
    equals: tuple[int, ...] = ()


class HouseTable:
    """Houses sorted by street, then number; about 32 bytes a house.

    Houses without a street stand on a street of their own behind the last: position
    ``streets + settlement``. `lat` and `lon` are WGS 84 degrees in table order.
    """

    def __init__(self, houses: Houses, streets: int, settlements: int) -> None:
        street = np.where(houses.street == NO_STREET, streets + houses.settlement, houses.street)
        different = sorted(set(houses.number), key=lambda n: (parts_of(n).integer, n))
        self.numbers: list[str] = different
        self._number_id = {number: i for i, number in enumerate(different)}
        number = np.fromiter((self._number_id[n] for n in houses.number), np.int64, len(houses))
        key = street.astype(np.int64) * max(len(different), 1) + number
        order = np.argsort(key, kind="stable")
        self._key: array[int] = array("q", key[order].tobytes())
        self._number: array[int] = array("i", number[order].astype(np.int32).tobytes())
        self._integer = [parts_of(n).integer for n in different]
        counts = np.bincount(street, minlength=streets + settlements)
        start = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        self._start: array[int] = array("q", start.tobytes())
        self.lat: array[float] = array("d", houses.lat[order].tobytes())
        self.lon: array[float] = array("d", houses.lon[order].tobytes())

    def rows(self, street: int) -> range:
        """Give the rows of a street, in order of number."""
        return range(self._start[street], self._start[street + 1])

    def number(self, row: int) -> str:
        """Give the house number of a row, in normal form."""
        return self.numbers[self._number[row]]

    def find(self, street: int, number: str) -> FoundHouse | None:
        """Give the house of that number, else the one that comes nearest to it, else None."""
        number_id = self._number_id.get(number)
        if number_id is not None:
            key = street * len(self.numbers) + number_id
            row = bisect_left(self._key, key, self._start[street], self._start[street + 1])
            if row < self._start[street + 1] and self._key[row] == key:
                return FoundHouse(row, Rung(EXACT), near=False)
        return self._like(street, number) or self._near(street, number)

    def _like(self, street: int, number: str) -> FoundHouse | None:
        asked = parts_of(number)
        best: list[tuple[float, int, Rung]] = []
        for row in self._of_integer(street, asked.integer, 0):
            rung = likeness(asked, parts_of(self.number(row)))
            if rung is not None:
                best.append((-rung.confidence, row, rung))
        if not best:
            return None
        share, row, rung = min(best, key=lambda found: found[:2])
        equals = tuple(r for s, r, _ in best if s == share and r != row)
        return FoundHouse(row, rung, near=False, equals=equals)

    def _near(self, street: int, number: str) -> FoundHouse | None:
        asked = parts_of(number).integer
        if not asked:
            return None
        beside = [
            (abs(integer - asked), row)
            for row in self._of_integer(street, asked, NEAR_NUMBERS)
            if (integer := self._integer[self._number[row]]) % 2 == asked % 2
        ]
        if not beside:
            return None
        apart, row = min(beside)
        share = SAME_NUMBER_SHARE if apart == 0 else NEIGHBOUR_SHARE
        return FoundHouse(row, Rung(share, (f"near:{number}→{self.number(row)}",)), near=True)

    def _of_integer(self, street: int, integer: int, within: int) -> range:
        """Give the rows of a street whose leading number is at most `within` away."""
        low = bisect_left(self._integer, integer - within)
        high = bisect_left(self._integer, integer + within + 1)
        base = street * len(self.numbers)
        start, end = self._start[street], self._start[street + 1]
        first = bisect_left(self._key, base + low, start, end)
        return range(first, bisect_left(self._key, base + high, first, end))
