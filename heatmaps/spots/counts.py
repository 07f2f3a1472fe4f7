"""Customers of a crowd on one lattice, counted so that the sums of any disk are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.expectation import PLANES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Placed
    from heatmaps.spots.ground import Ground
    from heatmaps.spots.lattice import Lattice


class Counts:
    """Customers by place (a slot of a world), plane and window.

    `held` counts them over all windows, by row and plane: row 0 is any place without a complaint.
    By world and plane, `observed` counts them in each window, with all that a shorter one holds,
    and `expected` is the hourly expectation.
    """

    def __init__(self, ground: Ground, lattice: Lattice, crowd: Placed) -> None:
        self._ground = ground
        self._slots, self._windows = len(lattice.cells), len(ground.windows_h)
        self._row = np.zeros(crowd.worlds * self._slots, dtype=np.int32)
        self._row[crowd.world * self._slots + crowd.slot] = 1
        places = np.flatnonzero(self._row)
        self._row[places] = np.arange(1, len(places) + 1)
        rows = len(places) + 1
        key = self._row[crowd.world * self._slots + crowd.slot] * np.intp(PLANES) + crowd.plane
        self.tables = {
            offset: _counted(key, crowd, crowd.offset == offset, (rows, PLANES, self._windows))
            for offset in {0, *np.unique(crowd.offset).tolist()}
        }
        self.held = np.bincount(key, weights=crowd.number, minlength=rows * PLANES)
        self.held = self.held.reshape(rows, PLANES)
        self._fresh = np.zeros((rows, PLANES), dtype=np.bool_)
        self._fresh.reshape(-1)[key[crowd.fresh & (crowd.offset == 0)]] = True
        of_world = (crowd.world * PLANES + crowd.plane) * self._windows + crowd.window
        size = crowd.worlds * PLANES * self._windows
        total = np.bincount(of_world, weights=crowd.number, minlength=size)
        self.observed = np.cumsum(total.reshape(-1, self._windows), axis=1)
        nobody = ground.base(lattice.resolution)[places % self._slots, 0] == 0
        self._stray = np.append([False], nobody)
        strays = np.bincount(places[nobody] // self._slots, minlength=crowd.worlds)
        self.expected = (ground.total + strays[:, None] * ground.expectation.stray).ravel()

    def rows(self, world: NDArray[np.intp], disks: NDArray[np.int32]) -> NDArray[np.int32]:
        """Give the rows of disks of slots."""
        rows: NDArray[np.int32] = self._row[(world * self._slots)[:, None] + disks]
        return rows

    def in_cells(
        self, rows: NDArray[np.int32], planes: NDArray[np.intp], window: NDArray[np.intp]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
        """Count who is known to each cell of disks of rows, in a plane and window each.

        Gives the counts, whether anybody is fresh and whether nobody was expected, all of the shape
        (lanes, cells).
        """
        counts = self.tables[0][rows, planes[:, None]]
        held = np.arange(self._windows) <= window[:, None]
        fresh = self._fresh[rows, planes[:, None]]
        return np.einsum("kcw,kw->kc", counts, held), fresh, self._stray[rows]

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
        number = np.bincount(ring, weights=self._stray[row], minlength=len(rows) * rings)
        strays = number.reshape(-1, rings) * self._ground.expectation.stray[planes][:, None]
        np.cumsum(observed, axis=1, out=observed)
        return np.cumsum(observed, axis=2), np.cumsum(strays, axis=1)


def _counted(
    key: NDArray[np.intp], crowd: Placed, which: NDArray[np.bool_], shape: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Count some of a crowd by key and window; a key is a row and plane of the shape."""
    at, number = key[which] * shape[2] + crowd.window[which], crowd.number[which]
    counts = np.bincount(at, weights=number, minlength=shape[0] * shape[1] * shape[2])
    return counts.reshape(shape).astype(np.float32)
