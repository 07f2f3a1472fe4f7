"""Who complained inside a zone, found by place rather than by looking at every complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.spots.roll import Roll

_MOST_ZONES = 20_000
"""So many zones are remembered with their places."""


class Census:
    """Complaints by place: rows of one place stand together, in their order."""

    def __init__(self, roll: Roll) -> None:
        self._count = np.int64(max(len(roll.place), 1))
        self._places = roll.places
        self._keys = np.sort(roll.place * self._count + np.arange(len(roll.place)))
        self._known: dict[tuple[tuple[int, ...], int], NDArray[np.intp]] = {}

    def places(self, zone: Sequence[int], resolution: int) -> NDArray[np.intp]:
        """Give the places that a zone holds whole, in any order; see `inside`."""
        key = (tuple(zone), resolution)
        if key not in self._known:
            if len(self._known) >= _MOST_ZONES:
                self._known.clear()
            self._known[key] = self._looked_up(key[0], resolution)
        return self._known[key]

    def rows(
        self, places: NDArray[np.intp], within: slice
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Give the complaints of some places, by place and ascending, and how many each has.

        Only those in a slice of the rows, counted from its start.
        """
        first, end = (np.searchsorted(self._keys, places * self._count + row)
                      for row in (within.start, within.stop))  # fmt: skip
        number = end - first
        before = np.cumsum(number) - number
        position = np.arange(int(number.sum())) + np.repeat(first - before, number)
        rows = self._keys[position] - np.repeat(places * self._count + within.start, number)
        return rows, number

    def _looked_up(self, zone: tuple[int, ...], resolution: int) -> NDArray[np.intp]:
        cells = np.sort(np.array(zone, dtype=np.int64))
        owners_of_all = self._places.owners(resolution)
        spans = [np.zeros(0, dtype=np.intp)]
        for first, owners in owners_of_all:
            start, end = (np.searchsorted(owners, cells, side=side) for side in ("left", "right"))
            number = end - start
            offset = np.repeat(start - np.cumsum(number) + number, number)
            spans.append(first + offset + np.arange(len(offset)))
        coarse = slice(owners_of_all[0][0])
        if coarse.stop:
            cell, of = self._places.cell[coarse], self._places.resolution[coarse]
            spans.append(np.flatnonzero(inside(cell, of, cells.tolist(), resolution)))
        return np.concatenate(spans)


def inside(
    cell: NDArray[np.int64], resolution: NDArray[np.int8], zone: Sequence[int], zone_resolution: int
) -> NDArray[np.bool_]:
    """Say which places a zone holds whole; one known coarsely needs all its descendants in it."""
    cells = np.array(zone, dtype=np.int64)
    fine = resolution >= zone_resolution
    held = fine & np.isin(parents(cell, zone_resolution), cells)
    for coarser in np.unique(resolution[~fine]).tolist():
        owners, descendants = np.unique(parents(cells, coarser), return_counts=True)
        whole = [
            descendants[i] == h3.cell_to_children_size(owner, zone_resolution)
            for i, owner in enumerate(owners.tolist())
        ]
        held |= (resolution == coarser) & np.isin(cell, owners[np.array(whole)])
    return held
