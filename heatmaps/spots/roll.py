"""What of some complaints is the same at every tick, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.spots.census import Census
from heatmaps.spots.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from heatmaps.spots.record import ComplaintColumns, DetectedSpot

_WIDE_CODES = 8
"""Codes of customers that span up to so many times their number are taken as they are."""

_WIDE_IDS = 8
"""Ids that span up to so many times their number are looked up in a table."""


@dataclass(frozen=True, slots=True)
class Roll:
    """What of some complaints is the same at every tick, worked out once.

    `place` is each complaint's row of `places`. `later` is the row of the customer's next
    complaint and `later_alike` of the next one on the same topic, the number of rows where none
    follows; `earlier` and `earlier_alike` go the other way, to -1.
    """

    places: Places
    place: NDArray[np.int32]
    later: NDArray[np.intp]
    later_alike: NDArray[np.intp]
    earlier: NDArray[np.intp]
    earlier_alike: NDArray[np.intp]

    def part(self, rows: slice) -> Roll:
        """Give the roll of consecutive rows; who follows after them follows nobody."""
        count = rows.stop - rows.start
        return Roll(
            self.places,
            self.place[rows],
            np.minimum(self.later[rows] - rows.start, count),
            np.minimum(self.later_alike[rows] - rows.start, count),
            np.maximum(self.earlier[rows] - rows.start, -1),
            np.maximum(self.earlier_alike[rows] - rows.start, -1),
        )

    def latest_of_each(
        self, which: NDArray[np.intp], rows: NDArray[np.intp], customer: NDArray[np.int64]
    ) -> NDArray[np.intp]:
        """Give the positions of those complaints that end a customer's in their group.

        `which` names the group of each of `rows`.
        """
        again = (self.earlier[rows] >= 0) | (self.later[rows] < len(self.later))
        often = np.flatnonzero(again)  # all others are their customer's only one
        order = often[np.lexsort((rows[often], customer[rows[often]], which[often]))]
        same = (which[order[1:]] == which[order[:-1]]) & (
            customer[rows[order[1:]]] == customer[rows[order[:-1]]]
        )
        ends = order[np.flatnonzero(np.append(~same, [True] * bool(len(order))))]
        return np.concatenate([np.flatnonzero(~again), ends])


def roll_of(columns: ComplaintColumns) -> Roll:
    """Give the roll of complaints; one cell is always of one resolution."""
    cell, first, place = np.unique(columns.cell, return_index=True, return_inverse=True)
    places = Places(cell, columns.resolution[first])
    customer = compact(columns.customer)
    topics = int(columns.topic.max(initial=0)) + 1
    alike = customer * topics + columns.topic
    later, earlier = _neighbours(customer)
    later_alike, earlier_alike = _neighbours(alike)
    at = place.astype(np.int32)
    return Roll(places, at, later, later_alike, earlier, earlier_alike)


def compact(customer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give codes from 0 up, equal where those given are, and not many more than there are rows."""
    least, most = int(customer.min(initial=0)), int(customer.max(initial=0))
    if most - least > _WIDE_CODES * len(customer):
        return np.unique(customer, return_inverse=True)[1]
    return customer - least


def _neighbours(values: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the next row with the same value, their number where there is none; and the last, -1.

    Values are few enough to stand in one number with their row: sorting such is several times
    faster than sorting rows by value.
    """
    count = max(len(values), 1)
    value, order = np.divmod(np.sort(values * count + np.arange(len(values))), count)
    same = np.flatnonzero(value[1:] == value[:-1])
    later, earlier = np.full(len(values), len(values)), np.full(len(values), -1)
    later[order[same]] = order[same + 1]
    earlier[order[same + 1]] = order[same]
    return later, earlier


class ById:
    """Where complaints stand, by their ids."""

    def __init__(self, complaint_id: NDArray[np.int64]) -> None:
        self._order = np.argsort(complaint_id)
        self._ids = complaint_id[self._order]
        self._first = int(self._ids[0]) if len(self._ids) else 0
        width = int(self._ids[-1]) - self._first + 1 if len(self._ids) else 0
        self._table: NDArray[np.int32] | None = None
        if width <= _WIDE_IDS * len(self._ids):  # a store hands numbers out one after another
            self._table = np.full(width + 1, -1, dtype=np.int32)
            self._table[complaint_id - self._first] = np.arange(len(complaint_id))

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Give the rows of some ids, those left out that are nobody's."""
        if self._table is not None:
            place = ids - self._first
            place[(place < 0) | (place >= len(self._table))] = -1  # the last is nobody's
            found = self._table[place].astype(np.intp)
            return found[found >= 0]
        place = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        rows: NDArray[np.intp] = self._order[place[self._ids[place] == ids]]
        return rows


class Register:
    """The complaints of a run, to be found by customer, by place and by id.

    `roll` goes with `columns` row by row.
    """

    def __init__(self, columns: ComplaintColumns) -> None:
        self.columns = columns
        self.roll = roll_of(columns)
        self.census = Census(self.roll)
        self._by_id = ById(columns.complaint_id)
        self._of_spots: dict[int, tuple[tuple[int, ...], NDArray[np.intp]]] = {}

    def of_spots(self, spots: Iterable[DetectedSpot], within: slice) -> NDArray[np.bool_]:
        """Say of the rows of a slice whether their complaints were counted in some spots."""
        mark = np.zeros(within.stop - within.start, dtype=np.bool_)
        for spot in spots:
            rows = self._rows(spot) - within.start
            mark[rows[(rows >= 0) & (rows < len(mark))]] = True
        return mark

    def topics(self, ids: tuple[int, ...], since: int) -> NDArray[np.intp]:
        """Count by topic the customers behind those of some complaints that came after a time.

        Each by the last of these complaints; shape (topics,).
        """
        rows = self._by_id.rows(np.array(ids, dtype=np.int64))
        rows = rows[self.columns.time[rows] > since]
        latest = self.roll.latest_of_each(np.zeros_like(rows), rows, self.columns.customer)
        return np.bincount(self.columns.topic[rows[latest]], minlength=len(Topic))

    def _rows(self, spot: DetectedSpot) -> NDArray[np.intp]:
        known = self._of_spots.get(spot.spot_id)
        if known is None or known[0] is not spot.complaint_ids:
            rows = self._by_id.rows(np.array(spot.complaint_ids, dtype=np.int64))
            known = self._of_spots[spot.spot_id] = (spot.complaint_ids, rows)
        return known[1]
