"""Customers seated on the slots of several lattices, so that the sums of any disk are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from heatmaps.spots.expectation import PLANES
from heatmaps.spots.heads import Moves, add_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.heads import Heads


class Seats:
    """Heads on lattices; the rows of all lattices stand in one table, row 0 for no seat at all.

    `asked` are the slots of each resolution whose customers will be asked for; only these have
    seats, and those where nobody was expected. `row_of_slot` gives the row of each slot of each
    lattice; a row and plane make a key, row x `PLANES` + plane. `held` counts customers over all
    windows by key. By lattice and plane, `observed` counts customers in each window, with all
    that a shorter one holds, and `expected` is the region's hourly expectation.
    """

    def __init__(
        self, ground: Ground, heads: Heads, asked: Mapping[int, NDArray[np.int32]]
    ) -> None:
        self._ground, self._heads = ground, heads
        lattices = [ground.lattices[resolution] for resolution in asked]
        self._lattice = lattices[0]
        self.rings = self._lattice.max_ring + 1
        self._row = np.zeros((len(lattices), len(heads.at)), dtype=np.int32)
        self._offset = np.zeros((len(lattices), len(heads.at)), dtype=np.intp)
        self._within = np.zeros(self._row.shape, dtype=np.bool_)
        self.row_of_slot: list[NDArray[np.int32]] = []
        nobody, first = [np.zeros(1, dtype=np.bool_)], 1
        for i, (lattice, of_lattice) in enumerate(zip(lattices, asked.values(), strict=True)):
            slots, offsets = heads.places.on(lattice)
            slot, self._offset[i] = slots[heads.at], offsets[heads.at]
            self._within[i] = within = self._offset[i] < self.rings
            rows = np.zeros(len(lattice.cells), dtype=np.int32)
            rows[of_lattice] = 1
            held = np.zeros(len(lattice.cells), dtype=np.bool_)
            held[slot[within]] = True
            present = np.flatnonzero(held)
            unexpected = ground.base(lattice.resolution)[present, 0] == 0
            seated = (rows[present] > 0) | unexpected
            rows[of_lattice] = 0
            rows[present[seated]] = np.arange(first, first + int(seated.sum()))
            first += int(seated.sum())
            self._row[i] = np.where(within, rows[slot], 0)
            self.row_of_slot.append(rows)
            nobody.append(unexpected[seated])
        self._unexpected = np.concatenate(nobody)
        self._lattice_of_row = np.repeat(np.arange(-1, len(lattices)), [len(n) for n in nobody])
        self._tables: dict[int, _Table] = {}
        self._fill()

    def _fill(self) -> None:
        heads, rows = self._heads, len(self._unexpected)
        self.observed = np.zeros((len(self._row), PLANES, heads.windows))
        for i, within in enumerate(self._within):
            counts = np.einsum("i,ijk->jk", within.astype(np.float32), heads.table)
            self.observed[i] = np.cumsum(counts[:, :-1].astype(np.float64), axis=1)
        self.held = np.zeros(rows * PLANES, dtype=np.float32)
        seated = self._row > 0
        for rings in np.unique(self._offset[seated]).tolist():
            of, at = np.nonzero(seated & (self._offset == rings))
            table = _Table(rows, self._row[of, at], at, heads.table)
            self._tables[rings] = table
            self.held.reshape(rows, PLANES)[table.rows] += table.held()
        self._find_strays()

    def _find_strays(self) -> None:
        """Find the rows that hold somebody where nobody was expected."""
        self._stray = self._unexpected.copy()
        self._stray[self._unexpected] = self.held.reshape(-1, PLANES)[self._unexpected].any(axis=1)
        of_lattice = np.bincount(self._lattice_of_row[self._stray], minlength=len(self._row))
        ground = self._ground
        self.expected = ground.total + of_lattice[:, None] * ground.expectation.stray

    def change(self, moves: Moves) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Let some come and go; gives the keys that only lost, and those that changed otherwise."""
        at = self._heads.rows(moves.place)
        lost = np.zeros(len(self.held), dtype=np.bool_)
        other = np.zeros(len(self.held), dtype=np.bool_)
        for i, (of_lattice, offsets) in enumerate(zip(self._row, self._offset, strict=True)):
            change = np.zeros(self.observed.shape[1:])
            inside = self._within[i, at]
            np.add.at(change, (moves.plane[inside], moves.window[inside]), moves.times[inside])
            self.observed[i] += np.cumsum(change, axis=1)
            key = of_lattice[at].astype(np.intp) * PLANES + moves.plane
            seated = np.flatnonzero(key >= PLANES)
            here = Moves(*(getattr(moves, n)[seated] for n in Moves.__dataclass_fields__))
            key, offset = key[seated], offsets[at[seated]]
            lost[key] = True
            other[key[here.times > 0]] = True
            np.add.at(self.held, key, here.times.astype(np.float32))
            for rings in np.unique(offset).tolist():
                part = np.flatnonzero(offset == rings)
                some = Moves(*(getattr(here, n)[part] for n in Moves.__dataclass_fields__))
                table = self._tables[rings]
                add_at(table.counts, table.keys(key[part]), some)
        before = self._stray
        if self._unexpected.any():
            self._find_strays()
        # a stray adds to what is expected in all planes
        other.reshape(-1, PLANES)[before != self._stray] = True
        return np.flatnonzero(lost & ~other), np.flatnonzero(other)

    def in_disks(self, keys: NDArray[np.int32], held: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Count customers in the disks whose keys are given, shape (disks, rings, windows + 1).

        `held` says which keys hold anybody. Cumulative over rings, not over windows; the last
        column counts the fresh.
        """
        lane, column = np.nonzero(held)
        key = keys[lane, column]
        ring = lane * self.rings + self._lattice.ring_of_column[column]
        counts = np.zeros((len(keys), self.rings, self._heads.windows + 1), dtype=np.float32)
        flat = counts.reshape(-1, counts.shape[2])
        for offset, table in self._tables.items():
            at = table.keys(key)
            here = np.flatnonzero((at >= PLANES) & (ring % self.rings + offset < self.rings))
            if len(here):
                first = np.flatnonzero(np.diff(ring[here], prepend=-1))
                of_table = table.counts.reshape(-1, counts.shape[2])[at[here]]
                flat[ring[here[first]] + offset] += np.add.reduceat(of_table, first, axis=0)
        for ring_ in range(1, self.rings):
            counts[:, ring_] += counts[:, ring_ - 1]
        return counts

    def in_cells(
        self, keys: NDArray[np.int32], window: NDArray[np.intp]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
        """Count who is known to each cell of disks whose keys are given, in a window each.

        Gives the counts, whether anybody is fresh and whether nobody was expected, all of the shape
        (disks, cells).
        """
        stray = self._stray[keys // PLANES]
        table = self._tables.get(0)
        if table is None:
            return (
                np.zeros(keys.shape, dtype=np.float32),
                np.zeros(keys.shape, dtype=np.bool_),
                stray,
            )
        counts = table.counts.reshape(-1, table.counts.shape[2])[table.keys(keys)]
        held = np.arange(self._heads.windows) <= window[:, None]
        return np.einsum("kcw,kw->kc", counts[:, :, :-1], held), counts[:, :, -1] > 0, stray

    def strays(self, keys: NDArray[np.int32], plane: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give what strays add to the hourly expectation of disks, shape (disks, rings)."""
        if not self._stray.any():
            return np.zeros((len(keys), self.rings))
        stray = self._stray[keys // PLANES].astype(np.intp)
        number = np.add.reduceat(stray, self._lattice.ring_starts, axis=1)
        return np.cumsum(number * self._ground.expectation.stray[plane][:, None], axis=1)


class _Table:
    """Customers who are held whole by so many rings around their row, by `rows` that have any.

    `counts` has the shape (1 + rows, `PLANES`, windows + 1), the first of none.
    """

    def __init__(
        self, rows: int, row: NDArray[np.int32], at: NDArray[np.intp], heads: NDArray[np.float32]
    ) -> None:
        held = np.zeros(rows, dtype=np.bool_)
        held[row] = True
        self.rows = np.flatnonzero(held)
        self._place = np.zeros(rows, dtype=np.int32)
        self._place[self.rows] = np.arange(1, len(self.rows) + 1)
        one = (np.ones(len(row), dtype=np.float32), (self._place[row], at))
        seat = sparse.csr_array(one, shape=(len(self.rows) + 1, len(heads)))
        self.counts = (seat @ heads.reshape(len(heads), -1)).reshape(-1, *heads.shape[1:])

    def held(self) -> NDArray[np.float32]:
        """Count customers over all windows, shape (rows, `PLANES`)."""
        return np.asarray(np.einsum("ijk->ij", self.counts[1:, :, :-1]))

    def keys(self, key: NDArray[np.integer]) -> NDArray[np.intp]:
        """Give where keys of all rows stand here: below `PLANES` those of other rows."""
        row, plane = np.divmod(key, PLANES)
        return self._place[row].astype(np.intp) * PLANES + plane
