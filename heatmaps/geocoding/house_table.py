"""All houses of a gazetteer in packed arrays, found by street and number."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heatmaps.geocoding import shares
from heatmaps.geocoding.gazetteer import NO_STREET
from heatmaps.geocoding.house_ladder import (
    EXACT,
    KORPUS_OR_NOT,
    Rung,
    as_korpus,
    likeness,
    parts_of,
)
from heatmaps.geocoding.packed import Arrays, Keys, Texts, pack_keys, pack_texts, view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Houses

NEAR_NUMBERS = 4
"""A neighbour counts as near when its number differs by no more, on the same side of the road."""

SAME_NUMBER_SHARE = 0.75
NEIGHBOUR_SHARE = 0.6
MOST_RUNNERS_UP = 5
_NUMBERS_KEPT = 16_384
_LEADING = re.compile(r"\d+")
EXACTLY = Rung(EXACT)
"""The rung of the very number asked for."""


class FoundHouse(NamedTuple):
    """A row of the table, how it answers the number asked, and rows that answer as well."""

    row: int
    rung: Rung
    near: bool
    equals: tuple[int, ...] = ()


def pack_houses(houses: Houses, streets: int, settlements: int) -> Arrays:
    """Give the packed house table: rows by street, then number; 20 bytes a house."""
    street = np.where(houses.street == NO_STREET, streets + houses.settlement, houses.street)
    different = sorted(set(houses.number), key=lambda n: (parts_of(n).integer, n))
    place = {number: i for i, number in enumerate(different)}
    number = np.fromiter((place[n] for n in houses.number), np.uint32, len(houses))
    order = np.lexsort((number, street))
    counts = np.bincount(street, minlength=streets + settlements)
    return {
        "house.start": np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        "house.number": number[order],
        "house.lat": houses.lat[order].astype(np.float64),
        "house.lon": houses.lon[order].astype(np.float64),
        **pack_texts("number", different),
        **pack_keys("numbers", different),
        "number.integer": np.array([parts_of(n).integer for n in different], np.uint32),
    }


class HouseTable:
    """Houses sorted by street, then number.

    Houses without a street stand on a street of their own behind the last: position
    ``streets + settlement``. `lat` and `lon` are WGS 84 degrees in table order.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.numbers = Texts(arrays, "number")
        self._number_id = lru_cache(maxsize=_NUMBERS_KEPT)(Keys(arrays, "numbers").first)
        self._text = lru_cache(maxsize=_NUMBERS_KEPT)(self.numbers.__getitem__)
        self._integer = view(arrays, "number.integer")
        self._start = view(arrays, "house.start")
        self._number = view(arrays, "house.number")
        self.lat = view(arrays, "house.lat")
        self.lon = view(arrays, "house.lon")

    def rows(self, street: int) -> range:
        """Give the rows of a street, in order of number."""
        return range(self._start[street], self._start[street + 1])

    def number(self, row: int) -> str:
        """Give the house number of a row, in normal form."""
        return self._text(self._number[row])

    def find(self, street: int, number: str) -> FoundHouse | None:
        """Give the house of that number, else the one that comes nearest to it, else None."""
        row = self.exact(street, number)
        if row is not None:
            return self.exactly(row)
        return self._like(street, number) or self._near(street, number)

    def find_korpus(self, place: int, number: str) -> FoundHouse | None:
        """Give the корпус that a number means where houses have no other, else one beside it."""
        meant = as_korpus(number)
        if meant is not None:
            korpus, rung = meant
            row = self.exact(place, korpus)
            return FoundHouse(row, rung, near=False) if row is not None else None
        asked = _korpus_number(number)
        beside = [
            (apart, row)
            for row in (self._of_integer(place, 0, 0) if asked else ())
            if (other := _korpus_number(self.number(row)))
            and (apart := abs(other - asked)) <= NEAR_NUMBERS
            and not apart % 2
        ]
        if not beside:
            return None
        _, row = min(beside)
        change = f"near:{number}→{self.number(row)}"
        return FoundHouse(row, Rung(NEIGHBOUR_SHARE, (change,)), near=True)

    def exact(self, street: int, number: str) -> int | None:
        """Give the row of exactly that number on a street, None where there is none."""
        wanted = self._number_id(number)
        if wanted is None:
            return None
        end = self._start[street + 1]
        row = bisect_left(self._number, wanted, self._start[street], end)
        return row if row < end and self._number[row] == wanted else None

    def exactly(self, row: int) -> FoundHouse:
        """Give a row as the very house asked for."""
        return FoundHouse(row, EXACTLY, near=False)

    def runners_up(self, street: int, number: str, found: FoundHouse) -> list[FoundHouse]:
        """Give other houses that may be meant where not the very number was found.

        They bear the same leading number; those that answer better come first.
        """
        if found.rung is EXACTLY:
            return []
        asked = parts_of(number)
        others = []
        for row in self._of_integer(street, asked.integer, 0):
            if row != found.row:
                rung = likeness(asked, parts_of(self.number(row)))
                share = Rung(SAME_NUMBER_SHARE) if rung is None else rung
                others.append(FoundHouse(row, share, near=rung is None))
        others.sort(key=lambda other: (-other.rung.confidence, other.row))
        return others[:MOST_RUNNERS_UP]

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
        close = (r for s, r, _ in best if s <= share * (1 - shares.CLOSE))
        if len({parts_of(self.number(r)).korpus for r in close}) > 1:
            rung = Rung(min(KORPUS_OR_NOT, rung.confidence), rung.changes)
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
        high = bisect_left(self._integer, integer + within + 1, low)
        start, end = self._start[street], self._start[street + 1]
        first = bisect_left(self._number, low, start, end)
        return range(first, bisect_left(self._number, high, first, end))


def _korpus_number(number: str) -> int:
    """Give the number of a корпус that belongs to no house, 0 where there is none."""
    parts = parts_of(number)
    digits = _LEADING.match(parts.korpus)
    return int(digits[0]) if digits and not parts.integer else 0
