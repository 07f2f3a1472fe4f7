"""Cells of one resolution as small integers with their neighbourhoods, for vectorised scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.memview_int as h3
import numpy as np

from heatmaps.region.grid import child_range, parents

if TYPE_CHECKING:
    from numpy.typing import NDArray

VOID = 0
"""The slot of no cell: fills the rows of pentagons' neighbourhoods and holds nothing."""

NEXT = 7
"""The first so many columns of a disk are its centre and what borders on it."""

FLOWER_RADIUS = (0, 1, 4)
"""Rings around its centre child that hold all of a cell's descendants 0, 1 and 2 levels finer.

Deeper descendants reach further (11 rings at 3 levels) than any disk the policy allows.
"""


class Lattice:
    """Gives each H3 cell of one resolution a slot, and each slot its disk of `max_ring` rings.

    Slots are handed out in the order of asking and neighbourhoods are worked out when first
    asked for: nothing that is found may depend on a slot's number, only on its cell.
    """

    def __init__(self, resolution: int, max_ring: int) -> None:
        self.resolution = resolution
        self.max_ring = max_ring
        self.ring_starts = np.array(
            [0] + [1 + 3 * k * (k - 1) for k in range(1, max_ring + 1)], dtype=np.intp
        )
        self.width = 1 + 3 * max_ring * (max_ring + 1)
        self.ring_of_column = np.repeat(
            np.arange(max_ring + 1), np.diff(np.append(self.ring_starts, self.width))
        )
        self.cells: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
        self._sorted: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
        self._order: NDArray[np.intp] = np.zeros(1, dtype=np.intp)
        self._disks: NDArray[np.int32] = np.zeros((1, self.width), dtype=np.int32)
        self._worked_out = 1
        self._row: NDArray[np.int32] = np.zeros(1, dtype=np.int32)

    def slots(self, cells: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give each cell's slot, the same shape; a cell not met before gets a new one."""
        found = self._find(cells)
        missing = found < 0
        if missing.any():
            new = cells[missing]
            self._add(np.unique(new))
            found[missing] = self._find(new)
        return found.astype(np.int32)

    def touched(self, zone: NDArray[np.int64], resolution: int) -> NDArray[np.intp]:
        """Give the slots handed out so far whose cells share area with a zone's cells."""
        owners = np.unique(parents(zone, min(self.resolution, resolution)))
        ranges = np.array([child_range(owner, self.resolution) for owner in owners.tolist()])
        first = np.searchsorted(self._sorted, ranges[:, 0]).tolist()
        end = np.searchsorted(self._sorted, ranges[:, 1], side="right").tolist()
        spans = [self._order[one:other] for one, other in zip(first, end, strict=True)]
        return np.concatenate(spans)

    def disks(self, slots: NDArray[np.integer]) -> NDArray[np.int32]:
        """Give the slots around each slot, shape (len(slots), `width`), ring after ring.

        Column 0 is the slot itself; `ring_starts` says where each ring begins; missing
        neighbours (by a pentagon) are `VOID`.
        """
        self.work_out(slots)
        disks: NDArray[np.int32] = self._disks[self._row[slots]]
        return disks

    def work_out(self, slots: NDArray[np.integer]) -> None:
        """Make sure of the disks of some slots: asking for them brings no further slots."""
        unknown = self._row[slots] < 0
        if unknown.any():
            wanted = np.zeros(len(self.cells), dtype=np.bool_)
            wanted[slots[unknown]] = True
            self._work_out(np.flatnonzero(wanted))

    def _work_out(self, slots: NDArray[np.intp]) -> None:
        around = self._around(self.cells[slots])
        first, end = self._worked_out, self._worked_out + len(slots)
        if end > len(self._disks):  # most slots are somebody's neighbours and never asked for
            grown = np.empty((2 * end, self.width), dtype=np.int32)
            grown[:first] = self._disks[:first]
            self._disks = grown
        self._disks[first:end] = self.slots(around.ravel()).reshape(around.shape)
        self._row[slots] = np.arange(first, end)
        self._worked_out = end

    def _around(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        joined = b"".join([h3.grid_disk(cell, self.max_ring) for cell in cells.tolist()])
        if len(joined) == 8 * self.width * len(cells):
            return np.frombuffer(joined, dtype=np.int64).reshape(-1, self.width)
        rows = np.zeros((len(cells), self.width), dtype=np.int64)
        for row, cell in zip(rows, cells.tolist(), strict=True):
            disk = np.frombuffer(h3.grid_disk(cell, self.max_ring), dtype=np.int64)
            if len(disk) == self.width:
                row[:] = disk
            else:
                self._fill(row, cell)
        return rows

    def _fill(self, row: NDArray[np.int64], cell: int) -> None:
        """Fill one row ring by ring, as is needed where a pentagon leaves gaps."""
        inner = np.zeros(0, dtype=np.int64)
        for ring, start in enumerate(self.ring_starts):
            disk = np.sort(np.frombuffer(h3.grid_disk(cell, ring), dtype=np.int64))
            outermost = np.setdiff1d(disk, inner, assume_unique=True)
            row[start : start + len(outermost)] = outermost
            inner = disk

    def _find(self, cells: NDArray[np.int64]) -> NDArray[np.intp]:
        place = np.minimum(np.searchsorted(self._sorted, cells), len(self._sorted) - 1)
        return np.where(self._sorted[place] == cells, self._order[place], -1)

    def _add(self, cells: NDArray[np.int64]) -> None:
        place = np.searchsorted(self._sorted, cells)
        new = np.arange(len(self.cells), len(self.cells) + len(cells))
        self._sorted = np.insert(self._sorted, place, cells)
        self._order = np.insert(self._order, place, new)
        self.cells = np.concatenate([self.cells, cells])
        self._row = np.concatenate([self._row, np.full(len(cells), -1, dtype=np.int32)])
