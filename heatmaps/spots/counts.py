"""Customers of a crowd on one lattice, counted so that the sums of any disk are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.expectation import PLANES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Placed
    from heatmaps.spots.lattice import Lattice
    from heatmaps.spots.scan import Ground


class Counts:
    """Customers by place (a slot of a world), plane and window; some may come and go.

    `held` counts them over all windows, by row and plane: row 0 is any place without a complaint.
    Customers may come to places of `wherever` only, which holds those of the first `crowd`.
    """

    def __init__(
        self, ground: Ground, lattice: Lattice, crowd: Placed, wherever: Placed | None = None
    ) -> None:
        wherever = wherever or crowd
        self._ground, self._worlds = ground, crowd.worlds
        self._slots, self._windows = len(lattice.cells), len(ground.windows_h)
        self._row = np.zeros(crowd.worlds * self._slots, dtype=np.int32)
        self._row[wherever.world * self._slots + wherever.slot] = 1
        places = np.flatnonzero(self._row)
        self._row[places] = np.arange(1, len(places) + 1)
        self._rows = len(places) + 1
        nobody = ground.base(lattice.resolution)[places % self._slots, 0] == 0
        self._unexpected = 1 + np.flatnonzero(nobody)
        self._world_of_unexpected = places[nobody] // self._slots
        self.tables: dict[int, NDArray[np.float32]] = {}
        self.held = np.zeros((self._rows, PLANES))
        self._of_window = np.zeros((crowd.worlds * PLANES, self._windows))
        self.add(crowd, 1)

    def rows(self, world: NDArray[np.intp], disks: NDArray[np.int32]) -> NDArray[np.int32]:
        """Give the rows of disks of slots."""
        rows: NDArray[np.int32] = self._row[(world * self._slots)[:, None] + disks]
        return rows

    def add(self, crowd: Placed, times: int) -> None:
        """Count a crowd so many times; -1 takes it away again."""
        row = self._row[crowd.world * self._slots + crowd.slot].astype(np.intp)
        number = (crowd.number * times).astype(np.float64)
        shape = (self._rows, PLANES, self._windows)
        at = row * PLANES + crowd.plane
        for offset in np.unique(crowd.offset).tolist():
            part = crowd.offset == offset
            table = self.tables.setdefault(offset, np.zeros(shape, dtype=np.float32))
            _add(table, at[part] * self._windows + crowd.window[part], number[part])
        _add(self.held, at, number)
        total = (crowd.world * PLANES + crowd.plane) * self._windows + crowd.window
        _add(self._of_window, total, number)
        self.observed = np.cumsum(self._of_window, axis=1)
        self.stray = np.zeros(self._rows, dtype=np.bool_)
        self.stray[self._unexpected] = self.held[self._unexpected].any(axis=1)
        worlds = self._world_of_unexpected[self.stray[self._unexpected]]
        strays = np.bincount(worlds, minlength=self._worlds)
        ground = self._ground
        self.expected = (ground.total + strays[:, None] * ground.expectation.stray).ravel()

    def in_disks(
        self, lattice: Lattice, rows: NDArray[np.int32], planes: NDArray[np.intp]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Count customers, shape (lanes, rings, windows), and give what strays add to a base.

        `rows` are those of one disk a lane, with its plane. Works on the few places that hold
        anybody. Both are cumulative over rings, the counts over windows too; strays have the
        shape (lanes, rings).
        """
        rings = lattice.max_ring + 1
        lane, column = np.nonzero(rows)
        row, plane = rows[lane, column], planes[lane]
        ring = lane * rings + lattice.ring_of_column[column]
        first = np.flatnonzero(np.diff(ring, prepend=-1))
        observed = np.zeros((len(rows), rings, self._windows), dtype=np.float32)
        for offset, table in self.tables.items():
            of_ring = np.zeros_like(observed)
            of_ring.reshape(-1, self._windows)[ring[first]] = np.add.reduceat(
                table[row, plane], first, axis=0
            )
            observed[:, offset:] += of_ring[:, : rings - offset]
        number = np.bincount(ring, weights=self.stray[row], minlength=len(rows) * rings)
        strays = number.reshape(-1, rings) * self._ground.expectation.stray[planes][:, None]
        np.cumsum(observed, axis=1, out=observed)
        return np.cumsum(observed, axis=2), np.cumsum(strays, axis=1)


def _add(
    table: NDArray[np.float32] | NDArray[np.float64],
    key: NDArray[np.intp],
    number: NDArray[np.float64],
) -> None:
    """Add numbers at their keys, which are positions in the table as it lies in memory."""
    flat = table.reshape(-1)
    if len(key) * 4 < len(flat):
        np.add.at(flat, key, number.astype(flat.dtype))
    else:
        flat += np.bincount(key, weights=number, minlength=len(flat)).astype(flat.dtype)
